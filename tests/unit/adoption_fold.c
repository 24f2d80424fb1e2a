/* The cells of the index, folded at any time and in any order, are what the payments come to: a
 * random history through the real books, then each row computed anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../gateway/store/db.h"
#include "../support/market.h"
#include "chopay/adoption_commands.h"
#include "chopay/adoption_rows.h"
#include "chopay/charge_commands.h"
#include "chopay/registers.h"
#include "chopay/suspense_commands.h"

#define HISTORIES 3
#define STEPS 220
#define STALLS 15 /* 12 in the first market, 3 in the one that sells at night */
#define DAYS_BACK 45
#define PAYMENTS_MAX 2000
#define BUYERS 9
#define MINUTE INT64_C(60000)

struct history {
	struct market_fixture *market;
	uint64_t random;
	struct stall stalls[STALLS];
	int64_t market_ids[2];
	struct made {
		int64_t id, stall, left;
	} payments[PAYMENTS_MAX];
	size_t payment_count;
	int told; /* events, ever */
	char last_id[32];
	struct payment_story {
		int stall, payer;
		int64_t amount, at_ms;
	} last;
	int64_t rules[9]; /* flags seen of each rule, over all histories */
};

static uint64_t
next(struct history *history)
{
	history->random ^= history->random << 13;
	history->random ^= history->random >> 7;
	history->random ^= history->random << 17;
	return history->random;
}

static void
assert_ok(struct err err)
{
	if (err.code != ERR_OK)
		fail_msg("%s", err.what);
}

static int64_t
below(struct history *history, int64_t limit)
{
	return (int64_t)(next(history) % (uint64_t)limit);
}

/* ---- the register -------------------------------------------------------------------------------
 */

struct step {
	struct command command;
	struct history *history;
	struct err (*what)(struct step *step, struct tx *tx);
	int64_t a, b, c, d;
};

static struct err
step_apply(struct tx *tx, struct command *self)
{
	struct step *step = (struct step *)self;

	return step->what(step, tx);
}

static struct err
take_step(struct history *history, struct step step)
{
	step.history = history;
	step.command = (struct command){.apply = step_apply, .arena = history->market->arena};
	return books_submit_wait(history->market->books, &step.command);
}

static struct err
import(struct step *step, struct tx *tx)
{
	struct buf csv CLEANUP(buf_fini) = {0};
	struct registry_import import;

	buf_adds(&csv, "market_code,market_name,unit_code,stall_code,stall_name,kind,goods,"
		       "merchant_name,phone,bank_bin,account_no,account_holder,open_date,"
		       "close_date\n");
	for (int i = 0; i < STALLS; i++)
		buf_addf(&csv,
			"%s,Chợ %s,23059,S%02d,Sạp %d,stall,rau,Chủ %d,09900001%02d,970436,"
			"70000000%02d,CHU %d,2020-01-01,\n",
			i < 12 ? "NGAY" : "DEM", i < 12 ? "Ngày" : "Đêm", i, i, i, i, i, i);
	import = market_import(
		tx, step->command.arena, step->history->market->banks, buf_str(&csv));
	TRY(registry_import(tx->db, &import));
	return db_exec(tx->db, "UPDATE market SET day_cut_min = 360 WHERE code = 'DEM'");
}

static void
begin_history(struct history *history, uint64_t seed)
{
	int64_t rules[9];

	memcpy(rules, history->rules, sizeof(rules));
	*history = (struct history){.market = market_open(), .random = seed * 7919 + 1};
	memcpy(history->rules, rules, sizeof(rules));
	assert_ok(take_step(history, (struct step){.what = import}));
	for (int i = 0; i < STALLS; i++) {
		char code[8];

		snprintf(code, sizeof(code), "S%02d", i);
		history->stalls[i] = market_stall(history->market, code);
	}
	history->market_ids[0] = history->stalls[0].market_id;
	history->market_ids[1] = history->stalls[STALLS - 1].market_id;
}

/* ---- money -------------------------------------------------------------------------------------
 */

/* Payers 0 to 14 are the stalls' own accounts, then buyers; -1: nobody told. */
static const char *
payer_account(int payer, char text[32])
{
	if (payer < 0)
		return "";
	if (payer < STALLS)
		snprintf(text, 32, "70000000%02d", payer);
	else
		snprintf(text, 32, "1900-%04d", payer);
	return text;
}

