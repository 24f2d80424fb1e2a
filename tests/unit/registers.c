/* The registers as rows: what is put comes back, the newest holds, walks end when they are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/public_service.h"

#include "../support/market.h"

#define MONTH (2026 * 12 + 5)
#define DAY 20000

struct work {
	struct command command;				       /* first */
	struct query query;				       /* its own, for walks */
	struct err (*ask)(struct db *db, struct query *query); /* what it runs, in a transaction */
	int64_t stall_id, market_id, merchant_id;
	struct buf seen;
	int stop_after; /* rows; 0: never */
};

static struct work *
work_of(struct query *query)
{
	return (struct work *)(void *)((char *)query - offsetof(struct work, query));
}

static struct err
go_on(struct work *work)
{
	return --work->stop_after == 0 ? FAIL(ERR_CONFLICT, "enough") : OK;
}

static struct entry
entered(struct tx *tx)
{
	return (struct entry){tx->now_ms, STR("Lan"), STR("quên ghi"), STR("Hùng")};
}

static struct err
put_dated(struct tx *tx, enum dated_register which, int64_t of, int32_t from, int32_t to,
	int64_t value, const char *text)
{
	const struct dated row = {
		.of = of,
		.id = tx_next_id(tx),
		.from_day = from,
		.to_day = to,
		.value = value,
		.text = str_from(text),
		.entry = entered(tx),
	};

	return dated_put(tx->db, which, &row);
}

static struct err
put_rows(struct tx *tx, struct command *self)
{
	struct work *work = (struct work *)self;
	const struct entry entry = entered(tx);
	int64_t stall = work->stall_id;

	TRY(put_dated(tx, DATED_CALENDAR, work->market_id, DAY, DAY + 9, 0, "lunar:2,7"));
	TRY(put_dated(tx, DATED_CALENDAR, work->market_id, DAY, DAY, 0, "none"));
	TRY(put_dated(tx, DATED_LEAVE, stall, DAY, DAY + 1, 1, ""));
	TRY(put_dated(tx, DATED_CODE, stall, DAY, DAY_LAST, 0, ""));
	TRY(put_dated(tx, DATED_LIFE, stall, DAY, DAY_LAST, 0, ""));
	TRY(put_dated(tx, DATED_LIFE, stall, DAY, DAY + 30, 0, ""));
	TRY(put_dated(tx, DATED_PLACE, stall, DAY_FIRST, DAY, work->market_id, ""));
	TRY(put_dated(tx, DATED_UNIT, work->market_id, DAY, DAY_LAST, 0, "23059"));
	for (int i = 1; i <= 2; i++) {
		TRY(turnover_put(tx->db, &(struct turnover){stall, tx_next_id(tx), MONTH, {i * 100},
						 STR("tờ khai"), entry}));
		TRY(fees_put(tx->db, &(struct market_fee){stall, tx_next_id(tx), DAY, STR("rent"),
					     {i * 10}, i == 2, entry}));
		TRY(targets_put(
			tx->db, &(struct target){STR("23059"), STR("CAI"), 2026, tx_next_id(tx),
					i * 1000, STR("KH 1"), STR("Phòng KT"), DAY, entry}));
		TRY(own_accounts_put(tx->db,
			&(struct own_account){work->merchant_id, tx_next_id(tx), STR("970436"),
				STR("77"), i == 1 ? STR("staff") : STR("owner"), DAY, DAY_LAST,
				entry}));
	}
	/* Taken back. */
	TRY(fees_put(tx->db, &(struct market_fee){stall, tx_next_id(tx), DAY + 1, STR("rent"), {5},
				     false, entry}));
	TRY(fees_put(tx->db, &(struct market_fee){stall, tx_next_id(tx), DAY + 1, STR("rent"), {0},
				     false, entry}));
	TRY(own_accounts_put(
		tx->db, &(struct own_account){work->merchant_id, tx_next_id(tx), STR("970436"),
				STR("88"), STR("staff"), DAY, DAY_LAST, entry}));
	return own_accounts_put(
		tx->db, &(struct own_account){work->merchant_id, tx_next_id(tx), STR("970436"),
				STR("88"), STR("staff"), DAY, DAY - 1, entry});
}

