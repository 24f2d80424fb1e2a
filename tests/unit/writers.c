/* Several writers on one store (on SQLite there is one, whatever is asked for): each credit counts
 * once whoever takes it, and who lost a number, a connection or a race goes on. */
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "../../gateway/store/db.h"
#include "../support/market.h"
#include "chopay/receiver_commands.h"

#define WRITERS 3
#define CREDITS 240
#define STALLS 3
#define BROKEN_FOR_MS 10000 /* alone, what is broken is tried as long as there is patience */

static int
set_up(void **state)
{
	struct market_fixture *market = market_open();

	market->writers = WRITERS;
	market_reopen(market);
	*state = market;
	return 0;
}

static void
wait_for(sem_t *sem)
{
	while (sem_wait(sem) != 0)
		;
}

/* ---- credits, by whoever is free --------------------------------------------------------------
 */

struct credit_command {
	struct settle_command settle;
	struct feed_event event;
	struct str bin;
	sem_t *done;
};

static void
credit_done(struct command *self)
{
	sem_post(((struct credit_command *)self)->done);
}

/* Each number an id; the same number again is the same credit again. */
static void
write_credit(struct market_fixture *market, struct credit_command *command, int number)
{
	static const char *const accounts[STALLS] = {"0071000000001", "VQRQ0004", "19990002"};
	const struct credit credit = {.id = arena_printf(market->arena, "%d", number).ptr,
		.account = accounts[number % STALLS],
		.memo = "tien rau",
		.amount = 1000 + number,
		.bank_ref = arena_printf(market->arena, "FT26%08d", number).ptr,
		.booked_at_ms = books_now_ms(market->books) / MS_PER_DAY * MS_PER_DAY};

	*command = (struct credit_command){
		.settle = {.command = {settle_apply, credit_done, NULL, arena_new(), OK},
			.feed = feed_find(STR("sepay")),
			.endpoint_id = STR("e"),
			.raw = market_raw(market, &credit),
			.events = &command->event,
			.bank_bins = &command->bin,
			.event_count = 1},
		.event = {.provider_txn_id = str_from(credit.id),
			.bank_txn_id = str_from(credit.bank_ref),
			.account = str_from(credit.account),
			.content = str_from(credit.memo),
			.amount = {credit.amount},
			.time_ms = credit.booked_at_ms},
		.bin = STR(""),
	};
}

static void
each_credit_counts_once(void **state)
{
	struct market_fixture *market = *state;
	struct credit_command *credits = mem_alloc_zero(2 * CREDITS, sizeof(*credits));
	int replays = 0;
	sem_t done;

	sem_init(&done, 0, 0);
	for (int i = 0; i < 2 * CREDITS; i++) { /* each twice, close together */
		write_credit(market, &credits[i], 1 + i / 2);
		credits[i].done = &done;
		assert_int_equal(
			books_submit(market->books, &credits[i].settle.command).code, ERR_OK);
	}
	for (int i = 0; i < 2 * CREDITS; i++)
		wait_for(&done);
	for (int i = 0; i < 2 * CREDITS; i++) {
		assert_int_equal(credits[i].settle.command.result.code, ERR_OK);
		replays += credits[i].settle.settlements[0].replay;
		arena_free(credits[i].settle.command.arena);
	}
	assert_int_equal(replays, CREDITS);
	assert_int_equal(market_count(market, "transfers"), CREDITS);
	assert_int_equal(
		market_count(market, "payments") + market_count(market, "suspense"), CREDITS);
	market_assert_verified(market);
	sem_destroy(&done);
	free(credits);
}

/* ---- a row that the database refuses when nobody waits for its answer --------------------------
 */

struct waiting {
	struct command command;
	sem_t *entered, *done; /* posted, waited for */
};

/* Holds the writer until all the others wait behind it. */
static struct err
hold(struct tx *tx, struct command *self)
{
	struct waiting *waiting = (struct waiting *)self;

	(void)tx;
	sem_post(waiting->entered);
	wait_for(waiting->done);
	return OK;
}

static void
held(struct command *self)
{
	(void)self;
}

static void
broken(struct command *self)
{
	sem_post(((struct waiting *)self)->done);
}

/* A credit sends no money back twice: a key says so. */
static struct err
break_a_key(struct tx *tx, struct command *self)
{
	static const char PUT[] = "INSERT INTO sent_back (transfer_id, credit_id) VALUES (1, 1)";
	struct db_stmt *stmt;

	(void)self;
	for (int i = 0; i < 2; i++) {
		TRY(db_prepare(tx->db, PUT, &stmt));
		TRY(db_run(stmt));
	}
	return OK;
}

