/* The registers of the index: which of them a file is for, reading it, writing it again. */
#include "registers.h"

#include <stdlib.h>
#include <string.h>

#include "register.h"
#include "row.h"

static const struct csv_register *const registers[] = {&register_markets, &register_calendar,
	&register_leave, &register_codes, &register_moves, &register_turnover, &register_fees,
	&register_targets, &register_own_accounts, &register_market_units, &register_lineage,
	&register_dossiers, &register_payouts, &register_scores};
#define REGISTERS (sizeof(registers) / sizeof(registers[0]))

/* What an export adds; an import skips it. */
static const char *const entry_columns[] = {"entered_at", "person", "why", "approver"};
#define ENTRY_COLUMNS 4
#define ENTRY_COLUMNS_SHORT 2
#define ENTRY_PERSON 1 /* which of them every row has */

static const char STALLS_EXAMPLE[] =
	"MALAM,Chợ Ma Lâm,23059,A01,Rau cô Ba,stall,rau,Nguyễn Thị Ba,0990000001,970436,"
	"0071000000001,NGUYEN THI BA,2020-01-01,";

static int
register_column_count(const struct csv_register *which)
{
	int count = 0;

	while (count < REGISTER_COLUMNS_MAX && which->columns[count].name != NULL)
		count++;
	return count;
}

bool
register_refuse(
	struct reading *reading, const struct register_row *row, int column, const char *reason)
{
	problem_in(reading->import, row->line, reading->which->columns[column].name,
		row->fields[column], reason);
	return false;
}

int64_t
register_next_id(struct reading *reading)
{
	reading->import->added++;
	return reading->import->next_id(reading->import->arg);
}

struct entry
register_entered(const struct reading *reading)
{
	return entry_of(reading->import, reading->today);
}

const char *
register_name(const struct csv_register *which)
{
	return which->name;
}

/* ---- headers -------------------------------------------------------------------------------- */

static size_t
alike(const struct csv_register *which, const struct str *fields, size_t count)
{
	size_t columns = (size_t)register_column_count(which), n = 0;

	while (n < columns && n < count && str_eq(fields[n], str_from(which->columns[n].name)))
		n++;
	return n;
}

/* Is what follows `n` columns of an export's entry? */
static bool
is_entry(const struct str *fields, size_t count, size_t n)
{
	if (count != n && count != n + ENTRY_COLUMNS && count != n + ENTRY_COLUMNS_SHORT)
		return false;
	for (size_t i = n; i < count; i++) {
		if (!str_eq(fields[i], str_from(entry_columns[i - n])))
			return false;
	}
	return true;
}

const struct csv_register *
register_of_header(const struct str *fields, size_t count)
{
	for (size_t i = 0; i < REGISTERS; i++) {
		const struct csv_register *which = registers[i];
		size_t n = alike(which, fields, count);

		if (n + (size_t)which->optional >= (size_t)register_column_count(which) &&
			is_entry(fields, count, n))
			return which;
	}
	return NULL;
}

static void
add_header(struct buf *out, const struct csv_register *which)
{
	int count = register_column_count(which);

	for (int i = 0; i < count; i++)
		buf_addf(out, "%s%s", i > 0 ? "," : "", which->columns[i].name);
}

/* Columns of the same name in the same place. */
static size_t
same_places(const struct csv_register *which, const struct str *fields, size_t count)
{
	size_t columns = (size_t)register_column_count(which), same = 0;

	for (size_t i = 0; i < columns && i < count; i++)
		same += str_eq(fields[i], str_from(which->columns[i].name));
	return same;
}

static size_t
same_as_stalls(const struct str *fields, size_t count)
{
	size_t same = 0;

	for (size_t i = 0; i < COLUMNS && i < count; i++)
		same += str_eq(fields[i], str_from(column_names[i]));
	return same;
}

/* Two columns alike: the first alone says little, most begin with the market's code. */
bool
register_near_header(
	struct registry_import *import, const struct str *fields, size_t count, size_t line)
{
	struct buf header CLEANUP(buf_fini) = {0};
	const struct csv_register *nearest = NULL;
	size_t most = same_as_stalls(fields, count), good;

