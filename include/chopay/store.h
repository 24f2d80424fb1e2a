/*
 * store.h - the rows: one struct and a handful of statements per family of tables, each family in a
 * header of its own; here are the connections, and what concerns all of them.
 *
 * A `struct db` is one connection, used by one thread at a time.  Functions named *_put write and
 * belong to the writer; the others read and run anywhere.  Every str that comes out is copied into
 * the arena given.  Source: DESIGN section 5.
 */
#ifndef CHOPAY_STORE_H
#define CHOPAY_STORE_H

#include <stdatomic.h>

#include "chopay/arena.h"
#include "chopay/charges.h"
#include "chopay/clock.h"
#include "chopay/keys.h"
#include "chopay/money.h"
#include "chopay/payments.h"
#include "chopay/pulls.h"
#include "chopay/receivers.h"
#include "chopay/reconciliations.h"
#include "chopay/stalls.h"
#include "chopay/store_copy.h"
#include "chopay/suspense.h"
#include "chopay/transfers.h"
#include "chopay/writers.h"

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
/* Behind a pooler each transaction may come to another server process: `*pooled` is set by the
 * connection that finds it out, for all that share it.  Outlives them. */
void store_share_pooled(struct db *db, atomic_bool *pooled);
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

/* Here, for whoever books; the rest is in alarms.h. */
MUST_CHECK struct err alarms_put(struct db *db, int64_t id, struct str kind, struct str subject,
	struct str detail, int64_t now_ms);
MUST_CHECK struct err alarms_count(struct db *db, int64_t *count);

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

/* ---- audit: the rows against each other --------------------------------------------------------
 */

/* Told of each fault: the table, the row's key ("*": the table as a whole) and what is wrong. */
typedef void (*found_fn)(void *arg, const char *table, struct str key, const char *fault);
/* Reads only. */
MUST_CHECK struct err store_verify(struct db *db, found_fn found, void *arg);
/* The seals of every row of money: names each row that is not as it was written, and tables that
 * lost or gained rows.  `*foreign`: rows sealed with another key (a store restored without its
 * keys), which cannot be checked. */
MUST_CHECK struct err store_verify_seals(
	struct db *db, found_fn found, void *arg, int64_t *foreign);
/* Rows looked at, for the report. */
struct store_counts {
	int64_t transfers, payments, suspense, cells, charges;
	struct vnd received, attributed, held; /* received = attributed + held */
	struct vnd refunded;		       /* of what is attributed */
	struct vnd repeated; /* told again by other feeds, as people said: in none of these */
};
MUST_CHECK struct err store_count(struct db *db, struct store_counts *counts);

#endif
