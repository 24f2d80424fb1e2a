/* Seals: a MAC over each row of money, and how many of them a table holds. */
#include <stdlib.h>
#include <string.h>

#include "chopay/log.h"

#include "seals_table.h"

#define DEPTH_MAX 4

struct seals {
	const struct crypt *crypt;
	unsigned char key_id[SEAL_KEY_ID_SIZE];
	struct keyed_hmac *mac;
	const struct db_stmt *recording;
	struct buf row;					  /* what was bound so far, unambiguously */
	struct seal_sum totals[SEALED_TABLES];		  /* with what is not committed yet */
	struct seal_sum before[DEPTH_MAX][SEALED_TABLES]; /* as each open transaction began */
	bool changed[SEALED_TABLES];
};

static struct seals *
seals_new(const struct crypt *crypt, const struct sealing_key *key)
{
	const struct str purpose[] = {STR("seals of rows")};
	struct seals *seals = mem_alloc_zero(1, sizeof(*seals));
	unsigned char mac_key[SHA256_SIZE];

	seals->crypt = crypt;
	memcpy(seals->key_id, key->id, sizeof(seals->key_id));
	crypt_hmac_sha256(
		crypt, (struct str){(const char *)key->key, sizeof(key->key)}, purpose, 1, mac_key);
	seals->mac = keyed_hmac_new(crypt, (struct str){(const char *)mac_key, sizeof(mac_key)});
	explicit_bzero(mac_key, sizeof(mac_key));
	return seals;
}

const struct crypt *
seals_crypt(const struct seals *seals)
{
	return seals->crypt;
}

struct str
seals_key_id(const struct seals *seals)
{
	return (struct str){(const char *)seals->key_id, SEAL_KEY_ID_SIZE};
}

bool
seals_equal(const struct seals *seals, struct str a, struct str b)
{
	return crypt_equal(seals->crypt, a, b);
}

void
seals_free(struct seals *seals)
{
	if (seals == NULL)
		return;
	keyed_hmac_free(seals->mac);
	buf_fini(&seals->row);
	free(seals);
}

/* ---- one row -----------------------------------------------------------------------------------
 */

static void
put_number(struct buf *out, char kind, uint64_t number)
{
	char bytes[9] = {kind};

	for (int i = 0; i < 8; i++)
		bytes[1 + i] = (char)(number >> (56 - 8 * i));
	buf_add(out, (struct str){bytes, sizeof(bytes)});
}

void
seals_record_int(struct seals *seals, const struct db_stmt *stmt, int64_t value)
{
	if (seals != NULL && seals->recording == stmt)
		put_number(&seals->row, 'i', (uint64_t)value);
}

void
seals_record_bytes(struct seals *seals, const struct db_stmt *stmt, struct str value)
{
	if (seals == NULL || seals->recording != stmt)
		return;
	put_number(&seals->row, 's', value.len);
	buf_add(&seals->row, value);
}

void
seals_record_null(struct seals *seals, const struct db_stmt *stmt)
{
	if (seals != NULL && seals->recording == stmt)
		buf_addc(&seals->row, 'n');
}

void
seal_make(
	const struct seals *seals, const char *table, struct str row, unsigned char seal[SEAL_SIZE])
{
	const struct str parts[] = {str_from(table), STR(":"), row};
	unsigned char mac[SHA256_SIZE];

	keyed_hmac_sha256(seals->mac, parts, 3, mac);
	memcpy(seal, seals->key_id, SEAL_KEY_ID_SIZE);
	memcpy(seal + SEAL_KEY_ID_SIZE, mac, SEAL_MAC_SIZE);
}

void
db_seal_begin(struct db_stmt *stmt)
{
	struct seals *seals = stmt->db->seals;

	if (seals == NULL)
		return;
	seals->recording = stmt;
	buf_clear(&seals->row);
}

static void
add_number(unsigned char sum[SEAL_SUM_SIZE], const unsigned char number[SEAL_SUM_SIZE])
{
	unsigned carry = 0;

	for (int i = SEAL_SUM_SIZE - 1; i >= 0; i--) {
		carry += (unsigned)sum[i] + number[i];
		sum[i] = (unsigned char)carry;
		carry >>= 8;
	}
}

void
seal_sum_join(struct seal_sum *sum, const struct seal_sum *other)
{
	add_number(sum->sum, other->sum);
}

