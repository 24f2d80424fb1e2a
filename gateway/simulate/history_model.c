/* The markets of a province: what chance decides, each thing from a stream of its own. */
#include "history_model.h"

#include "chopay/clock.h"
#include "chopay/lunar.h"
#include "chopay/market_days.h"
#include "prng.h"

#define ALWAYS 10000
#define ONE 1000000	   /* sale a day, in millionths */
#define CHEATS_ON 3000	   /* of 10000 days, where stalls sell something every day */
#define SWELL_DAYS 12	   /* before Tet */
#define CLOSED_DAYS 4	   /* from its first day on */
#define CAMPAIGN_STALLS 14 /* along a row */
#define CAMPAIGN_EVERY 45  /* days */
#define CAMPAIGN_DONG 2000
#define PIECES 6
#define REGULARS 40
#define UNKNOWN_PAYER 1500 /* of 10000: the feed tells no payer */
#define GIVEN_BACK 30
#define NIGHT_CUT_MIN 360

enum stream { STREAM_MARKET = 1, STREAM_STALL, STREAM_DAY };

/* Streams never meet: kind, stall (or market) and day have bits of their own. */
static void
begin(struct prng *prng, const struct history_plan *plan, enum stream kind, int number, int32_t day)
{
	prng_seed(prng, plan->seed,
		(uint64_t)kind << 60 | (uint64_t)(uint32_t)number << 24 |
			((uint64_t)(uint32_t)day & 0xFFFFFF));
}

/* ---- markets ----------------------------------------------------------------------------------
 */

static const struct rhythm {
	const char *days;
	int day_cut_min, opens_min, open_min;
	int share; /* of 10000 */
} rhythms[] = {
	{"all", 0, 5 * 60, 6 * 60, 4500},		/* mornings */
	{"all", 0, 6 * 60, 12 * 60, 3000},		/* the whole day */
	{"all", NIGHT_CUT_MIN, 17 * 60, 10 * 60, 1000}, /* nights, until three */
	{"lunar:2,5,7,10,12,15,17,20,22,25,27,30", 0, 5 * 60, 7 * 60, 1000}, /* by the moon */
	{"week:1,3,5,7", 0, 5 * 60, 8 * 60, 500},
};

void
history_market(const struct history_plan *plan, int index, struct history_market *market)
{
	const struct rhythm *rhythm = rhythms;
	struct prng prng;
	int chance;

	begin(&prng, plan, STREAM_MARKET, index, 0);
	chance = (int)prng_below(&prng, ALWAYS);
	while (chance >= rhythm->share)
		chance -= rhythm++->share;
	*market = (struct history_market){
		.index = index,
		.commune = (int)((int64_t)index * plan->communes / plan->markets),
		.first_stall = (int)((int64_t)index * plan->stalls / plan->markets),
		.days = rhythm->days,
		.day_cut_min = rhythm->day_cut_min,
		.opens_min = rhythm->opens_min,
		.open_min = rhythm->open_min,
		.shoppers = 300 + (int)prng_below(&prng, 3000),
	};
	market->stall_count = (int)((int64_t)(index + 1) * plan->stalls / plan->markets) -
			      market->first_stall;
}

/* Days since the first day of the lunar year nearest to that day; far away: a large number. */
static int
days_since_tet(int32_t day)
{
	int year, month, mday;
	int32_t tet;

	day_civil(day, &year, &month, &mday);
	return tet_day(year, &tet) ? day - tet : 10000;
}

bool
history_open(const struct history_market *market, int32_t day)
{
	int since = days_since_tet(day);

	return (since < 0 || since >= CLOSED_DAYS) && market_days_open(str_from(market->days), day);
}

/* ---- stalls -----------------------------------------------------------------------------------
 */

/* Half of those that ever begin have begun by the first third of the history. */
static int32_t
beginning(const struct history_plan *plan, struct prng *prng)
{
	int32_t days = plan->to_day - plan->from_day + 1;
	int chance = (int)prng_below(prng, ALWAYS);
	int32_t after = (int32_t)prng_below(prng, (uint64_t)days);

	if (chance < 2500)
		return plan->to_day + 1; /* never */
	return chance < 6500 ? plan->from_day : plan->from_day + after / 3 * 2;
}

/* Sales of a stall's day, in millionths of one. */
static int64_t
mean_of(const struct history_plan *plan)
{
	int64_t days = plan->to_day - plan->from_day + 1;

	return plan->payments * ONE / (plan->stalls * days);
}

void
history_stall(const struct history_plan *plan, const struct history_market *market, int index,
	struct history_stall *stall)
{
	static const int prices[] = {15000, 25000, 40000, 75000, 120000, 250000};
	int64_t mean = mean_of(plan);
	struct prng prng;

