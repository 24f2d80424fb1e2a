/*
 * keys.h - who may come in: endpoints of feeds, keys of the API.
 *
 * Threads, memory and the meaning of *_put: as in store.h, which has all of these.
 */
#ifndef CHOPAY_KEYS_H
#define CHOPAY_KEYS_H

#include "chopay/arena.h"
#include "chopay/clock.h"
#include "chopay/money.h"

struct db;

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

#endif