void
seal_sum_add(struct seal_sum *sum, const unsigned char seal[SEAL_SIZE])
{
	add_number(sum->sum, seal + SEAL_KEY_ID_SIZE);
}

static void
bind_seal(struct db_stmt *stmt, int at, enum sealed table, unsigned char seal[SEAL_SIZE])
{
	struct seals *seals = stmt->db->seals;

	if (seals == NULL) {
		db_bind_null(stmt, at);
		return;
	}
	seals->recording = NULL;
	seal_make(seals, sealed_tables[table].name, buf_str(&seals->row), seal);
	db_bind_blob(stmt, at, (struct str){(const char *)seal, SEAL_SIZE});
}

void
seal_count(struct seals *seals, enum sealed table, const unsigned char seal[SEAL_SIZE])
{
	seals->totals[table].rows++;
	if (!sealed_tables[table].rewritten)
		seal_sum_add(&seals->totals[table], seal);
	seals->changed[table] = true;
}

struct err
db_run_sealed(struct db_stmt *stmt, int at, enum sealed table, bool *fresh)
{
	unsigned char seal[SEAL_SIZE];
	bool written;

	bind_seal(stmt, at, table, seal);
	TRY(db_run_changed(stmt, &written));
	if (written && stmt->db->seals != NULL)
		seal_count(stmt->db->seals, table, seal);
	if (fresh != NULL)
		*fresh = written;
	return OK;
}

struct err
db_put_sealed(struct db_stmt *stmt, int at, enum sealed table)
{
	unsigned char seal[SEAL_SIZE];

	bind_seal(stmt, at, table, seal);
	TRY(db_put(stmt, (int)table));
	if (stmt->db->seals != NULL)
		seal_count(stmt->db->seals, table, seal);
	return OK;
}

struct err
db_run_resealed(struct db_stmt *stmt, int at, enum sealed table)
{
	unsigned char seal[SEAL_SIZE];

	bind_seal(stmt, at, table, seal);
	return db_change_one(stmt, "the row to change is not there");
}

/* What was bound when the row was written, and the seal it must have. */
void
seal_of_row(struct seals *seals, struct db_stmt *stmt, enum sealed table, int first,
	unsigned char seal[SEAL_SIZE])
{
	int columns = stmt->db->driver->column_count(stmt);

	seals->recording = stmt;
	buf_clear(&seals->row);
	for (int i = first; i < columns; i++) {
		if (db_is_null(stmt, i))
			seals_record_null(seals, stmt);
		else if (stmt->db->driver->is_int(stmt, i))
			seals_record_int(seals, stmt, db_int(stmt, i));
		else
			seals_record_bytes(seals, stmt, db_str(stmt, i));
	}
	seals->recording = NULL;
	seal_make(seals, sealed_tables[table].name, buf_str(&seals->row), seal);
}

/* ---- totals
 * -------------------------------------------------------------------------------------- */

void
seals_begun(struct seals *seals, int depth)
{
	if (seals != NULL)
		memcpy(seals->before[depth], seals->totals, sizeof(seals->totals));
}

void
seals_rolled_back(struct seals *seals, int depth)
{
	if (seals != NULL)
		memcpy(seals->totals, seals->before[depth], sizeof(seals->totals));
}

/* The seal of a writer's total of a table.  (Number 0 is not named: such a total is sealed as it
 * was when there was but one writer.) */
static void
seal_of_total(const struct seals *seals, enum sealed table, int64_t writer,
	const struct seal_sum *total, unsigned char seal[SEAL_SIZE])
{
	struct buf row CLEANUP(buf_fini) = {0};

	put_number(&row, 'i', (uint64_t)total->rows);
	buf_add(&row, (struct str){(const char *)total->sum, SEAL_SUM_SIZE});
	buf_adds(&row, sealed_tables[table].name);
	if (writer != 0)
		put_number(&row, 'w', (uint64_t)writer);
	seal_make(seals, "seal_total", buf_str(&row), seal);
}

