/*
 * feed_payos.c - payOS' verify and parse on bytes that nobody sent.
 *
 * Input: the body.
 */
#include "../support/feed_fuzz.h"
#include "../support/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	const struct feed_fuzz fuzz = {
		.feed = feed_find(STR("payos")),
		.secret = {.mode = FEED_MODE_CHECKSUM_KEY, .values = FEED_FUZZ_SECRETS},
		.message = {.body = {(const char *)data, size}},
		.tells_time = true,
		.events_max = 1,
	};

	feed_fuzz(arena, &fuzz);
	return 0;
}
