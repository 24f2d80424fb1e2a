/*
 * seals_table.h - the tables that are sealed, and what seals.c (writing) and seals_check.c (reading
 * back) share.
 */
#ifndef STORE_SEALS_TABLE_H
#define STORE_SEALS_TABLE_H

#include "chopay/crypt.h"
#include "seals.h"

#define SEAL_KEY_ID_SIZE 4
#define SEAL_MAC_SIZE 16
#define SEAL_SIZE (SEAL_KEY_ID_SIZE + SEAL_MAC_SIZE)
#define SEAL_SUM_SIZE 16
#define UNSEALED_AT_ONCE 20000

struct sealed_table {
	const char *name;
	const char *all;      /* SELECT key for a person, seal, the columns as they are bound */
	const char *unsealed; /* the same of rows without a seal, at most UNSEALED_AT_ONCE */
	const char *seal;     /* UPDATE: $1 the seal, $2 and $3 the columns `where` */
	int where[2];	      /* -1: none */
	bool rewritten;	      /* by db_run_resealed: its seals have no sum */
};
extern const struct sealed_table sealed_tables[SEALED_TABLES];

/* The columns in the order in which a statement binds them. */
#define SEALED_ROWS(name, key, columns) "SELECT " key ", seal, " columns " FROM " name
#define SEALED_DELIVERY_COLUMNS "id, endpoint_id, feed, received_at_ms, content_type, raw_sha256"
#define SEALED_DELIVERY_ROWS SEALED_ROWS("delivery", "id || ''", SEALED_DELIVERY_COLUMNS)

/* A sum of seals, added as one big number: the order of rows does not matter. */
struct seal_sum {
	bool kept;    /* there is a row of seal_total */
	bool changed; /* by somebody else: our writer never seals it again */
	int64_t rows;
	unsigned char sum[SEAL_SUM_SIZE];
};

void seal_make(const struct seals *seals, const char *table, struct str row,
	unsigned char seal[SEAL_SIZE]);
void seal_count(struct seals *seals, enum sealed table, const unsigned char seal[SEAL_SIZE]);
void seal_sum_add(struct seal_sum *sum, const unsigned char seal[SEAL_SIZE]);
void seal_sum_join(struct seal_sum *sum, const struct seal_sum *other); /* of seals, not of rows */
/* The totals kept under our key by all writers together, `changed` when somebody changed one; all 0
 * when there are none. */
MUST_CHECK struct err seal_totals_read(struct db *db, enum sealed table, struct seal_sum *total);
const struct crypt *seals_crypt(const struct seals *seals);
/* `stmt` stands on a row as sealed_tables[].all gives it: is it as it was written?  `*foreign`: it
 * was sealed with a key that we do not hold. */
bool seal_fits(struct seals *seals, struct db_stmt *stmt, enum sealed table, bool *foreign);
struct str seals_key_id(const struct seals *seals);
bool seals_equal(const struct seals *seals, struct str a, struct str b);
/* What was bound when the row was written, and the seal it must have; columns from `first` on. */
void seal_of_row(struct seals *seals, struct db_stmt *stmt, enum sealed table, int first,
	unsigned char seal[SEAL_SIZE]);

#endif
