/* What each column of the register must be. */
#include <string.h>

#include "row.h"

#define CODE_MAX 32
#define NAME_MAX 200
#define ACCOUNT_MAX 19

#define HALF_AN_ACCOUNT                                                                   \
	"is empty: give bank_bin, account_no and account_holder, or, for a stall without" \
	" an account, none of them"

const char *const column_names[COLUMNS] = {"market_code", "market_name", "unit_code", "stall_code",
	"stall_name", "kind", "goods", "merchant_name", "phone", "bank_bin", "account_no",
	"account_holder", "open_date", "close_date"};

static bool
all_of(struct str text, const char *allowed_besides_alnum)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z');

		if (!alnum && (c == '\0' || strchr(allowed_besides_alnum, c) == NULL))
			return false;
	}
	return true;
}

static bool
has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
			return true;
	}
	return false;
}

const char *
code_fault(struct str text)
{
	if (text.len == 0)
		return "is empty";
	if (text.len > CODE_MAX || !all_of(text, "._-"))
		return "is not a code: at most 32 letters, digits, . _ -";
	return NULL;
}

const char *
name_fault(struct str text)
{
	if (text.len == 0)
		return "is empty";
	if (text.len > NAME_MAX)
		return "is longer than 200 bytes";
	return has_control(text) ? "holds a control character" : NULL;
}

const char *
account_fault(struct str text)
{
	if (text.len == 0)
		return "is empty";
	if (text.len > ACCOUNT_MAX || !all_of(text, ""))
		return "is not an account number: 1 to 19 letters or digits";
	return NULL;
}

static const char *
check_code(struct row *row, int column, const struct banks *banks)
{
	(void)banks;
	return code_fault(row->fields[column]);
}

static const char *
check_name(struct row *row, int column, const struct banks *banks)
{
	(void)banks;
	return name_fault(row->fields[column]);
}

static const char *
check_optional(struct row *row, int column, const struct banks *banks)
{
	return row->fields[column].len == 0 ? NULL : check_name(row, column, banks);
}

static const char *
check_kind(struct row *row, int column, const struct banks *banks)
{
	static const char *const kinds[] = {"stall", "street_shop", "mobile", "fee_desk"};

	(void)banks;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (str_eq(row->fields[column], str_from(kinds[i])))
			return NULL;
	}
	return "is none of stall, street_shop, mobile, fee_desk";
}

static const char *
check_phone(struct row *row, int column, const struct banks *banks)
{
	struct str text = row->fields[column];

	(void)banks;
	if (text.len == 0)
		return NULL;
	if (text.len < 8 || text.len > 15 || !all_of(text, "+") ||
		str_find(str_cut(text, 1, text.len), STR("+")) >= 0)
		return "is not a telephone number (digits, or + and digits)";
	for (size_t i = text.ptr[0] == '+'; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return "is not a telephone number (digits, or + and digits)";
	}
	return NULL;
}

bool
row_has_account(const struct row *row)
{
	return row->fields[BANK_BIN].len > 0 || row->fields[ACCOUNT_NO].len > 0 ||
	       row->fields[ACCOUNT_HOLDER].len > 0;
}

/* A stall may sell before its account is known: then it has none of the three. */
static const char *
check_bank(struct row *row, int column, const struct banks *banks)
{
	const struct bank *bank = banks_by_bin(banks, row->fields[column]);

	if (!row_has_account(row))
		return NULL;
	if (row->fields[column].len == 0)
		return HALF_AN_ACCOUNT;
	if (bank == NULL)
		return "is not the BIN of a bank we know (6 digits; `chopay registry banks` lists"
		       " them)";
	return bank->vietqr_transfer ? NULL : "is a bank that takes no VietQR transfers";
}

static const char *
check_account(struct row *row, int column, const struct banks *banks)
{
	(void)banks;
	if (!row_has_account(row))
		return NULL;
	return row->fields[column].len == 0 ? HALF_AN_ACCOUNT : account_fault(row->fields[column]);
}

static const char *
check_holder(struct row *row, int column, const struct banks *banks)
{
	(void)banks;
	if (!row_has_account(row))
		return NULL;
	return row->fields[column].len == 0 ? HALF_AN_ACCOUNT : name_fault(row->fields[column]);
}

static const char *
check_open(struct row *row, int column, const struct banks *banks)
{
	(void)banks;
	row->open_day = DAY_FIRST;
	if (row->fields[column].len > 0 &&
		day_parse(row->fields[column], &row->open_day).code != ERR_OK)
		return "is not a date (YYYY-MM-DD)";
	return NULL;
}

static const char *
check_close(struct row *row, int column, const struct banks *banks)
{
	(void)banks;
	row->close_day = DAY_LAST;
	if (row->fields[column].len == 0)
		return NULL;
	if (day_parse(row->fields[column], &row->close_day).code != ERR_OK)
		return "is not a date (YYYY-MM-DD)";
	return row->close_day <= row->open_day ? "is not after open_date" : NULL;
}

static const char *(*const checks[COLUMNS])(
	struct row *row, int column, const struct banks *banks) = {
	[MARKET_CODE] = check_code,
	[MARKET_NAME] = check_name,
	[UNIT_CODE] = check_code,
	[STALL_CODE] = check_code,
	[STALL_NAME] = check_name,
	[KIND] = check_kind,
	[GOODS] = check_optional,
	[MERCHANT_NAME] = check_name,
	[PHONE] = check_phone,
	[BANK_BIN] = check_bank,
	[ACCOUNT_NO] = check_account,
	[ACCOUNT_HOLDER] = check_holder,
	[OPEN_DATE] = check_open,
	[CLOSE_DATE] = check_close,
};

const char *
row_read(struct row *row, const struct banks *banks, int from_column, int *column)
{
	for (*column = from_column; *column < COLUMNS; (*column)++) {
		const char *reason = checks[*column](row, *column, banks);

		if (reason != NULL)
			return reason;
	}
	return NULL;
}
