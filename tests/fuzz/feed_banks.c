/*
 * feed_banks.c - VietinBank's and BVBank's verify, parse and reply on bytes that nobody signed.
 *
 * Input: a byte that chooses the bank, a line that stands for the header, the body.
 */
#include <stdint.h>
#include <stdlib.h>

#include "chopay/clock.h"
#include "chopay/feeds.h"
#include "chopay/json.h"

#define NOW_MS INT64_C(1785224000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	must(str_is_utf8(event->content) && str_is_utf8(event->account) &&
		str_is_utf8(event->bank_txn_id) && str_is_utf8(event->virtual_account));
}

/* What keeps digits of one signed field out of the next. */
static void
check_cut(const struct feed_event *event)
{
	must(event->bank_txn_id.len == 0 || event->bank_txn_id.len == 12 ||
		event->bank_txn_id.len == 16);
	must(event->time_ms <= NOW_MS + MS_PER_DAY);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	struct arena *arena CLEANUP(arena_cleanup) = NULL;
	json_t *reply CLEANUP(json_cleanup) = NULL;
	struct str body = {(const char *)data + 1, size - 1};
	struct str line, text;
	struct feed_events events;
	const struct feed_secret secret = {
		.mode = FEED_MODE_RSA_PUBLIC_KEY, .values = {STR(""), str_from(KEY)}};
	const struct feed *feed;
	enum feed_reason reason;

	if (size == 0)
		return 0;
	must(crypt_new(&crypt).code == ERR_OK);
	arena = arena_new();
	str_split(&body, '\n', &line);
	feed = feed_find(data[0] & 1 ? STR("bvbank") : STR("vietinbank"));
	const struct feed_message message = {
		.now_ms = NOW_MS,
		.body = body,
		.header = find_header,
		.header_arg = &line,
	};

	must(feed->verify(crypt, &secret, &message) != FEED_OK);
	reason = feed->parse(arena, &message, &events);
	must((events.count > 0) == (reason == FEED_OK) && events.count <= FEED_EVENTS_MAX);
	for (size_t i = 0; i < events.count; i++) {
		check_event(&events.items[i]);
		if ((data[0] & 1) == 0)
			check_cut(&events.items[i]);
	}
	feed->reply(arena,
		&(struct feed_answer){.reason = reason, .message = &message, .events = &events},
		&text);
	must(json_parse_strict(text, &reply, NULL).code == ERR_OK);
	return 0;
}
