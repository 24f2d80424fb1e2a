/*
 * store.h - the rows: one struct and a handful of statements per family of tables.
 *
 * A `struct db` is one connection, used by one thread at a time.  Functions named *_put write and
 * belong to the writer; the others read and run anywhere.  Every str that comes out is copied into
 * the arena given.  Source: DESIGN section 5.
 */
#ifndef CHOPAY_STORE_H
#define CHOPAY_STORE_H

#include "chopay/arena.h"
#include "chopay/clock.h"
#include "chopay/money.h"

struct db;

#define DAY_FIRST INT32_C(-1000000) /* "always was" and "never ends" in dated rows */
#define DAY_LAST INT32_C(1000000)
#define MS_LAST INT64_C(9000000000000000)

/* ---- connections, transactions, schema ----------------------------------------------------- */

/* STORE_LOAD: writes much, of which nobody waits for a part; not together with other writers. */
enum store_mode { STORE_WRITE, STORE_READ, STORE_LOAD };

MUST_CHECK struct err store_open_sqlite(const char *file, enum store_mode mode, struct db **db);
/* `uri`: "postgresql://..." as libpq reads it (its manual, 34.1.1.2): TLS, service and password
 * files, several hosts.  ERR_BUSY: it cannot be reached now; ERR_SETUP, ERR_DENIED: it is no server
 * for us, or does not let us in. `why` gets a sentence without the password. */
MUST_CHECK struct err store_open_postgres(
	const char *uri, enum store_mode mode, struct db **db, struct buf *why);
/* Has the database a store of ours already?  Nothing is made. */
MUST_CHECK struct err store_exists_postgres(const char *uri, bool *exists, struct buf *why);
/* Either, by how `where` begins. */
bool store_is_uri(const char *where);
/* Can it be read?  Nobody is called.  ERR_SETUP; `why` gets a sentence without a password. */
MUST_CHECK struct err store_check_uri(const char *uri, struct buf *why);
bool store_uri_has_password(const char *uri);
MUST_CHECK struct err store_open(
	const char *where, enum store_mode mode, struct db **db, struct buf *why);

/* After a failure.  Was it the moment's (another writer, a lost connection)?  Then the whole
 * transaction may be tried again, after store_revive. */
bool store_may_retry(const struct db *db);
/* Since the transaction began: were statements used that change rows?  And has the engine refused
 * none of them, so that what a caller refused was the caller's own no?  (Known of PostgreSQL only;
 * elsewhere false.) */
bool store_wrote(const struct db *db);
bool store_sound(const struct db *db);
/* The connection is gone: nothing works before store_revive has. */
bool store_lost(const struct db *db);
/* No answer is waited for, once `away` says that the database is away (a server that hangs drops no
 * connection); where it is another machine.  Called on the thread that waits. */
void store_give_up_when(struct db *db, bool (*away)(const void *arg), const void *arg);
/* The connection was lost in a commit: it may have happened. */
bool store_commit_unsure(const struct db *db);
/* A lost connection is made anew, outside any transaction.  ERR_BUSY: not now. */
MUST_CHECK struct err store_revive(struct db *db);
void store_close(struct db *db);

/* From now on rows of money are sealed as they are written, and can be checked; before
 * store_migrate.  `crypt` outlives the connection. */
struct crypt;
struct sealing_key;
void store_seal_with(struct db *db, const struct crypt *crypt, const struct sealing_key *key);

/* A transaction; inside one, a savepoint. */
MUST_CHECK struct err store_begin(struct db *db);
MUST_CHECK struct err store_commit(struct db *db);
void store_rollback(struct db *db);

/* Work that can wait until answers have gone out (checkpoints). */
void store_maintain(struct db *db);
/* A consistent copy of a live database into a new file. */
MUST_CHECK struct err store_backup(struct db *db, const char *file);

/* Runs the schema steps that are missing.  ERR_INVALID: the store was made by a newer chopay, and
 * this one cannot live with that.  ERR_CONFLICT: nodes of an older one are running, which could not
 * live with this one's. */
MUST_CHECK struct err store_migrate(struct db *db, int64_t now_ms);
int64_t store_newest_step(void); /* that this program knows */
/* The same check without changing anything, for those who only read. */
MUST_CHECK struct err store_check_schema(struct db *db);

/* The keys of the node that opens the store are those of the first node that did, or ERR_SETUP;
 * where only one node can be (SQLite), any are right.  Writes, outside a transaction. */
MUST_CHECK struct err store_check_keys(
	struct db *db, struct str master_id, struct str ledger_public);

/* ---- a store in another place: copying all of it -------------------------------------------- */

/* A place as a person may read it: a URI without its password, or the file. */
void store_place(const char *where, struct buf *place);

/* What a store is told about itself. */
struct store_note {
	struct str kind;  /* "copying": rows of `place` are not all here; "moved": the books are
			     there  now; empty: nothing */
	struct str place; /* the other store, as of store_place */
	int64_t token, at_ms;
};
MUST_CHECK struct err store_note_get(struct db *db, struct arena *arena, struct store_note *note);
MUST_CHECK struct err store_note_put(struct db *db, const struct store_note *note);
/* ERR_NOT_FOUND: it has another token. */
MUST_CHECK struct err store_note_clear(struct db *db, int64_t token);
/* May it be served?  ERR_INVALID: it is half a copy; ERR_SETUP: its books moved, and who names it
 * names the wrong one.  `why` says so to a person. */
MUST_CHECK struct err store_fit(struct db *db, struct buf *why);

/* Rows go over in the order of their tables' references, compared with those that are there already
 * by primary key: what is missing is added, what differs is changed, what is gone is removed.  So a
 * pass that was broken off is begun again, and a second pass brings what changed since the first.
 * Both stores have the newest schema, seals come along as they are. */
