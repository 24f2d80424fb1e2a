/* News: what a commit changed, handed by reference to every loop that shows it. */
#include <stdlib.h>
#include <string.h>

#include "books.h"

/* Ids: milliseconds since 2024-01-01 in the high bits, 12 bits of a sequence, 8 of the writer. */
#define ID_EPOCH_MS INT64_C(1704067200000)
#define ID_WRITER_BITS 8
#define ID_SEQUENCE_BITS (12 + ID_WRITER_BITS)
#define CLOCKS_APART_MAX_MS (60 * 60 * MS_PER_SECOND) /* of nodes that share a store */

struct shared_news {
	struct news news; /* first: a struct news is a struct shared_news */
	atomic_int refs;
	char text[]; /* what its strs point at */
};

int64_t
id_at(int64_t ms)
{
	if (ms < ID_EPOCH_MS)
		return 0;
	if (ms - ID_EPOCH_MS > INT64_MAX >> ID_SEQUENCE_BITS)
		return INT64_MAX;
	return (ms - ID_EPOCH_MS) << ID_SEQUENCE_BITS;
}

/* An id is of the arrival, or later, and no bank time is believed that is much ahead of it.  A
 * clock that went back does not take the ids with it; another node's clock may be behind ours. */
int64_t
books_before(int64_t since_ms)
{
	int64_t margin_ms = BOOKED_AHEAD_MAX_MS + CLOCKS_APART_MAX_MS;

	if (since_ms < ID_EPOCH_MS + margin_ms)
		return 0;
	return id_at(since_ms - margin_ms) - 1;
}

int64_t
tx_next_id(struct tx *tx)
{
	int64_t id = id_at(tx->now_ms) | tx->writer;

	/* A clock that stood still or went back, or a sequence that is used up: go on from the last
	 * one. */
	if (id <= *tx->last_id)
		id = ((*tx->last_id >> ID_WRITER_BITS) + 1) << ID_WRITER_BITS | tx->writer;
	return *tx->last_id = id;
}

static struct str
put(char **at, struct str text)
{
	struct str copy = {*at, text.len};

	if (text.len > 0)
		memcpy(*at, text.ptr, text.len);
	*at += text.len;
	return copy;
}

struct news *
news_new(const struct news *from)
{
	struct shared_news *made = mem_alloc(
		sizeof(*made) + from->kind.len + from->reference.len + from->body.len);
	char *at = made->text;

	made->news = *from;
	made->news.kind = put(&at, from->kind);
	made->news.reference = put(&at, from->reference);
	made->news.body = put(&at, from->body);
	atomic_init(&made->refs, 1);
	return &made->news;
}

struct news *
news_ref(struct news *news)
{
	atomic_fetch_add(&((struct shared_news *)news)->refs, 1);
	return news;
}

void
news_unref(struct news *news)
{
	if (atomic_fetch_sub(&((struct shared_news *)news)->refs, 1) == 1)
		free(news);
}

static void
news_list_add(struct news_list *list, const struct news *news)
{
	list->items = mem_room(list->items, sizeof(*list->items), list->count, &list->capacity);
	list->items[list->count++] = news_new(news);
}

void
news_list_cut(struct news_list *list, size_t count)
{
	while (list->count > count)
		news_unref(list->items[--list->count]);
}

void
news_list_fini(struct news_list *list)
{
	news_list_cut(list, 0);
	free(list->items);
}

/* What is about a stall's own phones and account is nobody else's. */
static bool
is_for_receivers(struct str kind)
{
	return !str_eq(kind, STR("account")) && !str_eq(kind, STR(NOTICE_PHONES));
}

struct err
tx_notice(struct tx *tx, int64_t stall_id, const char *kind, struct str reference, struct str body)
{
	struct notice notice = {
		.id = tx_next_id(tx),
		.stall_id = stall_id,
		.kind = str_from(kind),
		.reference = reference,
		.body = body,
		.created_at_ms = tx->now_ms,
	};
	bool dispatched = false;

	TRY(notices_put(tx->db, &notice));
	if (tx->receivers != NULL && tx->receivers->count > 0 && is_for_receivers(notice.kind))
		TRY(notice_dispatch(tx, &notice, &dispatched));
	news_list_add(tx->news, &(struct news){notice.id, stall_id, notice.kind, notice.reference,
					notice.body, dispatched});
	return OK;
}
