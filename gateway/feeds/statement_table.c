/* Rows and a mapping become lines: the header is found, each row below it is a line, a sum or
 * decoration, and what is neither is a fault with its line. */
#include "statement_table.h"

#define OTHER_ROWS_MAX 100000 /* between and below the lines: words of each are looked at */

/* ---- one row -------------------------------------------------------------------------------- */

static void
note_balance(struct statement_table *table, const struct statement_row *row, int64_t moved)
{
	struct statement_amount amount;
	struct statement_figure figure;

	if (table->mapping->ignore_balances ||
		!statement_line_field(table, row, FIELD_BALANCE, &amount))
		return;
	figure = (struct statement_figure){amount.told, row->line, amount.dong};
	if (table->lines == 1) {
		table->first_balance = figure;
		table->first_moved = moved;
	}
	table->last_balance = figure;
	table->last_moved = moved;
}

/* An opening or closing balance with a date of its own, as some banks write it. */
static bool
is_balance_row(struct statement_table *table, const struct statement_row *row)
{
	static const enum statement_field sides[] = {FIELD_CREDIT, FIELD_DEBIT, FIELD_AMOUNT};
	struct statement_amount amount, balance;
	struct arena *arena = table->build->arena;
	struct statement_figure *told;
	bool opening;

	for (int i = 0; i < 3; i++) { /* first: few lines get further, and words cost time */
		if (statement_line_amount(row, table->columns[sides[i]], &amount) != NULL ||
			amount.dong != 0)
			return false;
	}
	opening = statement_row_is_opening(arena, row);
	if (!opening && !statement_row_is_closing(arena, row))
		return false;
	told = opening ? &table->labels.opening : &table->labels.closing;
	if (statement_line_amount(row, table->columns[FIELD_BALANCE], &balance) == NULL &&
		balance.told)
		*told = (struct statement_figure){true, row->line, balance.dong};
	return true;
}

static void
line_row(struct statement_table *table, const struct statement_row *row)
{
	struct statement_line line = {.line = row->line};
	struct statement_time time;
	int64_t moved = 0;
	bool read;

	if (is_balance_row(table, row)) {
		table->build->out->left_out++;
		return;
	}
	table->pending_sum_line = 0; /* it was the sum of a page, not of the file */
	read = statement_line_time(table, row, &time) && statement_line_is_dong(table, row) &&
	       statement_line_account(table, row, &line.account) &&
	       statement_line_moved(table, row, &moved);
	if (!read)
		return;
	line.time_ms = time.ms;
	line.clock = time.clock;
	line.ref = statement_trim(statement_cell_text(row, table->columns[FIELD_REF]));
	line.note = statement_trim(statement_cell_text(row, table->columns[FIELD_NOTE]));
	line.amount.dong = moved < 0 ? -moved : moved;
	line.outgoing = moved < 0;
	if (moved != 0 && !statement_add(table->build, &line))
		return;
	table->build->out->left_out += moved == 0;
	table->lines++;
	table->credits += moved > 0 ? moved : 0;
	table->debits += moved < 0 ? -moved : 0;
	note_balance(table, row, moved);
}

static bool
is_header(const struct statement_table *table, const struct statement_row *row)
{
	size_t columns[STATEMENT_FIELDS];
	int twice;

	if (!statement_header_has_names(table->mapping))
		return false;
	statement_header_find(table->build->arena, table->mapping, row, columns, &twice);
	return statement_header_is_complete(table->mapping, columns);
}

/* Below the header, without a date: decoration, the header once more, a sum, or a broken line. */
static void
other_row(struct statement_table *table, const struct statement_row *row)
{
	static const enum statement_field sides[] = {FIELD_CREDIT, FIELD_DEBIT, FIELD_AMOUNT};
	struct arena *arena = table->build->arena;
	struct str date = statement_cell_text(row, table->columns[FIELD_DATE]);
	struct statement_amount amount, sums[2] = {0};
	struct statement_time time;
	bool figures = false;

	if (++table->other_rows > OTHER_ROWS_MAX) {
		if (table->other_rows == OTHER_ROWS_MAX + 1)
			statement_fault(table->build, row->line, "date",
				"%d rows without a date; is this the file that was meant?",
				OTHER_ROWS_MAX);
		return;
	}
	if (is_header(table, row))
		return; /* once more, on another page */
	for (int i = 0; i < 3; i++) {
		if (statement_line_amount(row, table->columns[sides[i]], &amount) == NULL &&
			amount.dong != 0)
			figures = true;
		if (i < 2)
			sums[i] = amount;
	}
	statement_labels_row(table->build, &table->labels, row, false);
	if (figures && !statement_row_is_sum(arena, row)) {
		statement_line_fault(table, row, FIELD_DATE,
			statement_trim(date).len == 0
				? "an amount without a date"
				: statement_time_text(date, table->mapping->dates, &time));
		return;
	}
	table->build->out->left_out++;
	if (figures && !statement_row_is_opening(arena, row) &&
		!statement_row_is_closing(arena, row)) {
		table->pending_sum_line = row->line;
		table->pending_sums[0] = sums[0];
		table->pending_sums[1] = sums[1];
	}
}

static void
begin_lines(struct statement_table *table)
{
	table->in_lines = true;
	table->faults_before = table->build->out->problem_count;
	if (table->columns[FIELD_ACCOUNT] == 0)
		(void)statement_labels_account(table->build, &table->labels, &table->account);
}

