/* Payments: transfers attributed to a stall.  Never edited; later rows point at them. */
#include "seals.h"

#define PAYMENT_COLUMNS                                                                             \
	"SELECT p.id, p.stall_id, p.transfer_id, coalesce(p.charge_id, 0), p.amount, p.day,"        \
	" p.booked_at_ms, p.arrived_at_ms, p.matched_by, p.rule_version, t.bank_ref,"               \
	" t.provider_txn_id, t.feed, t.account_no, s.code, s.reference,"                            \
	" coalesce(c.reference, (SELECT m.reference FROM minted_charge m"                           \
	"  WHERE m.stall_id = p.stall_id AND m.charge_id = p.charge_id), ''),"                      \
	" coalesce(c.state, ''),"                                                                   \
	" (SELECT coalesce(sum(a.amount), 0) FROM adjustment a WHERE a.stall_id = p.stall_id"       \
	"  AND a.payment_id = p.id),"                                                               \
	" EXISTS (SELECT 1 FROM adjustment a WHERE a.stall_id = p.stall_id"                         \
	"  AND a.payment_id = p.id AND a.kind = 'reversal'), p.payer"                               \
	" FROM payment p JOIN transfer t ON t.id = p.transfer_id JOIN stall s ON s.id = p.stall_id" \
	" LEFT JOIN charge c ON c.stall_id = p.stall_id AND c.id = p.charge_id"

const char *
payment_state(const struct payment *payment)
{
	if (payment->refunded.dong == 0)
		return "confirmed";
	if (payment->refunded.dong < payment->amount.dong)
		return "partly_refunded";
	return payment->reversed ? "reversed" : "refunded";
}

struct err
payments_put(struct db *db, const struct payment *payment)
{
	static const char PUT[] =
		"INSERT INTO payment (id, stall_id, transfer_id, charge_id, amount, day,"
		" booked_at_ms, arrived_at_ms, matched_by, rule_version, seal, payer)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 12, (int64_t)payment->payer); /* no money depends on it: not sealed */
	db_seal_begin(stmt);
	db_bind_int(stmt, 1, payment->id);
	db_bind_int(stmt, 2, payment->stall_id);
	db_bind_int(stmt, 3, payment->transfer_id);
	if (payment->charge_id == 0)
		db_bind_null(stmt, 4);
	else
		db_bind_int(stmt, 4, payment->charge_id);
	db_bind_int(stmt, 5, payment->amount.dong);
	db_bind_int(stmt, 6, payment->day);
	db_bind_int(stmt, 7, payment->booked_at_ms);
	db_bind_int(stmt, 8, payment->arrived_at_ms);
	db_bind_str(stmt, 9, payment->matched_by);
	db_bind_int(stmt, 10, payment->rule_version);
	return db_put_sealed(stmt, 11, SEALED_PAYMENT);
}

static void
read_payment(struct db_stmt *stmt, struct arena *arena, struct payment *p)
{
	struct str *const texts[] = {&p->bank_ref, &p->provider_txn_id, &p->feed, &p->account_no,
		&p->stall_code, &p->stall_reference, &p->charge_reference, &p->charge_state};

	p->id = db_int(stmt, 0);
	p->stall_id = db_int(stmt, 1);
	p->transfer_id = db_int(stmt, 2);
	p->charge_id = db_int(stmt, 3);
	p->amount.dong = db_int(stmt, 4);
	p->day = (int32_t)db_int(stmt, 5);
	p->booked_at_ms = db_int(stmt, 6);
	p->arrived_at_ms = db_int(stmt, 7);
	p->matched_by = arena_copy(arena, db_str(stmt, 8));
	p->rule_version = db_int(stmt, 9);
	for (int i = 0; i < 8; i++)
		*texts[i] = arena_copy(arena, db_str(stmt, 10 + i));
	p->refunded.dong = db_int(stmt, 18);
	p->reversed = db_int(stmt, 19) != 0;
	p->payer = (uint64_t)db_int(stmt, 20);
}

static struct err
read_payments(struct db_stmt *stmt, struct arena *arena, struct payment *payments, size_t *count)
{
	struct db_rows rows = db_rows(stmt);

	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_payment(stmt, arena, &payments[*count]);
	return rows.err;
}

static struct err
read_one(struct db_stmt *stmt, struct arena *arena, struct payment *payment)
{
	TRY(db_one(stmt, "no such payment"));
	read_payment(stmt, arena, payment);
	db_reset(stmt);
	return OK;
}

struct err
payments_before(struct db *db, struct arena *arena, int64_t stall_id, int64_t before, size_t max,
	struct payment *payments, size_t *count)
{
	static const char OF_STALL[] = PAYMENT_COLUMNS
		" WHERE p.stall_id = $1 AND p.id < $2 ORDER BY p.id DESC LIMIT $3";
	static const char OF_ALL[] = PAYMENT_COLUMNS
		" WHERE $1 = 0 AND p.id < $2 ORDER BY p.id DESC LIMIT $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, stall_id == 0 ? OF_ALL : OF_STALL, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, before == 0 ? INT64_MAX : before);
	db_bind_int(stmt, 3, (int64_t)max);
	return read_payments(stmt, arena, payments, count);
}