/* On the account of stall `stall`; or of nobody, so that it is held. */
static struct settlement
tell(struct history *history, const struct payment_story *story, bool held, const char *id)
{
	char account[32], payer[32];
	struct feed_event event = {
		.provider_txn_id = str_from(id),
		.bank_txn_id = STR("x"),
		.bank = STR("Vietcombank"),
		.amount = {story->amount},
		.content = STR("mua hang"),
		.time_ms = story->at_ms,
	};
	struct str bin = STR("970436");
	struct str payer_bin = below(history, 3) == 0 ? STR("") : STR("970436");
	struct settle_command settle = {
		.command = {.apply = settle_apply, .arena = history->market->arena},
		.feed = feed_find(STR("casso_v2")),
		.endpoint_id = STR("e1"),
		.content_type = STR("application/json"),
		.raw = str_from(id),
		.events = &event,
		.bank_bins = &bin,
		.payer_bins = &payer_bin,
		.event_count = 1,
	};

	event.account = str_from(held ? "555" : payer_account(story->stall, account));
	event.payer_account = str_from(payer_account(story->payer, payer));
	assert_ok(books_submit_wait(history->market->books, &settle.command));
	if (settle.settlements[0].payment_id != 0 && history->payment_count < PAYMENTS_MAX)
		history->payments[history->payment_count++] = (struct made){
			settle.settlements[0].payment_id, story->stall, story->amount};
	return settle.settlements[0];
}

static struct settlement
pay(struct history *history, int stall, int payer, int64_t amount, int64_t at_ms)
{
	history->last = (struct payment_story){stall, payer, amount, at_ms};
	snprintf(history->last_id, sizeof(history->last_id), "T%d", ++history->told);
	return tell(history, &history->last, false, history->last_id);
}

static int64_t
some_time(struct history *history)
{
	int64_t now = books_now_ms(history->market->books) / MS_PER_SECOND * MS_PER_SECOND;

	return now - below(history, DAYS_BACK * 24 * 60) * MINUTE;
}

static int
some_buyer(struct history *history)
{
	return (int)below(history, 6) == 0 ? -1 : STALLS + (int)below(history, BUYERS);
}

static void
some_credits(struct history *history)
{
	for (int64_t i = 1 + below(history, 4); i > 0; i--)
		pay(history, (int)below(history, STALLS), some_buyer(history),
			below(history, 12) == 0 ? 900 : 1000 * (1 + below(history, 80)),
			some_time(history));
	if (below(history, 3) == 0) /* told again, by chance */
		tell(history, &history->last, false, history->last_id);
}

static void
own_money(struct history *history)
{
	int one = (int)below(history, STALLS), other = (int)below(history, STALLS);
	int64_t at = some_time(history), later = at + (below(history, 40) - 20) * 3600000;
	int64_t now = books_now_ms(history->market->books);

	pay(history, one, one, 50000, at); /* R1 */
	pay(history, one, other, 100000, at);
	pay(history, other, one, 100000 - below(history, 7) * 1000, later > now ? at : later);
}

static void
burst(struct history *history)
{
	int stall = (int)below(history, STALLS), buyer = STALLS + (int)below(history, BUYERS);
	int64_t at = some_time(history) - 20 * MINUTE;

	for (int i = 0; i < 6; i++)
		pay(history, stall, buyer, 20000 + i, at + i * 2 * MINUTE); /* R3 */
}

static void
campaign(struct history *history)
{
	int64_t at = some_time(history) - 20 * MINUTE;
	int buyer = STALLS + (int)below(history, BUYERS);

	for (int stall = 0; stall < 12; stall++)
		pay(history, stall, buyer, 5000, at + stall * MS_PER_SECOND); /* R7 */
}

static void
loyal(struct history *history)
{
	int stall = (int)below(history, STALLS), buyer = STALLS + (int)below(history, BUYERS);
	int32_t last = day_month_start(day_of(books_now_ms(history->market->books), 0)) - 1;

	for (int i = 0; i < 24; i++) /* R6, and R5 */
		pay(history, stall, buyer, 30000 + i,
			day_start_ms(last - i % 2, 0) + (8 * 60 + i * 15) * MINUTE);
}

static void
give_back(struct history *history)
{
	struct made *made;
	struct payment_refund_command refund = {
		.command = {.apply = payment_refund_apply, .arena = history->market->arena},
		.person = STR("Lan"),
		.why = STR("trả hàng"),
	};

	if (history->payment_count == 0)
		return;
	made = &history->payments[below(history, (int64_t)history->payment_count)];
	if (made->left == 0)
		return;
	refund.payment_id = made->id;
	refund.amount.dong = below(history, 2) == 0 ? made->left : 1 + below(history, made->left);
	made->left -= refund.amount.dong;
	assert_ok(books_submit_wait(history->market->books, &refund.command));
}

