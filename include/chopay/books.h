/*
 * books.h - the only door to a change: commands on one writer (a few on PostgreSQL, and on other
 * nodes), questions on readers.
 *
 * A write is a command: `apply(tx)` runs on a writer, inside a savepoint, and may run again, from
 * its beginning and with nothing of before in the store: it sets each of its results anew.
 * `done` runs afterwards where it was asked for.  Commands that wait together commit together
 * (group commit), and `done` runs only after that commit is on disk.
 * Source: DESIGN sections 3 and 4.
 */
#ifndef CHOPAY_BOOKS_H
#define CHOPAY_BOOKS_H

#include "chopay/adoption_rows.h"
#include "chopay/candidate.h"
#include "chopay/claims.h"
#include "chopay/crypt.h"
#include "chopay/feeds.h"
#include "chopay/people.h"
#include "chopay/queue.h"
#include "chopay/reference.h"
#include "chopay/snapshots.h"
#include "chopay/store.h"

struct books;
struct news_list;
struct receiver_list;
struct payer_keys;

/* What a command works with; valid during apply only. */
struct tx {
	struct db *db;
	const struct crypt *crypt;
	struct str prefix; /* of references */
	struct vnd two_person_above;
	int64_t now_ms;
	int writer;	      /* its number: the low 8 bits of its ids */
	int64_t writer_token; /* of its lease; 0: it needs none */
	int64_t *last_id;
	struct news_list *news;
	struct receiver_list *receivers; /* NULL: nobody is told over the network */
	struct payer_keys *payer_keys;	 /* NULL: nobody's payer is known */
};

struct command {
	struct err (*apply)(struct tx *tx, struct command *self); /* on the writer */
	void (*done)(struct command *self); /* on `mailbox`'s loop; NULL mailbox: on the writer */
	struct mailbox *mailbox;
	struct arena *arena; /* of the asker, who leaves it alone until `done`; results live here */
	struct err result;
};

struct query {
	struct err (*run)(struct db *db, struct query *self); /* on a reader; may run again */
	void (*done)(struct query *self);
	struct mailbox *mailbox;
	struct arena *arena;
	struct err result;
};

/* A 64-bit id: time, then a sequence, then the writer.  Rising for one writer; no central counter.
 */
int64_t tx_next_id(struct tx *tx);
#define ID_PER_MS (INT64_C(1) << 20)
/* Whose id it is, unless it is of a time before there were writers. */
static inline int
id_writer(int64_t id)
{
	return (int)(id & (WRITERS_MAX - 1));
}

/* ---- news: what was committed, for those who show it live ---------------------------------- */

struct news {
	int64_t id, stall_id;
	struct str kind;      /* "payment", "charge", "refund", "account", "phones" */
	struct str reference; /* of the charge it is about, or empty */
	struct str body;      /* JSON */
	bool dispatched;      /* it is on its way to receivers, too */
};
/* News travels between threads by reference. */
struct news *news_ref(struct news *news);
void news_unref(struct news *news);
/* A phone of the stall was signed out: whoever listens is asked anew who they are. */
#define NOTICE_PHONES "phones"
/* Inside apply: leave a row in the outbox and tell the listeners after the commit. */
MUST_CHECK struct err tx_notice(
	struct tx *tx, int64_t stall_id, const char *kind, struct str reference, struct str body);

/* ---- life -------------------------------------------------------------------------------------
 */

