/*
 * A report as tidy CSV: a figure on each line, with its numerator and denominator, and on each line
 * too what it was made from, so that a line cut out of the file still says what it is.
 *
 * UTF-8 with a byte order mark: without one, Excel on a Vietnamese Windows takes the file for code
 * page 1258 and breaks every mark.  Numbers are whole (hundredths of a percent or a point, dong),
 * so that no program's decimal comma can change them; `measure` says what they count.
 */
#include "chopay/csv.h"

#include "csv_lines.h"
#include "indicators.h"
#include "table.h"
#include "words.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* ---- figures --------------------------------------------------------------------------------- */

static void
put_index(const struct csv_sheet *sheet, const struct cai *cai)
{
	static const char *const points[CAI_COMPONENTS] = {
		"P_points", "H_points", "N_points", "D_points"};

	for (int i = 0; i < CAI_COMPONENTS; i++) {
		const struct cai_figure *figure = &cai->figures[i];

		csv_share(sheet, cai_component_code((enum cai_component)i),
			(struct share){figure->num, figure->den});
		csv_points(sheet, points[i], figure->known, figure->pts_x100);
	}
	csv_points(sheet, "CAI", cai->known, cai->cai_x100);
	csv_note(sheet, "class", str_from(report_class(cai, sheet->language)));
}

static void
put_volume(const struct csv_sheet *sheet, const struct report_figures *figures)
{
	static const char *const kinds[CODE_KINDS] = {"G_merchant", "G_dynamic", "G_static"};
	struct csv_number mean = figures->payments > 0 && !figures->withheld
					 ? csv_known(round_half_up(
						   figures->value.dong, figures->payments))
					 : CSV_NONE;

	csv_count(sheet, "V1", figures->payments);
	csv_money(sheet, "V2", figures->withheld, figures->value);
	csv_line(sheet,
		(struct csv_line){"V3",
			.num = figures->withheld ? CSV_NONE : csv_known(figures->value.dong),
			.den = csv_known(figures->payments), .value = mean, .measure = "dong",
			.text = figures->withheld ? csv_withheld(sheet) : STR("")});
	csv_line(sheet,
		(struct csv_line){"V3m",
			.value = figures->median_known ? csv_known(figures->median.dong) : CSV_NONE,
			.measure = "dong",
			.text = figures->withheld ? csv_withheld(sheet) : STR("")});
	csv_line(
		sheet, (struct csv_line){"V4", .num = csv_known(figures->payments),
			       .den = csv_known(figures->sums.open_days),
			       .value = figures->sums.open_days > 0
						? csv_known(round_half_up_of(100, figures->payments,
							  figures->sums.open_days))
						: CSV_NONE,
			       .measure = "x100"});
	csv_money_share(sheet, "T", figures->turnover_withheld, figures->turnover);
	csv_share(sheet, "K", figures->declared);
	csv_count(sheet, "above_declared", figures->above_declared);
	csv_money_share(sheet, "F", figures->fees_withheld, figures->fees);
	for (int i = 0; i < CODE_KINDS; i++)
		csv_share(sheet, kinds[i], (struct share){figures->kinds[i], figures->payments});
	csv_share(sheet, "X", (struct share){figures->dropped, figures->sums.base});
}

static void
put_rules(const struct csv_sheet *sheet, const struct report_figures *figures)
{
	static const char *const counts[ADOPTION_RULES] = {
		[RULE_REFUNDED] = "removed_refunded",
		[RULE_SELF] = "removed_R1",
		[RULE_CIRCULAR] = "removed_R2",
		[RULE_MICRO] = "removed_R4",
		[RULE_CAMPAIGN] = "removed_R7",
		[RULE_SPLIT] = "removed_R3",
	};
	static const char *const values[ADOPTION_RULES] = {
		[RULE_REFUNDED] = "removed_refunded_value",
		[RULE_SELF] = "removed_R1_value",
		[RULE_CIRCULAR] = "removed_R2_value",
		[RULE_MICRO] = "removed_R4_value",
		[RULE_CAMPAIGN] = "removed_R7_value",
		[RULE_SPLIT] = "removed_R3_value",
	};
	static const char *const flags[] = {"", "flags_R1", "flags_R2", "flags_R3", "flags_R4",
		"flags_R5", "flags_R6", "flags_R7", "flags_R8", "flags_R9"};

	for (int i = RULE_REFUNDED; i < ADOPTION_RULES; i++) {
		csv_count(sheet, counts[i], figures->removed[i].payments);
		csv_money(sheet, values[i],
			figures->removed[i].payments > 0 &&
				(figures->withheld || figures->removed_withheld[i]),
			figures->removed[i].value);
	}
	for (int rule = 1; rule <= 9; rule++)
		csv_count(sheet, flags[rule], figures->flags[rule]);
	csv_count(sheet, "removed_days", figures->removed_days);
	csv_count(sheet, "unplaced", figures->unplaced);
}

