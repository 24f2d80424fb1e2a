/* What the banks sent: the bytes, and what they mean. */
#include "ahead.h"
#include "months.h"

#define LISTED_BYTES_MAX (16u * 1024 * 1024) /* of deliveries: one is always listed */

#define INSERT_DELIVERY                                                                   \
	"INSERT INTO delivery (id, endpoint_id, feed, received_at_ms, content_type, raw," \
	" raw_sha256, seal, month) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"

struct err
deliveries_put(struct db *db, struct delivery *delivery)
{
	static const char KEEP[] = INSERT_DELIVERY " ON CONFLICT DO NOTHING";
	static const char PUT[] = INSERT_DELIVERY; /* nobody had it a moment ago */
	static const char KEPT[] =
		"SELECT id FROM delivery WHERE raw_sha256 = $1 AND endpoint_id = $2"
		" ORDER BY id DESC LIMIT 1"; /* on PostgreSQL one of each month may be there */
	struct db_stmt *stmt;
	bool fresh = ahead_free_delivery(db, delivery->endpoint_id, delivery->raw_sha256);

	TRY(db_prepare(db, fresh ? PUT : KEEP, &stmt));
	db_bind_blob(stmt, 6, delivery->raw); /* sealed by its digest */
	db_bind_int(stmt, 9, bank_month(delivery->received_at_ms));
	db_seal_begin(stmt);
	db_bind_int(stmt, 1, delivery->id);
	db_bind_str(stmt, 2, delivery->endpoint_id);
	db_bind_str(stmt, 3, delivery->feed);
	db_bind_int(stmt, 4, delivery->received_at_ms);
	db_bind_str(stmt, 5, delivery->content_type);
	db_bind_blob(stmt, 7, delivery->raw_sha256);
	if (fresh)
		return db_put_sealed(stmt, 8, SEALED_DELIVERY);
	TRY(db_run_sealed(stmt, 8, SEALED_DELIVERY, &fresh));
	if (fresh)
		return OK;
	TRY(db_prepare(db, KEPT, &stmt));
	db_bind_blob(stmt, 1, delivery->raw_sha256);
	db_bind_str(stmt, 2, delivery->endpoint_id);
	TRY(db_one(stmt, "delivery"));
	delivery->id = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

struct err
deliveries_list(struct db *db, struct arena *arena, int64_t after, size_t max,
	struct delivery *deliveries, size_t *count)
{
	static const char LIST[] =
		"SELECT id, raw, raw_sha256, received_at_ms, month FROM delivery WHERE id > $1"
		" ORDER BY id LIMIT $2";
	struct db_stmt *stmt;
	size_t bytes = 0;
	bool row;

	*count = 0;
	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, after);
	db_bind_int(stmt, 2, (int64_t)max);
	while (bytes < LISTED_BYTES_MAX) {
		struct delivery *delivery = &deliveries[*count];

		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		(*count)++;
		*delivery = (struct delivery){.id = db_int(stmt, 0)};
		delivery->raw = arena_copy(arena, db_str(stmt, 1));
		delivery->raw_sha256 = arena_copy(arena, db_str(stmt, 2));
		delivery->received_at_ms = db_int(stmt, 3);
		delivery->misplaced = db_int(stmt, 4) != 0 &&
				      db_int(stmt, 4) != bank_month(delivery->received_at_ms);
		bytes += delivery->raw.len;
	}
	db_reset(stmt);
	return OK;
}

struct err
deliveries_get(struct db *db, struct arena *arena, int64_t id, struct delivery *delivery)
{
	static const char GET[] = "SELECT endpoint_id, feed, content_type, raw, received_at_ms"
				  " FROM delivery WHERE id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, id);
	TRY(db_one(stmt, "no such delivery"));
	*delivery = (struct delivery){
		.id = id,
		.endpoint_id = arena_copy(arena, db_str(stmt, 0)),
		.feed = arena_copy(arena, db_str(stmt, 1)),
		.content_type = arena_copy(arena, db_str(stmt, 2)),
		.raw = arena_copy(arena, db_str(stmt, 3)),
		.received_at_ms = db_int(stmt, 4),
	};
	db_reset(stmt);
	return OK;
}

