/*
 * feed_std.c - Standard Webhooks' verify and parse on bytes that nobody sent.
 *
 * Input: a byte that chooses the mode, a line that stands for webhook-signature, the body.
 */
#include <stdint.h>
#include <stdlib.h>

#include "chopay/feeds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str
find_header(void *arg, const char *name)
{
	if (str_eq_nocase(str_from(name), STR("webhook-timestamp")))
		return STR("1785224000");
	if (str_eq_nocase(str_from(name), STR("webhook-id")))
		return STR("msg_fuzz");
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
	must(str_eq(event->provider_txn_id, STR("msg_fuzz")) && event->account.len > 0);
	must(str_is_utf8(event->content) && str_is_utf8(event->account) &&
		str_is_utf8(event->bank_txn_id));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	struct arena *arena CLEANUP(arena_cleanup) = NULL;
	struct str body = {(const char *)data + 1, size - 1};
	struct str line;
	struct feed_events events;
	const struct feed *feed = feed_find(STR("standard_webhooks"));

	if (size == 0)
		return 0;
	must(crypt_new(&crypt).code == ERR_OK);
	arena = arena_new();
	str_split(&body, '\n', &line);
	/* Keys whose other half nobody has. */
	const struct feed_secret secret = {
		.mode = data[0] & 1 ? FEED_MODE_WHPK : FEED_MODE_WHSEC,
		.values = {STR("H/VgJEEeSaYtrhm4JKHpWIrX6krNFizBq4RjnHiyxHA="),
			STR("dGN3LXN0YW5kYXJkLXdlYmhvb2tzLXNlY3JldC0wMSE=")},
	};
	const struct feed_message message = {
		.now_ms = INT64_C(1785224000000),
		.body = body,
		.header = find_header,
		.header_arg = &line,
	};

	must(feed->verify(crypt, &secret, &message) != FEED_OK);
	if (feed->parse(arena, &message, &events) == FEED_OK) {
		must(events.count <= 1);
		if (events.count == 1)
			check_event(&events.items[0]);
	} else {
		must(events.count == 0);
	}
	return 0;
}