struct copy_progress {
	struct str table;
	int64_t rows, of;	  /* of the table */
	int64_t all_rows, all_of; /* of all tables */
};
struct copy_config {
	struct db *from;   /* STORE_READ: a pass sees one state of it */
	struct db *to;	   /* STORE_LOAD: its note is "copying", with `token` */
	struct db *beside; /* STORE_READ, the same store as `to` */
	int64_t token;
	void (*progress)(void *arg, const struct copy_progress *progress); /* often; may be NULL */
	void *arg;
};
struct copy_counts {
	int64_t rows, added, changed, removed;
};
struct store_copy;
/* `why` gets a sentence whenever one of these fails.  ERR_INVALID: the stores' tables differ. */
MUST_CHECK struct err store_copy_new(
	const struct copy_config *config, struct store_copy **copy, struct buf *why);
/* After its connections are closed. */
void store_copy_free(struct store_copy *copy);
/* A table of `to` that has rows; empty: none has. */
MUST_CHECK struct err store_copy_found(struct store_copy *copy, struct str *table, struct buf *why);
MUST_CHECK struct err store_copy_pass(
	struct store_copy *copy, struct copy_counts *counts, struct buf *why);
typedef void (*copy_found_fn)(void *arg, struct str table, const char *fault);
/* Rows and sums of each table on both sides: `found` for each table where they differ. */
MUST_CHECK struct err store_copy_compare(
	struct store_copy *copy, copy_found_fn found, void *arg, struct buf *why);
/* A pass, and that comparison with the very state that it copied: `from` may be written on. */
MUST_CHECK struct err store_copy_compared_pass(struct store_copy *copy, struct copy_counts *counts,
	copy_found_fn found, void *arg, struct buf *why);
/* From now on a row of money goes over only if it is as its seal says (ERR_INVALID), or is sealed
 * with a key that we do not hold; `from` has its key (store_seal_with). */
void store_copy_check_seals(struct store_copy *copy);

/* Rows that were written on one connection, by the engine's own numbers of them. */
struct touched_table {
	struct str table;
	const int64_t *rows;
	size_t row_count;
	bool gone; /* rows were removed, too: which is not known */
};
struct touched {
	struct touched_table *items;
	size_t count;
	bool known; /* false: nobody watched, or there were too many */
};
/* From now on, what is written on this connection (undone later or not) is remembered.  Nothing is
 * written down for it.  ERR_INVALID: other processes write the store, too (PostgreSQL). */
MUST_CHECK struct err store_watch(struct db *db);
/* What was written since; it is watched no longer. */
void store_watched(struct db *db, struct arena *arena, struct touched *touched);
/* Brings `touched` alone (known): what was written in `from` since before its last compared pass.
 * The rows are read back, `found` when one is another there; nobody writes in `from` meanwhile. */
MUST_CHECK struct err store_copy_touched(struct store_copy *copy, const struct touched *touched,
	struct copy_counts *counts, copy_found_fn found, void *arg, struct buf *why);

/* ---- the register: units, banks, markets, merchants, stalls, accounts ----------------------- */

struct unit {
	struct str code, name, level, parent_code;
	int32_t from_day, to_day;
};
MUST_CHECK struct err units_put(struct db *db, const struct unit *unit);
/* The unit with this code in force on that day. */
MUST_CHECK struct err units_find(
	struct db *db, struct arena *arena, struct str code, int32_t day, struct unit *unit);

MUST_CHECK struct err banks_put(
	struct db *db, struct str bin, struct str code, struct str short_name, struct str name);

struct market {
	int64_t id;
	struct str code, name;
	int32_t day_cut_min;
};
MUST_CHECK struct err markets_put(struct db *db, const struct market *market);
MUST_CHECK struct err markets_attach(
	struct db *db, int64_t market_id, struct str unit_code, int32_t from_day, int32_t to_day);
/* From all units: whoever does so attaches it again in the same transaction. */
MUST_CHECK struct err markets_detach(struct db *db, int64_t market_id);
MUST_CHECK struct err markets_find(
	struct db *db, struct arena *arena, struct str code, struct market *market);
/* The unit it is attached to on that day; empty: none. */
MUST_CHECK struct err markets_unit(
	struct db *db, struct arena *arena, int64_t market_id, int32_t day, struct str *unit_code);

/* The merchant of that name and phone, made with `new_id` if it was not there. */
MUST_CHECK struct err merchants_ensure(
	struct db *db, int64_t new_id, struct str name, struct str phone, int64_t *id);

struct stall {
	int64_t id, market_id, merchant_id;
	uint32_t number;
	struct str code, reference, name, kind, goods;
	int32_t open_day, close_day;
	/* joined in by the readers */
	struct str market_code, market_name, merchant_name, phone;
	int32_t day_cut_min;
	/* empty and 0 while it has no account: it sells, and takes cash alone */
	struct str bank_bin, bank_name, bank_short_name, account_no, account_holder;
	int64_t account_id;
};
#define STALL_WITHOUT_ACCOUNT                                                                \
	"the stall has no account yet: enter its bank_bin, account_no and account_holder in" \
	" the register of stalls"
MUST_CHECK struct err stalls_put(struct db *db, const struct stall *stall);
MUST_CHECK struct err stalls_update(struct db *db, const struct stall *stall);
/* To another market, where nobody has that code; its number and reference stay. */
MUST_CHECK struct err stalls_move(
	struct db *db, int64_t stall_id, int64_t market_id, struct str code);
MUST_CHECK struct err stalls_find_in_market(struct db *db, struct arena *arena, int64_t market_id,
	struct str code, struct stall *stall);
/* The one that stood in that market under that code last, and stands in another one now. */
MUST_CHECK struct err stalls_moved_from(struct db *db, struct arena *arena, int64_t market_id,
	struct str code, struct stall *stall);
