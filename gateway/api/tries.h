/*
 * tries.h - how often somebody may try to sign in: five times, then after a wait that grows.
 *
 * Counted for each login (of nobody, too) and each address, in the store, before a password is
 * looked at: a hundred tries at once are a hundred tries, and a restart forgives none of them.
 * A market's Wi-Fi is one address for all who use it: a device where this login was signed in
 * before is counted in its place, so that no neighbour's guesses delay it.  The login's own count
 * is the same from everywhere.
 * Threads: the writer's.
 * Source: SAFETY section 5.
 */
#ifndef CHOPAY_API_TRIES_H
#define CHOPAY_API_TRIES_H

#include "chopay/books.h"

#define TRIES_FREE 5
#define TRY_WAIT_FIRST_MS (30 * 1000)
/* A login's wait must end: whoever knows it could keep its person out for ever otherwise. */
#define TRY_WAIT_MAX_MS (15 * 60 * 1000)
#define TRIES_KEPT_MS MS_PER_DAY

/* Who tries, and from where: digests. */
struct trier {
	unsigned char login[SHA256_SIZE], address[SHA256_SIZE];
};
void trier_of(const struct crypt *crypt, struct str login, struct str peer, struct trier *trier);
/* From a device that is known (staff_sessions_known), wherever it is. */
void trier_at(
	const struct crypt *crypt, const unsigned char session[SHA256_SIZE], struct trier *trier);

/* How long after the `tries`-th wrong try the next one waits. */
int64_t try_wait_ms(int64_t tries);

/* Counts this try.  `*wait_ms`: not 0: it is not looked at, and not counted. */
MUST_CHECK struct err tries_begin(struct tx *tx, const struct trier *trier, int64_t *wait_ms);
/* It was a good one: the login's are forgotten, the address has this one back. */
MUST_CHECK struct err tries_good(struct tx *tx, const struct trier *trier);

#endif