static void
held_and_found(struct history *history)
{
	struct payment_story story = {
		0, some_buyer(history), 1000 * (1 + below(history, 50)), some_time(history)};
	char id[32];
	struct settlement held;
	struct suspense_resolve_command resolve = {
		.command = {.apply = suspense_resolve_apply, .arena = history->market->arena},
		.stall = history->stalls[below(history, STALLS)].reference,
		.person = STR("Lan"),
		.why = STR("khách báo"),
	};

	snprintf(id, sizeof(id), "T%d", ++history->told);
	held = tell(history, &story, true, id);
	assert_true(held.held);
	resolve.transfer_id = held.transfer_id;
	if (below(history, 2) == 0)
		some_credits(history);
	assert_ok(books_submit_wait(history->market->books, &resolve.command));
	assert_int_not_equal(resolve.payment_id, 0);
}

/* ---- registers ----------------------------------------------------------------------------------
 */

static struct entry
entry_of(const struct tx *tx)
{
	return (struct entry){tx->now_ms, STR("Lan"), STR("bổ sung"), STR("Huệ")};
}

static struct err
own_account(struct step *step, struct tx *tx)
{
	char account[32];
	const struct own_account own = {
		.merchant_id = step->history->stalls[step->a].merchant_id,
		.id = tx_next_id(tx),
		.bank_bin = step->c == 0 ? STR("") : STR("970436"),
		.account_no = str_from(payer_account((int)step->b, account)),
		.relation = STR("household"),
		.from_day = DAY_FIRST,
		.to_day = step->d == 0 ? DAY_FIRST - 1 : DAY_LAST,
		.entry = entry_of(tx),
	};

	return own_accounts_put(tx->db, &own);
}

static struct err
dated_row(struct step *step, struct tx *tx)
{
	static const char *const patterns[] = {"all", "none", "week:1,3,5,7", "week:6"};
	enum dated_register which = (enum dated_register)step->a;
	int32_t today = day_of(tx->now_ms, 0);
	struct dated row = {
		.of = which == DATED_CALENDAR ? step->history->market_ids[step->b % 2]
					      : step->history->stalls[step->b].id,
		.id = tx_next_id(tx),
		.from_day = today - (int32_t)step->c,
		.to_day = today - (int32_t)step->c + (int32_t)step->d % 20,
		.value = which == DATED_PLACE ? step->history->market_ids[step->d % 2]
					      : step->d % 2,
		.entry = entry_of(tx),
	};

	if (which == DATED_CALENDAR)
		row.text = str_from(patterns[step->d % 4]);
	return dated_put(tx->db, which, &row);
}

static struct err
other_dates(struct step *step, struct tx *tx)
{
	struct stall stall = step->history->stalls[step->b];

	stall.open_day = day_of(tx->now_ms, 0) - (int32_t)step->c;
	stall.close_day = stall.open_day + (int32_t)step->d;
	if (step->a == 0)
		stall.merchant_id = step->history->stalls[step->d % STALLS].merchant_id;
	TRY(stalls_update(tx->db, &stall));
	step->history->stalls[step->b] = stall;
	return OK;
}

static void
registers_change(struct history *history)
{
	struct step step = {.b = below(history, STALLS),
		.c = below(history, DAYS_BACK),
		.d = below(history, 40)};

	switch (below(history, 6)) {
	case 0:
		step.what = own_account;
		step.a = below(history, STALLS);
		step.b = below(history, 2) == 0 ? STALLS + below(history, BUYERS) : step.b;
		step.c = below(history, 2);
		step.d = below(history, 3);
		break;
	case 1:
		step.what = other_dates;
		step.a = below(history, 3);
		break;
	case 2:
		step.what = dated_row;
		step.a = DATED_PLACE;
		step.b = 10 + step.b % 5; /* ten stay together: R7 needs them */
		break;
	case 3:
		step.what = dated_row;
		step.a = DATED_CALENDAR;
		break;
	default:
		step.what = dated_row;
		step.a = DATED_LEAVE;
		break;
	}
	assert_ok(take_step(history, step));
}

/* ---- flags -------------------------------------------------------------------------------------
 */

