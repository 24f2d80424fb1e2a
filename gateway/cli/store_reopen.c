/* chopay store reopen: a store whose books moved away is in use again. */
#include <stdio.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "options.h"
#include "store.h"
#include "store_sides.h"

const char store_reopen_help[] =
	"usage: chopay store reopen DIR|URI\n\n"
	"Takes a store whose books moved away into use again, as it was when they moved.  What was\n"
	"booked in the other store since is not in it: when there is any, copy back instead.\n";

static struct err
reopen(struct db *db, struct arena *arena)
{
	struct store_note note;

	TRY(store_note_get(db, arena, &note));
	if (!str_eq(note.kind, STR("moved")))
		return FAIL(ERR_INVALID, note.kind.len == 0
						 ? "its books did not move: it is in use"
						 : "it is half a copy: copy the rest, or drop it");
	return store_note_clear(db, note.token);
}

int
store_reopen(int argc, char **argv)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct side side;
	struct db *db = NULL;
	const char *words[1];
	bool served = false;
	size_t count;
	struct err err;
	int status = options_read(
		"store reopen", store_reopen_help, argc, argv, NULL, 0, words, 1, &count);

	if (status != -1)
		return status;
	if (count == 0) {
		complain("store reopen: which store? give its folder or its URI");
		return EX_USAGE;
	}
	log_quiet();
	side_init(&side, "store reopen", words[0]);
	status = side_lock_source(&side, &served);
	if (status == 0 && served) {
		complain("store reopen: %s is in use", words[0]);
		status = EX_UNAVAILABLE;
	}
	if (status == 0)
		status = side_open(&side, STORE_WRITE, &db);
	if (status == 0) {
		err = store_check_schema(db);
		if (err.code == ERR_OK)
			err = reopen(db, arena);
		status = err_exit_status(err.code);
		if (err.code != ERR_OK)
			complain("store reopen: %s: %s", side.place.ptr, err.what);
		else
			printf("%s is in use again\n", side.place.ptr);
	}
	store_close(db);
	side_fini(&side);
	return status;
}
