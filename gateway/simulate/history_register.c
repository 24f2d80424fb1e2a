/* The register of a history: made as a CSV, imported as anybody's. */
#include "history_parts.h"

#include "chopay/registers.h"
#include "chopay/registry.h"

#define PERSON "simulate"
#define PAGE 500
#define UNIT_FROM "2025-07-01"

static const char *const goods[] = {"rau", "cá", "thịt", "trái cây", "vải", "gạo"};

static void
put_stall(struct buf *csv, const struct history_market *market, int index)
{
	int number = market->first_stall + index;

	buf_addf(csv, "H%04d,Chợ mô phỏng %d,%d,S%03d,Sạp %d,stall,%s,Tiểu thương %d,09%08d,",
		market->index, market->index + 1, HISTORY_UNIT_FIRST + market->commune, index + 1,
		number + 1, goods[number % 6], number + 1, number);
	buf_adds(csv, "970422,");
	history_stall_account(csv, number);
	buf_addf(csv, ",TIEU THUONG %d,", number + 1);
	buf_adds(csv, "2024-01-01,\n");
}

static void
write_csv(const struct history_plan *plan, struct buf *csv)
{
	buf_addf(csv, "%s\n", REGISTRY_HEADER);
	for (int m = 0; m < plan->markets; m++) {
		struct history_market market;

		history_market(plan, m, &market);
		for (int i = 0; i < market.stall_count; i++)
			put_stall(csv, &market, i);
	}
}

/* ---- on the writer
 * ------------------------------------------------------------------------------- */

struct register_command {
	struct command command; /* first */
	struct history *history;
	struct str csv;
};

static int64_t
next_id(void *tx)
{
	return tx_next_id(tx);
}

static struct err
put_communes(struct tx *tx, struct arena *arena, const struct history_plan *plan)
{
	int32_t from_day;

	TRY(day_parse(STR(UNIT_FROM), &from_day));
	for (int i = 0; i < plan->communes; i++) {
		const struct unit unit = {
			.code = arena_printf(arena, "%d", HISTORY_UNIT_FIRST + i),
			.name = arena_printf(arena, "Xã Mô Phỏng %d", i + 1),
			.level = STR("commune"),
			.parent_code = STR(HISTORY_PROVINCE),
			.from_day = from_day,
			.to_day = DAY_LAST,
		};

		TRY(units_put(tx->db, &unit));
	}
	return OK;
}

/* An account alone is no code on the wall. */
static struct err
put_no_code(struct tx *tx, struct arena *arena, int64_t market_id, int index)
{
	struct stall stall;
	struct dated row = {.from_day = day_from_civil(2024, 1, 1),
		.to_day = DAY_LAST,
		.entry = {.at_ms = tx->now_ms, .person = STR(PERSON)}};

	TRY(stalls_find_in_market(
		tx->db, arena, market_id, arena_printf(arena, "S%03d", index + 1), &stall));
	row.of = stall.id;
	row.id = tx_next_id(tx);
	return dated_put(tx->db, DATED_CODE, &row);
}

static struct err
put_codes(struct tx *tx, struct arena *arena, const struct history_plan *plan,
	const struct history_market *market, int64_t market_id)
{
	for (int i = 0; i < market->stall_count; i++) {
		struct history_stall stall;

		history_stall(plan, market, i, &stall);
		if (!stall.code)
			TRY(put_no_code(tx, arena, market_id, i));
	}
	return OK;
}

/* The import makes markets that are cut at midnight: these are there before it. */
static struct err
put_markets(struct tx *tx, struct arena *arena, const struct history_plan *plan)
{
	for (int m = 0; m < plan->markets; m++) {
		struct history_market model;
		struct market market = {.id = tx_next_id(tx),
			.code = arena_printf(arena, "H%04d", m),
			.name = arena_printf(arena, "Chợ mô phỏng %d", m + 1)};

		history_market(plan, m, &model);
		market.day_cut_min = model.day_cut_min;
		TRY(markets_put(tx->db, &market));
		TRY(markets_attach(tx->db, market.id,
			arena_printf(arena, "%d", HISTORY_UNIT_FIRST + model.commune), DAY_FIRST,
			DAY_LAST));
	}
	return OK;
}

