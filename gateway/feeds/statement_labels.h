/*
 * statement_labels.h - what stands above and below the lines of a table: whose account, which
 * currency, the balances, the totals.
 */
#ifndef FEEDS_STATEMENT_LABELS_H
#define FEEDS_STATEMENT_LABELS_H

#include "statement_rows.h"

#define LABEL_ACCOUNTS_MAX 4

struct statement_figure {
	bool told;
	size_t line;
	int64_t dong;
};

struct statement_labels {
	struct str accounts[LABEL_ACCOUNTS_MAX];
	size_t account_count;
	struct statement_figure opening, closing;
};

/* Read a row that is no line.  Another currency is a fault. */
void statement_labels_row(struct statement_build *build, struct statement_labels *labels,
	const struct statement_row *row, bool above);

/* "Tổng cộng", "Total", "Số dư cuối kỳ": figures here are sums, not a transfer's. */
bool statement_row_is_sum(struct arena *arena, const struct statement_row *row);
bool statement_row_is_opening(struct arena *arena, const struct statement_row *row);
bool statement_row_is_closing(struct arena *arena, const struct statement_row *row);

/* The account all lines are of: the one named on the command line, or in the file.  False after a
 * fault; empty: neither says. */
bool statement_labels_account(
	struct statement_build *build, const struct statement_labels *labels, struct str *account);

#endif
