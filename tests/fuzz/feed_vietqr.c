/*
 * feed_vietqr.c - VietQR.vn's verify, parse and reply on bytes that nobody sent.
 *
 * Input: a byte that chooses the mode, the call and whether the header is a good one; a line that
 * stands for the header otherwise; the body.
 */
#include <stdint.h>
#include <stdlib.h>

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
check_event(const struct feed_event *event)
{
	must(event->amount.dong > 0 && event->amount.dong <= INT64_C(1000000000000000));
	must(event->provider_txn_id.len > 0 && event->account.len > 0);
	must(str_is_utf8(event->content) && str_is_utf8(event->account) &&
		str_is_utf8(event->bank_txn_id) && str_is_utf8(event->virtual_account) &&
		str_is_utf8(event->code_hint) && str_is_utf8(event->terminal));
}

static void
check_reply(const struct feed *feed, struct arena *arena, const struct feed_answer *answer)
{
	json_t *reply CLEANUP(json_cleanup) = NULL;
	struct str body;
	int status = feed->reply(arena, answer, &body);

	must((status == 200) == feed_accepts(answer->reason));
	must(json_parse_strict(body, &reply, NULL).code == ERR_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	struct arena *arena CLEANUP(arena_cleanup) = NULL;
	struct str body = {(const char *)data + 1, size - 1};
	struct str line;
	struct feed_events events;
	const struct feed *feed = feed_find(STR("vietqr_vn"));
	enum feed_reason reason;

	if (size == 0)
		return 0;
	must(crypt_new(&crypt).code == ERR_OK);
	arena = arena_new();
	str_split(&body, '\n', &line);
	const bool live = (data[0] & 4) != 0;
	const bool token_call = (data[0] & 2) != 0;
	const struct feed_secret secret = {
		.mode = data[0] & 1 ? FEED_MODE_VIETQR_SIGNATURE : FEED_MODE_VIETQR,
		.values = {STR("a secret that no fuzzer finds 1"), STR("nor this one 22222222")},
		.client_id = STR("a user"),
		.issued = {{STR("live"), INT64_MAX}},
		.issued_count = live ? 1 : 0};

	if (live)
		line = STR("Bearer live");
	const struct feed_message message = {
		.now_ms = INT64_C(1785224000000),
		.path = token_call ? STR("/hook/api/token_generate")
				   : STR("/hook/bank/api/transaction-sync"),
		.body = body,
		.header = find_header,
		.header_arg = &line,
	};

	reason = feed->verify(crypt, &secret, &message);
	must((reason == FEED_OK) == (live && !token_call && secret.mode == FEED_MODE_VIETQR));
	if (reason != FEED_OK)
		check_reply(
			feed, arena, &(struct feed_answer){.reason = reason, .message = &message});
	reason = feed->parse(arena, &message, &events);
	must(events.count == (reason == FEED_OK && !token_call));
	if (events.count == 1)
		check_event(&events.items[0]);
	check_reply(feed, arena,
		&(struct feed_answer){.reason = reason,
			.message = &message,
			.events = &events,
			.token = STR("token"),
			.token_s = 300});
	return 0;
}
