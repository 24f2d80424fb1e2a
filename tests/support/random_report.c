/* Reports of any figures. */
#include "random_report.h"

#define ROWS_MAX 6
#define WORK_MAX 12

struct dice {
	uint64_t state; /* xorshift: never 0 */
};

static int64_t
below(struct dice *dice, int64_t bound)
{
	dice->state ^= dice->state << 13;
	dice->state ^= dice->state >> 7;
	dice->state ^= dice->state << 17;
	return (int64_t)((dice->state >> 11) % (uint64_t)bound);
}

static bool
one_in(struct dice *dice, int64_t of)
{
	return below(dice, of) == 0;
}

/* 0 often, small mostly, large at times. */
static int64_t
count(struct dice *dice)
{
	static const int64_t bounds[] = {1, 3, 40, 1000, 5000000};

	return below(dice, bounds[below(dice, 5)]);
}

static struct share
share(struct dice *dice)
{
	int64_t den = count(dice);

	return (struct share){below(dice, den + 1), den};
}

static void
fill_figures(struct dice *dice, struct report_figures *figures)
{
	struct cai_sums *sums = &figures->sums;

	sums->open_days = count(dice);
	sums->qr_days = below(dice, sums->open_days + 1);
	sums->active_days = below(dice, sums->open_days + 1);
	sums->cells = below(dice, sums->open_days + 1);
	sums->active = below(dice, sums->cells + 1);
	sums->base = below(dice, sums->cells + 1);
	sums->kept = below(dice, sums->base + 1);
	cai_compute(sums, &figures->cai);
	figures->market_days = below(dice, 31);
	figures->stalls = sums->open_days;
	figures->payments = count(dice);
	figures->withheld = one_in(dice, 4);
	figures->turnover_withheld = one_in(dice, 4);
	figures->fees_withheld = one_in(dice, 4);
	if (!figures->withheld) {
		figures->value.dong = figures->payments * below(dice, 100000);
		figures->median_known = figures->payments > 0;
		figures->median.dong = figures->median_known ? below(dice, 100000) : 0;
	}
	if (!figures->turnover_withheld)
		figures->turnover = share(dice);
	if (!figures->fees_withheld)
		figures->fees = share(dice);
	figures->declared = share(dice);
	figures->dropped = sums->base - sums->kept;
	for (int rule = RULE_REFUNDED; rule < ADOPTION_RULES; rule++)
		figures->removed[rule] = (struct tally_removed){count(dice), {count(dice)}};
	figures->removed_days = below(dice, 3);
	figures->service.known = !one_in(dice, 3);
	figures->service.within_10_s = share(dice);
	figures->service.unmatched = below(dice, 4);
	figures->service.unmatched_value.dong = figures->withheld ? 0 : count(dice);
	figures->service.difference.dong = figures->withheld ? 0 : count(dice) - count(dice);
	figures->status = (enum report_status)below(dice, 3);
}

static void
fill_other(struct dice *dice, struct report_other *other)
{
	other->known = !one_in(dice, 3);
	if (!other->known)
		return;
	fill_figures(dice, &other->figures);
	other->of = (size_t)below(dice, 9);
	other->rank = (size_t)below(dice, (int64_t)other->of + 1);
}

static void
fill_rows(struct dice *dice, struct arena *arena, struct report *report)
{
	const struct str names[] = {STR("Chợ Ma Lâm"), STR("Xã Hàm Thuận"), STR("Phường Hội An"),
		STR("Thành phố Huế"), STR("Bình Tây"), STR("\"'; =x\" <&>")};

	report->row_count = (size_t)below(dice, ROWS_MAX + 1);
	report->rows = arena_alloc(arena, ROWS_MAX * sizeof(*report->rows));
	report->rows_are_markets = one_in(dice, 2);
	for (size_t i = 0; i < report->row_count; i++) {
		struct report_row *row = &report->rows[i];

		*row = (struct report_row){.code = STR("A"), .name = names[i]};
		fill_figures(dice, &row->figures);
		row->rank = row->figures.cai.known ? (size_t)below(dice, 7) : 0;
		row->previous_rank = (size_t)below(dice, 7);
	}
}

static void
fill_targets(struct dice *dice, struct arena *arena, struct report *report)
{
	const struct str codes[] = {STR("CAI"), STR("P"), STR("H"), STR("N"), STR("D"), STR("T"),
		STR("F"), STR("V1"), STR("V2")};
	size_t codes_count = sizeof(codes) / sizeof(codes[0]);

	report->target_count = (size_t)below(dice, (int64_t)codes_count + 1);
	report->targets = arena_alloc(
		arena, sizeof(codes) / sizeof(codes[0]) * sizeof(*report->targets));
	for (size_t i = 0; i < report->target_count; i++) {
		struct report_target *target = &report->targets[i];

		*target = (struct report_target){
			.indicator = codes[i],
			.unit_code = one_in(dice, 2) ? report->code : STR("elsewhere"),
			.unit_name = STR("Xã Đông Giang"),
			.value = 1 + below(dice, 10000),
			.due_day = (int32_t)below(dice, 2) * 20818,
			.known = !one_in(dice, 3),
			.actual = below(dice, 10001),
		};
		target->met = target->known && target->actual >= target->value;
	}
}

static void
fill_work(struct dice *dice, struct arena *arena, struct report *report)
{
	report->work_count = (size_t)below(dice, WORK_MAX + 1);
	report->work = arena_alloc(arena, WORK_MAX * sizeof(*report->work));
	for (size_t i = 0; i < report->work_count; i++)
		report->work[i] = (struct work_item){
			.market_code = i < report->work_count / 2 ? STR("A") : STR("B"),
			.market_name = STR("Chợ Phú Long"),
			.stall_code = STR("X"),
			.stall_name = STR("Rau cô Ba"),
			.goods = STR("rau"),
			.reason = (enum work_reason)below(dice, WORK_REASONS),
		};
}

struct report *
random_report(struct arena *arena, uint64_t seed)
{
	struct dice dice = {seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
	struct report *report = arena_alloc(arena, sizeof(*report));

	*report = (struct report){
		.scope = (enum report_scope)below(&dice, 3),
		.code = STR("23059"),
		.name = STR("Xã Hàm Thuận"),
		.level = STR("commune"),
		.period = {.kind = PERIOD_MONTH,
			.year = 2026,
			.number = 6,
			.from_day = 20605,
			.to_day = 20634},
		.parameter_set = STR(CAI_PARAMETER_SET),
		.cut_at_ms = INT64_C(1783065600000),
	};
	fill_figures(&dice, &report->figures);
	fill_other(&dice, &report->year_before);
	fill_other(&dice, &report->before);
	report->of = (size_t)below(&dice, 9);
	report->rank = (size_t)below(&dice, (int64_t)report->of + 1);
	fill_rows(&dice, arena, report);
	fill_targets(&dice, arena, report);
	fill_work(&dice, arena, report);
	report->tet = (struct report_tet){.known = one_in(&dice, 3),
		.from_day = 20473,
		.to_day = 20508,
		.payments = count(&dice),
		.prior_payments = count(&dice),
		.withheld = one_in(&dice, 2)};
	report->public_service.known = one_in(&dice, 2);
	report->public_service.dossiers = share(&dice);
	report->payouts.known = one_in(&dice, 2);
	report->payouts.recipients = share(&dice);
	return report;
}