struct flags_seen {
	struct history *history;
	struct adoption_flag one;
	char rule[16];
	int64_t skip;
};

static struct err
see_flag(void *arg, const struct adoption_flag *flag)
{
	struct flags_seen *seen = arg;

	if (flag->rule.len == 2)
		seen->history->rules[flag->rule.ptr[1] - '0']++;
	else
		seen->history->rules[0]++;
	if (flag->rule.len != 2 || flag->released || seen->skip-- != 0)
		return OK;
	seen->one = *flag;
	memcpy(seen->rule, flag->rule.ptr, 2);
	seen->one.rule = (struct str){seen->rule, 2};
	return OK;
}

static struct err
see_flags(struct step *step, struct tx *tx)
{
	struct flags_seen *seen = (struct flags_seen *)(intptr_t)step->a;

	return flags_walk(tx->db, 0, DAY_FIRST, DAY_LAST, see_flag, seen);
}

static void
see_all(struct flags_seen *seen)
{
	assert_ok(take_step(
		seen->history, (struct step){.what = see_flags, .a = (int64_t)(intptr_t)seen}));
}

static void
release_some(struct history *history)
{
	static const char *const persons[] = {"Lan", "Huệ"};
	int64_t before[9];
	struct flags_seen seen = {.history = history, .skip = below(history, 12)};

	memcpy(before, history->rules, sizeof(before));
	see_all(&seen);
	memcpy(history->rules, before, sizeof(before));
	for (int i = 0; i < 2 && seen.one.stall_id != 0; i++) {
		struct flag_release_command release = {
			.command = {.apply = flag_release_apply, .arena = history->market->arena},
			.stall_id = seen.one.stall_id,
			.rule = seen.one.rule,
			.subject = seen.one.subject,
			.person = str_from(persons[i]),
			.why = STR("đã kiểm tra"),
		};
		struct err err = books_submit_wait(history->market->books, &release.command);

		/* The flag may have gone since it was folded, or be proposed already. */
		assert_true(err.code == ERR_OK || err.code == ERR_CONFLICT);
	}
}

/* ---- folding ------------------------------------------------------------------------------------
 */

static void
fold_some(struct history *history)
{
	int32_t today = day_of(books_now_ms(history->market->books), 0);
	struct fold_command fold = {
		.command = {.apply = fold_apply, .arena = history->market->arena},
		.from_day = today - (int32_t)below(history, DAYS_BACK + 3),
		.to_day = today + 1 - (int32_t)below(history, 5),
	};

	assert_ok(books_submit_wait(history->market->books, &fold.command));
}

struct checked {
	struct query query;
	struct market_fixture *market;
	struct buf faults;
	int64_t due;
};

static void
fault_found(void *arg, const char *table, struct str key, const char *fault)
{
	buf_addf(arg, "%s %.*s: %s\n", table, STR_FMT(key), fault);
}

static struct err
check(struct db *db, struct query *query)
{
	struct checked *checked = (struct checked *)query;
	const struct adoption_check how = {
		.crypt = checked->market->crypt,
		.sealing_key = books_sealing_key(checked->market->books),
	};

	return adoption_verify(db, &how, fault_found, &checked->faults, &checked->due);
}

/* The faults, in the arena. */
static struct str
faults_of(struct history *history, int64_t *due)
{
	struct checked checked = {.query = {.run = check, .arena = history->market->arena},
		.market = history->market};
	struct str faults;

	assert_ok(books_ask_wait(history->market->books, &checked.query));
	faults = arena_copy(history->market->arena, buf_str(&checked.faults));
	buf_fini(&checked.faults);
	*due = checked.due;
	return faults;
}

static void
assert_as_recomputed(struct history *history, const char *when)
{
	int64_t due;
	struct str faults = faults_of(history, &due);

	if (faults.len > 0)
		fail_msg("%s: %.*s", when, STR_FMT(faults));
}

static void
fold_all(struct history *history)
{
	int64_t due;

	assert_ok(books_fold_due_wait(history->market->books, DAY_FIRST, DAY_LAST));
	assert_as_recomputed(history, "all folded");
	(void)faults_of(history, &due);
	assert_int_equal(due, 0);
}

/* ---- nodes of the version before
 * -----------------------------------------------------------------
 */

#define HOUR_MS INT64_C(3600000)

static struct err
sql(struct step *step, struct tx *tx)
{
	return db_exec(tx->db, (const char *)(intptr_t)step->a);
}

