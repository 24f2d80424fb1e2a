/* What may be copied where, and both stores opened for it. */
#include <sysexits.h>

#include "chopay/books.h"
#include "chopay/log.h"
#include "options.h"
#include "store_copying.h"
#include "where.h"

#define PROGRESS_MS 1000

/* ---- words -------------------------------------------------------------------------------------
 */

static void
tell_progress(void *arg, const struct copy_progress *progress)
{
	struct copying *copying = arg;
	int64_t now_ms = clock_monotonic_ms();

	if (now_ms - copying->told_ms < PROGRESS_MS)
		return;
	copying->told_ms = now_ms;
	complain(STORE_COPY ": %.*s %lld of %lld rows, %lld%% of all", STR_FMT(progress->table),
		(long long)progress->rows, (long long)progress->of,
		(long long)(progress->all_of == 0 ? 100
						  : progress->all_rows * 100 / progress->all_of));
}

int
copying_fail(const struct copying *copying, struct err err, const struct buf *why)
{
	const char *next = copying->held ? "the gateway goes on with the old store; " : "";

	complain(STORE_COPY ": %s", why->len > 0 ? why->ptr : err.what);
	if (err.code == ERR_BUSY)
		complain(STORE_COPY ": %snothing is lost: the same command goes on where it was",
			next);
	return err_exit_status(err.code);
}

/* ---- what may be copied where ------------------------------------------------------------------
 */

static int
refuse_source(const struct copying *copying, const struct store_note *note)
{
	bool moved = str_eq(note->kind, STR("moved"));

	if (note->kind.len == 0)
		return 0;
	/* The move was broken off after its last word: it is finished. */
	if (copying->moves && !copying->served && moved &&
		str_eq(note->place, buf_str(&copying->to.place)))
		return 0;
	complain(STORE_COPY ": %s: %s %.*s", copying->from.place.ptr,
		moved ? "its books moved to" : "it is half a copy of", STR_FMT(note->place));
	return moved ? EX_NO_STORE : EX_DATAERR;
}

static int
check_source(struct copying *copying)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf why CLEANUP(buf_fini) = {0};
	int64_t now_ms = clock_now_ms(&(struct clock){0});
	struct store_note note;
	int64_t writers;
	struct err err = store_check_schema(copying->source);

	if (err.code == ERR_OK)
		err = store_note_get(copying->source, arena, &note);
	if (err.code == ERR_OK)
		err = writers_at_work(copying->source, now_ms, &writers, &copying->last_id);
	if (err.code != ERR_OK) {
		buf_addf(&why, "%s: %s", copying->from.place.ptr, err.what);
		return copying_fail(copying, err, &why);
	}
	if (writers > 0) {
		complain(STORE_COPY ": %s: %lld node%s; stop them first, and wait until their "
				    "leases have run out",
			copying->from.place.ptr, (long long)writers,
			writers == 1 ? " writes there" : "s write there");
		return EX_UNAVAILABLE;
	}
	return refuse_source(copying, &note);
}

/* Empty, or what an earlier copy from the same place left. */
static int
refuse_target(struct copying *copying, const struct store_note *note)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct str table;
	struct err err;

	if (str_eq(note->kind, STR("copying")) &&
		str_eq(note->place, buf_str(&copying->from.place)))
		return 0;
	if (note->kind.len > 0) {
		complain(STORE_COPY ": %s: it is %s %.*s; name an empty store",
			copying->to.place.ptr,
			str_eq(note->kind, STR("copying")) ? "half a copy of" : "what was left for",
			STR_FMT(note->place));
		return EX_DATAERR;
	}
	err = store_copy_found(copying->copy, &table, &why);
	if (err.code != ERR_OK)
		return copying_fail(copying, err, &why);
	if (table.len == 0)
		return 0;
	complain(STORE_COPY ": %s holds a store already (there are rows in \"%.*s\"); name an "
			    "empty one",
		copying->to.place.ptr, STR_FMT(table));
	return EX_DATAERR;
}

static int
take_target(struct copying *copying)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf why CLEANUP(buf_fini) = {0};
	struct store_note note;
	struct err err = store_note_get(copying->beside, arena, &note);
	int status = err.code == ERR_OK ? refuse_target(copying, &note) : 0;

	if (status != 0)
		return status;
	if (err.code == ERR_OK)
		err = store_note_put(copying->target,
			&(struct store_note){STR("copying"), buf_str(&copying->from.place),
				copying->token, copying->token});
	return err.code == ERR_OK ? 0 : copying_fail(copying, err, &why);
}

/* ---- opening -----------------------------------------------------------------------------------
 */

int
copying_find_keys(struct copying *copying)
{
	struct buf why CLEANUP(buf_fini) = {0};

	if (copying->keys == NULL)
		copying->keys = copying->from.folder != NULL ? copying->from.folder
							     : copying->to.folder;
	if (copying->keys == NULL) {
		complain(STORE_COPY ": --data DIR says where the keys are");
		return EX_USAGE;
	}
	if (books_folder_key(copying->keys, &copying->key, &why).code != ERR_OK) {
		complain(STORE_COPY ": %s; --data DIR says where the keys of these books are",
			why.ptr);
		return EX_IOERR;
	}
	return crypt_new(&copying->crypt).code == ERR_OK ? 0 : EX_SOFTWARE;
}

static int
migrate_target(struct copying *copying)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct err err = store_migrate(copying->target, copying->token);

	if (err.code == ERR_OK)
		return 0;
	buf_addf(&why, "%s: %s", copying->to.place.ptr, err.what);
	return copying_fail(copying, err, &why);
}

int
copying_open_source(struct copying *copying)
{
	int status = side_open(&copying->from, STORE_READ, &copying->source);

	if (status == 0)
		store_seal_with(copying->source, copying->crypt, &copying->key);
	return status == 0 ? check_source(copying) : status;
}

/* The note says whose copy it is: from then on its keys and its rows stay for the next try. */
int
copying_open_target(struct copying *copying)
{
	struct copy_config config = {
		.token = copying->token, .progress = tell_progress, .arg = copying};
	struct buf why CLEANUP(buf_fini) = {0};
	struct err err;
	int status = side_open(&copying->to, STORE_LOAD, &copying->target);

	if (status == 0)
		status = migrate_target(copying);
	if (status == 0)
		status = side_open(&copying->to, STORE_READ, &copying->beside);
	if (status != 0)
		return status;
	config.from = copying->source;
	config.to = copying->target;
	config.beside = copying->beside;
	err = store_copy_new(&config, &copying->copy, &why);
	return err.code == ERR_OK ? take_target(copying) : copying_fail(copying, err, &why);
}
