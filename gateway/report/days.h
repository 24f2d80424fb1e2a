/*
 * days.h - on which days of a reporting month a market was open, a stall sold, a code hung there.
 *
 * Masks: bit n is the day `first + n` of the month.  Pure, but for the arena.
 * Source: ADOPTION sections 1 (M, O, Q) and 4 (R9).
 */
#ifndef CHOPAY_REPORT_DAYS_H
#define CHOPAY_REPORT_DAYS_H

#include "world.h"

struct month_days {
	month_key month;
	enum period_calendar calendar;
	int32_t first;
	int count;
	/* of each market: its open days, and those as they were known on the day itself */
	uint64_t *open, *known_open;
};
void month_days_make(const struct world *world, struct arena *arena, enum period_calendar calendar,
	month_key month, struct month_days *days);
uint64_t month_mask(const struct month_days *days, int32_t from_day, int32_t to_day);

/* A stall that was moved stands in several markets, each day in one. */
#define PLACES_MAX 31
struct stall_month {
	struct stall_place {
		size_t market;
		uint64_t stands; /* days on which its place was there */
		uint64_t open;	 /* of these, M and O of that place */
	} places[PLACES_MAX];
	size_t count;
	uint64_t market_open; /* M, wherever it stood */
	uint64_t open;	      /* O, all places */
	uint64_t live;	      /* days with a live code, open or not */
	uint64_t removed;     /* R9: taken out of O after the day */
};
void stall_month_make(const struct world *world, const struct month_days *days, size_t stall,
	struct stall_month *out);
int days_in(uint64_t mask);

#endif
