/* chopay store reopen: a store whose books moved away is in use again. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "options.h"
#include "store.h"
#include "store_sides.h"
#include "where.h"

#define STORE_REOPEN "store reopen"

const char store_reopen_help[] =
	"usage: chopay store reopen DIR|URI [--fork-books]\n\n"
	"Takes a store whose books moved away into use again, as it was when they moved.  The store\n"
	"that they moved to is looked at first, and left: only when nothing was booked there since,\n"
	"nobody serves it, and they did not move on from there.  Otherwise copy back instead.\n\n"
	"  --fork-books   do not look: what was booked elsewhere since is not in this store, and from\n"
	"                 now on there may be two books of one market, each without the other's\n"
	"                 payments.  For a store that is gone for good, or was never used\n";

struct reopening {
	struct side left, other;
	struct db *db, *beside; /* of the two */
	struct arena *arena;
	struct store_note note; /* of the one that was left */
	struct buf folder;	/* of the other one */
};

static int
read_note(struct reopening *reopening)
{
	struct err err = store_check_schema(reopening->db);

	if (err.code == ERR_OK)
		err = store_note_get(reopening->db, reopening->arena, &reopening->note);
	if (err.code == ERR_OK && !str_eq(reopening->note.kind, STR("moved")))
		err = FAIL(ERR_INVALID, reopening->note.kind.len == 0
						? "its books did not move: it is in use"
						: "it is half a copy: copy the rest, or drop it");
	if (err.code != ERR_OK)
		complain(STORE_REOPEN ": %s: %s", reopening->left.place.ptr, err.what);
	return err.code == ERR_OK ? 0 : err_exit_status(err.code);
}

static int
open_left(struct reopening *reopening, const char *word)
{
	bool served = false;
	int status;

	side_init(&reopening->left, STORE_REOPEN, word);
	status = side_check(&reopening->left);
	if (status == 0)
		status = side_lock_source(&reopening->left, &served);
	if (status == 0 && served) {
		complain(STORE_REOPEN ": %s is in use", word);
		status = EX_UNAVAILABLE;
	}
	if (status == 0)
		status = side_open(&reopening->left, STORE_WRITE, &reopening->db);
	return status == 0 ? read_note(reopening) : status;
}

/* ---- the store that the books moved to ---------------------------------------------------------
 */

/* A note names SQLite's file; the folder is what is locked. */
static int
open_other(struct reopening *reopening)
{
	struct str place = reopening->note.place, file = STR("/chopay.db");
	bool served = false;
	int status;

	if (place.len > file.len && str_eq(str_cut(place, place.len - file.len, place.len), file))
		place = str_cut(place, 0, place.len - file.len);
	buf_add(&reopening->folder, place);
	side_init(&reopening->other, STORE_REOPEN, reopening->folder.ptr);
	status = side_lock_source(&reopening->other, &served);
	if (status == 0 && served) {
		complain(STORE_REOPEN ": the books moved to %s, which is in use",
			reopening->other.place.ptr);
		return EX_UNAVAILABLE;
	}
	if (status == 0)
		status = side_open(&reopening->other, STORE_WRITE, &reopening->beside);
	if (status != 0)
		complain(STORE_REOPEN
			": so nobody knows what was booked there since; --fork-books does not "
			"ask (see `chopay store reopen --help`)");
	return status;
}

/* In a transaction of the other store, which writes the note that it is left: nobody began to write
 * there since we looked. */
static struct err
take_back(struct reopening *reopening, struct str *moved_on)
{
	int64_t now_ms = clock_now_ms(&(struct clock){0});
	int64_t writers, ignored, last_id, left_at_id;
	struct store_note note;

	TRY(store_note_get(reopening->beside, reopening->arena, &note));
	TRY(writers_at_work(reopening->beside, now_ms, &writers, &last_id));
	TRY(writers_at_work(reopening->db, now_ms, &ignored, &left_at_id));
	if (str_eq(note.kind, STR("moved"))) {
		/* Broken off after its first half, it is finished. */
		if (str_eq(note.place, buf_str(&reopening->left.place)))
			return OK;
		*moved_on = note.place;
		return FAIL(ERR_CONFLICT, "the books moved on from there to");
	}
	if (writers > 0)
		return FAIL(ERR_BUSY, "a node writes there");
	if (last_id > left_at_id)
		return FAIL(ERR_CONFLICT, "something was written there since");
	return store_note_put(
		reopening->beside, &(struct store_note){STR("moved"),
					   buf_str(&reopening->left.place), now_ms, now_ms});
}

static int
leave_other(struct reopening *reopening)
{
	struct str moved_on = STR("");
	struct err err = store_begin(reopening->beside);

	if (err.code == ERR_OK)
		err = take_back(reopening, &moved_on);
	if (err.code == ERR_OK)
		err = store_commit(reopening->beside);
	else
		store_rollback(reopening->beside);
	if (err.code == ERR_OK)
		return 0;
	complain(STORE_REOPEN
		": the books moved to %s: %s%s%.*s; copy them back from where they are, "
		"or there will be two books (--fork-books)",
		reopening->other.place.ptr, err.what, moved_on.len > 0 ? " " : "",
		STR_FMT(moved_on));
	return err_exit_status(err.code);
}

/* ---- the command -------------------------------------------------------------------------------
 */

static int
reopen(struct reopening *reopening, const char *word, bool fork)
{
	int status = open_left(reopening, word);
	struct err err;

	if (status == 0 && !fork)
		status = open_other(reopening);
	if (status == 0 && !fork)
		status = leave_other(reopening);
	if (status != 0)
		return status;
	err = store_note_clear(reopening->db, reopening->note.token);
	if (err.code != ERR_OK)
		complain(STORE_REOPEN ": %s: %s", reopening->left.place.ptr, err.what);
	else
		printf("%s is in use again\n", reopening->left.place.ptr);
	return err_exit_status(err.code);
}

int
store_reopen(int argc, char **argv)
{
	struct reopening reopening = {
		.left = {.lock_fd = -1, .copy_fd = -1}, .other = {.lock_fd = -1, .copy_fd = -1}};
	bool fork = false;
	const struct option_spec specs[] = {{"fork-books", NULL, &fork}};
	const char *words[1];
	size_t count;
	int status = options_read(
		STORE_REOPEN, store_reopen_help, argc, argv, specs, 1, words, 1, &count);

	if (status != -1)
		return status;
	if (count == 0) {
		complain(STORE_REOPEN ": which store? give its folder or its URI");
		return EX_USAGE;
	}
	log_quiet();
	reopening.arena = arena_new();
	status = reopen(&reopening, words[0], fork);
	store_close(reopening.beside);
	store_close(reopening.db);
	side_fini(&reopening.other);
	side_fini(&reopening.left);
	buf_fini(&reopening.folder);
	arena_free(reopening.arena);
	return status;
}
