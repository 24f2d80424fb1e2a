/* Biểu số 04 and 05: the indicators beside the index, what the data are worth, and what stands
 * apart from the markets. */
#include "sentence.h"
#include "table.h"
#include "words.h"

#define QUALITY_ROWS 48
#define BESIDE_ROWS 16

static const struct column quality[] = {
	{W_NO, CELL_COUNT, 5},
	{W_CONTENT, CELL_TEXT, 58},
	{W_COUNT, CELL_COUNT, 14},
	{W_OF, CELL_COUNT, 14},
	{W_RATE, CELL_RATE_BP, 11},
	{W_MONEY, CELL_MONEY, 18},
	{W_NOTE, CELL_TEXT, 26},
};

/* What a row shows; a cell left out is empty. */
struct line {
	enum word what;
	struct table_cell count, of, rate, money;
	struct str note;
};

static void
add_line(struct tabling *to, struct line line)
{
	add_cell(to, cell_of(CELL_COUNT, (int64_t)(to->used / to->table->columns) + 1));
	add_words(to, line.what);
	add_cell(to, line.count);
	add_cell(to, line.of);
	add_cell(to, line.rate);
	add_cell(to, line.money);
	add_cell(to, cell_text(line.note));
}

static void
add_count(struct tabling *to, enum word what, int64_t count)
{
	add_line(to, (struct line){what, .count = cell_of(CELL_COUNT, count)});
}

static void
add_share(struct tabling *to, enum word what, struct share share)
{
	add_line(to, (struct line){what, .count = cell_of(CELL_COUNT, share.num),
			     .of = cell_of(CELL_COUNT, share.den),
			     .rate = cell_rate(share.num, share.den)});
}

static void
add_money_share(struct tabling *to, enum word what, bool withheld, struct share share)
{
	struct table_cell hidden = cell_money(to, true, (struct vnd){0});

	add_line(
		to, (struct line){what, .count = withheld ? hidden : cell_of(CELL_MONEY, share.num),
			    .of = withheld ? hidden : cell_of(CELL_MONEY, share.den),
			    .rate = withheld ? hidden : cell_rate(share.num, share.den)});
}

/* ---- the indicators beside the index --------------------------------------------------------- */

/* T says something only when half of the stalls declared their turnover. */
static void
add_turnover(struct tabling *to)
{
	const struct report_figures *figures = &to->report->figures;
	struct share k = figures->declared;
	struct buf rate CLEANUP(buf_fini) = {0}, note CLEANUP(buf_fini) = {0};

	add_share(to, W_NAME_K, k);
	if (k.den > 0 && 2 * k.num >= k.den) {
		add_money_share(to, W_NAME_T, figures->turnover_withheld, figures->turnover);
	} else {
		struct table_cell cell = cell_rate(k.num, k.den);

		table_cell_text(&rate, to->language, &cell);
		put_words(&note, to->language, W_UNKNOWN_TURNOVER, (struct str[]){buf_str(&rate)});
		add_line(to, (struct line){W_NAME_T, .rate = cell_none(),
				     .note = kept(to->arena, &note)});
	}
	add_count(to, W_ABOVE_DECLARED, figures->above_declared);
}

static void
add_companions(struct tabling *to)
{
	const struct report_figures *figures = &to->report->figures;
	bool paid = figures->payments > 0, open = figures->sums.open_days > 0;

	add_count(to, W_MARKET_DAYS, figures->market_days);
	add_count(to, W_STALLS, figures->stalls);
	add_line(to, (struct line){W_NAME_V1, .count = cell_of(CELL_COUNT, figures->payments),
			     .money = cell_money(to, figures->withheld, figures->value)});
	add_line(
		to, (struct line){W_NAME_V3,
			    .money = !paid ? cell_none()
					   : cell_money(to, figures->withheld,
						     (struct vnd){round_half_up(figures->value.dong,
							     figures->payments)})});
	add_line(to, (struct line){W_NAME_V3M,
			     .money = figures->withheld || figures->median_known
					      ? cell_money(to, figures->withheld, figures->median)
					      : cell_none()});
	add_line(to, (struct line){W_NAME_V4,
			     .count = open ? cell_of(CELL_POINTS_X100,
						     round_half_up_of(100, figures->payments,
							     figures->sums.open_days))
					   : cell_none()});
	add_turnover(to);
	add_money_share(to, W_NAME_F, figures->fees_withheld, figures->fees);
	for (int i = 0; i < CODE_KINDS; i++)
		add_share(to, (enum word)(W_CODE_MERCHANT + i),
			(struct share){figures->kinds[i], figures->payments});
	add_share(to, W_NAME_X, (struct share){figures->dropped, figures->sums.base});
}

