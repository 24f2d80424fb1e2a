/* What a stall says that no bank has told: looked into, kept and told to the operator.  Nothing is
 * booked by it: the books go by the banks. */
#include "books.h"
#include "chopay/suspense_commands.h"

#define CANDIDATES_LOOKED_AT 20
#define SAME_TIME_MS (10 * 60 * INT64_C(1000)) /* a claim repeated: people round the time */
#define DOUBLE_TAP_MS (60 * INT64_C(1000))

struct claiming {
	struct tx *tx;
	struct claim_command *asked;
	struct arena *arena;
	struct claim *before; /* this stall's of the last day, newest first */
	size_t before_count;
};

static bool
is_repeat(const struct claim *before, const struct claim *claim)
{
	int64_t apart = before->at_ms - claim->at_ms;

	return str_eq(before->kind, claim->kind) && before->amount.dong == claim->amount.dong &&
	       apart <= SAME_TIME_MS && apart >= -SAME_TIME_MS;
}

static struct err
read_before(struct claiming *all)
{
	struct tx *tx = all->tx;

	all->before = arena_alloc(all->arena, CLAIMS_A_DAY_MAX * sizeof(*all->before));
	return claims_recent(tx->db, all->arena, all->asked->stall_id,
		id_at(tx->now_ms - MS_PER_DAY), CLAIMS_A_DAY_MAX, all->before, &all->before_count);
}

/* The same, said twice by an impatient finger: the claim is the one that was kept. */
static bool
said_just_now(struct claiming *all)
{
	struct claim *claim = &all->asked->claim;

	for (size_t i = 0; i < all->before_count; i++) {
		const struct claim *one = &all->before[i];

		if (one->created_at_ms >= claim->created_at_ms - DOUBLE_TAP_MS &&
			is_repeat(one, claim) && str_eq(one->answer, claim->answer) &&
			one->payment_id == claim->payment_id && str_eq(one->why, claim->why)) {
			*claim = *one;
			return true;
		}
	}
	return false;
}

static struct err
keep(struct claiming *all)
{
	if (all->before_count == CLAIMS_A_DAY_MAX)
		return FAIL(ERR_CONFLICT, "the stall has reported enough for one day; the market's"
					  " operator can be called");
	return claims_put(all->tx->db, &all->asked->claim);
}

static void
put_amount(struct buf *out, struct vnd amount)
{
	vnd_format(out, amount);
	buf_adds(out, " đ");
}

/* ---- a buyer says that they transferred ----------------------------------------------------- */

static struct err
find_payment(struct claiming *all, struct claim *claim)
{
	struct payment payment;
	size_t count;

	TRY(payments_like(all->tx->db, all->arena, claim->stall_id, claim->amount,
		claim->at_ms - CLAIM_BEFORE_MS, claim->at_ms + CLAIM_AFTER_MS, 1, &payment,
		&count));
	if (count == 0)
		return OK;
	claim->answer = STR("found");
	claim->payment_id = payment.id;
	return OK;
}

/* On an account of this stall alone it can be nobody else's. */
static struct err
find_held(struct claiming *all, struct claim *claim, int64_t *ids, size_t *count)
{
	struct stall_days stalls[2];
	size_t stall_count;

	TRY(suspense_like(all->tx->db, all->asked->account_no, claim->amount,
		claim->at_ms - CLAIM_BEFORE_MS, claim->at_ms + CLAIM_AFTER_MS, CANDIDATES_LOOKED_AT,
		ids, count));
	if (*count == 0)
		return OK;
	TRY(accounts_stalls(
		all->tx->db, all->arena, all->asked->account_no, STR(""), 2, stalls, &stall_count));
	if (stall_count != 1)
		return OK;
	claim->answer = STR("held");
	claim->transfer_id = ids[0];
	return OK;
}

static struct err
alarm_not_arrived(struct claiming *all, const int64_t *ids, size_t count)
{
	const struct claim *claim = &all->asked->claim;
	struct buf detail CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < all->before_count; i++) {
		if (is_repeat(&all->before[i], claim) &&
			!str_eq(all->before[i].answer, STR("found")))
			return OK; /* the operator knows */
	}
	put_amount(&detail, claim->amount);
	buf_adds(&detail, " sent at ");
	time_format_rfc3339(&detail, claim->at_ms);
	buf_adds(&detail, count == 0 ? ", says a buyer; no bank has told of it"
				     : ", says a buyer; in suspense may be it:");
	for (size_t i = 0; i < count; i++)
		buf_addf(&detail, " %lld", (long long)ids[i]);
	return alarms_put(all->tx->db, tx_next_id(all->tx), STR("buyer_says_paid"),
		all->asked->stall_reference, buf_str(&detail), all->tx->now_ms);
}