/* By its reference, its code (ERR_CONFLICT when two markets use it), or MARKET.CODE. */
MUST_CHECK struct err stalls_find(
	struct db *db, struct arena *arena, struct str word, struct stall *stall);
MUST_CHECK struct err stalls_get(
	struct db *db, struct arena *arena, int64_t stall_id, struct stall *stall);
/* Up to `max` stalls with an id above `after`, in the order of ids. */
MUST_CHECK struct err stalls_list(struct db *db, struct arena *arena, int64_t after, size_t max,
	struct stall *stalls, size_t *count);
/* All of a market, in the arena.  ERR_INVALID: they are more than `max`. */
MUST_CHECK struct err stalls_of_market(struct db *db, struct arena *arena, int64_t market_id,
	size_t max, struct stall **stalls, size_t *count);
MUST_CHECK struct err stalls_number_taken(struct db *db, uint32_t number, bool *taken);
/* The counter of its next charge; never the same twice. */
MUST_CHECK struct err stalls_next_charge(struct db *db, int64_t stall_id, uint32_t *counter);

/* The account with this number at this bank, made with `new_id` if it was not there. */
MUST_CHECK struct err accounts_ensure(struct db *db, int64_t new_id, struct str bank_bin,
	struct str account_no, struct str holder, int64_t *id);
MUST_CHECK struct err accounts_attach(
	struct db *db, int64_t stall_id, int64_t account_id, int64_t from_ms);

/* A stall as booking needs it. */
struct stall_days {
	int64_t stall_id;
	struct str reference;
	int32_t close_day, day_cut_min;
};
MUST_CHECK struct err stalls_days(
	struct db *db, struct arena *arena, int64_t stall_id, struct stall_days *stall);
/* By its reference alone. */
MUST_CHECK struct err stalls_days_named(
	struct db *db, struct arena *arena, struct str reference, struct stall_days *stall);
/* Whose account is it?  `bank_bin` empty: any bank.  Past and present attachments, each stall once,
 * at most `max`. */
MUST_CHECK struct err accounts_stalls(struct db *db, struct arena *arena, struct str account_no,
	struct str bank_bin, size_t max, struct stall_days *stalls, size_t *count);

/* Does, or did, this stall receive on that account number? */
MUST_CHECK struct err accounts_serve(
	struct db *db, int64_t stall_id, struct str account_no, bool *serves);
/* ... at that bank? */
MUST_CHECK struct err accounts_serve_at(
	struct db *db, int64_t stall_id, struct str account_no, struct str bank_bin, bool *serves);

/* ---- charges -------------------------------------------------------------------------------- */

struct charge {
	int64_t id, stall_id, account_id;
	struct str reference, state;
	struct vnd amount, paid,
		refunded; /* paid: all that came in; refunded: what went back of it */
	int64_t created_at_ms, expires_at_ms;
};
/* What it still asks for; 0 when nothing is missing. */
struct vnd charge_missing(const struct charge *charge);
MUST_CHECK struct err charges_put(struct db *db, const struct charge *charge);
MUST_CHECK struct err charges_find(
	struct db *db, struct arena *arena, struct str reference, struct charge *charge);
MUST_CHECK struct err charges_get(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t charge_id, struct charge *charge);
/* Its state, paid and refunded as they now are in `charge`. */
MUST_CHECK struct err charges_set(struct db *db, const struct charge *charge);
/* Open charges whose time has run out, at most `max`. */
MUST_CHECK struct err charges_overdue(struct db *db, struct arena *arena, int64_t now_ms,
	size_t max, struct charge *charges, size_t *count);
/* Charges of an account's stalls that ask for exactly this amount (short ones: that lack it), asked
 * for from..to; newest first. */
MUST_CHECK struct err charges_of_amount(struct db *db, struct arena *arena, struct str account_no,
	struct vnd amount, int64_t from_ms, int64_t to_ms, size_t max, struct charge *charges,
	size_t *count);
/* The same key again: `reference` of the first answer; ERR_CONFLICT when the content differs. */
MUST_CHECK struct err idempotency_find(struct db *db, struct arena *arena, struct str principal,
	struct str key, struct str fingerprint, struct str *reference);
MUST_CHECK struct err idempotency_put(struct db *db, struct str principal, struct str key,
	struct str fingerprint, struct str reference, int64_t now_ms);
/* The oldest keys put before that time, at most `max`. */
MUST_CHECK struct err idempotency_forget(struct db *db, int64_t before_ms, size_t max);

/* ---- money ----------------------------------------------------------------------------------- */

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

struct payment {
	int64_t id, stall_id, transfer_id, charge_id; /* charge_id 0: none */
	struct vnd amount;
	int32_t day;
	int64_t booked_at_ms, arrived_at_ms;
	struct str matched_by;
	int64_t rule_version;
	uint64_t payer; /* who paid (adoption.h); 0: not told */
	/* joined in by the readers */
	struct str bank_ref, provider_txn_id, feed, account_no, stall_code, stall_reference;
	struct str charge_reference, charge_state;
	struct vnd refunded; /* the sum of its adjustments */
	bool reversed;	     /* the bank itself took it back */
};
/* confirmed | partly_refunded | refunded | reversed */
const char *payment_state(const struct payment *payment);
MUST_CHECK struct err payments_put(struct db *db, const struct payment *payment);
/* Newest first (`before` 0: from the newest), or oldest first after `after`; stall 0: all. */
MUST_CHECK struct err payments_before(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t before, size_t max, struct payment *payments, size_t *count);
MUST_CHECK struct err payments_after(struct db *db, struct arena *arena, int64_t after,
	int64_t since_ms, size_t max, struct payment *payments, size_t *count);
MUST_CHECK struct err payments_get(
	struct db *db, struct arena *arena, int64_t id, struct payment *payment);