static struct err
put_public(struct tx *tx, struct command *self)
{
	const struct entry entry = entered(tx);

	(void)self;
	for (int i = 1; i <= 2; i++) {
		TRY(dossier_months_put(tx->db, &(struct dossier_month){STR("23059"), MONTH,
						       tx_next_id(tx), 30, 20, i * 100, entry}));
		TRY(payouts_put(tx->db, &(struct payout){STR("23059"), MONTH, tx_next_id(tx), 50,
						40 + i, {500}, {400}, entry}));
		TRY(service_scores_put(
			tx->db, &(struct service_score){STR("23059"), 2026, 3, tx_next_id(tx), 1000,
					800, 700 + i, entry, i, 124}));
	}
	return OK;
}

/* ---- what is seen --------------------------------------------------------------------------- */

static struct err
see_dated(void *arg, const struct dated *row)
{
	struct work *work = arg;

	buf_addf(&work->seen, "%d..%d=%lld%.*s by %.*s, %.*s, %.*s\n", row->from_day, row->to_day,
		(long long)(row->value > 1 ? -1 : row->value), STR_FMT(row->text),
		STR_FMT(row->entry.person), STR_FMT(row->entry.why), STR_FMT(row->entry.approver));
	return go_on(work);
}

static struct err
see_turnover(void *arg, const struct turnover *turnover)
{
	struct work *work = arg;

	buf_addf(&work->seen, "turnover %d %lld %.*s %.*s\n", turnover->month,
		(long long)turnover->amount.dong, STR_FMT(turnover->source),
		STR_FMT(turnover->entry.person));
	return go_on(work);
}

static struct err
see_fee(void *arg, const struct market_fee *fee)
{
	struct work *work = arg;

	buf_addf(&work->seen, "fee %d %.*s %lld %d\n", fee->day, STR_FMT(fee->kind),
		(long long)fee->amount.dong, fee->cashless);
	return go_on(work);
}

static struct err
see_target(void *arg, const struct target *target)
{
	struct work *work = arg;

	buf_addf(&work->seen, "target %.*s %d %.*s %lld %.*s %.*s %d\n", STR_FMT(target->unit_code),
		target->year, STR_FMT(target->indicator), (long long)target->value,
		STR_FMT(target->legal_basis), STR_FMT(target->owner), target->due_day);
	return go_on(work);
}

static struct err
see_account(void *arg, const struct own_account *account)
{
	struct work *work = arg;

	if (work->merchant_id == account->merchant_id)
		buf_addf(&work->seen, "account %.*s %.*s %.*s %d..%d\n", STR_FMT(account->bank_bin),
			STR_FMT(account->account_no), STR_FMT(account->relation), account->from_day,
			account->to_day);
	return go_on(work);
}

static struct err
see_dossiers(void *arg, const struct dossier_month *month)
{
	buf_addf(&((struct work *)arg)->seen, "dossiers %.*s %d %lld %lld %lld\n",
		STR_FMT(month->unit_code), month->month, (long long)month->procedures,
		(long long)month->procedures_online, (long long)month->dossiers);
	return OK;
}

static struct err
see_payout(void *arg, const struct payout *payout)
{
	buf_addf(&((struct work *)arg)->seen, "payout %lld/%lld %lld/%lld\n",
		(long long)payout->by_account, (long long)payout->recipients,
		(long long)payout->value_by_account.dong, (long long)payout->value.dong);
	return OK;
}

static struct err
see_score(void *arg, const struct service_score *score)
{
	buf_addf(&((struct work *)arg)->seen, "score %d %d %lld %lld %lld, %lld/%lld\n",
		score->year, score->group_no, (long long)score->max, (long long)score->target,
		(long long)score->actual, (long long)score->rank, (long long)score->units);
	return OK;
}

static struct err
see_attachment(void *arg, int64_t stall_id, int32_t from_day, int32_t to_day)
{
	(void)stall_id;
	buf_addf(&((struct work *)arg)->seen, "attached %d %d\n", from_day > 20000,
		to_day == DAY_LAST);
	return OK;
}