struct books_config {
	const char *folder; /* holds chopay.db, keys/, lock; made when missing */
	const char *store;  /* NULL: chopay.db in the folder; otherwise a postgresql:// URI */
	struct clock clock;
	const struct crypt *crypt;
	struct str prefix;
	struct vnd two_person_above; /* of a credit in suspense; 0: the default */
	int readers;
	int writers; /* at most BOOKS_WRITERS_MAX; 0: the default; SQLite has one, whatever it is */
	/* On PostgreSQL a batch that loses to others, or its connection, is tried again for so
	 * long, and who asks meanwhile waits; then they are told ERR_BUSY.  0: two seconds. */
	int64_t patience_ms;
	/* On a writer's thread, after the commit and its `done`s; on the listener's for what other
	 * nodes committed.  May be NULL. */
	void (*committed)(void *arg, struct news *news);
	/* On a writer's thread: receivers were added, changed or removed.  May be NULL. */
	void (*receivers_changed)(void *arg);
	/* On the listener's thread: another node, or this one, changed what processes keep in
	 * memory.  May be NULL. */
	void (*changed)(void *arg, enum store_change what);
	bool works; /* this process may do the background work */
	/* On the listener's thread: books_works says something else.  May be NULL. */
	void (*work_changed)(void *arg);
	/* The disk failed us at a commit: nothing can be promised any more; end the process. */
	void (*broken)(void *arg);
	void *arg;
};

#define BOOKS_WRITERS_MAX 8
/* On PostgreSQL.  One: credits that wait together share a commit, and more writers make smaller
 * groups and races.  (64 connections, 2 processors, medians of 3: two took 8 to 33 % off the rate
 * of one, four 21 to 43 %; they may pay where a commit has to wait for another machine.) */
#define BOOKS_WRITERS_DEFAULT 1

/* `why` gets a sentence for a person: folder not writable, in use, newer, damaged. */
MUST_CHECK struct err books_open(
	const struct books_config *config, struct books **books, struct buf *why);
/* From now on, what other nodes commit is news here, and the background work may be ours: when all
 * that hears of it is there.  A store of one process has no others. */
MUST_CHECK struct err books_join_others(struct books *books);
/* Finishes what is queued and ends the threads; from then on everything asked is ERR_BUSY. */
void books_stop(struct books *books);
/* books_stop, then the connections: readers first, the writer last. */
void books_close(struct books *books);

/* ERR_BUSY: too much is waiting, or closing, or the database is away (nothing waits for it: whoever
 * asks when it is back is served again) or does not get on with what it was given. */
MUST_CHECK struct err books_submit(struct books *books, struct command *command);
MUST_CHECK struct err books_ask(struct books *books, struct query *query);
/* Long work (sheets of cards, exports) on the same readers, never all of them at once. */
MUST_CHECK struct err books_ask_long(struct books *books, struct query *query);
/* Background work (notices out, polls, reconciliation, expiry) is done by one node at a time: the
 * one that has the lease.  Is it ours, for so long at least?  Any thread.  `*lease`: what is done
 * is refused (ERR_CONFLICT) when another node has it by then; 0 where the store has one process. */
bool books_works(const struct books *books, int64_t for_ms, int64_t *lease);
/* Is the database away, as far as is known?  Any thread. */
bool books_away(const struct books *books);
/* Batches that were tried again, since the start: races lost to other writers, lost connections. */
uint64_t books_retried(const struct books *books);
/* The same, waiting: for a thread that has nothing else to do (start-up, tests). */
struct err books_submit_wait(struct books *books, struct command *command);
struct err books_ask_wait(struct books *books, struct query *query);

/* store.h's months_prepare and months_archive on a connection of their own: they may take minutes,
 * on a thread that may. */
MUST_CHECK struct err books_prepare_months(
	const struct books *books, const struct months_wish *wish);
MUST_CHECK struct err books_archive_months(
	const struct books *books, int32_t before, const struct months_wish *wish);

const struct sealing_key *books_sealing_key(const struct books *books);
/* Our key for answers that a bank wants signed; NULL until it was needed.  Any thread. */
const struct signing_key *books_signing_key(const struct books *books);
/* Makes it (0.2 s, and a file in keys/) when there is none.  Any thread but a loop's. */
MUST_CHECK struct err books_need_signing_key(struct books *books);
int64_t books_now_ms(const struct books *books);
/* What the bank booked at `since_ms` or later has an id above this one (transfers, payments, what
 * is in suspense): where a list by the bank's time may begin.  0: at the first. */
int64_t books_before(int64_t since_ms);

/* ---- hold: nothing is written while the books move to another store ---------------------------
 */

/* In the folder; whoever copies the books holds a lock (flock) on it as long as it lives. */
#define BOOKS_COPY_LOCK "copy.lock"

