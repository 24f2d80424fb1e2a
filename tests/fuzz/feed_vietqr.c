/*
 * feed_vietqr.c - VietQR.vn's verify, parse and reply on bytes that nobody sent.
 *
 * Input: a byte that chooses the mode, the call and whether the header is a good one; a line that
 * stands for the header otherwise; the body.
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
	const bool signed_mode = (data[0] & 1) != 0, token_call = (data[0] & 2) != 0;
	const bool live = (data[0] & 4) != 0;
	const struct feed_fuzz fuzz = {
		.feed = feed_find(STR("vietqr_vn")),
		.secret = {.mode = signed_mode ? FEED_MODE_VIETQR_SIGNATURE : FEED_MODE_VIETQR,
			.values = FEED_FUZZ_SECRETS,
			.client_id = STR("a user"),
			.issued = {{STR("live"), INT64_MAX}},
			.issued_count = live ? 1 : 0},
		.message = {.path = token_call ? STR("/hook/api/token_generate")
					       : STR("/hook/bank/api/transaction-sync"),
			.body = body},
		.line = live ? STR("Bearer live") : line,
		.believed = live && !token_call && !signed_mode,
		.events_max = 1,
	};
	const struct feed_fuzz_outcome out = feed_fuzz(arena, &fuzz);

	must(out.events.count == (out.reason == FEED_OK && !token_call));
	return 0;
}
