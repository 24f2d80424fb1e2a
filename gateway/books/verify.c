/* The ledger against itself: every sum, what the bytes say, and what decided each payment. */
#include "chopay/snapshots.h"

#include "books.h"
#include "verify.h"

void
found_id(found_fn found, void *arg, const char *table, int64_t id, const char *fault)
{
	struct buf key CLEANUP(buf_fini) = {0};

	buf_addf(&key, "%lld", (long long)id);
	found(arg, table, buf_str(&key), fault);
}

/* ---- payments: does what decided them still say so? ----------------------------------------- */

/* A reference in the note, or the feed's hint, that names this stall, or exactly this charge. */
static bool
is_named(const struct payment *payment, const struct transfer *transfer, bool exactly)
{
	struct str prefix = str_cut(payment->stall_reference, 0, 2);
	struct transfer again = *transfer;
	struct reference stall;
	struct references found;

	if (!reference_is(prefix, payment->stall_reference, &stall))
		return false;
	evidence_references(prefix, &again, transfer->code_hint, &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct reference *one = &found.items[i];

		if (exactly ? str_eq(str_from(one->text), payment->charge_reference)
			    : reference_stall_number(one) == reference_stall_number(&stall))
			return true;
	}
	return false;
}

static struct err
explained(struct db *db, const struct payment *payment, const struct transfer *transfer, bool *yes)
{
	struct str by = payment->matched_by;

	*yes = false;
	if (str_eq(by, str_from(matched_by_name(MATCHED_CHARGE)))) {
		*yes = is_named(payment, transfer, true);
	} else if (str_eq(by, str_from(matched_by_name(MATCHED_STALL_REFERENCE)))) {
		*yes = is_named(payment, transfer, false);
	} else if (str_eq(by, str_from(matched_by_name(MATCHED_BY_HAND)))) {
		*yes = true; /* its resolution is a rule of store_verify */
	} else if (str_eq(by, str_from(matched_by_name(MATCHED_VIRTUAL_ACCOUNT))) ||
		   str_eq(by, str_from(matched_by_name(MATCHED_SOLE_STALL)))) {
		TRY(accounts_serve(db, payment->stall_id, transfer->account_no, yes));
		if (!*yes && transfer->virtual_account.len > 0)
			TRY(accounts_serve(db, payment->stall_id, transfer->virtual_account, yes));
	}
	return OK;
}

static struct err
verify_payments(struct db *db, found_fn found, void *arg)
{
	int64_t after = 0;
	size_t count;

	do {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct payment *payments = arena_alloc(arena, ROWS_AT_ONCE * sizeof(*payments));

		TRY(payments_after(db, arena, after, INT64_MIN, ROWS_AT_ONCE, payments, &count));
		for (size_t i = 0; i < count; i++) {
			struct transfer transfer;
			bool yes;

			after = payments[i].id;
			TRY(transfers_get(db, arena, payments[i].transfer_id, &transfer));
			TRY(explained(db, &payments[i], &transfer, &yes));
			if (!yes)
				found_id(found, arg, "payment", after,
					"what it says it was matched by does not lead to its stall");
		}
	} while (count > 0);
	return OK;
}

/* ---- adjustments: does the money that went out say so? -------------------------------------- */

static bool
same_reference(const struct transfer *in, const struct transfer *out)
{
	struct bank_ref a, b;

	bank_ref_read(in->bank_ref, in->account_no, in->virtual_account, &a);
	bank_ref_read(out->bank_ref, out->account_no, out->virtual_account, &b);
	return a.strength == BANK_REF_IDENTIFIES && str_eq(str_from(a.text), str_from(b.text)) &&
	       in->amount.dong == out->amount.dong;
}

static struct err
adjustment_explained(
	struct db *db, struct arena *arena, const struct adjustment *adjustment, bool *yes)
{
	struct payment payment;
	struct transfer in, out;
	struct err err = payments_get(db, arena, adjustment->payment_id, &payment);

	*yes = true; /* without its payment, by hand or with no transfer: rules of store_verify */
	if (err.code == ERR_NOT_FOUND || adjustment->transfer_id == 0 ||
		str_eq(adjustment->matched_by, str_from(matched_by_name(MATCHED_BY_HAND))))
		return err.code == ERR_NOT_FOUND ? OK : err;
	TRY(err);
	TRY(transfers_get(db, arena, payment.transfer_id, &in));
	TRY(transfers_get(db, arena, adjustment->transfer_id, &out));
	*yes = str_eq(adjustment->matched_by, STR("bank_reference"))
		       ? same_reference(&in, &out)
		       : is_named(&payment, &out, str_eq(adjustment->matched_by, STR("charge")));
	return OK;
}

static struct err
verify_adjustments(struct db *db, found_fn found, void *arg)
{
	int64_t after = 0;
	size_t count;

	do {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct adjustment *adjustments = arena_alloc(
			arena, ROWS_AT_ONCE * sizeof(*adjustments));

		TRY(adjustments_list(db, arena, after, ROWS_AT_ONCE, adjustments, &count));
		for (size_t i = 0; i < count; i++) {
			bool yes;

			after = adjustments[i].id;
			TRY(adjustment_explained(db, arena, &adjustments[i], &yes));
			if (!yes)
				found_id(found, arg, "adjustment", after,
					"the money that went out does not name its payment");
		}
	} while (count > 0);
	return OK;
}

/* ---- who looked at what ------------------------------------------------------------------------
 */

struct found_line {
	found_fn found;
	void *arg;
};

static void
found_audit(void *arg, int64_t id, const char *fault)
{
	const struct found_line *line = arg;

	found_id(line->found, line->arg, "audit", id, fault);
}

/* Counts the rows named one by one; "*" is a whole table. */
struct named_rows {
	found_fn found;
	void *arg;
	size_t count;
};

static void
name_row(void *arg, const char *table, struct str key, const char *fault)
{
	struct named_rows *named = arg;

	named->count += !str_eq(key, STR("*"));
	named->found(named->arg, table, key, fault);
}

static struct err
verify_all(struct db *db, const struct crypt *crypt, found_fn found, void *arg, int64_t *unchecked)
{
	struct named_rows named = {found, arg, 0};

	TRY(store_verify_seals(db, name_row, &named, unchecked));
	TRY(verify_deliveries(db, crypt, name_row, &named));
	/* A row that somebody changed upsets sums elsewhere: name it alone.  What else is wrong
	 * shows when it is as it was. */
	if (named.count > 0)
		return OK;
	TRY(store_verify(db, found, arg));
	TRY(verify_transfers(db, found, arg));
	TRY(verify_merged(db, found, arg));
	TRY(verify_payments(db, found, arg));
	TRY(audit_verify(db, found_audit, &(struct found_line){found, arg}));
	return verify_adjustments(db, found, arg);
}

struct err
ledger_verify(
	struct db *db, const struct crypt *crypt, found_fn found, void *arg, int64_t *unchecked)
{
	struct err err;

	TRY(store_begin(db)); /* one state of the books, whatever is written meanwhile */
	err = verify_all(db, crypt, found, arg, unchecked);
	store_rollback(db);
	return err;
}
