/* purchase.c - fates, purchases, and the transactions that they become. */
#include "purchase.h"

#include "buyer.h"
#include "chopay/clock.h"
#include "memo.h"

#define AGAIN_MIN_MS 200
#define AGAIN_MAX_MS 3000
#define HOLD_MAX 3 /* purchases that may overtake a transaction */

/*
 * A transaction's number: seconds since 2025 in 28 bits, the run's salt in 13, a running number
 * in 12; a new base from the clock when that is used up.  53 bits in all, exact in every JSON
 * reader.  Two runs collide only if they take a base in the same second with the same salt: once
 * in 8192 such pairs.
 */
#define NUMBER_EPOCH_S INT64_C(1735689600)
#define NUMBER_SECONDS (INT64_C(1) << 28)
#define NUMBER_SALTS 8192
#define NUMBER_SALT_SHIFT 12
#define NUMBER_SECONDS_SHIFT 25
#define NUMBER_COUNT (INT64_C(1) << NUMBER_SALT_SHIFT)

int64_t
numbers_next(struct numbers *numbers, int64_t now_ms)
{
	int64_t second = (now_ms / MS_PER_SECOND - NUMBER_EPOCH_S) % NUMBER_SECONDS;

	if (numbers->base == 0 || numbers->used == NUMBER_COUNT) {
		if (second <= numbers->second) /* faster than it may be: borrow from the future */
			second = numbers->second + 1;
		numbers->second = second;
		numbers->base = second << NUMBER_SECONDS_SHIFT |
				(int64_t)(numbers->salt % NUMBER_SALTS) << NUMBER_SALT_SHIFT;
		numbers->used = 0;
	}
	return numbers->base + numbers->used++;
}

/* ---- fates --------------------------------------------------------------------------------- */

/* Mostly 10.000 to 100.000 đồng: vegetables, fish, a bowl of noodles. */
static int64_t
draw_amount(struct prng *prng)
{
	uint64_t kind = prng_below(prng, 100), spread = prng_next(prng);
	uint64_t thousands = kind < 75	 ? 10 + spread % 91
			     : kind < 85 ? 5 + spread % 5
					 : 101 + spread % 400;

	return (int64_t)thousands * 1000;
}

/* A zero forgotten, or some thousands too few. */
static int64_t
draw_short(struct prng *prng, int64_t amount)
{
	bool zero = prng_chance(prng, 5000);
	int64_t less = 1000 + 1000 * (int64_t)prng_below(prng, (uint64_t)amount / 2000);

	return zero ? amount / 10 : amount - less;
}

static enum sepay_proof
draw_forgery(struct prng *prng, enum simulate_mode mode)
{
	enum sepay_proof fitting[SEPAY_PROOFS] = {PROOF_GENUINE};
	size_t count = 0;

	for (enum sepay_proof proof = PROOF_MISSING; proof < SEPAY_PROOFS; proof++) {
		if (sepay_proof_applies(mode, proof))
			fitting[count++] = proof;
	}
	return fitting[count == 0 ? 0 : prng_below(prng, count)];
}

void
fate_draw(const struct simulate_options *options, size_t stand_count, uint64_t n, struct fate *fate)
{
	struct prng *prng = &fate->prng;
	bool too_little, too_much, lost, mangled, repeated;
	uint64_t manner;

	*fate = (struct fate){0};
	prng_seed(prng, options->seed, n);
	fate->stand = prng_below(prng, stand_count);
	fate->from_poster = prng_chance(prng, options->static_codes);
	fate->amount_dong = fate->paid_dong = draw_amount(prng);
	too_little = prng_chance(prng, options->amount_short);
	too_much = prng_chance(prng, options->amount_over);
	if (too_little && !fate->from_poster) /* a poster asks for no amount */
		fate->paid_dong = draw_short(prng, fate->amount_dong);
	else if (too_much && !fate->from_poster)
		fate->paid_dong += 1000 * (1 + (int64_t)prng_below(prng, 10));
	lost = prng_chance(prng, options->no_reference);
	mangled = prng_chance(prng, options->mangle);
	fate->note = lost ? NOTE_LOST : mangled ? NOTE_MANGLED : NOTE_PLAIN;
	repeated = prng_chance(prng, options->duplicates);
	manner = prng_below(prng, 3);
	fate->twin = repeated && manner != 1;
	fate->again = repeated && manner != 0;
	fate->again_ms = AGAIN_MIN_MS + (int64_t)prng_below(prng, AGAIN_MAX_MS - AGAIN_MIN_MS);
	if (prng_chance(prng, options->delay))
		fate->delay_ms = (int64_t)prng_below(
			prng, (uint64_t)options->delay_max_s * MS_PER_SECOND + 1);
	if (prng_chance(prng, options->reorder))
		fate->hold = 1 + (int64_t)prng_below(prng, HOLD_MAX);
	fate->outgoing = prng_chance(prng, options->out);
	fate->favoured = prng_chance(prng, options->favour);
	if (prng_chance(prng, options->forge))
		fate->forgery = draw_forgery(prng, options->mode);
}

