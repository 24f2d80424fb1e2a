/*
 * feed_casso.c - both of Casso's verify and parse on bytes that nobody sent.
 *
 * Input: a byte that chooses v1 or v2, a line that stands for the header, the body.
 */
#include <stdint.h>
#include <stdlib.h>

#include "chopay/clock.h"
#include "chopay/feeds.h"

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
	must(event->time_ms != NO_TIME);
	must(str_is_utf8(event->content) && str_is_utf8(event->account) &&
		str_is_utf8(event->bank_txn_id) && str_is_utf8(event->virtual_account) &&
		str_is_utf8(event->bank) && str_is_utf8(event->provider_txn_id));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	struct arena *arena CLEANUP(arena_cleanup) = NULL;
	struct str body = {(const char *)data + 1, size - 1};
	struct str line;
	struct feed_events events;
	const struct feed *feed;

	if (size == 0)
		return 0;
	must(crypt_new(&crypt).code == ERR_OK);
	arena = arena_new();
	str_split(&body, '\n', &line);
	feed = feed_find(data[0] & 1 ? STR("casso_v2") : STR("casso_v1"));
	const struct feed_secret secret = {.mode = feed->modes[0],
		.values = {STR("a secret that no fuzzer finds 1"), STR("nor this one 22222222")}};
	const struct feed_message message = {
		.now_ms = INT64_C(1785224000000),
		.body = body,
		.header = find_header,
		.header_arg = &line,
	};

	must(!feed_accepts(feed->verify(crypt, &secret, &message)));
	if (feed->parse(arena, &message, &events) != FEED_OK)
		must(events.count == 0);
	must(events.count <= FEED_EVENTS_MAX);
	for (size_t i = 0; i < events.count; i++)
		check_event(&events.items[i]);
	return 0;
}
