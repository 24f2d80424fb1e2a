/*
 * listing.c - pages of pulled lists from nobody: the polls of each source, and parse on the same
 * bytes.
 *
 * Input: a byte that chooses the source, the rest is answered to each request of a poll, cut at
 * lines "--": one answer each, the last one again and again.
 */
#include <string.h>

#include "chopay/clock.h"
#include "chopay/listing.h"

#include "../support/fuzz.h"

#define NOW INT64_C(1785224000000)
#define REQUESTS_MAX 64

static struct str
no_header(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return STR("7");
}

static void
check_events(const struct feed_events *events)
{
	for (size_t i = 0; i < events->count; i++) {
		const struct feed_event *event = &events->items[i];

		must(event->amount.dong > 0 && event->amount.dong <= INT64_C(1000000000000000));
		must(event->provider_txn_id.len > 0 && event->account.len > 0);
		must(event->time_ms != NO_TIME && str_is_utf8(event->content));
	}
}

static void
check_parse(const struct feed *feed, struct str body)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	const struct feed_message message = {.body = body, .header = no_header};
	struct feed_events events;

	if (feed_accepts(feed->parse(arena, &message, &events)))
		check_events(&events);
	else
		must(events.count == 0);
}

/* The URL of each request is one, and a poll that is complete leaves a cursor that starts another.
 */
static bool
one_request(const struct listing *listing, struct listing_walk *walk, struct str body, int status)
{
	static const struct listing_pull pull = {
		{"https://x", 9}, {"0071000000001", 13}, {"token", 5}};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	const struct listing_answer answer = {status, body, no_header, NULL};
	struct listing_request request;
	struct listing_page page;
	struct listing_walk next;

	listing->request(arena, &pull, walk, &request);
	must(str_starts(request.url, STR("https://x/transactions")) && request.url.len < 1000);
	listing_read(arena, listing, &pull, &answer, walk, &page);
	if (page.outcome != LISTING_PAGE) {
		must(page.fault != NULL && page.events.count == 0 && !page.last);
		must(page.outcome == LISTING_WAIT ? page.wait_ms > 0 : page.wait_ms == 0);
		return false;
	}
	check_events(&page.events);
	must(page.last == (page.cursor[0] != '\0'));
	if (page.last)
		must(listing_start(listing, str_from(page.cursor), NOW, &next).code == ERR_OK &&
			next.cursor_ms <= NOW);
	return !page.last;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct listing *listing;
	struct listing_walk walk;
	struct str rest = {(const char *)data + 1, size - 1};
	bool more = true;

	if (size == 0)
		return 0;
	listing = listing_list((data[0] & 0x7f) % 3);
	must(listing_start(listing,
		     (data[0] & 0x80) != 0 ? STR("2026-07-28T10:00:00+07:00 7") : STR(""), NOW,
		     &walk)
			.code == ERR_OK);
	for (int i = 0; i < REQUESTS_MAX && more; i++) {
		ptrdiff_t cut = str_find(rest, STR("\n--\n"));
		struct str body = cut < 0 ? rest : str_cut(rest, 0, (size_t)cut);

		if (cut >= 0)
			rest = str_cut(rest, (size_t)cut + 4, rest.len);
		check_parse(listing->feed, body);
		more = one_request(listing, &walk, body, i == 63 ? 429 : 200);
	}
	return 0;
}
