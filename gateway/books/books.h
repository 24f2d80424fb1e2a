/* What the files of the books share. */
#ifndef CHOPAY_BOOKS_BOOKS_H
#define CHOPAY_BOOKS_BOOKS_H

#include "chopay/books.h"
#include "chopay/identity.h"
#include "chopay/log.h"
#include "chopay/match.h"

#include <pthread.h>
#include <stdatomic.h>

#define READERS_MAX 8
#define NODE_BYTES 8 /* of chance in a process's name: no other ever has it */

struct charge_create_command;

/* Who is told over the network, by stall; the writer's. */
struct receiver_list {
	struct receiver_stall {
		int64_t stall_id, receiver_id;
	} * items; /* sorted */
	size_t count;
	bool stale; /* to be read again: a receiver has changed */
};
MUST_CHECK struct err receiver_list_read(struct receiver_list *list, struct db *db);
void receiver_list_fini(struct receiver_list *list);
/* They, or what waits for them, have changed: told to all who keep them. */
MUST_CHECK struct err receivers_change(struct tx *tx);
/* Puts the notice in line for each receiver of its stall. */
MUST_CHECK struct err notice_dispatch(struct tx *tx, const struct notice *notice, bool *dispatched);
/* What a receiver is told. */
MUST_CHECK struct err notice_payload(
	const struct notice *notice, const struct stall *stall, struct buf *payload);
/* Is the background work, begun under this lease (as of books_works), still ours until we commit?
 * ERR_CONFLICT: no. */
MUST_CHECK struct err work_check(struct tx *tx, int64_t lease);
/* The first id of an instant. */
int64_t id_at(int64_t ms);
/* A feed whose clock runs ahead of ours by more than this told us a wrong zone (FEEDS section 4):
 * the arrival is the better time. */
#define BOOKED_AHEAD_MAX_MS (5 * 60 * MS_PER_SECOND)

struct reader {
	struct db *db;
	struct queue *queue; /* the short questions, or the long ones */
	bool answers_long;   /* its questions do much before they may fail: not run twice */
	pthread_t thread;
	bool started;
};

#define PUT_OFF_MAX 32	 /* folds that wait for another one's end */
#define WRITER_AWAY_MS 1 /* long ago: busy since then is a writer without a database */

/* One connection that changes the store, and the thread it belongs to. */
struct writer {
	struct books *books;
	struct db *db;
	pthread_t thread;
	bool started;
	struct writer_lease lease; /* number and token: both 0 on SQLite */
	bool leased;		   /* the number is ours as far as we know */
	int64_t renew_at_ms;	   /* monotonic */
	int64_t last_id;
	struct receiver_list receivers;
	struct payer_keys *payer_keys;
	int64_t receivers_version; /* of the list, as the writers' rows count */
	bool receivers_heard;	   /* another writer changed them */
	bool in_doubt;		   /* the last batch may have been committed: nobody knows */
	struct log_limit undone;
	uint64_t chance; /* of the back-off */
	struct put_off {
		struct task task;
		int64_t again_ms, until_ms; /* monotonic */
	} put_off[PUT_OFF_MAX];
	size_t put_off_count;
	/* Monotonic: since when it is in one batch, long ago when its database is away; 0: free. */
	atomic_int_fast64_t busy_since_ms;
};

/* What was made of the folder when it was opened. */
struct folder_made {
	bool folder, keys, master, ledger;
};

struct books {
	struct books_config config;
	struct queue *commands;
	struct queue *queries, *long_queries;
	struct writer writers[BOOKS_WRITERS_MAX];
	int writer_count;
	bool shared; /* with other processes: on PostgreSQL */
	char node[2 * NODE_BYTES + 1];
	/* Batches share it; one that lost a race has it alone, and loses to other nodes only. */
	pthread_rwlock_t turn;
	struct reader readers[READERS_MAX]; /* the first takes the long questions */
	struct listener *listener;	    /* NULL: no other process has the store */
	int lock_fd;
	struct folder_made folder_made;
	bool keys_offered; /* to the store, which may have taken them */
	struct sealing_key sealing_key;
	unsigned char ledger_seed[ED25519_SEED_SIZE]; /* signs proofs */
	unsigned char ledger_public[ED25519_PUBLIC_SIZE];
	struct signing_key *_Atomic signing_key; /* NULL until somebody needs one */
	pthread_mutex_t signing_making;
	atomic_uint_fast64_t retried;
	atomic_bool pooled; /* the database is behind a pooler, as a connection found */
	atomic_bool failed; /* a commit failed: no more commands */
	atomic_int hold;    /* HOLD_... */
};

