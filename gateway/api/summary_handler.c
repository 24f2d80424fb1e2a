/* First figures: today and this month, per market, from cells. */
#include "report_page.h"

#define MARKETS_MAX 2000
#define SMALL_CELL 5 /* stalls; money of fewer is shown to nobody outside the market board */

struct span {
	int32_t from, to;
	struct market_figures *markets;
	size_t count;
};

struct summary {
	struct span today, month;
	bool small_cells; /* may the asker see them? */
};

/* Is the market one of those that the asker may see? */
static struct err
is_shown(struct db *db, struct arena *arena, const struct principal *who,
	const struct market_figures *market, int32_t today, bool *shown)
{
	*shown = who->market_id == 0 || str_eq(market->market_code, who->market_code);
	if (!*shown || who->unit_code.len == 0)
		return OK;
	return unit_lies_in(db, arena, market->unit_code, today, who->unit_code, shown);
}

static struct err
keep_shown(struct db *db, struct arena *arena, const struct principal *who, int32_t today,
	struct span *span)
{
	size_t kept = 0;
	bool shown;

	for (size_t i = 0; i < span->count; i++) {
		TRY(is_shown(db, arena, who, &span->markets[i], today, &shown));
		if (shown)
			span->markets[kept++] = span->markets[i];
	}
	span->count = kept;
	return OK;
}

static struct err
read_summary(struct db *db, struct ask *ask, struct summary *summary)
{
	struct arena *arena = ask->query.arena;
	struct span *const spans[] = {&summary->today, &summary->month};

	/* Markets with a day cut of their own get it with the periods of the index; today is the
	 * day of the clock here. */
	summary->today.from = summary->today.to = summary->month.to = day_of(ask->now_ms, 0);
	summary->month.from = day_month_start(summary->today.to);
	for (size_t i = 0; i < 2; i++) {
		spans[i]->markets = arena_alloc(arena, MARKETS_MAX * sizeof(struct market_figures));
		TRY(cells_by_market(db, arena, spans[i]->from, spans[i]->to, MARKETS_MAX,
			spans[i]->markets, &spans[i]->count));
		TRY(keep_shown(db, arena, &ask->who, summary->today.to, spans[i]));
	}
	return OK;
}

static bool
withheld(const struct summary *summary, const struct market_figures *figures)
{
	return !summary->small_cells && figures->active > 0 && figures->active < SMALL_CELL;
}

/* The sum of all markets; the money of those withheld is left out (`*hide` says so), or it could
 * be told by subtraction. */
static struct market_figures
total_of(const struct summary *summary, const struct span *span, bool *hide)
{
	struct market_figures total = {0};

	*hide = false;
	for (size_t i = 0; i < span->count; i++) {
		const struct market_figures *one = &span->markets[i];

		total.stalls += one->stalls;
		total.active += one->active;
		total.payments += one->payments;
		if (withheld(summary, one))
			*hide = true;
		else
			total.value.dong += one->value.dong;
	}
	*hide = *hide && total.value.dong == 0;
	return total;
}

/* ---- JSON
 * -------------------------------------------------------------------------------------------- */

static json_t *
figures_json(const struct market_figures *figures, bool hide)
{
	json_t *json = json_object();

	json_set_i64(json, "active_stalls", figures->active);
	json_set_i64(json, "payments", figures->payments);
	if (hide)
		json_object_set_new(json, "value", json_null());
	else
		json_set_i64(json, "value", figures->value.dong);
	json_object_set_new(json, "value_withheld", json_boolean(hide));
	return json;
}

static json_t *
span_json(const struct span *span)
{
	struct buf text CLEANUP(buf_fini) = {0};
	json_t *json = json_object();

	day_format(&text, span->from);
	json_set_str(json, "from", buf_str(&text));
	buf_clear(&text);
	day_format(&text, span->to);
	json_set_str(json, "to", buf_str(&text));
	return json;
}

