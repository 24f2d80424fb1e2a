/* What was asked for is made: the report, and its bytes. */
#include "chopay/crypt.h"
#include "chopay/csv.h"
#include "chopay/json.h"
#include "chopay/report_order.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct err
report_of_snapshot(struct arena *arena, const struct snapshot *snapshot, struct report **report)
{
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	struct buf hex CLEANUP(buf_fini) = {0};
	unsigned char sha256[SHA256_SIZE];

	TRY(crypt_new(&crypt));
	crypt_sha256(crypt, snapshot->report, sha256);
	if (!str_eq(snapshot->sha256, (struct str){(const char *)sha256, sizeof(sha256)}))
		return FAIL(ERR_BROKEN, "a snapshot is not the report that was frozen");
	TRY(report_read_json(arena, snapshot->report, report));
	hex_put(&hex, snapshot->sha256);
	(*report)->snapshot_id = snapshot->id;
	(*report)->revision = snapshot->revision;
	(*report)->sha256 = arena_copy(arena, buf_str(&hex));
	return OK;
}

/* A report's header with the rows of a ranking alone. */
static struct err
read_ranking(struct db *db, struct arena *arena, const struct report_order *order,
	struct report **report, struct buf *why)
{
	struct report *made = arena_alloc(arena, sizeof(*made));

	*made = (struct report){
		.scope = order->request.scope,
		.code = order->request.code,
		.level = order->level,
		.period = order->request.period,
		.boundary = order->request.boundary,
		.audience = order->request.audience,
		.parameter_set = STR(CAI_PARAMETER_SET),
		.cut_at_ms = order->request.now_ms,
		.rows_are_markets = str_eq(order->level, STR("market")),
	};
	TRY(report_ranking(
		db, arena, &order->request, order->level.ptr, &made->rows, &made->row_count, why));
	*report = made;
	return OK;
}

struct err
report_order_report(struct db *db, struct arena *arena, const struct report_order *order,
	const struct report_watch *watch, struct report **report, struct buf *why)
{
	struct snapshot snapshot;
	struct err err;

	if (order->what == ORDER_RANKING)
		return read_ranking(db, arena, order, report, why);
	if (order->snapshot_id == 0)
		return report_build(db, arena, &order->request, watch, report, why);
	err = snapshots_get(db, arena, order->snapshot_id, &snapshot);
	if (err.code == ERR_NOT_FOUND)
		buf_addf(why, "there is no snapshot %lld", (long long)order->snapshot_id);
	TRY(err);
	return report_of_snapshot(arena, &snapshot, report);
}

/* Of a report written as JSON the members named. */
static struct err
put_members(const struct report *report, const char *const *names, size_t count, struct buf *bytes)
{
	struct buf whole CLEANUP(buf_fini) = {0};
	json_t *from CLEANUP(json_cleanup) = NULL, *to CLEANUP(json_cleanup) = json_object();

	report_write_json(report, &whole);
	TRY(json_parse_strict(buf_str(&whole), &from, NULL));
	for (size_t i = 0; i < count; i++) {
		json_t *member = json_object_get(from, names[i]);

		if (member != NULL)
			json_object_set(to, names[i], member);
	}
	json_write(bytes, to);
	buf_addc(bytes, '\n');
	return OK;
}

/* As programs read it: numbers without marks, a comma between columns. */
static void
put_cell(const struct table_cell *cell, bool last, struct buf *bytes)
{
	struct buf text CLEANUP(buf_fini) = {0};

	switch (cell->type) {
	case CELL_TEXT:
		csv_put_text(bytes, cell->text, last);
		return;
	case CELL_COUNT:
	case CELL_MONEY:
		buf_addf(&text, "%lld", (long long)cell->value);
		break;
	case CELL_RATE_BP:
	case CELL_POINTS_X100:
		buf_addf(&text, "%lld.%02lld", (long long)(cell->value / 100),
			(long long)(cell->value % 100));
		break;
	case CELL_NONE:
		break;
	}
	csv_put(bytes, buf_str(&text), last);
}

static void
put_table(const struct table *table, struct buf *bytes)
{
	for (size_t i = 0; i < table->columns; i++)
		csv_put(bytes, table->heads[i], i + 1 == table->columns);
	for (size_t i = 0; i < table->rows * table->columns; i++)
		put_cell(&table->cells[i], (i + 1) % table->columns == 0, bytes);
}

static struct err
make_ranking(struct db *db, struct arena *arena, const struct report_order *order,
	struct buf *bytes, struct buf *why)
{
	static const char *const members[] = {"format", "scope", "code", "level", "period",
		"calendar", "from", "to", "boundary", "audience", "parameter_set", "cut_at_ms",
		"rows"};
	struct report *report;
	struct table table;

	TRY(report_order_report(db, arena, order, NULL, &report, why));
	if (order->form == FORM_JSON)
		return put_members(report, members, COUNT(members), bytes);
	report_table(arena, report, TABLE_RANKING, order->language, &table);
	put_table(&table, bytes);
	return OK;
}

static struct err
make_work(struct db *db, struct arena *arena, const struct report_order *order,
	const struct report_watch *watch, struct buf *bytes, struct buf *why)
{
	static const char *const members[] = {"format", "scope", "code", "name", "period",
		"calendar", "from", "to", "boundary", "audience", "parameter_set", "cut_at_ms",
		"snapshot", "work"};
	struct report *report;
	struct table table;

	TRY(report_order_report(db, arena, order, watch, &report, why));
	if (order->form == FORM_JSON)
		return put_members(report, members, COUNT(members), bytes);
	if (order->form == FORM_PDF)
		return report_work_pdf(report, order->language, bytes);
	if (order->form == FORM_XLSX)
		return report_work_xlsx(report, order->language, bytes);
	report_table(arena, report, TABLE_WORK, order->language, &table);
	put_table(&table, bytes);
	return OK;
}

struct err
report_order_make(struct db *db, struct arena *arena, const struct report_order *order,
	const struct report_watch *watch, struct buf *bytes, struct buf *why)
{
	struct report *report;

	if (order->what == ORDER_RANKING)
		return make_ranking(db, arena, order, bytes, why);
	if (order->what == ORDER_WORK)
		return make_work(db, arena, order, watch, bytes, why);
	TRY(report_order_report(db, arena, order, watch, &report, why));
	return report_make(report, order->form, order->language, bytes);
}
