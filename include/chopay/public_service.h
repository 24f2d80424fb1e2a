/*
 * public_service.h - beside the markets and never in the index: fee counters' dossiers, social
 * assistance, the scores of Decision 766 (schema 0009).
 *
 * Rows are dated by month or year, added, never changed: the highest id holds.  *_walk as in
 * registers.h, of units in the order of keys, `unit_code` empty: of all.
 * Source: issue's item 11; Decision 766/QD-TTg (groups and their maxima).
 */
#ifndef CHOPAY_PUBLIC_SERVICE_H
#define CHOPAY_PUBLIC_SERVICE_H

#include "chopay/registers.h"

/* What a unit's one-stop counter says of a month. */
struct dossier_month {
	struct str unit_code;
	month_key month;
	int64_t id;
	int64_t procedures;	   /* with a fee, in force */
	int64_t procedures_online; /* of these: that can be paid online */
	int64_t dossiers;	   /* that owe a fee */
	struct entry entry;
};
MUST_CHECK struct err dossier_months_put(struct db *db, const struct dossier_month *month);
MUST_CHECK struct err dossier_months_walk(struct db *db, struct str unit_code, month_key from,
	month_key to, struct err (*each)(void *arg, const struct dossier_month *month), void *arg);

/* Social assistance that a unit paid in a month. */
struct payout {
	struct str unit_code;
	month_key month;
	int64_t id;
	int64_t recipients, by_account; /* persons; by_account: of these */
	struct vnd value, value_by_account;
	struct entry entry;
};
MUST_CHECK struct err payouts_put(struct db *db, const struct payout *payout);
MUST_CHECK struct err payouts_walk(struct db *db, struct str unit_code, month_key from,
	month_key to, struct err (*each)(void *arg, const struct payout *payout), void *arg);

/* One of the six groups of Decision 766 as a person typed it: hundredths of a point. */
#define SERVICE_GROUPS 6
struct service_score {
	struct str unit_code;
	int year;
	int group_no; /* 1 to SERVICE_GROUPS; 0: the stated total */
	int64_t id;
	int64_t max, target, actual;
	struct entry entry;
	int64_t rank, units; /* of the total, where it was published: rank among so many; else 0 */
};
MUST_CHECK struct err service_scores_put(struct db *db, const struct service_score *score);
/* Year 0: all. */
MUST_CHECK struct err service_scores_walk(struct db *db, struct str unit_code, int year,
	struct err (*each)(void *arg, const struct service_score *score), void *arg);

#endif
