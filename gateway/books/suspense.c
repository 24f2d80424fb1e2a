/* Suspense resolved by a person: attributed to a stall, or said not to be ours. */
#include "books.h"

static struct err
attribute(struct tx *tx, struct suspense_resolve_command *resolve, const struct suspense *item)
{
	struct arena *arena = resolve->command.arena;
	struct transfer transfer;
	struct stall stall;

	TRY(stalls_find(tx->db, arena, resolve->stall, &stall));
	TRY(transfers_get(tx->db, arena, item->transfer_id, &transfer));
	TRY(suspense_resolve(tx->db, item->transfer_id, STR("attributed"), stall.id,
		resolve->person, resolve->why, tx->now_ms));
	return post_payment(tx, &(struct posting){&transfer, stall.id, 0, MATCHED_BY_HAND, arena},
		&resolve->payment_id);
}

struct err
suspense_resolve_apply(struct tx *tx, struct command *self)
{
	struct suspense_resolve_command *resolve = (struct suspense_resolve_command *)self;
	struct suspense item;

	if (resolve->person.len == 0 || resolve->why.len == 0)
		return FAIL(ERR_INVALID, "say who resolves it and why");
	TRY(suspense_get(tx->db, self->arena, resolve->transfer_id, &item));
	if (resolve->stall.len > 0)
		return attribute(tx, resolve, &item);
	return suspense_resolve(tx->db, item.transfer_id, STR("not_ours"), 0, resolve->person,
		resolve->why, tx->now_ms);
}
