/* What waits together commits together, and each answers for itself. */
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../support/market.h"

#define GROUP_MAX 8

/* ---- a group of commands ----------------------------------------------------------------------
 */

struct gate {
	struct command command;
	sem_t entered, open, done;
};

/* Holds the writer until all the others wait behind it. */
static struct err
gate_apply(struct tx *tx, struct command *self)
{
	struct gate *gate = (struct gate *)self;

	(void)tx;
	sem_post(&gate->entered);
	while (sem_wait(&gate->open) != 0)
		;
	return OK;
}

static void
gate_done(struct command *self)
{
	(void)self;
}

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

static void
write_credit(struct market_fixture *market, struct credit_command *command, const char *id,
	int64_t amount)
{
	const struct credit credit = {.id = id,
		.account = "0071000000001",
		.memo = "tien rau",
		.amount = amount,
		.booked_at_ms = books_now_ms(market->books) / MS_PER_DAY * MS_PER_DAY};

	*command = (struct credit_command){
		.settle = {.command = {settle_apply, credit_done, NULL, market->arena, OK},
			.feed = feed_find(STR("sepay")),
			.endpoint_id = STR("e"),
			.raw = market_raw(market, &credit),
			.events = &command->event,
			.bank_bins = &command->bin,
			.event_count = 1},
		.event = {.provider_txn_id = str_from(credit.id),
			.bank_txn_id = STR("FT1"),
			.account = str_from(credit.account),
			.content = str_from(credit.memo),
			.amount = {amount},
			.time_ms = credit.booked_at_ms},
		.bin = STR(""),
	};
}

static void
wait_for(sem_t *sem)
{
	while (sem_wait(sem) != 0)
		;
}

static void
submit(struct market_fixture *market, struct command *command)
{
	assert_int_equal(books_submit(market->books, command).code, ERR_OK);
}

static struct err
apply_nothing(struct tx *tx, struct command *self)
{
	(void)tx;
	(void)self;
	return OK;
}

/* All of them in one commit, and its news published. */
static void
settle_together(struct market_fixture *market, struct credit_command *credits, size_t count)
{
	struct gate gate = {.command = {gate_apply, gate_done, NULL, NULL, OK}};
	struct command after = {.apply = apply_nothing};

	sem_init(&gate.entered, 0, 0);
	sem_init(&gate.open, 0, 0);
	sem_init(&gate.done, 0, 0);
	submit(market, &gate.command);
	wait_for(&gate.entered);
	for (size_t i = 0; i < count; i++) {
		credits[i].done = &gate.done;
		submit(market, &credits[i].settle.command);
	}
	sem_post(&gate.open);
	for (size_t i = 0; i < count; i++)
		wait_for(&gate.done);
	assert_int_equal(books_submit_wait(market->books, &after).code, ERR_OK);
	sem_destroy(&gate.entered);
	sem_destroy(&gate.open);
	sem_destroy(&gate.done);
}

/* ---- rows -------------------------------------------------------------------------------------
 */

/* Each letter a credit of a commit: '+' new, '=' the one before it again, '0' one that the store
 * refuses when some of it is written. */
static const char *const groups[] = {
	"+", "0", "+++", "0++", "+0+", "++0", "00", "+=+", "+0=", "+=0+0=++"};

/* Writes the credits of a row; how many are new. */
static int64_t
write_group(
	struct market_fixture *market, size_t row, struct credit_command *credits, size_t *count)
{
	struct str last = {NULL, 0};
	int64_t fresh = 0;

	*count = 0;
	for (const char *at = groups[row]; *at != '\0'; at++, (*count)++) {
		struct str id = arena_printf(market->arena, "%zu", (100 + row) * 10 + *count);

		write_credit(market, &credits[*count], *at == '=' ? last.ptr : id.ptr,
			*at == '0' ? 0 : 50000);
		if (*at == '+')
			last = id;
		fresh += *at == '+';
	}
	return fresh;
}

static int64_t
lines_heard(const struct market_fixture *market)
{
	int64_t lines = 0;

	for (size_t i = 0; i < market->heard.len; i++)
		lines += market->heard.ptr[i] == '\n';
	return lines;
}

static void
a_refused_credit_takes_no_other_with_it(void **state)
{
	struct market_fixture *market = *state;
	int64_t payments = 0;

	for (size_t row = 0; row < sizeof(groups) / sizeof(groups[0]); row++) {
		struct credit_command credits[GROUP_MAX];
		size_t count;

		payments += write_group(market, row, credits, &count);
		settle_together(market, credits, count);
		for (size_t i = 0; i < count; i++) {
			const struct settle_command *settle = &credits[i].settle;
			bool refused = groups[row][i] == '0';

			if (settle->command.result.code != (refused ? ERR_CONFLICT : ERR_OK))
				fail_msg("%s, credit %zu: %s", groups[row], i,
					settle->command.result.what);
			if (!refused)
				assert_int_equal(
					settle->settlements[0].replay, groups[row][i] == '=');
		}
		assert_int_equal(market_count(market, "payments"), payments);
		assert_int_equal(lines_heard(market), payments); /* each told once */
	}
	market_assert_verified(market);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_refused_credit_takes_no_other_with_it, market_setup, market_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
