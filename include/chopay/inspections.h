/*
 * inspections.h - what inspectors found hanging at stalls.
 *
 * A row is never changed.  Threads: as of `db`.  Texts live in `arena`.
 */
#ifndef CHOPAY_INSPECTIONS_H
#define CHOPAY_INSPECTIONS_H

#include "chopay/store.h"

#define INSPECTION_MISSING "missing" /* no code hangs there; other results: code_check.h */

struct inspection {
	int64_t id, stall_id; /* id 0: none */
	struct str result;
	struct str bank_bin, account_no, reference; /* as the code says; empty: it does not */
	struct str payload, person, note;
	int64_t created_at_ms;
};
MUST_CHECK struct err inspections_put(struct db *db, const struct inspection *inspection);
/* The stall's newest; id 0 when there is none. */
MUST_CHECK struct err inspections_last(
	struct db *db, struct arena *arena, int64_t stall_id, struct inspection *inspection);

/* A market's stalls that are open on `day`, in the order of their codes, after the code `after`. */
struct inspected_stall {
	struct str code, name, goods, reference;
	bool has_account;
	struct inspection last; /* without its payload */
};
MUST_CHECK struct err inspections_of_market(struct db *db, struct arena *arena, int64_t market_id,
	int32_t day, struct str after, size_t max, struct inspected_stall *stalls, size_t *count);

#endif
