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

#include "chopay/crypt.h"
#include "chopay/feeds.h"
#include "chopay/queue.h"
#include "chopay/reference.h"
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
/* Inside apply: a line of the audit log, its id and time set. */
MUST_CHECK struct err tx_audit(
	struct tx *tx, struct str who, const char *what, struct str subject, struct str detail);

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

/* ---- verify
 * ------------------------------------------------------------------------------------------ */

/* Every row against its seal, the kept bytes against their digests; when each is as it was written,
 * every sum against its rows and each transfer and payment against what decided it.
 * `*unchecked`: rows sealed with a key that we do not hold (a store restored without its keys). */
MUST_CHECK struct err ledger_verify(
	struct db *db, const struct crypt *crypt, found_fn found, void *arg, int64_t *unchecked);

#endif
