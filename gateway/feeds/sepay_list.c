/*
 * sepay_list.c - SePay's lists of transactions, version 1 (numbers, the webhook's) and 2 (UUIDs).
 *
 * Source: FEEDS.md section 8.  Version 1 answers a bad token with 200 and an empty body, and a full
 * page does not say which end of the window it left out: its own order tells.
 */
#include "chopay/clock.h"
#include "chopay/json.h"

#include "list_rows.h"
#include "rows.h"

#define V1_LIMIT 500 /* the source allows 5000; a page is booked in one commit */
#define V2_PER_PAGE 100

/* ---- one row --------------------------------------------------------------------------------- */

static struct err
read_common(struct arena *arena, const struct fields *fields, const char *virtual_account,
	struct feed_event *event)
{
	struct str date;

	TRY(fields_token(arena, fields, "id", &event->provider_txn_id));
	if (event->provider_txn_id.len == 0 || str_eq(event->provider_txn_id, STR("0")))
		return FAIL(ERR_INVALID, "the line has no id");
	TRY(fields_token(arena, fields, "bank_brand_name", &event->bank));
	TRY(fields_token(arena, fields, "account_number", &event->account));
	TRY(fields_token(arena, fields, virtual_account, &event->virtual_account));
	TRY(fields_token(arena, fields, "code", &event->code_hint));
	TRY(fields_token(arena, fields, "reference_number", &event->bank_txn_id));
	TRY(fields_text(fields, "transaction_content", &event->content));
	TRY(list_in_out(arena, fields, event));
	if (event->account.len == 0) /* as the webhook */
		event->account = event->virtual_account;
	if (event->account.len == 0)
		return FAIL(ERR_INVALID, "the line names no account");
	TRY(fields_text(fields, "transaction_date", &date));
	return time_parse_local(date, &event->time_ms);
}

static struct err
read_row_v1(struct arena *arena, const struct fields *fields, struct feed_event *event)
{
	return read_common(arena, fields, "sub_account", event);
}

static struct err
read_row_v2(struct arena *arena, const struct fields *fields, struct feed_event *event)
{
	struct str type;

	TRY(read_common(arena, fields, "va", event));
	TRY(fields_text(fields, "transfer_type", &type));
	if (event->amount.dong > 0 && type.len > 0 &&
		!str_eq(type, event->outgoing ? STR("out") : STR("in")))
		return FAIL(ERR_INVALID, "transfer_type and the amounts contradict each other");
	return OK;
}

/* ---- version 1 ---------------------------------------------------------------------------------
 */

static struct err
read_v1(struct arena *arena, struct str body, struct list_rows *rows)
{
	json_t *value CLEANUP(json_cleanup) = NULL;
	const json_t *status;

	TRY(fields_parse_json(body, &value));
	status = json_object_get(value, "status");
	if (status != NULL && json_integer_value(status) != 200)
		return FAIL(ERR_INVALID, "its status is not 200");
	return list_rows_read(arena, json_object_get(value, "transactions"), read_row_v1, rows);
}

static enum feed_reason
parse_v1(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	struct list_rows rows;

	*events = (struct feed_events){0};
	if (read_v1(arena, message->body, &rows).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	return list_rows_events(&rows, events);
}

static void
request_v1(struct arena *arena, const struct listing_pull *pull, const struct listing_walk *walk,
	struct listing_request *request)
{
	struct buf url CLEANUP(buf_fini) = {0};

	buf_add(&url, pull->base_url);
	buf_adds(&url, "/transactions/list");
	url_add(&url, "account_number", pull->account_no);
	url_add(&url, "limit", arena_printf(arena, "%d", V1_LIMIT));
	if (walk->by_id) { /* from this id on, itself too */
		url_add(&url, "since_id", arena_printf(arena, "%lld", (long long)walk->newest_id));
	} else {
		url_add_time(&url, "transaction_date_min", walk->from_ms);
		if (walk->high_ms != WALK_OPEN)
			url_add_time(&url, "transaction_date_max", walk->high_ms);
	}
	request->url = arena_copy(arena, buf_str(&url));
	request->header = arena_printf(arena, "Authorization: Bearer %.*s", STR_FMT(pull->token));
}

/* What a full page left out: the older end when it runs from new to old, else the newer one.
 * False: it is not told apart, all of it happened in one second. */
static bool
narrow(struct listing_walk *walk, const struct list_rows *rows)
{
	int64_t *bound = rows->descending ? &walk->high_ms : &walk->from_ms;
	int64_t left = rows->descending ? rows->oldest_ms : rows->newest_ms;

	if (rows->count == 0 || rows->oldest_ms == rows->newest_ms || *bound == left)
		return false;
	*bound = left; /* its second is asked for again: the limit may have cut it in two */
	return true;
}

/* The newest id only speeds the next poll up: the windows by date miss nothing but what a bank
 * books with a date of days ago, and that is what asking by id finds. */
static void
note_ids(struct listing_walk *walk, const struct list_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		int64_t id;

		if (str_to_i64(rows->items[i].provider_txn_id, &id).code == ERR_OK &&
			id > walk->newest_id)
			walk->newest_id = id;
	}
}

