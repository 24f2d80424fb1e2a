/*
 * batch.c - read each row of a message.
 */
#include "batch.h"

/* Append the row's event, or say why there is none. */
static enum feed_reason
append(struct arena *arena, const json_t *row, batch_read_fn *read_row, struct feed_events *events)
{
	struct feed_event *event = &events->items[events->count];
	struct fields fields;
	enum feed_reason reason = FEED_BAD_PAYLOAD;

	*event = (struct feed_event){0}; /* the row before may have been left out */
	if (fields_from_object(arena, row, &fields).code == ERR_OK)
		reason = read_row(arena, &fields, event);
	if (reason == FEED_OK)
		events->count++;
	return reason;
}

enum feed_reason
batch_read(struct arena *arena, const json_t *rows, batch_read_fn *read_row,
	struct feed_events *events)
{
	size_t count = json_array_size(rows);
	enum feed_reason left_out = FEED_OK;

	*events = (struct feed_events){0};
	if (!json_is_array(rows) || count > FEED_EVENTS_MAX)
		return FEED_BAD_PAYLOAD;
	events->items = arena_alloc(arena, (count + 1) * sizeof(*events->items));
	for (size_t i = 0; i < count; i++) {
		enum feed_reason reason = append(arena, json_array_get(rows, i), read_row, events);

		if (!feed_accepts(reason)) {
			*events = (struct feed_events){0};
			return reason;
		}
		if (reason != FEED_OK)
			left_out = reason;
	}
	return events->count > 0 ? FEED_OK : left_out;
}

enum feed_reason
batch_read_one(
	struct arena *arena, const json_t *row, batch_read_fn *read_row, struct feed_events *events)
{
	*events = (struct feed_events){.items = arena_alloc(arena, sizeof(*events->items))};
	return append(arena, row, read_row, events);
}