static void
run(struct history *history, const char *text)
{
	assert_ok(take_step(history, (struct step){.what = sql, .a = (int64_t)(intptr_t)text}));
}

/* A node that knew `knows` steps of the schema had its number until then. */
static void
node_was_there(struct history *history, int knows, int64_t until_ms)
{
	run(history, "DELETE FROM writer WHERE number = 200");
	run(history, arena_printf(history->market->arena,
			     "INSERT INTO writer (number, last_id, node, token, until_ms, knows)"
			     " VALUES (200, 0, 'before', 1, %lld, %d)",
			     (long long)until_ms, knows)
			     .ptr);
}

static void
fold_unmarked(struct history *history, int32_t from_day)
{
	struct fold_command fold = {
		.command = {.apply = fold_apply, .arena = history->market->arena},
		.from_day = DAY_FIRST,
		.to_day = DAY_LAST,
		.unmarked_from = from_day,
	};

	do {
		assert_ok(books_submit_wait(history->market->books, &fold.command));
		fold.unmarked_from = 0;
	} while (fold.more);
}

static size_t
faults_count(struct history *history)
{
	int64_t due;

	return faults_of(history, &due).len;
}

/* What is folded is not taken for what such a node booked, whatever rules took of it; and what it
 * booked is found. */
static void
older_node_books(struct history *history)
{
	int64_t now = books_now_ms(history->market->books), due;
	struct fold_command fold = {
		.command = {.apply = fold_apply, .arena = history->market->arena},
		.from_day = DAY_FIRST,
		.to_day = DAY_LAST,
		.unmarked_from = DAY_FIRST,
	};

	node_was_there(history, 8, now);
	assert_ok(books_submit_wait(history->market->books, &fold.command));
	assert_int_equal(fold.folded, 0);
	for (int i = 0; i < 5; i++)
		some_credits(history);
	own_money(history);
	burst(history);
	give_back(history);
	run(history, "DELETE FROM adoption_due");
	assert_int_not_equal(faults_count(history), 0);
	fold_unmarked(history, DAY_FIRST);
	assert_as_recomputed(history, "booked without a mark");
	(void)faults_of(history, &due);
	assert_int_equal(due, 0);
}

/* ---- the property -------------------------------------------------------------------------------
 */

static void
live(struct history *history)
{
	static void (*const deeds[])(struct history * history) = {some_credits, some_credits,
		some_credits, some_credits, own_money, give_back, give_back, held_and_found,
		registers_change, registers_change, release_some, fold_some, fold_some, fold_some};

	for (int i = 0; i < STEPS; i++) {
		int64_t rare = below(history, 60);

		if (rare == 0)
			burst(history);
		else if (rare == 1)
			campaign(history);
		else if (rare == 2)
			loyal(history);
		else
			deeds[below(history, (int64_t)(sizeof(deeds) / sizeof(*deeds)))](history);
		if (i % 40 == 39) /* what is not due is right at any time */
			assert_as_recomputed(history, "amid");
	}
}

static void
folded_is_recomputed(void **state)
{
	struct history *history = mem_alloc_zero(1, sizeof(*history));
	const char *seeds = getenv("CHOPAY_HISTORIES");
	int histories = seeds == NULL ? HISTORIES : atoi(seeds);

	(void)state;
	for (int seed = 1; seed <= histories; seed++) {
		struct flags_seen seen = {.history = history, .skip = -1};

		begin_history(history, (uint64_t)seed);
		campaign(history); /* while ten stalls of a market are sure to stand */
		fold_all(history);
		see_all(&seen);
		live(history);
		fold_all(history);
		older_node_books(history);
		see_all(&seen);
		market_free(history->market);
	}
	for (int rule = 0; rule <= 7; rule++) {
		if (history->rules[rule] == 0)
			fail_msg("no flag of R%d was there to be folded", rule);
	}
	free(history);
}

/* ---- what somebody changed is named
 * ---------------------------------------------------------------- */

