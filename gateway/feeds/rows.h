/*
 * rows.h - one row per feed, each defined in the file of its name; table.c lists them.
 */
#ifndef FEEDS_ROWS_H
#define FEEDS_ROWS_H

#include "chopay/feeds.h"

extern const struct feed feed_casso_v1, feed_casso_v2;
extern const struct feed feed_generic_t_v1;
extern const struct feed feed_pay2s;
extern const struct feed feed_payos;
extern const struct feed feed_rfc9421;
extern const struct feed feed_sepay;
extern const struct feed feed_standard_webhooks;
extern const struct feed feed_vietqr_vn;
extern const struct feed feed_mb;
extern const struct feed feed_vietinbank;
extern const struct feed feed_bvbank;
extern const struct feed feed_bidv;

extern const struct feed feed_sepay_list_v1, feed_sepay_list_v2, feed_casso_list;

extern const struct feed feed_statement_csv, feed_statement_xlsx;
extern const struct feed feed_statement_mt940, feed_statement_camt053;

#endif
