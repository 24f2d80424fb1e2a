/* Whose account paid: the accounts of stalls' own people, as numbers that payments carry. */
#include <stdlib.h>
#include <string.h>

#include "adoption.h"
#include "chopay/registers.h"

#define YEARS_MOST 3

void
owner_map_fini(struct owner_map *map)
{
	free(map->items);
	*map = (struct owner_map){0};
}

void
owner_map_begin(struct owner_map *map)
{
	map->looked = false;
}

static int
by_payer(const void *a, const void *b)
{
	const struct owner *one = a, *other = b;

	if (one->payer != other->payer)
		return one->payer < other->payer ? -1 : 1;
	return (one->merchant_id > other->merchant_id) - (one->merchant_id < other->merchant_id);
}

struct loading {
	struct owner_map *map;
	struct db *db;
	struct payer_keys *keys;
	struct arena *arena;
	struct own_account *accounts;
	size_t count, capacity;
	bool partly; /* a year has no key yet */
};

static struct err
keep_account(void *arg, const struct own_account *account)
{
	struct loading *loading = arg;

	loading->accounts = mem_room(
		loading->accounts, sizeof(*loading->accounts), loading->count, &loading->capacity);
	loading->accounts[loading->count] = *account;
	loading->accounts[loading->count].bank_bin = arena_copy(loading->arena, account->bank_bin);
	loading->accounts[loading->count++].account_no = arena_copy(
		loading->arena, account->account_no);
	return OK;
}

static struct err
add_owner(struct loading *loading, const struct own_account *account, struct str bank_bin, int year)
{
	const struct payer_account paying = {bank_bin, account->account_no, year};
	struct owner_map *map = loading->map;
	struct owner owner = {.merchant_id = account->merchant_id,
		.from_day = account->from_day,
		.to_day = account->to_day};
	struct err err = payer_find(loading->keys, loading->db, &paying, &owner.payer);

	if (err.code == ERR_NOT_FOUND) {
		loading->partly = true; /* nobody paid in that year yet */
		return OK;
	}
	TRY(err);
	if (owner.payer == PAYER_UNKNOWN)
		return OK;
	map->items = mem_room(map->items, sizeof(*map->items), map->count, &map->capacity);
	map->items[map->count++] = owner;
	return OK;
}

/* A feed may name the account without its bank. */
static struct err
add_owners(struct loading *loading)
{
	for (int year = loading->map->from_year; year <= loading->map->to_year; year++) {
		for (size_t i = 0; i < loading->count; i++) {
			const struct own_account *account = &loading->accounts[i];

			TRY(add_owner(loading, account, STR(""), year));
			if (account->bank_bin.len > 0)
				TRY(add_owner(loading, account, account->bank_bin, year));
		}
	}
	return OK;
}

static void
free_accounts(struct loading *loading)
{
	free(loading->accounts);
}

/* Days on both sides of New Year take turns: years that are near stay. */
static void
widen(struct owner_map *map, int from_year, int to_year)
{
	int from = map->from_year < from_year ? map->from_year : from_year;
	int to = map->to_year > to_year ? map->to_year : to_year;

	if (map->from_year != 0 && to - from < YEARS_MOST) {
		from_year = from;
		to_year = to;
	}
	map->from_year = from_year;
	map->to_year = to_year;
}

struct err
owner_map_load(
	struct owner_map *map, struct db *db, struct payer_keys *keys, int from_year, int to_year)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct loading loading CLEANUP(free_accounts) = {
		.map = map, .db = db, .keys = keys, .arena = arena};
	bool of_these_years = map->from_year <= from_year && map->to_year >= to_year;
	int64_t now[3];

	if (map->looked && of_these_years)
		return OK; /* all stalls are looked through for it: not for each market day */
	TRY(owners_fingerprint(db, now));
	map->looked = of_these_years && memcmp(now, map->fingerprint, sizeof(now)) == 0;
	if (map->looked)
		return OK;
	map->count = 0;
	widen(map, from_year, to_year);
	memset(map->fingerprint, 0xff, sizeof(map->fingerprint)); /* until it is whole */
	TRY(own_accounts_walk(db, 0, keep_account, &loading));
	TRY(add_owners(&loading));
	if (map->count > 0)
		qsort(map->items, map->count, sizeof(*map->items), by_payer);
	if (!loading.partly)
		memcpy(map->fingerprint, now, sizeof(now));
	map->looked = true;
	return OK;
}

int64_t
owner_map_find(const struct owner_map *map, payer_id payer, int64_t paid_merchant_id, int32_t day)
{
	size_t from = 0, to = map->count;
	int64_t found = 0;

	if (payer == PAYER_UNKNOWN)
		return 0;
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (map->items[middle].payer < payer)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < map->count && map->items[from].payer == payer; from++) {
		const struct owner *owner = &map->items[from];

		if (day < owner->from_day || day > owner->to_day)
			continue;
		if (owner->merchant_id == paid_merchant_id)
			return paid_merchant_id;
		if (found == 0)
			found = owner->merchant_id;
	}
	return found;
}