static json_t *
both_json(const struct summary *summary, size_t i)
{
	const struct market_figures *today = &summary->today.markets[i];
	const struct market_figures *month = &summary->month.markets[i];
	json_t *json = json_object();

	json_set_str(json, "code", today->market_code);
	json_set_str(json, "name", today->market_name);
	json_set_str(json, "unit_code", today->unit_code);
	json_set_str(json, "unit_name", today->unit_name);
	json_set_i64(json, "stalls", today->stalls);
	json_object_set_new(json, "today", figures_json(today, withheld(summary, today)));
	json_object_set_new(json, "month", figures_json(month, withheld(summary, month)));
	return json;
}

static struct err
summary_answer(struct db *db, struct ask *ask)
{
	struct summary summary = {.small_cells = may(&ask->who, SEE_SMALL_CELLS, 0)};
	struct market_figures total;
	json_t *markets = json_array();
	json_t *all;
	bool hide;

	ask->json = json_object();
	json_object_set_new(ask->json, "markets", markets);
	if (!may(&ask->who, SEE_SUMMARY, 0))
		return ask_denied(ask);
	TRY(read_summary(db, ask, &summary));
	for (size_t i = 0; i < summary.today.count; i++)
		json_array_append_new(markets, both_json(&summary, i));
	all = json_object();
	total = total_of(&summary, &summary.today, &hide);
	json_set_i64(all, "stalls", total.stalls);
	json_object_set_new(all, "today", figures_json(&total, hide));
	total = total_of(&summary, &summary.month, &hide);
	json_object_set_new(all, "month", figures_json(&total, hide));
	json_object_set_new(ask->json, "total", all);
	json_set_time(ask->json, "as_of", ask->now_ms);
	json_object_set_new(ask->json, "today", span_json(&summary.today));
	json_object_set_new(ask->json, "month", span_json(&summary.month));
	return OK;
}

void
summary_get(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = summary_answer;
	ask_send(ask);
}

/* ---- the page
 * ------------------------------------------------------------------------------------------ */

static void
set_texts(json_t *row, struct arena *arena, const struct market_figures *today, bool hide_today,
	const struct market_figures *month, bool hide_month)
{
	json_set_str(row, "stalls_text", amount_text(arena, today->stalls));
	json_set_str(row, "active_today_text", amount_text(arena, today->active));
	json_set_str(row, "active_month_text", amount_text(arena, month->active));
	json_set_str(row, "today_count_text", amount_text(arena, today->payments));
	json_set_str(row, "month_count_text", amount_text(arena, month->payments));
	json_set_str(row, "today_value_text",
		hide_today ? STR("—") : amount_text(arena, today->value.dong));
	json_set_str(row, "month_value_text",
		hide_month ? STR("—") : amount_text(arena, month->value.dong));
}

static struct err
reports_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct summary summary = {.small_cells = may(&ask->who, SEE_SMALL_CELLS, 0)};
	struct market_figures today, month;
	json_t *markets = json_array();
	json_t *total = json_object();
	bool hide_today, hide_month;

	if (!may(&ask->who, SEE_SUMMARY, 0))
		return ask_denied(ask);
	ask->json = report_page_data(ask, "today", STR(""));
	json_object_set_new(ask->json, "markets", markets);
	json_object_set_new(ask->json, "total", total);
	TRY(read_summary(db, ask, &summary));
	for (size_t i = 0; i < summary.today.count; i++) {
		const struct market_figures *t = &summary.today.markets[i];
		const struct market_figures *m = &summary.month.markets[i];
		json_t *row = json_object();

		json_set_str(row, "name", t->market_name);
		json_set_str(row, "unit", t->unit_name);
		set_texts(row, arena, t, withheld(&summary, t), m, withheld(&summary, m));
		json_array_append_new(markets, row);
	}
	today = total_of(&summary, &summary.today, &hide_today);
	month = total_of(&summary, &summary.month, &hide_month);
	set_texts(total, arena, &today, hide_today, &month, hide_month);
	if (summary.today.count == 0)
		json_object_set_new(ask->json, "total", json_null());
	json_object_set_new(ask->json, "any", json_boolean(summary.today.count > 0));
	json_set_str(ask->json, "as_of_text", date_time_text(arena, ask->now_ms));
	return page_render(&ask->bytes, "gateway/web/reports/today.html", ask->json);
}

void
reports_today_page(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = reports_answer;
	ask->reply = ask_reply_page;
	ask_send(ask);
}