static struct err
see_stall(void *arg, const struct stall *stall)
{
	struct work *work = arg;

	buf_addf(&work->seen, "%.*s %d %d;", STR_FMT(stall->code), stall->open_day,
		stall->close_day);
	return go_on(work);
}

static struct err
see_market(void *arg, const struct market *market)
{
	buf_addf(&((struct work *)arg)->seen, "%.*s;", STR_FMT(market->code));
	return OK;
}

static struct err
see_market_unit(void *arg, const struct market_unit *row)
{
	buf_addf(&((struct work *)arg)->seen, "%.*s %d..%d;", STR_FMT(row->unit_code),
		row->from_day, row->to_day);
	return OK;
}

static struct err
see_unit_today(struct db *db, struct arena *arena, struct work *work)
{
	struct str code;

	TRY(markets_unit(db, arena, work->market_id, DAY, &code));
	buf_addf(&work->seen, "%.*s;", STR_FMT(code));
	TRY(markets_unit(db, arena, work->market_id + 1, DAY, &code));
	return code.len == 0 ? OK : FAIL(ERR_BROKEN, "a market that is none has a unit");
}

static struct err
see_unit(void *arg, const struct unit *unit)
{
	if (str_eq(unit->code, STR("23059")))
		buf_addf(&((struct work *)arg)->seen, "%.*s %d..%d;", STR_FMT(unit->name),
			unit->from_day, unit->to_day);
	return OK;
}

/* ---- questions ------------------------------------------------------------------------------ */

static struct err
ask_dated(struct db *db, struct query *query)
{
	struct work *work = work_of(query);

	for (int which = 0; which < DATED_REGISTERS; which++) {
		int64_t of = which == DATED_CALENDAR || which == DATED_UNIT ? work->market_id
									    : work->stall_id;

		TRY(dated_walk(db, (enum dated_register)which, of, see_dated, work));
	}
	buf_adds(&work->seen, "all\n");
	TRY(dated_walk(db, DATED_CALENDAR, 0, see_dated, work));
	return dated_walk(db, DATED_LEAVE, work->stall_id + 1, see_dated, work);
}

static struct err
ask_registers(struct db *db, struct query *query)
{
	struct work *work = work_of(query);

	TRY(turnover_walk(db, MONTH, MONTH, see_turnover, work));
	TRY(turnover_walk(db, MONTH + 1, MONTH + 9, see_turnover, work));
	TRY(fees_walk(db, DAY, DAY + 1, see_fee, work));
	TRY(fees_walk(db, DAY + 2, DAY + 3, see_fee, work));
	TRY(targets_walk(db, STR(""), 0, see_target, work));
	TRY(targets_walk(db, STR("23059"), 2026, see_target, work));
	TRY(targets_walk(db, STR("23059"), 2027, see_target, work));
	TRY(targets_walk(db, STR("23060"), 2026, see_target, work));
	TRY(own_accounts_walk(db, work->merchant_id, see_account, work));
	return own_accounts_walk(db, 0, see_account, work);
}

static struct err
ask_public(struct db *db, struct query *query)
{
	struct work *work = work_of(query);

	TRY(dossier_months_walk(db, STR(""), MONTH, MONTH, see_dossiers, work));
	TRY(dossier_months_walk(db, STR("1"), MONTH, MONTH, see_dossiers, work));
	TRY(payouts_walk(db, STR("23059"), MONTH, MONTH, see_payout, work));
	TRY(payouts_walk(db, STR("23059"), MONTH + 1, MONTH + 2, see_payout, work));
	TRY(service_scores_walk(db, STR(""), 0, see_score, work));
	return service_scores_walk(db, STR("23059"), 2025, see_score, work);
}

static struct err
ask_walks(struct db *db, struct query *query)
{
	struct work *work = work_of(query);

	TRY(attachments_walk(db, work->stall_id, see_attachment, work));
	TRY(markets_walk(db, see_market, work));
	TRY(market_units_walk(db, 0, see_market_unit, work));
	TRY(see_unit_today(db, query->arena, work));
	TRY(units_walk(db, see_unit, work));
	return stalls_walk(db, see_stall, work);
}