static void
put_service(const struct csv_sheet *sheet, const struct report_figures *figures)
{
	const struct report_service *service = &figures->service;

	if (!service->known)
		return;
	csv_line(sheet,
		(struct csv_line){"S1_p50", .value = csv_known(service->p50_s), .measure = "s"});
	csv_line(sheet,
		(struct csv_line){"S1_p95", .value = csv_known(service->p95_s), .measure = "s"});
	csv_share(sheet, "S2", service->within_10_s);
	csv_count(sheet, "S3", service->unmatched);
	csv_money(sheet, "S3_value", figures->withheld, service->unmatched_value);
	csv_money(sheet, "S4", figures->withheld, service->difference);
	csv_share(sheet, "reconciled_days",
		(struct share){service->reconciled_days, service->account_days});
}

static void
put_figures(const struct csv_sheet *sheet, const struct report_figures *figures)
{
	put_index(sheet, &figures->cai);
	csv_count(sheet, "market_days", figures->market_days);
	csv_count(sheet, "stalls", figures->stalls);
	put_volume(sheet, figures);
	put_rules(sheet, figures);
	put_service(sheet, figures);
	csv_note(sheet, "status", str_from(report_status_word(figures->status, sheet->language)));
}

/* ---- sections -------------------------------------------------------------------------------- */

static void
put_scope(struct csv_sheet *sheet)
{
	static const char *const hours[HOURS] = {"hour_00", "hour_01", "hour_02", "hour_03",
		"hour_04", "hour_05", "hour_06", "hour_07", "hour_08", "hour_09", "hour_10",
		"hour_11", "hour_12", "hour_13", "hour_14", "hour_15", "hour_16", "hour_17",
		"hour_18", "hour_19", "hour_20", "hour_21", "hour_22", "hour_23"};
	const struct report *report = sheet->report;

	sheet->section = "total";
	put_figures(sheet, &report->figures);
	csv_rank(sheet, "rank", report->rank, report->of);
	if (report->rank == 0)
		csv_note(sheet, "unranked",
			unranked_reason(&report->figures, report->unranked, sheet->language));
	for (int hour = 0; hour < HOURS; hour++)
		csv_share(sheet, hours[hour],
			(struct share){report->figures.hours[hour], report->figures.payments});
}

static void
put_other(struct csv_sheet *sheet, const char *section, const struct report_other *other)
{
	if (!other->known)
		return;
	sheet->section = section;
	put_figures(sheet, &other->figures);
	csv_rank(sheet, "rank", other->rank, other->of);
}

static void
put_rows(struct csv_sheet *sheet)
{
	const struct report *report = sheet->report;

	sheet->section = report->rows_are_markets ? "market" : "unit";
	for (size_t i = 0; i < report->row_count; i++) {
		const struct report_row *row = &report->rows[i];

		sheet->code = row->code;
		sheet->name = row->name;
		put_figures(sheet, &row->figures);
		csv_rank(sheet, "rank", row->rank, 0);
		csv_rank(sheet, "previous_rank", row->previous_rank, 0);
		if (row->rank == 0)
			csv_note(sheet, "unranked",
				unranked_reason(&row->figures, row->unranked, sheet->language));
	}
}

static void
put_months(struct csv_sheet *sheet)
{
	struct buf code CLEANUP(buf_fini) = {0};

	sheet->section = "month";
	sheet->name = STR("");
	for (size_t i = 0; i < sizeof(sheet->report->months) / sizeof(*sheet->report->months);
		i++) {
		const struct report_month *month = &sheet->report->months[i];

		buf_clear(&code);
		buf_addf(&code, "%04d-%02d", month->month / 12, month->month % 12 + 1);
		sheet->code = buf_str(&code);
		csv_points(sheet, "CAI", month->known, month->cai_x100);
		csv_points(sheet, "CAI_year_before", month->year_before_known,
			month->year_before_x100);
	}
}

static void
put_targets(struct csv_sheet *sheet)
{
	const struct report *report = sheet->report;

	sheet->section = "target";
	for (size_t i = 0; i < report->target_count; i++) {
		const struct report_target *target = &report->targets[i];
		bool told = target_told(report, target);
		const struct indicator *indicator = indicator_find(target->indicator);

		sheet->code = target->unit_code;
		sheet->name = target->unit_name;
		csv_line(
			sheet, (struct csv_line){
				       .indicator = indicator != NULL ? indicator->code : "",
				       .num = told ? csv_known(target->actual) : CSV_NONE,
				       .den = csv_known(target->value),
				       .value = told && target->value > 0
							? csv_known(round_half_up_of(10000,
								  target->actual, target->value))
							: CSV_NONE,
				       .measure = "bp",
				       .text = !told ? STR("")
						     : str_from(word(target_verdict(report, target),
							       sheet->language)),
			       });
	}
}

