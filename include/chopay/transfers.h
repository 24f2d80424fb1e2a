/*
 * transfers.h - what feeds told: deliveries as they came, the bank's transfers, and who told them.
 *
 * Threads, memory and the meaning of *_put: as in store.h, which has all of these.
 */
#ifndef CHOPAY_TRANSFERS_H
#define CHOPAY_TRANSFERS_H

#include "chopay/arena.h"
#include "chopay/clock.h"
#include "chopay/money.h"

struct db;

struct delivery {
	int64_t id;
	struct str endpoint_id, feed, content_type, raw, raw_sha256;
	int64_t received_at_ms;
	bool misplaced; /* told by deliveries_list: it lies among those of another month */
};
/* The same bytes to the same endpoint are kept once: `delivery->id` becomes the kept row's. */
MUST_CHECK struct err deliveries_put(struct db *db, struct delivery *delivery);

/* In the order of ids, for whoever checks the kept bytes: id, time, raw and digest are filled in.
 * Fewer than `max` when they are large; none: that was all. */
MUST_CHECK struct err deliveries_list(struct db *db, struct arena *arena, int64_t after, size_t max,
	struct delivery *deliveries, size_t *count);
/* All of it but the digest. */
MUST_CHECK struct err deliveries_get(
	struct db *db, struct arena *arena, int64_t id, struct delivery *delivery);

struct transfer {
	int64_t id, delivery_id;
	struct str feed, provider_txn_id, bank_ref, bank, account_no, virtual_account, note;
	struct vnd amount;
	bool outgoing;
	int64_t booked_at_ms; /* the bank's time, or the arrival when `booked_told` is false */
	bool booked_told;
	int64_t arrived_at_ms;
	struct str code_hint; /* the feed's word for the reference, where that was the evidence */
};
MUST_CHECK struct err transfers_put(struct db *db, const struct transfer *transfer);

MUST_CHECK struct err transfers_get(
	struct db *db, struct arena *arena, int64_t id, struct transfer *transfer);

/* Money out of that account, of this amount, booked from..to, that no adjustment or resolution
 * uses yet; oldest first. */
MUST_CHECK struct err transfers_unused_out(struct db *db, struct arena *arena,
	struct str account_no, struct vnd amount, int64_t from_ms, int64_t to_ms, size_t max,
	struct transfer *transfers, size_t *count);

/* In the order of ids. */
MUST_CHECK struct err transfers_list(struct db *db, struct arena *arena, int64_t after, size_t max,
	struct transfer *transfers, size_t *count);

/* A feed's id of a transfer ("sepay:1") of an account, and the bank's reference ("in:FT...") if it
 * identifies; empty: none. */
struct transfer_key {
	struct str account_no, key, bank_ref;
	int64_t transfer_id, delivery_id; /* the delivery that told it */
	struct vnd amount;
	bool outgoing;
};
/* The unique keys decide.  Not fresh: `first_id`, and whether amount and direction are the same. */
struct transfer_claim {
	bool fresh;
	bool same;
	int64_t first_id;
	int64_t told_in; /* not fresh: the delivery that told the key first */
	int64_t ref_id; /* fresh, but that transfer has the bank's reference already; 0: none has */
};
/* `key->bank_ref` is emptied when another transfer has it. */
MUST_CHECK struct err transfers_claim(
	struct db *db, struct transfer_key *key, struct transfer_claim *claim);
/* A key just claimed leads to another transfer, `key->transfer_id`; `by` says why. */
MUST_CHECK struct err transfers_merge(struct db *db, const struct transfer_key *key, struct str by);
/* The transfer that has this reference ("in:FT..."); 0: none. */
MUST_CHECK struct err transfers_by_ref(
	struct db *db, struct str account_no, struct str bank_ref, int64_t *transfer_id);
/* Has anybody else than the feed with this key prefix told of that account? */
MUST_CHECK struct err transfers_others_tell(
	struct db *db, struct arena *arena, struct str account_no, struct str prefix, bool *others);
/* Merged keys, those that one delivery told together; `after` zeroed: from the first. */
MUST_CHECK struct err transfers_merged(struct db *db, struct arena *arena,
	const struct transfer_key *after, size_t max, struct transfer_key *keys, size_t *count);

/* ---- reading ahead ----
 * What many credits of one transaction will ask, asked at once where the database must be waited
 * for; the functions that ask it then need not.  Only before credits are booked, one group at a
 * time, and forgotten before anything else is done in the transaction.  If it fails, or another
 * writer is quicker, the group is undone, and booked one by one without it. */
struct ahead_question {
	const struct ahead_delivery {
		struct str endpoint_id, raw_sha256;
	} * deliveries;
	size_t delivery_count;
	const struct ahead_credit {
		struct str account_no, key, key_prefix,
			bank_ref; /* as claimed: "sepay:1", "sepay:" */
	} * credits;
	size_t credit_count;
};
bool ahead_serves(const struct db *db); /* else there is no wait to spare */
MUST_CHECK struct err ahead_read(struct db *db, const struct ahead_question *question);
/* No transfer has this key of the account, or this reference of its bank (empty: none). */
bool ahead_nobody_has(struct db *db, struct str account_no, struct str key, struct str bank_ref);
void ahead_forget(struct db *db);

/* What became of each, in the order of ids. */
struct transfer_filter {
	int direction; /* -1: any, 0: in, 1: out */
	bool unlinked; /* only money out that nothing explains */
	int64_t since_ms;
};
struct listed_transfer {
	struct transfer transfer;
	int64_t payment_id;    /* 0: none */
	struct str suspense;   /* the reason it waits, or waited; empty: it never did */
	struct vnd given_back; /* of money out: what went back of payments */
};
MUST_CHECK struct err transfers_page(struct db *db, struct arena *arena,
	const struct transfer_filter *filter, int64_t after, size_t max,
	struct listed_transfer *items, size_t *count);
/* The last that arrived, newest first. */
MUST_CHECK struct err transfers_newest(
	struct db *db, struct arena *arena, size_t max, struct transfer *transfers, size_t *count);
/* Who told it: "sepay:1", and why it is that transfer; empty: the first. */
struct transfer_name {
	struct str key, merged_by;
};
MUST_CHECK struct err transfers_names(struct db *db, struct arena *arena, int64_t transfer_id,
	size_t max, struct transfer_name *names, size_t *count);

/* A transfer that a new one may be. */
struct told_before {
	struct transfer transfer;
	bool named;	 /* the asking feed has told it already, under another id */
	int64_t repeats; /* it is held as a possible repeat of that one; 0: it is not */
};
MUST_CHECK struct err told_get(struct db *db, struct arena *arena, struct str key_prefix,
	int64_t transfer_id, struct told_before *told);
/* Of those of an account, amount and span of time, by their times: `max` after `skip`; also of the
 * other direction, and those that the asking feed has told.  Costs these two, never the span. */
struct told_query {
	struct str key_prefix; /* of the asking feed, with its colon: "sepay:" */
	struct str account_no;
	bool by_virtual; /* `account_no` is looked for among virtual accounts, `untold` is not
			    heeded */
	bool untold;	 /* only those whose feed told no time, in the direction `outgoing` */
	struct vnd amount;
	bool outgoing;
	int64_t from_ms, to_ms;
	bool latest_first;
	size_t skip; /* those of the pages before */
};
MUST_CHECK struct err told_near(struct db *db, struct arena *arena, const struct told_query *query,
	size_t max, struct told_before *told, size_t *count);

#endif
