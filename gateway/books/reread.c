/* Kept bytes, read again: what did a delivery say? */
#include "books.h"

static struct str
no_header(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return (struct str){NULL, 0};
}

void
reread_fini(struct reread *reread)
{
	for (size_t i = 0; i < REREAD_MAX; i++)
		arena_free(reread->items[i].arena);
}

static struct err
read_it(struct db *db, struct reread_one *one)
{
	struct delivery delivery;
	struct feed_message message;

	TRY(deliveries_get(db, one->arena, one->delivery_id, &delivery));
	one->feed = feed_find(delivery.feed);
	message = (struct feed_message){
		.now_ms = delivery.received_at_ms,
		.content_type = delivery.content_type,
		.body = delivery.raw,
		.header = no_header,
	};
	if (one->feed == NULL ||
		!feed_accepts(one->feed->parse(one->arena, &message, &one->events)))
		one->events = (struct feed_events){0};
	return OK;
}

struct err
reread_delivery(struct db *db, struct reread *reread, int64_t delivery_id, struct reread_one **one)
{
	struct reread_one *oldest = &reread->items[0];
	struct err err;

	for (size_t i = 0; i < REREAD_MAX; i++) {
		struct reread_one *item = &reread->items[i];

		if (item->delivery_id == delivery_id && item->arena != NULL) {
			item->used = ++reread->turns;
			*one = item;
			return OK;
		}
		if (item->used < oldest->used)
			oldest = item;
	}
	arena_free(oldest->arena);
	*oldest = (struct reread_one){
		.delivery_id = delivery_id, .used = ++reread->turns, .arena = arena_new()};
	err = read_it(db, oldest);
	if (err.code != ERR_OK) {
		arena_free(oldest->arena);
		*oldest = (struct reread_one){0};
		return err;
	}
	*one = oldest;
	return OK;
}
