/* history_parts.h - what the parts of history.c share: a store, a plan, and how far it has come. */
#ifndef CHOPAY_SIMULATE_HISTORY_PARTS_H
#define CHOPAY_SIMULATE_HISTORY_PARTS_H

#include "chopay/banks.h"
#include "chopay/books.h"
#include "chopay/history.h"
#include "history_model.h"

struct history {
	const struct history_options *options;
	struct history_plan plan;
	struct books *books;
	struct banks *banks;
	int64_t clock_ms; /* the books' clock: it follows the payments */
	/* In the order of the plan, all of them. */
	struct history_place {
		int64_t stall_id, market_id, merchant_id;
		struct str reference;
	} * places;
	struct arena *arena;
	struct history_summary *summary;
	struct buf *why;
};

/* True: somebody wants it to stop. */
bool history_stopped(const struct history *history);
void history_tick(const struct history *history, const char *what, int64_t done, int64_t total);

/* Communes, markets, stalls, accounts, calendars; then `places` are known. */
MUST_CHECK struct err history_register(struct history *history);
MUST_CHECK struct err history_pay(struct history *history);   /* the whole way, day by day */
MUST_CHECK struct err history_cells(struct history *history); /* the cells alone, by market */

/* "9704" and ten digits: of a shopper, or the account of a stall. */
void history_account(struct buf *out, const struct history_market *market,
	const struct history_payment *payment);
void history_stall_account(struct buf *out, int stall);

#endif
