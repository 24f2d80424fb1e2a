/* A whole report to try the forms on. */
#include "sample_report.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct period
period_of(const char *name)
{
	struct period period = {0};

	(void)!period_parse(str_from(name), CALENDAR_SOLAR, &period).code;
	return period;
}

/* Four stalls of June 2026: S1 to S4. */
static const struct cai_cell june[] = {
	{30, 30, 30, 27, 140, true},
	{30, 30, 30, 6, 7, true},
	{30, 15, 12, 9, 20, false},
	{30, 24, 24, 3, 2, true},
};

static void
fill_june(struct report_figures *figures)
{
	static const int64_t hours[HOURS] = {[5] = 60,
		[6] = 180,
		[7] = 240,
		[8] = 190,
		[9] = 110,
		[10] = 60,
		[11] = 29,
		[15] = 10,
		[16] = 25,
		[17] = 15};

	*figures = (struct report_figures){
		.market_days = 30,
		.stalls = 4,
		.payments = 919,
		.value = {69505000},
		.median_known = true,
		.median = {45000},
		.turnover = {68245000, 127000000},
		.declared = {3, 4},
		.fees = {1200000, 2000000},
		.kinds = {700, 200, 19},
		.removed = {[RULE_REFUNDED] = {2, {450000}}, [RULE_SELF] = {12, {2400000}}},
		.flags = {[1] = 12, [6] = 1, [8] = 1, [9] = 3},
		.removed_days = 3,
		.unplaced = 2,
		.service = {.known = true,
			.p50_s = 3,
			.p95_s = 9,
			.within_10_s = {910, 930},
			.unmatched = 1,
			.unmatched_value = {50000},
			.reconciled_days = 120,
			.account_days = 120},
		.status = STATUS_OFFICIAL,
	};
	for (size_t i = 0; i < HOURS; i++)
		figures->hours[i] = hours[i];
	for (size_t i = 0; i < COUNT(june); i++)
		cai_add(&figures->sums, &june[i]);
	cai_compute(&figures->sums, &figures->cai);
	figures->dropped = figures->sums.base - figures->sums.kept;
}

/* CAI 61,20, 700 payments, H 60,00%. */
static void
fill_year_before(struct report_other *other)
{
	*other = (struct report_other){
		.known = true,
		.title = STR("tháng 6 năm 2025"),
		.from_day = period_of("2025-06").from_day,
		.to_day = period_of("2025-06").to_day,
		.figures = {.sums = {150, 120, 64, 5, 3, 2, 1},
			.market_days = 30,
			.stalls = 5,
			.payments = 700,
			.value = {48000000},
			.status = STATUS_OFFICIAL},
		.rank = 3,
		.of = 4,
	};
	cai_compute(&other->figures.sums, &other->figures.cai);
	other->figures.dropped = 1;
}

static void
fill_before(struct report_other *other)
{
	fill_year_before(other);
	other->title = STR("tháng 5 năm 2026");
	other->from_day = period_of("2026-05").from_day;
	other->to_day = period_of("2026-05").to_day;
	other->figures.sums = (struct cai_sums){93, 93, 40, 3, 3, 2, 2};
	cai_compute(&other->figures.sums, &other->figures.cai);
	other->figures.dropped = 0;
	other->figures.payments = 850;
	other->figures.value = (struct vnd){65000000};
	other->rank = 3;
}