struct err
transfers_put(struct db *db, const struct transfer *transfer)
{
	static const char PUT[] =
		"INSERT INTO transfer (id, delivery_id, feed, provider_txn_id, bank_ref, bank,"
		" account_no, virtual_account, amount, outgoing, note, booked_at_ms, booked_told,"
		" arrived_at_ms, code_hint, seal)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_seal_begin(stmt);
	db_bind_int(stmt, 1, transfer->id);
	db_bind_int(stmt, 2, transfer->delivery_id);
	db_bind_str(stmt, 3, transfer->feed);
	db_bind_str(stmt, 4, transfer->provider_txn_id);
	db_bind_str(stmt, 5, transfer->bank_ref);
	db_bind_str(stmt, 6, transfer->bank);
	db_bind_str(stmt, 7, transfer->account_no);
	db_bind_str(stmt, 8, transfer->virtual_account);
	db_bind_int(stmt, 9, transfer->amount.dong);
	db_bind_int(stmt, 10, transfer->outgoing);
	db_bind_blob(stmt, 11, transfer->note);
	db_bind_int(stmt, 12, transfer->booked_at_ms);
	db_bind_int(stmt, 13, transfer->booked_told);
	db_bind_int(stmt, 14, transfer->arrived_at_ms);
	db_bind_str(stmt, 15, transfer->code_hint);
	return db_put_sealed(stmt, 16, SEALED_TRANSFER);
}

#define TRANSFER_COLUMNS                                                                    \
	"t.id, t.delivery_id, t.feed, t.provider_txn_id, t.bank_ref, t.bank, t.account_no," \
	" t.virtual_account, t.note, t.amount, t.outgoing, t.booked_at_ms, t.booked_told,"  \
	" t.arrived_at_ms, t.code_hint"
#define TRANSFER_COLUMN_COUNT 15

static void
read_transfer(struct db_stmt *stmt, struct arena *arena, struct transfer *transfer)
{
	struct str *const texts[] = {&transfer->feed, &transfer->provider_txn_id,
		&transfer->bank_ref, &transfer->bank, &transfer->account_no,
		&transfer->virtual_account, &transfer->note};

	transfer->id = db_int(stmt, 0);
	transfer->delivery_id = db_int(stmt, 1);
	for (int i = 0; i < 7; i++)
		*texts[i] = arena_copy(arena, db_str(stmt, 2 + i));
	transfer->amount.dong = db_int(stmt, 9);
	transfer->outgoing = db_int(stmt, 10) != 0;
	transfer->booked_at_ms = db_int(stmt, 11);
	transfer->booked_told = db_int(stmt, 12) != 0;
	transfer->arrived_at_ms = db_int(stmt, 13);
	transfer->code_hint = arena_copy(arena, db_str(stmt, 14));
}

static struct err
read_transfers(struct db_stmt *stmt, struct arena *arena, struct transfer *transfers, size_t *count)
{
	struct db_rows rows = db_rows(stmt);

	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_transfer(stmt, arena, &transfers[*count]);
	return rows.err;
}

struct err
transfers_get(struct db *db, struct arena *arena, int64_t id, struct transfer *transfer)
{
	static const char GET[] = "SELECT " TRANSFER_COLUMNS " FROM transfer t WHERE t.id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, id);
	TRY(db_one(stmt, "no such transfer"));
	read_transfer(stmt, arena, transfer);
	db_reset(stmt);
	return OK;
}

