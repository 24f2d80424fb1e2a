/*
 * writers.h - who writes: numbers, nodes, what they tell each other, and leases of jobs.
 *
 * Threads, memory and the meaning of *_put: as in store.h, which has all of these.
 */
#ifndef CHOPAY_WRITERS_H
#define CHOPAY_WRITERS_H

#include "chopay/arena.h"
#include "chopay/clock.h"
#include "chopay/money.h"

struct db;

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

#endif
