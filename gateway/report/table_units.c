/* Biểu số 01 and 03: the units under the scope, with what their figures are made of, and ranked. */
#include "table.h"
#include "words.h"

static const struct column units[] = {
	{W_NO, CELL_COUNT, 5},
	{W_CODE, CELL_TEXT, 12},
	{W_UNIT, CELL_TEXT, 26},
	{W_P_NUM, CELL_COUNT, 10},
	{W_P_DEN, CELL_COUNT, 10},
	{W_P_RATE, CELL_RATE_BP, 9},
	{W_H_NUM, CELL_COUNT, 10},
	{W_H_DEN, CELL_COUNT, 10},
	{W_H_RATE, CELL_RATE_BP, 9},
	{W_N_NUM, CELL_COUNT, 10},
	{W_N_DEN, CELL_COUNT, 10},
	{W_N_RATE, CELL_RATE_BP, 9},
	{W_D_NUM, CELL_COUNT, 10},
	{W_D_DEN, CELL_COUNT, 10},
	{W_D_RATE, CELL_RATE_BP, 9},
	{W_CAI, CELL_POINTS_X100, 9},
	{W_CLASS, CELL_TEXT, 11},
	{W_V1, CELL_COUNT, 11},
	{W_V2, CELL_MONEY, 16},
};

static void
add_unit(struct tabling *to, struct str name, const struct report_figures *figures)
{
	add_cell(to, cell_text(name));
	for (int i = 0; i < CAI_COMPONENTS; i++) {
		const struct cai_figure *figure = &figures->cai.figures[i];

		add_cell(to, cell_of(CELL_COUNT, figure->num));
		add_cell(to, cell_of(CELL_COUNT, figure->den));
		add_cell(to, cell_rate(figure->num, figure->den));
	}
	add_cell(to, cell_points(figures->cai.known, figures->cai.cai_x100));
	add_cell(to, cell_text(str_from(report_class(&figures->cai, to->language))));
	add_cell(to, cell_of(CELL_COUNT, figures->payments));
	add_cell(to, cell_money(to, figures->withheld, figures->value));
}

void
table_units(struct tabling *to)
{
	const struct report *report = to->report;

	table_begin(to, units, sizeof(units) / sizeof(units[0]), report->row_count + 1);
	for (size_t i = 0; i < report->row_count; i++) {
		const struct report_row *row = &report->rows[i];

		add_cell(to, cell_of(CELL_COUNT, (int64_t)i + 1));
		add_cell(to, cell_text(row->code));
		add_unit(to, place_name(to, row->name), &row->figures);
	}
	add_cell(to, cell_text(STR("")));
	add_cell(to, cell_text(report->code));
	add_unit(to, total_name(to), &report->figures);
	to->table->totals = 1;
}

/* ---- the ranking ----------------------------------------------------------------------------- */

static const struct column ranking[] = {
	{W_RANK, CELL_COUNT, 7},
	{W_RANK_BEFORE, CELL_COUNT, 10},
	{W_RANK_CHANGE, CELL_TEXT, 13},
	{W_UNIT, CELL_TEXT, 30},
	{W_CAI, CELL_POINTS_X100, 10},
	{W_P_POINTS, CELL_POINTS_X100, 10},
	{W_H_POINTS, CELL_POINTS_X100, 10},
	{W_N_POINTS, CELL_POINTS_X100, 10},
	{W_D_POINTS, CELL_POINTS_X100, 10},
	{W_V1, CELL_COUNT, 12},
	{W_V2, CELL_MONEY, 18},
	{W_NOTE, CELL_TEXT, 34},
};

static struct table_cell
rank_change(const struct tabling *to, const struct report_row *row)
{
	struct buf text CLEANUP(buf_fini) = {0};

	if (row->rank == 0 || row->previous_rank == 0)
		return cell_none();
	figure_put_rank_change(
		&text, to->language, (int64_t)row->rank, (int64_t)row->previous_rank);
	return cell_text(kept(to->arena, &text));
}

void
table_ranking(struct tabling *to)
{
	const struct report *report = to->report;

	table_begin(to, ranking, sizeof(ranking) / sizeof(ranking[0]), report->row_count);
	for (size_t i = 0; i < report->row_count; i++) {
		const struct report_row *row = &report->rows[i];
		const struct cai *cai = &row->figures.cai;

		add_cell(to, cell_rank(row->rank));
		add_cell(to, cell_rank(row->previous_rank));
		add_cell(to, rank_change(to, row));
		add_cell(to, cell_text(place_name(to, row->name)));
		add_cell(to, cell_points(cai->known, cai->cai_x100));
		for (int j = 0; j < CAI_COMPONENTS; j++)
			add_cell(to, cell_points(cai->figures[j].known, cai->figures[j].pts_x100));
		add_cell(to, cell_of(CELL_COUNT, row->figures.payments));
		add_cell(to, cell_money(to, row->figures.withheld, row->figures.value));
		add_cell(to, cell_text(unranked_reason(&row->figures,
				     row->rank == 0 ? row->unranked : STR(""), to->language)));
	}
}
