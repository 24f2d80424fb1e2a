/*
 * receivers.h - notices of stalls, who is told them over the network, and how that went.
 *
 * Threads, memory and the meaning of *_put: as in store.h, which has all of these.
 */
#ifndef CHOPAY_RECEIVERS_H
#define CHOPAY_RECEIVERS_H

#include "chopay/arena.h"
#include "chopay/clock.h"
#include "chopay/money.h"

struct db;

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

#endif
