/* Given back: money out that a payment explains, told by the bank or by a person.  A payment is
 * never edited; what went back of it is a row of its own, on the payment's own day. */
#include "books.h"
#include "chopay/charge.h"
#include "chopay/charge_commands.h"
#include "chopay/json.h"

#define PAYMENTS_MAX 100 /* of one charge; the newest are given back first */
#define SOLE_DAYS 30	 /* a stall's reference alone names a payment of these days, if only one */
#define EARLY_MS (10 * 60 * MS_PER_SECOND) /* clocks of two feeds differ; a refund follows */

struct refund {
	struct tx *tx;
	struct arena *arena;
	const char *kind, *matched_by;
	int64_t transfer_id; /* 0: no feed has told it */
	struct str person, why;
};

static int64_t
left_of(const struct payment *payment)
{
	return payment->amount.dong - payment->refunded.dong;
}

/* ---- one payment ---------------------------------------------------------------------------- */

/* The state stays: what was paid was paid.  Whether something may be given back is the table's
 * word. */
static struct err
refund_charge(const struct refund *refund, const struct payment *payment, struct vnd amount,
	struct charge *charge, bool *told)
{
	bool reversal = str_eq(str_from(refund->kind), STR("reversal"));
	enum charge_state state;
	struct err err = charges_get(
		refund->tx->db, refund->arena, payment->stall_id, payment->charge_id, charge);

	*told = err.code != ERR_NOT_FOUND;
	if (!*told)
		return OK; /* the phone that minted it has not told of it yet (minted.h) */
	TRY(err);
	if (!charge_state_parse(charge->state, &state))
		return FAIL(ERR_BROKEN, "a charge has a state that does not exist");
	TRY(charge_next(state, reversal ? CHARGE_EVENT_REVERSAL : CHARGE_EVENT_REFUND, &state));
	TRY(vnd_add(charge->refunded, amount, &charge->refunded));
	charge->state = str_from(charge_state_name(state));
	return charges_set(refund->tx->db, charge);
}

/* Of a charge no news of its own: its state is the same, and the stall's page would speak it. */
static struct err
refund_notice(const struct refund *refund, const struct adjustment *made,
	const struct payment *payment, const struct charge *charge)
{
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf text CLEANUP(buf_fini) = {0};

	json_set_i64(body, "version", NOTICE_VERSION);
	json_set_id(body, "id", made->id);
	json_set_str(body, "kind", made->kind);
	json_set_id(body, "payment", payment->id);
	json_set_i64(body, "amount", made->amount.dong);
	json_set_i64(body, "payment_amount", payment->amount.dong);
	json_set_i64(body, "payment_refunded", payment->refunded.dong);
	json_set_str(body, "payment_state", str_from(payment_state(payment)));
	json_set_time(body, "booked_at", payment->booked_at_ms);
	json_set_str(body, "matched_by", made->matched_by);
	json_set_str(body, "why", made->why);
	if (charge == NULL) {
		json_object_set_new(body, "charge", json_null());
	} else {
		json_set_str(body, "charge", charge->reference);
		json_set_str(body, "charge_state", charge->state);
		json_set_i64(body, "charge_amount", charge->amount.dong);
		json_set_i64(body, "charge_paid", charge->paid.dong);
		json_set_i64(body, "charge_refunded", charge->refunded.dong);
	}
	json_write(&text, body);
	return tx_notice(refund->tx, payment->stall_id, "refund",
		charge == NULL ? STR("") : charge->reference, buf_str(&text));
}

/* `payment->refunded` is, afterwards, what it now is. */
static struct err
give_back(const struct refund *refund, struct payment *payment, struct vnd amount,
	struct adjustment *made)
{
	struct tx *tx = refund->tx;
	struct charge charge;
	bool told = false;

	*made = (struct adjustment){
		.id = tx_next_id(tx),
		.stall_id = payment->stall_id,
		.payment_id = payment->id,
		.kind = str_from(refund->kind),
		.amount = amount,
		.day = payment->day,
		.transfer_id = refund->transfer_id,
		.matched_by = str_from(refund->matched_by),
		.person = refund->person,
		.why = refund->why,
		.created_at_ms = tx->now_ms,
	};
	payment->refunded.dong += amount.dong;
	payment->reversed = payment->reversed || str_eq(made->kind, STR("reversal"));
	TRY(adjustments_put(tx->db, made));
	/* Of the payment's day, whenever the money goes back; a payment of which nothing is left is
	 * none. */
	TRY(cells_add(tx->db, payment->stall_id, payment->day, left_of(payment) == 0 ? -1 : 0,
		(struct vnd){-amount.dong}));
	if (payment->charge_id != 0)
		TRY(refund_charge(refund, payment, amount, &charge, &told));
	return refund_notice(refund, made, payment, told ? &charge : NULL);
}