/* ---- what the data are worth ----------------------------------------------------------------- */

static void
add_service(struct tabling *to)
{
	const struct report_service *service = &to->report->figures.service;

	if (!service->known)
		return;
	add_count(to, W_DELAY_P50, service->p50_s);
	add_count(to, W_DELAY_P95, service->p95_s);
	add_share(to, W_WITHIN_10_S, service->within_10_s);
	add_line(to, (struct line){W_UNMATCHED, .count = cell_of(CELL_COUNT, service->unmatched),
			     .money = cell_money(
				     to, to->report->figures.withheld, service->unmatched_value)});
	add_line(to,
		(struct line){W_DIFFERENCE, .money = cell_money(to, to->report->figures.withheld,
						    service->difference)});
	add_share(to, W_RECONCILED_DAYS,
		(struct share){service->reconciled_days, service->account_days});
}

static void
add_rules(struct tabling *to)
{
	static const struct {
		enum adoption_rule rule;
		enum word what;
	} removals[] = {
		{RULE_REFUNDED, W_REMOVED_REFUNDED},
		{RULE_SELF, W_REMOVED_R1},
		{RULE_CIRCULAR, W_REMOVED_R2},
		{RULE_SPLIT, W_REMOVED_R3},
		{RULE_MICRO, W_REMOVED_R4},
		{RULE_CAMPAIGN, W_REMOVED_R7},
	};
	const struct report_figures *figures = &to->report->figures;

	for (size_t i = 0; i < sizeof(removals) / sizeof(removals[0]); i++) {
		const struct tally_removed *removed = &figures->removed[removals[i].rule];
		bool hidden = removed->payments > 0 && /* of none the value is no secret */
			      (figures->withheld || figures->removed_withheld[removals[i].rule]);

		add_line(to, (struct line){removals[i].what,
				     .count = cell_of(CELL_COUNT, removed->payments),
				     .money = cell_money(to, hidden, removed->value)});
	}
	for (int rule = 1; rule <= 9; rule++)
		add_count(to, (enum word)(W_FLAGS_R1 + rule - 1), figures->flags[rule]);
	add_count(to, W_REMOVED_DAYS, figures->removed_days);
	add_count(to, W_UNPLACED, figures->unplaced);
}

static struct str
tet_note(const struct tabling *to, int32_t from, int32_t until)
{
	struct buf a CLEANUP(buf_fini) = {0}, b CLEANUP(buf_fini) = {0};
	struct buf note CLEANUP(buf_fini) = {0};

	put_day(&a, from, to->language);
	put_day(&b, until, to->language);
	put_words(&note, to->language, W_TET_WINDOW, (struct str[]){buf_str(&a), buf_str(&b)});
	return kept(to->arena, &note);
}

static void
add_tet_year(struct tabling *to, int64_t payments, struct vnd value, struct share active,
	struct str note)
{
	add_line(to,
		(struct line){W_TET_PAYMENTS, .count = cell_of(CELL_COUNT, payments),
			.money = cell_money(to, to->report->tet.withheld, value), .note = note});
	add_line(to, (struct line){W_TET_ACTIVE, .count = cell_of(CELL_COUNT, active.num),
			     .of = cell_of(CELL_COUNT, active.den),
			     .rate = cell_rate(active.num, active.den), .note = note});
}

static void
add_tet(struct tabling *to)
{
	const struct report_tet *tet = &to->report->tet;

	if (!tet->known)
		return;
	add_tet_year(to, tet->payments, tet->value,
		(struct share){tet->active_days, tet->open_days},
		tet_note(to, tet->from_day, tet->to_day));
	add_tet_year(to, tet->prior_payments, tet->prior_value,
		(struct share){tet->prior_active_days, tet->prior_open_days},
		tet_note(to, tet->prior_from_day, tet->prior_to_day));
}

void
table_quality(struct tabling *to)
{
	table_begin(to, quality, sizeof(quality) / sizeof(quality[0]), QUALITY_ROWS);
	add_companions(to);
	add_service(to);
	add_rules(to);
	add_tet(to);
}

