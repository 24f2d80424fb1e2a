/* The officials' pages: a report on one screen, its ranking, its work list. */
#include "chopay/report_places.h"
#include "report_page.h"

#define WORK_PAGE 100 /* stalls on a page of the work list */

/* ---- which snapshot there is ------------------------------------------------------------------
 */

static struct snapshot
same_as(struct arena *arena, const struct report *report)
{
	struct buf text CLEANUP(buf_fini) = {0};
	struct snapshot same = {
		.calendar = str_from(period_calendar_name(report->period.calendar)),
		.boundary = str_from(report_boundary_name(report->boundary)),
		.audience = str_from(report_audience_name(report->audience)),
	};

	same.scope = arena_printf(
		arena, "%s:%.*s", report_scope_name(report->scope), STR_FMT(report->code));
	period_format(&text, &report->period);
	same.period = arena_copy(arena, buf_str(&text));
	return same;
}

/* The newest of what is shown, unless that is shown. */
static struct err
set_newest(struct db *db, struct report_task *task, const struct report *report, json_t *data)
{
	const struct snapshot same = same_as(task->ask.query.arena, report);
	struct snapshot newest;
	struct err err = snapshots_newest(db, task->ask.query.arena, &same, &newest);
	json_t *row;

	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	TRY(snapshot_row(db, &task->ask, &newest, &row));
	json_object_set_new(
		data, newest.id == report->snapshot_id ? "this_snapshot" : "newest", row);
	return OK;
}

/* ---- the screen -------------------------------------------------------------------------------
 */

static json_t *
hidden(const char *name, struct str value)
{
	json_t *field = json_object();

	json_set_str(field, "name", str_from(name));
	json_set_str(field, "value", value);
	return field;
}

/* What is shown, for the forms that freeze it or make a file of it. */
static json_t *
fields_of(struct arena *arena, const struct report_order *order)
{
	const struct report_request *request = &order->request;
	struct buf period CLEANUP(buf_fini) = {0};
	json_t *fields = json_array();

	if (order->snapshot_id != 0) {
		json_array_append_new(fields,
			hidden("snapshot",
				arena_printf(arena, "%lld", (long long)order->snapshot_id)));
		return fields;
	}
	period_format(&period, &request->period);
	json_array_append_new(fields, hidden(report_scope_name(request->scope), request->code));
	json_array_append_new(fields, hidden("period", buf_str(&period)));
	json_array_append_new(fields,
		hidden("calendar", str_from(period_calendar_name(request->period.calendar))));
	json_array_append_new(
		fields, hidden("boundary", str_from(report_boundary_name(request->boundary))));
	json_array_append_new(
		fields, hidden("audience", str_from(report_audience_name(request->audience))));
	return fields;
}

static void
set_done(struct request *req, enum language language, json_t *data)
{
	struct str done;

	if (!request_query(req, "done", &done))
		return;
	if (str_eq(done, STR("frozen")))
		json_set_str(data, "done", words_find(language, STR("reports.frozen")));
	if (str_eq(done, STR("unchanged")))
		json_set_str(data, "done", words_find(language, STR("reports.unchanged")));
}

/* A frozen report is found under its own unit; its words are those of its figures. */
static struct report_order
order_of(const struct report_task *task, const struct report *report)
{
	struct report_order order = task->order;

	order.request.scope = report->scope;
	order.request.code = report->code;
	order.request.period = report->period;
	order.request.boundary = report->boundary;
	order.request.audience = report->audience;
	return order;
}

/* What a snapshot is of, as it is now. */
static void
set_live(struct arena *arena, const struct report_order *order, json_t *data)
{
	struct report_order now = *order;
	json_t *shown = json_object_get(data, "this_snapshot");

	now.snapshot_id = 0;
	if (shown != NULL)
		json_set_str(shown, "live_href",
			arena_printf(
				arena, "/reports?%.*s", STR_FMT(report_self(arena, &now, false))));
}

