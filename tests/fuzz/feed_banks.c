/*
 * feed_banks.c - VietinBank's and BVBank's verify, parse and reply on bytes that nobody signed.
 *
 * Input: a byte that chooses the bank, a line that stands for the header, the body.
 */
#include "chopay/clock.h"

#include "../support/feed_fuzz.h"
#include "../support/fuzz.h"

/* Its other half was thrown away. */
static const char KEY[] = "-----BEGIN PUBLIC KEY-----\n"
			  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA9K6FxgAjXh981Mi8wCkP\n"
			  "ra1F1rmNYHTKH1tnKQQZ85JuiX6IC3fHn8WShLJjgdJePD/oi/jgQhmr/QS9r4Is\n"
			  "Fr6knZwIi+fWmGP48X9Uqe72Ze9GF1xKepITAi/8iXyRWlA+l5jOlHl8x4d7NYaD\n"
			  "BZ7Abl3GE0j0N5F731TmuEiyBHDM41TuSFLnPt0H2rEm/xwXkYKrD94l0AYKJ9pE\n"
			  "d9gJzsiNfkOv3ROp8NgL4bw30LuB2ncgp7X1cFALblGNVQ2EXKM+I8I1TUOFXat8\n"
			  "ZTU2fDIeGLHUMyaSxwjpbvd/B6zBxA8wAfuU0xZyahZkFZI1X3/ogsj2SvLxr/VZ\n"
			  "IwIDAQAB\n"
			  "-----END PUBLIC KEY-----\n";

/* What keeps digits of one signed field out of the next. */
static void
check_cut(const struct feed_event *event)
{
	must(event->bank_txn_id.len == 0 || event->bank_txn_id.len == 12 ||
		event->bank_txn_id.len == 16);
	must(event->time_ms <= FEED_FUZZ_NOW_MS + MS_PER_DAY);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str body = {(const char *)data + 1, size - 1}, line;

	if (size == 0)
		return 0;
	str_split(&body, '\n', &line);
	const struct feed_fuzz fuzz = {
		.feed = feed_find(data[0] & 1 ? STR("bvbank") : STR("vietinbank")),
		.secret = {.mode = FEED_MODE_RSA_PUBLIC_KEY, .values = {STR(""), str_from(KEY)}},
		.message = {.body = body},
		.line = line,
		.events_max = FEED_EVENTS_MAX,
	};
	const struct feed_fuzz_outcome out = feed_fuzz(arena, &fuzz);

	must((out.events.count > 0) == (out.reason == FEED_OK));
	for (size_t i = 0; i < out.events.count && (data[0] & 1) == 0; i++)
		check_cut(&out.events.items[i]);
	return 0;
}