/* When `begun` (its `apply` is set) is done, all that was written before is committed, and which
 * rows are written from then on is remembered, until the hold. */
MUST_CHECK struct err books_watch(struct books *books, struct command *begun);
/* From now on whatever would write is ERR_BUSY; what is read goes on.  `drained` (its `apply` is
 * set) is done when all that was asked before is committed.  ERR_INVALID: not these books. */
struct hold_command {
	struct command command; /* first */
	struct touched touched; /* since books_watch; the command's arena */
};
MUST_CHECK struct err books_hold(struct books *books, struct hold_command *drained);
/* They go on as if nothing had happened, unless they have moved. */
void books_release(struct books *books);
/* Writes the note that they moved.  ERR_CONFLICT: they are not held.  They stay held for ever. */
struct move_command {
	struct command command; /* first; its `apply` is set */
	struct store_note note;
	struct books *books; /* set by books_move */
};
MUST_CHECK struct err books_move(struct books *books, struct move_command *move);
/* Now and then: releases them when whoever copies is gone.  True: they have moved and it is done;
 * this process is to end. */
bool books_hold_over(struct books *books);

/* The folder of a store, for whoever works on it without books.  `why` gets a sentence. */
MUST_CHECK struct err books_folder_lock(const char *folder, int *fd, struct buf *why);
/* The key that seals; it is not made.  ERR_NOT_FOUND: there is none. */
MUST_CHECK struct err books_folder_key(
	const char *folder, struct sealing_key *key, struct buf *why);

/* ---- settle: a feed's message ------------------------------------------------------------------
 */

struct settlement {
	bool replay;   /* seen before: nothing was booked */
	bool conflict; /* seen before with another amount, or for another order: the first stays,
			  an alarm was raised */
	bool merged;   /* another feed told it before: this feed's id now names that transfer */
	bool outgoing; /* money out: kept, never a payment */
	bool held;     /* in suspense */
	int64_t transfer_id, payment_id, stall_id;
	int64_t adjustment_id; /* money out that was a refund or a reversal */
};

struct settle_command {
	struct command command;
	const struct feed *feed;
	struct str endpoint_id, content_type, raw;
	int64_t delivery_id; /* not 0: `raw` is kept there already, by a command before */
	const struct feed_event *events;
	const struct str *bank_bins;  /* of each event's bank; empty: unknown */
	const struct str *payer_bins; /* of each payer's; NULL: none is known */
	size_t event_count;
	struct settlement *settlements; /* event_count of them, made by apply */
	int64_t kept_id;		/* out: the delivery that keeps `raw` */
	enum feed_reason refused; /* out: not FEED_OK when feed->check_bill said no; then `result`
				     is ERR_CONFLICT and nothing of the message is kept */
};
/* Books every event of a message: its record, its payment or suspense, its cells and the notice
 * to the stall commit together or not at all. */
struct err settle_apply(struct tx *tx, struct command *self);

/* ---- lines: a page of a feed's list, or a statement file ----------------------------------------
 */

/* The same door: settle_apply, and each line remembered with the transfer it is, so that a day can
 * be reconciled.  Lines that this source has told before are left out first; a page or file with
 * nothing new changes nothing and its bytes are not kept again.
 *
 * A credit that these lines told first is awaited from a webhook for LINES_LATE_MS after its bank
 * time.  Where webhooks tell of that account (they told one of its newest transfers), a credit that
 * did not come by then raises the alarm `missed_credit`: one per account and call, naming them. */
#define LINES_LATE_MS (10 * 60 * 1000)
struct lines_command {
	struct settle_command settle; /* first */
	/* out */
	size_t fresh;  /* lines nobody had told before: booked now */
	size_t known;  /* told before, by whatever feed */
	size_t held;   /* of the fresh: in suspense */
	size_t missed; /* credits found now that no webhook brought in time; perhaps of an earlier
			  call */
};
struct err lines_apply(struct tx *tx, struct command *self);

/* ---- pulls: polls of a feed's list --------------------------------------------------------------
 */