static struct err
fill_screen(struct db *db, struct report_task *task, const struct report *report, json_t *data)
{
	const struct report_page *page = task->more;
	struct ask *ask = &task->ask;
	const struct report_order order = order_of(task, report);
	json_t *screen = report_screen(ask->query.arena, report, &page->screen);

	json_object_update(data, screen);
	json_decref(screen);
	TRY(report_page_places(db, ask, &order, data));
	TRY(set_newest(db, task, report, data));
	json_object_set_new(data, "fields", fields_of(ask->query.arena, &task->order));
	json_object_set_new(data, "may_freeze",
		json_boolean(report->snapshot_id == 0 && may(&ask->who, FREEZE_REPORTS, 0)));
	json_object_set_new(data, "is_snapshot", json_boolean(report->snapshot_id != 0));
	json_object_set_new(data, "is_board", json_boolean(report->audience == AUDIENCE_BOARD));
	json_object_set_new(data, "english", json_boolean(ask->lang == ENGLISH));
	set_live(ask->query.arena, &order, data);
	set_done(ask->req, ask->lang, data);
	return OK;
}

/* ---- without a unit: where to begin -----------------------------------------------------------
 */

static struct err
home_answer(struct db *db, struct ask *ask)
{
	const struct places_request request = {.root = ask->who.unit_code,
		.market = ask->who.market_code,
		.scope = SCOPE_UNIT,
		.today = day_of(ask->now_ms, 0)};
	struct places places;

	if (!may(&ask->who, SEE_REPORTS, 0))
		return ask_denied(ask);
	TRY(report_places(db, ask->query.arena, &request, &places));
	if (places.home.code.len > 0) {
		/* The screen, or the tab of it that was asked for. */
		buf_addf(&ask->bytes, "%.*s?%s=", STR_FMT(request_path(ask->req)),
			report_scope_name(places.home.scope));
		buf_add_percent(&ask->bytes, places.home.code);
		/* The market board sees its small cells. */
		if (ask->who.market_id != 0)
			buf_adds(&ask->bytes, "&audience=board");
		return OK;
	}
	return OK;
}

/* The other words of the query stay. */
static void
home_found(struct ask *ask)
{
	struct str query = request_query_string(ask->req);

	if (ask->query.result.code != ERR_OK) {
		ask_reply_page(ask);
		return;
	}
	if (ask->bytes.len > 0) {
		if (query.len > 0)
			buf_addf(&ask->bytes, "&%.*s", STR_FMT(query));
		page_headers(ask->req);
		reply_redirect(ask->req, buf_str(&ask->bytes));
		return;
	}
	reply_message_page(ask->req, 200, "reports.no_market");
}

static bool
says_where(struct request *req)
{
	static const char *const names[] = {"unit", "market", "former", "place", "snapshot"};
	struct str value;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (request_query(req, names[i], &value) && value.len > 0)
			return true;
	}
	return false;
}

static void
run_page(struct request *req, enum order_what what, const struct report_page *page)
{
	report_task_run(report_page_new(req, what, page));
}

static void
go_home(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = home_answer;
	ask->reply = home_found;
	ask_send(ask);
}

void
reports_page(struct request *req)
{
	static const struct report_page page = {.template = "gateway/web/reports/screen.html",
		.tab = "screen",
		.fill = fill_screen};

	if (says_where(req)) {
		run_page(req, ORDER_ADOPTION, &page);
		return;
	}
	go_home(req);
}

/* ---- the ranking of a level -------------------------------------------------------------------
 */

static struct err
fill_ranking(struct db *db, struct report_task *task, const struct report *report, json_t *data)
{
	const struct report_page *page = task->more;
	struct ask *ask = &task->ask;
	struct buf title CLEANUP(buf_fini) = {0};
	struct str name = words_find(ask->lang, STR("reports.country"));

	if (report->code.len > 0)
		TRY(scope_name(db, ask,
			arena_printf(ask->query.arena, "%s:%.*s", report_scope_name(report->scope),
				STR_FMT(report->code)),
			&name));
	(ask->lang == VIETNAMESE ? period_title_vi : period_title_en)(&title, &report->period);
	json_set_str(data, "name", name);
	json_set_str(data, "period_title", buf_str(&title));
	json_object_set_new(data, "ranking",
		report->row_count > 0
			? report_screen_ranking(ask->query.arena, report, &page->screen)
			: json_null());
	json_object_set_new(data, "fields", fields_of(ask->query.arena, &task->order));
	json_set_str(data, "level", task->order.level);
	TRY(report_page_places(db, ask, &task->order, data));
	/* Nothing is ranked below these. */
	json_object_set_new(data, "has_markets", json_false());
	json_object_set_new(data, "has_formers", json_false());
	return report_levels(db, ask, &task->order, data);
}

