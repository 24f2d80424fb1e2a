/*
 * sums.h - what cells, tallies, registers and accounts come to, for each piece and for groups of
 * them.
 *
 * Private to this folder.  Memory: the arena, but for what sums_fini and total_fini free.
 * Source: ADOPTION sections 2 to 4.
 */
#ifndef CHOPAY_REPORT_SUMS_H
#define CHOPAY_REPORT_SUMS_H

#include "chopay/report.h"

#include "cells.h"

#define FLAG_RULES 10  /* R1 to R9 by their number; 0: given back */
#define MONTH_BLOCKS 2 /* half-months: days 1 to 14, 15 to the end */

/* Of a piece or a group.  Sums can be added: but for `figures.cai`, the median, the percentiles of
 * delays and the status, which total_finish makes of them, and `figures.stalls`: one that moved is
 * in two pieces and counts once in their group (struct sums.sold). */
struct total {
	struct report_figures figures;
	struct tally tally;
	/* How many stalls are behind the money: what suppress.c asks. */
	struct total_block {		     /* of each half-month */
		int64_t contributors;	     /* were paid in it */
		int64_t flagged[FLAG_RULES]; /* had a payment that the rule took */
		int64_t fees[2];	     /* paid fees in cash, cashless */
	} * blocks;
	struct total_month {
		int64_t declared;   /* are in T */
		int64_t undeclared; /* were paid, and are not */
	} * months;
};

struct sums {
	struct db *db;
	struct arena *arena;
	const struct world *world;
	const struct selection *selection;
	const struct period *period;
	const struct report_watch *watch;
	struct report_progress *progress;
	/* Each cell inside, in the order of months; NULL: nobody looks. */
	struct err (*look)(void *arg, const struct cell *cell);
	void *arg;
	/* out */
	struct total *pieces;
	size_t blocks;
	uint16_t (*flags)[FLAG_RULES]; /* of each stall: what was flagged, not released */
	bool *above; /* of each stall: it was paid more in a month than it declared */
	/* Pieces in which each stall had a stall-day: chains through `sold`, NOWHERE ends one. */
	struct sold_in {
		size_t piece, before;
	} * sold;
	size_t *sold_last; /* of each stall */
	/* its own */
	size_t sold_count, sold_capacity;
	struct turnovers *turnovers;
	struct accounts *accounts;
	size_t (*seen)[FLAG_RULES + 2]; /* the last half-month and piece: by rule, of its fees */
};
/* The fields above `out` are the caller's. */
MUST_CHECK struct err sums_make(struct sums *sums);
void sums_fini(struct sums *sums);

/* A total of no piece, to which pieces are added; blocks and months are the pieces' alone. */
struct total total_new(const struct sums *sums);
/* But for the tally. */
void total_add(struct total *total, const struct total *more);
/* `over`: the period has ended, so it can be official. */
void total_finish(struct total *total, bool over);
void total_fini(struct total *total);

/* The piece of a stall's day, or NOWHERE. */
size_t piece_of(
	const struct world *world, const struct selection *selection, size_t stall, int32_t day);

/* turnovers.c: declared in a month by a stall; false: nothing was. */
MUST_CHECK struct err turnovers_load(struct sums *sums);
bool turnover_of(const struct sums *sums, size_t stall, month_key month, struct vnd *amount);

/* service.c: accounts, and how they agree with the bank (S3, S4). */
MUST_CHECK struct err accounts_load(struct sums *sums);
void accounts_see(struct sums *sums, const struct cell *cell);
void accounts_month_over(struct sums *sums, const struct month_days *month);
MUST_CHECK struct err accounts_finish(struct sums *sums);

#endif