struct err
payments_after(struct db *db, struct arena *arena, int64_t after, int64_t since_ms, size_t max,
	struct payment *payments, size_t *count)
{
	static const char AFTER[] = PAYMENT_COLUMNS " WHERE p.id > $1 AND p.booked_at_ms >= $2"
						    " ORDER BY p.id LIMIT $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, AFTER, &stmt));
	db_bind_int(stmt, 1, after);
	db_bind_int(stmt, 2, since_ms);
	db_bind_int(stmt, 3, (int64_t)max);
	return read_payments(stmt, arena, payments, count);
}

struct err
payments_get(struct db *db, struct arena *arena, int64_t id, struct payment *payment)
{
	static const char GET[] = PAYMENT_COLUMNS " WHERE p.id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, id);
	return read_one(stmt, arena, payment);
}

struct err
payments_of_transfer(
	struct db *db, struct arena *arena, int64_t transfer_id, struct payment *payment)
{
	static const char GET[] = PAYMENT_COLUMNS " WHERE p.transfer_id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, transfer_id);
	return read_one(stmt, arena, payment);
}

struct err
payments_of_charge(struct db *db, struct arena *arena, int64_t stall_id, int64_t charge_id,
	size_t max, struct payment *payments, size_t *count)
{
	static const char OF_CHARGE[] = PAYMENT_COLUMNS
		" WHERE p.stall_id = $1 AND p.charge_id = $2 AND p.charge_id IS NOT NULL"
		" ORDER BY p.id DESC LIMIT $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, OF_CHARGE, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, charge_id);
	db_bind_int(stmt, 3, (int64_t)max);
	return read_payments(stmt, arena, payments, count);
}

/* Of a stall, an amount and a time; market days find them along an index. */
#define ALIKE                                                                      \
	" WHERE p.stall_id = $1 AND p.day >= $2 AND p.day <= $3 AND p.amount = $4" \
	" AND p.booked_at_ms >= $5 AND p.booked_at_ms <= $6"
#define NEWEST_FIRST " ORDER BY p.id DESC LIMIT $7"

static void
bind_alike(struct db_stmt *stmt, int64_t stall_id, struct vnd amount, int64_t from_ms,
	int64_t to_ms, size_t max)
{
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, day_of(from_ms, 0) - 1); /* its market's days begin at its cut */
	db_bind_int(stmt, 3, day_of(to_ms, 0));
	db_bind_int(stmt, 4, amount.dong);
	db_bind_int(stmt, 5, from_ms);
	db_bind_int(stmt, 6, to_ms);
	db_bind_int(stmt, 7, (int64_t)max);
}

struct err
payments_like(struct db *db, struct arena *arena, int64_t stall_id, struct vnd amount,
	int64_t from_ms, int64_t to_ms, size_t max, struct payment *payments, size_t *count)
{
	static const char LIKE[] = PAYMENT_COLUMNS ALIKE NEWEST_FIRST;
	struct db_stmt *stmt;

	TRY(db_prepare(db, LIKE, &stmt));
	bind_alike(stmt, stall_id, amount, from_ms, to_ms, max);
	return read_payments(stmt, arena, payments, count);
}

struct err
payments_whole(struct db *db, struct arena *arena, int64_t stall_id, struct vnd amount,
	int64_t from_ms, int64_t to_ms, size_t max, struct payment *payments, size_t *count)
{
	static const char WHOLE[] = PAYMENT_COLUMNS ALIKE
		" AND NOT EXISTS (SELECT 1 FROM adjustment a WHERE a.stall_id = p.stall_id"
		"  AND a.payment_id = p.id)" NEWEST_FIRST;
	struct db_stmt *stmt;

	TRY(db_prepare(db, WHOLE, &stmt));
	bind_alike(stmt, stall_id, amount, from_ms, to_ms, max);
	return read_payments(stmt, arena, payments, count);
}

struct err
payments_of_day(struct db *db, struct arena *arena, int64_t stall_id, int32_t day, int64_t before,
	size_t max, struct payment *payments, size_t *count)
{
	/* Which rows is found first: what is joined to them is read of a page, not of the day. */
	static const char OF_DAY[] = PAYMENT_COLUMNS
		" WHERE p.stall_id = $1 AND p.day = $2 AND p.id IN (SELECT d.id FROM payment d"
		"  WHERE d.stall_id = $1 AND d.day = $2 AND d.id < $3 ORDER BY d.id DESC LIMIT $4)"
		" ORDER BY p.id DESC";
	struct db_stmt *stmt;

	TRY(db_prepare(db, OF_DAY, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, day);
	db_bind_int(stmt, 3, before == 0 ? INT64_MAX : before);
	db_bind_int(stmt, 4, (int64_t)max);
	return read_payments(stmt, arena, payments, count);
}