struct err
claim_not_arrived_apply(struct tx *tx, struct command *self)
{
	struct claim_command *asked = (struct claim_command *)self;
	struct claiming all = {.tx = tx, .asked = asked, .arena = self->arena};
	int64_t ids[CANDIDATES_LOOKED_AT];
	size_t count = 0;

	if (asked->amount.dong <= 0)
		return FAIL(ERR_INVALID, "the amount must be above 0 đồng");
	asked->claim = (struct claim){
		.stall_id = asked->stall_id,
		.id = tx_next_id(tx),
		.kind = STR("not_arrived"),
		.amount = asked->amount,
		.at_ms = asked->at_ms,
		.answer = STR("not_told"),
		.why = STR(""),
		.who = asked->who,
		.created_at_ms = tx->now_ms,
	};
	TRY(read_before(&all));
	if (!asked->not_these)
		TRY(find_payment(&all, &asked->claim));
	if (asked->claim.payment_id == 0)
		TRY(find_held(&all, &asked->claim, ids, &count));
	if (said_just_now(&all))
		return OK;
	TRY(keep(&all));
	return str_eq(asked->claim.answer, STR("found")) ? OK : alarm_not_arrived(&all, ids, count);
}

/* ---- given back by hand -----------------------------------------------------------------------
 */

/* What the books say went back, and what was said before of what they do not know yet. */
static struct err
check_left(struct claiming *all, const struct payment *payment)
{
	struct claim *said = arena_alloc(all->arena, CLAIMS_A_DAY_MAX * sizeof(*said));
	int64_t before = 0;
	size_t count;

	TRY(claims_of_payment(all->tx->db, all->arena, payment->stall_id, payment->id,
		CLAIMS_A_DAY_MAX, said, &count));
	for (size_t i = 0; i < count; i++)
		before += said[i].amount.dong;
	if (before < payment->refunded.dong)
		before = payment->refunded.dong;
	return before + all->asked->amount.dong > payment->amount.dong
		       ? FAIL(ERR_CONFLICT, "that is more than is left of this payment")
		       : OK;
}

static struct err
alarm_given_back(struct claiming *all, const struct payment *payment)
{
	struct buf detail CLEANUP(buf_fini) = {0};

	put_amount(&detail, all->asked->amount);
	buf_adds(&detail, " of ");
	put_amount(&detail, payment->amount);
	buf_addf(&detail, " given back of payment %lld, says the stall: %.*s",
		(long long)payment->id, STR_FMT(all->asked->why));
	return alarms_put(all->tx->db, tx_next_id(all->tx), STR("stall_gave_back"),
		all->asked->stall_reference, buf_str(&detail), all->tx->now_ms);
}

struct err
claim_given_back_apply(struct tx *tx, struct command *self)
{
	struct claim_command *asked = (struct claim_command *)self;
	struct claiming all = {.tx = tx, .asked = asked, .arena = self->arena};
	struct payment payment;

	if (asked->amount.dong <= 0)
		return FAIL(ERR_INVALID, "the amount must be above 0 đồng");
	TRY(words_check(&asked->who, &asked->why));
	TRY(payments_get(tx->db, self->arena, asked->payment_id, &payment));
	if (payment.stall_id != asked->stall_id)
		return FAIL(ERR_NOT_FOUND, "no such payment");
	asked->claim = (struct claim){
		.stall_id = asked->stall_id,
		.id = tx_next_id(tx),
		.kind = STR("given_back"),
		.amount = asked->amount,
		.at_ms = tx->now_ms,
		.answer = STR(""),
		.payment_id = payment.id,
		.why = asked->why,
		.who = asked->who,
		.created_at_ms = tx->now_ms,
	};
	TRY(read_before(&all));
	if (said_just_now(&all))
		return OK;
	TRY(check_left(&all, &payment));
	TRY(keep(&all));
	return alarm_given_back(&all, &payment);
}
