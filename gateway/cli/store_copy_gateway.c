/* The gateway that serves the books that move: held, asked to leave them, or let go on. */
#include <errno.h>
#include <signal.h>
#include <sysexits.h>
#include <time.h>

#include "chopay/log.h"
#include "options.h"
#include "store_copying.h"

#define END_WAIT_MS 30000 /* a gateway finishes what it answers, then ends */
#define LOOK_EVERY_MS 20

int
copying_find_gateway(struct copying *copying)
{
	if (!copying->served)
		return 0;
	if (!copying->moves) {
		complain(STORE_COPY ": %s is in use: stop its gateway, or give --switch to move "
				    "the books while it serves",
			copying->from.folder);
		return EX_UNAVAILABLE;
	}
	return control_join(STORE_COPY, copying->from.folder, &copying->control);
}

int
copying_watch(struct copying *copying)
{
	json_t *answer CLEANUP(json_cleanup) = NULL;

	return control_json(copying->control, "POST", "/control/watch", NULL, &answer);
}

static struct touched_table
read_table(const json_t *json, struct arena *arena)
{
	const json_t *numbers = json_object_get(json, "rows");
	size_t count = json_array_size(numbers);
	int64_t *rows = arena_alloc(arena, (count + 1) * sizeof(*rows));

	for (size_t i = 0; i < count; i++)
		rows[i] = json_integer_value(json_array_get(numbers, i));
	return (struct touched_table){arena_copy(arena, json_str(json_object_get(json, "table"))),
		rows, count, json_is_true(json_object_get(json, "gone"))};
}

static void
read_touched(struct copying *copying, const json_t *tables)
{
	struct touched *touched = &copying->touched;

	*touched = (struct touched){.known = tables != NULL};
	touched->items = arena_alloc(
		copying->arena, (json_array_size(tables) + 1) * sizeof(*touched->items));
	for (size_t i = 0; i < json_array_size(tables); i++)
		touched->items[touched->count++] = read_table(
			json_array_get(tables, i), copying->arena);
}

int
copying_hold(struct copying *copying)
{
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int status;

	copying->held = true;
	copying->held_ms = clock_monotonic_ms();
	complain(STORE_COPY ": nothing is written from now on");
	status = control_json(copying->control, "POST", "/control/hold", NULL, &answer);
	copying->gateway = (pid_t)json_integer_value(json_object_get(answer, "pid"));
	read_touched(copying, json_object_get(answer, "touched"));
	return status;
}

void
copying_release(struct copying *copying)
{
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int ignored UNUSED;

	/* Once they have moved this changes nothing. */
	if (copying->held)
		ignored = control_json(copying->control, "DELETE", "/control/hold", NULL, &answer);
}

static int
ask_gateway_to_move(struct copying *copying)
{
	json_t *body CLEANUP(json_cleanup) = json_object();
	json_t *answer CLEANUP(json_cleanup) = NULL;

	json_set_str(body, "place", buf_str(&copying->to.place));
	json_set_i64(body, "token", copying->token);
	return control_json(copying->control, "POST", "/control/move", body, &answer);
}

/* In one transaction: nobody began to write since we looked, and the note that they moved. */
static struct err
leave(struct copying *copying, struct db *db)
{
	int64_t writers, last_id;

	TRY(writers_at_work(db, copying->token, &writers, &last_id));
	if (writers > 0 || last_id != copying->last_id)
		return FAIL(ERR_BUSY, "somebody wrote there meanwhile; stop all nodes");
	return store_note_put(db, &(struct store_note){STR("moved"), buf_str(&copying->to.place),
					  copying->token, copying->token});
}

static int
leave_source(struct copying *copying)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct db *db = NULL;
	int status = side_open(&copying->from, STORE_WRITE, &db);
	struct err err;

	if (status != 0)
		return status;
	err = store_begin(db);
	if (err.code == ERR_OK)
		err = leave(copying, db);
	if (err.code == ERR_OK)
		err = store_commit(db);
	else
		store_rollback(db);
	store_close(db);
	if (err.code == ERR_OK)
		return 0;
	buf_addf(&why, "%s: %s", copying->from.place.ptr, err.what);
	return copying_fail(copying, err, &why);
}

static int
await_end(const struct copying *copying)
{
	for (int waited = 0; waited < END_WAIT_MS; waited += LOOK_EVERY_MS) {
		if (kill(copying->gateway, 0) != 0 && errno == ESRCH)
			return 0;
		nanosleep(&(struct timespec){0, LOOK_EVERY_MS * 1000000L}, NULL);
	}
	complain(STORE_COPY ": the books have moved, but the old gateway (process %ld) has not "
			    "ended; end it",
		(long)copying->gateway);
	return EX_UNAVAILABLE;
}

int
copying_hand_over(struct copying *copying)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct err err;
	int status = !copying->moves   ? 0
		     : copying->served ? ask_gateway_to_move(copying)
				       : leave_source(copying);

	if (status != 0)
		return status;
	err = store_note_clear(copying->target, copying->token);
	if (err.code != ERR_OK) {
		buf_addf(&why, "%s: %s", copying->to.place.ptr, err.what);
		return copying_fail(copying, err, &why);
	}
	if (!copying->served)
		return 0;
	side_unlock_copy(&copying->from);
	return await_end(copying);
}
