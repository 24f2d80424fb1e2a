/* Pages about reports: their words, their head, and what is said when there is none. */
#include "report_page.h"

#include "chopay/report_places.h"

#define DATE_SIZE_MAX 10 /* "2026-10-31" */

/* ---- words -----------------------------------------------------------------------------------
 */

/* Where a word comes from: the query of a page, or a form. */
struct words_from {
	struct request *req;
	bool form;
	enum language language;
};

static bool
said(const struct words_from *from, const char *name, struct str *value)
{
	bool is = from->form ? request_form(from->req, name, value)
			     : request_query(from->req, name, value);

	return is && value->len > 0;
}

static bool
is_scope(struct str word)
{
	return str_eq(word, STR("unit")) || str_eq(word, STR("market")) ||
	       str_eq(word, STR("former"));
}

/* "unit:68" of the chooser, where the word itself was not said. */
static bool
said_place(const struct words_from *from, const char *name, struct str *value)
{
	struct str kind;

	if (said(from, name, value))
		return true;
	if (said(from, "unit", value) || said(from, "market", value) ||
		said(from, "former", value) || !said(from, "place", value))
		return false;
	if (str_split(value, ':', &kind) && is_scope(kind))
		return str_eq(kind, str_from(name));
	*value = STR("\x7f"); /* no code: the reading refuses it, for nothing is not the country */
	return str_eq(str_from(name), STR("unit"));
}

/* The month of `calendar` that runs. */
static struct str
month_now(const struct words_from *from)
{
	struct str word;
	enum period_calendar calendar = CALENDAR_SOLAR;
	month_key month;

	if (said(from, "calendar", &word) && !period_calendar_parse(word, &calendar))
		calendar = CALENDAR_SOLAR; /* the reading refuses it */
	month = month_of(day_of(books_now_ms(api_of(from->req)->config.books), 0), calendar);
	return arena_printf(
		request_arena(from->req), "%d-%02d", (int)(month / 12), (int)(month % 12 + 1));
}

/* Two dates of the chooser are a period, once "from day to day" is chosen. */
static bool
said_period(const struct words_from *from, struct str *value)
{
	struct str first, last;

	if (!said(from, "period", value))
		*value = month_now(from);
	if (!str_eq(*value, STR("range")))
		return true;
	*value = STR(".."); /* no period: the reading refuses it */
	if (!said(from, "from", &first) || !said(from, "to", &last) || first.len > DATE_SIZE_MAX ||
		last.len > DATE_SIZE_MAX)
		return true;
	*value = arena_printf(
		request_arena(from->req), "%.*s..%.*s", STR_FMT(first), STR_FMT(last));
	return true;
}

static bool
page_word(void *arg, const char *name, struct str *value)
{
	const struct words_from *from = arg;
	struct str word = str_from(name);

	if (is_scope(word))
		return said_place(from, name, value);
	if (str_eq(word, STR("period")))
		return said_period(from, value);
	if (str_eq(word, STR("lang"))) {
		/* A form may ask for a file in the other language. */
		if (!from->form || !said(from, name, value))
			*value = from->language == ENGLISH ? STR("en") : STR("vi");
		return true;
	}
	return said(from, name, value);
}

struct str
report_self(struct arena *arena, const struct report_order *order, bool before)
{
	const struct report_request *request = &order->request;
	struct buf self CLEANUP(buf_fini) = {0};

	if (order->snapshot_id != 0) {
		buf_addf(&self, "snapshot=%lld", (long long)order->snapshot_id);
	} else {
		if (request->code.len > 0) {
			buf_addf(&self, "%s=", report_scope_name(request->scope));
			buf_add_percent(&self, request->code);
			buf_addc(&self, '&');
		}
		buf_adds(&self, "period=");
		period_format(&self, &request->period);
		if (request->period.calendar == CALENDAR_ND09)
			buf_adds(&self, "&calendar=nd09");
		if (request->boundary == BOUNDARY_THEN)
			buf_adds(&self, "&boundary=tai_thoi_diem");
		if (request->audience == AUDIENCE_BOARD)
			buf_adds(&self, "&audience=board");
	}
	if (order->what == ORDER_RANKING)
		buf_addf(&self, "&level=%.*s", STR_FMT(order->level));
	if (before)
		buf_adds(&self, "&compare=before");
	return arena_copy(arena, buf_str(&self));
}

/* The same without the unit or market. */
static struct str
query_of(struct arena *arena, const struct report_order *order, bool before)
{
	struct report_order bare = *order;

	bare.request.code = STR("");
	bare.snapshot_id = 0;
	bare.what = ORDER_ADOPTION;
	return report_self(arena, &bare, before);
}

/* ---- tasks ------------------------------------------------------------------------------------
 */

static void
page_failed(struct report_task *task)
{
	ask_reply_page(&task->ask);
}