/* The payment that this transfer became; ERR_NOT_FOUND: none. */
MUST_CHECK struct err payments_of_transfer(
	struct db *db, struct arena *arena, int64_t transfer_id, struct payment *payment);
/* Newest first. */
MUST_CHECK struct err payments_of_charge(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t charge_id, size_t max, struct payment *payments, size_t *count);
/* A stall's payments of that amount, booked from..to, of which nothing was given back. */
MUST_CHECK struct err payments_whole(struct db *db, struct arena *arena, int64_t stall_id,
	struct vnd amount, int64_t from_ms, int64_t to_ms, size_t max, struct payment *payments,
	size_t *count);

/* The same, whatever was given back of them; newest first. */
MUST_CHECK struct err payments_like(struct db *db, struct arena *arena, int64_t stall_id,
	struct vnd amount, int64_t from_ms, int64_t to_ms, size_t max, struct payment *payments,
	size_t *count);
/* A stall's payments of one market day, newest first (`before` 0: from the newest). */
MUST_CHECK struct err payments_of_day(struct db *db, struct arena *arena, int64_t stall_id,
	int32_t day, int64_t before, size_t max, struct payment *payments, size_t *count);

/* What was given back of a payment: a row of its own, never an edit. */
struct adjustment {
	int64_t id, stall_id, payment_id;
	struct str kind; /* refund | reversal */
	struct vnd amount;
	int32_t day;		/* the payment's own market day: that day's sums are reduced */
	int64_t transfer_id;	/* the money that went out; 0: no feed has told it yet */
	struct str matched_by;	/* charge | stall_reference | bank_reference | by_hand */
	struct str person, why; /* person empty: the transfer itself told it */
	int64_t created_at_ms;
};
MUST_CHECK struct err adjustments_put(struct db *db, const struct adjustment *adjustment);
/* A feed told of the money by now: `adjustment->transfer_id`, which was 0. */
MUST_CHECK struct err adjustments_seen(struct db *db, const struct adjustment *adjustment);
MUST_CHECK struct err adjustments_get(
	struct db *db, struct arena *arena, int64_t id, struct adjustment *adjustment);
/* Of all payments of a charge, oldest first. */
MUST_CHECK struct err adjustments_of_charge(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t charge_id, size_t max, struct adjustment *adjustments, size_t *count);
/* Of one payment, oldest first. */
MUST_CHECK struct err adjustments_of_payment(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t payment_id, size_t max, struct adjustment *adjustments, size_t *count);
/* In the order of ids, each with what it is about, for whoever checks them. */
MUST_CHECK struct err adjustments_list(struct db *db, struct arena *arena, int64_t after,
	size_t max, struct adjustment *adjustments, size_t *count);
/* The oldest one of that payment and amount whose money no feed has told; ERR_NOT_FOUND: none. */
MUST_CHECK struct err adjustments_unseen(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t payment_id, struct vnd amount, struct adjustment *adjustment);
/* How much of this money out is given back already. */
MUST_CHECK struct err adjustments_sum(struct db *db, int64_t transfer_id, struct vnd *sum);

/* What a person decided about a credit in suspense, or proposed to a second person. */
struct resolution {
	int64_t transfer_id;
	struct str outcome; /* attributed | not_ours | refunded | duplicate */
	int64_t stall_id, charge_id;
	int64_t other_transfer_id; /* refunded: the money out; duplicate: of which; 0: none */
	struct str person, second_person, why; /* second_person empty: one was enough */
	int64_t created_at_ms;
	/* joined in by the readers */
	struct str stall_code, stall_reference, charge_reference;
	int64_t payment_id; /* 0: none */
};

struct suspense {
	int64_t transfer_id;
	struct str reason;
	struct vnd amount;
	int64_t rule_version, created_at_ms;
	int64_t other_transfer_id; /* the one it may repeat, or contradicts; 0: none */
	uint64_t payer;		   /* who paid (adoption.h); 0: not told */
	/* joined in by the readers */
	struct str feed, provider_txn_id, bank_ref, account_no, note;
	int64_t booked_at_ms;
	bool resolved;
	struct resolution resolution; /* when resolved */
};
enum suspense_state {
	SUSPENSE_WAITING,  /* nobody resolved it */
	SUSPENSE_PROPOSED, /* of those: somebody proposed, a second person is awaited */
	SUSPENSE_RESOLVED,
	SUSPENSE_ALL,
};
struct suspense_filter {
	enum suspense_state state;
	struct str reason;     /* empty: any */
	struct str account_no; /* receiving, or virtual; empty: any */
	int64_t since_ms;      /* by the bank's time; INT64_MIN: always */
};
MUST_CHECK struct err suspense_put(struct db *db, const struct suspense *suspense);
MUST_CHECK struct err suspense_list(struct db *db, struct arena *arena,
	const struct suspense_filter *filter, int64_t after, size_t max, struct suspense *items,
	size_t *count);
/* How many fit the filter, and what they sum up to. */
MUST_CHECK struct err suspense_sum(
	struct db *db, const struct suspense_filter *filter, int64_t *count, struct vnd *sum);
MUST_CHECK struct err suspense_get(
	struct db *db, struct arena *arena, int64_t transfer_id, struct suspense *item);

MUST_CHECK struct err resolutions_put(struct db *db, const struct resolution *resolution);
/* Was this credit resolved with that outcome? */
MUST_CHECK struct err resolutions_say(
	struct db *db, const char *outcome, int64_t transfer_id, bool *yes);
/* Is this money out a payment's refund, or what sent a credit back, already? */
MUST_CHECK struct err money_out_used(struct db *db, int64_t transfer_id, bool *yes);
/* What people said of credits on this account, newest first: outcome, stall and the note. */
struct resolved_note {
	struct str outcome, note;
	int64_t stall_id;
};
MUST_CHECK struct err resolutions_recent(struct db *db, struct arena *arena, struct str account_no,
	size_t max, struct resolved_note *items, size_t *count);

