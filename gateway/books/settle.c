/* Settle: what a bank says it saw becomes a transfer, and a payment or a credit in suspense. */
#include "books.h"
#include "chopay/charge.h"
#include "chopay/json.h"
#include "chopay/log.h"

/* A feed whose clock runs ahead of ours by more than this told us a wrong zone (FEEDS section 4):
 * the arrival is the better time. */
#define FUTURE_MAX_MS (5 * 60 * MS_PER_SECOND)

/* ---- evidence ------------------------------------------------------------------------------ */

static bool
closed_on(const struct account_stall *stall, int64_t booked_at_ms)
{
	return day_of(booked_at_ms, stall->day_cut_min) >= stall->close_day;
}

/* Whose account did the money come in on?  A virtual account names its stall more closely than
 * the account behind it. */
static struct err
gather_stalls(struct db *db, const struct transfer *transfer, struct str bank_bin,
	struct match_evidence *evidence)
{
	const struct {
		struct str account_no;
		bool is_virtual;
	} receiving[] = {{transfer->virtual_account, true}, {transfer->account_no, false}};
	struct account_stall stalls[MATCH_STALLS_MAX];

	for (size_t i = 0; i < 2 && evidence->stall_count == 0; i++) {
		bool known = false;

		if (receiving[i].account_no.len == 0)
			continue;
		TRY(accounts_stalls(db, receiving[i].account_no, bank_bin, MATCH_STALLS_MAX, stalls,
			&evidence->stall_count, &known));
		/* Aggregators and registers name a bank differently (Timo, BVBank): the number
		 * alone is as good while one bank only has it. */
		if (!known && bank_bin.len > 0)
			TRY(accounts_stalls(db, receiving[i].account_no, (struct str){NULL, 0},
				MATCH_STALLS_MAX, stalls, &evidence->stall_count, &known));
		evidence->account_known = evidence->account_known || known;
		for (size_t n = 0; n < evidence->stall_count; n++)
			evidence->stalls[n] = (struct match_stall){
				.id = stalls[n].stall_id,
				.closed = closed_on(&stalls[n], transfer->booked_at_ms),
				.virtual_account = receiving[i].is_virtual,
			};
	}
	return OK;
}

static struct err
gather_reference(struct tx *tx, struct arena *arena, const struct transfer *transfer,
	struct match_reference *found)
{
	struct str text = str_from(found->reference.text);
	struct stall stall;
	struct charge charge;
	struct err err;

	if (reference_is_charge(&found->reference)) {
		err = charges_find(tx->db, arena, text, &charge);
		if (err.code == ERR_OK) {
			found->charge_id = charge.id;
			err = stalls_get(tx->db, arena, charge.stall_id, &stall);
		}
	} else {
		err = stalls_find(tx->db, arena, text, &stall);
	}
	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	found->stall_id = stall.id;
	found->stall_closed = day_of(transfer->booked_at_ms, stall.day_cut_min) >= stall.close_day;
	TRY(accounts_serve(tx->db, stall.id, transfer->account_no, &found->serves_account));
	if (!found->serves_account && transfer->virtual_account.len > 0)
		TRY(accounts_serve(
			tx->db, stall.id, transfer->virtual_account, &found->serves_account));
	return OK;
}

static struct err
gather(struct tx *tx, struct arena *arena, const struct transfer *transfer, struct str bank_bin,
	struct match_evidence *evidence)
{
	struct references found;

	*evidence = (struct match_evidence){0};
	TRY(gather_stalls(tx->db, transfer, bank_bin, evidence));
	reference_find(tx->prefix, transfer->note, &found);
	for (size_t i = 0; i < found.count; i++) {
		struct match_reference *one = &evidence->references[evidence->reference_count++];

		one->reference = found.items[i];
		TRY(gather_reference(tx, arena, transfer, one));
	}
	return OK;
}

/* ---- posting ------------------------------------------------------------------------------- */

struct err
charge_notice(struct tx *tx, const struct charge *charge)
{
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf text CLEANUP(buf_fini) = {0};

	json_set_str(body, "reference", charge->reference);
	json_set_i64(body, "amount", charge->amount.dong);
	json_set_i64(body, "paid", charge->paid.dong);
	json_set_str(body, "state", charge->state);
	json_set_time(body, "expires_at", charge->expires_at_ms);
	json_write(&text, body);
	return tx_notice(tx, charge->stall_id, "charge", charge->reference, buf_str(&text));
}

static struct err
pay_charge(struct tx *tx, const struct posting *posting, struct charge *charge)
{
	enum charge_state state, next;

	if (!charge_state_parse(charge->state, &state))
		return FAIL(ERR_BROKEN, "a charge has a state that does not exist");
	TRY(vnd_add(charge->paid, posting->transfer->amount, &charge->paid));
	TRY(charge_next(state,
		charge_money_event(state, charge->amount, charge->paid,
			posting->transfer->booked_at_ms, charge->expires_at_ms),
		&next));
	charge->state = str_from(charge_state_name(next));
	TRY(charges_set(tx->db, charge));
	return charge_notice(tx, charge);
}