/* Ranks 2, 1, 2, 4 and one without. */
static void
fill_rows(struct arena *arena, struct report *report)
{
	static const struct {
		const char *code, *name, *unranked;
		struct cai_sums sums;
		size_t rank, previous;
		int64_t payments, dong;
	} rows[] = {
		{"MALAM", "Chợ Ma Lâm", "", {9900, 9600, 4500, 400, 300, 300, 200}, 2, 3, 9190,
			695050000},
		{"HAMDUC", "Chợ Hàm Đức", "", {9900, 9500, 5950, 400, 320, 300, 230}, 1, 1, 12001,
			900100000},
		{"THUANMINH", "Chợ Thuận Minh", "", {9900, 9600, 4500, 400, 300, 300, 200}, 2, 2,
			8000, 500000000},
		{"PHULONG", "Chợ Phú Long", "", {3000, 2000, 900, 100, 60, 50, 30}, 4, 0, 1500,
			90000000},
		{"CHODEM", "Chợ đêm Ma Lâm", "dưới 20 lượt điểm kinh doanh đủ điều kiện",
			{90, 60, 30, 3, 2, 2, 2}, 0, 0, 40, 2100000},
	};

	report->row_count = COUNT(rows);
	report->rows = arena_alloc(arena, sizeof(*report->rows) * COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct report_row *row = &report->rows[i];

		*row = (struct report_row){
			.code = str_from(rows[i].code),
			.name = str_from(rows[i].name),
			.unranked = str_from(rows[i].unranked),
			.rank = rows[i].rank,
			.previous_rank = rows[i].previous,
			.figures = {.sums = rows[i].sums,
				.market_days = 30,
				.stalls = rows[i].sums.cells,
				.payments = rows[i].payments,
				.value = {rows[i].dong},
				.status = STATUS_OFFICIAL},
		};
		row->figures.dropped = row->figures.sums.base - row->figures.sums.kept;
		cai_compute(&row->figures.sums, &row->figures.cai);
	}
	report->rows_are_markets = true;
}

static void
fill_months(struct report *report)
{
	static const int64_t now[] = {
		6120, 6205, 6310, 6280, 6402, 6555, 6600, 0, 6890, 6950, 7010, 7150, 7348};

	for (size_t i = 0; i < COUNT(now); i++) {
		report->months[i] = (struct report_month){
			.month = 2025 * 12 + 5 + (month_key)i,
			.known = now[i] > 0,
			.cai_x100 = now[i],
			.year_before_known = i >= 7,
			.year_before_x100 = i >= 7 ? 5800 + 20 * (int64_t)i : 0,
		};
	}
}

static void
fill_targets(struct arena *arena, struct report *report)
{
	const struct report_target targets[] = {
		{STR("CAI"), STR("23059"), STR("Xã Hàm Thuận"),
			STR("Kế hoạch 12/KH-UBND ngày 05/01/2026"),
			STR("Tổ công nghệ số cộng đồng"), 7000, 20818, true, true, true, 7348,
			6120},
		{STR("H"), STR("23059"), STR("Xã Hàm Thuận"),
			STR("Kế hoạch 12/KH-UBND ngày 05/01/2026"), STR("Ban quản lý chợ"), 8000,
			20818, true, false, true, 7500, 6000},
		{STR("T"), STR("23059"), STR("Xã Hàm Thuận"), STR(""), STR(""), 6000, 20818, false,
			false, false, 0, 0},
	};

	report->target_count = COUNT(targets);
	report->targets = arena_alloc(arena, sizeof(targets));
	for (size_t i = 0; i < COUNT(targets); i++)
		report->targets[i] = targets[i];
}

static void
fill_work(struct arena *arena, struct report *report)
{
	const struct work_item work[] = {
		{STR("MALAM"), STR("Chợ Ma Lâm"), STR("S4"), STR("Cá chú Tư"), STR("cá"),
			WORK_DROPPED,
			{.known = true, .open_days = 24, .active_days = 3, .payers = 2},
			STR("24 ngày mở bán, 3 ngày có giao dịch, 2 người trả")},
		{STR("MALAM"), STR("Chợ Ma Lâm"), STR("S4"), STR("Cá chú Tư"), STR("cá"),
			WORK_FLAGGED, {.known = true, .flags = {[1] = 12}},
			STR("R1 tự chuyển: 12")},
		{STR("MALAM"), STR("Chợ Ma Lâm"), STR("S2"), STR("Rau cô Ba <&> \"rau\""),
			STR("rau"), WORK_SILENT_HOURS, {.known = true, .hours = 7 << 6},
			STR("6 giờ, 7 giờ, 8 giờ")},
		{STR("MALAM"), STR("Chợ Ma Lâm"), STR("S9"), STR("=Hoa dì Sáu"), STR("hoa"),
			WORK_NO_CODE, {.known = true, .open_days = 30},
			STR("30 ngày mở bán, không ngày nào có mã")},
		{STR("HAMDUC"), STR("Chợ Hàm Đức"), STR("B07"), STR("Gạo Thuận Phát"), STR("gạo"),
			WORK_INACTIVE, {0}, STR("O = 30, A = 0")},
	};

	report->work_count = COUNT(work);
	report->work = arena_alloc(arena, sizeof(work));
	for (size_t i = 0; i < COUNT(work); i++)
		report->work[i] = work[i];
}