/* A walk that was ended can be begun again, and the statement with it. */
static struct err
ask_stopped(struct db *db, struct query *query)
{
	struct work *work = work_of(query);
	struct err err;

	for (int i = 0; i < 2; i++) {
		work->stop_after = 2;
		err = stalls_walk(db, see_stall, work);
		if (err.code != ERR_CONFLICT)
			return FAIL(ERR_BROKEN, "the walk's error was lost");
	}
	return OK;
}

static struct work
work_open(struct market_fixture *market)
{
	struct stall stall = market_stall(market, "A02");

	return (struct work){
		.command.arena = market->arena,
		.query.arena = market->arena,
		.stall_id = stall.id,
		.market_id = stall.market_id,
		.merchant_id = stall.merchant_id,
	};
}

static void
put(struct market_fixture *market, struct work *work,
	struct err (*apply)(struct tx *tx, struct command *self))
{
	work->command.apply = apply;
	assert_int_equal(books_submit_wait(market->books, &work->command).code, ERR_OK);
}

static struct err
run_in_transaction(struct db *db, struct query *query)
{
	struct err err;

	TRY(store_begin(db));
	err = work_of(query)->ask(db, query);
	store_rollback(db);
	return err;
}

static void
expect(struct market_fixture *market, struct work *work,
	struct err (*ask)(struct db *db, struct query *query), const char *want)
{
	work->ask = ask;
	work->query.run = run_in_transaction;
	buf_clear(&work->seen);
	buf_adds(&work->seen, "");
	assert_int_equal(books_ask_wait(market->books, &work->query).code, ERR_OK);
	assert_string_equal(work->seen.ptr, want);
	buf_fini(&work->seen);
}

#define BY " by Lan, quên ghi, Hùng\n"

static void
dated_rows_come_back(void **state)
{
	struct market_fixture *market = market_open();
	struct work work = work_open(market);

	(void)state;
	put(market, &work, put_rows);
	expect(market, &work, ask_dated,
		"20000..20009=0lunar:2,7" BY "20000..20000=0none" BY "20000..20001=1" BY
		"20000..1000000=0" BY "18262..1000000=0 by registry import, , \n"
		"20000..1000000=0" BY "20000..20030=0" BY "-1000000..20000=-1" BY
		"20000..1000000=023059" BY "all\n"
		"20000..20009=0lunar:2,7" BY "20000..20000=0none" BY);
	market_free(market);
}

static void
the_newest_row_holds(void **state)
{
	struct market_fixture *market = market_open();
	struct work work = work_open(market);

	(void)state;
	put(market, &work, put_rows);
	expect(market, &work, ask_registers,
		"turnover 24317 200 tờ khai Lan\n"
		"fee 20000 rent 20 1\n"
		"target 23059 2026 CAI 2000 KH 1 Phòng KT 20000\n"
		"target 23059 2026 CAI 2000 KH 1 Phòng KT 20000\n"
		"account 970422 19990002 receiving -1000000..1000000\n"
		"account 970436 77 owner 20000..1000000\n"
		"account 970422 19990002 receiving -1000000..1000000\n"
		"account 970436 77 owner 20000..1000000\n");
	put(market, &work, put_public);
	expect(market, &work, ask_public,
		"dossiers 23059 24317 30 20 200\n"
		"payout 42/50 400/500\n"
		"score 2026 3 1000 800 702, 2/124\n");
	market_free(market);
}

static void
the_register_is_walked(void **state)
{
	struct market_fixture *market = market_open();
	struct work work = work_open(market);

	(void)state;
	expect(market, &work, ask_walks,
		"attached 1 1\nMALAM;23059 -1000000..1000000;23059;"
		"Thị trấn Ma Lâm -1000000..20269;Xã Hàm Thuận 20270..1000000;"
		"A01 18262 1000000;A02 18262 1000000;A03 18262 1000000;A04 18262 1000000;"
		"A05 18262 20454;");
	expect(market, &work, ask_stopped,
		"A01 18262 1000000;A02 18262 1000000;A01 18262 1000000;A02 18262 1000000;");
	market_free(market);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dated_rows_come_back),
		cmocka_unit_test(the_newest_row_holds),
		cmocka_unit_test(the_register_is_walked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