/* ---- told by the bank ----------------------------------------------------------------------- */

/* Did a person record it before the bank told it?  Then the row learns which transfer it was. */
static struct err
seen_by_hand(const struct refund *refund, const struct payment *payments, size_t count,
	struct vnd amount, int64_t *adjustment_id)
{
	for (size_t i = 0; i < count; i++) {
		struct adjustment made;
		struct err err = adjustments_unseen(refund->tx->db, refund->arena,
			payments[i].stall_id, payments[i].id, amount, &made);

		if (err.code == ERR_NOT_FOUND)
			continue;
		TRY(err);
		made.transfer_id = refund->transfer_id;
		*adjustment_id = made.id;
		return adjustments_seen(refund->tx->db, &made);
	}
	return OK;
}

/* All of the amount, newest payments first; or, when they do not cover it, nothing at all. */
static struct err
give_back_all(const struct refund *refund, struct payment *payments, size_t count,
	struct vnd amount, int64_t *adjustment_id)
{
	int64_t left = 0;

	TRY(seen_by_hand(refund, payments, count, amount, adjustment_id));
	for (size_t i = 0; i < count; i++)
		left += left_of(&payments[i]);
	if (*adjustment_id != 0 || left < amount.dong)
		return OK;
	for (size_t i = 0; i < count && amount.dong > 0; i++) {
		int64_t part = left_of(&payments[i]) < amount.dong ? left_of(&payments[i])
								   : amount.dong;
		struct adjustment made;

		if (part == 0)
			continue;
		TRY(give_back(refund, &payments[i], (struct vnd){part}, &made));
		if (*adjustment_id == 0)
			*adjustment_id = made.id;
		amount.dong -= part;
	}
	return OK;
}

/* Money out under the reference of money in, all of it: the bank took it back. */
static struct err
find_reversed(const struct incoming *in, struct payment *payment, bool *found)
{
	const struct transfer *out = &in->transfer;
	const struct str names[] = {out->account_no, out->virtual_account};
	struct str ref = told_ref(in->arena, out, false);
	int64_t transfer_id = 0;
	struct err err;

	*found = false;
	for (size_t i = 0; i < 2 && ref.len > 0 && transfer_id == 0; i++)
		TRY(transfers_by_ref(in->tx->db, names[i], ref, &transfer_id));
	if (transfer_id == 0)
		return OK;
	err = payments_of_transfer(in->tx->db, in->arena, transfer_id, payment);
	*found = err.code == ERR_OK && payment->amount.dong == out->amount.dong;
	return err.code == ERR_NOT_FOUND ? OK : err;
}

/* What its note names: exactly one charge, or one stall, that this account serves. */
struct named {
	int64_t stall_id, charge_id;
};

static struct named
named_by(const struct match_evidence *evidence)
{
	struct named named = {0};

	for (size_t i = 0; i < evidence->reference_count; i++) {
		const struct match_reference *one = &evidence->references[i];

		if (one->stall_id == 0) /* never issued: a chance text */
			continue;
		if (!one->serves_account ||
			(named.stall_id != 0 && named.stall_id != one->stall_id) ||
			(named.charge_id != 0 && one->charge_id != 0 &&
				named.charge_id != one->charge_id))
			return (struct named){0};
		named.stall_id = one->stall_id;
		named.charge_id = one->charge_id != 0 ? one->charge_id : named.charge_id;
	}
	return named;
}

/* A refund follows its payment. */
static size_t
drop_later(struct payment *payments, size_t count, int64_t booked_at_ms)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (payments[i].booked_at_ms <= booked_at_ms + EARLY_MS)
			payments[kept++] = payments[i];
	}
	return kept;
}

