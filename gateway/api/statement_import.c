/* One statement file on its way into the books. */
#include "statement_import.h"

#define SLICE_LINES 250 /* of one command: bounds how long a webhook waits behind it */
#define ENDPOINT_MARK_BYTES 8

static const char DRY_RUN[] = "a dry run: nothing stays";

struct statement_import *
statement_import_new(struct api *api)
{
	struct arena *arena = arena_new();
	struct statement_import *import = arena_alloc(arena, sizeof(*import));

	import->arena = arena;
	import->api = api;
	import->statement = arena_alloc(arena, sizeof(*import->statement));
	return import;
}

void
statement_import_free(struct statement_import *import)
{
	arena_free(import->arena);
}

/* ---- reading -------------------------------------------------------------------------------- */

static void
problem(struct statement_import *import, struct str column, struct str reason)
{
	struct statement *statement = import->statement;

	import->read = FAIL(ERR_INVALID, "the statement cannot be imported");
	if (statement->problem_count++ < STATEMENT_PROBLEMS_MAX)
		statement->problems[statement->problem_count - 1] = (struct statement_problem){
			.column = column, .reason = reason};
}

/* An account nobody registered is more likely a mistake than a stall's: only a person who names it
 * may bring its lines, to suspense. */
static struct err
check_accounts(struct db *db, struct statement_import *import)
{
	struct stall_days stalls[1];
	size_t count;

	for (size_t i = 0; i < import->statement->account_count && !import->names_account; i++) {
		struct str account = import->statement->accounts[i];

		TRY(accounts_stalls(
			db, import->arena, account, str_from(import->bank_bin), 1, stalls, &count));
		if (count == 0)
			problem(import, STR("account"),
				arena_printf(import->arena,
					"no stall has the account %.*s at this bank; register it, or"
					" name it with --account",
					STR_FMT(account)));
	}
	return OK;
}

/* From when to when the file tells of each account. */
static void
find_days(struct statement_import *import)
{
	const struct statement *statement = import->statement;

	for (size_t i = 0; i < statement->account_count; i++)
		import->files[i] = (struct statement_file){
			.account_no = statement->accounts[i],
			.columns = statement_columns(import->arena, import->source.mapping),
			.from_day = DAY_LAST,
			.to_day = DAY_FIRST,
		};
	for (size_t n = 0; n < statement->count; n++) {
		const struct feed_event *event = &statement->events[n];
		int32_t day = day_of(event->time_ms, 0);
		size_t i = 0;

		while (event->account.ptr != statement->accounts[i].ptr)
			i++;
		if (day < import->files[i].from_day)
			import->files[i].from_day = day;
		if (day > import->files[i].to_day)
			import->files[i].to_day = day;
	}
}

/* By other columns the same lines would get other ids, and count again. */
static struct err
check_columns(struct db *db, struct statement_import *import)
{
	for (size_t i = 0; i < import->statement->account_count; i++) {
		struct buf from CLEANUP(buf_fini) = {0}, to CLEANUP(buf_fini) = {0};
		struct statement_file other;
		struct err err = statement_files_other(
			db, import->arena, &import->files[i], &other);

		if (err.code == ERR_NOT_FOUND)
			continue;
		TRY(err);
		day_format(&from, other.from_day);
		day_format(&to, other.to_day);
		problem(import, STR("mapping"),
			arena_printf(import->arena,
				"%s to %s of account %.*s were imported by the columns %.*s; read by"
				" others the same lines would count again.  Keep that mapping, or"
				" export later days only",
				from.ptr, to.ptr, STR_FMT(other.account_no),
				STR_FMT(other.columns)));
	}
	return OK;
}

static bool
has_columns(const struct statement_import *import)
{
	return import->source.format == STATEMENT_CSV || import->source.format == STATEMENT_XLSX;
}

/* The same bytes are kept once for each way of reading them. */
static struct str
endpoint_of(const struct statement_import *import)
{
	unsigned char digest[SHA256_SIZE];
	struct buf mark CLEANUP(buf_fini) = {0};

	crypt_sha256(import->api->config.crypt, import->content_type, digest);
	hex_put(&mark, (struct str){(const char *)digest, ENDPOINT_MARK_BYTES});
	return arena_printf(import->arena, "statement-%s", mark.ptr);
}