static void
changes_are_named(void **state)
{
	static const struct {
		const char *change, *named;
	} changes[] = {
		{"UPDATE adoption_day SET payments = payments + 1 WHERE stall_id ="
		 " (SELECT min(stall_id) FROM adoption_day)",
			"adoption_day"},
		{"DELETE FROM adoption_day WHERE stall_id = (SELECT min(stall_id) FROM"
		 " adoption_day)",
			"adoption_day"},
		{"UPDATE adoption_month SET payers = payers + 1 WHERE calendar = 1",
			"adoption_month"},
		{"DELETE FROM adoption_month WHERE calendar = 0", "adoption_month"},
		{"DELETE FROM market_tally", "market_tally"},
		{"DELETE FROM adoption_flag WHERE rule = 'R1'", "adoption_flag"},
		{"UPDATE adoption_flag SET evidence = '{}' WHERE rule = 'R3'", "adoption_flag"},
		{"UPDATE payment SET payer = 77 WHERE payer <> 0", "adoption_day"},
		{"INSERT INTO adoption_day (stall_id, day, payments, value, unknown, payers)"
		 " SELECT stall_id, 20, 1, 5000, 1, payers FROM adoption_day LIMIT 1",
			"adoption_day"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		struct history *history = mem_alloc_zero(1, sizeof(*history));
		int64_t due;
		struct str faults;

		begin_history(history, 99);
		own_money(history);
		burst(history);
		fold_all(history);
		run(history, changes[i].change);
		faults = faults_of(history, &due);
		if (!str_starts(faults, str_from(changes[i].named)))
			fail_msg("%s: %.*s", changes[i].change, STR_FMT(faults));
		market_free(history->market);
		free(history);
	}
}

/* ---- when it is looked for
 * -------------------------------------------------------------------------
 */

static void
days_without_a_mark_are_looked_for_while_they_may_come(void **state)
{
	static const struct {
		const char *name;
		int knows;
		int64_t ago_ms; /* since when that node is gone */
		int days_ago;	/* of the payment, and of the first day that is looked at */
		int from_days_ago;
		bool found;
	} cases[] = {
		{"an older node is there", 8, 0, 0, 3, true},
		{"on the first day", 8, 0, 3, 3, true},
		{"on the day before", 8, 0, 4, 3, false},
		{"it went a while ago", 8, HOUR_MS / 2, 0, 3, true},
		{"it is long gone", 8, 2 * HOUR_MS, 0, 3, false},
		{"all leave marks", 9, 0, 0, 3, false},
	};
	struct history *history = mem_alloc_zero(1, sizeof(*history));
	int32_t today;

	(void)state;
	begin_history(history, 5);
	today = day_of(books_now_ms(history->market->books), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t now = books_now_ms(history->market->books);

		fold_all(history);
		node_was_there(history, cases[i].knows, now - cases[i].ago_ms);
		pay(history, 0, STALLS, 50000, day_start_ms(today - cases[i].days_ago, 0));
		run(history, "DELETE FROM adoption_due");
		fold_unmarked(history, today - cases[i].from_days_ago);
		if ((faults_count(history) == 0) != cases[i].found)
			fail_msg("%s", cases[i].name);
		run(history, "INSERT INTO adoption_due (stall_id, day, writer)"
			     " SELECT stall_id, day, 0 FROM cell WHERE stall_id IN"
			     " (SELECT stall_id FROM payment) ON CONFLICT DO NOTHING");
	}
	market_free(history->market);
	free(history);
}

/* ---- an end
 * ----------------------------------------------------------------------------------------
 */

/* Each command leaves all those days due again. */
static void
it_ends_though_money_comes(void **state)
{
	struct history *history = mem_alloc_zero(1, sizeof(*history));
	struct fold_command fold = {.from_day = DAY_FIRST, .to_day = DAY_LAST, .more = true};
	int commands = 0;
	int32_t today;

	(void)state;
	begin_history(history, 7);
	today = day_of(books_now_ms(history->market->books), 0);
	fold.command = (struct command){.apply = fold_apply, .arena = history->market->arena};
	for (; fold.more; commands++) {
		for (int32_t day = today - DAYS_BACK; day < today; day++) {
			pay(history, 0, STALLS, 20000, day_start_ms(day, 0));
			pay(history, STALLS - 1, STALLS, 20000, day_start_ms(day, 360));
		}
		assert_ok(books_submit_wait(history->market->books, &fold.command));
		assert_true(fold.folded > 0 || !fold.more);
		assert_true(commands < 4 * FOLD_SWEEPS_MAX);
		fold.at = fold.left;
	}
	assert_true(commands > 1);
	assert_as_recomputed(history, "some is left");
	fold_all(history);
	market_free(history->market);
	free(history);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_without_a_mark_are_looked_for_while_they_may_come),
		cmocka_unit_test(it_ends_though_money_comes),
		cmocka_unit_test(folded_is_recomputed),
		cmocka_unit_test(changes_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
