/*
 * feed_bidv.c - BIDV's verify, parse and reply on bytes that nobody sent.
 *
 * Input: a byte that chooses the call and whether the header is a good one; a line that stands for
 * the header otherwise; the body.
 */
#include "../support/feed_fuzz.h"
#include "../support/fuzz.h"

static void
check_payment(const struct feed *feed, const struct feed_event *event)
{
	const struct feed_bill bill = {.found = true, .open = true, .due = {FEED_FUZZ_DUE}};

	must(event->code_hint.len > 0 && event->virtual_account.len > 0);
	must((feed->check_bill(event, &bill) == FEED_OK) == (event->amount.dong == FEED_FUZZ_DUE));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str paths[] = {
		STR("/hook/paybill"), STR("/hook/getbill"), STR("/hook/token"), {NULL, 0}};
	const struct feed *feed = feed_find(STR("bidv"));
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str body = {(const char *)data + 1, size - 1}, line;

	if (size == 0)
		return 0;
	str_split(&body, '\n', &line);
	const struct feed_fuzz fuzz = {
		.feed = feed,
		.secret = {.mode = FEED_MODE_BIDV,
			.values = FEED_FUZZ_SECRETS,
			.client_id = STR("318099"),
			.issued = {{STR("live"), INT64_MAX}},
			.issued_count = 1},
		.message = {.path = paths[data[0] & 3], .body = body},
		.line = data[0] & 4 ? STR("Bearer live") : line,
		.tells_time = true,
		.events_max = 1,
	};
	const struct feed_fuzz_outcome out = feed_fuzz(arena, &fuzz);

	must(out.refused_status == 400 && out.status == (out.reason == FEED_OK ? 200 : 400));
	if (out.events.count == 1)
		check_payment(feed, &out.events.items[0]);
	return 0;
}
