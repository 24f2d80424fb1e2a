/*
 * listing.c - what polls of every list share: windows, the cursor, statuses of refusal.
 */
#include <ctype.h>
#include <string.h>

#include "chopay/clock.h"

#include "list_rows.h"

#define WINDOW_MS (24 * 3600 * INT64_C(1000))
#define WAIT_DEFAULT_MS (60 * INT64_C(1000)) /* told to wait, not how long */

static const struct listing *const listings[] = {
	&listing_sepay_v1, &listing_sepay_v2, &listing_casso};

#define COUNT (sizeof(listings) / sizeof(*listings))

const struct listing *
listing_list(size_t n)
{
	return n < COUNT ? listings[n] : NULL;
}

const struct listing *
listing_find(struct str source)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (str_eq(str_from(listings[i]->feed->name), source))
			return listings[i];
	}
	return NULL;
}

/* ---- URLs ----------------------------------------------------------------------------------- */

void
url_add(struct buf *url, const char *name, struct str value)
{
	bool first = str_find(buf_str(url), STR("?")) < 0;

	buf_addf(url, "%c%s=", first ? '?' : '&', name);
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.ptr[i];

		if (c < 0x80 && (isalnum(c) || strchr("-._~", c) != NULL))
			buf_addc(url, (char)c);
		else
			buf_addf(url, "%%%02X", c);
	}
}

void
url_add_time(struct buf *url, const char *name, int64_t ms)
{
	struct buf text CLEANUP(buf_fini) = {0};

	time_format_rfc3339(&text, ms);
	text.ptr[10] = ' ';
	url_add(url, name, str_cut(buf_str(&text), 0, 19));
}

/* ---- the walk ------------------------------------------------------------------------------- */

/* "2026-07-28T14:30:45+07:00" or the same, a blank and the newest id. */
static struct err
read_cursor(struct str cursor, struct listing_walk *walk)
{
	struct str time;
	struct err err;

	if (str_split(&cursor, ' ', &time)) {
		err = str_to_i64(cursor, &walk->cursor_id);
		if (err.code != ERR_OK || walk->cursor_id <= 0)
			return FAIL(ERR_INVALID, "the cursor of the pull is malformed");
	}
	if (time_parse_rfc3339(time, &walk->cursor_ms).code != ERR_OK)
		return FAIL(ERR_INVALID, "the cursor of the pull is malformed");
	return OK;
}

struct err
listing_start(
	const struct listing *listing, struct str cursor, int64_t now_ms, struct listing_walk *walk)
{
	(void)listing;
	*walk = (struct listing_walk){.now_ms = now_ms, .cursor_ms = now_ms, .page = 1};
	if (cursor.len > 0)
		TRY(read_cursor(cursor, walk));
	if (walk->cursor_ms > now_ms) /* a clock was set back: look at what is still to come */
		walk->cursor_ms = now_ms;
	walk->newest_ms = walk->cursor_ms;
	walk->newest_id = walk->cursor_id;
	walk->by_id = walk->cursor_id > 0;
	walk->from_ms = walk->cursor_ms - LISTING_OVERLAP_MS;
	walk->to_ms = walk->high_ms = walk->from_ms + WINDOW_MS;
	return OK;
}

void
walk_saw(struct listing_walk *walk, const struct list_rows *rows)
{
	if (walk->by_id)
		walk->strange_by_id += rows->strange;
	else
		walk->strange += rows->strange;
	/* A bank's clock may run ahead; the cursor does not follow it. */
	if (rows->count > 0 && rows->newest_ms > walk->newest_ms)
		walk->newest_ms = rows->newest_ms < walk->now_ms ? rows->newest_ms : walk->now_ms;
}

void
walk_done(const struct listing_walk *walk, struct listing_page *page)
{
	struct buf text CLEANUP(buf_fini) = {0};

	page->last = true;
	page->strange = walk->strange > walk->strange_by_id ? walk->strange : walk->strange_by_id;
	time_format_rfc3339(&text, walk->newest_ms);
	if (walk->newest_id > 0)
		buf_addf(&text, " %lld", (long long)walk->newest_id);
	memcpy(page->cursor, text.ptr, text.len + 1);
}

void
walk_window_done(struct listing_walk *walk, struct listing_page *page)
{
	if (walk->to_ms == WALK_OPEN) {
		walk_done(walk, page);
		return;
	}
	walk->from_ms = walk->to_ms;
	walk->to_ms += WINDOW_MS;
	if (walk->from_ms >= walk->cursor_ms && walk->to_ms >= walk->now_ms)
		walk->to_ms = WALK_OPEN;
	walk->high_ms = walk->to_ms;
	walk->page = 1;
}

/* ---- an answer ------------------------------------------------------------------------------ */

void
page_fault(struct listing_page *page, enum listing_outcome outcome, const char *fault)
{
	*page = (struct listing_page){.outcome = outcome, .fault = fault};
}

/* Each provider, and each version of one, has a header of its own for it; all in seconds. */
static int64_t
told_to_wait_ms(const struct listing_answer *answer)
{
	static const char *const names[] = {"Retry-After", "x-sepay-userapi-retry-after"};
	int64_t seconds;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct str value = answer->header(answer->header_arg, names[i]);

		if (value.len == 0 || str_to_i64(str_trim(value), &seconds).code != ERR_OK)
			continue;
		if (seconds < 1)
			return MS_PER_SECOND;
		return seconds < LISTING_WAIT_MAX_MS / MS_PER_SECOND ? seconds * MS_PER_SECOND
								     : LISTING_WAIT_MAX_MS;
	}
	return WAIT_DEFAULT_MS;
}

static void
refused(const struct listing_answer *answer, struct listing_page *page)
{
	if (answer->status == 401 || answer->status == 403) {
		page_fault(page, LISTING_DENIED, "the source does not take the token");
	} else if (answer->status == 429) {
		page_fault(page, LISTING_WAIT, "the source was asked too often");
		page->wait_ms = told_to_wait_ms(answer);
	} else if (answer->status >= 500) {
		page_fault(page, LISTING_FAULT, "the source fails (5xx)");
	} else if (answer->status >= 300 && answer->status < 400) {
		page_fault(page, LISTING_FAULT,
			"the source answers with a redirect: is the URL right?");
	} else {
		page_fault(page, LISTING_FAULT,
			"the source refuses the request (4xx): is the URL right?");
	}
}

static void
keep_own(const struct listing_pull *pull, struct feed_events *events)
{
	size_t kept = 0;

	for (size_t i = 0; i < events->count; i++) {
		if (str_eq(events->items[i].account, pull->account_no) ||
			str_eq(events->items[i].virtual_account, pull->account_no))
			events->items[kept++] = events->items[i];
	}
	events->count = kept;
}

void
listing_read(struct arena *arena, const struct listing *listing, const struct listing_pull *pull,
	const struct listing_answer *answer, struct listing_walk *walk, struct listing_page *page)
{
	*page = (struct listing_page){.outcome = LISTING_PAGE};
	if (answer->status < 200 || answer->status > 299) {
		refused(answer, page);
		return;
	}
	if (++walk->pages > WALK_PAGES_MAX) {
		page_fault(page, LISTING_FAULT, "the list does not end");
		return;
	}
	listing->read(arena, walk, answer->body, page);
	if (page->outcome == LISTING_PAGE)
		keep_own(pull, &page->events);
}
