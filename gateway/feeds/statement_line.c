/* The values of one line of a table. */
#include "statement_table.h"

const char *
statement_line_amount(
	const struct statement_row *row, size_t column, struct statement_amount *amount)
{
	*amount = (struct statement_amount){0};
	if (column == 0 || column > row->count)
		return NULL;
	return row->cells[column - 1].number
		       ? statement_amount_number(row->cells[column - 1].text, amount)
		       : statement_amount_text(row->cells[column - 1].text, amount);
}

bool
statement_line_fault(struct statement_table *table, const struct statement_row *row,
	enum statement_field field, const char *reason)
{
	struct str text = statement_excerpt(statement_cell_text(row, table->columns[field]));

	statement_fault(table->build, row->line, statement_field_name(field), "\"%.*s\": %s",
		STR_FMT(text), reason);
	return false;
}

bool
statement_line_field(struct statement_table *table, const struct statement_row *row,
	enum statement_field field, struct statement_amount *amount)
{
	const char *fault = statement_line_amount(row, table->columns[field], amount);

	return fault == NULL || statement_line_fault(table, row, field, fault);
}

static bool
moved_by_sides(struct statement_table *table, const struct statement_row *row, int64_t *moved)
{
	struct statement_amount credit, debit;

	if (!statement_line_field(table, row, FIELD_CREDIT, &credit) ||
		!statement_line_field(table, row, FIELD_DEBIT, &debit))
		return false;
	if (!credit.told && !debit.told)
		return statement_line_fault(table, row,
			table->columns[FIELD_CREDIT] > 0 ? FIELD_CREDIT : FIELD_DEBIT, "no amount");
	if (credit.dong != 0 && debit.dong != 0)
		return statement_line_fault(
			table, row, FIELD_CREDIT, "credit and debit in one line");
	if (debit.dong != 0) {
		/* Some banks write every debit with a minus.  One that differs from the others may
		 * be a reversal, or not: that is not for us to decide. */
		table->debit_signs[debit.dong < 0]++;
		if (table->debit_signs[debit.dong > 0] > 0)
			return statement_line_fault(table, row, FIELD_DEBIT,
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

	if (!statement_line_field(table, row, FIELD_AMOUNT, &amount))
		return false;
	if (!amount.told)
		return statement_line_fault(table, row, FIELD_AMOUNT, "no amount");
	if (table->columns[FIELD_SIGN] > 0 && amount.dong != 0)
		fault = statement_direction_text(
			statement_cell_text(row, table->columns[FIELD_SIGN]), &outgoing);
	if (fault != NULL)
		return statement_line_fault(table, row, FIELD_SIGN, fault);
	if (table->columns[FIELD_SIGN] == 0 && !table->mapping->has_direction) {
		table->signs += amount.is_signed;
		*moved = amount.dong;
		return true;
	}
	if (amount.dong < 0 && !outgoing)
		return statement_line_fault(table, row, FIELD_AMOUNT, "a minus on a credit");
	*moved = outgoing && amount.dong > 0 ? -amount.dong : amount.dong;
	return true;
}

bool
statement_line_time(
	struct statement_table *table, const struct statement_row *row, struct statement_time *time)
{
	struct str clock = statement_trim(statement_cell_text(row, table->columns[FIELD_TIME]));
	const char *fault = statement_time_text(
		statement_cell_text(row, table->columns[FIELD_DATE]), table->mapping->dates, time);
	struct statement_time own;
	int64_t ms = 0;

	if (fault != NULL)
		return statement_line_fault(table, row, FIELD_DATE, fault);
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
		return statement_line_fault(table, row, FIELD_TIME, fault);
	time->ms = day_start_ms(day_of(time->ms, 0), 0) + ms;
	time->clock = true;
	return true;
}

bool
statement_line_account(
	struct statement_table *table, const struct statement_row *row, struct str *account)
{
	const char *fault;

	*account = table->account;
	if (table->columns[FIELD_ACCOUNT] == 0)
		return true;
	fault = statement_account_text(table->build->arena,
		statement_cell_text(row, table->columns[FIELD_ACCOUNT]), account);
	return fault == NULL || statement_line_fault(table, row, FIELD_ACCOUNT, fault);
}

bool
statement_line_is_dong(struct statement_table *table, const struct statement_row *row)
{
	struct str text = statement_cell_text(row, table->columns[FIELD_CURRENCY]);

	if (table->columns[FIELD_CURRENCY] == 0 || statement_is_vnd(text))
		return true;
	return statement_line_fault(
		table, row, FIELD_CURRENCY, "only accounts in VND can be imported");
}

bool
statement_line_moved(struct statement_table *table, const struct statement_row *row, int64_t *moved)
{
	return table->columns[FIELD_AMOUNT] > 0 ? moved_by_amount(table, row, moved)
						: moved_by_sides(table, row, moved);
}