static void
fault_no_header(struct statement_table *table)
{
	struct buf names CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < STATEMENT_FIELDS; i++) {
		if (table->mapping->columns[i].name.len > 0)
			buf_addf(&names, "%s\"%.*s\"", names.len == 0 ? "" : ", ",
				STR_FMT(table->mapping->columns[i].name));
	}
	if (names.len == 0)
		statement_fault(table->build, 0, "",
			"no row has a date in column %zu; another mapping is needed (--map)",
			table->mapping->columns[FIELD_DATE].number);
	else
		statement_fault(table->build, table->near_line, "",
			"no row names all of the columns %s%s; another mapping is needed (--map)",
			names.ptr, table->near_line == 0 ? "" : "; this one comes nearest");
}

/* Above the lines; true when `row` is a line already (columns by number). */
static bool
row_above(struct statement_table *table, const struct statement_row *row)
{
	size_t hits;
	int twice;

	if (!statement_header_has_names(table->mapping)) {
		for (size_t i = 0; i < STATEMENT_FIELDS; i++)
			table->columns[i] = table->mapping->columns[i].number;
		if (statement_header_is_line(table->mapping, row)) {
			begin_lines(table);
			return true;
		}
		statement_labels_row(table->build, &table->labels, row, true);
		return false;
	}
	hits = statement_header_find(
		table->build->arena, table->mapping, row, table->columns, &twice);
	if (statement_header_is_complete(table->mapping, table->columns)) {
		if (twice >= 0)
			statement_fault(table->build, row->line,
				statement_field_name((enum statement_field)twice),
				"the header has \"%.*s\" twice; name the column by number (#%zu)",
				STR_FMT(table->mapping->columns[twice].name),
				table->columns[twice]);
		begin_lines(table);
		return false;
	}
	if (hits > table->near_hits) {
		table->near_hits = hits;
		table->near_line = row->line;
	}
	statement_labels_row(table->build, &table->labels, row, true);
	return false;
}

struct statement_table *
statement_table_new(struct statement_build *build, const struct statement_mapping *mapping)
{
	struct statement_table *table = arena_alloc(build->arena, sizeof(*table));

	table->build = build;
	table->mapping = mapping;
	return table;
}

bool
statement_table_row(void *arg, const struct statement_row *row)
{
	struct statement_table *table = arg;
	struct statement_time time;
	bool empty = true;

	for (size_t i = 0; i < row->count && empty; i++)
		empty = statement_trim(row->cells[i].text).len == 0;
	if (empty)
		return true;
	if (!table->in_lines && !row_above(table, row))
		return table->in_lines || ++table->rows < STATEMENT_PREAMBLE_MAX;
	if (statement_time_text(statement_cell_text(row, table->columns[FIELD_DATE]),
		    table->mapping->dates, &time) == NULL)
		line_row(table, row);
	else
		other_row(table, row);
	return !statement_gives_up(table->build);
}

/* ---- the end -------------------------------------------------------------------------------- */

static void
check_sums(struct statement_table *table)
{
	static const enum statement_field sides[] = {FIELD_CREDIT, FIELD_DEBIT};
	const int64_t sums[] = {table->credits, table->debits};

	if (table->pending_sum_line == 0)
		return;
	for (int i = 0; i < 2; i++) {
		const struct statement_amount *told = &table->pending_sums[i];
		struct buf ours CLEANUP(buf_fini) = {0}, theirs CLEANUP(buf_fini) = {0};

		if (!told->told || (told->dong < 0 ? -told->dong : told->dong) == sums[i])
			continue;
		vnd_format(&ours, (struct vnd){sums[i]});
		vnd_format(&theirs, (struct vnd){told->dong});
		statement_fault(table->build, table->pending_sum_line,
			statement_field_name(sides[i]),
			"the lines add up to %s, the file says %s; lines are missing or changed",
			ours.ptr, theirs.ptr);
	}
}

/* The balance after each line says what was there before the first and after the last; the newest
 * line may be the first one. */
static void
check_running_balance(struct statement_table *table)
{
	const struct statement_figure *first = &table->first_balance, *last = &table->last_balance;
	int64_t moved = table->credits - table->debits;

	if (!first->told || !last->told)
		return;
	if (last->dong - table->last_moved + moved == first->dong)
		table->build->out->balanced = true; /* newest first */
	else
		statement_check_balance(table->build, last->line, first->dong - table->first_moved,
			moved, last->dong);
}

void
statement_table_end(struct statement_table *table)
{
	const struct statement_labels *labels = &table->labels;

	if (!table->in_lines) {
		if (table->build->out->problem_count == 0) /* a file that breaks off has said so */
			fault_no_header(table);
		return;
	}
	if (table->columns[FIELD_AMOUNT] > 0 && table->columns[FIELD_SIGN] == 0 &&
		!table->mapping->has_direction && table->lines > 0 && table->signs == 0)
		statement_fault(table->build, 0, "amount",
			"no amount has a sign: which of them are credits?  Name the column that says"
			" it (sign=...), or direction=in when all are");
	/* Where lines could not be read, sums cannot agree either: one fault is enough. */
	if (table->build->out->problem_count > table->faults_before ||
		table->mapping->ignore_balances)
		return;
	check_sums(table);
	check_running_balance(table);
	if (labels->opening.told && labels->closing.told)
		statement_check_balance(table->build, labels->closing.line, labels->opening.dong,
			table->credits - table->debits, labels->closing.dong);
}