MUST_CHECK struct err proposals_put(struct db *db, int64_t id, const struct resolution *proposal);
/* Those that stand, oldest first: a person's newest replaces the ones before. */
MUST_CHECK struct err proposals_list(struct db *db, struct arena *arena, int64_t transfer_id,
	size_t max, struct resolution *items, size_t *count);
/* All that were ever made about it. */
MUST_CHECK struct err proposals_count(struct db *db, int64_t transfer_id, int64_t *count);

MUST_CHECK struct err cells_add(
	struct db *db, int64_t stall_id, int32_t day, int64_t payments, struct vnd value);

/* Sums of a market over days from..to (inclusive). */
struct market_figures {
	struct str market_code, market_name, unit_code, unit_name;
	int64_t stalls; /* selling on the last of the days */
	int64_t active; /* stalls with a payment in those days */
	int64_t payments;
	struct vnd value;
};
MUST_CHECK struct err cells_by_market(struct db *db, struct arena *arena, int32_t from_day,
	int32_t to_day, size_t max, struct market_figures *figures, size_t *count);
MUST_CHECK struct err cells_of_stall(
	struct db *db, int64_t stall_id, int32_t day, int64_t *payments, struct vnd *value);

struct notice {
	int64_t id, stall_id;
	struct str kind, reference, body;
	int64_t created_at_ms;
};
MUST_CHECK struct err notices_put(struct db *db, const struct notice *notice);
MUST_CHECK struct err notices_after(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t after, size_t max, struct notice *notices, size_t *count);
/* One writer's, of all stalls, with ids above `after` and up to `upto`; in their order. */
MUST_CHECK struct err notices_by_writer(struct db *db, struct arena *arena, int writer,
	int64_t after, int64_t upto, size_t max, struct notice *notices, size_t *count);
/* The newest id of each writer that is less than `span` below the newest of all; newest first. */
MUST_CHECK struct err notices_newest(
	struct db *db, int64_t stall_id, int64_t span, size_t max, int64_t *ids, size_t *count);

/* Here, for whoever books; the rest is in alarms.h. */
MUST_CHECK struct err alarms_put(struct db *db, int64_t id, struct str kind, struct str subject,
	struct str detail, int64_t now_ms);
MUST_CHECK struct err alarms_count(struct db *db, int64_t *count);

/* ---- lines of lists and statements ------------------------------------------------------------
 */

struct bank_line {
	struct str account_no, source, line_key; /* source: the feed's name */
	int32_t day;				 /* of the bank's time, Vietnam */
	int64_t transfer_id;
	struct vnd amount; /* as the line says; the transfer's may differ (id_conflict) */
	bool outgoing;
	int64_t booked_at_ms, told_at_ms;
};
/* The same line again changes nothing; with another amount or day it is one more row. */
MUST_CHECK struct err lines_put(struct db *db, const struct bank_line *line);
/* The transfer that this source's line with that day, key, amount and direction is; 0: never told
 * just so. */
MUST_CHECK struct err lines_find(struct db *db, const struct bank_line *line, int64_t *transfer_id);

/* ---- statement files ------------------------------------------------------------------------- */

/* The mapping of columns that the bank's (by BIN) files were read with; ERR_NOT_FOUND: none yet. */
MUST_CHECK struct err statement_mappings_find(
	struct db *db, struct arena *arena, struct str bank, struct str *mapping);
MUST_CHECK struct err statement_mappings_put(
	struct db *db, struct str bank, struct str mapping, int64_t now_ms);

/* An account's days that a file of columns (CSV, XLSX) has told of. */
struct statement_file {
	struct str account_no, columns;
	int32_t from_day, to_day; /* inclusive */
};
MUST_CHECK struct err statement_files_put(
	struct db *db, const struct statement_file *file, int64_t now_ms);
/* One that tells of some of the same days by other columns; ERR_NOT_FOUND: none. */
MUST_CHECK struct err statement_files_other(struct db *db, struct arena *arena,
	const struct statement_file *file, struct statement_file *other);

/* ---- reconciliation: a day of an account, the bank's lines of one source and our transfers ----
 */

struct account_sums {
	int64_t credits, debits; /* how many */
	struct vnd credit_sum, debit_sum;
};

struct reconciliation {
	int64_t id;
	struct str account_no, source;
	int32_t day;	  /* of the bank: Vietnam's */
	struct str state; /* "equal", "gap" */
	struct account_sums bank, ours;
	int64_t gaps;	/* rows that do not agree */
	int64_t missed; /* credits that no webhook brought, booked from such lines */
	struct vnd missed_sum;
	struct str proof;     /* JSON, as signed */
	struct str signature; /* 64 bytes */
	int64_t created_at_ms;
};
MUST_CHECK struct err reconciliations_put(
	struct db *db, const struct reconciliation *reconciliation);
/* Newest first; `before` 0: from the newest.  Without proofs and signatures. */
struct reconciliation_filter {
	struct str account_no, state; /* empty: any */
	int32_t from_day, to_day;     /* inclusive */
	int64_t before;
};
MUST_CHECK struct err reconciliations_list(struct db *db, struct arena *arena,
	const struct reconciliation_filter *filter, size_t max, struct reconciliation *items,
	size_t *count);
MUST_CHECK struct err reconciliations_get(
	struct db *db, struct arena *arena, int64_t id, struct reconciliation *reconciliation);

/* One account, day and source. */
struct bank_day {
	struct str account_no, source;
	int32_t day;
};
/* Those with lines in from..to (inclusive); `due`: only those with a line that was told after they
 * were last reconciled. */
