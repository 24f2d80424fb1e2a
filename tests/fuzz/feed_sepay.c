/*
 * feed_sepay.c - SePay's verify and parse on bytes that nobody sent.
 *
 * Input: a byte that chooses the content type and the mode, a line that stands for the header
 * (and for the content type, when the byte says so), the body.
 */
#include "../support/feed_fuzz.h"
#include "../support/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum feed_mode modes[] = {
		FEED_MODE_HMAC, FEED_MODE_APIKEY, FEED_MODE_OAUTH2, FEED_MODE_WHSEC};
	const struct str types[] = {STR("application/json"),
		STR("application/x-www-form-urlencoded"), STR("multipart/form-data; boundary=b"),
		{NULL, 0}};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str body = {(const char *)data + 1, size - 1}, line;

	if (size == 0)
		return 0;
	str_split(&body, '\n', &line);
	const struct feed_fuzz fuzz = {
		.feed = feed_find(STR("sepay")),
		.secret = {.mode = modes[data[0] >> 2 & 3],
			.values = FEED_FUZZ_SECRETS,
			.issued = {{STR("nor this token 333333333333"), INT64_MAX}},
			.issued_count = 1},
		.message = {.content_type = (data[0] & 3) == 3 ? line : types[data[0] & 3],
			.body = body},
		.line = line,
		.tells_time = true,
		.events_max = 1,
	};
	const struct feed_fuzz_outcome out = feed_fuzz(arena, &fuzz);

	must((out.events.count == 1) == (out.reason == FEED_OK));
	return 0;
}
