/* Rows and a mapping become lines: the header is found, each row below it is a line, a sum or
 * decoration, and what is neither is a fault with its line. */
#include "statement_labels.h"

struct statement_table {
	struct statement_build *build;
	const struct statement_mapping *mapping;
	struct statement_labels labels;
	struct str account;		  /* of all lines; empty: a column says it */
	size_t columns[STATEMENT_FIELDS]; /* from 1; 0: not there */
	bool in_lines;
	size_t rows;
	/* the row nearest to a header, for the fault when there is none */
	size_t near_line, near_hits;
	/* of the lines so far */
	int64_t credits, debits, first_moved, last_moved;
	struct statement_figure first_balance, last_balance;
	size_t lines, debit_signs[2];	    /* debits without and with a minus */
	size_t signs;			    /* amounts that show a sign */
	size_t last_line, pending_sum_line; /* a sum behind the last line, not yet compared */
	struct statement_amount pending_sums[2];
	size_t faults_before; /* of the file, when the lines began */
};

/* ---- the header --------------------------------------------------------------------------------
 */

static struct str
cell_text(const struct statement_row *row, size_t column)
{
	return column == 0 || column > row->count ? (struct str){NULL, 0}
						  : row->cells[column - 1].text;
}

static bool
has_names(const struct statement_mapping *mapping)
{
	for (size_t i = 0; i < STATEMENT_FIELDS; i++) {
		if (mapping->columns[i].name.len > 0)
			return true;
	}
	return false;
}

/* How many of the mapping's columns this row names; `*twice` is one that it names twice. */
static size_t
find_columns(struct arena *arena, const struct statement_mapping *mapping,
	const struct statement_row *row, size_t columns[STATEMENT_FIELDS], int *twice)
{
	struct str words[STATEMENT_COLUMNS_MAX];
	size_t hits = 0;

	*twice = -1;
	for (size_t n = 0; n < row->count; n++)
		words[n] = statement_words(arena, row->cells[n].text);
	for (int i = 0; i < STATEMENT_FIELDS; i++) {
		struct str want = mapping->columns[i].name.len == 0
					  ? STR("")
					  : statement_words(arena, mapping->columns[i].name);

		columns[i] = mapping->columns[i].number;
		for (size_t n = 0; n < row->count && want.len > 0; n++) {
			if (!str_eq(words[n], want))
				continue;
			if (columns[i] > 0)
				*twice = i;
			columns[i] = n + 1;
		}
		hits += want.len > 0 && columns[i] > 0;
	}
	return hits;
}

static bool
is_complete(const struct statement_mapping *mapping, const size_t columns[STATEMENT_FIELDS])
{
	for (size_t i = 0; i < STATEMENT_FIELDS; i++) {
		if (mapping->columns[i].name.len > 0 && columns[i] == 0)
			return false;
	}
	return true;
}

/* A row whose date column holds a date and that reaches to the last column. */
static bool
is_line_by_number(const struct statement_mapping *mapping, const struct statement_row *row)
{
	struct statement_time time;

	for (size_t i = 0; i < STATEMENT_FIELDS; i++) {
		if (i != FIELD_NOTE && i != FIELD_BALANCE &&
			mapping->columns[i].number > row->count)
			return false;
	}
	return statement_time_text(cell_text(row, mapping->columns[FIELD_DATE].number),
		       mapping->dates, &time) == NULL;
}

