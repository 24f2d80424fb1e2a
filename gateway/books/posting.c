/* Posting: a credit becomes a payment of a stall, with its cell, its charge and the notices. */
#include "books.h"
#include "chopay/charge.h"
#include "chopay/json.h"
#include "chopay/minted.h"

struct err
charge_notice(struct tx *tx, const struct charge *charge)
{
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf text CLEANUP(buf_fini) = {0};

	json_set_i64(body, "version", NOTICE_VERSION);
	json_set_str(body, "reference", charge->reference);
	json_set_i64(body, "amount", charge->amount.dong);
	json_set_i64(body, "paid", charge->paid.dong);
	json_set_i64(body, "refunded", charge->refunded.dong);
	json_set_i64(body, "missing", charge_missing(charge).dong);
	json_set_str(body, "state", charge->state);
	json_set_time(body, "expires_at", charge->expires_at_ms);
	json_write(&text, body);
	return tx_notice(tx, charge->stall_id, "charge", charge->reference, buf_str(&text));
}

struct err
charge_take(struct charge *charge, struct vnd amount, int64_t booked_at_ms)
{
	enum charge_state state, next;
	struct vnd held;

	if (!charge_state_parse(charge->state, &state))
		return FAIL(ERR_BROKEN, "a charge has a state that does not exist");
	TRY(vnd_add(charge->paid, amount, &charge->paid));
	held.dong = charge->paid.dong - charge->refunded.dong;
	TRY(charge_next(state,
		charge_money_event(
			state, charge->amount, held, booked_at_ms, charge->expires_at_ms),
		&next));
	charge->state = str_from(charge_state_name(next));
	return OK;
}

/* Of a charge that the stall's phone has not told of yet, only the reference is known: what was
 * asked, and whether this is enough, the phone will say. */
static struct err
pay_charge(struct tx *tx, const struct posting *posting, struct charge *charge)
{
	struct err err = charges_get(
		tx->db, posting->arena, posting->stall_id, posting->charge_id, charge);

	if (err.code == ERR_NOT_FOUND) {
		*charge = (struct charge){.state = STR("")};
		return minted_reference(tx->db, posting->arena, posting->stall_id,
			posting->charge_id, &charge->reference);
	}
	TRY(err);
	TRY(charge_take(charge, posting->transfer->amount, posting->transfer->booked_at_ms));
	TRY(charges_set(tx->db, charge));
	return charge_notice(tx, charge);
}

/* `late`: money of a market day before today's, never to be shown or spoken as arriving now. */
static struct err
payment_notice(struct tx *tx, const struct payment *payment, const struct charge *charge, bool late)
{
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf text CLEANUP(buf_fini) = {0};

	json_set_i64(body, "version", NOTICE_VERSION);
	json_set_id(body, "id", payment->id);
	json_set_i64(body, "amount", payment->amount.dong);
	json_set_time(body, "booked_at", payment->booked_at_ms);
	json_set_str(body, "matched_by", payment->matched_by);
	json_object_set_new(body, "late", json_boolean(late));
	if (charge == NULL) {
		json_object_set_new(body, "charge", json_null());
		json_set_str(body, "state", STR("confirmed"));
	} else {
		json_set_str(body, "charge", charge->reference);
		json_set_str(
			body, "state", charge->state.len > 0 ? charge->state : STR("confirmed"));
	}
	if (charge != NULL && charge->state.len > 0) {
		json_set_i64(body, "charge_amount", charge->amount.dong);
		json_set_i64(body, "charge_paid", charge->paid.dong);
	}
	json_write(&text, body);
	return tx_notice(tx, payment->stall_id, "payment",
		charge == NULL ? STR("") : charge->reference, buf_str(&text));
}

struct err
post_payment(struct tx *tx, const struct posting *posting, int64_t *payment_id)
{
	const struct transfer *transfer = posting->transfer;
	struct payment payment;
	struct charge charge;
	struct stall_days stall;

	TRY(stalls_days(tx->db, posting->arena, posting->stall_id, &stall));
	payment = (struct payment){
		.id = tx_next_id(tx),
		.stall_id = posting->stall_id,
		.transfer_id = transfer->id,
		.charge_id = posting->charge_id,
		.amount = transfer->amount,
		.day = day_of(transfer->booked_at_ms, stall.day_cut_min),
		.booked_at_ms = transfer->booked_at_ms,
		.arrived_at_ms = transfer->arrived_at_ms,
		.matched_by = str_from(matched_by_name(posting->by)),
		.rule_version = MATCH_RULE_VERSION,
		.payer = posting->payer,
	};
	TRY(payments_put(tx->db, &payment));
	TRY(cells_add(tx->db, payment.stall_id, payment.day, 1, payment.amount));
	if (posting->charge_id != 0)
		TRY(pay_charge(tx, posting, &charge));
	TRY(payment_notice(tx, &payment, posting->charge_id == 0 ? NULL : &charge,
		payment.day < day_of(tx->now_ms, stall.day_cut_min)));
	*payment_id = payment.id;
	return OK;
}