/* A tab leads here with the words of a report: what is ranked is what lies just below its unit. */
static struct err
level_answer(struct db *db, struct ask *ask)
{
	struct str query = request_query_string(ask->req), level;

	if (!may(&ask->who, SEE_REPORTS, 0))
		return ask_denied(ask);
	buf_adds(&ask->bytes, "/reports/ranking?");
	/* Who says no unit means all that they may see. */
	if (ask->word.len == 0 && ask->who.unit_code.len > 0) {
		ask->word = ask->who.unit_code;
		buf_addf(&ask->bytes, "unit=%.*s&", STR_FMT(ask->word));
	}
	TRY(report_level_below(db, ask, ask->word, &level));
	buf_addf(&ask->bytes, "%.*s%slevel=%.*s", STR_FMT(query), query.len > 0 ? "&" : "",
		STR_FMT(level));
	return OK;
}

static void
level_found(struct ask *ask)
{
	if (ask->query.result.code != ERR_OK) {
		ask_reply_page(ask);
		return;
	}
	page_headers(ask->req);
	reply_redirect(ask->req, buf_str(&ask->bytes));
}

void
reports_ranking_page(struct request *req)
{
	static const struct report_page page = {.template = "gateway/web/reports/ranking.html",
		.tab = "ranking",
		.fill = fill_ranking};
	struct ask *ask;
	struct str word;

	if (request_query(req, "level", &word) && !request_query(req, "snapshot", &word)) {
		run_page(req, ORDER_RANKING, &page);
		return;
	}
	ask = ask_new(req);
	if (!request_query(req, "unit", &ask->word))
		ask->word = STR("");
	ask->answer = level_answer;
	ask->reply = level_found;
	ask_send(ask);
}

/* ---- the work list ----------------------------------------------------------------------------
 */

/* What of the list is shown, as the query has it. */
static void
read_work(struct request *req, struct screen_work *work)
{
	struct str word;
	int64_t skip;

	*work = (struct screen_work){.reason = -1, .market = STR(""), .max = WORK_PAGE};
	if (request_query(req, "reason", &word) && report_work_reason(word) < WORK_REASONS)
		work->reason = report_work_reason(word);
	if (request_query(req, "of", &word))
		work->market = word;
	if (request_query(req, "skip", &word) && str_to_i64(word, &skip).code == ERR_OK && skip > 0)
		work->from = (size_t)skip;
}

/* The same list from another item on. */
static void
set_page_link(const struct ask *ask, const struct report_page *page, json_t *list, const char *name)
{
	struct buf href CLEANUP(buf_fini) = {0};
	json_t *skip = json_object_get(list, name);
	struct str reason, market;

	if (!json_is_integer(skip))
		return;
	buf_addf(&href, "?%.*s", STR_FMT(page->screen.self));
	if (request_query(ask->req, "reason", &reason)) {
		buf_adds(&href, "&reason=");
		buf_add_percent(&href, reason);
	}
	if (request_query(ask->req, "of", &market)) {
		buf_adds(&href, "&of=");
		buf_add_percent(&href, market);
	}
	buf_addf(&href, "&skip=%lld", (long long)json_integer_value(skip));
	json_set_str(list, name, buf_str(&href));
}

static struct err
fill_work(struct db *db, struct report_task *task, const struct report *report, json_t *data)
{
	const struct report_page *page = task->more;
	struct ask *ask = &task->ask;
	const struct report_order order = order_of(task, report);
	struct buf title CLEANUP(buf_fini) = {0};
	struct screen_work work;
	json_t *list;

	read_work(ask->req, &work);
	list = report_screen_work(ask->query.arena, report, &page->screen, &work);
	set_page_link(ask, page, list, "previous");
	set_page_link(ask, page, list, "next");
	json_object_set_new(data, "list", list);
	(ask->lang == VIETNAMESE ? period_title_vi : period_title_en)(&title, &report->period);
	json_set_str(data, "name", report->name);
	json_set_str(data, "period_title", buf_str(&title));
	json_object_set_new(data, "fields", fields_of(ask->query.arena, &task->order));
	return report_page_places(db, ask, &order, data);
}

void
reports_work_page(struct request *req)
{
	static const struct report_page page = {
		.template = "gateway/web/reports/work.html", .tab = "work", .fill = fill_work};

	if (says_where(req))
		run_page(req, ORDER_WORK, &page);
	else
		go_home(req);
}