struct err
statement_import_read(struct db *db, struct statement_import *import)
{
	struct err err = OK;

	if (has_columns(import) && import->source.mapping.len == 0)
		err = statement_mappings_find(
			db, import->arena, str_from(import->bank_bin), &import->source.mapping);
	if (err.code != ERR_OK && err.code != ERR_NOT_FOUND)
		return err;
	/* A large file takes seconds: not inside a transaction. */
	store_rollback(db);
	import->read = statement_read(import->arena, &import->source, import->statement);
	TRY(store_begin(db));
	if (import->read.code != ERR_OK)
		return OK;
	find_days(import);
	TRY(check_accounts(db, import));
	if (has_columns(import))
		TRY(check_columns(db, import));
	import->content_type = statement_content_type(import->arena, &import->source);
	import->endpoint_id = endpoint_of(import);
	return OK;
}

/* ---- booking -------------------------------------------------------------------------------- */

static void book_slice(struct statement_import *import);

static bool
is_last(const struct statement_import *import)
{
	return import->next + import->lines.settle.event_count == import->statement->count;
}

/* The days with the first lines, so that no other mapping can come in between; the mapping with the
 * last ones, when it has proved itself. */
static struct err
slice_apply(struct tx *tx, struct command *self)
{
	struct statement_import *import = (struct statement_import *)self;

	for (size_t i = 0;
		i < import->statement->account_count && import->next == 0 && has_columns(import);
		i++)
		TRY(statement_files_put(tx->db, &import->files[i], tx->now_ms));
	TRY(lines_apply(tx, self));
	if (is_last(import) && import->names_mapping && has_columns(import))
		TRY(statement_mappings_put(
			tx->db, str_from(import->bank_bin), import->source.mapping, tx->now_ms));
	return import->dry_run ? FAIL(ERR_CONFLICT, DRY_RUN) : OK;
}

static void
slice_done(struct command *self)
{
	struct statement_import *import = (struct statement_import *)self;
	struct api_counts *counts = import->api->config.counts;
	bool last = is_last(import), dry = self->result.what == DRY_RUN;

	arena_free(self->arena);
	if (self->result.code != ERR_OK && !dry) {
		import->result = self->result;
		import->done(import);
		return;
	}
	import->fresh += import->lines.fresh;
	import->known += import->lines.known;
	import->held += import->lines.held;
	import->missed += import->lines.missed;
	import->next += import->lines.settle.event_count;
	if (!dry) {
		import->delivery_id = import->lines.settle.kept_id;
		atomic_fetch_add(&counts->transfers, import->lines.fresh);
		atomic_fetch_add(&counts->replays, import->lines.known);
	}
	if (last || import->gone(import)) {
		import->done(import);
		return;
	}
	import->progress(import);
	book_slice(import);
}

static void
book_slice(struct statement_import *import)
{
	const struct statement *statement = import->statement;
	size_t left = statement->count - import->next;
	size_t count = left < SLICE_LINES ? left : SLICE_LINES;
	struct arena *arena = arena_new();
	struct str *bins = arena_alloc(arena, (count + 1) * sizeof(*bins));
	struct err err;

	for (size_t i = 0; i < count; i++)
		bins[i] = str_from(import->bank_bin);
	import->lines = (struct lines_command){
		.settle =
			{
				.command = {slice_apply, slice_done, import->api->config.mailbox,
					arena, OK},
				.feed = statement_feed(import->source.format),
				.endpoint_id = import->endpoint_id,
				.content_type = import->content_type,
				.raw = import->source.bytes,
				.delivery_id = import->delivery_id,
				.events = statement->events + import->next,
				.bank_bins = bins,
				.event_count = count,
			},
	};
	err = books_submit(import->api->config.books, &import->lines.settle.command);
	if (err.code == ERR_OK)
		return;
	arena_free(arena);
	import->result = err;
	import->done(import);
}

void
statement_import_book(struct statement_import *import)
{
	book_slice(import);
}