struct err
transfers_unused_out(struct db *db, struct arena *arena, struct str account_no, struct vnd amount,
	int64_t from_ms, int64_t to_ms, size_t max, struct transfer *transfers, size_t *count)
{
	static const char FIND[] =
		"SELECT " TRANSFER_COLUMNS " FROM transfer t WHERE t.account_no = $1"
		" AND t.amount = $2 AND t.booked_at_ms BETWEEN $3 AND $4 AND t.outgoing = 1"
		" AND NOT EXISTS (SELECT 1 FROM adjustment a WHERE a.transfer_id = t.id)"
		" AND NOT EXISTS (SELECT 1 FROM resolution r WHERE r.other_transfer_id = t.id"
		"  AND r.outcome = 'refunded') ORDER BY t.booked_at_ms, t.id LIMIT $5";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, account_no);
	db_bind_int(stmt, 2, amount.dong);
	db_bind_int(stmt, 3, from_ms);
	db_bind_int(stmt, 4, to_ms);
	db_bind_int(stmt, 5, (int64_t)max);
	return read_transfers(stmt, arena, transfers, count);
}

struct err
transfers_list(struct db *db, struct arena *arena, int64_t after, size_t max,
	struct transfer *transfers, size_t *count)
{
	static const char LIST[] = "SELECT " TRANSFER_COLUMNS
				   " FROM transfer t WHERE t.id > $1 ORDER BY t.id LIMIT $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, after);
	db_bind_int(stmt, 2, (int64_t)max);
	return read_transfers(stmt, arena, transfers, count);
}

/* ---- what became of them --------------------------------------------------------------------- */

struct err
transfers_page(struct db *db, struct arena *arena, const struct transfer_filter *filter,
	int64_t after, size_t max, struct listed_transfer *items, size_t *count)
{
	static const char PAGE[] =
		"SELECT " TRANSFER_COLUMNS ", coalesce(p.id, 0), coalesce(u.reason, ''),"
		" (SELECT coalesce(sum(a.amount), 0) FROM adjustment a WHERE a.transfer_id = t.id)"
		" FROM transfer t LEFT JOIN payment p ON p.transfer_id = t.id"
		" LEFT JOIN suspense u ON u.transfer_id = t.id"
		" WHERE t.id > $1 AND t.booked_at_ms >= $2 AND ($3 < 0 OR t.outgoing = $3)"
		" AND ($4 = 0 OR (t.outgoing = 1"
		"  AND NOT EXISTS (SELECT 1 FROM adjustment a WHERE a.transfer_id = t.id)"
		"  AND NOT EXISTS (SELECT 1 FROM resolution r WHERE r.other_transfer_id = t.id"
		"   AND r.outcome = 'refunded'))) ORDER BY t.id LIMIT $5";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, PAGE, &stmt));
	db_bind_int(stmt, 1, after);
	db_bind_int(stmt, 2, filter->since_ms);
	db_bind_int(stmt, 3, filter->direction);
	db_bind_int(stmt, 4, filter->unlinked);
	db_bind_int(stmt, 5, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++) {
		struct listed_transfer *item = &items[*count];

		read_transfer(stmt, arena, &item->transfer);
		item->payment_id = db_int(stmt, TRANSFER_COLUMN_COUNT);
		item->suspense = arena_copy(arena, db_str(stmt, TRANSFER_COLUMN_COUNT + 1));
		item->given_back.dong = db_int(stmt, TRANSFER_COLUMN_COUNT + 2);
	}
	return rows.err;
}

struct err
transfers_newest(
	struct db *db, struct arena *arena, size_t max, struct transfer *transfers, size_t *count)
{
	static const char NEWEST[] = "SELECT " TRANSFER_COLUMNS
				     " FROM transfer t ORDER BY t.id DESC LIMIT $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, NEWEST, &stmt));
	db_bind_int(stmt, 1, (int64_t)max);
	return read_transfers(stmt, arena, transfers, count);
}

/* ---- told before ---------------------------------------------------------------------------- */

