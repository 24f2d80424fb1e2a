/* Charges that a stall's phone mints without a network: blocks of counters leased beforehand, money
 * that may come before the phone has told of its charge, and the telling. */
#include "chopay/minted.h"
#include "books.h"
#include "chopay/charge.h"
#include "chopay/charge_commands.h"

/* Of a stall: its devices, and one whose storage was cleared a few times. */
#define BLOCKS_A_DAY_MAX 12
#define BLOCK_HALF (COUNTER_BLOCK_SIZE / 2)
#define PAYMENTS_MAX 100 /* that came for one charge before it was told of */

/* ---- leasing -------------------------------------------------------------------------------- */

/* Is the block that the device says it has still good, and enough of it left? */
static struct err
block_serves(struct tx *tx, const struct block_lease_command *lease, bool *serves)
{
	struct counter_block block;
	struct err err;

	*serves = false;
	if (lease->left < BLOCK_HALF || lease->left > COUNTER_BLOCK_SIZE ||
		lease->first >= REFERENCE_CHARGE_COUNTERS)
		return OK;
	err = blocks_find(tx->db, lease->command.arena, lease->of.id, lease->first, &block);
	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	*serves = block.first == lease->first && block.account_id == lease->of.account_id;
	return OK;
}

struct err
block_lease_apply(struct tx *tx, struct command *self)
{
	struct block_lease_command *lease = (struct block_lease_command *)self;
	int64_t today;
	bool serves;

	TRY(stalls_get(tx->db, self->arena, lease->stall_id, &lease->of));
	if (day_of(tx->now_ms, lease->of.day_cut_min) >= lease->of.close_day)
		return FAIL(ERR_CONFLICT, "the stall is closed in the register");
	if (lease->of.account_id == 0)
		return FAIL(ERR_CONFLICT, STALL_WITHOUT_ACCOUNT);
	lease->now_ms = tx->now_ms;
	TRY(block_serves(tx, lease, &serves));
	lease->fresh = !serves;
	if (serves)
		return OK;
	TRY(blocks_since(tx->db, lease->of.id, tx->now_ms - MS_PER_DAY, &today));
	if (today >= BLOCKS_A_DAY_MAX)
		return FAIL(ERR_CONFLICT, "this stall's devices were leased too many blocks of"
					  " counters today: ask again tomorrow");
	struct counter_block block = {
		.stall_id = lease->of.id,
		.account_id = lease->of.account_id,
		.holder = lease->principal,
		.leased_at_ms = tx->now_ms,
	};
	TRY(blocks_lease(tx->db, &block));
	lease->first = block.first;
	lease->left = block.size;
	return OK;
}

/* ---- money before the phone has told -------------------------------------------------------- */

struct err
minted_stall(struct tx *tx, const struct reference *reference, struct reference *stall)
{
	struct err err = reference_stall(tx->prefix, reference_stall_number(reference), stall);

	/* A number whose check would hold a look-alike is no stall's. */
	return err.code == ERR_CONFLICT ? FAIL(ERR_NOT_FOUND, "no stall has that number") : err;
}

struct err
minted_find(struct tx *tx, struct arena *arena, int64_t stall_id, const struct reference *reference,
	int64_t *charge_id)
{
	struct counter_block block;

	TRY(blocks_find(tx->db, arena, stall_id, reference_charge_counter(reference), &block));
	return minted_id(
		tx->db, stall_id, str_from(reference->text), tx_next_id(tx), tx->now_ms, charge_id);
}

/* ---- the telling ---------------------------------------------------------------------------- */

/* What came in before, in its order, and what of it went back since. */
static struct err
take_earlier_money(struct tx *tx, struct arena *arena, struct charge *charge)
{
	struct payment *payments = arena_alloc(arena, PAYMENTS_MAX * sizeof(*payments));
	size_t count;

	TRY(payments_of_charge(
		tx->db, arena, charge->stall_id, charge->id, PAYMENTS_MAX, payments, &count));
	if (count == PAYMENTS_MAX)
		return FAIL(ERR_CONFLICT, "too many payments came for this reference: a person must"
					  " look");
	for (size_t i = count; i > 0; i--)
		TRY(charge_take(charge, payments[i - 1].amount, payments[i - 1].booked_at_ms));
	for (size_t i = 0; i < count; i++)
		TRY(vnd_add(charge->refunded, payments[i].refunded, &charge->refunded));
	return OK;
}

/* A phone's clock may be hours off: the charge was made after its block was leased, and not in the
 * future. */
static int64_t
believable(int64_t minted_at_ms, int64_t leased_at_ms, int64_t now_ms)
{
	if (minted_at_ms == 0 || minted_at_ms > now_ms)
		return now_ms;
	return minted_at_ms < leased_at_ms ? leased_at_ms : minted_at_ms;
}

/* Told before: the same charge is the answer, another amount a mistake. */
static struct err
told_before(struct charge_create_command *create)
{
	if (create->charge.stall_id != create->of.id)
		return FAIL(ERR_INVALID, "this reference is not one of the stall's own");
	if (create->charge.amount.dong != create->amount.dong)
		return FAIL(ERR_CONFLICT, "this reference is a charge of another amount already:"
					  " take the next one");
	create->repeated = true;
	return OK;
}

struct err
minted_tell(struct tx *tx, struct charge_create_command *create)
{
	struct arena *arena = create->command.arena;
	struct reference reference;
	struct counter_block block;
	struct err err;
	int64_t id, created_ms;

	if (!reference_is(tx->prefix, create->minted, &reference) ||
		!reference_is_charge(&reference) ||
		reference_stall_number(&reference) != create->of.number)
		return FAIL(ERR_INVALID, "this reference is not one of the stall's own");
	err = charges_find(tx->db, arena, str_from(reference.text), &create->charge);
	if (err.code == ERR_OK)
		return told_before(create);
	if (err.code != ERR_NOT_FOUND)
		return err;
	err = blocks_find(
		tx->db, arena, create->of.id, reference_charge_counter(&reference), &block);
	if (err.code == ERR_NOT_FOUND)
		return FAIL(ERR_INVALID, "this reference's counter lies in no block that the stall"
					 " was leased");
	TRY(err);
	TRY(minted_id(
		tx->db, create->of.id, str_from(reference.text), tx_next_id(tx), tx->now_ms, &id));
	created_ms = believable(create->minted_at_ms, block.leased_at_ms, tx->now_ms);
	create->charge = charge_of(
		create, id, arena_copy(arena, str_from(reference.text)), created_ms);
	create->charge.account_id = block.account_id; /* that the buyer was shown */
	TRY(take_earlier_money(tx, arena, &create->charge));
	return charges_put(tx->db, &create->charge);
}
