/*
 * tally.h - what a day of a market tells beside its cells: amounts (for the exact median), hours,
 * delays, kinds of code, what rules took; and the payers of a stall's day.  Pure.
 *
 * Tallies add: a month's is the sum of its days', whatever the order.  The bytes are the same for
 * the same content.  Source: ADOPTION sections 3 and 4.  Threads: any.
 */
#ifndef CHOPAY_TALLY_H
#define CHOPAY_TALLY_H

#include "chopay/adoption.h"

enum code_kind { CODE_MERCHANT, CODE_DYNAMIC, CODE_STATIC }; /* indicator G */
#define CODE_KINDS 3
#define HOURS 24

/* How often each value occurs: rising values, counts above 0. */
struct histogram {
	struct histogram_bin {
		int64_t value, count;
	} * bins; /* owned */
	size_t count, capacity;
	int64_t total; /* of counts */
};
void histogram_fini(struct histogram *histogram);
void histogram_add(struct histogram *histogram, int64_t value, int64_t count);
/* The value at rank ceil(total * percent / 100), from 1; false: it is empty. */
bool histogram_percentile(const struct histogram *histogram, int percent, int64_t *value);
/* The mean of the two in the middle when `total` is even, half up. */
bool histogram_median(const struct histogram *histogram, int64_t *value);

#define DELAY_MAX_S (24 * 3600) /* longer ones count as this */

struct tally {
	struct histogram amounts; /* net, of valid payments */
	struct histogram delays;  /* seconds from the bank's time to ours, of those that told it */
	int64_t hours[HOURS];	  /* valid payments by the hour of the bank's time, Vietnam */
	int64_t kinds[CODE_KINDS];
	struct tally_removed {
		int64_t payments;
		struct vnd value; /* net; of RULE_REFUNDED what was given back */
	} removed[ADOPTION_RULES];
	int64_t unplaced; /* valid payments on days their stall was not open: in volume, not in A */
};
void tally_fini(struct tally *tally); /* for CLEANUP */
void tally_merge(struct tally *to, const struct tally *from);
void tally_encode(const struct tally *tally, struct buf *bytes);
/* Adds what the bytes say.  ERR_INVALID: they are not a tally. */
MUST_CHECK struct err tally_decode(struct str bytes, struct tally *tally);

/* Payers of a stall's day, rising, each once, with the number of valid payments of each. */
struct payer_count {
	payer_id payer;
	int64_t payments;
};
void payers_encode(const struct payer_count *payers, size_t count, struct buf *bytes);
size_t payers_size(struct str bytes); /* how many the bytes hold at most */
MUST_CHECK struct err payers_decode(struct str bytes, struct payer_count *payers, size_t *count);
/* `all` has room for count + more; rising, each once, counts added. */
size_t payers_join(
	struct payer_count *all, size_t count, const struct payer_count *payers, size_t more);

/* R5 and R6 of a stall's solar month: flags only. */
struct month_look {
	int64_t payments;     /* valid, of the month */
	int64_t in_last_days; /* of these, in its last 3 market days */
	int64_t of_one_payer; /* the most that one named payer made */
};
bool burst_flag(const struct month_look *look);	    /* R5 */
bool one_payer_flag(const struct month_look *look); /* R6 */

#endif
