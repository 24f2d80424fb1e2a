/* What is booked while a fold is under way is left due, and nobody waits for another process's
 * fold. That other process is a second connection to the store. */
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../gateway/books/books.h"
#include "../../gateway/store/db.h"
#include "../support/market.h"
#include "chopay/adoption_commands.h"
#include "chopay/adoption_rows.h"

#define CREDITS 40

static void
assert_ok(struct err err)
{
	if (err.code != ERR_OK)
		fail_msg("%s", err.what);
}

static void
wait_for(sem_t *sem)
{
	while (sem_wait(sem) != 0)
		;
}

/* ---- another process ---------------------------------------------------------------------------
 */

static struct db *
other_process(struct market_fixture *market)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct db *db;

	assert_ok(store_open(market->store.ptr, STORE_WRITE, &db, &why));
	return db;
}

/* The state of the books that its fold sees is taken with it. */
static void
look_there(struct db *db)
{
	int64_t due;

	assert_ok(due_count(db, DAY_FIRST, DAY_LAST, &due));
	assert_int_equal(due, 1);
}

static void
fold_there(struct market_fixture *market, struct db *db)
{
	struct tx tx = {.db = db, .crypt = market->crypt, .now_ms = books_now_ms(market->books)};
	struct fold_command fold = {.command = {.apply = fold_apply, .arena = market->arena},
		.from_day = DAY_FIRST,
		.to_day = DAY_LAST};

	assert_ok(fold_apply(&tx, &fold.command));
	assert_int_equal(fold.folded, 1);
}

/* ---- credits ------------------------------------------------------------------------------------
 */

struct sent {
	struct settle_command settle;
	struct feed_event event;
	struct str bin;
	sem_t done;
};

static void
told(struct command *self)
{
	sem_post(&((struct sent *)self)->done);
}

/* To the stall A01, today. */
static struct sent *
tell(struct market_fixture *market, const char *id, int64_t amount)
{
	const struct credit credit = {.id = id, .account = "0071000000001", .amount = amount};
	struct sent *sent = arena_alloc(market->arena, sizeof(*sent));

	*sent = (struct sent){
		.settle = {.command = {settle_apply, told, NULL, market->arena, OK},
			.feed = feed_find(STR("sepay")),
			.endpoint_id = STR("e1"),
			.content_type = STR("application/json"),
			.raw = market_raw(market, &credit),
			.events = &sent->event,
			.bank_bins = &sent->bin,
			.event_count = 1},
		.event = {.provider_txn_id = str_from(id),
			.account = STR("0071000000001"),
			.amount = {amount},
			.time_ms = books_now_ms(market->books)},
		.bin = STR(""),
	};
	sem_init(&sent->done, 0, 0);
	assert_ok(books_submit(market->books, &sent->settle.command));
	return sent;
}

static void
assert_told(struct sent *sent)
{
	wait_for(&sent->done);
	assert_ok(sent->settle.command.result);
	assert_int_not_equal(sent->settle.settlements[0].payment_id, 0);
	sem_destroy(&sent->done);
}

/* ---- folds --------------------------------------------------------------------------------------
 */

struct waiting_fold {
	struct fold_command fold; /* first */
	sem_t *done;
};

static void
folded(struct command *self)
{
	sem_post(((struct waiting_fold *)self)->done);
}

static void
fold_begin(struct market_fixture *market, struct waiting_fold *waiting, sem_t *done)
{
	*waiting = (struct waiting_fold){
		.fold = {.command = {.apply = fold_apply, .done = folded},
			.from_day = DAY_FIRST,
			.to_day = DAY_LAST},
		.done = done,
	};
	assert_ok(books_submit(market->books, &waiting->fold.command));
}

/* ---- what the cells say ------------------------------------------------------------------------
 */

struct look {
	struct query query;
	struct market_fixture *market;
	struct buf faults;
	int64_t due, folded, payments;
};

static void
fault_found(void *arg, const char *table, struct str key, const char *fault)
{
	buf_addf(arg, "%s %.*s: %s\n", table, STR_FMT(key), fault);
}

