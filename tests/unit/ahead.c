/* A group of credits asks ahead and puts its rows at once: it must come out as one by one, and what
 * a transaction has put is seen by whoever looks in it. */
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../support/market.h"

#define SOLE_ACCOUNT "0071000000001" /* of A01 */
#define SHARED_ACCOUNT "19990002"    /* of A02 and A03 */
#define MAIN_ACCOUNT "555"	     /* behind A04's virtual one */
#define VIRTUAL "VQRQ0004"
#define GROUP_MAX 16
#define BOOKED_MS INT64_C(1785214800000)

static const enum feed_mode modes[] = {FEED_MODE_NONE};
static const struct feed one = {
	.name = "one", .key_prefix = "one", .modes = modes, .mode_count = 1};
static const struct feed two = {
	.name = "two", .key_prefix = "two", .modes = modes, .mode_count = 1};

/* ---- a credit ---------------------------------------------------------------------------------
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
	struct credit_command *credit = (struct credit_command *)self;

	if (credit->done != NULL)
		sem_post(credit->done);
}

/* A letter of a row: 'a' new, on a stall's own account; 's' on one that two share; 'v' on a virtual
 * one; 'u' on nobody's; 'o' money out.  Of the one before: '=' again; '!' with another amount; '2'
 * by another feed with the bank's reference; '~' by another feed without it. */
static void
write_credit(struct market_fixture *market, char letter, int n, const struct credit_command *before,
	struct credit_command *credit)
{
	struct feed_event event = {
		.provider_txn_id = arena_printf(market->arena, "%d", n),
		.bank_txn_id = arena_printf(market->arena, "FT262090%08d", n),
		.account = STR(SOLE_ACCOUNT),
		.content = STR("rau"),
		.amount = {1000 + n},
		.time_ms = BOOKED_MS + n * MS_PER_DAY,
	};
	const struct feed *feed = &one;

	if (letter == 's')
		event.account = STR(SHARED_ACCOUNT);
	if (letter == 'u')
		event.account = STR("1");
	if (letter == 'o')
		event.outgoing = true;
	if (letter == 'v') {
		event.account = STR(MAIN_ACCOUNT);
		event.virtual_account = STR(VIRTUAL);
	}
	if (letter == '=' || letter == '!' || letter == '2' || letter == '~') {
		struct str id = event.provider_txn_id;

		event = before->event;
		feed = letter == '2' || letter == '~' ? &two : before->settle.feed;
		if (feed == &two)
			event.provider_txn_id = id;
	}
	if (letter == '!')
		event.amount.dong += 1;
	if (letter == '~')
		event.bank_txn_id = STR("");
	*credit = (struct credit_command){
		.settle = {.command = {settle_apply, credit_done, NULL, market->arena, OK},
			.feed = feed,
			.endpoint_id = str_from(feed->name),
			.raw = arena_printf(market->arena, "%s %.*s %lld", feed->name,
				STR_FMT(event.provider_txn_id), (long long)event.amount.dong),
			.events = &credit->event,
			.bank_bins = &credit->bin,
			.event_count = 1},
		.event = event,
		.bin = STR(""),
	};
}

static size_t
write_row(
	struct market_fixture *market, int number, const char *row, struct credit_command *credits)
{
	size_t count = 0;

	for (; row[count] != '\0'; count++)
		write_credit(market, row[count], number * GROUP_MAX + (int)count,
			count == 0 ? NULL : &credits[count - 1], &credits[count]);
	return count;
}

/* What became of each, and of all. */
static struct str
tell(struct market_fixture *market, const struct credit_command *credits, size_t count)
{
	struct buf text CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < count; i++) {
		const struct settlement *out = &credits[i].settle.settlements[0];

		assert_int_equal(credits[i].settle.command.result.code, ERR_OK);
		buf_addf(&text, "%s%s%s%s%s%s ", out->replay ? "replay" : "",
			out->conflict ? "!" : "", out->merged ? "merged" : "",
			out->outgoing ? "out" : "", out->held ? "held" : "",
			out->payment_id != 0 ? "paid" : "");
	}
	buf_addf(&text, "of %lld: %lld dong, %lld held",
		(long long)market_count(market, "transfers"),
		(long long)market_count(market, "attributed"),
		(long long)market_count(market, "held"));
	return arena_copy(market->arena, buf_str(&text));
}

/* ---- one by one, and together ------------------------------------------------------------------
 */

static struct str
settle_alone(struct market_fixture *market, int number, const char *row)
{
	struct credit_command credits[GROUP_MAX];
	size_t count = write_row(market, number, row, credits);

	for (size_t i = 0; i < count; i++)
		assert_int_equal(
			books_submit_wait(market->books, &credits[i].settle.command).code, ERR_OK);
	return tell(market, credits, count);
}

struct gate {
	struct command command;
	sem_t entered, open, done;
};

static void
wait_for(sem_t *sem)
{
	while (sem_wait(sem) != 0)
		;
}

/* Holds the writer until all the others wait behind it. */
static struct err
gate_apply(struct tx *tx, struct command *self)
{
	struct gate *gate = (struct gate *)self;

	(void)tx;
	sem_post(&gate->entered);
	wait_for(&gate->open);
	return OK;
}

static void
gate_done(struct command *self)
{
	(void)self;
}