static void
a_broken_key_takes_no_other_with_it(void **state)
{
	struct market_fixture *market = *state;
	struct credit_command credits[4];
	sem_t done, entered, open;
	struct waiting gate = {{hold, held, NULL, NULL, OK}, &entered, &open};
	struct waiting breaking = {{break_a_key, broken, NULL, market->arena, OK}, NULL, &done};

	market->writers = 1;
	market->patience_ms = BROKEN_FOR_MS;
	market_reopen(market);
	sem_init(&done, 0, 0);
	sem_init(&entered, 0, 0);
	sem_init(&open, 0, 0);
	assert_int_equal(books_submit(market->books, &gate.command).code, ERR_OK);
	wait_for(&entered);
	for (int i = 0; i < 4; i++) {
		write_credit(market, &credits[i], 9000 + i);
		credits[i].done = &done;
		assert_int_equal(
			books_submit(market->books, &credits[i].settle.command).code, ERR_OK);
		if (i == 1)
			assert_int_equal(
				books_submit(market->books, &breaking.command).code, ERR_OK);
	}
	sem_post(&open);
	for (int i = 0; i < 5; i++)
		wait_for(&done);
	assert_int_equal(breaking.command.result.code, ERR_CONFLICT);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(credits[i].settle.command.result.code, ERR_OK);
		arena_free(credits[i].settle.command.arena);
	}
	assert_int_equal(market_count(market, "transfers"), 4);
	market_assert_verified(market);
	sem_destroy(&open);
	sem_destroy(&entered);
	sem_destroy(&done);
}

/* ---- what is taken away from a writer -----------------------------------------------------------
 */

static struct db *
beside(struct market_fixture *market, enum store_mode mode)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct db *db;

	assert_int_equal(store_open_postgres(market->store.ptr, mode, &db, &why).code, ERR_OK);
	return db;
}

static void
on_store(struct market_fixture *market, const char *sql)
{
	struct db *db = beside(market, STORE_WRITE);

	assert_int_equal(db_exec(db, sql).code, ERR_OK);
	store_close(db);
}

static void
a_writer_goes_on(void **state)
{
	static const struct {
		const char *name, *sql;
	} losses[] = {
		{"its number", "UPDATE writer SET token = token + 1, until_ms = 9000000000000"},
		{"its connection",
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
			" WHERE application_name = current_schema() AND pid <> pg_backend_pid()"
			" AND datname = current_database()"},
		{"nothing", "SELECT 1"},
	};
	struct market_fixture *market = *state;
	int64_t payments = 0;

	if (market->store.ptr == NULL)
		return; /* nobody takes anything from the one writer of a file */
	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		on_store(market, losses[i].sql);
		for (int n = 0; n < 3 * WRITERS; n++) {
			char id[24];

			snprintf(id, sizeof(id), "%zu", 100 * (i + 1) + (size_t)n);
			assert_int_not_equal(
				market_credit(market, &(struct credit){.id = id,
							      .account = "0071000000001",
							      .memo = "tien rau",
							      .amount = 5000})
					.payment_id,
				0);
			payments++;
		}
		assert_int_equal(market_count(market, "payments"), payments);
		market_assert_verified(market);
	}
}

static bool
is_so(struct db *db, const char *query)
{
	struct db_stmt *stmt;
	bool so;

	assert_int_equal(db_prepare(db, query, &stmt).code, ERR_OK);
	assert_int_equal(db_one(stmt, "a row").code, ERR_OK);
	so = db_int(stmt, 0) != 0;
	db_reset(stmt);
	return so;
}

static void
pause_for_a_moment(void)
{
	nanosleep(&(struct timespec){0, 2000000}, NULL);
}

