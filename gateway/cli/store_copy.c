/* chopay store copy: all books of one store into another, while a gateway serves the first. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "chopay/books.h"
#include "chopay/log.h"
#include "control.h"
#include "options.h"
#include "store.h"
#include "store_sides.h"

#define STORE_COPY "store copy" /* before what is said */
#define PROGRESS_MS 1000
#define PASSES_MAX 8 /* beside a gateway that writes; then it is held */
#define NEARLY_ALL                                                                    \
	1000 /* rows that a pass brought: what came since is brought while it is held \
	      */
#define FAULTS_SHOWN 20
#define END_WAIT_MS 30000 /* a gateway finishes what it answers, then ends */
#define LOOK_EVERY_MS 20

const char store_copy_help[] =
	"usage: chopay store copy --from DIR|URI --to URI|DIR [--switch] [--data DIR]\n\n"
	"Copies all books into an empty store, compares rows and sums of every table, and verifies\n"
	"the ledger on both sides.  Broken off, it goes on where it was: give the same command again.\n"
	"Until it is whole, the new store is not served.  Progress is told on stderr.\n\n"
	"  --from, --to   a data folder (SQLite), or postgresql://... as `serve --store` takes it\n"
	"  --switch       the books move: the old store is left and says where they are\n"
	"  --data DIR     the folder with the keys, when neither side is one that has them; a folder\n"
	"                 that is copied to gets them\n\n"
	"To move a market that is served, without losing a delivery:\n"
	"  1. Write `store = URI` into its configuration; the running gateway does not read it again.\n"
	"  2. chopay store copy --from DIR --to URI --switch\n"
	"     The gateway serves on while most is copied.  Then, for the seconds of the last rows and\n"
	"     of the comparison, whoever would write is answered 503 with Retry-After: feeds send\n"
	"     again.  When all agrees, the gateway ends (exit status 75).  When anything fails, or\n"
	"     this command is killed, it goes on as if nothing had happened.\n"
	"  3. Its service starts it again, now with the new store; DIR still holds the keys.\n"
	"Without --switch, and from PostgreSQL, nothing may serve the old store meanwhile.\n"
	"Back is the same: --from URI --to NEWDIR --data DIR --switch.\n"
	"`chopay store reopen` takes a store that was left into use again.\n";

struct copying {
	const char *from_word, *to_word, *keys;
	bool moves, served;
	struct side from, to;
	struct crypt *crypt;
	struct sealing_key key;
	struct db *source, *target, *beside;
	struct store_copy *copy;
	struct control *control; /* of the gateway that serves the source */
	pid_t gateway;
	bool held;
	int64_t token, last_id;
	int64_t told_ms;
	struct copy_counts counts; /* of the last pass */
};

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

static int
fail(const struct copying *copying, struct err err, const struct buf *why)
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
	if (note->kind.len == 0)
		return 0;
	/* The move was broken off after its last word: it is finished. */
	if (copying->moves && !copying->served && str_eq(note->kind, STR("moved")) &&
		str_eq(note->place, buf_str(&copying->to.place)))
		return 0;
	complain(STORE_COPY ": %s: %s %.*s", copying->from.place.ptr,
		str_eq(note->kind, STR("moved")) ? "its books moved to" : "it is half a copy of",
		STR_FMT(note->place));
	return EX_DATAERR;
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
		return fail(copying, err, &why);
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
		return fail(copying, err, &why);
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
	return err.code == ERR_OK ? 0 : fail(copying, err, &why);
}

/* ---- opening -----------------------------------------------------------------------------------
 */

static int
find_keys(struct copying *copying)
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
	return fail(copying, err, &why);
}

static int
open_stores(struct copying *copying)
{
	struct copy_config config = {
		.token = copying->token, .progress = tell_progress, .arg = copying};
	struct buf why CLEANUP(buf_fini) = {0};
	struct err err;
	int status = side_open(&copying->from, STORE_READ, &copying->source);

	if (status == 0)
		status = check_source(copying);
	if (status == 0)
		status = side_open(&copying->to, STORE_LOAD, &copying->target);
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
	return err.code == ERR_OK ? take_target(copying) : fail(copying, err, &why);
}

static int
find_gateway(struct copying *copying)
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

/* ---- the copy ----------------------------------------------------------------------------------
 */