struct bank_days_filter {
	struct str account_no, source; /* empty: any */
	int32_t from_day, to_day;
	bool due;
};
MUST_CHECK struct err bank_days_list(struct db *db, struct arena *arena,
	const struct bank_days_filter *filter, size_t max, struct bank_day *days, size_t *count);
/* When it was last reconciled; 0: never. */
MUST_CHECK struct err bank_days_last(
	struct db *db, const struct bank_day *day, int64_t *created_at_ms);

/* A line and the transfer it is, or repeats as a person decided. */
struct day_line {
	struct str line_key;
	struct vnd amount;
	bool outgoing;
	int64_t booked_at_ms;
	int64_t transfer_id;
	struct vnd our_amount;
	bool our_outgoing;
	struct str feed;    /* that told the transfer first */
	bool told;	    /* a webhook told it second */
	bool maybe_repeats; /* in suspense as a possible duplicate, not resolved */
};
/* The newest telling of each line of the day, by key.  Texts live until `row` returns. */
MUST_CHECK struct err bank_days_lines(struct db *db, const struct bank_day *day,
	void (*row)(void *arg, const struct day_line *line), void *arg);
/* Our transfers of the account booked in from..to (exclusive), that no line of the source is. */
MUST_CHECK struct err bank_days_unlined(struct db *db, const struct bank_day *day, int64_t from_ms,
	int64_t to_ms, void (*row)(void *arg, const struct day_line *line), void *arg);

/* ---- pulls: lists that we ask for ------------------------------------------------------------ */

struct pull {
	struct str id, source, account_no, base_url, token; /* the token is sealed */
	int64_t every_s;
	struct str cursor; /* the source's own words; empty: from the start */
	int64_t created_at_ms, asked_at_ms;
	int64_t tried_at_ms,
		last_ok_ms; /* the end of the last poll, of the last whole one; 0: none */
	struct str last_error;
	int64_t failing_since_ms; /* 0: it is not */
	int64_t alarmed_at_ms;
	int64_t strange; /* lines of the last whole poll that are not understood */
};
MUST_CHECK struct err pulls_put(struct db *db, const struct pull *pull);
/* Those in use. */
MUST_CHECK struct err pulls_list(
	struct db *db, struct arena *arena, size_t max, struct pull *pulls, size_t *count);
/* ERR_NOT_FOUND: no pull with that id is in use. */
MUST_CHECK struct err pulls_get(
	struct db *db, struct arena *arena, struct str id, struct pull *pull);
MUST_CHECK struct err pulls_remove(struct db *db, struct str id, int64_t now_ms);
MUST_CHECK struct err pulls_rotate(struct db *db, struct str id, struct str token);
MUST_CHECK struct err pulls_ask(struct db *db, struct str id, int64_t now_ms);
/* How its polls go: every member from `cursor` on, but for when it was made and asked. */
MUST_CHECK struct err pulls_set(struct db *db, const struct pull *pull);

/* A credit that a list told first, and that a webhook should tell too. */
struct awaited_webhook {
	int64_t transfer_id, due_at_ms;
	struct str account_no, source;
	struct vnd amount; /* joined in by the reader */
};
MUST_CHECK struct err awaited_put(struct db *db, const struct awaited_webhook *awaited);
/* A webhook told of this transfer; nothing happens when nobody awaited it. */
MUST_CHECK struct err awaited_told(struct db *db, int64_t transfer_id, int64_t now_ms);
/* Those that no webhook told in time, oldest first. */
MUST_CHECK struct err awaited_due(struct db *db, struct arena *arena, int64_t now_ms, size_t max,
	struct awaited_webhook *items, size_t *count);
/* It was due and said so; a webhook that comes yet is noted all the same. */
MUST_CHECK struct err awaited_miss(struct db *db, int64_t transfer_id);
MUST_CHECK struct err awaited_drop(struct db *db, int64_t transfer_id);
/* Those that were due before `before_ms`. */
MUST_CHECK struct err awaited_forget(struct db *db, int64_t before_ms);
/* Has a webhook ever told, second, what a list of that account had told first? */
MUST_CHECK struct err awaited_was_told(struct db *db, struct str account_no, bool *told);
/* Which feeds were the first to tell the account's newest `newest` transfers? */
MUST_CHECK struct err transfers_feeds(struct db *db, struct arena *arena, struct str account_no,
	size_t newest, size_t max, struct str *feeds, size_t *count);

/* ---- writers: who gives ids, and adds to cells and totals of its own ---------------------------
 */

#define WRITERS_MAX 256 /* numbers 0 to 255: the low 8 bits of the ids they give */

/* On SQLite there is one writer: number 0, token 0, which nobody takes from it. */
struct writer_lease {
	struct str node; /* a name that no other process has, nor had before */
	int number;
	int64_t token;
};
/* A number that is free or whose time has run out; in a transaction, for the caller to commit.
 * ERR_BUSY: all are taken. */
MUST_CHECK struct err writers_take(
	struct db *db, struct writer_lease *lease, int64_t now_ms, int64_t for_ms);
/* ERR_BUSY: it was given to another node. */
MUST_CHECK struct err writers_renew(
	struct db *db, const struct writer_lease *lease, int64_t until_ms);
MUST_CHECK struct err writers_release(struct db *db, const struct writer_lease *lease);
/* The last thing in each transaction that changed something: ERR_BUSY as store_mark_id, the lease
 * lasts until then, and `*receivers` has risen if the list of receivers is another one. */
MUST_CHECK struct err writers_mark(struct db *db, const struct writer_lease *lease, int64_t last_id,
	int64_t until_ms, int64_t *receivers);
MUST_CHECK struct err writers_receivers(
	struct db *db, const struct writer_lease *lease, int64_t *receivers);