bool
statement_search_row(void *arg, const struct statement_row *row)
{
	struct statement_search *search = arg;
	size_t columns[STATEMENT_FIELDS];
	int twice;

	if (has_names(search->mapping)) {
		find_columns(search->build->arena, search->mapping, row, columns, &twice);
		search->hits += is_complete(search->mapping, columns);
		if (search->hits > 0)
			return false;
	} else {
		search->hits += is_line_by_number(search->mapping, row);
	}
	return ++search->rows < STATEMENT_PREAMBLE_MAX;
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

/* ---- the values of one line --------------------------------------------------------------------
 */

static const char *
read_amount(const struct statement_row *row, size_t column, struct statement_amount *amount)
{
	*amount = (struct statement_amount){0};
	if (column == 0 || column > row->count)
		return NULL;
	return row->cells[column - 1].number
		       ? statement_amount_number(row->cells[column - 1].text, amount)
		       : statement_amount_text(row->cells[column - 1].text, amount);
}

static bool
fault_at(struct statement_table *table, const struct statement_row *row, enum statement_field field,
	const char *reason)
{
	struct str text = statement_trim(cell_text(row, table->columns[field]));

	statement_fault(table->build, row->line, statement_field_name(field), "\"%.*s\": %s",
		(int)(text.len > 60 ? 60 : text.len), text.ptr == NULL ? "" : text.ptr, reason);
	return false;
}

static bool
read_field(struct statement_table *table, const struct statement_row *row,
	enum statement_field field, struct statement_amount *amount)
{
	const char *fault = read_amount(row, table->columns[field], amount);

	return fault == NULL || fault_at(table, row, field, fault);
}

/* What a row moves: above 0 in, below 0 out, 0 nothing.  False after a fault. */
static bool
moved_by_sides(struct statement_table *table, const struct statement_row *row, int64_t *moved)
{
	struct statement_amount credit, debit;

	if (!read_field(table, row, FIELD_CREDIT, &credit) ||
		!read_field(table, row, FIELD_DEBIT, &debit))
		return false;
	if (!credit.told && !debit.told)
		return fault_at(table, row,
			table->columns[FIELD_CREDIT] > 0 ? FIELD_CREDIT : FIELD_DEBIT, "no amount");
	if (credit.dong != 0 && debit.dong != 0)
		return fault_at(table, row, FIELD_CREDIT, "credit and debit in one line");
	if (debit.dong != 0) {
		/* Some banks write every debit with a minus.  One that differs from the others may
		 * be a reversal, or not: that is not for us to decide. */
		table->debit_signs[debit.dong < 0]++;
		if (table->debit_signs[debit.dong > 0] > 0)
			return fault_at(table, row, FIELD_DEBIT,
				"debits with and without a minus: is one of them a reversal?");
	}
	*moved = credit.dong - (debit.dong < 0 ? -debit.dong : debit.dong);
	return true;
}

static bool
moved_by_amount(struct statement_table *table, const struct statement_row *row, int64_t *moved)
{
	struct statement_amount amount;
	bool outgoing = table->mapping->outgoing;
	const char *fault = NULL;

	if (!read_field(table, row, FIELD_AMOUNT, &amount))
		return false;
	if (!amount.told)
		return fault_at(table, row, FIELD_AMOUNT, "no amount");
	if (table->columns[FIELD_SIGN] > 0 && amount.dong != 0)
		fault = statement_direction_text(
			cell_text(row, table->columns[FIELD_SIGN]), &outgoing);
	if (fault != NULL)
		return fault_at(table, row, FIELD_SIGN, fault);
	if (table->columns[FIELD_SIGN] == 0 && !table->mapping->has_direction) {
		table->signs += amount.is_signed;
		*moved = amount.dong;
		return true;
	}
	if (amount.dong < 0 && !outgoing)
		return fault_at(table, row, FIELD_AMOUNT, "a minus on a credit");
	*moved = outgoing && amount.dong > 0 ? -amount.dong : amount.dong;
	return true;
}

static bool
read_time(
	struct statement_table *table, const struct statement_row *row, struct statement_time *time)
{
	struct str clock = statement_trim(cell_text(row, table->columns[FIELD_TIME]));
	const char *fault = statement_time_text(
		cell_text(row, table->columns[FIELD_DATE]), table->mapping->dates, time);
	struct statement_time own;
	int64_t ms = 0;

	if (fault != NULL)
		return fault_at(table, row, FIELD_DATE, fault);
	if (clock.len == 0)
		return true;
	/* A spreadsheet may store the whole instant in the column that shows the time only. */
	fault = statement_clock_text(clock, &ms);
	if (fault != NULL && statement_time_text(clock, table->mapping->dates, &own) == NULL &&
		own.clock) {
		ms = own.ms - day_start_ms(day_of(own.ms, 0), 0);
		fault = NULL;
	}
	if (fault == NULL && time->clock && time->ms != day_start_ms(day_of(time->ms, 0), 0) + ms &&
		time->ms != day_start_ms(day_of(time->ms, 0), 0))
		fault = "another time than the date column says";
	if (fault != NULL)
		return fault_at(table, row, FIELD_TIME, fault);
	time->ms = day_start_ms(day_of(time->ms, 0), 0) + ms;
	time->clock = true;
	return true;
}

static bool
read_account(struct statement_table *table, const struct statement_row *row, struct str *account)
{
	const char *fault;

	*account = table->account;
	if (table->columns[FIELD_ACCOUNT] == 0)
		return true;
	fault = statement_account_text(
		table->build->arena, cell_text(row, table->columns[FIELD_ACCOUNT]), account);
	return fault == NULL || fault_at(table, row, FIELD_ACCOUNT, fault);
}

static bool
is_dong(struct statement_table *table, const struct statement_row *row)
{
	struct str text = cell_text(row, table->columns[FIELD_CURRENCY]);

	if (table->columns[FIELD_CURRENCY] == 0 || statement_is_vnd(text))
		return true;
	return fault_at(table, row, FIELD_CURRENCY, "only accounts in VND can be imported");
}

static void
note_balance(struct statement_table *table, const struct statement_row *row, int64_t moved)
{
	struct statement_amount amount;
	struct statement_figure figure;

	if (table->mapping->ignore_balances || !read_field(table, row, FIELD_BALANCE, &amount))
		return;
	figure = (struct statement_figure){amount.told, row->line, amount.dong};
	if (table->lines == 1) {
		table->first_balance = figure;
		table->first_moved = moved;
	}
	table->last_balance = figure;
	table->last_moved = moved;
}

/* ---- one row ------------------------------------------------------------------------------------
 */

/* An opening or closing balance with a date of its own, as some banks write it. */
static bool
is_balance_row(struct statement_table *table, const struct statement_row *row)
{
	static const enum statement_field sides[] = {FIELD_CREDIT, FIELD_DEBIT, FIELD_AMOUNT};
	struct statement_amount amount, balance;
	struct arena *arena = table->build->arena;
	bool opening;

	for (int i = 0; i < 3; i++) { /* first: few lines get further, and words cost time */
		if (read_amount(row, table->columns[sides[i]], &amount) != NULL || amount.dong != 0)
			return false;
	}
	opening = statement_row_is_opening(arena, row);
	if (!opening && !statement_row_is_closing(arena, row))
		return false;
	if (read_amount(row, table->columns[FIELD_BALANCE], &balance) == NULL && balance.told)
		*(opening ? &table->labels.opening
			  : &table->labels.closing) = (struct statement_figure){
			true, row->line, balance.dong};
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
	table->last_line = row->line;
	read = read_time(table, row, &time) && is_dong(table, row) &&
	       read_account(table, row, &line.account) &&
	       (table->columns[FIELD_AMOUNT] > 0 ? moved_by_amount(table, row, &moved)
						 : moved_by_sides(table, row, &moved));
	if (!read)
		return;
	line.time_ms = time.ms;
	line.clock = time.clock;
	line.ref = statement_trim(cell_text(row, table->columns[FIELD_REF]));
	line.note = statement_trim(cell_text(row, table->columns[FIELD_NOTE]));
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

	if (!has_names(table->mapping))
		return false;
	find_columns(table->build->arena, table->mapping, row, columns, &twice);
	return is_complete(table->mapping, columns);
}

/* Below the header, without a date: decoration, the header once more, a sum, or a broken line. */
static void
other_row(struct statement_table *table, const struct statement_row *row)
{
	static const enum statement_field sides[] = {FIELD_CREDIT, FIELD_DEBIT, FIELD_AMOUNT};
	struct arena *arena = table->build->arena;
	struct str date = cell_text(row, table->columns[FIELD_DATE]);
	struct statement_amount amount, sums[2] = {0};
	struct statement_time time;
	bool figures = false;

	if (is_header(table, row))
		return; /* once more, on another page */
	for (int i = 0; i < 3; i++) {
		if (read_amount(row, table->columns[sides[i]], &amount) == NULL && amount.dong != 0)
			figures = true;
		if (i < 2)
			sums[i] = amount;
	}
	statement_labels_row(table->build, &table->labels, row, false);
	if (figures && !statement_row_is_sum(arena, row)) {
		fault_at(table, row, FIELD_DATE,
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

/* Above the lines; true when `row` is a line already (columns by number). */
static bool
row_above(struct statement_table *table, const struct statement_row *row)
{
	size_t hits;
	int twice;

	if (!has_names(table->mapping)) {
		for (size_t i = 0; i < STATEMENT_FIELDS; i++)
			table->columns[i] = table->mapping->columns[i].number;
		if (is_line_by_number(table->mapping, row)) {
			begin_lines(table);
			return true;
		}
		statement_labels_row(table->build, &table->labels, row, true);
		return false;
	}
	hits = find_columns(table->build->arena, table->mapping, row, table->columns, &twice);
	if (is_complete(table->mapping, table->columns)) {
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
	if (statement_time_text(cell_text(row, table->columns[FIELD_DATE]), table->mapping->dates,
		    &time) == NULL)
		line_row(table, row);
	else
		other_row(table, row);
	return !statement_gives_up(table->build);
}

/* ---- the end ------------------------------------------------------------------------------------
 */

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