#define PULL_ALARM_MS (30 * 60 * 1000) /* polls that fail for so long raise `pull_failing` */

/* A page: its lines, and the cursor behind it, in one commit. */
struct pull_page_command {
	struct lines_command lines; /* first */
	struct str pull_id;
	struct str cursor; /* empty: as it was */
	bool last;	   /* the poll is complete */
	size_t strange;	   /* of the whole poll: lines that are not understood, not booked */
	int64_t lease;	   /* as of books_works */
};
struct err pull_page_apply(struct tx *tx, struct command *self);

/* A poll ended without an answer that can be used. */
struct pull_failed_command {
	struct command command;
	struct str pull_id, why;
	int64_t lease; /* as of books_works */
};
struct err pull_failed_apply(struct tx *tx, struct command *self);

/* ---- reconciliation: days of accounts, the bank's lines against our transfers -------------------
 */

/* A bank has told all of a day when it is over for so long. */
#define RECONCILE_GRACE_MS (2 * 3600 * INT64_C(1000))
#define RECONCILE_DAYS_MAX 200 /* at once */

/*
 * Read on a reader, sign, write on the writer, then `done` on `mailbox`'s loop.  A day of bank time
 * in Vietnam is compared per account and source; who told each of its lines first, and whether the
 * books agree, is a row of the signed proof (gateway/books/reconcile.c says which).
 */
struct reconcile {
	struct str account_no, source; /* empty: each that has lines, or that is pulled */
	int32_t from_day, to_day;      /* inclusive */
	bool due; /* instead of from and to: what daily work has left to do, of the last 62 days */
	int64_t lease; /* as of books_works; 0: a person asks */
	struct mailbox *mailbox;
	struct arena *arena; /* results live here */
	void (*done)(struct reconcile *self);
	void *arg;
	/* out */
	struct err result;
	struct reconciliation *items;
	size_t count;
	bool more; /* days were left for another time */
	/* its own */
	struct books *books;
	struct query query;
	struct command command;
};
/* ERR_BUSY: as books_ask_long. */
MUST_CHECK struct err books_reconcile(struct books *books, struct reconcile *reconcile);
/* The public key that proofs are signed with: 32 bytes. */
struct str books_ledger_key(const struct books *books);
/* The code of a receipt, signed by that key and appended to `text` (receipt.h). */
struct receipt_code;
void books_sign_receipt(const struct books *books, struct receipt_code *code, struct buf *text);
/* Did we sign it? */
bool books_signed_receipt(const struct books *books, const struct receipt_code *code);

/* ---- charges
 * -------------------------------------------------------------------------------------- */

#define CHARGE_TTL_DEFAULT_S 900
#define CHARGE_TTL_MIN_S 60
#define CHARGE_TTL_MAX_S 86400

struct charge_create_command {
	struct command command;
	struct str stall; /* reference, code or MARKET.CODE */
	int64_t stall_id; /* when not 0, used instead of `stall` */
	struct vnd amount;
	int64_t ttl_s;		   /* 0: the default */
	struct str principal, key; /* Idempotency-Key, or empty */
	/* What a fee desk's charge is for: both empty, or a dossier with or without a procedure. */
	struct str dossier, procedure;
	bool online;
	/* The stall's phone minted it without a network (minted.h); empty: mint one. */
	struct str minted;
	int64_t minted_at_ms; /* by the phone's clock; 0: not told */
	struct charge charge; /* out */
	struct stall of;      /* out: the stall it is for */
	bool repeated; /* out: the key or the reference was known, this is the first answer */
};
#define DOSSIER_CHARS_MAX 64 /* letters, digits and . - _ / */
#define PROCEDURE_CHARS_MAX 32
/* ERR_INVALID: also a dossier at a stall that is no fee desk. */
struct err charge_create_apply(struct tx *tx, struct command *self);

/* Counters for charges that the stall's phone will mint without a network. */
struct block_lease_command {
	struct command command;
	int64_t stall_id;
	struct str principal;
	uint32_t first, left; /* the block it has and how many of it are unused (0: it has none);
				 out: the one it shall use, and that of it */
	bool fresh;	      /* out: it is a new one */
	struct stall of;      /* out: what its codes say */
	int64_t now_ms;	      /* out: our clock */
};
/* ERR_CONFLICT: the stall is closed, has no account, or too many blocks. */
struct err block_lease_apply(struct tx *tx, struct command *self);