/* ---- beside the index ------------------------------------------------------------------------ */

static const struct column beside[] = {
	{W_NO, CELL_COUNT, 5},
	{W_CONTENT, CELL_TEXT, 58},
	{W_COUNT, CELL_COUNT, 14},
	{W_OF, CELL_COUNT, 14},
	{W_RATE, CELL_RATE_BP, 11},
	{W_POINTS, CELL_POINTS_X100, 11},
	{W_POINTS_MAX, CELL_POINTS_X100, 11},
	{W_NOTE, CELL_TEXT, 34},
};

static void
add_beside(struct tabling *to, enum word what, struct share share, enum cell_type type)
{
	add_cell(to, cell_of(CELL_COUNT, (int64_t)(to->used / to->table->columns) + 1));
	add_words(to, what);
	add_cell(to, cell_of(type, share.num));
	add_cell(to, cell_of(type, share.den));
	add_cell(to, cell_rate(share.num, share.den));
}

static void
add_points(struct tabling *to, struct table_cell points, struct table_cell most, struct str note)
{
	add_cell(to, points);
	add_cell(to, most);
	add_cell(to, cell_text(note));
}

static void
add_public_service(struct tabling *to)
{
	const struct report_public_service *service = &to->report->public_service;
	const struct share shares[] = {
		service->procedures, service->paid_procedures, service->dossiers};

	for (int i = 0; i < 3; i++) {
		add_beside(to, (enum word)(W_766_PROCEDURES + i), shares[i], CELL_COUNT);
		add_points(to, cell_points(shares[i].den > 0, service->points_x100[i]),
			cell_points(true, service->max_x100[i]), STR(""));
	}
}

static void
add_payouts(struct tabling *to)
{
	const struct report_payouts *payouts = &to->report->payouts;
	struct table_cell hidden = cell_money(to, true, (struct vnd){0});

	add_beside(to, W_PAYOUT_RECIPIENTS, payouts->recipients, CELL_COUNT);
	add_points(to, cell_text(STR("")), cell_text(STR("")), STR(""));
	add_beside(to, W_PAYOUT_VALUE, payouts->value, CELL_MONEY);
	for (size_t i = 1; payouts->withheld && i <= 3; i++)
		to->cells[to->used - i] = hidden;
	add_points(to, cell_text(STR("")), cell_text(STR("")), STR(""));
}

/* Of the stated total also: is it what the groups that were typed in sum up to? */
static struct str
score_note(const struct tabling *to, const struct report_score *score)
{
	const struct report *report = to->report;
	struct buf target CLEANUP(buf_fini) = {0}, sum CLEANUP(buf_fini) = {0};
	struct buf note CLEANUP(buf_fini) = {0};
	int64_t groups = 0;

	for (size_t i = 0; i < report->score_count; i++)
		groups += report->scores[i].group_no == 0 ? 0 : report->scores[i].actual;
	figure_hundredths(&target, to->language, score->target);
	figure_hundredths(&sum, to->language, groups);
	put_words(&note, to->language,
		score->group_no != 0	  ? W_SCORE_NOTE
		: groups == score->actual ? W_SCORE_SUM
					  : W_SCORE_SUM_OTHER,
		(struct str[]){buf_str(&target), buf_str(&sum)});
	return kept(to->arena, &note);
}

static void
add_score(struct tabling *to, const struct report_score *score)
{
	bool group = score->group_no >= 1 && score->group_no <= 6;
	enum word what = group ? (enum word)(W_SCORE_1 + score->group_no - 1) : W_SCORE_TOTAL;

	add_cell(to, cell_of(CELL_COUNT, (int64_t)(to->used / to->table->columns) + 1));
	add_words(to, what);
	for (int i = 0; i < 3; i++)
		add_cell(to, cell_text(STR("")));
	add_points(to, cell_points(true, score->actual), cell_points(true, score->max),
		score_note(to, score));
}

void
table_beside(struct tabling *to)
{
	const struct report *report = to->report;

	table_begin(
		to, beside, sizeof(beside) / sizeof(beside[0]), BESIDE_ROWS + report->score_count);
	if (report->public_service.known)
		add_public_service(to);
	if (report->payouts.known)
		add_payouts(to);
	for (size_t i = 0; i < report->score_count; i++)
		add_score(to, &report->scores[i]);
}
