/*
 * feed_generic.c - Stripe-type and RFC 9421 signatures, and the notice behind them, on bytes that
 * nobody sent.
 *
 * Input: a byte that chooses the feed, three lines (Signature-Input or the t=,v1= header,
 * Signature, Content-Digest), the body.
 */
#include <stdint.h>
#include <stdlib.h>

#include "chopay/feeds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct lines {
	struct str input, signature, digest;
};

static struct str
find_header(void *arg, const char *name)
{
	const struct lines *lines = arg;

	if (str_eq_nocase(str_from(name), STR("signature")))
		return lines->signature;
	if (str_eq_nocase(str_from(name), STR("content-digest")))
		return lines->digest;
	if (str_eq_nocase(str_from(name), STR("host")))
		return STR("Pay.Example:443");
	return lines->input;
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
	must(str_eq(event->provider_txn_id, event->bank_txn_id));
	must(str_is_utf8(event->content) && str_is_utf8(event->account) &&
		str_is_utf8(event->bank_txn_id) && str_is_utf8(event->virtual_account));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	struct arena *arena CLEANUP(arena_cleanup) = NULL;
	struct str body = {(const char *)data + 1, size - 1};
	struct lines lines;
	struct feed_events events;
	const struct feed *feed;

	if (size == 0)
		return 0;
	must(crypt_new(&crypt).code == ERR_OK);
	arena = arena_new();
	str_split(&body, '\n', &lines.input);
	str_split(&body, '\n', &lines.signature);
	str_split(&body, '\n', &lines.digest);
	feed = feed_find(data[0] & 1 ? STR("rfc9421") : STR("generic_t_v1"));
	/* Base64 of a key that no fuzzer finds; as text for the other feed. */
	const struct feed_secret secret = {.mode = feed->modes[0],
		.values = {STR("bm9ib2R5IGhhcyB0aGlzIGtleSwgbm90IGV2ZW4gdXM=")},
		.client_id = STR("tcw-1")};
	const struct feed_message message = {
		.now_ms = INT64_C(1785224000000),
		.method = STR("POST"),
		.path = STR("/hook/generic"),
		.body = body,
		.header = find_header,
		.header_arg = &lines,
	};

	must(!feed_accepts(feed->verify(crypt, &secret, &message)));
	if (feed->parse(arena, &message, &events) != FEED_OK)
		must(events.count == 0);
	must(events.count <= 1);
	if (events.count == 1)
		check_event(&events.items[0]);
	return 0;
}