static int
pass(struct copying *copying)
{
	struct buf why CLEANUP(buf_fini) = {0};
	int64_t began_ms = clock_monotonic_ms(), took_ms;
	struct err err = store_copy_pass(copying->copy, &copying->counts, &why);
	const struct copy_counts *counts = &copying->counts;

	if (err.code != ERR_OK)
		return fail(copying, err, &why);
	took_ms = clock_monotonic_ms() - began_ms;
	complain(STORE_COPY ": %lld rows: %lld copied, %lld changed, %lld removed, in %lld.%lld s",
		(long long)counts->rows, (long long)counts->added, (long long)counts->changed,
		(long long)counts->removed, (long long)(took_ms / 1000),
		(long long)(took_ms % 1000 / 100));
	return 0;
}

/* Each pass brings what was written during the one before: ever less. */
static int
copy_beside_gateway(struct copying *copying)
{
	int status = pass(copying);

	for (int passes = 1; status == 0 && passes < PASSES_MAX; passes++) {
		const struct copy_counts *counts = &copying->counts;

		if (counts->added + counts->changed + counts->removed <= NEARLY_ALL)
			break;
		status = pass(copying);
	}
	return status;
}

static int
hold(struct copying *copying)
{
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int status;

	copying->held = true;
	status = control_json(copying->control, "POST", "/control/hold", NULL, &answer);
	copying->gateway = (pid_t)json_integer_value(json_object_get(answer, "pid"));
	return status == 0 ? pass(copying) : status;
}

/* ---- what was copied is what there was ----------------------------------------------------------
 */

struct ledger {
	const struct side *side;
	const struct copying *copying;
	struct buf faults;
	int64_t fault_count, unchecked;
	int status;
};

static void
fault_found(void *arg, const char *table, struct str key, const char *fault)
{
	struct ledger *ledger = arg;

	if (ledger->fault_count++ < FAULTS_SHOWN)
		buf_addf(&ledger->faults, STORE_COPY ": %s: %s %.*s: %s\n", ledger->side->place.ptr,
			table, STR_FMT(key), fault);
}

static void *
verify_ledger(void *arg)
{
	struct ledger *ledger = arg;
	struct db *db = NULL;
	struct err err;

	ledger->status = side_open(ledger->side, STORE_READ, &db);
	if (ledger->status != 0)
		return NULL;
	store_seal_with(db, ledger->copying->crypt, &ledger->copying->key);
	err = ledger_verify(db, ledger->copying->crypt, fault_found, ledger, &ledger->unchecked);
	if (err.code != ERR_OK) {
		complain(STORE_COPY ": %s: %s", ledger->side->place.ptr, err.what);
		ledger->status = err_exit_status(err.code);
	}
	store_close(db);
	return NULL;
}

static int
report_ledger(struct ledger *ledger)
{
	fputs(ledger->faults.ptr == NULL ? "" : ledger->faults.ptr, stderr);
	if (ledger->fault_count > FAULTS_SHOWN)
		complain(STORE_COPY ": %s: and %lld more", ledger->side->place.ptr,
			(long long)ledger->fault_count - FAULTS_SHOWN);
	if (ledger->unchecked > 0)
		complain(STORE_COPY ": %s: %lld rows were sealed with a key that is not in "
				    "%s/keys: a changed row cannot be told",
			ledger->side->place.ptr, (long long)ledger->unchecked,
			ledger->copying->keys);
	buf_fini(&ledger->faults);
	return ledger->fault_count > 0 ? EX_DATAERR : ledger->status;
}

/* Both at once: while they run, a gateway may be held. */
static int
verify_both(const struct copying *copying)
{
	struct ledger from = {.side = &copying->from, .copying = copying};
	struct ledger to = {.side = &copying->to, .copying = copying};
	pthread_t thread;
	bool beside = pthread_create(&thread, NULL, verify_ledger, &from) == 0;
	int from_status, to_status;

	verify_ledger(&to);
	if (beside)
		pthread_join(thread, NULL);
	else
		verify_ledger(&from);
	from_status = report_ledger(&from);
	to_status = report_ledger(&to);
	return from_status != 0 ? from_status : to_status;
}

static void
difference_found(void *arg, struct str table, const char *fault)
{
	++*(int *)arg;
	complain(STORE_COPY ": table %.*s: %s", STR_FMT(table), fault);
}

