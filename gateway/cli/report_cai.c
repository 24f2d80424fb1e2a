/* chopay report cai: the index of cells given by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/cai.h"
#include "chopay/csv.h"
#include "chopay/json.h"
#include "chopay/log.h"
#include "cli.h"
#include "options.h"
#include "report.h"

#define CELLS_SIZE_MAX (256 * 1024 * 1024) /* bytes of cells given by hand */
#define COLUMNS 9
#define NUMBER_MAX INT64_C(1000000000) /* a cell given by hand may stand for many */

static const char CAI_HELP[] =
	"usage: chopay report cai < cells.csv\n\n"
	"The Cashless Adoption Index (parameter set " CAI_PARAMETER_SET ") of units whose cells\n"
	"are given by hand, as JSON.  One line per unit, stall and month:\n"
	"  unit,stall,month,market_days,open_days,qr_days,active_days,payers,prev_active\n"
	"month is YYYY-MM; prev_active: yes, no, or none where the stall had no cell the month\n"
	"before.  A unit with no figure, or with fewer than 20 eligible cells, is not ranked.\n";

static const char HEADER[] =
	"unit,stall,month,market_days,open_days,qr_days,active_days,payers,prev_active";

struct row {
	struct str unit, stall, month;
	size_t line;
	struct cai_cell cell;
};

struct rows {
	struct row *items;
	size_t count, capacity;
};

static void
rows_fini(struct rows *rows)
{
	free(rows->items);
}

static void
rows_add(struct rows *rows, const struct row *row)
{
	rows->items = mem_room(rows->items, sizeof(*rows->items), rows->count, &rows->capacity);
	rows->items[rows->count++] = *row;
}

/* ---- one line ------------------------------------------------------------------------------- */

static bool
is_month(struct str text)
{
	int64_t year, month;

	return text.len == 7 && text.ptr[4] == '-' &&
	       str_to_i64(str_cut(text, 0, 4), &year).code == ERR_OK && year >= 1 &&
	       str_to_i64(text.ptr[5] == '0' ? str_cut(text, 6, 7) : str_cut(text, 5, 7), &month)
			       .code == ERR_OK &&
	       month >= 1 && month <= 12;
}

static const char *
read_previous(struct str text, struct cai_cell *cell)
{
	cell->was_active = str_eq(text, STR("yes"));
	if (cell->was_active || str_eq(text, STR("no")) || str_eq(text, STR("none")))
		return NULL;
	return "prev_active is yes, no or none";
}

/* NULL, or what cannot be. */
static const char *
read_row(const struct str fields[COLUMNS], struct row *row)
{
	struct cai_cell *cell = &row->cell;
	const struct {
		int64_t *value;
		const char *fault;
	} numbers[] = {
		{&cell->market_days, "market_days is a number from 0 to 1000000000"},
		{&cell->open_days, "open_days is a number from 0 to 1000000000"},
		{&cell->qr_days, "qr_days is a number from 0 to 1000000000"},
		{&cell->active_days, "active_days is a number from 0 to 1000000000"},
		{&cell->payers, "payers is a number from 0 to 1000000000"},
	};

	row->unit = fields[0];
	row->stall = fields[1];
	row->month = fields[2];
	if (row->unit.len == 0 || row->stall.len == 0)
		return "unit and stall must not be empty";
	if (!is_month(row->month))
		return "month is YYYY-MM, like 2026-06";
	for (size_t i = 0; i < 5; i++) {
		if (str_to_i64(fields[3 + i], numbers[i].value).code != ERR_OK ||
			*numbers[i].value < 0 || *numbers[i].value > NUMBER_MAX)
			return numbers[i].fault;
	}
	if (cell->open_days > cell->market_days)
		return "open_days is more than market_days";
	if (cell->qr_days > cell->open_days)
		return "qr_days is more than open_days";
	if (cell->active_days > cell->open_days)
		return "active_days is more than open_days";
	return read_previous(fields[8], cell);
}

/* ---- the file ------------------------------------------------------------------------------- */

static int
bad_line(size_t line, const char *what)
{
	complain("report cai: line %zu: %s", line, what);
	return EX_DATAERR;
}

static bool
is_header(const struct str *fields, size_t count)
{
	struct buf line CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < count; i++)
		csv_put(&line, fields[i], i + 1 == count);
	return str_eq(str_trim(buf_str(&line)), str_from(HEADER));
}

static int
read_rows(struct arena *arena, struct str text, struct rows *rows)
{
	struct str fields[CSV_FIELDS_MAX];
	struct row row = {0};
	size_t count;
	struct csv csv;
	struct err err;

	csv_init(&csv, text);
	err = csv_next(&csv, arena, fields, &count);
	if (err.code != ERR_OK || !is_header(fields, count)) {
		complain("report cai: line 1: the header must be %s", HEADER);
		return EX_DATAERR;
	}
	while ((err = csv_next(&csv, arena, fields, &count)).code == ERR_OK) {
		const char *fault = count == COLUMNS ? read_row(fields, &row)
						     : "a line has 9 columns";

		if (fault != NULL)
			return bad_line(csv.line, fault);
		row.line = csv.line;
		rows_add(rows, &row);
	}
	return err.code == ERR_NOT_FOUND ? EX_OK : bad_line(csv.line, csv.fault);
}

