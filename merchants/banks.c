/* banks.c - the table of banks, parsed once; names are folded once, so that a look-up compares. */
#include <stdlib.h>
#include <string.h>

#include "chopay/asset.h"
#include "chopay/banks.h"
#include "chopay/csv.h"
#include "chopay/fold.h"

#define TABLE "merchants/data/banks.csv"
#define COLUMNS 8
#define BANKS_MAX 256
#define NAME_MAX_LENGTH 200
#define NAME_KINDS 5

struct entry {
	struct bank bank;
	struct str names[NAME_KINDS]; /* folded, the nearer kinds first; may be empty */
};

struct banks {
	struct arena *arena; /* owns all texts */
	struct entry *entries;
	size_t count;
};

/* Equal names give equal keys: fold.h's memo letters, in lower case, without blanks. */
static struct err
name_key(struct buf *key, struct str name)
{
	CLEANUP(buf_fini) struct buf folded = {0};

	TRY(fold_memo(&folded, name, NAME_MAX_LENGTH));
	for (size_t i = 0; i < folded.len; i++) {
		char c = folded.ptr[i];

		if (c != ' ')
			buf_addc(key, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
	}
	return OK;
}

static struct err
keep_key(struct banks *banks, struct str name, struct str *kept)
{
	CLEANUP(buf_fini) struct buf key = {0};

	TRY(name_key(&key, name));
	*kept = arena_copy(banks->arena, buf_str(&key));
	return OK;
}

static bool
is_bin(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	return text.len == 6;
}

static struct err
read_flag(struct str text, bool *flag)
{
	*flag = str_eq(text, STR("1"));
	if (!*flag && !str_eq(text, STR("0")))
		return FAIL(ERR_BROKEN, "banks.csv: a flag is neither 0 nor 1");
	return OK;
}

static struct err
add_bank(struct banks *banks, const struct str fields[COLUMNS])
{
	struct entry *entry = &banks->entries[banks->count];
	struct bank *bank = &entry->bank;

	*bank = (struct bank){
		.bin = fields[0],
		.code = fields[1],
		.short_name = fields[2],
		.name_vi = fields[3],
		.swift = fields[4],
		.app_id = fields[7],
	};
	TRY(read_flag(fields[5], &bank->vietqr_transfer));
	TRY(read_flag(fields[6], &bank->vietqr_lookup));
	if (!is_bin(bank->bin))
		return FAIL(ERR_BROKEN, "banks.csv: a BIN is not 6 digits");
	if (banks->count > 0 &&
		memcmp(banks->entries[banks->count - 1].bank.bin.ptr, bank->bin.ptr, 6) >= 0)
		return FAIL(ERR_BROKEN, "banks.csv: the BINs are not in order");

	TRY(keep_key(banks, bank->short_name, &entry->names[0]));
	TRY(keep_key(banks, bank->code, &entry->names[1]));
	TRY(keep_key(banks, bank->app_id, &entry->names[2]));
	TRY(keep_key(banks, bank->swift, &entry->names[3]));
	TRY(keep_key(banks, bank->name_vi, &entry->names[4]));
	banks->count++;
	return OK;
}

static bool
is_header(const struct str *fields, size_t count)
{
	static const char *const COLUMN_NAMES[COLUMNS] = {"bin", "code", "short_name", "name_vi",
		"swift", "vietqr_transfer", "vietqr_lookup", "app_id"};

	for (size_t i = 0; i < COLUMNS; i++)
		if (count != COLUMNS || !str_eq(fields[i], str_from(COLUMN_NAMES[i])))
			return false;
	return true;
}

static struct err
read_table(struct banks *banks)
{
	struct str fields[CSV_FIELDS_MAX];
	struct csv csv;
	size_t count;
	struct err e;

	csv_init(&csv, asset_find(TABLE));
	if (csv_next(&csv, banks->arena, fields, &count).code != ERR_OK ||
		!is_header(fields, count))
		return FAIL(ERR_BROKEN, "banks.csv: not the header we know");
	while ((e = csv_next(&csv, banks->arena, fields, &count)).code == ERR_OK) {
		if (count != COLUMNS || banks->count == BANKS_MAX)
			return FAIL(
				ERR_BROKEN, "banks.csv: a row too wide, too narrow or too many");
		TRY(add_bank(banks, fields));
	}
	return e.code == ERR_NOT_FOUND ? OK : FAIL(ERR_BROKEN, "banks.csv: not CSV");
}

struct err
banks_load(struct banks **banks)
{
	CLEANUP(banks_cleanup) struct banks *table = mem_alloc_zero(1, sizeof(*table));

	table->arena = arena_new();
	table->entries = arena_alloc(table->arena, BANKS_MAX * sizeof(*table->entries));
	TRY(read_table(table));
	*banks = table;
	table = NULL; /* handed over */
	return OK;
}

void
banks_free(struct banks *banks)
{
	if (!banks)
		return;
	arena_free(banks->arena);
	free(banks);
}

void
banks_cleanup(struct banks **banks)
{
	banks_free(*banks);
}

size_t
banks_count(const struct banks *banks)
{
	return banks->count;
}

const struct bank *
banks_at(const struct banks *banks, size_t n)
{
	return &banks->entries[n].bank;
}

const struct bank *
banks_by_bin(const struct banks *banks, struct str bin)
{
	size_t from = 0, to = banks->count;

	if (bin.len != 6)
		return NULL;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct bank *bank = &banks->entries[middle].bank;
		int order = memcmp(bin.ptr, bank->bin.ptr, 6);

		if (order == 0)
			return bank;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

static const struct bank *
find_key(const struct banks *banks, struct str key, bool takes_transfers)
{
	for (size_t kind = 0; kind < NAME_KINDS; kind++)
		for (size_t i = 0; i < banks->count; i++) {
			const struct entry *entry = &banks->entries[i];

			if (entry->bank.vietqr_transfer == takes_transfers &&
				str_eq(entry->names[kind], key))
				return &entry->bank;
		}
	return NULL;
}

const struct bank *
banks_by_name(const struct banks *banks, struct str name)
{
	CLEANUP(buf_fini) struct buf key = {0};
	const struct bank *bank;

	if (name_key(&key, name).code != ERR_OK || key.len == 0)
		return NULL;
	bank = find_key(banks, buf_str(&key), true);
	return bank ? bank : find_key(banks, buf_str(&key), false);
}

const struct str *
banks_of_events(const struct banks *banks, struct arena *arena, const struct feed_event *events,
	size_t count)
{
	struct str *bins = arena_alloc(arena, (count + 1) * sizeof(*bins));

	for (size_t i = 0; i < count; i++) {
		const struct bank *bank = events[i].bank.len == 0
						  ? NULL
						  : banks_by_name(banks, events[i].bank);

		bins[i] = bank == NULL ? STR("") : bank->bin;
	}
	return bins;
}

struct str
banks_payer_bin(const struct banks *banks, struct str name)
{
	struct str found = str_trim(name);
	const struct bank *bank;

	if (is_bin(found))
		return found;
	bank = found.len == 0 ? NULL : banks_by_name(banks, found);
	return bank == NULL ? STR("") : bank->bin;
}

const struct str *
banks_of_payers(const struct banks *banks, struct arena *arena, const struct feed_event *events,
	size_t count)
{
	struct str *bins = arena_alloc(arena, (count + 1) * sizeof(*bins));

	for (size_t i = 0; i < count; i++)
		bins[i] = banks_payer_bin(banks, events[i].payer_bank);
	return bins;
}

struct err
banks_bin_of(const struct banks *banks, struct str name_or_bin, char bin[7])
{
	struct str found = str_trim(name_or_bin);

	if (!is_bin(found)) {
		const struct bank *bank = banks_by_name(banks, found);

		if (!bank)
			return FAIL(ERR_NOT_FOUND, "no bank of that name");
		found = bank->bin;
	}
	memcpy(bin, found.ptr, 6);
	bin[6] = '\0';
	return OK;
}