	begin(&prng, plan, STREAM_STALL, market->first_stall + index, 0);
	*stall = (struct history_stall){.market = market->index, .index = index};
	stall->first_day = beginning(plan, &prng);
	stall->last_day = plan->to_day;
	stall->code = prng_chance(&prng, 8500) || stall->first_day <= plan->to_day;
	/* Most sell little, some much: the mean is 1.9 times what three quarters of them have. */
	stall->per_day_millionth = mean * (int64_t)(30 + prng_below(&prng, 340)) / 90;
	stall->price = prices[prng_below(&prng, sizeof(prices) / sizeof(prices[0]))];
	if (prng_chance(&prng, plan->drop_out)) /* in the bad month: the third from the end */
		stall->last_day = plan->to_day - 75 - (int32_t)prng_below(&prng, 15);
	if (prng_chance(&prng, plan->wash))
		stall->habit = (enum history_habit)(1 + prng_below(&prng, 3));
}

/* ---- days -------------------------------------------------------------------------------------
 */

static int64_t
some_time(const struct history_market *market, int32_t day, struct prng *prng)
{
	int64_t minute = market->opens_min + (int64_t)prng_below(prng, (uint64_t)market->open_min);

	/* The night after midnight is still this market day: day_start is by the calendar. */
	return day_start_ms(day, 0) + minute * 60000 + (int64_t)prng_below(prng, 60000);
}

static struct history_payment
sale(const struct history_market *market, const struct history_stall *stall, int32_t day,
	struct prng *prng)
{
	struct history_payment payment = {.at_ms = some_time(market, day, prng)};
	int64_t thousands = stall->price / 1000;

	payment.amount = (thousands / 4 + 1 +
				 (int64_t)prng_below(prng, (uint64_t)thousands) *
					 (int64_t)(1 + prng_below(prng, 3)) / 2) *
			 1000;
	payment.who = prng_chance(prng, UNKNOWN_PAYER) ? WHO_UNKNOWN : WHO_SHOPPER;
	payment.number = (int)prng_below(prng, (uint64_t)market->shoppers);
	if (prng_chance(prng, 6000)) /* somebody who always comes here */
		payment.number = (stall->index * REGULARS + payment.number % REGULARS) %
				 market->shoppers;
	payment.given_back = prng_chance(prng, GIVEN_BACK);
	return payment;
}

static size_t
cheat(const struct history_plan *plan, const struct history_market *market,
	const struct history_stall *stall, int32_t day, struct prng *prng,
	struct history_payment *payments)
{
	/* Where little is sold they cheat less often: else most of what there is would be theirs.
	 */
	int64_t mean = mean_of(plan);
	int chance = (int)(mean < ONE ? CHEATS_ON * mean / ONE : CHEATS_ON);
	int neighbour = stall->index ^ 1;
	size_t count = 0;

	if (stall->habit == HABIT_FAIR || !prng_chance(prng, chance))
		return 0;
	for (int i = 0; i < PIECES; i++) {
		struct history_payment *one = &payments[count++];

		*one = sale(market, stall, day, prng);
		one->who = WHO_OWNER;
		one->number = stall->index;
		one->given_back = false;
		if (stall->habit == HABIT_CIRCLE && neighbour < market->stall_count)
			one->number = neighbour;
		if (stall->habit == HABIT_PIECES) {
			one->who = WHO_SHOPPER;
			one->number = 7;
			one->at_ms = payments[0].at_ms + i * 40000;
		}
	}
	return count;
}

size_t
history_stall_day(const struct history_plan *plan, const struct history_market *market,
	const struct history_stall *stall, int32_t day, struct history_payment *payments)
{
	int since = days_since_tet(day);
	int64_t mean = stall->per_day_millionth;
	struct prng prng;
	size_t count = 0, sales;

	if (day < stall->first_day || day > stall->last_day || !history_open(market, day))
		return 0;
	begin(&prng, plan, STREAM_DAY, market->first_stall + stall->index, day);
	if (since < 0 && since >= -SWELL_DAYS)
		mean = mean * 17 / 10;
	if (!prng_chance(&prng, 9000)) /* she stayed at home */
		return 0;
	/* From none to twice the middle; what is less than one sale is the chance of one. */
	sales = (size_t)((prng_below(&prng, (uint64_t)(2 * mean + 1)) + prng_below(&prng, ONE)) /
			 ONE);
	count = cheat(plan, market, stall, day, &prng, payments);
	if ((day + market->index) % CAMPAIGN_EVERY == 0 && stall->index < CAMPAIGN_STALLS &&
		plan->wash > 0)
		payments[count++] = (struct history_payment){
			some_time(market, day, &prng), CAMPAIGN_DONG, WHO_CAMPAIGN, 0, false};
	for (size_t i = 0; i < sales && count < HISTORY_DAY_MAX; i++)
		payments[count++] = sale(market, stall, day, &prng);
	return count;
}
