/* What stands above and below the lines of a table. */
#include "statement_labels.h"

#define ACCOUNT_DIGITS_MIN 6
#define LIST_END NULL

static const char *const account_labels[] = {
	"so tai khoan", "tai khoan", "so tk", "stk", "tk", "account", "a c no", LIST_END};
/* Of the account, but not its number: "Account name: CTY 0312345678". */
static const char *const other_account_labels[] = {"account name", "account holder",
	"account owner", "account type", "account currency", "account branch", LIST_END};
static const char *const currency_labels[] = {
	"loai tien", "don vi tien te", "tien te", "currency", "ccy", LIST_END};
static const char *const opening_labels[] = {
	"so du dau", "opening balance", "beginning balance", "balance brought forward", LIST_END};
static const char *const closing_labels[] = {
	"so du cuoi", "closing balance", "ending balance", "balance carried forward", LIST_END};
static const char *const sum_labels[] = {"tong", "cong", "total", "sum", "so du", "opening balance",
	"closing balance", "beginning balance", "ending balance", LIST_END};

static bool
begins_with_one(struct str words, const char *const *labels)
{
	for (size_t i = 0; labels[i] != LIST_END; i++) {
		struct str label = str_from(labels[i]);

		if (str_starts(words, label) &&
			(words.len == label.len || words.ptr[label.len] == ' '))
			return true;
	}
	return false;
}

static bool
row_begins_with(struct arena *arena, const struct statement_row *row, const char *const *labels)
{
	for (size_t i = 0; i < row->count; i++) {
		if (begins_with_one(statement_words(arena, row->cells[i].text), labels))
			return true;
	}
	return false;
}

bool
statement_row_is_sum(struct arena *arena, const struct statement_row *row)
{
	return row_begins_with(arena, row, sum_labels);
}

bool
statement_row_is_opening(struct arena *arena, const struct statement_row *row)
{
	return row_begins_with(arena, row, opening_labels);
}

bool
statement_row_is_closing(struct arena *arena, const struct statement_row *row)
{
	return row_begins_with(arena, row, closing_labels);
}

/* ---- a label and its value: "Label: value" in one cell, or in the next cell that is not empty  */

static struct statement_cell
value_of(const struct statement_row *row, size_t at)
{
	struct str rest = row->cells[at].text, head;

	if (str_split(&rest, ':', &head) && statement_trim(rest).len > 0)
		return (struct statement_cell){statement_trim(rest), false};
	for (size_t i = at + 1; i < row->count; i++) {
		if (statement_trim(row->cells[i].text).len > 0)
			return row->cells[i];
	}
	return (struct statement_cell){head, false}; /* "Tài khoản 0071000000001" */
}

/* The first run of digits that is long enough, blanks, dots and dashes between them apart. */
static bool
account_in(struct arena *arena, struct str text, struct str *account)
{
	struct buf digits CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c >= '0' && c <= '9')
			buf_addc(&digits, c);
		else if (digits.len < ACCOUNT_DIGITS_MIN && c != ' ' && c != '.' && c != '-')
			buf_clear(&digits);
		else if (c != ' ' && c != '.' && c != '-')
			break;
	}
	if (digits.len < ACCOUNT_DIGITS_MIN ||
		statement_account_text(arena, buf_str(&digits), account) != NULL)
		return false;
	return true;
}

static void
note_account(struct statement_build *build, struct statement_labels *labels, struct str text)
{
	struct str account;

	if (!account_in(build->arena, text, &account))
		return;
	for (size_t i = 0; i < labels->account_count; i++) {
		if (str_eq(labels->accounts[i], account))
			return;
	}
	if (labels->account_count < LABEL_ACCOUNTS_MAX)
		labels->accounts[labels->account_count++] = account;
}

static void
note_figure(struct statement_figure *figure, size_t line, struct statement_cell cell)
{
	struct statement_amount amount;
	const char *fault = cell.number ? statement_amount_number(cell.text, &amount)
					: statement_amount_text(cell.text, &amount);

	/* A heading over columns ("Số dư đầu kỳ | Phát sinh") has no number beside it. */
	if (fault == NULL && amount.told)
		*figure = (struct statement_figure){true, line, amount.dong};
}

/* "USD" beside "Currency"; a text that is no code ("Đơn vị: đồng") is not looked at. */
static bool
is_other_currency(struct str text)
{
	text = statement_trim(text);
	if (text.len < 3 || (text.len > 3 && text.ptr[3] != ' '))
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (text.ptr[i] < 'A' || text.ptr[i] > 'Z')
			return false;
	}
	return !statement_is_vnd(str_cut(text, 0, 3));
}

void
statement_labels_row(struct statement_build *build, struct statement_labels *labels,
	const struct statement_row *row, bool above)
{
	for (size_t i = 0; i < row->count; i++) {
		struct str head, rest = row->cells[i].text, words;
		struct statement_cell value;

		str_split(&rest, ':', &head);
		words = statement_words(build->arena, head);
		if (words.len == 0)
			continue;
		value = value_of(row, i);
		if (above && begins_with_one(words, account_labels) &&
			!begins_with_one(words, other_account_labels))
			note_account(build, labels, value.text);
		if (begins_with_one(words, opening_labels))
			note_figure(&labels->opening, row->line, value);
		if (begins_with_one(words, closing_labels))
			note_figure(&labels->closing, row->line, value);
		if (begins_with_one(words, currency_labels) && is_other_currency(value.text)) {
			struct str excerpt = statement_excerpt(value.text);

			statement_fault(build, row->line, "currency",
				"%.*s: only accounts in VND can be imported", STR_FMT(excerpt));
		}
	}
}

/* ---- the account ---------------------------------------------------------------------------- */

static struct str
without_zeros(struct str account)
{
	while (account.len > 1 && account.ptr[0] == '0')
		account = str_cut(account, 1, account.len);
	return account;
}

bool
statement_labels_account(
	struct statement_build *build, const struct statement_labels *labels, struct str *account)
{
	*account = build->file_account;
	if (labels->account_count == 0)
		return true;
	if (build->file_account.len == 0) {
		*account = labels->accounts[0];
		if (labels->account_count == 1)
			return true;
		statement_fault(build, 0, "account",
			"the file names the accounts %.*s and %.*s; say with --account which one it"
			" is of",
			STR_FMT(labels->accounts[0]), STR_FMT(labels->accounts[1]));
		return false;
	}
	/* A spreadsheet drops the zeros in front of a number. */
	for (size_t i = 0; i < labels->account_count; i++) {
		if (str_eq(without_zeros(labels->accounts[i]), without_zeros(build->file_account)))
			return true;
	}
	statement_fault(build, 0, "account", "the file is of account %.*s, not %.*s",
		STR_FMT(labels->accounts[0]), STR_FMT(build->file_account));
	return false;
}