/* Another node takes the same new number, and is first. */
static void
who_is_second_at_a_number_has_a_database(void **state)
{
	static const char WAITS[] =
		"SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
		" AND application_name = current_schema() AND wait_event_type = 'Lock'";
	static const char HAS_ANOTHER[] =
		"SELECT node <> 'other' FROM writer ORDER BY number DESC LIMIT 1";
	struct market_fixture *market = *state;
	struct db *other, *looking;

	if (market->store.ptr == NULL)
		return; /* a file's one writer needs no number */
	market->writers = 1;
	market_reopen(market);
	other = beside(market, STORE_LOAD);
	looking = beside(market, STORE_READ);
	assert_int_equal(
		db_exec(other,
			"BEGIN; INSERT INTO writer (number, last_id, node, token, until_ms, knows)"
			" SELECT max(number) + 1, max(last_id), 'other', 1, 9000000000000, 0 FROM writer")
			.code,
		ERR_OK);
	on_store(market, "UPDATE writer SET token = token + 1, until_ms = 9000000000000");
	while (!is_so(looking, WAITS))
		pause_for_a_moment();
	assert_int_equal(db_exec(other, "COMMIT").code, ERR_OK);
	while (!is_so(looking, HAS_ANOTHER)) {
		assert_false(books_away(market->books));
		pause_for_a_moment();
	}
	store_close(looking);
	store_close(other);
}

/* ---- races
 * ---------------------------------------------------------------------------------------
 */

struct losing_command {
	struct command command;
	int losses, runs;
};

static struct err
lose(struct tx *tx, struct command *self)
{
	static const char LOSE[] = "DO $$BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END$$";
	struct losing_command *losing = (struct losing_command *)self;

	return losing->runs++ < losing->losses ? db_exec(tx->db, LOSE) : OK;
}

/* A race with another node is no reason to send a bank away, as long as there is time. */
static void
who_loses_races_is_tried_again_for_so_long(void **state)
{
	static const struct {
		int losses;
		enum err_code want;
	} cases[] = {{0, ERR_OK}, {1, ERR_OK}, {12, ERR_OK}, {1000000, ERR_BUSY}};
	struct market_fixture *market = *state;

	if (market->store.ptr == NULL)
		return; /* nobody races with the one writer of a file */
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct losing_command losing = {
			{.apply = lose, .arena = market->arena}, cases[i].losses, 0};

		if (cases[i].want == ERR_BUSY) {
			market->patience_ms = 500;
			market_reopen(market);
		}
		assert_int_equal(
			books_submit_wait(market->books, &losing.command).code, cases[i].want);
		if (cases[i].want == ERR_OK)
			assert_int_equal(losing.runs, cases[i].losses + 1);
	}
}

/* ---- receivers
 * -----------------------------------------------------------------------------------
 */

static struct err
count_dispatches(struct db *db, struct query *query)
{
	static const char COUNT[] = "SELECT count(*) FROM dispatch";
	struct db_stmt *stmt;

	TRY(db_prepare(db, COUNT, &stmt));
	TRY(db_one(stmt, "dispatch"));
	*(int64_t *)query->arena = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

static int64_t
dispatches(struct market_fixture *market)
{
	int64_t count = -1;
	struct query query = {.run = count_dispatches, .arena = (struct arena *)(void *)&count};

	assert_int_equal(books_ask_wait(market->books, &query).code, ERR_OK);
	return count;
}

/* Whoever of the writers books it, a receiver is told from its commit on. */
static void
each_writer_knows_the_receivers(void **state)
{
	struct market_fixture *market = *state;
	int64_t told = 0;

	for (int round = 0; round < 4; round++) {
		struct receiver_add_command add = {
			.command = {.apply = receiver_add_apply, .arena = market->arena},
			.receiver = {.id = 100 + round,
				.url = STR("https://r.example/"),
				.secret = STR("s")},
		};

		assert_int_equal(books_submit_wait(market->books, &add.command).code, ERR_OK);
		for (int n = 0; n < 2 * WRITERS; n++) {
			char id[24];

			snprintf(id, sizeof(id), "%d", 1000 * (round + 1) + n);
			(void)market_credit(market, &(struct credit){.id = id,
							    .account = "0071000000001",
							    .memo = "tien rau",
							    .amount = 5000});
			told += round + 1;
			assert_int_equal(dispatches(market), told);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_credit_counts_once, set_up, market_teardown),
		cmocka_unit_test_setup_teardown(
			a_broken_key_takes_no_other_with_it, set_up, market_teardown),
		cmocka_unit_test_setup_teardown(a_writer_goes_on, set_up, market_teardown),
		cmocka_unit_test_setup_teardown(
			who_is_second_at_a_number_has_a_database, set_up, market_teardown),
		cmocka_unit_test_setup_teardown(
			who_loses_races_is_tried_again_for_so_long, set_up, market_teardown),
		cmocka_unit_test_setup_teardown(
			each_writer_knows_the_receivers, set_up, market_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