static void
fill_beside(struct arena *arena, struct report *report)
{
	static const struct report_score scores[] = {
		{0, 10000, 9000, 8312},
		{1, 1800, 1700, 1530},
		{2, 2000, 1800, 1702},
		{3, 1200, 1100, 1080},
		{4, 1000, 900, 800},
		{5, 1800, 1500, 1300},
		{6, 2200, 2000, 1900},
	};

	report->tet = (struct report_tet){true, 20501, 20473, 20508, 20117, 20089, 20124, 3200,
		2100, 88, 70, 130, 120, false, {210000000}, {150000000}};
	report->public_service = (struct report_public_service){
		true, {45, 50}, {30, 45}, {210, 400}, {180, 120, 315}, {200, 300, 600}};
	report->payouts = (struct report_payouts){true, {310, 420}, false, {186000000, 252000000}};
	report->score_count = COUNT(scores);
	report->scores = arena_alloc(arena, sizeof(scores));
	for (size_t i = 0; i < COUNT(scores); i++)
		report->scores[i] = scores[i];
}

/* As suppress.c leaves figures of too few stalls. */
static void
withhold(struct report_figures *figures)
{
	figures->withheld = figures->turnover_withheld = figures->fees_withheld = true;
	figures->value = figures->median = (struct vnd){0};
	figures->median_known = false;
	figures->turnover = figures->fees = (struct share){0};
	figures->service.unmatched_value = figures->service.difference = (struct vnd){0};
	for (int i = 0; i < ADOPTION_RULES; i++) {
		figures->removed_withheld[i] = i > RULE_NONE && figures->removed[i].payments > 0;
		figures->removed[i].value = (struct vnd){0};
	}
}

struct report *
sample_report(struct arena *arena, enum report_audience audience, bool snapshot)
{
	struct report *report = arena_alloc(arena, sizeof(*report));

	*report = (struct report){
		.scope = SCOPE_UNIT,
		.code = STR("23059"),
		.name = STR("Xã Hàm Thuận"),
		.level = STR("commune"),
		.parent_code = STR("68"),
		.parent_name = STR("Tỉnh Lâm Đồng"),
		.period = period_of("2026-06"),
		.boundary = BOUNDARY_TODAY,
		.audience = audience,
		.parameter_set = STR(CAI_PARAMETER_SET),
		.cut_at_ms = INT64_C(1783065600000), /* 2026-07-03 15:00 in Vietnam */
		.position = 123456789012,
		.rank = 2,
		.of = 4,
	};
	if (snapshot) {
		report->snapshot_id = 987654321;
		report->revision = 1;
		report->sha256 = STR(
			"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
	}
	fill_june(&report->figures);
	fill_year_before(&report->year_before);
	fill_before(&report->before);
	fill_rows(arena, report);
	fill_months(report);
	fill_targets(arena, report);
	fill_work(arena, report);
	fill_beside(arena, report);
	if (audience == AUDIENCE_OFFICIAL) {
		withhold(&report->figures);
		withhold(&report->year_before.figures);
		withhold(&report->before.figures);
		withhold(&report->rows[4].figures);
	}
	return report;
}
