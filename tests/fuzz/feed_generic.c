/*
 * feed_generic.c - Stripe-type and RFC 9421 signatures, and the notice behind them, on bytes that
 * nobody sent.
 *
 * Input: a byte that chooses the feed, three lines (Signature-Input or the t=,v1= header,
 * Signature, Content-Digest), the body.
 */
#include "../support/feed_fuzz.h"
#include "../support/fuzz.h"

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str body = {(const char *)data + 1, size - 1};
	struct lines lines;

	if (size == 0)
		return 0;
	str_split(&body, '\n', &lines.input);
	str_split(&body, '\n', &lines.signature);
	str_split(&body, '\n', &lines.digest);
	const struct feed *feed = feed_find(data[0] & 1 ? STR("rfc9421") : STR("generic_t_v1"));
	const struct feed_fuzz fuzz = {
		.feed = feed,
		/* Base64 of a key that no fuzzer finds; as text for the other feed. */
		.secret = {.mode = feed->modes[0],
			.values = {STR("bm9ib2R5IGhhcyB0aGlzIGtleSwgbm90IGV2ZW4gdXM=")},
			.client_id = STR("tcw-1")},
		.message = {.method = STR("POST"),
			.path = STR("/hook/generic"),
			.body = body,
			.header = find_header,
			.header_arg = &lines},
		.events_max = 1,
	};
	const struct feed_fuzz_outcome out = feed_fuzz(arena, &fuzz);

	if (out.events.count == 1)
		must(str_eq(out.events.items[0].provider_txn_id, out.events.items[0].bank_txn_id));
	return 0;
}
