/*
 * history_model.h - a year at the markets of a province, as chance tells it.  Pure.
 *
 * The same seed gives the same stalls and payments, whatever the order in which they are asked for.
 * What is modelled, and why: markets of each rhythm (a morning's, a day's, a night's past midnight,
 * one of lunar days, one of weekdays); the swell before Tet and the closed days after it; stalls
 * that begin one after the other, and never; a month in which many of them give up; people who pay
 * themselves, in circles, in pieces, or all along a row for a show; money given back.
 */
#ifndef CHOPAY_SIMULATE_HISTORY_MODEL_H
#define CHOPAY_SIMULATE_HISTORY_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_DAY_MAX 400 /* payments of a stall's day */
#define HISTORY_COMMUNES_MAX 999
#define HISTORY_MARKETS_MAX 5000
#define HISTORY_STALLS_MAX 100000

struct history_plan {
	uint64_t seed;
	int communes, markets, stalls; /* stalls are dealt to markets, markets to communes */
	int32_t from_day, to_day;      /* inclusive */
	int64_t payments;	       /* about so many in all */
	int drop_out;		       /* stalls that give up in the bad month, of 10000 */
	int wash;		       /* stalls that cheat, of 10000 */
};

struct history_market {
	int index, commune;
	int first_stall, stall_count; /* in the order of markets */
	const char *days;	      /* market_days.h */
	int day_cut_min;
	int opens_min, open_min; /* local minute of its day when it opens, and for how long */
	int shoppers;
};
void history_market(const struct history_plan *plan, int index, struct history_market *market);
/* Is it open that day?  By its days, and closed from Tet's first day to its fourth. */
bool history_open(const struct history_market *market, int32_t day);

enum history_habit { HABIT_FAIR, HABIT_SELF, HABIT_CIRCLE, HABIT_PIECES };
struct history_stall {
	int market, index; /* index: in its market, from 0 */
	int32_t first_day; /* with a payment; after to_day: never */
	int32_t last_day;
	bool code;		   /* it has a code at all */
	int64_t per_day_millionth; /* sales of a day in the middle, in millionths of one */
	int price;		   /* the middle of its amounts, dong */
	enum history_habit habit;
};
void history_stall(const struct history_plan *plan, const struct history_market *market, int index,
	struct history_stall *stall);

/* Who paid: a shopper of the market, a stall's owner (of the same market), or not told. */
enum history_who { WHO_UNKNOWN, WHO_SHOPPER, WHO_OWNER, WHO_CAMPAIGN };
struct history_payment {
	int64_t at_ms, amount;
	enum history_who who;
	int number; /* of the shopper or of the owner's stall in the market */
	bool given_back;
};
/* The payments of a stall's market day, at most HISTORY_DAY_MAX, in no order. */
size_t history_stall_day(const struct history_plan *plan, const struct history_market *market,
	const struct history_stall *stall, int32_t day, struct history_payment *payments);

#endif