/* Has the feed with this key prefix ($1, "sepay:") told it already?  Also when a person found that
 * what it told was this one again. */
#define NAMED                                                                \
	"(EXISTS (SELECT 1 FROM transfer_key k WHERE k.transfer_id = t.id"   \
	" AND substr(k.key, 1, length($1)) = $1)"                            \
	" OR EXISTS (SELECT 1 FROM resolution r JOIN transfer_key k"         \
	" ON k.transfer_id = r.transfer_id WHERE r.other_transfer_id = t.id" \
	" AND r.outcome = 'duplicate' AND substr(k.key, 1, length($1)) = $1))"

static const char TOLD[] = "SELECT " TRANSFER_COLUMNS ", coalesce(u.other_transfer_id, 0), " NAMED
			   " FROM transfer t LEFT JOIN suspense u ON u.transfer_id = t.id"
			   " WHERE t.id = $2";

/* The index alone is walked, to a bound, before anything is joined: at a gate where all pay one
 * price a span may hold any number of equal amounts. */
#define NEAR(where, order)                                                           \
	"SELECT " TRANSFER_COLUMNS ", coalesce(u.other_transfer_id, 0), " NAMED      \
	" FROM (SELECT id, booked_at_ms FROM transfer WHERE " where                  \
	" AND amount = $3 AND booked_at_ms >= $4 AND booked_at_ms <= $5"             \
	" ORDER BY booked_at_ms " order ", id " order " LIMIT $6 OFFSET $7) AS near" \
	" JOIN transfer t ON t.id = near.id"                                         \
	" LEFT JOIN suspense u ON u.transfer_id = t.id"
#define ACCOUNT "account_no = $2"
#define UNTOLD "account_no = $2 AND outgoing = $8 AND booked_told = 0"
#define VIRTUAL "virtual_account = $2 AND virtual_account <> ''"

static void
read_told(struct db_stmt *stmt, struct arena *arena, struct told_before *told)
{
	read_transfer(stmt, arena, &told->transfer);
	told->repeats = db_int(stmt, TRANSFER_COLUMN_COUNT);
	told->named = db_int(stmt, TRANSFER_COLUMN_COUNT + 1) != 0;
}

struct err
told_get(struct db *db, struct arena *arena, struct str key_prefix, int64_t transfer_id,
	struct told_before *told)
{
	struct db_stmt *stmt;

	TRY(db_prepare(db, TOLD, &stmt));
	db_bind_str(stmt, 1, key_prefix);
	db_bind_int(stmt, 2, transfer_id);
	TRY(db_one(stmt, "no such transfer"));
	read_told(stmt, arena, told);
	db_reset(stmt);
	return OK;
}

static const char *
near_query(const struct told_query *query)
{
	static const char *const queries[][2] = {
		{NEAR(ACCOUNT, "ASC"), NEAR(ACCOUNT, "DESC")},
		{NEAR(UNTOLD, "ASC"), NEAR(UNTOLD, "DESC")},
		{NEAR(VIRTUAL, "ASC"), NEAR(VIRTUAL, "DESC")},
	};

	return queries[query->by_virtual ? 2 : query->untold ? 1 : 0][query->latest_first];
}

struct err
told_near(struct db *db, struct arena *arena, const struct told_query *query, size_t max,
	struct told_before *told, size_t *count)
{
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, near_query(query), &stmt));
	db_bind_str(stmt, 1, query->key_prefix);
	db_bind_str(stmt, 2, query->account_no);
	db_bind_int(stmt, 3, query->amount.dong);
	db_bind_int(stmt, 4, query->from_ms);
	db_bind_int(stmt, 5, query->to_ms);
	db_bind_int(stmt, 6, (int64_t)max);
	db_bind_int(stmt, 7, (int64_t)query->skip);
	if (query->untold && !query->by_virtual)
		db_bind_int(stmt, 8, query->outgoing);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_told(stmt, arena, &told[*count]);
	return rows.err;
}
