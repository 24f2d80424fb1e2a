/*
 * revenue.h - the stall's own book: what the stallholder alone may see and take away.
 *
 * The revenue book S1a-HKD (date, description, amount), the list of receiving accounts for form
 * 01/BK-STK, and the year's running total beside the threshold in force.  All payments are in it:
 * the rules of the index take nothing out of it (ADOPTION section 4).
 * Threads: any; memory: the arena given.  Source: ADOPTION section 8 (privacy).
 */
#ifndef CHOPAY_REVENUE_H
#define CHOPAY_REVENUE_H

#include "chopay/store.h"

struct revenue_line {
	int32_t day;
	struct str text; /* "Bán hàng, 12 giao dịch chuyển khoản", "Hoàn tiền, 1 giao dịch" */
	struct vnd amount; /* below 0: given back */
};
struct revenue_account {
	struct str bank_bin, bank_name, account_no, holder;
	int32_t from_day, to_day;
};
struct revenue_book {
	struct str merchant_name, phone, market_name, unit_name, stall_code, stall_name, goods;
	int32_t from_day, to_day;
	struct revenue_line *lines;
	size_t line_count;
	struct vnd total;
	struct revenue_account *accounts;
	size_t account_count;
	int year;	       /* of to_day */
	struct vnd year_total; /* of all the merchant's stalls, from 1 January to to_day */
	struct vnd threshold;  /* in force in that year; of merchants/data/revenue-thresholds.csv */
	struct str threshold_basis; /* the law that says so */
};
/* ERR_INVALID: it ends before it begins, or more than a year. */
MUST_CHECK struct err revenue_build(struct db *db, struct arena *arena, int64_t stall_id,
	int32_t from_day, int32_t to_day, struct revenue_book **book);
/* The same book gives the same bytes. */
MUST_CHECK struct err revenue_xlsx(const struct revenue_book *book, struct buf *out);
MUST_CHECK struct err revenue_pdf(const struct revenue_book *book, struct buf *out);

#endif
