/* The rows against each other: every sum recomputed, every credit accounted for exactly once. */
#include "db.h"

/* One rule: rows it selects (first column: the key) are faults of `table`. */
struct rule {
	const char *table;
	const char *fault;
	const char *sql;
};

/* What was given back of each payment. */
#define REFUNDED \
	"(SELECT stall_id, payment_id, sum(amount) AS v FROM adjustment GROUP BY stall_id, payment_id)"

/* Is p.day the market day of its time, in that market? */
#define IS_DAY_OF(market)                                                                     \
	"p.day * 86400000 <= p.booked_at_ms + 25200000 - " market ".day_cut_min * 60000 AND " \
	"p.day * 86400000 > p.booked_at_ms + 25200000 - " market ".day_cut_min * 60000 - 86400000"

/* Both directions of each sum: a cell without payments, and payments without a cell. */
static const struct rule rules[] = {
	{"cell", "its sums are not those of its payments",
		"SELECT c.stall_id || '/' || c.day FROM (SELECT stall_id, day,"
		" sum(payments) AS payments, sum(value) AS value FROM cell GROUP BY stall_id, day)"
		" c LEFT JOIN (SELECT p.stall_id, p.day,"
		" sum(CASE WHEN p.amount > coalesce(a.v, 0) THEN 1 ELSE 0 END) AS n,"
		" sum(p.amount - coalesce(a.v, 0)) AS v FROM payment p LEFT JOIN " REFUNDED
		" a ON a.stall_id = p.stall_id"
		" AND a.payment_id = p.id GROUP BY p.stall_id, p.day) p"
		" ON p.stall_id = c.stall_id AND p.day = c.day"
		" WHERE c.payments <> coalesce(p.n, 0) OR c.value <> coalesce(p.v, 0)"},
	{"cell", "payments of that stall and day have no cell",
		"SELECT p.stall_id || '/' || p.day FROM payment p LEFT JOIN cell c"
		" ON c.stall_id = p.stall_id AND c.day = p.day WHERE c.stall_id IS NULL"
		" GROUP BY p.stall_id, p.day"},
	{"charge", "its paid sum is not that of its payments",
		"SELECT c.reference FROM charge c LEFT JOIN (SELECT stall_id, charge_id,"
		" sum(amount) AS v FROM payment WHERE charge_id IS NOT NULL"
		" GROUP BY stall_id, charge_id) p ON p.stall_id = c.stall_id AND p.charge_id = c.id"
		" WHERE c.paid <> coalesce(p.v, 0)"},
	{"charge", "its refunded sum is not that of its payments' adjustments",
		"SELECT c.reference FROM charge c LEFT JOIN (SELECT p.stall_id, p.charge_id,"
		" sum(a.amount) AS v FROM adjustment a JOIN payment p ON p.stall_id = a.stall_id"
		" AND p.id = a.payment_id GROUP BY p.stall_id, p.charge_id) a"
		" ON a.stall_id = c.stall_id AND a.charge_id = c.id"
		" WHERE c.refunded <> coalesce(a.v, 0)"},
	/* Money that came again after it was given back: the sum that decided was what it held. */
	{"charge", "its state does not fit what was paid",
		"SELECT reference FROM charge WHERE NOT"
		" ((state IN ('open', 'expired', 'cancelled') AND paid = 0)"
		" OR (state = 'short' AND paid > 0 AND paid - refunded < amount)"
		" OR (state = 'paid' AND paid >= amount AND paid - refunded <= amount)"
		" OR (state = 'over' AND paid > amount) OR (state = 'paid_late' AND paid > 0))"
		" OR refunded > paid"},
	/* Where payments and transfers lie apart, no foreign key and no unique one says these. */
	{"payment", "its amount or time is not its transfer's",
		"SELECT p.id || '' FROM payment p LEFT JOIN transfer t ON t.id = p.transfer_id"
		" WHERE t.id IS NULL OR p.amount <> t.amount OR p.booked_at_ms <> t.booked_at_ms"
		" OR p.arrived_at_ms <> t.arrived_at_ms OR t.outgoing = 1"},
	{"payment", "its transfer is another payment too",
		"SELECT max(id) || '' FROM payment GROUP BY transfer_id HAVING count(*) > 1"},
	/* Of the market where its stall stands, or stood when it was booked. */
	{"payment", "its day is not the market day of its time",
		"SELECT p.id || '' FROM payment p JOIN stall s ON s.id = p.stall_id"
		" JOIN market m ON m.id = s.market_id WHERE NOT (" IS_DAY_OF(
			"m") ")"
			     " AND NOT EXISTS (SELECT 1 FROM stall_place pl JOIN market o"
			     " ON o.id = pl.market_id WHERE pl.stall_id = p.stall_id AND " IS_DAY_OF(
				     "o") ")"},
	{"payment", "its charge is not of its stall",
		"SELECT p.id || '' FROM payment p LEFT JOIN charge c ON c.stall_id = p.stall_id"
		" AND c.id = p.charge_id WHERE p.charge_id IS NOT NULL AND c.id IS NULL"
		/* One that the stall's phone minted and has not told of yet (minted.h). */
		" AND NOT EXISTS (SELECT 1 FROM minted_charge m WHERE m.stall_id = p.stall_id"
		" AND m.charge_id = p.charge_id)"},
	{"minted_charge", "its charge has another reference",
		"SELECT m.reference FROM minted_charge m JOIN charge c ON c.stall_id = m.stall_id"
		" AND c.id = m.charge_id WHERE c.reference <> m.reference"},
	{"adjustment", "it is of no payment, or not of its market day",
		"SELECT a.id || '' FROM adjustment a LEFT JOIN payment p ON p.stall_id = a.stall_id"
		" AND p.id = a.payment_id WHERE p.id IS NULL OR p.day <> a.day"},
	{"adjustment", "it is neither a refund nor a reversal, or nobody says why",
		"SELECT id || '' FROM adjustment WHERE kind NOT IN ('refund', 'reversal')"
		" OR matched_by NOT IN ('charge', 'stall_reference', 'bank_reference', 'by_hand')"
		" OR (matched_by = 'by_hand') <> (person <> '' AND why <> '')"
		" OR (matched_by <> 'by_hand' AND transfer_id IS NULL)"
		" OR (kind = 'reversal') <> (matched_by = 'bank_reference')"},
	{"adjustment", "more was given back than its payment brought",
		"SELECT max(a.id) || '' FROM adjustment a JOIN payment p ON p.stall_id = a.stall_id"
		" AND p.id = a.payment_id GROUP BY p.stall_id, p.id, p.amount"
		" HAVING sum(a.amount) > p.amount"},
	{"adjustment", "its transfer is no money out, or is not enough for it",
		"SELECT max(a.id) || '' FROM adjustment a LEFT JOIN transfer t"
		" ON t.id = a.transfer_id WHERE a.transfer_id IS NOT NULL"
		" GROUP BY a.transfer_id, t.amount, t.outgoing"
		" HAVING coalesce(t.outgoing, 0) = 0 OR sum(a.amount) > t.amount"},
	{"transfer", "a credit that is neither a payment nor in suspense",
		"SELECT t.id || '' FROM transfer t LEFT JOIN payment p ON p.transfer_id = t.id"
		" LEFT JOIN suspense u ON u.transfer_id = t.id"
		" WHERE t.outgoing = 0 AND p.id IS NULL AND u.transfer_id IS NULL"},
	{"transfer", "money out that was booked as a credit",
		"SELECT t.id || '' FROM transfer t JOIN suspense u ON u.transfer_id = t.id"
		" WHERE t.outgoing = 1"},
	{"transfer", "a credit in suspense and a payment without a resolution",
		"SELECT u.transfer_id || '' FROM suspense u JOIN payment p"
		" ON p.transfer_id = u.transfer_id LEFT JOIN resolution r"
		" ON r.transfer_id = u.transfer_id"
		" WHERE r.transfer_id IS NULL OR r.outcome <> 'attributed'"},
	{"resolution", "an attributed credit without its payment",
		"SELECT r.transfer_id || '' FROM resolution r LEFT JOIN payment p"
		" ON p.transfer_id = r.transfer_id"
		" WHERE r.outcome = 'attributed' AND (p.id IS NULL OR p.stall_id <> r.stall_id"
		" OR coalesce(p.charge_id, 0) <> coalesce(r.charge_id, 0))"},
	{"payment", "it was attributed by hand, and nobody says by whom",
		"SELECT p.id || '' FROM payment p LEFT JOIN resolution r"
		" ON r.transfer_id = p.transfer_id"
		" WHERE p.matched_by = 'by_hand' AND r.transfer_id IS NULL"},
	{"resolution", "what it names does not fit its outcome",
		"SELECT transfer_id || '' FROM resolution WHERE"
		" outcome NOT IN ('attributed', 'not_ours', 'refunded', 'duplicate')"
		" OR (outcome = 'attributed') <> (stall_id IS NOT NULL)"
		" OR (charge_id IS NOT NULL AND stall_id IS NULL)"
		" OR (outcome = 'duplicate' AND other_transfer_id IS NULL)"
		" OR (outcome IN ('attributed', 'not_ours') AND other_transfer_id IS NOT NULL)"},
	{"resolution", "what it repeats is not that credit",
		"SELECT r.transfer_id || '' FROM resolution r JOIN suspense u"
		" ON u.transfer_id = r.transfer_id LEFT JOIN transfer t"
		" ON t.id = r.other_transfer_id WHERE r.outcome = 'duplicate'"
		" AND (t.id IS NULL OR t.outgoing = 1"
		"  OR (t.amount <> u.amount AND t.id <> coalesce(u.other_transfer_id, 0)))"},
	{"resolution", "it repeats in a circle: none of its credits counts",
		"WITH RECURSIVE chain (first, at, steps) AS (SELECT transfer_id, other_transfer_id,"
		" 1 FROM resolution WHERE outcome = 'duplicate' UNION ALL SELECT c.first,"
		" r.other_transfer_id, c.steps + 1 FROM chain c JOIN resolution r"
		" ON r.transfer_id = c.at AND r.outcome = 'duplicate'"
		" WHERE c.at <> c.first AND c.steps < 100)"
		" SELECT first || '' FROM chain WHERE at = first"},
	{"resolution", "what sent it back is not that money, or other money's refund",
		"SELECT r.transfer_id || '' FROM resolution r JOIN suspense u"
		" ON u.transfer_id = r.transfer_id LEFT JOIN transfer t"
		" ON t.id = r.other_transfer_id LEFT JOIN adjustment a ON a.transfer_id = t.id"
		" WHERE r.outcome = 'refunded' AND r.other_transfer_id IS NOT NULL"
		" AND (t.id IS NULL OR t.outgoing = 0 OR t.amount <> u.amount OR a.id IS NOT NULL)"},
	{"resolution", "the money that sent it back is not held for it alone",
		"SELECT r.transfer_id || '' FROM resolution r LEFT JOIN sent_back b"
		" ON b.transfer_id = r.other_transfer_id WHERE r.outcome = 'refunded'"
		" AND r.other_transfer_id IS NOT NULL AND coalesce(b.credit_id, 0) <> r.transfer_id"},
	{"sent_back", "the credit that it names was not sent back by it",
		"SELECT b.transfer_id || '' FROM sent_back b LEFT JOIN resolution r"
		" ON r.transfer_id = b.credit_id AND r.outcome = 'refunded'"
		" AND r.other_transfer_id = b.transfer_id WHERE r.transfer_id IS NULL"},
	{"bank_line", "it names no transfer",
		"SELECT l.source || ' ' || l.line_key FROM bank_line l LEFT JOIN transfer t"
		" ON t.id = l.transfer_id WHERE t.id IS NULL"},
	{"resolution", "its two persons did not propose the same",
		"SELECT r.transfer_id || '' FROM resolution r WHERE r.second_person <> ''"
		" AND (SELECT count(DISTINCT q.person) FROM resolution_proposal q"
		"  WHERE q.transfer_id = r.transfer_id AND q.outcome = r.outcome"
		"  AND coalesce(q.stall_id, 0) = coalesce(r.stall_id, 0)"
		"  AND coalesce(q.charge_id, 0) = coalesce(r.charge_id, 0)"
		"  AND coalesce(q.other_transfer_id, 0) = coalesce(r.other_transfer_id, 0)"
		"  AND q.person IN (r.person, r.second_person)) <> 2"},
	{"suspense", "its amount is not its transfer's",
		"SELECT u.transfer_id || '' FROM suspense u LEFT JOIN transfer t"
		" ON t.id = u.transfer_id WHERE t.id IS NULL OR u.amount <> t.amount"},
	{"transfer", "no key protects it from being booked twice",
		/* A lookup for each, or one pass over both; a join would walk an account's keys for
		 * each of its transfers, and PostgreSQL searches a long NOT IN from its start. */
		"SELECT t.id || '' FROM transfer t WHERE NOT EXISTS"
		" (SELECT 1 FROM transfer_key k WHERE k.transfer_id = t.id)"},
	{"transfer_key", "it names no transfer, or another amount",
		"SELECT k.account_no || ' ' || k.key FROM transfer_key k LEFT JOIN transfer t"
		" ON t.id = k.transfer_id WHERE t.id IS NULL OR t.amount <> k.amount"
		" OR t.outgoing <> k.outgoing OR (k.merged_by = '' AND k.account_no <> ''"
		" AND t.account_no <> k.account_no AND t.virtual_account <> k.account_no)"},
	{"transfer", "the bank's bytes are missing",
		"SELECT t.id || '' FROM transfer t LEFT JOIN delivery d ON d.id = t.delivery_id"
		" WHERE d.id IS NULL AND NOT EXISTS (SELECT 1 FROM archived_month m"
		" WHERE m.table_name = 'delivery'"
		" AND t.delivery_id BETWEEN m.first_id AND m.last_id)"},
};

