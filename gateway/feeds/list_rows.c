/*
 * list_rows.c - the rows of a provider's list, read strictly one by one.
 *
 * A row that is not understood does not hold up the others: their money is real.  It is left out
 * and counted, and the poller raises an alarm.
 */
#include "chopay/clock.h"
#include "chopay/json.h"

#include "list_rows.h"

static void
note_time(struct list_rows *rows, int64_t ms)
{
	if (rows->count == 1 || ms < rows->oldest_ms)
		rows->oldest_ms = ms;
	if (rows->count == 1 || ms > rows->newest_ms)
		rows->newest_ms = ms;
}

struct err
list_rows_read(struct arena *arena, const json_t *array, list_row *read, struct list_rows *rows)
{
	size_t count = json_array_size(array);

	if (!json_is_array(array) || count > FEED_EVENTS_MAX)
		return FAIL(ERR_INVALID, "not a list of a sensible length");
	*rows = (struct list_rows){
		.items = arena_alloc(arena, (count + 1) * sizeof(*rows->items)), .rows = count};
	for (size_t i = 0; i < count; i++) {
		struct feed_event *event = &rows->items[rows->count];
		struct fields fields;

		*event = (struct feed_event){0};
		if (fields_from_object(arena, json_array_get(array, i), &fields).code != ERR_OK ||
			read(arena, &fields, event).code != ERR_OK) {
			rows->strange++;
			continue;
		}
		if (event->amount.dong == 0)
			continue;
		rows->count++;
		note_time(rows, event->time_ms);
	}
	rows->descending = rows->count > 0 &&
			   rows->items[0].time_ms >= rows->items[rows->count - 1].time_ms;
	return OK;
}

enum feed_reason
list_rows_events(const struct list_rows *rows, struct feed_events *events)
{
	*events = (struct feed_events){.items = rows->items, .count = rows->count};
	return rows->strange > 0 ? FEED_PARTIAL : FEED_OK;
}

/* "2000.00", "2000" or 2000: whole dong, exactly; anything behind the point but "00" is refused.
 * Absent: 0. */
static struct err
list_amount(struct arena *arena, const struct fields *fields, const char *name, struct vnd *amount)
{
	struct str text;
	int64_t dong = 0;

	TRY(fields_token(arena, fields, name, &text));
	if (str_ends(text, STR(".00")))
		text = str_cut(text, 0, text.len - 3);
	else if (text.len == 0)
		text = STR("0");
	if (str_starts(text, STR("-")))
		return FAIL(ERR_INVALID, "the amount has a sign");
	TRY(str_to_i64(text, &dong));
	if (dong > LIST_AMOUNT_MAX)
		return FAIL(ERR_INVALID, "the amount is out of range");
	amount->dong = dong;
	return OK;
}

struct err
list_in_out(struct arena *arena, const struct fields *fields, struct feed_event *event)
{
	struct vnd in, out;

	TRY(list_amount(arena, fields, "amount_in", &in));
	TRY(list_amount(arena, fields, "amount_out", &out));
	if (in.dong > 0 && out.dong > 0)
		return FAIL(ERR_INVALID, "money in and out in one line");
	event->outgoing = out.dong > 0;
	event->amount = event->outgoing ? out : in;
	return OK;
}