struct charge_cancel_command {
	struct command command;
	struct str reference;
	int64_t stall_id;     /* 0: any; otherwise it must be that stall's charge */
	struct charge charge; /* out */
};
struct err charge_cancel_apply(struct tx *tx, struct command *self);

/* What time does: open charges that ran out, idempotency keys that are no longer kept, changes of
 * accounts that are due. */
#define CHARGES_EXPIRE_MAX 500
#define IDEMPOTENCY_KEPT_MS (30 * MS_PER_DAY)
struct charges_expire_command {
	struct command command;
	int64_t lease;	/* as of books_works */
	size_t expired; /* out */
};
struct err charges_expire_apply(struct tx *tx, struct command *self);

/* What is to be paid on a bill: the charge with that reference. */
MUST_CHECK struct err bill_find(struct db *db, struct arena *arena, struct str bill_id,
	int64_t now_ms, struct feed_bill *bill);

/* ---- which account a stall has: two persons, and a delay (people.h)
 * ------------------------------------------------------------------------------------- */

#define ACCOUNT_DELAY_HOURS_DEFAULT 24
#define ACCOUNT_DELAY_HOURS_MIN 1
#define ACCOUNT_DELAY_HOURS_MAX 720
struct account_change_command {
	struct command command;
	int64_t id; /* of approve and cancel */
	/* of propose */
	struct str stall; /* reference, code or MARKET.CODE */
	struct str bank_bin, account_no, holder;
	int64_t delay_hours;	/* 0: the default */
	struct str person, why; /* who does it; why: not of approve */
	struct str who;		/* for the audit log; empty: the person */
	/* out */
	struct account_change change;
	struct stall of;
};
/* ERR_CONFLICT: the stall has no account yet (an import gives it its first), has that one, or
 * another change of it is under way. */
struct err account_propose_apply(struct tx *tx, struct command *self);
/* ERR_CONFLICT: by the person who proposed it, or it was approved or cancelled before. */
struct err account_approve_apply(struct tx *tx, struct command *self);
/* Until it took effect. */
struct err account_cancel_apply(struct tx *tx, struct command *self);
/* Those whose time has come take effect; charges_expire_apply does it. */
MUST_CHECK struct err account_changes_take_effect(struct tx *tx, struct arena *arena);

/* ---- refunds
 * -------------------------------------------------------------------------------------- */

/* A person says that some of a payment was given back.  ERR_CONFLICT: more than is left of it, or
 * a transfer that did not do it. */
struct payment_refund_command {
	struct command command;
	int64_t payment_id;
	struct vnd amount;
	int64_t transfer_id; /* the money out; 0: no feed has told it */
	struct str person, why;
	struct payment payment;	      /* out: as it is now */
	struct adjustment adjustment; /* out */
};
struct err payment_refund_apply(struct tx *tx, struct command *self);

/* ---- the index: payments folded into its cells (adoption_rows.h)
 * ---------------------------------
 */

/* Market days that are due, the newest first, those of one market and month together: at least one,
 * then more until they had so many payments or were so many days.
 *
 * From command to command it goes through all that is due once, and again while there was some: the
 * payments of owners make other days due (R2).  But not for ever: what is booked meanwhile may be
 * left. */
#define FOLD_PAYMENTS_MAX 8000
#define FOLD_DAYS_MAX 62
#define FOLD_SWEEPS_MAX 3
struct fold_place {
	int32_t day;
	int64_t stall_id;
	int sweep;  /* 0: to begin */
	bool found; /* some was due in this sweep */
};
struct fold_command {
	struct command command;
	int32_t from_day, to_day; /* inclusive */
	int32_t unmarked_from;	  /* not 0: days since then are looked through first, for what
				     nodes of an older version booked */
	int64_t lease;		  /* as of books_works; 0: somebody asks */
	struct fold_place at;	  /* where the command before it ended */
	/* out */
	size_t folded; /* market days */
	bool more;     /* another command goes on at `left` */
	struct fold_place left;
};
struct err fold_apply(struct tx *tx, struct command *self);