	if (most == 0)
		most = 1;

	for (size_t i = 0; i < REGISTERS; i++) {
		size_t same = same_places(registers[i], fields, count);

		if (same > most) {
			nearest = registers[i];
			most = same;
		}
	}
	if (nearest == NULL)
		return false;
	add_header(&header, nearest);
	good = alike(nearest, fields, count);
	problem_add(import, line,
		good < (size_t)register_column_count(nearest) ? nearest->columns[good].name : "",
		arena_printf(import->arena,
			"the header is nearest to that of the register \"%s\": %s%s", nearest->name,
			header.ptr, nearest->optional > 0 ? " (the last may be left out)" : ""));
	return true;
}

void
registry_registers(
	struct arena *arena, struct registry_register given[REGISTRY_REGISTERS_MAX], size_t *count)
{
	given[0] = (struct registry_register){"stalls", STALLS_EXAMPLE, str_from(REGISTRY_HEADER)};
	for (size_t i = 0; i < REGISTERS; i++) {
		struct buf header CLEANUP(buf_fini) = {0};

		add_header(&header, registers[i]);
		given[i + 1] = (struct registry_register){registers[i]->name, registers[i]->example,
			arena_copy(arena, buf_str(&header))};
	}
	*count = REGISTERS + 1;
}

/* ---- in ------------------------------------------------------------------------------------- */

/* Every fault of a row is named, not only its first. */
static bool
read_row(struct reading *reading, struct register_row *row)
{
	const struct csv_register *which = reading->which;
	int count = register_column_count(which);
	bool good = true;

	for (int i = 0; i < count; i++) {
		const char *reason = which->columns[i].read(reading, row, i);

		if (reason != NULL)
			good = register_refuse(reading, row, i, reason);
	}
	return good && (which->check == NULL || which->check(reading, row));
}

static void
keep_row(struct reading *reading, const struct register_row *row)
{
	if (reading->count == reading->capacity) {
		reading->capacity = reading->capacity == 0 ? 256 : reading->capacity * 2;
		reading->rows = mem_resize(
			reading->rows, reading->capacity * sizeof(*reading->rows));
	}
	reading->rows[reading->count++] = *row;
}

static struct err
read_rows(struct reading *reading, size_t columns, size_t own, struct csv *csv)
{
	struct registry_import *import = reading->import;
	struct str fields[CSV_FIELDS_MAX];
	struct err err;
	size_t count;

	while ((err = csv_next(csv, import->arena, fields, &count)).code == ERR_OK) {
		struct register_row row = {.line = csv->line};

		import->rows++;
		if (count != columns) {
			problem_add(import, csv->line, "",
				arena_printf(import->arena,
					"the row has %zu fields, the header has %zu", count,
					columns));
			continue;
		}
		for (size_t i = 0; i < own; i++)
			row.fields[i] = str_trim(csv_text(fields[i]));
		row.exported = columns > own && str_trim(fields[own + ENTRY_PERSON]).len > 0;
		if (read_row(reading, &row))
			keep_row(reading, &row);
	}
	if (err.code == ERR_INVALID)
		problem_add(import, csv->line,
			csv->fault_column >= 1 && csv->fault_column <= own
				? reading->which->columns[csv->fault_column - 1].name
				: "",
			str_from(csv->fault));
	else if (err.code == ERR_NOT_FOUND && import->rows == 0)
		problem_add(import, csv->line, "", STR("the file has a header and no rows"));
	return err.code == ERR_INVALID || err.code == ERR_NOT_FOUND ? OK : err;
}

/* ---- the same twice ------------------------------------------------------------------------- */

static int
field_compare(struct str a, struct str b)
{
	int order = (a.len > b.len) - (a.len < b.len);

	return order != 0 || a.len == 0 ? order : memcmp(a.ptr, b.ptr, a.len);
}

