/* Who paid, as nothing but a number: the first 64 bits of an HMAC over bank and account, under a
 * key of the year in which the bank booked it.  The keys lie sealed in the store, one for each
 * year: when one is destroyed, nobody can tell any more whose numbers that year's are.
 *
 * A reporting month of the calendar nd09 that begins on 15 December spans two keys: a payer who
 * buys on both sides of New Year counts twice in U of that cell.  ADOPTION section 8 wants the keys
 * apart, and it is the same in every recomputation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adoption.h"

#define YEARS_MAX 8 /* whose keys are kept in memory */
#define KEY_NAME "payer-%d"
#define ACCOUNT_MAX 64

struct payer_keys {
	const struct crypt *crypt;
	const struct sealing_key *sealing;
	struct payer_year {
		int year;
		struct keyed_hmac *hmac;
	} years[YEARS_MAX];
	size_t count, next; /* next: who makes room */
	struct owner_map owners;
	bool fresh; /* one was made in this transaction, which may be undone */
};

struct payer_keys *
payer_keys_new(const struct crypt *crypt, const struct sealing_key *sealing)
{
	struct payer_keys *keys = mem_alloc_zero(1, sizeof(*keys));

	keys->crypt = crypt;
	keys->sealing = sealing;
	return keys;
}

static void
forget_all(struct payer_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		keyed_hmac_free(keys->years[i].hmac);
	owner_map_fini(&keys->owners);
	keys->count = keys->next = 0;
	keys->fresh = false;
}

void
payer_keys_free(struct payer_keys *keys)
{
	if (keys == NULL)
		return;
	forget_all(keys);
	free(keys);
}

struct owner_map *
payer_keys_owners(struct payer_keys *keys)
{
	return &keys->owners;
}

void
payer_keys_cleanup(struct payer_keys **keys)
{
	payer_keys_free(*keys);
}

void
payer_keys_settle(struct payer_keys *keys, bool committed)
{
	if (keys == NULL || !keys->fresh)
		return;
	if (committed)
		keys->fresh = false;
	else
		forget_all(keys); /* another key may be made for that year */
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void
wipe(struct buf *secret)
{
	if (secret->ptr != NULL)
		explicit_bzero(secret->ptr, secret->cap);
	buf_fini(secret);
}

static struct err
make_key(struct payer_keys *keys, struct db *db, struct str name)
{
	unsigned char secret[SECRET_KEY_SIZE];
	struct buf sealed CLEANUP(buf_fini) = {0};

	crypt_random(secret, sizeof(secret));
	crypt_seal(keys->crypt, keys->sealing, name,
		(struct str){(const char *)secret, sizeof(secret)}, &sealed);
	explicit_bzero(secret, sizeof(secret));
	keys->fresh = true;
	return shared_secrets_put(db, name, buf_str(&sealed));
}

/* Sealed with a key that is gone (a store restored without its keys): NULL.  Money is booked all
 * the same, and nobody knows who paid. */
static struct err
open_key(struct payer_keys *keys, struct db *db, struct str name, struct keyed_hmac **hmac)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf secret CLEANUP(wipe) = {0};
	struct str sealed;

	TRY(shared_secrets_get(db, arena, name, &sealed));
	*hmac = NULL;
	if (crypt_open(keys->crypt, keys->sealing, name, sealed, &secret).code == ERR_OK)
		*hmac = keyed_hmac_new(keys->crypt, buf_str(&secret));
	return OK;
}

/* In a transaction: a key that is made is kept with what it was made for, or not at all. */
static struct err
key_of(struct payer_keys *keys, struct db *db, int year, bool make, struct keyed_hmac **hmac)
{
	char text[32];
	struct str name = {text, (size_t)snprintf(text, sizeof(text), KEY_NAME, year)};
	struct err err;

	for (size_t i = 0; i < keys->count; i++) {
		if (keys->years[i].year == year) {
			*hmac = keys->years[i].hmac;
			return OK;
		}
	}
	err = open_key(keys, db, name, hmac);
	if (err.code == ERR_NOT_FOUND && make) {
		TRY(make_key(keys, db, name));
		err = open_key(keys, db, name, hmac);
	}
	TRY(err);
	if (keys->count < YEARS_MAX) {
		keys->years[keys->count++] = (struct payer_year){year, *hmac};
		return OK;
	}
	keyed_hmac_free(keys->years[keys->next].hmac);
	keys->years[keys->next] = (struct payer_year){year, *hmac};
	keys->next = (keys->next + 1) % YEARS_MAX;
	return OK;
}

int
payer_year(int64_t booked_at_ms)
{
	int year, month, day;

	day_civil(day_of(booked_at_ms, 0), &year, &month, &day);
	return year;
}

/* ---- numbers --------------------------------------------------------------------------------- */

/* Letters and digits, in upper case: feeds put blanks and dots between them, or do not. */
static struct str
normalised(struct str account, char text[ACCOUNT_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < account.len && len < ACCOUNT_MAX; i++) {
		char c = account.ptr[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
			text[len++] = c;
	}
	return (struct str){text, len};
}

static payer_id
number_of(struct keyed_hmac *hmac, struct str bank_bin, struct str account)
{
	const struct str parts[] = {bank_bin, STR("|"), account};
	unsigned char digest[SHA256_SIZE];
	payer_id payer = 0;

	keyed_hmac_sha256(hmac, parts, 3, digest);
	for (size_t i = 0; i < sizeof(payer); i++)
		payer = payer << 8 | digest[i];
	return payer == PAYER_UNKNOWN ? 1 : payer;
}

static struct err
payer_get(struct payer_keys *keys, struct db *db, const struct payer_account *account, bool make,
	payer_id *payer)
{
	char text[ACCOUNT_MAX];
	struct str account_no = normalised(account->account_no, text);
	struct keyed_hmac *hmac;

	*payer = PAYER_UNKNOWN;
	if (keys == NULL || account_no.len == 0)
		return OK;
	TRY(key_of(keys, db, account->year, make, &hmac));
	if (hmac != NULL)
		*payer = number_of(hmac, account->bank_bin, account_no);
	return OK;
}

struct err
payer_make(struct payer_keys *keys, struct db *db, const struct payer_account *account,
	payer_id *payer)
{
	return payer_get(keys, db, account, true, payer);
}

struct err
payer_find(struct payer_keys *keys, struct db *db, const struct payer_account *account,
	payer_id *payer)
{
	return payer_get(keys, db, account, false, payer);
}