struct err
store_verify(struct db *db, found_fn found, void *arg)
{
	struct db_stmt *stmt;
	bool row;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		TRY(db_prepare(db, rules[i].sql, &stmt));
		for (;;) {
			TRY(db_step(stmt, &row));
			if (!row)
				break;
			found(arg, rules[i].table, db_str(stmt, 0), rules[i].fault);
		}
	}
	return OK;
}

struct err
store_count(struct db *db, struct store_counts *counts)
{
	/* A credit told twice is one: its second telling is neither received nor held. */
	static const char COUNT[] =
		"SELECT (SELECT count(*) FROM transfer), (SELECT count(*) FROM payment),"
		" (SELECT count(*) FROM suspense u LEFT JOIN resolution r"
		"  ON r.transfer_id = u.transfer_id WHERE r.transfer_id IS NULL),"
		" (SELECT count(*) FROM (SELECT DISTINCT stall_id, day FROM cell) AS c),"
		" (SELECT count(*) FROM charge),"
		" (SELECT coalesce(sum(amount), 0) FROM transfer WHERE outgoing = 0),"
		" (SELECT coalesce(sum(amount), 0) FROM payment),"
		" (SELECT coalesce(sum(u.amount), 0) FROM suspense u LEFT JOIN payment p"
		"  ON p.transfer_id = u.transfer_id WHERE p.id IS NULL),"
		" (SELECT coalesce(sum(u.amount), 0) FROM suspense u JOIN resolution r"
		"  ON r.transfer_id = u.transfer_id WHERE r.outcome = 'duplicate'),"
		" (SELECT coalesce(sum(amount), 0) FROM adjustment)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, COUNT, &stmt));
	TRY(db_one(stmt, "counts"));
	counts->transfers = db_int(stmt, 0);
	counts->payments = db_int(stmt, 1);
	counts->suspense = db_int(stmt, 2);
	counts->cells = db_int(stmt, 3);
	counts->charges = db_int(stmt, 4);
	counts->repeated.dong = db_int(stmt, 8);
	counts->received.dong = db_int(stmt, 5) - counts->repeated.dong;
	counts->attributed.dong = db_int(stmt, 6);
	counts->held.dong = db_int(stmt, 7) - counts->repeated.dong;
	counts->refunded.dong = db_int(stmt, 9);
	db_reset(stmt);
	return OK;
}
