/* Settle: what a bank says it saw becomes a transfer, and a payment or a credit in suspense. */
#include "books.h"
#include "chopay/charge_commands.h"
#include "payers.h"

static struct str
or_empty(struct str text)
{
	return text.ptr == NULL ? STR("") : text;
}

struct str
event_account(const struct feed_event *event)
{
	return event->account.len > 0 ? event->account : or_empty(event->virtual_account);
}

static struct transfer
transfer_of(struct tx *tx, const struct settle_command *settle, const struct feed_event *event,
	int64_t delivery_id)
{
	bool told = event->time_ms != NO_TIME && event->time_ms <= tx->now_ms + BOOKED_AHEAD_MAX_MS;

	return (struct transfer){
		.id = tx_next_id(tx),
		.delivery_id = delivery_id,
		.feed = str_from(settle->feed->name),
		.provider_txn_id = event->provider_txn_id,
		.bank_ref = or_empty(event->bank_txn_id),
		.bank = or_empty(event->bank),
		.account_no = event_account(event),
		.virtual_account = or_empty(event->virtual_account),
		.note = or_empty(event->content),
		.amount = event->amount,
		.outgoing = event->outgoing,
		.booked_at_ms = told ? event->time_ms : tx->now_ms,
		.booked_told = told,
		.arrived_at_ms = tx->now_ms,
	};
}

/* ---- seen before ---------------------------------------------------------------------------- */

/* The id is known: the first stays.  With another amount, or for another order, a person must look.
 */
static struct err
settle_replay(const struct incoming *in, const struct transfer_claim *claim, struct settlement *out)
{
	const struct transfer *transfer = &in->transfer;
	struct buf subject CLEANUP(buf_fini) = {0}, detail CLEANUP(buf_fini) = {0};

	out->replay = true;
	out->transfer_id = claim->first_id;
	out->conflict = !claim->same;
	if (claim->same)
		return OK;
	buf_addf(&subject, "%s:%.*s", in->feed->key_prefix, STR_FMT(transfer->provider_txn_id));
	buf_addf(&detail, "first=%lld again_amount=%lld again_outgoing=%d",
		(long long)claim->first_id, (long long)transfer->amount.dong, transfer->outgoing);
	if (in->order_code.len > 0)
		buf_addf(&detail, " again_order=%.*s", STR_FMT(in->order_code));
	log_warn("id_conflict", "key=%.*s first stays", STR_FMT(buf_str(&subject)));
	return alarms_put(in->tx->db, tx_next_id(in->tx), STR("id_conflict"), buf_str(&subject),
		buf_str(&detail), in->tx->now_ms);
}

/* Another feed told it before: from now on this feed's id is a name of that transfer, and nothing
 * is booked. */
static struct err
settle_merged(struct incoming *in, int64_t first_id, const char *by, struct settlement *out)
{
	out->merged = true;
	out->transfer_id = first_id;
	return told_merge(in, first_id, by);
}

/* It may be another one again, or contradicts it.  A credit waits for a person; money out was
 * never a payment, but the alarm is the same. */
static struct err
settle_doubtful(const struct incoming *in, enum suspense_reason reason, int64_t other_id,
	struct settlement *out)
{
	struct str name = str_from(suspense_reason_name(reason));
	struct buf subject CLEANUP(buf_fini) = {0}, detail CLEANUP(buf_fini) = {0};

	buf_addf(&subject, "%lld", (long long)in->transfer.id);
	buf_addf(&detail, "other=%lld amount=%lld outgoing=%d", (long long)other_id,
		(long long)in->transfer.amount.dong, in->transfer.outgoing);
	log_warn(name.ptr, "transfer=%.*s %.*s", STR_FMT(buf_str(&subject)),
		STR_FMT(buf_str(&detail)));
	if (in->transfer.outgoing || reason == SUSPENSE_AMOUNT_CONFLICT)
		TRY(alarms_put(in->tx->db, tx_next_id(in->tx), name, buf_str(&subject),
			buf_str(&detail), in->tx->now_ms));
	if (in->transfer.outgoing)
		return OK;
	out->held = true;
	return suspense_put(in->tx->db, &(struct suspense){
						.transfer_id = in->transfer.id,
						.reason = name,
						.amount = in->transfer.amount,
						.rule_version = MATCH_RULE_VERSION,
						.created_at_ms = in->tx->now_ms,
						.other_transfer_id = other_id,
						.payer = in->payer,
					});
}

/* ---- whose it is ---------------------------------------------------------------------------- */

/* The bank asked whether this bill may be paid, and we said so: the bill names its charge, whatever
 * the account is called there. */
static void
believe_bill(struct match_evidence *evidence)
{
	evidence->account_known = true;
	evidence->stall_count = 0;
	for (size_t i = 0; i < evidence->reference_count; i++)
		evidence->references[i].serves_account = true;
}

