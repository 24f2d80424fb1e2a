/* The outbox of the network: a notice and its way to each receiver are written in one commit. */
#include <stdlib.h>

#include "books.h"
#include "chopay/receiver_commands.h"

#define LIST_PAGE 500

/* ---- who is told -------------------------------------------------------------------------- */

static int
by_stall(const void *a, const void *b)
{
	const struct receiver_stall *left = a, *right = b;

	if (left->stall_id != right->stall_id)
		return left->stall_id < right->stall_id ? -1 : 1;
	return (left->receiver_id > right->receiver_id) - (left->receiver_id < right->receiver_id);
}

void
receiver_list_fini(struct receiver_list *list)
{
	free(list->items);
	*list = (struct receiver_list){0};
}

static struct err
read_page(struct receiver_list *list, struct db *db, int64_t *after, size_t *count)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct receiver *page = arena_alloc(arena, LIST_PAGE * sizeof(*page));

	TRY(receivers_list(db, arena, *after, LIST_PAGE, page, count));
	list->items = mem_resize(list->items, (list->count + *count + 1) * sizeof(*list->items));
	for (size_t i = 0; i < *count; i++) {
		list->items[list->count++] = (struct receiver_stall){page[i].stall_id, page[i].id};
		*after = page[i].id;
	}
	return OK;
}

struct err
receiver_list_read(struct receiver_list *list, struct db *db)
{
	struct receiver_list fresh CLEANUP(receiver_list_fini) = {0};
	struct receiver_list old = *list;
	int64_t after = 0;
	size_t count;

	do
		TRY(read_page(&fresh, db, &after, &count));
	while (count == LIST_PAGE);
	qsort(fresh.items, fresh.count, sizeof(*fresh.items), by_stall);
	*list = fresh;
	fresh = old; /* freed on return */
	return OK;
}

/* The first of this stall's. */
static size_t
find_stall(const struct receiver_list *list, int64_t stall_id)
{
	size_t from = 0, to = list->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (list->items[middle].stall_id < stall_id)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static bool
tells(const struct receiver_list *list, size_t n, int64_t stall_id)
{
	return n < list->count && list->items[n].stall_id == stall_id;
}

struct err
notice_dispatch(struct tx *tx, const struct notice *notice, bool *dispatched)
{
	const struct receiver_list *list = tx->receivers;
	const int64_t listens[] = {0, notice->stall_id}; /* to every stall, to this one */
	const size_t first[] = {0, find_stall(list, notice->stall_id)};
	struct arena *arena CLEANUP(arena_cleanup) = NULL;
	struct buf payload CLEANUP(buf_fini) = {0};
	struct stall stall;

	*dispatched = tells(list, first[0], listens[0]) || tells(list, first[1], listens[1]);
	if (!*dispatched)
		return OK;
	arena = arena_new();
	TRY(stalls_get(tx->db, arena, notice->stall_id, &stall));
	TRY(notice_payload(notice, &stall, &payload));
	for (int i = 0; i < 2; i++) {
		for (size_t n = first[i]; tells(list, n, listens[i]); n++)
			TRY(dispatches_put(tx->db,
				&(struct dispatch){.receiver_id = list->items[n].receiver_id,
					.notice_id = notice->id,
					.body = buf_str(&payload)}));
	}
	return OK;
}

/* ---- what came of it ---------------------------------------------------------------------- */

static struct err
alarm(struct tx *tx, const char *kind, int64_t receiver_id, struct str detail)
{
	struct buf subject CLEANUP(buf_fini) = {0};

	buf_addf(&subject, "receiver:%lld", (long long)receiver_id);
	log_warn(kind, "%s %.*s", subject.ptr, STR_FMT(detail));
	return alarms_put(
		tx->db, tx_next_id(tx), str_from(kind), buf_str(&subject), detail, tx->now_ms);
}

static struct err
notice_died(struct tx *tx, const struct dispatch_tried_command *tried)
{
	struct buf detail CLEANUP(buf_fini) = {0};

	buf_addf(&detail, "notice=%lld attempts=%lld status=%lld",
		(long long)tried->dispatch.notice_id, (long long)tried->attempt.attempt,
		(long long)tried->attempt.status);
	return alarm(tx, "notice_dead", tried->dispatch.receiver_id, buf_str(&detail));
}

struct err
dispatch_tried_apply(struct tx *tx, struct command *self)
{
	struct dispatch_tried_command *tried = (struct dispatch_tried_command *)self;
	int64_t receiver_id = tried->dispatch.receiver_id;
	struct err err;

	TRY(work_check(tx, tried->lease));
	TRY(dispatches_set(tx->db, &tried->dispatch));
	TRY(attempts_put(tx->db, receiver_id, &tried->attempt));
	if (str_eq(tried->dispatch.state, STR("dead")))
		TRY(notice_died(tx, tried));
	if (tried->disable.len == 0)
		return OK;
	err = receivers_disable(tx->db, receiver_id, tried->disable, tx->now_ms);
	if (err.code == ERR_CONFLICT || err.code == ERR_NOT_FOUND)
		return OK; /* a person was quicker */
	TRY(err);
	TRY(receivers_change(tx));
	return alarm(tx, "receiver_disabled", receiver_id, tried->disable);
}

struct err
dispatch_repeat_apply(struct tx *tx, struct command *self)
{
	struct dispatch_repeat_command *repeat = (struct dispatch_repeat_command *)self;
	struct receiver receiver;
	int64_t from = repeat->notice_id, to = repeat->notice_id;

	TRY(receivers_get(tx->db, self->arena, repeat->receiver_id, &receiver));
	if (repeat->notice_id == 0) { /* ids rise with the time */
		from = id_at(repeat->from_ms);
		to = id_at(repeat->to_ms + 1) - 1;
	}
	TRY(dispatches_repeat(tx->db, repeat->receiver_id, from, to, &repeat->count));
	if (repeat->count == 0 && repeat->notice_id != 0)
		return FAIL(ERR_NOT_FOUND, "this receiver has no such notice");
	if (repeat->count > DISPATCHES_REPEAT_MAX)
		return FAIL(ERR_INVALID, "more than 10000 notices; give a shorter time");
	return receivers_change(tx); /* the sender looks at all of them again */
}

struct err
dispatches_prune_apply(struct tx *tx, struct command *self)
{
	struct dispatches_prune_command *prune = (struct dispatches_prune_command *)self;

	TRY(work_check(tx, prune->lease));
	return dispatches_prune(
		tx->db, tx->now_ms - DISPATCH_KEPT_MS, DISPATCHES_PRUNE_MAX, &prune->gone);
}