/* ---- the code ------------------------------------------------------------------------------ */

static struct err
scan_reference(struct shop *shop, struct str reference, struct vietqr *code, bool *readable)
{
	struct buf png CLEANUP(buf_fini) = {0};
	struct err err;

	TRY(gateway_picture(shop->gateway, reference, &png));
	err = buyer_read(buf_str(&png), code);
	*readable = err.code == ERR_OK;
	if (err.code != ERR_INVALID)
		return err;
	shop->summary->unreadable++;
	summary_fault(shop->summary, "the picture of %.*s: %s", STR_FMT(reference), err.what);
	return OK;
}

static bool
code_is_right(const struct vietqr *code, const struct stand *stand, struct str reference,
	int64_t amount_dong)
{
	return str_eq(str_from(code->bank_bin), stand->bank_bin) &&
	       str_eq(str_from(code->account_no), stand->account_no) &&
	       str_eq(str_from(code->memo), reference) && code->amount_dong == amount_dong;
}

/* What the buyer's phone sees; `*usable` only when it is what the stall wanted to show. */
static struct err
get_code(struct shop *shop, struct stand *stand, const struct fate *fate, uint64_t n,
	struct reference *charge, struct vietqr *code, bool *usable)
{
	struct buf key CLEANUP(buf_fini) = {0};
	struct str reference = stand->reference;
	int64_t asked_dong = 0;

	*usable = true;
	if (fate->from_poster && stand->scanned) {
		*code = stand->poster;
		return OK;
	}
	if (!fate->from_poster) {
		buf_addf(&key, "simulate-%016llx-%llu", (unsigned long long)shop->run_id,
			(unsigned long long)n);
		TRY(gateway_charge(shop->gateway, stand, fate->amount_dong, key.ptr, charge));
		reference = str_from(charge->text);
		asked_dong = fate->amount_dong;
	}
	TRY(scan_reference(shop, reference, code, usable));
	if (*usable && !code_is_right(code, stand, reference, asked_dong)) {
		*usable = false;
		shop->summary->wrong_codes++;
		summary_fault(shop->summary,
			"the code of %.*s asks for %lld đ to account %s with the memo \"%s\"",
			STR_FMT(reference), (long long)code->amount_dong, code->account_no,
			code->memo);
	}
	if (*usable && fate->from_poster) {
		stand->poster = *code;
		stand->scanned = true;
	}
	return OK;
}

/* ---- the payment --------------------------------------------------------------------------- */

/* One purchase on its way through the bank. */
struct sale {
	struct fate *fate;
	const struct stand *stand;
	const struct vietqr *code;
	struct reference charge; /* "" for a poster */
	int64_t started_ms, now_ms;
};

static struct str
sale_reference(const struct sale *sale)
{
	return sale->fate->from_poster ? sale->stand->reference : str_from(sale->charge.text);
}

static void
put_note(struct buf *note, const struct sale *sale, enum note_fate what)
{
	const struct memo memo = {
		.text = str_from(sale->code->memo),
		.reference = sale_reference(sale),
		.bank_bin = str_from(sale->code->bank_bin),
		.account_no = str_from(sale->code->account_no),
		.booked_at_ms = sale->now_ms,
	};

	if (what == NOTE_LOST)
		memo_lose(note, &memo, &sale->fate->prng);
	else if (what == NOTE_MANGLED)
		memo_mangle(note, &memo, &sale->fate->prng);
	else
		buf_add(note, memo.text);
}

static void
copy_reference(struct reference *to, struct str from)
{
	*to = (struct reference){0};
	for (size_t i = 0; i < from.len && i < REFERENCE_SIZE - 1; i++)
		to->text[i] = from.ptr[i];
}

static size_t
keep_entry(struct shop *shop, const struct sale *sale, const struct bank_transaction *transaction,
	enum entry_place place)
{
	struct entry entry = {
		.id = transaction->id,
		.amount_dong = transaction->amount_dong,
		.charge_dong = sale->fate->amount_dong,
		.charge = sale->charge,
		.place = place,
		.shared = sale->stand->shared,
	};

