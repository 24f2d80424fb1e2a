/*
 * dossiers.h - what a fee desk's charge is for: a dossier of a one-stop counter (schema 0009).
 *
 * Kept apart from the markets: stalls of the kind fee_desk are in no index, no volume, no ranking.
 */
#ifndef CHOPAY_DOSSIERS_H
#define CHOPAY_DOSSIERS_H

#include "chopay/store.h"

#define FEE_DESK "fee_desk"

struct charge_dossier {
	int64_t stall_id, charge_id;
	struct str dossier, procedure; /* procedure: its code, or empty */
	bool online;		       /* paid from afar, by the portal; false: at the counter */
};
MUST_CHECK struct err dossiers_put(struct db *db, const struct charge_dossier *dossier);
/* ERR_NOT_FOUND: the charge carries none. */
MUST_CHECK struct err dossiers_get(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t charge_id, struct charge_dossier *dossier);

/* Charges that carry a dossier, in the order of ids: of that number (empty: any), of that stall (0:
 * any). */
struct dossier_charge {
	struct charge_dossier of;
	struct charge charge;
};
MUST_CHECK struct err dossiers_list(struct db *db, struct arena *arena, struct str dossier,
	int64_t stall_id, int64_t after, size_t max, struct dossier_charge *items, size_t *count);

/* Dossiers paid online in full, whose last payment is of from..to: where the desk stands, and what
 * for.  In no order; a dossier with two charges comes twice.  Texts live until `each` returns. */
struct paid_dossier {
	int64_t market_id;
	int32_t day;
	struct str dossier, procedure;
};
MUST_CHECK struct err dossiers_paid_walk(struct db *db, int32_t from_day, int32_t to_day,
	struct err (*each)(void *arg, const struct paid_dossier *paid), void *arg);

#endif