static struct err
put_calendars(struct tx *tx, struct arena *arena, const struct history_plan *plan)
{
	for (int m = 0; m < plan->markets; m++) {
		struct history_market model;
		struct market market;
		struct dated row = {.from_day = day_from_civil(2024, 1, 1),
			.to_day = DAY_LAST,
			.entry = {.at_ms = tx->now_ms, .person = STR(PERSON)}};

		history_market(plan, m, &model);
		TRY(markets_find(tx->db, arena, arena_printf(arena, "H%04d", m), &market));
		row.of = market.id;
		row.id = tx_next_id(tx);
		row.text = str_from(model.days);
		TRY(dated_put(tx->db, DATED_CALENDAR, &row));
		TRY(put_codes(tx, arena, plan, &model, market.id));
	}
	return OK;
}

static struct err
register_apply(struct tx *tx, struct command *self)
{
	struct register_command *command = (struct register_command *)self;
	struct history *history = command->history;
	struct registry_import import = {
		.csv = command->csv,
		.banks = history->banks,
		.prefix = tx->prefix,
		.now_ms = tx->now_ms,
		.next_id = next_id,
		.arg = tx,
		.arena = self->arena,
	};
	struct err err;

	TRY(registry_seed(tx->db, self->arena, history->banks));
	TRY(put_communes(tx, self->arena, &history->plan));
	TRY(put_markets(tx, self->arena, &history->plan));
	err = registry_import(tx->db, &import);
	if (err.code == ERR_INVALID && import.problem_count > 0)
		buf_addf(history->why, "the register refused line %zu: %.*s",
			import.problems[0].line, STR_FMT(import.problems[0].reason));
	TRY(err);
	return put_calendars(tx, self->arena, &history->plan);
}

/* ---- what became of it
 * --------------------------------------------------------------------------- */

struct places_query {
	struct query query; /* first */
	struct history *history;
	int64_t found;
	bool strange;
};

/* "H0012" and "S003" are the stall 2 of the market 12. */
static void
take_place(struct places_query *query, const struct stall *stall)
{
	struct history *history = query->history;
	struct history_market market;
	int64_t m, s;

	if (!str_starts(stall->market_code, STR("H")) ||
		str_to_i64(str_cut(stall->market_code, 1, 9), &m).code != ERR_OK ||
		str_to_i64(str_cut(stall->code, 1, 9), &s).code != ERR_OK || m < 0 ||
		m >= history->plan.markets) {
		query->strange = true;
		return;
	}
	history_market(&history->plan, (int)m, &market);
	if (s < 1 || s > market.stall_count) {
		query->strange = true;
		return;
	}
	history->places[market.first_stall + s - 1] = (struct history_place){stall->id,
		stall->market_id, stall->merchant_id, arena_copy(history->arena, stall->reference)};
	query->found++;
}

static struct err
places_run(struct db *db, struct query *self)
{
	struct places_query *query = (struct places_query *)self;
	struct stall stalls[PAGE];
	int64_t after = 0;
	size_t count = 0;

	query->found = 0;
	query->strange = false;
	do {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();

		TRY(stalls_list(db, arena, after, PAGE, stalls, &count));
		for (size_t i = 0; i < count; i++)
			take_place(query, &stalls[i]);
		after = count > 0 ? stalls[count - 1].id : after;
	} while (count == PAGE);
	return OK;
}

/* ERR_NOT_FOUND: the store is empty. */
static struct err
find_places(struct history *history)
{
	struct places_query query = {
		.query = {.run = places_run, .arena = history->arena}, .history = history};

	TRY(books_ask_wait(history->books, &query.query));
	if (query.found == 0 && !query.strange)
		return FAIL(ERR_NOT_FOUND, "the store has no stalls yet");
	if (query.strange || query.found != history->plan.stalls) {
		buf_adds(history->why, "the store has other stalls than these options make; give "
				       "--data a folder of its own");
		return FAIL(ERR_CONFLICT, "the store has other stalls");
	}
	return OK;
}

struct err
history_register(struct history *history)
{
	struct buf csv CLEANUP(buf_fini) = {0};
	struct register_command command = {
		.command = {.apply = register_apply, .arena = history->arena},
		.history = history,
	};
	struct err found;

	history->places = arena_alloc(
		history->arena, (size_t)history->plan.stalls * sizeof(*history->places));
	found = find_places(history);
	if (found.code != ERR_NOT_FOUND)
		return found;
	history_tick(history, "the register", 0, history->plan.stalls);
	write_csv(&history->plan, &csv);
	command.csv = buf_str(&csv);
	TRY(books_submit_wait(history->books, &command.command));
	history_tick(history, "the register", history->plan.stalls, history->plan.stalls);
	return find_places(history);
}
