/*
 * feed_bidv.c - BIDV's verify, parse and reply on bytes that nobody sent.
 *
 * Input: a byte that chooses the call and whether the header is a good one; a line that stands for
 * the header otherwise; the body.
 */
#include <stdint.h>
#include <stdlib.h>

#include "chopay/clock.h"
#include "chopay/feeds.h"
#include "chopay/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str
find_header(void *arg, const char *name)
{
	(void)name;
	return *(const struct str *)arg;
}

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check_payment(const struct feed *feed, const struct feed_event *event)
{
	const struct feed_bill bill = {.found = true, .open = true, .due = {45000}};

	must(event->amount.dong > 0 && event->provider_txn_id.len > 0 && event->code_hint.len > 0 &&
		event->virtual_account.len > 0 && event->time_ms != NO_TIME);
	must((feed->check_bill(event, &bill) == FEED_OK) == (event->amount.dong == 45000));
}

static void
check_reply(const struct feed *feed, struct arena *arena, const struct feed_answer *answer)
{
	json_t *reply CLEANUP(json_cleanup) = NULL;
	struct str body;

	must(feed->reply(arena, answer, &body) == (answer->reason == FEED_OK ? 200 : 400));
	must(json_parse_strict(body, &reply, NULL).code == ERR_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str paths[] = {
		STR("/hook/paybill"), STR("/hook/getbill"), STR("/hook/token"), {NULL, 0}};
	const struct feed_bill bill = {.found = true, .open = true, .due = {45000}};
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	struct arena *arena CLEANUP(arena_cleanup) = NULL;
	struct str body = {(const char *)data + 1, size - 1};
	struct str line;
	struct feed_events events;
	const struct feed *feed = feed_find(STR("bidv"));
	enum feed_reason reason;

	if (size == 0)
		return 0;
	must(crypt_new(&crypt).code == ERR_OK);
	arena = arena_new();
	str_split(&body, '\n', &line);
	const struct feed_secret secret = {.mode = FEED_MODE_BIDV,
		.values = {STR("a secret that no fuzzer finds 1"), STR("nor this one 22222222")},
		.client_id = STR("318099"),
		.issued = {{STR("live"), INT64_MAX}},
		.issued_count = 1};

	if (data[0] & 4)
		line = STR("Bearer live");
	const struct feed_message message = {
		.now_ms = INT64_C(1785224000000),
		.path = paths[data[0] & 3],
		.body = body,
		.header = find_header,
		.header_arg = &line,
	};

	reason = feed->verify(crypt, &secret, &message);
	must(reason != FEED_OK);
	check_reply(feed, arena, &(struct feed_answer){.reason = reason, .message = &message});
	reason = feed->parse(arena, &message, &events);
	if (events.count == 1)
		check_payment(feed, &events.items[0]);
	must(events.count <= (reason == FEED_OK));
	check_reply(feed, arena,
		&(struct feed_answer){.reason = reason,
			.message = &message,
			.events = &events,
			.bill = &bill,
			.token = STR("token"),
			.token_s = 300});
	return 0;
}
