/*
 * pulls.h - lists that we ask for, and the webhooks that they wait for.
 *
 * Threads, memory and the meaning of *_put: as in store.h, which has all of these.
 */
#ifndef CHOPAY_PULLS_H
#define CHOPAY_PULLS_H

#include "chopay/arena.h"
#include "chopay/clock.h"
#include "chopay/money.h"

struct db;

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

#endif