/* Until nothing of from..to is due: before a report or a snapshot reads the cells. */
struct fold_due {
	int32_t from_day, to_day; /* inclusive */
	struct mailbox *mailbox;  /* NULL: `done` runs on the writer */
	void (*done)(struct fold_due *self);
	void (*progress)(struct fold_due *self); /* between commands; may be NULL */
	void *arg;
	bool cancelled; /* set in `progress`: then no more */
	/* out */
	struct err result;
	size_t folded; /* market days so far */
	/* its own */
	struct books *books;
	struct fold_command command;
};
/* ERR_BUSY: as books_submit. */
MUST_CHECK struct err books_fold_due(struct books *books, struct fold_due *fold);
/* The same, waiting. */
MUST_CHECK struct err books_fold_due_wait(struct books *books, int32_t from_day, int32_t to_day);

/* A flag that was raised wrongly: one person proposes to release it, another one confirms.
 * ERR_NOT_FOUND: there is no such flag; ERR_CONFLICT: the same person again, or it is released. */
struct flag_release_command {
	struct command command;
	int64_t stall_id; /* 0: `stall` */
	struct str stall; /* reference, code or MARKET.CODE */
	struct str rule;  /* "R1" to "R8" */
	int64_t subject;  /* the payment; of R5 and R6 the month_key */
	struct str person, why;
	/* out */
	struct flag_release release;
	bool proposed; /* a second person is awaited */
};
struct err flag_release_apply(struct tx *tx, struct command *self);

/* ---- suspense
 * -------------------------------------------------------------------------------------- */

#define TWO_PERSON_ABOVE_DEFAULT 10000000 /* đồng: above it two persons must agree */
#define PROPOSALS_MAX 32		  /* about one credit, ever */

/*
 * A person says what a credit is.  Above the limit the first call leaves a proposal; another
 * person's call with the same outcome, stall, charge and transfer resolves.
 * ERR_INVALID: the words do not fit together; ERR_NOT_FOUND: the credit, the stall, the charge or
 * the transfer; ERR_CONFLICT: resolved already, the same person again, or it cannot be so.
 */
struct suspense_resolve_command {
	struct command command;
	int64_t transfer_id;
	struct str outcome; /* empty: attributed when `stall` or `charge` is given, else not_ours */
	struct str stall, charge;  /* attributed: either or both */
	int64_t other_transfer_id; /* duplicate: of which; refunded: the money out, or 0 */
	struct str person, why;
	/* out */
	struct resolution resolution; /* as booked or proposed */
	bool proposed;
	int64_t payment_id; /* 0 unless attributed */
};
struct err suspense_resolve_apply(struct tx *tx, struct command *self);

/* What it might be, best first, from a bounded search; decides nothing. */
#define CANDIDATES_MAX 20
struct suspense_candidate {
	struct candidate is; /* first */
	struct stall stall;  /* of the candidates that name one */
	struct charge charge;
	struct transfer other;
	bool other_is_payment; /* attributed; otherwise it lies in suspense, or is money out */
};
struct suspense_candidates {
	struct suspense item;
	struct transfer transfer;
	struct suspense_candidate *found; /* in the arena */
	size_t count;
};
MUST_CHECK struct err suspense_candidates(struct db *db, struct arena *arena, struct str prefix,
	int64_t transfer_id, struct suspense_candidates *candidates);

/* ---- what a stall says that no bank has told
 * ----------------------------------------------------------------------------------------
 */

#define CLAIMS_A_DAY_MAX 60 /* of one stall */
#define CLAIM_BEFORE_MS \
	(60 * 60 * INT64_C(1000))		 /* people say the time by heart: so much before, */
#define CLAIM_AFTER_MS (30 * 60 * INT64_C(1000)) /* and after it is looked */

