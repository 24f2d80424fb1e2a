/*
 * feed_casso.c - both of Casso's verify and parse on bytes that nobody sent.
 *
 * Input: a byte that chooses v1 or v2, a line that stands for the header, the body.
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
	const struct feed *feed = feed_find(data[0] & 1 ? STR("casso_v2") : STR("casso_v1"));
	const struct feed_fuzz fuzz = {
		.feed = feed,
		.secret = {.mode = feed->modes[0], .values = FEED_FUZZ_SECRETS},
		.message = {.body = body},
		.line = line,
		.tells_time = true,
		.events_max = FEED_EVENTS_MAX,
	};

	feed_fuzz(arena, &fuzz);
	return 0;
}