/* Money that names nobody is still money: match() sends it to suspense, with the reason. */
static struct err
settle_credit(const struct incoming *in, struct str bank_bin, struct settlement *out)
{
	struct match_evidence evidence;
	struct match match_made;

	TRY(evidence_gather(in, bank_bin, &evidence));
	if (in->feed->check_bill != NULL)
		believe_bill(&evidence);
	match_made = match(&evidence);
	if (match_made.by == MATCHED_NONE) {
		out->held = true;
		return suspense_put(in->tx->db,
			&(struct suspense){
				.transfer_id = in->transfer.id,
				.reason = str_from(suspense_reason_name(match_made.reason)),
				.amount = in->transfer.amount,
				.rule_version = MATCH_RULE_VERSION,
				.created_at_ms = in->tx->now_ms,
				.payer = in->payer,
			});
	}
	out->stall_id = match_made.stall_id;
	return post_payment(in->tx,
		&(struct posting){&in->transfer, match_made.stall_id, match_made.charge_id,
			match_made.by, in->arena, in->payer},
		&out->payment_id);
}

/* A bank that asks before the buyer's money moves takes no for an answer. */
static struct err
ask_bill(struct settle_command *settle, const struct incoming *in, const struct feed_event *event)
{
	struct feed_bill bill;

	if (settle->feed->check_bill == NULL)
		return OK;
	TRY(bill_find(in->tx->db, in->arena, event->code_hint, in->tx->now_ms, &bill));
	settle->refused = settle->feed->check_bill(event, &bill);
	return settle->refused == FEED_OK ? OK : FAIL(ERR_CONFLICT, "the bill may not be paid");
}

static struct err
name_payer(const struct settle_command *settle, size_t n, struct incoming *in)
{
	const struct payer_account account = {
		.bank_bin = settle->payer_bins == NULL ? STR("") : settle->payer_bins[n],
		.account_no = or_empty(settle->events[n].payer_account),
		.year = payer_year(in->transfer.booked_at_ms),
	};

	return payer_make(in->tx->payer_keys, in->tx->db, &account, &in->payer);
}

static struct err
settle_fresh(struct settle_command *settle, size_t n, struct incoming *in)
{
	const struct feed_event *event = &settle->events[n];
	struct settlement *out = &settle->settlements[n];
	struct identity_verdict verdict;
	int64_t other_id;

	TRY(ask_bill(settle, in, event));
	evidence_references(in->tx->prefix, &in->transfer, or_empty(event->code_hint), &in->found);
	TRY(told_identify(in, &verdict, &other_id));
	if (verdict.is == IDENTITY_SAME)
		return settle_merged(in, other_id, verdict.by, out);
	TRY(transfers_put(in->tx->db, &in->transfer));
	out->transfer_id = in->transfer.id;
	if (!in->transfer.outgoing)
		TRY(name_payer(settle, n, in));
	if (verdict.is != IDENTITY_NEW)
		return settle_doubtful(in,
			verdict.is == IDENTITY_CONFLICT ? SUSPENSE_AMOUNT_CONFLICT
							: SUSPENSE_POSSIBLE_DUPLICATE,
			other_id, out);
	if (in->transfer.outgoing)
		return refund_told(in, settle->bank_bins[n], out);
	return settle_credit(in, settle->bank_bins[n], out);
}

static struct err
settle_one(struct tx *tx, struct settle_command *settle, size_t n, int64_t delivery_id)
{
	struct settlement *out = &settle->settlements[n];
	struct incoming in = {
		.tx = tx,
		.arena = settle->command.arena,
		.feed = settle->feed,
		.transfer = transfer_of(tx, settle, &settle->events[n], delivery_id),
		.told_ms = settle->events[n].time_ms,
		.order_code = or_empty(settle->events[n].order_code),
	};
	struct transfer_claim claim;

	out->outgoing = in.transfer.outgoing;
	TRY(told_claim(&in, &claim));
	return claim.fresh ? settle_fresh(settle, n, &in) : settle_replay(&in, &claim, out);
}

/* A large file is booked by many commands: its bytes are kept by the first. */
static struct err
keep_bytes(struct tx *tx, struct settle_command *settle)
{
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

	settle->kept_id = settle->delivery_id;
	if (settle->kept_id != 0)
		return OK;
	crypt_sha256(tx->crypt, settle->raw, digest);
	TRY(deliveries_put(tx->db, &delivery));
	settle->kept_id = delivery.id;
	return OK;
}

struct err
settle_apply(struct tx *tx, struct command *self)
{
	struct settle_command *settle = (struct settle_command *)self;

	settle->refused = FEED_OK;
	settle->settlements = arena_alloc(
		self->arena, (settle->event_count + 1) * sizeof(*settle->settlements));
	TRY(keep_bytes(tx, settle));
	for (size_t n = 0; n < settle->event_count; n++) {
		const struct settlement *out = &settle->settlements[n];

		TRY(settle_one(tx, settle, n, settle->kept_id));
		/* A webhook for what a list told first (lines.c waits for it). */
		if ((out->replay || out->merged) && settle->feed->mode_count > 0)
			TRY(awaited_told(tx->db, out->transfer_id, tx->now_ms));
	}
	return OK;
}
