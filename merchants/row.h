/* One row of the register's CSV: its columns, and what each must be. */
#ifndef MERCHANTS_ROW_H
#define MERCHANTS_ROW_H

#include "chopay/registry.h"

enum column {
	MARKET_CODE,
	MARKET_NAME,
	UNIT_CODE,
	STALL_CODE,
	STALL_NAME,
	KIND,
	GOODS,
	MERCHANT_NAME,
	PHONE,
	BANK_BIN,
	ACCOUNT_NO,
	ACCOUNT_HOLDER,
	OPEN_DATE,
	CLOSE_DATE,
	COLUMNS
};

extern const char *const column_names[COLUMNS];

struct row {
	struct str fields[COLUMNS]; /* trimmed */
	int32_t open_day, close_day;
};

/*
 * Check and read the texts of a row (not the register): NULL, or why `*column` is refused.
 * The caller corrects and calls again; one reason at a time keeps the words short.
 */
const char *row_read(struct row *row, const struct banks *banks, int from_column, int *column);

/* Does it name an account, or the beginnings of one? */
bool row_has_account(const struct row *row);

/* Why a text is no code, no name, no account number; NULL: it is one. */
const char *code_fault(struct str text);
const char *name_fault(struct str text);
const char *account_fault(struct str text);

#endif
