/* The work list on a page: how much there is of each reason, and a part of it in the order of a
 * walk. */
#include "screen.h"
#include "table.h"
#include "words.h"

static const char *const reason_codes[WORK_REASONS] = {
	"no_code", "inactive", "dropped", "silent_hours", "flagged"};

int
report_work_reason(struct str code)
{
	int i = 0;

	while (i < WORK_REASONS && !str_eq(code, str_from(reason_codes[i])))
		i++;
	return i;
}

static int64_t
count_reason(const struct screen *screen, int reason)
{
	int64_t count = 0;

	for (size_t i = 0; i < screen->report->work_count; i++)
		count += (int)screen->report->work[i].reason == reason;
	return count;
}

json_t *
screen_work_counts(const struct screen *screen)
{
	json_t *json = json_object(), *reasons = json_array();
	struct str self = screen->order->self;

	for (int i = 0; i < WORK_REASONS; i++) {
		int64_t count = count_reason(screen, i);
		json_t *reason = json_object();

		json_set_str(reason, "text",
			str_from(word(work_reason_word((enum work_reason)i), screen->language)));
		json_set_str(reason, "count", screen_count(screen, count));
		if (count > 0)
			json_set_str(reason, "href",
				arena_printf(screen->arena, "/reports/work?%.*s&reason=%s",
					STR_FMT(self), reason_codes[i]));
		json_array_append_new(reasons, reason);
	}
	json_set_str(json, "title", str_from(word(W_TITLE_WORK, screen->language)));
	json_set_str(json, "empty", str_from(word(W_WORK_NONE, screen->language)));
	json_object_set_new(json, "any", json_boolean(screen->report->work_count > 0));
	json_set_str(json, "total", screen_count(screen, (int64_t)screen->report->work_count));
	json_set_str(
		json, "href", arena_printf(screen->arena, "/reports/work?%.*s", STR_FMT(self)));
	json_object_set_new(json, "reasons", reasons);
	return json;
}

static bool
is_wanted(const struct work_item *item, const struct screen_work *work)
{
	return (work->reason < 0 || (int)item->reason == work->reason) &&
	       (work->market.len == 0 || str_eq(item->market_code, work->market));
}

/* The report with those items alone that the page is of, in the order of a walk. */
static struct report *
report_of_wanted(const struct screen *screen, const struct screen_work *work)
{
	const struct work_item **items = work_in_order(screen->arena, screen->report);
	struct report *report = arena_alloc(screen->arena, sizeof(*report));

	*report = *screen->report;
	report->work = arena_alloc(
		screen->arena, (screen->report->work_count + 1) * sizeof(*report->work));
	report->work_count = 0;
	for (size_t i = 0; i < screen->report->work_count; i++) {
		if (is_wanted(items[i], work))
			report->work[report->work_count++] = *items[i];
	}
	return report;
}

/* Each market of the list once, with how much there is to do. */
static json_t *
work_markets(const struct screen *screen, const struct screen_work *work)
{
	const struct work_item **items = work_in_order(screen->arena, screen->report);
	size_t count = screen->report->work_count;
	json_t *markets = json_array();

	for (size_t i = 0, next; i < count; i = next) {
		json_t *market = json_object();

		for (next = i;
			next < count && str_eq(items[next]->market_code, items[i]->market_code);)
			next++;
		json_set_str(market, "code", items[i]->market_code);
		json_set_str(market, "text",
			arena_printf(screen->arena, "%.*s (%.*s)",
				STR_FMT(screen_name(screen, items[i]->market_name)),
				STR_FMT(screen_count(screen, (int64_t)(next - i)))));
		json_object_set_new(market, "chosen",
			json_boolean(str_eq(items[i]->market_code, work->market)));
		json_array_append_new(markets, market);
	}
	return markets;
}

static json_t *
work_reasons(const struct screen *screen, const struct screen_work *work)
{
	json_t *reasons = json_array();

	for (int i = 0; i < WORK_REASONS; i++) {
		json_t *reason = json_object();

		json_set_str(reason, "code", str_from(reason_codes[i]));
		json_set_str(reason, "text",
			arena_printf(screen->arena, "%s (%.*s)",
				word(work_reason_word((enum work_reason)i), screen->language),
				STR_FMT(screen_count(screen, count_reason(screen, i)))));
		json_object_set_new(reason, "chosen", json_boolean(i == work->reason));
		json_array_append_new(reasons, reason);
	}
	return reasons;
}

json_t *
report_screen_work(struct arena *arena, const struct report *report,
	const struct screen_order *order, const struct screen_work *work)
{
	const struct screen whole = {arena, report, order, order->language, NULL};
	struct report *wanted = report_of_wanted(&whole, work);
	const struct screen screen = {arena, wanted, order, order->language, NULL};
	size_t count = wanted->work_count;
	size_t from = work->from < count ? work->from : 0;
	size_t until = count - from < work->max ? count : from + work->max;
	json_t *json = json_object();
	struct table table;

	report_table(arena, wanted, TABLE_WORK, order->language, &table);
	json_set_str(json, "total", screen_count(&screen, (int64_t)count));
	json_set_str(json, "from", screen_count(&screen, (int64_t)(count > 0 ? from + 1 : 0)));
	json_set_str(json, "to", screen_count(&screen, (int64_t)until));
	json_object_set_new(json, "previous",
		from > 0 ? json_integer((int64_t)(from < work->max ? 0 : from - work->max))
			 : json_null());
	json_object_set_new(
		json, "next", until < count ? json_integer((int64_t)until) : json_null());
	json_object_set_new(json, "table", screen_table_part(&screen, &table, from, until));
	json_object_set_new(json, "markets", work_markets(&whole, work));
	json_object_set_new(json, "reasons", work_reasons(&whole, work));
	return json;
}
