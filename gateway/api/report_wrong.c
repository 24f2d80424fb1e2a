/* The page that says why there is no report, and lets its reader choose again. */
#include "chopay/report_screen.h"
#include "report_page.h"

/* What is said of a word that is wrong. */
static const struct {
	const char *word, *key;
	bool repeats; /* what was asked for is in the text */
} faults[] = {
	{"scope", "reports.wrong.place", false},
	{"unit", "reports.wrong.place", false},
	{"market", "reports.wrong.place", false},
	{"former", "reports.wrong.place", false},
	{"period", "reports.wrong.period", true},
	{"level", "reports.wrong.level", true},
	{"format", "reports.wrong.format", true},
	{"snapshot", "reports.wrong.snapshot", false},
};

static struct str
fault_text(struct report_task *task)
{
	const struct order_fault *fault = &task->order.fault;
	struct buf text CLEANUP(buf_fini) = {0};
	const char *key = "reports.wrong.choice";

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]) && fault->word != NULL; i++) {
		if (str_eq(str_from(fault->word), str_from(faults[i].word)) &&
			(fault->value.len > 0 || !faults[i].repeats))
			key = faults[i].key;
	}
	words_fill(&text, words_find(task->ask.lang, str_from(key)), &fault->value, 1);
	return arena_copy(task->ask.query.arena, buf_str(&text));
}

/* "2026-10-20..2026-10-03", of the two dates of the chooser. */
static bool
is_range(const struct order_fault *fault)
{
	return fault->word != NULL && str_eq(str_from(fault->word), STR("period")) &&
	       str_find(fault->value, STR("..")) >= 0;
}

/* Whose figures they may see. */
static struct str
own_text(const struct ask *ask)
{
	struct str key = ask->who.market_id != 0 ? STR("reports.denied.market")
						 : STR("reports.denied.unit");
	struct str place = staff_place(ask);
	struct buf text CLEANUP(buf_fini) = {0};

	words_fill(&text, words_find(ask->lang, key), &place, 1);
	return arena_copy(ask->query.arena, buf_str(&text));
}

/* To what is theirs: of what was asked for nothing is told, not what lies above it either. */
static void
turn_home(const struct principal *who, struct report_order *order)
{
	bool market = who->market_id != 0;

	order->request.scope = market ? SCOPE_MARKET : SCOPE_UNIT;
	order->request.code = market ? who->market_code : who->unit_code;
	if (market && order->what == ORDER_RANKING)
		order->what = ORDER_ADOPTION; /* nothing is below a market */
	if (!may(who, SEE_SMALL_CELLS, 0))
		order->request.audience = AUDIENCE_OFFICIAL;
}

static void
set_texts(struct report_task *task, struct err err, json_t *data)
{
	const char *title = task->wrong.len > 0		? "reports.wrong"
			    : err.code == ERR_NOT_FOUND ? "reports.not_found"
							: "reports.cannot";
	struct str why = report_why(buf_str(&task->why), task->ask.lang);

	if (err.code == ERR_DENIED)
		title = "reports.denied";
	json_set_str(data, "title", words_find(task->ask.lang, str_from(title)));
	if (err.code == ERR_DENIED)
		why = own_text(&task->ask);
	else if (is_range(&task->order.fault))
		why = words_find(task->ask.lang, STR("reports.wrong.range"));
	else if (task->wrong.len > 0)
		why = fault_text(task);
	else if (why.len == 0 && task->order.snapshot_id != 0)
		why = words_find(task->ask.lang, STR("reports.wrong.snapshot"));
	json_set_str(data, "why", why);
}

struct err
report_explain(struct db *db, struct report_task *task, struct err err)
{
	static const struct {
		const char *tab, *path;
	} pages[] = {[ORDER_ADOPTION] = {"screen", "/reports"},
		[ORDER_RANKING] = {"ranking", "/reports/ranking"},
		[ORDER_WORK] = {"work", "/reports/work"}};
	const int32_t today = day_of(task->ask.now_ms, 0);
	struct report_order order = task->order;
	json_t *data CLEANUP(json_cleanup) = NULL;
	struct buf html CLEANUP(buf_fini) = {0};

	if (err.code == ERR_DENIED)
		turn_home(&task->ask.who, &order);
	data = report_page_data(&task->ask, pages[order.what].tab, STR(""));
	order.snapshot_id = 0; /* what is chosen now is not frozen */
	if (order.request.period.to_day == 0 || order.request.period.from_day > today)
		order.request.period = period_month(
			month_of(today, CALENDAR_SOLAR), CALENDAR_SOLAR);
	set_texts(task, err, data);
	json_set_str(data, "path", str_from(pages[order.what].path));
	report_choices(&task->ask, &order, AGAINST_YEAR, data);
	if (is_range(&order.fault))
		json_object_set_new(data, "more_open", json_true());
	TRY(report_page_places(db, &task->ask, &order, data));
	if (order.what == ORDER_RANKING)
		TRY(report_levels(db, &task->ask, &order, data));
	TRY(page_render(&html, "gateway/web/reports/wrong.html", data));
	task->ask.packed = ask_pack(&task->ask, buf_str(&html));
	return OK;
}
