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
		return copying_fail(copying, err, &why);
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

/* ---- what was copied is what there was ---------------------------------------------------------
 */

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
		return copying_fail(copying, err, &why);
	return differences > 0 ? EX_DATAERR : copying_verify_ledgers(copying);
}

static int
run(struct copying *copying)
{
	int64_t held_ms = 0;
	int status = copying->served ? copy_beside_gateway(copying) : pass(copying);

	if (status == 0 && copying->served) {
		held_ms = clock_monotonic_ms();
		status = copying_hold(copying);
		if (status == 0)
			status = pass(copying);
	}
	if (status == 0)
		status = compare(copying);
	if (status == 0)
		status = copying_hand_over(copying);
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
	if (status == 0 && copying->to.folder != NULL)
		status = side_make_target(&copying->to, copying->keys);
	return status == 0 ? copying_open(copying) : status;
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
