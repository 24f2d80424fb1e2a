/* Receivers added, changed and removed by the operator. */
#include "books.h"
#include "chopay/receiver_commands.h"

struct err
receivers_change(struct tx *tx)
{
	if (tx->receivers != NULL)
		tx->receivers->stale = true;
	return changes_put(tx->db, CHANGED_RECEIVERS);
}

/* ---- add ---------------------------------------------------------------------------------- */

static struct err
first_answer(struct tx *tx, struct receiver_add_command *add)
{
	struct str reference;
	int64_t id;
	struct err err = idempotency_find(
		tx->db, add->command.arena, add->principal, add->key, add->fingerprint, &reference);

	add->repeated = err.code == ERR_OK;
	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	TRY(str_to_i64(reference, &id));
	return receivers_get(tx->db, add->command.arena, id, &add->receiver);
}

struct err
receiver_add_apply(struct tx *tx, struct command *self)
{
	struct receiver_add_command *add = (struct receiver_add_command *)self;
	struct receiver *receiver = &add->receiver;
	struct stall stall = {0};
	int64_t count;

	if (add->key.len > 0)
		TRY(first_answer(tx, add));
	if (add->repeated)
		return OK;
	TRY(receivers_count(tx->db, &count));
	if (count >= RECEIVERS_MAX)
		return FAIL(ERR_CONFLICT, "there are 10000 receivers; remove those not in use");
	if (add->stall.len > 0)
		TRY(stalls_find(tx->db, self->arena, add->stall, &stall));
	receiver->stall_id = stall.id;
	receiver->created_at_ms = tx->now_ms;
	TRY(receivers_put(tx->db, receiver));
	if (add->key.len > 0)
		TRY(idempotency_put(tx->db, add->principal, add->key, add->fingerprint,
			arena_printf(self->arena, "%lld", (long long)receiver->id), tx->now_ms));
	TRY(receivers_change(tx));
	return receivers_get(tx->db, self->arena, receiver->id, receiver);
}

/* ---- change ------------------------------------------------------------------------------- */

static struct err
changed_to(struct tx *tx, struct receiver_change_command *change)
{
	TRY(receivers_change(tx));
	return receivers_get(tx->db, change->command.arena, change->id, &change->receiver);
}

struct err
receiver_roll_apply(struct tx *tx, struct command *self)
{
	struct receiver_change_command *change = (struct receiver_change_command *)self;

	TRY(receivers_roll(tx->db, change->id, change->secret,
		tx->now_ms + change->roll_hours * 3600 * MS_PER_SECOND));
	return changed_to(tx, change);
}

struct err
receiver_disable_apply(struct tx *tx, struct command *self)
{
	struct receiver_change_command *change = (struct receiver_change_command *)self;

	TRY(receivers_disable(tx->db, change->id, change->why, tx->now_ms));
	return changed_to(tx, change);
}

struct err
receiver_enable_apply(struct tx *tx, struct command *self)
{
	struct receiver_change_command *change = (struct receiver_change_command *)self;

	TRY(receivers_enable(tx->db, change->id));
	TRY(dispatches_restart(tx->db, change->id)); /* the pause is not held against them */
	return changed_to(tx, change);
}

struct err
receiver_remove_apply(struct tx *tx, struct command *self)
{
	struct receiver_change_command *change = (struct receiver_change_command *)self;

	TRY(receivers_get(tx->db, self->arena, change->id, &change->receiver));
	TRY(receivers_remove(tx->db, change->id, tx->now_ms));
	return receivers_change(tx);
}