static void
read_page_v1(
	struct arena *arena, struct listing_walk *walk, struct str body, struct listing_page *page)
{
	struct list_rows rows;

	if (body.len == 0) {
		page_fault(page, LISTING_DENIED,
			"the source does not take the token (it answers 200 with nothing)");
		return;
	}
	if (read_v1(arena, body, &rows).code != ERR_OK) {
		page_fault(page, LISTING_FAULT, "the answer is not SePay's list, version 1");
		return;
	}
	walk_saw(walk, &rows);
	note_ids(walk, &rows);
	(void)list_rows_events(&rows, &page->events);
	if (walk->by_id)
		walk->by_id = false;
	else if (rows.rows < V1_LIMIT)
		walk_window_done(walk, page);
	else if (!narrow(walk, &rows))
		page_fault(page, LISTING_FAULT, "too many lines in one second to tell them apart");
}

/* ---- version 2 ---------------------------------------------------------------------------------
 */

static struct err
read_v2(struct arena *arena, struct str body, struct list_rows *rows, bool *more)
{
	json_t *value CLEANUP(json_cleanup) = NULL;
	const json_t *has_more;

	TRY(fields_parse_json(body, &value));
	TRY(list_rows_read(arena, json_object_get(value, "data"), read_row_v2, rows));
	has_more = json_object_get(
		json_object_get(json_object_get(value, "meta"), "pagination"), "has_more");
	if (!json_is_boolean(has_more)) /* half a list must not pass for a whole one */
		return FAIL(ERR_INVALID, "it does not say whether there is more");
	*more = json_is_true(has_more);
	return OK;
}

static enum feed_reason
parse_v2(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	struct list_rows rows;
	bool more;

	*events = (struct feed_events){0};
	if (read_v2(arena, message->body, &rows, &more).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	return list_rows_events(&rows, events);
}

static void
request_v2(struct arena *arena, const struct listing_pull *pull, const struct listing_walk *walk,
	struct listing_request *request)
{
	struct buf url CLEANUP(buf_fini) = {0};

	buf_add(&url, pull->base_url);
	buf_adds(&url, "/transactions");
	url_add(&url, "page", arena_printf(arena, "%d", walk->page));
	url_add(&url, "per_page", arena_printf(arena, "%d", V2_PER_PAGE));
	url_add_time(&url, "transaction_date_from", walk->from_ms);
	if (walk->to_ms != WALK_OPEN)
		url_add_time(&url, "transaction_date_to", walk->to_ms);
	request->url = arena_copy(arena, buf_str(&url));
	request->header = arena_printf(arena, "Authorization: Bearer %.*s", STR_FMT(pull->token));
}

/* Pages may shift while they are read, when the newest come first: then a line is seen twice, and
 * none is missed. */
static void
read_page_v2(
	struct arena *arena, struct listing_walk *walk, struct str body, struct listing_page *page)
{
	struct list_rows rows;
	bool more;

	if (read_v2(arena, body, &rows, &more).code != ERR_OK) {
		page_fault(page, LISTING_FAULT, "the answer is not SePay's list, version 2");
		return;
	}
	walk_saw(walk, &rows);
	(void)list_rows_events(&rows, &page->events);
	if (more)
		walk->page++;
	else
		walk_window_done(walk, page);
}

/* ---- rows of the tables ------------------------------------------------------------------------
 */

const struct feed feed_sepay_list_v1 = {
	.name = "sepay_list_v1",
	.provider = "sepay_list_v1",
	.key_prefix = "sepay",
	.parse = parse_v1,
};

const struct feed feed_sepay_list_v2 = {
	.name = "sepay_list_v2",
	.provider = "sepay_list_v2",
	.key_prefix = "sepay2",
	.parse = parse_v2,
};

const struct listing listing_sepay_v1 = {
	.feed = &feed_sepay_list_v1,
	.base_url = "https://my.sepay.vn/userapi",
	.gap_ms = 500,
	.request = request_v1,
	.read = read_page_v1,
};

const struct listing listing_sepay_v2 = {
	.feed = &feed_sepay_list_v2,
	.base_url = "https://userapi.sepay.vn/v2",
	.gap_ms = 500,
	.request = request_v2,
	.read = read_page_v2,
};
