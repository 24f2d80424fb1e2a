/* Biểu số 02: what was asked, what was done. */
#include "indicators.h"
#include "table.h"
#include "words.h"

static const struct column targets[] = {
	{W_NO, CELL_COUNT, 5},
	{W_UNIT, CELL_TEXT, 20},
	{W_INDICATOR, CELL_TEXT, 28},
	{W_MEASURE, CELL_TEXT, 10},
	{W_PLAN, CELL_POINTS_X100, 12},
	{W_ACTUAL, CELL_POINTS_X100, 12},
	{W_YEAR_BEFORE, CELL_POINTS_X100, 12},
	{W_OF_PLAN, CELL_RATE_BP, 10},
	{W_CHANGE, CELL_TEXT, 20},
	{W_VERDICT, CELL_TEXT, 10},
	{W_BASIS, CELL_TEXT, 24},
	{W_OWNER, CELL_TEXT, 20},
	{W_DUE, CELL_TEXT, 12},
};

static const struct {
	enum word word;
	enum cell_type cell;
	enum link_kind change;
} measures[] = {
	[MEASURE_POINTS] = {W_MEASURE_POINTS, CELL_POINTS_X100, LINK_POINT_CHANGE},
	[MEASURE_PERCENT] = {W_MEASURE_PERCENT, CELL_RATE_BP, LINK_RATE_CHANGE},
	[MEASURE_PAYMENTS] = {W_MEASURE_PAYMENTS, CELL_COUNT, LINK_GROWTH},
	[MEASURE_DONG] = {W_MEASURE_DONG, CELL_MONEY, LINK_GROWTH},
};

static void
put_change(
	struct buf *out, enum language language, enum measure measure, int64_t now, int64_t before)
{
	switch (measures[measure].change) {
	case LINK_POINT_CHANGE:
		figure_put_point_change(out, language, now, before);
		break;
	case LINK_RATE_CHANGE:
		figure_put_rate_change(out, language, now, before);
		break;
	default:
		figure_put_growth(out, language, now, before);
		break;
	}
}

static struct table_cell
change_cell(const struct tabling *to, const struct report_target *target)
{
	struct buf text CLEANUP(buf_fini) = {0};

	if (!target_told(to->report, target) || !target->year_before_known)
		return cell_none();
	put_change(&text, to->language, measure_of(target->indicator), target->actual,
		target->year_before);
	return cell_text(kept(to->arena, &text));
}

static void
add_target(struct tabling *to, const struct report_target *target)
{
	enum measure measure = measure_of(target->indicator);
	enum cell_type type = measures[measure].cell;
	bool told = target_told(to->report, target);
	struct buf due CLEANUP(buf_fini) = {0};

	put_day(&due, target->due_day, to->language);
	add_cell(to, cell_text(place_name(to, target->unit_name)));
	add_cell(to, cell_text(report_indicator(target->indicator, to->language)));
	add_words(to, measures[measure].word);
	add_cell(to, cell_of(type, target->value));
	add_cell(to, told ? cell_of(type, target->actual) : cell_none());
	add_cell(to, told && target->year_before_known ? cell_of(type, target->year_before)
						       : cell_none());
	add_cell(to, told ? cell_rate(target->actual, target->value) : cell_none());
	add_cell(to, change_cell(to, target));
	if (told)
		add_words(to, target_verdict(to->report, target));
	else
		add_cell(to, cell_none());
	add_cell(to, cell_text(target->legal_basis));
	add_cell(to, cell_text(target->owner));
	add_cell(to, target->due_day > 0 ? cell_text(kept(to->arena, &due)) : cell_none());
}

void
table_targets(struct tabling *to)
{
	const struct report *report = to->report;

	table_begin(to, targets, sizeof(targets) / sizeof(targets[0]), report->target_count);
	for (size_t i = 0; i < report->target_count; i++) {
		add_cell(to, cell_of(CELL_COUNT, (int64_t)i + 1));
		add_target(to, &report->targets[i]);
	}
}