/*
 * Kept, and never booked; the operator hears of it by an alarm (`buyer_says_paid`,
 * `stall_gave_back`), unless it was found, or said before.
 * ERR_CONFLICT: more than is left of the payment, or the day's CLAIMS_A_DAY_MAX are used up.
 */
struct claim_command {
	struct command command;
	int64_t stall_id;
	struct str stall_reference, account_no; /* of that stall */
	struct str who;				/* whose session: "stall:12" */
	struct vnd amount;
	int64_t at_ms;	    /* not_arrived */
	bool not_these;	    /* not_arrived: the payments that fit are other buyers' */
	int64_t payment_id; /* given_back: of that stall, else ERR_NOT_FOUND */
	struct str why;
	struct claim claim; /* out */
};
/* A buyer says that they transferred: is it a payment, does it lie in suspense, or did no bank tell
 * it?  A credit on an account of several stalls is not said to lie there: it may be another's. */
struct err claim_not_arrived_apply(struct tx *tx, struct command *self);
/* The stall gave money back by hand: a note for the operator, who records the refund. */
struct err claim_given_back_apply(struct tx *tx, struct command *self);

/* ---- receivers: who is told over the network ---------------------------------------------- */

#define RECEIVERS_MAX 10000
#define RECEIVER_SEAL_CONTEXT "receiver:%lld" /* what its secrets are sealed to, with its id */
#define RECEIVER_ROLL_HOURS_DEFAULT 24
#define RECEIVER_ROLL_HOURS_MAX 720

struct receiver_add_command {
	struct command command;
	/* In: id, url, and the secret sealed to the id.  Out: all of it, or the first answer's. */
	struct receiver receiver;
	struct str stall;	   /* reference, code or MARKET.CODE; empty: every stall */
	struct str principal, key; /* Idempotency-Key, or empty */
	struct str fingerprint;	   /* of what was asked for, with the key */
	bool repeated;		   /* out: the key was known */
};
struct err receiver_add_apply(struct tx *tx, struct command *self);

struct receiver_change_command {
	struct command command;
	int64_t id;
	struct str secret; /* roll: sealed to the id */
	int64_t roll_hours;
	struct str why;		  /* disable */
	struct receiver receiver; /* out: as it now is (before, when it was removed) */
};
/* A new secret; the old one signs too, for some hours. */
struct err receiver_roll_apply(struct tx *tx, struct command *self);
/* What comes meanwhile waits. */
struct err receiver_disable_apply(struct tx *tx, struct command *self);
struct err receiver_enable_apply(struct tx *tx, struct command *self);
struct err receiver_remove_apply(struct tx *tx, struct command *self);

/* Send again: one notice, or those of a time; delivered and dead ones too. */
#define DISPATCHES_REPEAT_MAX 10000
struct dispatch_repeat_command {
	struct command command;
	int64_t receiver_id;
	int64_t notice_id;	/* 0: by time */
	int64_t from_ms, to_ms; /* inclusive */
	int64_t count;		/* out */
};
struct err dispatch_repeat_apply(struct tx *tx, struct command *self);

/* What came of a try. */
struct dispatch_tried_command {
	struct command command;
	struct dispatch dispatch; /* as it is now */
	struct dispatch_attempt attempt;
	struct str disable; /* why the receiver wants no more, or empty */
	int64_t lease;	    /* as of books_works, when it was tried */
};
struct err dispatch_tried_apply(struct tx *tx, struct command *self);

/* Delivered long ago: forgotten with their log, some at a time.  Dead ones stay. */
#define DISPATCH_KEPT_MS (90 * MS_PER_DAY)
#define DISPATCHES_PRUNE_MAX 500
struct dispatches_prune_command {
	struct command command;
	int64_t lease; /* as of books_works */
	size_t gone;   /* out */
};
struct err dispatches_prune_apply(struct tx *tx, struct command *self);

/* ---- the stall's own book: nobody takes it unseen ----------------------------------------------
 */

