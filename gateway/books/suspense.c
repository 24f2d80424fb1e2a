/* Suspense resolved by people: whose a credit is, or why it is nobody's. */
#include "books.h"
#include "chopay/person.h"
#include "chopay/suspense_commands.h"

/* ---- what it shall be --------------------------------------------------------------------------
 */

static bool
is_outcome(struct str outcome, const char *name)
{
	return str_eq(outcome, str_from(name));
}

static struct err
attribute(struct tx *tx, const struct suspense_resolve_command *resolve, struct resolution *made)
{
	struct arena *arena = resolve->command.arena;
	struct charge charge = {0};
	struct stall stall;

	if (resolve->charge.len > 0)
		TRY(charges_find(tx->db, arena, resolve->charge, &charge));
	if (resolve->stall.len > 0)
		TRY(stalls_find(tx->db, arena, resolve->stall, &stall));
	else
		TRY(stalls_get(tx->db, arena, charge.stall_id, &stall));
	if (charge.id != 0 && charge.stall_id != stall.id)
		return FAIL(ERR_INVALID, "the charge is another stall's: name the stall or the"
					 " charge, or the two that belong together");
	made->stall_id = stall.id;
	made->stall_code = stall.code;
	made->stall_reference = stall.reference;
	made->charge_id = charge.id;
	made->charge_reference = charge.id == 0 ? STR("") : charge.reference;
	return OK;
}

/* Do both tell of one account?  Feeds name it by its number or by the virtual one. */
static bool
same_account(const struct transfer *a, const struct transfer *b)
{
	return str_eq(a->account_no, b->account_no) ||
	       (a->virtual_account.len > 0 &&
		       (str_eq(a->virtual_account, b->account_no) ||
			       str_eq(a->virtual_account, b->virtual_account))) ||
	       (b->virtual_account.len > 0 && str_eq(b->virtual_account, a->account_no));
}

static struct err
check_duplicate(struct tx *tx, const struct suspense *item, const struct transfer *transfer,
	const struct transfer *first)
{
	bool told_again;

	if (first->id == transfer->id)
		return FAIL(ERR_INVALID, "a credit does not repeat itself: name the other one");
	if (first->outgoing)
		return FAIL(ERR_INVALID, "that transfer is money out: a credit repeats a credit");
	/* Settling pointed at this one although something differs; a person may agree. */
	if (first->id != item->other_transfer_id) {
		if (first->amount.dong != transfer->amount.dong)
			return FAIL(ERR_CONFLICT, "that transfer has another amount: it is not"
						  " told again by this one");
		if (!same_account(first, transfer))
			return FAIL(ERR_CONFLICT, "that transfer is on another account: it is not"
						  " told again by this one");
	}
	/* One of them must stay, or the money of both were gone. */
	TRY(resolutions_say(tx->db, "duplicate", first->id, &told_again));
	return told_again ? FAIL(ERR_CONFLICT, "that transfer was said to be a duplicate itself:"
					       " name the one that counts")
			  : OK;
}

static struct err
check_refund(struct tx *tx, const struct transfer *transfer, const struct transfer *out)
{
	bool used;

	if (!out->outgoing)
		return FAIL(ERR_INVALID, "that transfer is not money out: name the one that sent"
					 " the money back, or none");
	if (out->amount.dong != transfer->amount.dong || !same_account(out, transfer))
		return FAIL(ERR_CONFLICT, "that transfer is of another amount or account: name the"
					  " one that sent this money back, or none");
	TRY(money_out_used(tx->db, out->id, &used));
	return used ? FAIL(ERR_CONFLICT, "that transfer sent other money back already") : OK;
}

static struct err
check_other(struct tx *tx, const struct suspense_resolve_command *resolve,
	const struct suspense *item, struct resolution *made)
{
	struct arena *arena = resolve->command.arena;
	struct transfer transfer, other;

	made->other_transfer_id = resolve->other_transfer_id;
	TRY(transfers_get(tx->db, arena, item->transfer_id, &transfer));
	TRY(transfers_get(tx->db, arena, resolve->other_transfer_id, &other));
	return is_outcome(made->outcome, "duplicate") ? check_duplicate(tx, item, &transfer, &other)
						      : check_refund(tx, &transfer, &other);
}

/* Does it name what its outcome needs, and nothing else? */
static struct err
check_shape(struct str outcome, bool places, bool other)
{
	if (is_outcome(outcome, "attributed"))
		return places && !other ? OK
					: FAIL(ERR_INVALID, "attributed: name the stall or the"
							    " charge, and no transfer");
	if (!is_outcome(outcome, "not_ours") && !is_outcome(outcome, "refunded") &&
		!is_outcome(outcome, "duplicate"))
		return FAIL(ERR_INVALID, "the outcome is attributed, not_ours, refunded or"
					 " duplicate");
	if (places)
		return FAIL(ERR_INVALID, "only an attributed credit has a stall or a charge");
	if (other && is_outcome(outcome, "not_ours"))
		return FAIL(ERR_INVALID, "not_ours: no other transfer belongs to it");
	if (!other && is_outcome(outcome, "duplicate"))
		return FAIL(ERR_INVALID, "duplicate: name the transfer that it repeats");
	return OK;
}