static int
str_order(struct str a, struct str b)
{
	int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);

	return order == 0 ? (a.len > b.len) - (a.len < b.len) : order;
}

static int
by_cell(const void *a, const void *b)
{
	const struct row *one = a, *other = b;
	int order = str_order(one->unit, other->unit);

	if (order == 0)
		order = str_order(one->stall, other->stall);
	return order == 0 ? str_order(one->month, other->month) : order;
}

/* ---- units ---------------------------------------------------------------------------------- */

struct unit_index {
	struct str unit;
	size_t line; /* where it stands first */
	struct cai cai;
};

static int
by_line(const void *a, const void *b)
{
	const struct unit_index *one = a, *other = b;

	return one->line < other->line ? -1 : one->line > other->line;
}

/* The rows are sorted: a unit's stand together. */
static size_t
compute_units(const struct rows *rows, struct unit_index *units)
{
	size_t count = 0;

	for (size_t i = 0; i < rows->count;) {
		struct unit_index *unit = &units[count++];
		struct cai_sums sums = {0};

		*unit = (struct unit_index){
			.unit = rows->items[i].unit, .line = rows->items[i].line};
		for (; i < rows->count && str_eq(rows->items[i].unit, unit->unit); i++) {
			if (rows->items[i].line < unit->line)
				unit->line = rows->items[i].line;
			cai_add(&sums, &rows->items[i].cell);
		}
		cai_compute(&sums, &unit->cai);
	}
	qsort(units, count, sizeof(*units), by_line);
	return count;
}

static void
set_known(json_t *object, const char *name, bool known, int64_t value)
{
	json_object_set_new(object, name, known ? json_integer(value) : json_null());
}

static json_t *
unit_json(const struct unit_index *unit, size_t rank)
{
	const struct cai *cai = &unit->cai;
	json_t *object = json_object();

	json_set_str(object, "unit", unit->unit);
	set_known(object, "cai_x100", cai->known, cai->cai_x100);
	json_object_set_new(
		object, "class", cai->known ? json_string(cai_class(cai->cai_x100)) : json_null());
	set_known(object, "rank", rank > 0, (int64_t)rank);
	for (enum cai_component i = 0; i < CAI_COMPONENTS; i++) {
		const struct cai_figure *figure = &cai->figures[i];
		json_t *member = json_object();

		json_set_i64(member, "num", figure->num);
		json_set_i64(member, "den", figure->den);
		set_known(member, "rate_bp", figure->known, figure->rate_bp);
		set_known(member, "pts_x100", figure->known, figure->pts_x100);
		json_object_set_new(object, cai_component_code(i), member);
	}
	return object;
}

static void
print_units(const struct unit_index *units, size_t count)
{
	json_t *answer CLEANUP(json_cleanup) = json_object(), *list = json_array();
	const struct cai **cais = mem_alloc_zero(count + 1, sizeof(*cais));
	size_t *ranks = mem_alloc_zero(count + 1, sizeof(*ranks));
	struct buf text CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < count; i++)
		cais[i] = &units[i].cai;
	cai_rank(cais, count, ranks);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, unit_json(&units[i], ranks[i]));
	json_object_set_new(answer, "parameter_set", json_string(CAI_PARAMETER_SET));
	json_object_set_new(answer, "units", list);
	json_write(&text, answer);
	puts(text.ptr);
	free(cais);
	free(ranks);
}

int
report_cai(int argc, char **argv)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct rows rows CLEANUP(rows_fini) = {0};
	struct buf text CLEANUP(buf_fini) = {0};
	struct unit_index *units;
	const char *words[1];
	size_t count;
	int status = options_read("report cai", CAI_HELP, argc, argv, NULL, 0, words, 0, &count);

	if (status != -1)
		return status;
	status = read_file("report cai", "-", CELLS_SIZE_MAX, &text);
	if (status == EX_OK)
		status = read_rows(arena, buf_str(&text), &rows);
	if (status != EX_OK)
		return status;
	qsort(rows.items, rows.count, sizeof(*rows.items), by_cell);
	for (size_t i = 1; i < rows.count; i++) {
		if (by_cell(&rows.items[i - 1], &rows.items[i]) == 0)
			return bad_line(rows.items[i].line > rows.items[i - 1].line
						? rows.items[i].line
						: rows.items[i - 1].line,
				"this unit, stall and month stands there twice");
	}
	units = mem_alloc_zero(rows.count + 1, sizeof(*units));
	print_units(units, compute_units(&rows, units));
	free(units);
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}