static void
put_tet(const struct csv_sheet *sheet, const struct report_tet *tet)
{
	csv_count(sheet, "V1", tet->payments);
	csv_count(sheet, "V1_prior", tet->prior_payments);
	csv_money(sheet, "V2", tet->withheld, tet->value);
	csv_money(sheet, "V2_prior", tet->withheld, tet->prior_value);
	csv_share(sheet, "N", (struct share){tet->active_days, tet->open_days});
	csv_share(sheet, "N_prior", (struct share){tet->prior_active_days, tet->prior_open_days});
}

static void
put_beside(struct csv_sheet *sheet)
{
	static const char *const names[] = {"3.5", "3.5b", "3.6"};
	static const char *const points[] = {"3.5_points", "3.5b_points", "3.6_points"};
	static const char *const groups[] = {
		"total", "group_1", "group_2", "group_3", "group_4", "group_5", "group_6"};
	const struct report *report = sheet->report;
	const struct report_public_service *service = &report->public_service;
	const struct share shares[] = {
		service->procedures, service->paid_procedures, service->dossiers};

	sheet->section = "public_service";
	for (int i = 0; service->known && i < 3; i++) {
		csv_share(sheet, names[i], shares[i]);
		csv_points(sheet, points[i], shares[i].den > 0, service->points_x100[i]);
	}
	sheet->section = "payouts";
	if (report->payouts.known) {
		csv_share(sheet, "recipients", report->payouts.recipients);
		csv_money_share(sheet, "value", report->payouts.withheld, report->payouts.value);
	}
	sheet->section = "score";
	for (size_t i = 0; i < report->score_count; i++) {
		const struct report_score *score = &report->scores[i];

		csv_line(sheet,
			(struct csv_line){groups[score->group_no % 7],
				.num = csv_known(score->actual), .den = csv_known(score->max),
				.value = csv_known(score->actual), .measure = "x100"});
	}
}

static void
put_work(struct csv_sheet *sheet, struct arena *arena)
{
	static const char *const reasons[WORK_REASONS] = {
		"no_code", "inactive", "dropped", "silent_hours", "flagged"};
	const struct work_item **items = work_in_order(arena, sheet->report);

	sheet->section = "work";
	for (size_t i = 0; i < sheet->report->work_count; i++) {
		struct buf detail CLEANUP(buf_fini) = {0};

		report_work_detail(&detail, items[i], sheet->language);
		sheet->code = items[i]->market_code;
		sheet->name = items[i]->stall_name;
		csv_line(sheet, (struct csv_line){reasons[items[i]->reason], .measure = "",
					.stall = items[i]->stall_code, .text = buf_str(&detail)});
	}
}

/* ---- the file -------------------------------------------------------------------------------- */

static void
put_tail(struct buf *tail, const struct report *report)
{
	struct buf period CLEANUP(buf_fini) = {0};

	period_format(&period, &report->period);
	csv_put_text(tail, report->parameter_set, false);
	csv_put(tail, buf_str(&period), false);
	csv_put(tail, str_from(period_calendar_name(report->period.calendar)), false);
	csv_put(tail, str_from(report_boundary_name(report->boundary)), false);
	csv_put(tail, str_from(report_audience_name(report->audience)), false);
	csv_put(tail, str_from(report_status_name(report->figures.status)), false);
	if (report->snapshot_id > 0)
		buf_addf(tail, "%lld,%lld,%.*s\n", (long long)report->snapshot_id,
			(long long)report->revision, STR_FMT(report->sha256));
	else
		buf_adds(tail, ",,\n");
}

struct err
report_csv(const struct report *report, enum language language, struct buf *out)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf tail CLEANUP(buf_fini) = {0}, place CLEANUP(buf_fini) = {0};
	struct csv_sheet sheet = {.out = out, .report = report, .language = language};

	put_tail(&tail, report);
	report_place(&place, report, language);
	sheet.tail = buf_str(&tail);
	sheet.code = report->code;
	sheet.name = buf_str(&place);
	buf_adds(out, BYTE_ORDER_MARK CSV_HEADS);
	put_scope(&sheet);
	put_other(&sheet, "year_before", &report->year_before);
	put_other(&sheet, "before", &report->before);
	sheet.section = "tet";
	if (report->tet.known)
		put_tet(&sheet, &report->tet);
	put_beside(&sheet);
	put_rows(&sheet);
	put_months(&sheet);
	put_targets(&sheet);
	put_work(&sheet, arena);
	return OK;
}