static struct str
settle_together(struct market_fixture *market, int number, const char *row)
{
	struct gate gate = {.command = {gate_apply, gate_done, NULL, NULL, OK}};
	struct credit_command credits[GROUP_MAX];
	size_t count = write_row(market, number, row, credits);

	sem_init(&gate.entered, 0, 0);
	sem_init(&gate.open, 0, 0);
	sem_init(&gate.done, 0, 0);
	assert_int_equal(books_submit(market->books, &gate.command).code, ERR_OK);
	wait_for(&gate.entered);
	for (size_t i = 0; i < count; i++) {
		credits[i].done = &gate.done;
		assert_int_equal(
			books_submit(market->books, &credits[i].settle.command).code, ERR_OK);
	}
	sem_post(&gate.open);
	for (size_t i = 0; i < count; i++)
		wait_for(&gate.done);
	sem_destroy(&gate.entered);
	sem_destroy(&gate.open);
	sem_destroy(&gate.done);
	return tell(market, credits, count);
}

/* The first that a second feed tells of is the hardest: until then nobody else told of the account.
 */
static const char *const rows[] = {"a~", "v~", "aa", "aaaa", "a=", "aa=a=", "a!", "a!a", "vv",
	"v=v", "uu", "u=", "u~", "sas", "oo", "ao=", "a2", "a2a2", "aa~a", "v2", "av2a",
	"av!us2=o~", "a2=2!a=2aa"};

static void
a_group_comes_out_as_one_by_one(void **state)
{
	struct market_fixture *by_one = market_open(), *grouped = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str want = settle_alone(by_one, (int)i, rows[i]);
		struct str have = settle_together(grouped, (int)i, rows[i]);

		if (!str_eq(want, have))
			fail_msg("%s: together %.*s; one by one %.*s", rows[i], STR_FMT(have),
				STR_FMT(want));
	}
	market_free(by_one);
}

/* ---- rows that were put ------------------------------------------------------------------------
 */

struct probe {
	struct command command;
	int64_t stall_id;
	struct err (*look)(struct tx *tx, struct probe *probe);
};

static struct err
probe_apply(struct tx *tx, struct command *self)
{
	return ((struct probe *)self)->look(tx, (struct probe *)self);
}

static struct err
run_probe(struct market_fixture *market, struct err (*look)(struct tx *tx, struct probe *probe))
{
	struct probe probe = {.command = {.apply = probe_apply, .arena = market->arena},
		.stall_id = market_stall(market, "A01").id,
		.look = look};

	return books_submit_wait(market->books, &probe.command);
}

static struct err
check_cell(struct tx *tx, struct probe *probe, int64_t payments, int64_t dong)
{
	struct vnd value;
	int64_t count;

	TRY(cells_of_stall(tx->db, probe->stall_id, 7, &count, &value));
	assert_int_equal(count, payments);
	assert_int_equal(value.dong, dong);
	return OK;
}

static struct err
add_and_look(struct tx *tx, struct probe *probe)
{
	const struct notice notice = {.id = 77,
		.stall_id = probe->stall_id,
		.kind = STR("payment"),
		.reference = STR(""),
		.body = STR("{}")};
	struct notice found[2];
	size_t count;

	TRY(notices_put(tx->db, &notice));
	TRY(cells_add(tx->db, probe->stall_id, 7, 1, (struct vnd){100}));
	TRY(cells_add(tx->db, probe->stall_id, 7, 2, (struct vnd){200}));
	TRY(cells_add(tx->db, probe->stall_id, 8, 1, (struct vnd){1}));
	TRY(check_cell(tx, probe, 3, 300));
	TRY(cells_add(tx->db, probe->stall_id, 7, -1, (struct vnd){-50}));
	/* What an inner one undoes, the outer one keeps. */
	TRY(store_begin(tx->db));
	TRY(cells_add(tx->db, probe->stall_id, 7, 5, (struct vnd){500}));
	store_rollback(tx->db);
	TRY(check_cell(tx, probe, 2, 250));
	TRY(notices_after(tx->db, probe->command.arena, probe->stall_id, 0, 2, found, &count));
	assert_int_equal(count, 1);
	return OK;
}

static struct err
add_and_fail(struct tx *tx, struct probe *probe)
{
	TRY(add_and_look(tx, probe));
	return FAIL(ERR_CONFLICT, "of the test");
}

static struct err
look_for_nothing(struct tx *tx, struct probe *probe)
{
	struct notice found[2];
	size_t count;

	TRY(check_cell(tx, probe, 0, 0));
	TRY(notices_after(tx->db, probe->command.arena, probe->stall_id, 0, 2, found, &count));
	assert_int_equal(count, 0);
	return OK;
}

/* The second of one key: whoever put it hears of it. */
static struct err
put_twice(struct tx *tx, struct probe *probe)
{
	const struct notice notice = {.id = 77,
		.stall_id = probe->stall_id,
		.kind = STR("payment"),
		.reference = STR(""),
		.body = STR("{}")};

	TRY(notices_put(tx->db, &notice));
	return notices_put(tx->db, &notice);
}

static void
what_was_put_is_seen_or_undone(void **state)
{
	struct market_fixture *market = *state;

	assert_int_equal(run_probe(market, add_and_fail).code, ERR_CONFLICT);
	assert_int_equal(run_probe(market, look_for_nothing).code, ERR_OK);
	assert_int_equal(run_probe(market, put_twice).code, ERR_CONFLICT);
	assert_int_equal(run_probe(market, look_for_nothing).code, ERR_OK);
	assert_int_equal(run_probe(market, add_and_look).code, ERR_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_group_comes_out_as_one_by_one, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			what_was_put_is_seen_or_undone, market_setup, market_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