/* Receivers were added, changed or removed: every writer has a list of them. */
MUST_CHECK struct err writers_tell_receivers(struct db *db);
/* From now on this connection writes with that number: 0 until it is told.  Outside a transaction,
 * after store_migrate, and after writers_take has been committed. */
MUST_CHECK struct err store_write_as(struct db *db, int writer);

/* Writers whose lease has not run out, and the last id that any writer gave. */
MUST_CHECK struct err writers_at_work(
	struct db *db, int64_t now_ms, int64_t *writers, int64_t *last_id);

/* The last id that the writer gave: where it goes on after a restart. */
MUST_CHECK struct err store_last_id(struct db *db, int writer, int64_t *id);
/* In each commit that gave ids.  ERR_BUSY: the number was given to another node, and nothing of
 * this transaction may be kept; until it ends, the number cannot be given away. */
MUST_CHECK struct err store_mark_id(struct db *db, int writer, int64_t token, int64_t id);

/* ---- nodes: several processes on one store ------------------------------------------------------
 */

/* From now on store_wait on this connection, which is used for nothing but short questions, hears
 * what another one tells.  `*hears` false: not by this way (a pooler; SQLite, which has no others):
 * look every now and then.  Once more after store_revive. */
MUST_CHECK struct err store_listen(struct db *db, bool *hears);
/* Until something was told (`*heard`), `fd` can be read, or so long.  ERR_BUSY: it was lost. */
MUST_CHECK struct err store_wait(struct db *db, int fd, int for_ms, bool *heard);
/* There is something to see: heard when the transaction commits, at once outside of one. */
MUST_CHECK struct err store_tell(struct db *db);
/* The store's own clock, one for all nodes. */
MUST_CHECK struct err store_clock_ms(struct db *db, int64_t *now_ms);

/* A secret that all nodes need, sealed by them.  The first one stays; ERR_NOT_FOUND: none yet. */
MUST_CHECK struct err shared_secrets_put(struct db *db, struct str name, struct str sealed);
MUST_CHECK struct err shared_secrets_get(
	struct db *db, struct arena *arena, struct str name, struct str *sealed);

/* What is kept in the memory of each process: tables of which another node must hear that they were
 * changed.  In the transaction that does it. */
enum store_change { CHANGED_ENDPOINTS, CHANGED_PULLS, CHANGED_RECEIVERS, STORE_CHANGES };
MUST_CHECK struct err changes_put(struct db *db, enum store_change what);
/* How often each was. */
MUST_CHECK struct err changes_get(struct db *db, int64_t numbers[STORE_CHANGES]);

struct writer_mark {
	int number;
	int64_t last_id; /* committed, and all its ids before */
	bool ours;	 /* `node` has it */
	bool alive;	 /* its lease lasts */
};
MUST_CHECK struct err writers_list(struct db *db, struct str node, int64_t now_ms,
	struct writer_mark marks[WRITERS_MAX], size_t *count);

/* ---- leases: which node runs a background job ---------------------------------------------------
 */

struct lease {
	struct str name; /* of the job */
	struct str node; /* a name that no other process has, nor had before */
	int64_t for_ms;
};
/* Takes it when it is free or has run out, renews it when it is ours.  The token rises each time
 * another node gets it.  ERR_CONFLICT: another node has it. */
MUST_CHECK struct err lease_take(
	struct db *db, const struct lease *lease, int64_t now_ms, int64_t *token);
/* In the transaction that writes what the job did.  ERR_CONFLICT: it was given away, and nothing of
 * this transaction may be kept; until it ends, nobody gets it. */
MUST_CHECK struct err lease_check(struct db *db, struct str name, int64_t token);
/* Nothing happens when it was given away. */
MUST_CHECK struct err lease_release(struct db *db, struct str name, int64_t token);

/* ---- months: parts of payments and of raw deliveries, on PostgreSQL -----------------------------
 */

struct month_part {
	const char *table; /* "payment": by market day; "delivery": by arrival in Vietnam */
	int32_t month;	   /* 202607 */
	int64_t rows;	   /* that were moved */
};
struct months_wish {
	int64_t now_ms;
	int ahead;						/* months after this one */
	void (*done)(void *arg, const struct month_part *part); /* for each */
	void *arg;
};
/* A part for this month, for those ahead, and for each that has rows in none.  On a connection that
 * writes, outside a transaction; one transaction for each table.  ERR_INVALID: SQLite has none;
 * ERR_BUSY: somebody held a lock for too long. */
MUST_CHECK struct err months_prepare(struct db *db, const struct months_wish *wish);
/* The parts of raw deliveries before that month (202607) become tables of their own, in the schema
 * of the store with "_archive" behind its name; what they held stays counted and sealed.  One
 * transaction for each. */
MUST_CHECK struct err months_archive(struct db *db, int32_t before, const struct months_wish *wish);

/* ---- receivers: who is told over the network ---------------------------------------------- */

struct receiver {
	int64_t id, stall_id; /* stall_id 0: every stall's notices */
	struct str url;
	struct str secret, previous; /* sealed; previous empty: none */
	int64_t previous_until_ms, created_at_ms;
	int64_t disabled_at_ms; /* 0: in use */
	struct str disabled_why;
	/* joined in by receivers_list and receivers_get */
	struct str stall_code, stall_reference;
};
MUST_CHECK struct err receivers_put(struct db *db, const struct receiver *receiver);
MUST_CHECK struct err receivers_roll(
	struct db *db, int64_t id, struct str secret, int64_t previous_until_ms);
/* ERR_NOT_FOUND: no such receiver; ERR_CONFLICT: it is disabled (enabled) already. */
MUST_CHECK struct err receivers_disable(struct db *db, int64_t id, struct str why, int64_t now_ms);
MUST_CHECK struct err receivers_enable(struct db *db, int64_t id);
MUST_CHECK struct err receivers_remove(struct db *db, int64_t id, int64_t now_ms);
MUST_CHECK struct err receivers_get(
	struct db *db, struct arena *arena, int64_t id, struct receiver *receiver);