static int
key_compare(const struct register_row *a, const struct register_row *b, int key)
{
	int order = 0;

	for (int i = 0; i < key && order == 0; i++)
		order = field_compare(a->fields[i], b->fields[i]);
	return order;
}

/* Fields behind the key are empty in what is sorted: see refuse_twins. */
static int
twin_compare(const void *left, const void *right)
{
	const struct register_row *a = left, *b = right;
	int order = key_compare(a, b, REGISTER_COLUMNS_MAX);

	return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static void
refuse_twins(struct reading *reading)
{
	int key = reading->which->key;
	struct register_row *sorted CLEANUP(mem_free) = NULL;

	if (key == 0 || reading->count < 2)
		return;
	sorted = mem_alloc(reading->count * sizeof(*sorted));
	memcpy(sorted, reading->rows, reading->count * sizeof(*sorted));
	for (size_t i = 0; i < reading->count; i++) {
		for (int column = key; column < REGISTER_COLUMNS_MAX; column++)
			sorted[i].fields[column] = (struct str){NULL, 0};
	}
	qsort(sorted, reading->count, sizeof(*sorted), twin_compare);
	for (size_t i = 1; i < reading->count; i++) {
		if (key_compare(&sorted[i], &sorted[i - 1], key) == 0 &&
			!(sorted[i].exported && sorted[i - 1].exported))
			problem_add(reading->import, sorted[i].line,
				reading->which->columns[key - 1].name,
				arena_printf(reading->import->arena,
					"the same stands on line %zu already", sorted[i - 1].line));
	}
}

static struct err
put_rows(struct reading *reading)
{
	const struct csv_register *which = reading->which;

	for (size_t i = 0; i < reading->count && which->put != NULL; i++)
		TRY(which->put(reading, &reading->rows[i]));
	return which->finish == NULL ? OK : which->finish(reading);
}

static struct err
read_and_put(struct reading *reading, size_t columns, size_t own, struct csv *csv)
{
	struct registry_import *import = reading->import;

	TRY(read_rows(reading, columns, own, csv));
	refuse_twins(reading);
	if (import->problem_count == 0)
		TRY(put_rows(reading));
	problems_sort(import);
	if (import->problem_count > 0)
		return FAIL(ERR_INVALID, "rows are refused; nothing was imported");
	return entry_audit(reading->db, import, reading->which->name);
}

struct err
register_import(struct db *db, struct registry_import *import, const struct csv_register *which,
	const struct str *header, size_t columns, struct csv *csv)
{
	struct reading reading = {
		.import = import,
		.db = db,
		.which = which,
		.today = day_of(import->now_ms, 0),
	};
	struct err err;

	if (!entry_check(import, true))
		return FAIL(ERR_INVALID, "who enters the register is not said");
	TRY(names_load(db, import->arena, &reading.names));
	err = read_and_put(&reading, columns, alike(which, header, columns), csv);
	free(reading.rows);
	return err;
}

/* ---- out ------------------------------------------------------------------------------------ */

static struct err
export_register(struct db *db, struct arena *arena, const struct csv_register *which, int32_t today,
	struct buf *csv)
{
	struct writing writing = {.csv = csv, .today = today};
	struct names names;

	TRY(names_load(db, arena, &names));
	writing.names = &names;
	add_header(csv, which);
	for (int i = 0; i < (which->shows_entry ? ENTRY_COLUMNS : ENTRY_COLUMNS_SHORT); i++)
		buf_addf(csv, ",%s", entry_columns[i]);
	buf_addc(csv, '\n');
	return which->export(db, &writing);
}

struct err
registry_export_of(
	struct db *db, struct arena *arena, struct str name, int32_t today, struct buf *csv)
{
	if (name.len == 0 || str_eq(name, STR("stalls")))
		return registry_export(db, today, csv);
	for (size_t i = 0; i < REGISTERS; i++) {
		if (str_eq(name, str_from(registers[i]->name)))
			return export_register(db, arena, registers[i], today, csv);
	}
	return FAIL(ERR_NOT_FOUND, "no register has that name");
}