/* The outcome in full, or why it cannot be. */
static struct err
decide(struct tx *tx, const struct suspense_resolve_command *resolve, const struct suspense *item,
	struct resolution *made)
{
	bool places = resolve->stall.len > 0 || resolve->charge.len > 0;
	bool other = resolve->other_transfer_id != 0;

	*made = (struct resolution){
		.transfer_id = item->transfer_id,
		.outcome = resolve->outcome.len > 0 ? resolve->outcome
			   : places		    ? STR("attributed")
						    : STR("not_ours"),
		.person = resolve->person,
		.why = resolve->why,
		.created_at_ms = tx->now_ms,
	};
	TRY(check_shape(made->outcome, places, other));
	if (places)
		return attribute(tx, resolve, made);
	return other ? check_other(tx, resolve, item, made) : OK;
}

/* ---- two persons above the limit ---------------------------------------------------------------
 */

static bool
same_decision(const struct resolution *a, const struct resolution *b)
{
	return str_eq(a->outcome, b->outcome) && a->stall_id == b->stall_id &&
	       a->charge_id == b->charge_id && a->other_transfer_id == b->other_transfer_id;
}

/* A new word takes the old one back, however the name is spelt this time: it is kept as it was
 * first. */
static void
first_spelling(const struct resolution *standing, size_t count, struct str *person)
{
	for (size_t i = 0; i < count; i++) {
		if (person_same(standing[i].person, *person)) {
			*person = standing[i].person;
			return;
		}
	}
}

/* Is `made` what somebody else proposed?  Then it becomes theirs, with its second person. */
static struct err
agree(struct tx *tx, struct suspense_resolve_command *resolve, struct resolution *made)
{
	struct arena *arena = resolve->command.arena;
	struct resolution *standing = arena_alloc(arena, PROPOSALS_MAX * sizeof(*standing));
	const struct resolution *first = NULL;
	bool mine = false;
	int64_t all;
	size_t count;

	TRY(proposals_list(tx->db, arena, made->transfer_id, PROPOSALS_MAX, standing, &count));
	first_spelling(standing, count, &made->person);
	for (size_t i = 0; i < count; i++) {
		if (!same_decision(&standing[i], made))
			continue;
		if (person_same(standing[i].person, made->person))
			mine = true;
		else if (first == NULL)
			first = &standing[i];
	}
	if (first == NULL && mine)
		return FAIL(ERR_CONFLICT, "you proposed this already; above the limit another"
					  " person must confirm it");
	TRY(proposals_count(tx->db, made->transfer_id, &all));
	if (first == NULL && all >= PROPOSALS_MAX)
		return FAIL(ERR_CONFLICT, "too many proposals about this credit: confirm one of"
					  " them");
	/* The second person's words are kept as well. */
	if (!mine)
		TRY(proposals_put(tx->db, tx_next_id(tx), made));
	resolve->proposed = first == NULL;
	if (first == NULL)
		return OK;
	made->second_person = made->person;
	made->person = first->person;
	made->why = first->why;
	return OK;
}

/* The payment is of the day that the bank booked it, however late it is found. */
static struct err
post(struct tx *tx, struct suspense_resolve_command *resolve, const struct resolution *made,
	uint64_t payer)
{
	struct arena *arena = resolve->command.arena;
	struct transfer transfer;

	if (made->stall_id == 0)
		return OK;
	TRY(transfers_get(tx->db, arena, made->transfer_id, &transfer));
	return post_payment(tx,
		&(struct posting){
			&transfer, made->stall_id, made->charge_id, MATCHED_BY_HAND, arena, payer},
		&resolve->payment_id);
}

struct err
suspense_resolve_apply(struct tx *tx, struct command *self)
{
	struct suspense_resolve_command *resolve = (struct suspense_resolve_command *)self;
	struct resolution *made = &resolve->resolution;
	struct suspense item;

	resolve->payment_id = 0;
	resolve->proposed = false;
	TRY(words_check(&resolve->person, &resolve->why));
	TRY(suspense_get(tx->db, self->arena, resolve->transfer_id, &item));
	if (item.resolved)
		return FAIL(ERR_CONFLICT, "somebody resolved this credit already");
	TRY(decide(tx, resolve, &item, made));
	if (item.amount.dong > tx->two_person_above.dong)
		TRY(agree(tx, resolve, made));
	if (resolve->proposed)
		return OK;
	TRY(resolutions_put(tx->db, made));
	TRY(post(tx, resolve, made, item.payer));
	made->payment_id = resolve->payment_id;
	return OK;
}
