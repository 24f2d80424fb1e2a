/* months.h - the bank's months, by which rows lie in parts on PostgreSQL. */
#ifndef STORE_MONTHS_H
#define STORE_MONTHS_H

#include "seals_table.h"

/* 202607: the month of an instant in Vietnam. */
int32_t bank_month(int64_t ms);

/* What an archived month held, as seals.c counts rows. */
struct sealed_month {
	enum sealed table;
	int32_t month;
	struct seal_sum total;
	int64_t first_id, last_id, archived_at_ms;
};
/* Reads every row of the month (`total` and ids are filled in).  ERR_CONFLICT: one is not as it was
 * written, or was sealed with a key that we do not hold. */
MUST_CHECK struct err sealed_month_read(struct db *db, struct sealed_month *month);
/* Its row of archived_month, sealed. */
MUST_CHECK struct err sealed_month_put(struct db *db, const struct sealed_month *month);
/* All archived months of a table together, `changed` when somebody changed one's row; `*foreign`:
 * rows that were sealed with other keys. */
MUST_CHECK struct err sealed_months_sum(
	struct db *db, enum sealed table, struct seal_sum *total, int64_t *foreign);

#endif
