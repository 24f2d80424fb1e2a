/*
 * feed_std.c - Standard Webhooks' verify and parse on bytes that nobody sent.
 *
 * Input: a byte that chooses the mode, a line that stands for webhook-signature, the body.
 */
#include "../support/feed_fuzz.h"
#include "../support/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str body = {(const char *)data + 1, size - 1}, line;

	if (size == 0)
		return 0;
	str_split(&body, '\n', &line);
	const struct feed_fuzz fuzz = {
		.feed = feed_find(STR("standard_webhooks")),
		/* Keys whose other half nobody has. */
		.secret = {.mode = data[0] & 1 ? FEED_MODE_WHPK : FEED_MODE_WHSEC,
			.values = {STR("H/VgJEEeSaYtrhm4JKHpWIrX6krNFizBq4RjnHiyxHA="),
				STR("dGN3LXN0YW5kYXJkLXdlYmhvb2tzLXNlY3JldC0wMSE=")}},
		.message = {.body = body},
		.line = line,
		.events_max = 1,
	};
	const struct feed_fuzz_outcome out = feed_fuzz(arena, &fuzz);

	if (out.events.count == 1)
		must(str_eq(out.events.items[0].provider_txn_id, STR(FEED_FUZZ_MESSAGE_ID)));
	return 0;
}