/* Those not removed, in the order of ids above `after`. */
MUST_CHECK struct err receivers_list(struct db *db, struct arena *arena, int64_t after, size_t max,
	struct receiver *receivers, size_t *count);
MUST_CHECK struct err receivers_count(struct db *db, int64_t *count);

/* One notice on its way to one receiver. */
struct dispatch {
	int64_t receiver_id, notice_id;
	struct str body, state; /* waiting | delivered | dead */
	int64_t attempts;	/* all there ever were */
	int64_t tries;		/* those in vain since it last was put in line */
	int64_t first_try_ms;	/* of these; 0: none yet */
	int64_t next_try_ms;
	int64_t done_at_ms; /* 0: waiting */
};
/* At the end of the line. */
MUST_CHECK struct err dispatches_put(struct db *db, const struct dispatch *dispatch);
/* State, attempts, tries and times as they now are. */
MUST_CHECK struct err dispatches_set(struct db *db, const struct dispatch *dispatch);
MUST_CHECK struct err dispatches_get(struct db *db, struct arena *arena, int64_t receiver_id,
	int64_t notice_id, struct dispatch *dispatch);
/* The first of those that wait for a receiver, in the order of notices. */
MUST_CHECK struct err dispatches_waiting(struct db *db, struct arena *arena, int64_t receiver_id,
	size_t max, struct dispatch *dispatches, size_t *count);
/* The notices with ids from..to (inclusive) in line again, delivered ones too; how many. */
MUST_CHECK struct err dispatches_repeat(
	struct db *db, int64_t receiver_id, int64_t from, int64_t to, int64_t *count);
/* Those that wait start again, as if they had not been tried. */
MUST_CHECK struct err dispatches_restart(struct db *db, int64_t receiver_id);
struct dispatch_counts {
	int64_t waiting, dead;
};
MUST_CHECK struct err dispatches_count(
	struct db *db, int64_t receiver_id, struct dispatch_counts *counts);
/* Forgets up to `max` notices delivered before `before_ms`, and the log of their attempts. */
MUST_CHECK struct err dispatches_prune(struct db *db, int64_t before_ms, size_t max, size_t *gone);

/* A line of a receiver's log. */
struct dispatch_attempt {
	int64_t id; /* 1, 2, ... of the receiver; set by attempts_put */
	int64_t notice_id, attempt, at_ms, took_ms;
	int64_t status; /* HTTP; 0: no answer */
	struct str error;
	struct str state; /* joined in: of the dispatch */
};
MUST_CHECK struct err attempts_put(
	struct db *db, int64_t receiver_id, const struct dispatch_attempt *attempt);
/* Newest first; `before` 0: from the newest. */
MUST_CHECK struct err attempts_list(struct db *db, struct arena *arena, int64_t receiver_id,
	int64_t before, size_t max, struct dispatch_attempt *attempts, size_t *count);

/* ---- who may come in --------------------------------------------------------------------------
 */

struct endpoint {
	struct str id, feed, mode, client_id, secret, previous; /* secrets are sealed */
	struct str header;					/* of the mode t_v1; may be empty */
	struct str addresses;	/* who may call: "192.0.2.7,10.0.0.0/8"; empty: any */
	struct str client_cert; /* SHA-256 of the caller's certificate in hex; empty: none asked */
	int64_t previous_until_ms, created_at_ms;
	int64_t revoked_at_ms; /* 0: in use */
};
MUST_CHECK struct err endpoints_put(struct db *db, const struct endpoint *endpoint);
MUST_CHECK struct err endpoints_roll(
	struct db *db, struct str id, struct str secret, int64_t previous_until_ms);
/* Who may call; a NULL leaves that as it is. */
MUST_CHECK struct err endpoints_set_callers(
	struct db *db, struct str id, const struct str *addresses, const struct str *client_cert);
MUST_CHECK struct err endpoints_revoke(struct db *db, struct str id, int64_t now_ms);
MUST_CHECK struct err endpoints_list(
	struct db *db, struct arena *arena, size_t max, struct endpoint *endpoints, size_t *count);

struct api_key {
	struct str id, name, role, hash;
	int64_t created_at_ms, revoked_at_ms;
};
MUST_CHECK struct err api_keys_put(struct db *db, const struct api_key *key);
MUST_CHECK struct err api_keys_revoke(struct db *db, struct str id, int64_t now_ms);
MUST_CHECK struct err api_keys_list(
	struct db *db, struct arena *arena, size_t max, struct api_key *keys, size_t *count);
MUST_CHECK struct err api_keys_find(
	struct db *db, struct arena *arena, struct str hash, struct api_key *key);

/* ---- audit: the rows against each other --------------------------------------------------------
 */

/* Calls `found` once per fault, with the table, the row's key and what is wrong.  Reads only. */
MUST_CHECK struct err store_verify(struct db *db,
	void (*found)(void *arg, const char *table, struct str key, const char *fault), void *arg);
/* The seals of every row of money: names each row that is not as it was written, and tables that
 * lost or gained rows.  `*foreign`: rows sealed with another key (a store restored without its
 * keys), which cannot be checked. */
MUST_CHECK struct err store_verify_seals(struct db *db,
	void (*found)(void *arg, const char *table, struct str key, const char *fault), void *arg,
	int64_t *foreign);
/* Rows looked at, for the report. */
struct store_counts {
	int64_t transfers, payments, suspense, cells, charges;
	struct vnd received, attributed, held; /* received = attributed + held */
	struct vnd refunded;		       /* of what is attributed */
	struct vnd repeated; /* told again by other feeds, as people said: in none of these */
};
MUST_CHECK struct err store_count(struct db *db, struct store_counts *counts);

#endif