static struct err
refund_named(const struct incoming *in, struct refund *refund, const struct named *named,
	int64_t *adjustment_id)
{
	const struct transfer *out = &in->transfer;
	struct payment *payments = arena_alloc(in->arena, PAYMENTS_MAX * sizeof(*payments));
	size_t count;

	if (named->charge_id != 0) {
		refund->matched_by = "charge";
		TRY(payments_of_charge(in->tx->db, in->arena, named->stall_id, named->charge_id,
			PAYMENTS_MAX, payments, &count));
		count = drop_later(payments, count, out->booked_at_ms);
		return give_back_all(refund, payments, count, out->amount, adjustment_id);
	}
	refund->matched_by = "stall_reference";
	TRY(payments_whole(in->tx->db, in->arena, named->stall_id, out->amount,
		out->booked_at_ms - SOLE_DAYS * MS_PER_DAY, out->booked_at_ms + EARLY_MS, 2,
		payments, &count));
	return count == 1 ? give_back_all(refund, payments, count, out->amount, adjustment_id) : OK;
}

struct err
refund_told(const struct incoming *in, struct str bank_bin, struct settlement *out)
{
	struct refund refund = {
		.tx = in->tx,
		.arena = in->arena,
		.kind = "reversal",
		.matched_by = "bank_reference",
		.transfer_id = in->transfer.id,
		.person = STR(""),
		.why = STR(""),
	};
	struct match_evidence evidence;
	struct payment payment;
	struct named named;
	bool reversed;

	TRY(find_reversed(in, &payment, &reversed));
	if (reversed) {
		out->stall_id = payment.stall_id;
		return give_back_all(
			&refund, &payment, 1, in->transfer.amount, &out->adjustment_id);
	}
	TRY(evidence_gather(in, bank_bin, &evidence));
	named = named_by(&evidence);
	if (named.stall_id == 0)
		return OK; /* kept; a person may say what it was */
	refund.kind = "refund";
	TRY(refund_named(in, &refund, &named, &out->adjustment_id));
	out->stall_id = out->adjustment_id == 0 ? 0 : named.stall_id;
	return OK;
}

/* ---- said by a person ----------------------------------------------------------------------- */

/* The money that went out, if a feed has told it: is it this stall's, and not spoken for? */
static struct err
check_out(struct tx *tx, struct arena *arena, const struct payment_refund_command *asked,
	const struct payment *payment)
{
	struct transfer out;
	struct vnd used;
	bool serves, spoken_for;

	TRY(transfers_get(tx->db, arena, asked->transfer_id, &out));
	if (!out.outgoing)
		return FAIL(ERR_INVALID, "that transfer is not money out: name the one that gave"
					 " the money back, or none");
	TRY(accounts_serve(tx->db, payment->stall_id, out.account_no, &serves));
	if (!serves && out.virtual_account.len > 0)
		TRY(accounts_serve(tx->db, payment->stall_id, out.virtual_account, &serves));
	if (!serves)
		return FAIL(ERR_CONFLICT, "that transfer left an account that is not of the"
					  " payment's stall");
	TRY(adjustments_sum(tx->db, out.id, &used));
	if (used.dong + asked->amount.dong > out.amount.dong)
		return FAIL(ERR_CONFLICT, "that transfer is not enough: it, or what is left of it"
					  " after other refunds, is less than this one");
	TRY(money_out_used(tx->db, out.id, &spoken_for));
	return spoken_for && used.dong == 0
		       ? FAIL(ERR_CONFLICT, "that transfer sent a credit in suspense back already")
		       : OK;
}

static struct err
check_refund(const struct payment_refund_command *asked, const struct payment *payment)
{
	if (asked->amount.dong <= 0)
		return FAIL(ERR_INVALID, "the amount must be above 0 đồng");
	if (left_of(payment) == 0)
		return FAIL(ERR_CONFLICT, "all of this payment was given back already");
	if (asked->amount.dong > left_of(payment))
		return FAIL(ERR_CONFLICT, "that is more than is left of this payment");
	return OK;
}

struct err
payment_refund_apply(struct tx *tx, struct command *self)
{
	struct payment_refund_command *asked = (struct payment_refund_command *)self;
	struct refund refund = {
		.tx = tx,
		.arena = self->arena,
		.kind = "refund",
		.matched_by = matched_by_name(MATCHED_BY_HAND),
		.transfer_id = asked->transfer_id,
	};

	TRY(words_check(&asked->person, &asked->why));
	refund.person = asked->person;
	refund.why = asked->why;
	TRY(payments_get(tx->db, self->arena, asked->payment_id, &asked->payment));
	TRY(check_refund(asked, &asked->payment));
	if (asked->transfer_id != 0)
		TRY(check_out(tx, self->arena, asked, &asked->payment));
	return give_back(&refund, &asked->payment, asked->amount, &asked->adjustment);
}
