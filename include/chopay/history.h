/*
 * history.h - `chopay simulate --history`: a province's markets and a year of their payments, made
 * of chance, for trying reports and measuring them.
 *
 * Communes, markets, stalls, accounts and calendars go through the register's import.  Then either
 * payments go the whole way, as batches that a feed tells, or the cells that they would come to are
 * written alone (210 million payments' worth in minutes).  The same options give the same register
 * and the same payments; broken off and begun again, it goes on to the same end.
 * Threads: the caller's, and the books'.  For a store of its own: it refuses one with stalls that
 * it did not make.
 */
#ifndef CHOPAY_HISTORY_H
#define CHOPAY_HISTORY_H

#include "chopay/str.h"

#define HISTORY_PROVINCE "68"
#define HISTORY_UNIT_FIRST 90001 /* codes of its communes: the State's end below */

struct history_options {
	const char *folder, *store; /* as books_config has them */
	uint64_t seed;
	int communes, markets, stalls;
	int32_t from_day, to_day;
	int64_t payments;   /* about so many */
	int drop_out, wash; /* stalls of 10000 that give up, that cheat */
	bool cells;	    /* the cells alone; with `days`, those of each day, too */
	bool days;
	int stop_fd; /* readable: stop; -1: never */
	/* May be NULL. */
	void (*ticked)(void *arg, const char *what, int64_t done, int64_t total);
	void *arg;
};
struct history_summary {
	int64_t stalls, payments, valid, refunds;
	bool stopped;
};
/* `why` gets a sentence for a person.  ERR_INVALID: options out of range; ERR_CONFLICT: the store
 * has other stalls. */
MUST_CHECK struct err history_make(
	const struct history_options *options, struct history_summary *summary, struct buf *why);

#endif