	if (shop->options->skip_check)
		return LEDGER_NONE;
	copy_reference(&entry.stall, sale->stand->reference);
	return ledger_add(shop->ledger, &entry);
}

/* The bank's row of this sale: number, amount and direction are the caller's to change. */
static struct bank_transaction
new_transaction(struct shop *shop, const struct sale *sale, struct str content)
{
	return (struct bank_transaction){
		.id = numbers_next(&shop->numbers, sale->now_ms),
		.bank_bin = str_from(sale->code->bank_bin),
		.account_no = str_from(sale->code->account_no),
		.content = content,
		.booked_at_ms = sale->now_ms,
		.amount_dong = sale->fate->paid_dong,
	};
}

static void
tell(struct shop *shop, const struct bank_transaction *transaction, struct delivery delivery)
{
	delivery.body = (struct buf){0};
	sepay_body(&delivery.body, transaction);
	bank_tell(shop->bank, &delivery);
}

static void
tell_credit(struct shop *shop, const struct sale *sale)
{
	const struct fate *fate = sale->fate;
	int64_t due_ms = clock_monotonic_ms() + fate->delay_ms;
	struct buf note CLEANUP(buf_fini) = {0};
	struct bank_transaction transaction;
	struct delivery delivery;

	put_note(&note, sale, fate->note);
	transaction = new_transaction(shop, sale, buf_str(&note));
	delivery = (struct delivery){
		.kind = DELIVERY_CREDIT,
		.due_ms = due_ms,
		.release_at = fate->hold == 0 ? 0 : shop->summary->purchases + 1 + fate->hold,
		.entry = keep_entry(shop, sale, &transaction,
			fate->note == NOTE_LOST ? ENTRY_OPEN
			: fate->from_poster	? ENTRY_STALL
						: ENTRY_CHARGE),
		.stall_code = sale->stand->code,
		.amount_dong = fate->paid_dong,
		.started_ms = sale->started_ms,
	};
	tell(shop, &transaction, delivery);
	delivery.kind = DELIVERY_DUPLICATE;
	if (fate->twin)
		tell(shop, &transaction, delivery);
	delivery.due_ms += fate->again_ms;
	if (fate->again)
		tell(shop, &transaction, delivery);
}

/* Somebody who knows all but the secret. */
static void
tell_forgery(struct shop *shop, const struct sale *sale)
{
	struct buf note CLEANUP(buf_fini) = {0};
	struct bank_transaction transaction;

	put_note(&note, sale, NOTE_PLAIN);
	transaction = new_transaction(shop, sale, buf_str(&note));
	tell(shop, &transaction,
		(struct delivery){
			.kind = DELIVERY_FORGED,
			.proof = sale->fate->forgery,
			.entry = keep_entry(shop, sale, &transaction, ENTRY_NOWHERE),
		});
}

/* The stall pays somebody, and the note even quotes a reference of its own. */
static void
tell_outgoing(struct shop *shop, const struct sale *sale)
{
	struct buf note CLEANUP(buf_fini) = {0};
	struct bank_transaction transaction;

	put_note(&note, sale, NOTE_PLAIN);
	buf_adds(&note, " tra lai tien thua");
	transaction = new_transaction(shop, sale, buf_str(&note));
	transaction.outgoing = true;
	tell(shop, &transaction,
		(struct delivery){
			.kind = DELIVERY_OUTGOING,
			.entry = keep_entry(shop, sale, &transaction, ENTRY_NOWHERE),
		});
}

struct err
purchase_make(struct shop *shop, uint64_t n)
{
	const struct clock clock = {0};
	struct vietqr code = {0};
	struct fate fate;
	struct stand *stand;
	struct sale sale;
	bool usable;

	fate_draw(shop->options, shop->market->count, n, &fate);
	stand = &shop->market->stands[fate.favoured ? shop->favourite : fate.stand];
	sale = (struct sale){
		.fate = &fate, .stand = stand, .code = &code, .started_ms = clock_monotonic_ms()};
	TRY(get_code(shop, stand, &fate, n, &sale.charge, &code, &usable));
	if (!usable)
		return OK;
	sale.now_ms = clock_now_ms(&clock);
	tell_credit(shop, &sale);
	if (fate.forgery != PROOF_GENUINE)
		tell_forgery(shop, &sale);
	if (fate.outgoing)
		tell_outgoing(shop, &sale);
	shop->summary->purchases++;
	return OK;
}