static struct err
add_day(void *arg, const struct adoption_day_row *row)
{
	((struct look *)arg)->payments += row->payments;
	return OK;
}

static struct err
run_look(struct db *db, struct query *query)
{
	struct look *look = (struct look *)query;
	const struct adoption_check check = {
		.crypt = look->market->crypt,
		.sealing_key = books_sealing_key(look->market->books),
	};

	TRY(adoption_days_walk(db, 0, DAY_FIRST, DAY_LAST, add_day, look));
	return adoption_verify(db, &check, fault_found, &look->faults, &look->due);
}

static struct look
look(struct market_fixture *market)
{
	struct look look = {.query = {.run = run_look, .arena = market->arena}, .market = market};

	assert_ok(books_ask_wait(market->books, &look.query));
	if (look.faults.len > 0)
		fail_msg("%s", look.faults.ptr);
	buf_fini(&look.faults);
	return look;
}

static void
assert_cells(struct market_fixture *market, int64_t payments, int64_t due)
{
	struct look seen = look(market);

	assert_int_equal(seen.payments, payments);
	assert_int_equal(seen.due, due);
}

/* ---- what must hold ----------------------------------------------------------------------------
 */

/* Read, booked, written: the fold does not see it. */
static void
what_is_booked_meanwhile_is_left_due(void **state)
{
	struct market_fixture *market = *state;
	struct db *there;

	if (market->store.ptr == NULL)
		return; /* one process has the file, and one thread writes it */
	there = other_process(market);

	assert_told(tell(market, "1", 20000));
	assert_ok(adoption_begin(there));
	look_there(there);
	assert_told(tell(market, "2", 30000));
	fold_there(market, there);
	assert_ok(store_commit(there));
	assert_cells(market, 1, 1);
	assert_ok(books_fold_due_wait(market->books, DAY_FIRST, DAY_LAST));
	assert_cells(market, 2, 0);
	store_close(there);
}

/* Who pays is told so, though a fold waits for another one's end; then it is its turn. */
static void
nobody_waits_for_the_fold_of_another(void **state)
{
	struct market_fixture *market = *state;
	struct waiting_fold waiting;
	struct db *there;
	sem_t done;

	if (market->store.ptr == NULL)
		return;
	there = other_process(market);
	sem_init(&done, 0, 0);
	assert_told(tell(market, "1", 20000));
	assert_ok(adoption_begin(there));
	look_there(there);
	fold_begin(market, &waiting, &done);
	for (int i = 2; i < 12; i++)
		assert_told(tell(market, arena_printf(market->arena, "%d", i).ptr, 1000 * i));
	assert_int_not_equal(sem_trywait(&done), 0);
	store_rollback(there);
	wait_for(&done);
	assert_ok(waiting.fold.command.result);
	assert_cells(market, 11, 0);
	sem_destroy(&done);
	store_close(there);
}

/* Whenever they come, on either engine: at any time what is not due is right. */
static void
credits_and_folds_come_together(void **state)
{
	struct market_fixture *market = *state;
	struct sent *sent[CREDITS];
	struct waiting_fold folds[CREDITS];
	sem_t done;

	sem_init(&done, 0, 0);
	for (int i = 0; i < CREDITS; i++) {
		sent[i] = tell(market, arena_printf(market->arena, "%d", i + 1).ptr, 1000 + i);
		fold_begin(market, &folds[i], &done);
		if (i % 5 == 4)
			(void)look(market);
	}
	for (int i = 0; i < CREDITS; i++) {
		assert_told(sent[i]);
		wait_for(&done);
		assert_ok(folds[i].fold.command.result);
	}
	assert_ok(books_fold_due_wait(market->books, DAY_FIRST, DAY_LAST));
	assert_cells(market, CREDITS, 0);
	sem_destroy(&done);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			credits_and_folds_come_together, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_booked_meanwhile_is_left_due, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			nobody_waits_for_the_fold_of_another, market_setup, market_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