/* To the writer, whether the books are held or not. */
MUST_CHECK struct err books_push(struct books *books, struct command *command);
/* hold.c.  ERR_BUSY: the books are held. */
MUST_CHECK struct err books_may_write(struct books *books);
/* On the writer: is this command not to be applied?  Its result says so. */
bool hold_refuses(struct books *books, struct command *command);
enum { HOLD_NONE, HOLD_WRITES, HOLD_MOVED };

/* News collected by one batch, published after its commit. */
struct news_list {
	struct news **items;
	size_t count, capacity;
};
void news_list_cut(struct news_list *list, size_t count); /* forget all from `count` on */
void news_list_fini(struct news_list *list);
struct news *news_new(const struct news *from); /* a copy, of one reference */

void *writer_run(void *writer);
void *reader_run(void *reader);

/* Whoever waits for it; one of these is a batch of its own. */
bool is_fold(const struct task *task);

/* batch.c: all of them in one transaction, or none.  Fails only when the engine did; a command that
 * is refused says so in its `result`.  `look_again`: a key that the database found taken fails
 * them, too, so that they are tried again: on the last try it is the command's own refusal. */
MUST_CHECK struct err batch_apply(struct writer *writer, struct tx *tx, const struct task *tasks,
	size_t count, bool look_again);

/* writer_number.c: on PostgreSQL, what a writer needs to write. */

/* What we write waits for one of our batches that has its turn alone, since it lost to others. */
void writer_turn_begin(struct books *books, bool alone);
void writer_turn_end(struct books *books);
/* Every writer has been in one batch for too long: a database that hangs, or much to do. */
bool books_stuck(const struct books *books);
/* A connection that works and a number that is ours, tried until `give_up_ms` (monotonic). */
MUST_CHECK struct err writer_ready(struct writer *writer, int64_t give_up_ms);
/* A commit's answer was lost: was it done?  When this returns OK, that will not change. */
MUST_CHECK struct err writer_find_out(struct writer *writer, int64_t give_up_ms, bool *done);
/* While nothing is asked: the lease is renewed, a lost connection made anew. */
void writer_keep(struct writer *writer);
void writer_release(struct writer *writer);
/* When the lease that is renewed now runs out; by the books' clock. */
int64_t writer_lease_end(const struct writer *writer);

/* The folder of a store: made, locked, keyed.  `made`, also when it fails: what was not there. */
MUST_CHECK struct err folder_open(const char *folder, int *lock_fd, struct sealing_key *key,
	unsigned char ledger_seed[ED25519_SEED_SIZE], struct folder_made *made, struct buf *why);
/* Takes that away again; nothing was sealed with those keys. */
void folder_unmake(const char *folder, const struct folder_made *made);

/* signing.c */
MUST_CHECK struct err signing_open(struct books *books, struct buf *why);
/* On a store of several nodes, theirs instead of ours; ours when there is none. */
MUST_CHECK struct err signing_share(struct books *books, struct db *db);
void signing_close(struct books *books);

/* ---- one transfer on its way in ------------------------------------------------------------- */

#define ACCOUNT_NAMES_MAX 2 /* its number, and the virtual one */

struct incoming {
	struct tx *tx;
	struct arena *arena;
	const struct feed *feed;
	struct transfer transfer;
	int64_t told_ms;	 /* the bank's time as it was told, believed or not; or NO_TIME */
	struct str order_code;	 /* the order it is told to be for; empty: the feed names none */
	uint64_t payer;		 /* of a credit (payers.h) */
	struct references found; /* in its note, or what the feed says it is */
	struct transfer_key claimed[ACCOUNT_NAMES_MAX + 1]; /* keys that nobody had */
	size_t claimed_count;
	int64_t same_ref[ACCOUNT_NAMES_MAX]; /* transfers that have its bank's reference */
	size_t same_ref_count;
	int64_t elsewhere_id; /* the transfer its id names under another account; 0: none */
	bool elsewhere_same;  /* of the same amount and direction */
};

/* The account an event names: at BIDV only the virtual one is told. */
struct str event_account(const struct feed_event *event);

/* Feeds name the virtual account or the one behind it: each key stands under both names. */
struct told_names {
	struct str items[ACCOUNT_NAMES_MAX];
	size_t count;
};
struct told_names told_names(const struct transfer *transfer);
/* "sepay:92704811" */
struct str told_key(struct arena *arena, const struct feed *feed, struct str provider_txn_id);
/* ahead.c: before a group of settle commands is applied (ahead_read). */
MUST_CHECK struct err settle_ahead(struct tx *tx, const struct task *tasks, size_t count);

