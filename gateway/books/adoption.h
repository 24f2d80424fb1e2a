/*
 * adoption.h - what folds payments into the cells of the index, and what checks them, share.
 *
 * One computation says what the rows of a market day, or of a stall's month, must be; a sink is
 * told of each row that is not so.  The fold's sink writes it, that of `chopay ledger verify` names
 * it.
 */
#ifndef BOOKS_ADOPTION_H
#define BOOKS_ADOPTION_H

#include "chopay/adoption_rows.h"
#include "chopay/tally.h"
#include "payers.h"

/* Whose account a payer is; several merchants may receive on one. */
struct owner_map {
	struct owner {
		payer_id payer;
		int64_t merchant_id;
		int32_t from_day, to_day;
	} * items; /* owned; by payer and merchant */
	size_t count, capacity;
	int from_year, to_year; /* whose keys were used */
	int64_t fingerprint[3];
	bool looked; /* at the registers, in this transaction */
};
void owner_map_fini(struct owner_map *map);
/* Another transaction begins. */
void owner_map_begin(struct owner_map *map);
/* Accounts as the registers have them in this transaction, which changes none of them, under the
 * keys of these years; nothing is done when it is so already. */
MUST_CHECK struct err owner_map_load(
	struct owner_map *map, struct db *db, struct payer_keys *keys, int from_year, int to_year);
/* The merchant who was paid, when the account is that one's; otherwise the lowest; 0: nobody's. */
int64_t owner_map_find(
	const struct owner_map *map, payer_id payer, int64_t paid_merchant_id, int32_t day);

/* Rows that are not as they must be. */
struct cell_sink {
	struct err (*day)(void *arg, const struct adoption_day_row *row);
	struct err (*tally)(void *arg, const struct market_day *market_day, struct str tally);
	struct err (*flag)(void *arg, const struct adoption_flag *flag, bool wanted);
	struct err (*month)(void *arg, const struct adoption_month_row *row);
	void *arg;
};

/* ---- a market day ---------------------------------------------------------------------------- */

struct market_cells {
	struct arena *arena; /* the caller's */
	struct market_day of;
	bool open;
	struct standing_stall *stalls; /* by id */
	size_t stall_count, stall_capacity;
	struct adoption_payment *payments; /* after the judgement by stall, time and id */
	struct payment_more {
		int64_t id;
		struct vnd given_back;
		int64_t delay_s; /* -1: the bank told no time */
		enum code_kind kind;
	} * more; /* by id */
	size_t count, capacity, more_capacity;
	struct adoption_payment *owners; /* what went the other way (R2) */
	size_t owner_count, owner_capacity;
};
void market_cells_fini(struct market_cells *cells);
/* Reads stalls, payments and releases. */
MUST_CHECK struct err market_cells_read(struct market_cells *cells, struct db *db);
/* Finds whose accounts paid. */
MUST_CHECK struct err market_cells_own(
	struct market_cells *cells, struct db *db, struct payer_keys *keys, struct owner_map *map);
/* A payment among owners? */
bool is_among_owners(const struct adoption_payment *payment);
void market_cells_add_owner(struct market_cells *cells, const struct owner_payment *payment);
/* Judges, and tells the sink of rows that are not so. */
MUST_CHECK struct err market_cells_compare(
	struct market_cells *cells, struct db *db, const struct cell_sink *sink);

/* Payments among owners within a day of `payment`, the other way. */
struct owner_pair owners_against(const struct adoption_payment *payment);
/* The market days, whatever their cut, on which such payments may lie. */
void days_around(int64_t at_ms, int32_t *from_day, int32_t *to_day);

/* ---- a stall's months --------------------------------------------------------------------------
 */

/* The months of both calendars that hold the day, from the stall's days as they are stored. */
MUST_CHECK struct err stall_months_compare(
	struct db *db, int64_t stall_id, int32_t day, const struct cell_sink *sink);

#endif
