/* chopay store copy: all books of one store into another, while a gateway serves the first. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "options.h"
#include "store.h"
#include "store_copying.h"

#define PASSES_MAX 8	/* beside a gateway that writes; then it is held */
#define NEARLY_ALL 1000 /* rows of a pass: what came since is brought while writing is held */

const char store_copy_help[] =
	"usage: chopay store copy --from DIR|URI --to URI|DIR [--switch] [--data DIR]\n\n"
	"Copies all books into an empty store, compares rows and sums of every table, and verifies\n"
	"the ledger on both sides.  Broken off, it goes on where it was: give the same command again.\n"
	"Until it is whole, the new store is not served.  Progress is told on stderr.\n\n"
	"  --from, --to   a data folder (SQLite), or postgresql://... as `serve --store` takes it; a\n"
	"                 password belongs into a file that it names with ?passfile=, for all users\n"
	"                 of the machine see a command's words\n"
	"  --switch       the books move: the old store is left and says where they are\n"
	"  --data DIR     the folder with the keys, when neither side is one that has them; a folder\n"
	"                 that is copied to gets them\n\n"
	"To move a market that is served, without losing a delivery:\n"
	"  1. Write `store = URI` into its configuration; the running gateway does not read it again.\n"
	"  2. chopay store copy --from DIR --to URI --switch\n"
	"     The gateway serves on while all is copied and the ledgers are verified.  Then, for the\n"
	"     moment of the last rows, whoever would write is answered 503 with Retry-After: feeds\n"
	"     send again.  When all agrees, the gateway ends (exit status 75).  When anything fails,\n"
	"     or this command is killed, it goes on as if nothing had happened.\n"
	"  3. Its service starts it again, now with the new store; DIR still holds the keys.\n"
	"Without --switch, and from PostgreSQL, nothing may serve the old store meanwhile.\n"
	"Back is the same: --from URI --to NEWDIR --data DIR --switch.\n"
	"`chopay store reopen` takes a store that was left into use again.\n";

/* ---- the copy ----------------------------------------------------------------------------------
 */

/* What a pass did, and what is to be told of it. */
struct passed {
	struct err err;
	struct buf why;
	int64_t began_ms;
	int differences;
};

static void
difference_found(void *arg, struct str table, const char *fault)
{
	++((struct passed *)arg)->differences;
	complain(STORE_COPY ": table %.*s: %s", STR_FMT(table), fault);
}

static int
end_pass(struct copying *copying, struct passed *passed)
{
	const struct copy_counts *counts = &copying->counts;
	int64_t took_ms = clock_monotonic_ms() - passed->began_ms;
	int status = passed->err.code != ERR_OK ? copying_fail(copying, passed->err, &passed->why)
		     : passed->differences > 0	? EX_DATAERR
						: 0;

	buf_fini(&passed->why);
	if (status == 0)
		complain(STORE_COPY ": %lld rows: %lld copied, %lld changed, %lld removed, in "
				    "%lld.%lld s",
			(long long)counts->rows, (long long)counts->added,
			(long long)counts->changed, (long long)counts->removed,
			(long long)(took_ms / 1000), (long long)(took_ms % 1000 / 100));
	return status;
}

static int
pass(struct copying *copying)
{
	struct passed passed = {.began_ms = clock_monotonic_ms()};

	passed.err = store_copy_pass(copying->copy, &copying->counts, &passed.why);
	return end_pass(copying, &passed);
}

/* One after which both stores are the same, as of its beginning. */
static int
compared_pass(struct copying *copying)
{
	struct passed passed = {.began_ms = clock_monotonic_ms()};

	passed.err = store_copy_compared_pass(
		copying->copy, &copying->counts, difference_found, &passed, &passed.why);
	copying->rows = copying->counts.rows;
	return end_pass(copying, &passed);
}

/* ---- of a store that nobody serves -------------------------------------------------------------
 */

static int
copy_at_rest(struct copying *copying)
{
	int status = compared_pass(copying);

	return status == 0 ? copying_verify_ledgers(copying) : status;
}

/* ---- of a store that is served -----------------------------------------------------------------
 */

/* Each pass brings what was written during the one before: ever less. */
static int
copy_most(struct copying *copying)
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

/* What takes longer the more was ever booked: while the gateway serves on.  The ledgers are those
 * of one state of the books, for a pass copies one; what is written later goes over by its seals.
 */
static int
copy_beside_gateway(struct copying *copying)
{
	int status = copy_most(copying);

	if (status == 0)
		status = copying_verify_ledgers(copying);
	if (status != 0)
		return status;
	store_copy_check_seals(copying->copy);
	status = copy_most(copying);
	if (status == 0)
		status = copying_watch(copying);
	return status == 0 ? compared_pass(copying) : status;
}

/* What was written since that pass began, and no more than that, unless it was too much to tell. */
static int
bring_last_rows(struct copying *copying)
{
	struct passed passed = {.began_ms = clock_monotonic_ms()};

	if (!copying->touched.known)
		return compared_pass(copying);
	passed.err = store_copy_touched(copying->copy, &copying->touched, &copying->counts,
		difference_found, &passed, &passed.why);
	return end_pass(copying, &passed);
}

static int
copy_served(struct copying *copying)
{
	int status = copy_beside_gateway(copying);

	if (status == 0)
		status = copying_hold(copying);
	return status == 0 ? bring_last_rows(copying) : status;
}

static int
run(struct copying *copying)
{
	int status = copying->served ? copy_served(copying) : copy_at_rest(copying);

	if (status == 0)
		status = copying_hand_over(copying);
	if (status == 0 && copying->served)
		complain(STORE_COPY ": nothing was written for %.1f s",
			(double)(clock_monotonic_ms() - copying->held_ms) / 1000);
	if (status == 0)
		printf("%lld rows are the same in %s; %s\n", (long long)copying->rows,
			copying->to.place.ptr,
			copying->moves ? "the books have moved there" : "it may be served");
	return status;
}

/* ---- the command -------------------------------------------------------------------------------
 */

static void
end_copying(struct copying *copying, int status)
{
	if (status != 0)
		copying_release(copying);
	control_close(copying->control);
	store_close(copying->beside);
	store_close(copying->target);
	store_close(copying->source);
	store_copy_free(copying->copy);
	crypt_free(copying->crypt);
	explicit_bzero(&copying->key, sizeof(copying->key));
	side_fini(&copying->to);
	side_fini(&copying->from);
	arena_free(copying->arena);
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
		status = copying_find_gateway(copying);
	if (status == 0)
		status = copying_find_keys(copying);
	if (status == 0)
		status = copying_open_source(copying);
	if (status == 0 && copying->to.folder != NULL)
		status = side_make_target(&copying->to, copying->keys);
	if (status == 0)
		status = copying_open_target(copying);
	if (status != 0 && copying->to.folder != NULL)
		side_unmake_target(&copying->to);
	return status;
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
	copying.arena = arena_new();
	side_init(&copying.from, STORE_COPY, copying.from_word);
	side_init(&copying.to, STORE_COPY, copying.to_word);
	if (str_eq(buf_str(&copying.from.place), buf_str(&copying.to.place))) {
		complain(STORE_COPY ": both are the same store");
		status = EX_USAGE;
	} else {
		status = side_check(&copying.from);
		if (status == 0)
			status = side_check(&copying.to);
		if (status == 0)
			status = prepare(&copying);
	}
	if (status == 0)
		status = run(&copying);
	end_copying(&copying, status);
	return status;
}