/* A line of the audit log, before the book is made. */
struct book_look_command {
	struct command command;
	int64_t stall_id;
	bool for_holder;    /* an operator, on the holder's wish: says who it is */
	struct str person;  /* of an operator */
	struct str who;	    /* otherwise: "stall:ID" */
	struct str subject; /* the stall's reference */
	struct str detail;  /* which days, which form */
};
/* ERR_INVALID: an operator that names no person. */
struct err book_look_apply(struct tx *tx, struct command *self);

/* ---- reports: what was frozen, who looked at what, exports ----------------------------------
 */

/* A line of the audit log; its id and time are set. */
struct audit_command {
	struct command command;
	struct audit_line line;
};
struct err audit_apply(struct tx *tx, struct command *self);
/* The same inside a command. */
MUST_CHECK struct err tx_audit(
	struct tx *tx, struct str who, const char *what, struct str subject, struct str detail);

/* SHA-256 of a report and its signature, by the key of proofs.  Any thread. */
void books_sign_report(const struct books *books, struct str report,
	unsigned char sha256[SHA256_SIZE], unsigned char signature[ED25519_SIGNATURE_SIZE]);

/* A report is frozen, and the audit log says so.  ERR_CONFLICT: somebody froze the same one since
 * `last_id` was the newest revision (0: there was none). */
struct snapshot_command {
	struct command command;
	struct snapshot snapshot; /* out: its id and revision */
	int64_t last_id;
	struct str who;
};
struct err snapshot_apply(struct tx *tx, struct command *self);

#define EXPORTS_OPEN_MAX 20 /* that wait or run */
#define EXPORTS_KEPT_MAX 200
#define EXPORT_KEPT_MS (7 * MS_PER_DAY)
struct export_command {
	struct command command;
	struct export_job job; /* out: as it is now */
	struct str subject;    /* asked for: for the audit log */
	int64_t lease;	       /* of steps, as of books_works */
	bool full;	       /* out: too many wait, this one was not taken */
};
struct err export_ask_apply(struct tx *tx, struct command *self);
/* What came of it so far; one that was cancelled stays so, `job` says it. */
struct err export_step_apply(struct tx *tx, struct command *self);
/* ERR_CONFLICT: it is over already. */
struct err export_cancel_apply(struct tx *tx, struct command *self);

/* Those that are too old, some at a time. */
#define EXPORTS_FORGET_MAX 50
struct exports_forget_command {
	struct command command;
	int64_t lease;
	int64_t ids[EXPORTS_FORGET_MAX]; /* out */
	size_t count;
};
struct err exports_forget_apply(struct tx *tx, struct command *self);

/* Its file in the folder of the books, which other nodes do not share; not on a loop.
 * ERR_NOT_FOUND: it is not there. */
#define EXPORT_BYTES_MAX (INT64_C(512) * 1024 * 1024)
MUST_CHECK struct err export_file_read(const struct books *books, int64_t id, struct buf *bytes);
/* Whole and on the disk, or not at all. */
MUST_CHECK struct err export_file_write(const struct books *books, int64_t id, struct str bytes);
void export_file_remove(const struct books *books, int64_t id);

/* ---- verify
 * ------------------------------------------------------------------------------------------ */

/* Every row against its seal, the kept bytes against their digests; when each is as it was written,
 * every sum against its rows and each transfer and payment against what decided it.
 * `*unchecked`: rows sealed with a key that we do not hold (a store restored without its keys). */
MUST_CHECK struct err ledger_verify(
	struct db *db, const struct crypt *crypt, found_fn found, void *arg, int64_t *unchecked);

/* The cells of the index against the payments, computed anew market day by market day: names each
 * row that differs.  `*due`: market days passed over, since they are not folded yet. */
struct adoption_check {
	const struct crypt *crypt;
	const struct sealing_key *sealing_key;
	struct str (*bank_bin)(void *arg, struct str name); /* of a payer's bank, as it was told */
	void *arg;
};
/* Names each payment whose payer is not whom its kept bytes name. */
MUST_CHECK struct err payers_verify(
	struct db *db, const struct adoption_check *check, found_fn found, void *arg);
MUST_CHECK struct err adoption_verify(
	struct db *db, const struct adoption_check *check, found_fn found, void *arg, int64_t *due);

#endif