static struct err
put_total(struct db *db, enum sealed table)
{
	static const char PUT[] =
		"INSERT INTO seal_total (table_name, key_id, row_count, seal_sum, seal, writer)"
		" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (table_name, key_id, writer)"
		" DO UPDATE SET row_count = excluded.row_count, seal_sum = excluded.seal_sum,"
		" seal = excluded.seal";
	const struct seals *seals = db->seals;
	const struct seal_sum *total = &seals->totals[table];
	unsigned char seal[SEAL_SIZE];
	struct db_stmt *stmt;

	memset(seal, 0, sizeof(seal));
	if (!total->changed)
		seal_of_total(seals, table, db->writer, total, seal);
	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, str_from(sealed_tables[table].name));
	db_bind_blob(stmt, 2, (struct str){(const char *)seals->key_id, SEAL_KEY_ID_SIZE});
	db_bind_int(stmt, 3, total->rows);
	db_bind_blob(stmt, 4, (struct str){(const char *)total->sum, SEAL_SUM_SIZE});
	db_bind_blob(stmt, 5, (struct str){(const char *)seal, SEAL_SIZE});
	db_bind_int(stmt, 6, db->writer);
	return db_put(stmt, SEALED_TABLES);
}

struct err
seals_put_totals(struct db *db)
{
	if (db->seals == NULL)
		return OK;
	for (int table = 0; table < SEALED_TABLES; table++) {
		if (!db->seals->changed[table])
			continue;
		TRY(put_total(db, (enum sealed)table));
		db->seals->changed[table] = false;
	}
	return OK;
}

/* From the row: writer, row_count, seal_sum, seal. */
static void
read_total(struct db *db, struct db_stmt *stmt, enum sealed table, struct seal_sum *total)
{
	unsigned char want[SEAL_SIZE];

	*total = (struct seal_sum){.kept = true, .rows = db_int(stmt, 1)};
	if (db_str(stmt, 2).len == SEAL_SUM_SIZE)
		memcpy(total->sum, db_str(stmt, 2).ptr, SEAL_SUM_SIZE);
	seal_of_total(db->seals, table, db_int(stmt, 0), total, want);
	total->changed = !seals_equal(
		db->seals, db_str(stmt, 3), (struct str){(const char *)want, SEAL_SIZE});
}

struct err
seal_totals_read(struct db *db, enum sealed table, struct seal_sum *total)
{
	static const char GET[] = "SELECT writer, row_count, seal_sum, seal FROM seal_total"
				  " WHERE table_name = $1 AND key_id = $2";
	struct db_stmt *stmt;
	struct db_rows rows;

	*total = (struct seal_sum){0};
	TRY(db_prepare(db, GET, &stmt));
	db_bind_str(stmt, 1, str_from(sealed_tables[table].name));
	db_bind_blob(stmt, 2, seals_key_id(db->seals));
	rows = db_rows(stmt);
	while (db_rows_next(&rows)) {
		struct seal_sum one;

		read_total(db, stmt, table, &one);
		total->kept = true;
		total->changed = total->changed || one.changed;
		total->rows += one.rows;
		seal_sum_join(total, &one);
	}
	return rows.err;
}

static struct err
load_total(struct db *db, enum sealed table)
{
	static const char GET[] = "SELECT writer, row_count, seal_sum, seal FROM seal_total"
				  " WHERE table_name = $1 AND key_id = $2 AND writer = $3";
	struct seal_sum *total = &db->seals->totals[table];
	struct db_stmt *stmt;
	bool row;

	*total = (struct seal_sum){0};
	TRY(db_prepare(db, GET, &stmt));
	db_bind_str(stmt, 1, str_from(sealed_tables[table].name));
	db_bind_blob(stmt, 2, seals_key_id(db->seals));
	db_bind_int(stmt, 3, db->writer);
	TRY(db_step(stmt, &row));
	if (row)
		read_total(db, stmt, table, total);
	db_reset(stmt);
	return OK;
}

void
store_seal_with(struct db *db, const struct crypt *crypt, const struct sealing_key *key)
{
	db->seals = seals_new(crypt, key);
}

/* A total that somebody made to fit must not get our seal with the next row that is written. */
struct err
seals_load(struct db *db)
{
	if (db->seals == NULL)
		return OK;
	for (int table = 0; table < SEALED_TABLES; table++) {
		TRY(load_total(db, (enum sealed)table));
		if (db->seals->totals[table].changed)
			log_error("seal_total",
				"table=%s somebody changed how many rows it holds;"
				" `chopay ledger verify` names it",
				sealed_tables[table].name);
	}
	return OK;
}

struct err
store_write_as(struct db *db, int writer)
{
	db->writer = writer;
	return seals_load(db);
}
