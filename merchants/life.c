/* When a stall opens and closes: each thing the register ever said of it. */
#include "life.h"

#include "entry.h"

struct err
life_put(struct db *db, struct registry_import *import, const struct stall *stall,
	struct entry entry)
{
	const struct dated life = {
		.of = stall->id,
		.id = import->next_id(import->arg),
		.from_day = stall->open_day,
		.to_day = stall->close_day == DAY_LAST ? DAY_LAST : stall->close_day - 1,
		.entry = entry,
	};

	return dated_put(db, DATED_LIFE, &life);
}

static struct err
seen_one(void *arg, const struct dated *row)
{
	(void)row;
	*(bool *)arg = true;
	return OK;
}

/* The first day of which the register now says something else. */
static int32_t
changed_from(const struct stall *known, const struct stall *stall)
{
	int32_t first = DAY_LAST;

	if (known->open_day != stall->open_day)
		first = known->open_day < stall->open_day ? known->open_day : stall->open_day;
	if (known->close_day != stall->close_day && known->close_day < first)
		first = known->close_day;
	if (known->close_day != stall->close_day && stall->close_day < first)
		first = stall->close_day;
	return first;
}

/* An opening or closing that changes days which are over takes two persons (R9). */
struct err
life_change(struct db *db, struct registry_import *import, const struct row *row, size_t line,
	const struct stall *known, const struct stall *stall)
{
	int column = known->close_day != stall->close_day ? CLOSE_DATE : OPEN_DATE;
	int32_t from_day = changed_from(known, stall);
	struct entry entry = entry_of(import, from_day);
	bool any = false;

	if (known->open_day == stall->open_day && known->close_day == stall->close_day)
		return OK;
	if (!entry_may_reach_back(
		    import, line, column_names[column], row->fields[column], from_day))
		return OK;
	/* Stalls of before there was a history: what was known of them is its first row. */
	TRY(dated_walk(db, DATED_LIFE, known->id, seen_one, &any));
	if (!any)
		TRY(life_put(db, import, known, (struct entry){.person = entry.person}));
	return life_put(db, import, stall, entry);
}
