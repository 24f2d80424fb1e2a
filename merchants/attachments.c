/* Which units a market belongs to, day by day. */
#include "attachments.h"

static void
add(struct attachments *to, const struct attachment *one)
{
	struct attachment *last = to->count == 0 ? NULL : &to->items[to->count - 1];

	if (one->from_day > one->to_day)
		return;
	if (last == NULL || last->to_day + 1 != one->from_day ||
		!str_eq(last->unit_code, one->unit_code)) {
		to->items[to->count++] = *one;
		return;
	}
	last->to_day = one->to_day;
	if (one->entry.at_ms > last->entry.at_ms)
		last->entry = one->entry;
}

void
attachments_lay(struct arena *arena, struct attachments *attachments, const struct attachment *row)
{
	/* The row itself, and one more where it lies in the middle of another. */
	struct attachments laid = {
		.items = arena_alloc(arena, (attachments->count + 2) * sizeof(*laid.items)),
		.said = attachments->said,
	};
	bool done = false;

	for (size_t i = 0; i < attachments->count; i++) {
		struct attachment before = attachments->items[i], after = before;

		if (before.to_day >= row->from_day)
			before.to_day = row->from_day - 1;
		if (after.from_day <= row->to_day)
			after.from_day = row->to_day + 1;
		add(&laid, &before);
		if (!done && after.to_day > row->to_day) {
			add(&laid, row);
			done = true;
		}
		add(&laid, &after);
	}
	if (!done)
		add(&laid, row);
	*attachments = laid;
}

bool
attachments_differ(
	const struct attachments *attachments, const struct attachment *row, int32_t *first_day)
{
	*first_day = row->from_day;
	for (size_t i = 0; i < attachments->count && *first_day <= row->to_day; i++) {
		const struct attachment *one = &attachments->items[i];

		if (one->to_day < *first_day)
			continue;
		if (one->from_day > *first_day || !str_eq(one->unit_code, row->unit_code))
			return true;
		if (one->to_day >= row->to_day)
			return false;
		*first_day = one->to_day + 1;
	}
	return true;
}

/* ---- loading -------------------------------------------------------------------------------- */

struct loading {
	struct arena *arena;
	struct attachments *to;
};

static struct err
lay_said(void *arg, const struct dated *row)
{
	struct loading *loading = arg;
	const struct attachment said = {
		.unit_code = arena_copy(loading->arena, row->text),
		.from_day = row->from_day,
		.to_day = row->to_day,
		.entry = {row->entry.at_ms, arena_copy(loading->arena, row->entry.person),
			arena_copy(loading->arena, row->entry.why),
			arena_copy(loading->arena, row->entry.approver)},
	};

	loading->to->said = true;
	attachments_lay(loading->arena, loading->to, &said);
	return OK;
}

static struct err
lay_held(void *arg, const struct market_unit *row)
{
	struct loading *loading = arg;
	const struct attachment held = {
		.unit_code = arena_copy(loading->arena, row->unit_code),
		.from_day = row->from_day,
		.to_day = row->to_day,
	};

	attachments_lay(loading->arena, loading->to, &held);
	return OK;
}

struct err
attachments_load(
	struct db *db, struct arena *arena, int64_t market_id, struct attachments *attachments)
{
	struct loading loading = {arena, attachments};

	*attachments = (struct attachments){0};
	TRY(dated_walk(db, DATED_UNIT, market_id, lay_said, &loading));
	return attachments->said ? OK : market_units_walk(db, market_id, lay_held, &loading);
}
