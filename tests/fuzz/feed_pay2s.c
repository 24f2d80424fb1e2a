/*
 * feed_pay2s.c - Pay2S' verify and parse on bytes that nobody sent.
 *
 * Input: a line that stands for Authorization, the body.
 */
#include "../support/feed_fuzz.h"
#include "../support/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str body = {(const char *)data, size}, line;

	str_split(&body, '\n', &line);
	const struct feed_fuzz fuzz = {
		.feed = feed_find(STR("pay2s")),
		.secret = {.mode = FEED_MODE_BEARER, .values = FEED_FUZZ_SECRETS},
		.message = {.body = body},
		.line = line,
		.tells_time = true,
		.events_max = FEED_EVENTS_MAX,
	};

	feed_fuzz(arena, &fuzz);
	return 0;
}