/* told.c: a feed's id and its bank's reference are keys, under each account it named.  Not fresh: a
 * replay. */
MUST_CHECK struct err told_claim(struct incoming *in, struct transfer_claim *claim);
/* Did another feed tell it before?  `*other_id`: the transfer that the verdict is about, or 0. */
MUST_CHECK struct err told_identify(
	const struct incoming *in, struct identity_verdict *verdict, int64_t *other_id);
/* The bank's reference as a key, "in:FT..."; empty: it does not identify. */
struct str told_ref(struct arena *arena, const struct transfer *transfer, bool outgoing);
/* All that was claimed leads to the first one. */
MUST_CHECK struct err told_merge(struct incoming *in, int64_t first_id, const char *by);

/* The references in its note; without one the feed's hint, when that is a whole valid one: then
 * `transfer->code_hint` says so. */
void evidence_references(struct str prefix, struct transfer *transfer, struct str code_hint,
	struct references *found);
MUST_CHECK struct err evidence_gather(
	const struct incoming *in, struct str bank_bin, struct match_evidence *evidence);

/* refund.c: money out is kept, and never a payment; what it gives back, if its note or its bank
 * reference says so, are adjustments. */
MUST_CHECK struct err refund_told(
	const struct incoming *in, struct str bank_bin, struct settlement *out);

/* words.c: a person and a reason as they are kept, trimmed; ERR_INVALID says what is wrong. */
MUST_CHECK struct err words_check(struct str *person, struct str *why);

/* Of the JSON in notices: members are only ever added within a version. */
#define NOTICE_VERSION 1

/* Attribute a credit to a stall: payment, charge, cells, notices. */
struct posting {
	const struct transfer *transfer;
	int64_t stall_id, charge_id;
	enum matched_by by;
	struct arena *arena;
	uint64_t payer; /* payers.h */
};
MUST_CHECK struct err post_payment(
	struct tx *tx, const struct posting *posting, int64_t *payment_id);
/* Do webhooks tell of this account?  Where none ever did, a list that tells first is no surprise.
 */
MUST_CHECK struct err webhooks_tell(
	struct db *db, struct arena *arena, struct str account_no, bool *tell);
MUST_CHECK struct err charge_notice(struct tx *tx, const struct charge *charge);
/* Money for `charge`, whose row is not changed: its state and its sum are as they become. */
MUST_CHECK struct err charge_take(struct charge *charge, struct vnd amount, int64_t booked_at_ms);

/* ---- charges that a phone minted (minted.h) -------------------------------------------------- */

/* The open charge that `create` asks for, of a stall that was found. */
struct charge charge_of(const struct charge_create_command *create, int64_t id,
	struct str reference, int64_t created_at_ms);
/* Create the charge of `create->minted`, paid already where its money came first.  `repeated`: it
 * was told before. */
MUST_CHECK struct err minted_tell(struct tx *tx, struct charge_create_command *create);
/* The reference of the stall whose charge `reference` would be.  ERR_NOT_FOUND: of none. */
MUST_CHECK struct err minted_stall(
	struct tx *tx, const struct reference *reference, struct reference *stall);
/* The id of the charge, told of or not.  ERR_NOT_FOUND: no device of the stall may have minted it.
 */
MUST_CHECK struct err minted_find(struct tx *tx, struct arena *arena, int64_t stall_id,
	const struct reference *reference, int64_t *charge_id);

/* ---- kept bytes, read again ------------------------------------------------------------------ */

/* What a few deliveries say: a statement file is read once, not once for each of its lines. */
#define REREAD_MAX 3
struct reread {
	struct reread_one {
		int64_t delivery_id; /* 0: empty */
		uint64_t used;	     /* when, in turns */
		struct arena *arena;
		const struct feed *feed; /* NULL: it is gone */
		struct feed_events events;
		size_t next; /* where the last one was found, and the next is likely */
	} items[REREAD_MAX];
	uint64_t turns;
};
void reread_fini(struct reread *reread); /* for CLEANUP */
/* No event when its feed is gone or refuses it.  ERR_NOT_FOUND: no such delivery. */
MUST_CHECK struct err reread_delivery(
	struct db *db, struct reread *reread, int64_t delivery_id, struct reread_one **one);

#endif
