/*
 * feed_sepay.c - SePay's verify and parse on bytes that nobody sent.
 *
 * Input: a byte that chooses the content type and the mode, a line that stands for the header
 * (and for the content type, when the byte says so), the body.
 */
#include <stdint.h>
#include <stdlib.h>

#include "chopay/clock.h"
#include "chopay/feeds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str
find_header(void *arg, const char *name)
{
	if (str_eq_nocase(str_from(name), STR("x-sepay-timestamp")))
		return STR("1785224000");
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
	must(event->time_ms != NO_TIME);
	must(str_is_utf8(event->content) && str_is_utf8(event->account) &&
		str_is_utf8(event->bank_txn_id) && str_is_utf8(event->virtual_account) &&
		str_is_utf8(event->code_hint) && str_is_utf8(event->provider_txn_id));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum feed_mode modes[] = {
		FEED_MODE_HMAC, FEED_MODE_APIKEY, FEED_MODE_OAUTH2, FEED_MODE_WHSEC};
	const struct str types[] = {STR("application/json"),
		STR("application/x-www-form-urlencoded"), STR("multipart/form-data; boundary=b"),
		{NULL, 0}};
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	struct arena *arena CLEANUP(arena_cleanup) = NULL;
	struct str body = {(const char *)data + 1, size - 1};
	struct str line;
	struct feed_events events;
	const struct feed *feed = feed_find(STR("sepay"));

	if (size == 0)
		return 0;
	must(crypt_new(&crypt).code == ERR_OK);
	arena = arena_new();
	str_split(&body, '\n', &line);
	const struct feed_secret secret = {.mode = modes[data[0] >> 2 & 3],
		.values = {STR("a secret that no fuzzer finds 1"), STR("nor this one 22222222")},
		.issued = {{STR("nor this token 333333333333"), INT64_MAX}},
		.issued_count = 1};
	const struct feed_message message = {
		.now_ms = INT64_C(1785224000000),
		.content_type = (data[0] & 3) == 3 ? line : types[data[0] & 3],
		.body = body,
		.header = find_header,
		.header_arg = &line,
	};

	must(feed->verify(crypt, &secret, &message) != FEED_OK);
	if (feed->parse(arena, &message, &events) == FEED_OK) {
		must(events.count == 1);
		check_event(&events.items[0]);
	} else {
		must(events.count == 0);
	}
	return 0;
}