/* `late`: money of a market day before today's, never to be shown or spoken as arriving now. */
static struct err
payment_notice(struct tx *tx, const struct payment *payment, const struct charge *charge, bool late)
{
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf text CLEANUP(buf_fini) = {0};

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
		json_set_str(body, "state", charge->state);
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
	struct stall stall;

	TRY(stalls_get(tx->db, posting->arena, posting->stall_id, &stall));
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
	};
	TRY(payments_put(tx->db, &payment));
	TRY(cells_add(tx->db, payment.stall_id, payment.day, 1, payment.amount));
	if (posting->charge_id != 0) {
		TRY(charges_get(
			tx->db, posting->arena, posting->stall_id, posting->charge_id, &charge));
		TRY(pay_charge(tx, posting, &charge));
	}
	TRY(payment_notice(tx, &payment, posting->charge_id == 0 ? NULL : &charge,
		payment.day < day_of(tx->now_ms, stall.day_cut_min)));
	*payment_id = payment.id;
	return OK;
}

/* ---- one transfer ---------------------------------------------------------------------------- */

static struct str
or_empty(struct str text)
{
	return text.ptr == NULL ? STR("") : text;
}

static struct transfer
transfer_of(struct tx *tx, const struct settle_command *settle, const struct feed_event *event,
	int64_t delivery_id)
{
	bool told = event->time_ms != NO_TIME && event->time_ms <= tx->now_ms + FUTURE_MAX_MS;

	return (struct transfer){
		.id = tx_next_id(tx),
		.delivery_id = delivery_id,
		.feed = str_from(settle->feed->name),
		.provider_txn_id = event->provider_txn_id,
		.bank_ref = or_empty(event->bank_txn_id),
		.bank = or_empty(event->bank),
		.account_no = event->account,
		.virtual_account = or_empty(event->virtual_account),
		.note = or_empty(event->content),
		.amount = event->amount,
		.outgoing = event->outgoing,
		.booked_at_ms = told ? event->time_ms : tx->now_ms,
		.booked_told = told,
		.arrived_at_ms = tx->now_ms,
	};
}

/* The id is known: the first stays.  With another amount a person must look. */
static struct err
settle_replay(struct tx *tx, struct str key, const struct transfer *transfer,
	const struct transfer_claim *claim, struct settlement *out)
{
	struct buf detail CLEANUP(buf_fini) = {0};

	out->replay = true;
	out->transfer_id = claim->first_id;
	out->conflict = !claim->same;
	if (claim->same)
		return OK;
	buf_addf(&detail, "first=%lld again_amount=%lld again_outgoing=%d",
		(long long)claim->first_id, (long long)transfer->amount.dong, transfer->outgoing);
	log_warn("id_conflict", "key=%.*s first stays", STR_FMT(key));
	return alarms_put(
		tx->db, tx_next_id(tx), STR("id_conflict"), key, buf_str(&detail), tx->now_ms);
}

static struct err
settle_one(struct tx *tx, struct settle_command *settle, size_t n, int64_t delivery_id)
{
	const struct feed_event *event = &settle->events[n];
	struct settlement *out = &settle->settlements[n];
	struct arena *arena = settle->command.arena;
	struct transfer transfer = transfer_of(tx, settle, event, delivery_id);
	struct str key = arena_printf(
		arena, "%s:%.*s", settle->feed->key_prefix, STR_FMT(event->provider_txn_id));
	struct match_evidence evidence;
	struct transfer_claim claim;
	struct match match_made;

	TRY(transfers_claim(tx->db, key, &transfer, &claim));
	if (!claim.fresh)
		return settle_replay(tx, key, &transfer, &claim, out);
	TRY(transfers_put(tx->db, &transfer));
	out->transfer_id = transfer.id;
	out->outgoing = transfer.outgoing;
	if (transfer.outgoing)
		return OK; /* kept, so that a refund can be linked to it; never a payment */

	/* Money that names nobody is still money: match() sends it to suspense, with the reason. */
	TRY(gather(tx, arena, &transfer, settle->bank_bins[n], &evidence));
	match_made = match(&evidence);
	if (match_made.by == MATCHED_NONE)
		return suspense_put(
			tx->db, &(struct suspense){
					.transfer_id = transfer.id,
					.reason = str_from(suspense_reason_name(match_made.reason)),
					.amount = transfer.amount,
					.rule_version = MATCH_RULE_VERSION,
					.created_at_ms = tx->now_ms,
				});
	out->stall_id = match_made.stall_id;
	return post_payment(tx,
		&(struct posting){
			&transfer, match_made.stall_id, match_made.charge_id, match_made.by, arena},
		&out->payment_id);
}

struct err
settle_apply(struct tx *tx, struct command *self)
{
	struct settle_command *settle = (struct settle_command *)self;
	unsigned char digest[SHA256_SIZE];
	struct delivery delivery = {
		.id = tx_next_id(tx),
		.endpoint_id = settle->endpoint_id,
		.feed = str_from(settle->feed->name),
		.content_type = or_empty(settle->content_type),
		.raw = settle->raw,
		.raw_sha256 = {(const char *)digest, sizeof(digest)},
		.received_at_ms = tx->now_ms,
	};

	crypt_sha256(tx->crypt, settle->raw, digest);
	settle->settlements = arena_alloc(
		self->arena, (settle->event_count + 1) * sizeof(*settle->settlements));
	TRY(deliveries_put(tx->db, &delivery));
	for (size_t n = 0; n < settle->event_count; n++) {
		const struct settlement *out = &settle->settlements[n];

		TRY(settle_one(tx, settle, n, delivery.id));
		/* A webhook for what a list told first (lines.c waits for it). */
		if ((out->replay || out->merged) && settle->feed->mode_count > 0)
			TRY(awaited_told(tx->db, out->transfer_id, tx->now_ms));
	}
	return OK;
}
