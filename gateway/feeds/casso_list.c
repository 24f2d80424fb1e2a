/*
 * casso_list.c - Casso's list of transactions, oldest first.
 *
 * Source: FEEDS.md sections 2 and 8.  Dates without times bound it, so a poll is one window; oldest
 * first, because new lines would shift pages that run from new to old.
 */
#include "chopay/clock.h"
#include "chopay/json.h"

#include "list_rows.h"
#include "payer.h"
#include "rows.h"

#define PAGE_SIZE 50 /* only the last page changes, and each change of a page is kept for ever */

static struct err
read_amount(struct arena *arena, const struct fields *fields, struct feed_event *event)
{
	struct str text;
	int64_t dong;

	TRY(fields_token(arena, fields, "amount", &text));
	if (str_ends(text, STR(".00")))
		text = str_cut(text, 0, text.len - 3);
	TRY(str_to_i64(text, &dong));
	if (dong > LIST_AMOUNT_MAX || dong < -LIST_AMOUNT_MAX)
		return FAIL(ERR_INVALID, "the amount is out of range");
	event->outgoing = dong < 0;
	event->amount.dong = dong < 0 ? -dong : dong;
	return OK;
}

static struct err
read_row(struct arena *arena, const struct fields *fields, struct feed_event *event)
{
	struct str date;

	TRY(fields_token(arena, fields, "id", &event->provider_txn_id));
	if (event->provider_txn_id.len == 0 || str_eq(event->provider_txn_id, STR("0")))
		return FAIL(ERR_INVALID, "the line has no id");
	TRY(fields_token(arena, fields, "tid", &event->bank_txn_id));
	TRY(fields_token(arena, fields, "bankAbbreviation", &event->bank));
	TRY(fields_token(arena, fields, "virtualAccount", &event->virtual_account));
	TRY(fields_token(arena, fields, "bankSubAccId", &event->account));
	if (event->account.len == 0) /* the webhook's spellings */
		TRY(fields_token(arena, fields, "bank_sub_acc_id", &event->account));
	if (event->account.len == 0)
		TRY(fields_token(arena, fields, "subAccId", &event->account));
	if (event->account.len == 0) /* as the webhook */
		event->account = event->virtual_account;
	if (event->account.len == 0)
		return FAIL(ERR_INVALID, "the line names no account");
	TRY(fields_text(fields, "description", &event->content));
	TRY(read_amount(arena, fields, event));
	payer_read(arena, fields, "corresponsiveAccount", "corresponsiveBankId", event);
	TRY(fields_text(fields, "when", &date));
	return time_parse_local(date, &event->time_ms);
}

static struct err
read_list(struct arena *arena, struct str body, struct list_rows *rows, bool *more)
{
	json_t *value CLEANUP(json_cleanup) = NULL;
	const json_t *data, *next;
	int64_t error;

	TRY(fields_parse_json(body, &value));
	TRY(json_member_i64(value, "error", &error));
	if (error != 0)
		return FAIL(ERR_INVALID, "it tells an error");
	data = json_object_get(value, "data");
	TRY(list_rows_read(arena, json_object_get(data, "records"), read_row, rows));
	next = json_object_get(data, "nextPage");
	if (next == NULL || !(json_is_null(next) || json_is_integer(next)))
		return FAIL(ERR_INVALID, "it does not say whether there is more");
	*more = json_is_integer(next) && json_integer_value(next) > 0 && rows->rows > 0;
	return OK;
}

static enum feed_reason
parse(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	struct list_rows rows;
	bool more;

	*events = (struct feed_events){0};
	if (read_list(arena, message->body, &rows, &more).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	return list_rows_events(&rows, events);
}

static void
request(struct arena *arena, const struct listing_pull *pull, const struct listing_walk *walk,
	struct listing_request *out)
{
	struct buf url CLEANUP(buf_fini) = {0}, day CLEANUP(buf_fini) = {0};

	day_format(&day, day_of(walk->from_ms, 0));
	buf_add(&url, pull->base_url);
	buf_adds(&url, "/transactions");
	url_add(&url, "fromDate", buf_str(&day));
	url_add(&url, "page", arena_printf(arena, "%d", walk->page));
	url_add(&url, "pageSize", arena_printf(arena, "%d", PAGE_SIZE));
	url_add(&url, "sort", STR("ASC"));
	out->url = arena_copy(arena, buf_str(&url));
	out->header = arena_printf(arena, "Authorization: Apikey %.*s", STR_FMT(pull->token));
}

static void
read_page(
	struct arena *arena, struct listing_walk *walk, struct str body, struct listing_page *page)
{
	struct list_rows rows;
	bool more;

	if (read_list(arena, body, &rows, &more).code != ERR_OK) {
		page_fault(page, LISTING_FAULT, "the answer is not Casso's list of transactions");
		return;
	}
	walk_saw(walk, &rows);
	(void)list_rows_events(&rows, &page->events);
	if (more)
		walk->page++;
	else
		walk_done(walk, page); /* the last page is read again by the next poll */
}

const struct feed feed_casso_list = {
	.name = "casso_list",
	.provider = "casso_list",
	.key_prefix = "casso",
	.parse = parse,
};

const struct listing listing_casso = {
	.feed = &feed_casso_list,
	.base_url = "https://oauth.casso.vn/v2",
	.gap_ms = 500,
	.request = request,
	.read = read_page,
};
