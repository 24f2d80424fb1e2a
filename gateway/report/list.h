/* list.h - arrays that grow, in an arena. */
#ifndef CHOPAY_REPORT_LIST_H
#define CHOPAY_REPORT_LIST_H

#include <string.h>

#include "chopay/arena.h"

/* Room for one more item: `items` is moved to twice the room when it is full. */
#define LIST_ROOM(arena, items, count, capacity) \
	((items) = list_room((arena), (items), sizeof(*(items)), (count), &(capacity)))

static inline void *
list_room(struct arena *arena, void *items, size_t size, size_t count, size_t *capacity)
{
	void *grown;

	if (count < *capacity)
		return items;
	*capacity = *capacity == 0 ? 64 : 2 * *capacity;
	grown = arena_alloc(arena, *capacity * size);
	if (count > 0)
		memcpy(grown, items, count * size);
	return grown;
}

#endif