static int
compare(struct copying *copying)
{
	struct buf why CLEANUP(buf_fini) = {0};
	int differences = 0;
	struct err err = store_copy_compare(copying->copy, difference_found, &differences, &why);

	if (err.code != ERR_OK)
		return fail(copying, err, &why);
	return differences > 0 ? EX_DATAERR : verify_both(copying);
}

/* ---- the move ----------------------------------------------------------------------------------
 */

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
	return fail(copying, err, &why);
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

/* First the old store is left, then the new one may be served: never both. */
static int
hand_over(struct copying *copying)
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
		return fail(copying, err, &why);
	}
	if (!copying->served)
		return 0;
	side_unlock_copy(&copying->from);
	return await_end(copying);
}

static int
run(struct copying *copying)
{
	int64_t held_ms = 0;
	int status = copying->served ? copy_beside_gateway(copying) : pass(copying);

	if (status == 0 && copying->served) {
		held_ms = clock_monotonic_ms();
		status = hold(copying);
	}
	if (status == 0)
		status = compare(copying);
	if (status == 0)
		status = hand_over(copying);
	if (status == 0 && copying->served)
		complain(STORE_COPY ": nothing was written for %.1f s",
			(double)(clock_monotonic_ms() - held_ms) / 1000);
	if (status == 0)
		printf("%lld rows are the same in %s; %s\n", (long long)copying->counts.rows,
			copying->to.place.ptr,
			copying->moves ? "the books have moved there" : "it may be served");
	return status;
}

/* ---- the command -------------------------------------------------------------------------------
 */

static void
release(struct copying *copying)
{
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int ignored UNUSED;

	/* Once they have moved this changes nothing. */
	if (copying->held)
		ignored = control_json(copying->control, "DELETE", "/control/hold", NULL, &answer);
}

static void
end_copying(struct copying *copying, int status)
{
	if (status != 0)
		release(copying);
	control_close(copying->control);
	store_close(copying->beside);
	store_close(copying->target);
	store_close(copying->source);
	store_copy_free(copying->copy);
	crypt_free(copying->crypt);
	explicit_bzero(&copying->key, sizeof(copying->key));
	side_fini(&copying->to);
	side_fini(&copying->from);
}

/* Not quoted: a password may be in it. */
static bool
is_no_store(const char *word)
{
	return !store_is_uri(word) && strstr(word, "://") != NULL;
}

static int
prepare(struct copying *copying)
{
	int status = side_lock_source(&copying->from, &copying->served);

	if (status == 0)
		status = find_gateway(copying);
	if (status == 0)
		status = find_keys(copying);
	if (status == 0 && copying->to.folder != NULL)
		status = side_make_target(&copying->to, copying->keys);
	return status == 0 ? open_stores(copying) : status;
}

int
store_copy(int argc, char **argv)
{
	struct copying copying = {
		.token = clock_now_ms(&(struct clock){0}), .told_ms = clock_monotonic_ms()};
	const struct option_spec specs[] = {{"from", &copying.from_word, NULL},
		{"to", &copying.to_word, NULL}, {"data", &copying.keys, NULL},
		{"switch", NULL, &copying.moves}};
	const char *words[1];
	size_t count;
	int status = options_read(
		STORE_COPY, store_copy_help, argc, argv, specs, 4, words, 0, &count);

	if (status != -1)
		return status;
	if (copying.from_word == NULL || copying.to_word == NULL) {
		complain(STORE_COPY ": from where to where? give --from and --to; see `chopay "
				    "store copy --help`");
		return EX_USAGE;
	}
	if (is_no_store(copying.from_word) || is_no_store(copying.to_word)) {
		complain(STORE_COPY ": %s is neither a folder nor postgresql://...",
			is_no_store(copying.from_word) ? "--from" : "--to");
		return EX_USAGE;
	}
	log_quiet(); /* lines for a person */
	side_init(&copying.from, STORE_COPY, copying.from_word);
	side_init(&copying.to, STORE_COPY, copying.to_word);
	if (str_eq(buf_str(&copying.from.place), buf_str(&copying.to.place))) {
		complain(STORE_COPY ": both are the same store");
		status = EX_USAGE;
	} else {
		status = prepare(&copying);
	}
	if (status == 0)
		status = run(&copying);
	end_copying(&copying, status);
	return status;
}