static struct report_task *
task_of_words(struct words_from *from, enum order_what what)
{
	struct report_task *task = report_task_new(from->req, what, page_word, from);

	task->explain = report_explain;
	task->failed = page_failed;
	return task;
}

static void
reply_made(struct report_task *task)
{
	reply_packed_page(task->ask.req, 200, task->ask.packed);
}

static struct err
make_page(struct db *db, struct report_task *task)
{
	struct report_page *page = task->more;
	struct arena *arena = task->ask.query.arena;
	struct buf html CLEANUP(buf_fini) = {0};
	json_t *data CLEANUP(json_cleanup) = NULL;
	struct report *report;

	TRY(report_order_report(db, arena, &task->order, NULL, &report, &task->why));
	data = report_page_data(&task->ask, page->tab, page->screen.self);
	report_choices(&task->ask, &task->order, page->screen.against, data);
	TRY(page->fill(db, task, report, data));
	TRY(page_render(&html, page->template, data));
	task->ask.packed = ask_pack(&task->ask, buf_str(&html));
	return OK;
}

struct report_task *
report_page_new(struct request *req, enum order_what what, const struct report_page *like)
{
	struct words_from from = {req, false, page_language(req)};
	struct report_page *page = arena_alloc(request_arena(req), sizeof(*page));
	struct report_task *task = task_of_words(&from, what);
	struct str word;
	bool before;

	task->order.form = FORM_JSON; /* it is looked at: `format` was only to be a right one */
	before = request_query(req, "compare", &word) && str_eq(word, STR("before"));
	*page = *like;
	page->screen = (struct screen_order){
		.language = from.language,
		.against = before ? AGAINST_BEFORE : AGAINST_YEAR,
		.query = query_of(request_arena(req), &task->order, before),
		.self = report_self(request_arena(req), &task->order, before),
		.sort = request_query(req, "sort", &word) ? word : STR(""),
	};
	task->more = page;
	task->seen_as = "text/html";
	task->make = make_page;
	task->reply = reply_made;
	return task;
}

struct report_task *
report_form_new(struct request *req, enum order_what what)
{
	struct words_from from = {req, true, page_language(req)};

	if (!same_origin(req)) {
		reply_message_page(req, 403, "error.other_site");
		return NULL;
	}
	return task_of_words(&from, what);
}

/* ---- what all of them have --------------------------------------------------------------------
 */

/* Nothing is below a market, and a snapshot has its ranking on its page. */
static bool
can_rank(const struct ask *ask, struct str self)
{
	return ask->who.market_id == 0 && !str_starts(self, STR("market=")) &&
	       !str_starts(self, STR("former=")) && !str_starts(self, STR("snapshot="));
}

json_t *
report_page_data(const struct ask *ask, const char *tab, struct str self)
{
	static const struct {
		const char *name, *path, *word;
		bool of_report; /* it is about one */
	} tabs[] = {{"screen", "/reports", "reports.tab.screen", true},
		{"ranking", "/reports/ranking", "reports.tab.ranking", true},
		{"work", "/reports/work", "reports.tab.work", true},
		{"snapshots", "/reports/snapshots", "reports.tab.snapshots", false},
		{"exports", "/reports/exports", "reports.tab.exports", false},
		{"today", "/reports/today", "reports.tab.today", false}};
	json_t *data = page_data(ask->req), *list = json_array();

	staff_head(ask, data);
	for (size_t i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++) {
		bool with = self.len > 0 && tabs[i].of_report;
		json_t *item;

		if (str_eq(str_from(tabs[i].name), STR("ranking")) && !can_rank(ask, self))
			continue;
		item = json_object();
		json_set_str(item, "text", words_find(ask->lang, str_from(tabs[i].word)));
		json_set_str(item, "href",
			arena_printf(ask->query.arena, "%s%s%.*s", tabs[i].path, with ? "?" : "",
				STR_FMT(with ? self : STR(""))));
		json_object_set_new(
			item, "here", json_boolean(str_eq(str_from(tab), str_from(tabs[i].name))));
		json_array_append_new(list, item);
	}
	json_object_set_new(data, "tabs", list);
	json_set_str(data, "self", self);
	return data;
}

struct err
scope_name(struct db *db, struct ask *ask, struct str scope, struct str *name)
{
	struct arena *arena = ask->query.arena;
	struct market market;
	struct unit unit;
	struct str kind, code = scope;
	struct err err;

	str_split(&code, ':', &kind);
	*name = code.len > 0 ? code : words_find(ask->lang, STR("reports.country"));
	if (code.len == 0)
		return OK;
	if (str_eq(kind, STR("market"))) {
		err = markets_find(db, arena, code, &market);
		if (err.code == ERR_OK)
			*name = market.name;
		return err.code == ERR_NOT_FOUND ? OK : err;
	}
	err = units_find(db, arena, code, day_of(ask->now_ms, 0), &unit);
	if (err.code == ERR_OK)
		*name = unit.name;
	return err.code == ERR_NOT_FOUND ? OK : err;
}
