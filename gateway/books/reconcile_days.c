/* Which days are to be reconciled, and the way from a reader over the writer to who asked. */
#include "reconcile.h"

#include <stdlib.h>
#include <string.h>

#include "chopay/listing.h"

#define DUE_DAYS 62    /* how far back daily work looks */
#define PULLS_MAX 1000 /* as many as `pull add` lets in */

/* ---- which -------------------------------------------------------------------------------------
 */

struct choice {
	struct reconcile *asked;
	struct db *db;
	int64_t now_ms;
	int32_t from_day, to_day;
	struct pull *pulls;
	size_t pull_count;
	struct bank_day *days;
	size_t count;
};

static bool
is_over(int32_t day, int64_t seen_ms)
{
	return seen_ms >= day_start_ms(day + 1, 0) + RECONCILE_GRACE_MS;
}

/* A pull tells whole days from the second one it reached back to, until its last whole poll. */
static bool
pull_covers(const struct choice *choice, const struct pull *pull, int32_t day)
{
	return day > day_of(pull->created_at_ms - LISTING_OVERLAP_MS, 0) &&
	       (choice->asked->due ? is_over(day, pull->last_ok_ms)
				   : pull->last_ok_ms >= day_start_ms(day, 0));
}

static const struct pull *
pull_of(const struct choice *choice, const struct bank_day *day)
{
	for (size_t i = 0; i < choice->pull_count; i++) {
		if (str_eq(choice->pulls[i].account_no, day->account_no) &&
			str_eq(choice->pulls[i].source, day->source))
			return &choice->pulls[i];
	}
	return NULL;
}

/* Days that have lines.  Of daily work only those that are over, and told whole. */
static struct err
choose_told(struct choice *choice)
{
	const struct reconcile *asked = choice->asked;
	const struct bank_days_filter filter = {
		.account_no = asked->account_no,
		.source = asked->source,
		.from_day = choice->from_day,
		.to_day = choice->to_day,
		.due = asked->due,
	};
	struct arena *arena = asked->arena;
	struct bank_day *days = arena_alloc(arena, RECONCILE_DAYS_MAX * sizeof(*days));
	size_t count;

	TRY(bank_days_list(choice->db, arena, &filter, RECONCILE_DAYS_MAX, days, &count));
	for (size_t i = 0; i < count; i++) {
		const struct pull *pull = pull_of(choice, &days[i]);

		if (asked->due && listing_find(days[i].source) != NULL &&
			(pull == NULL || !pull_covers(choice, pull, days[i].day)))
			continue;
		choice->days[choice->count++] = days[i];
	}
	choice->asked->more = count == RECONCILE_DAYS_MAX;
	return OK;
}

static bool
is_chosen(const struct choice *choice, const struct bank_day *day)
{
	for (size_t i = 0; i < choice->count; i++) {
		if (choice->days[i].day == day->day &&
			str_eq(choice->days[i].account_no, day->account_no) &&
			str_eq(choice->days[i].source, day->source))
			return true;
	}
	return false;
}

/* A list that told nothing of a day told that nothing came. */
static struct err
choose_silent(struct choice *choice, const struct pull *pull)
{
	const struct reconcile *asked = choice->asked;
	struct bank_day day = {.account_no = pull->account_no, .source = pull->source};

	if ((asked->account_no.len > 0 && !str_eq(asked->account_no, pull->account_no)) ||
		(asked->source.len > 0 && !str_eq(asked->source, pull->source)))
		return OK;
	for (day.day = choice->from_day; day.day <= choice->to_day; day.day++) {
		int64_t last_ms;

		if (!pull_covers(choice, pull, day.day) || is_chosen(choice, &day))
			continue;
		TRY(bank_days_last(choice->db, &day, &last_ms));
		if (asked->due && last_ms > 0)
			continue;
		if (choice->count == RECONCILE_DAYS_MAX) {
			choice->asked->more = true;
			return OK;
		}
		choice->days[choice->count++] = day;
	}
	return OK;
}

static int
by_day(const void *a, const void *b)
{
	const struct bank_day *one = a, *other = b;
	int order = (one->day > other->day) - (one->day < other->day);

	if (order == 0)
		order = strcmp(one->account_no.ptr, other->account_no.ptr);
	return order != 0 ? order : strcmp(one->source.ptr, other->source.ptr);
}

static struct err
choose(struct choice *choice)
{
	struct arena *arena = choice->asked->arena;

	choice->pulls = arena_alloc(arena, PULLS_MAX * sizeof(*choice->pulls));
	choice->days = arena_alloc(arena, RECONCILE_DAYS_MAX * sizeof(*choice->days));
	TRY(pulls_list(choice->db, arena, PULLS_MAX, choice->pulls, &choice->pull_count));
	TRY(choose_told(choice));
	for (size_t i = 0; i < choice->pull_count && !choice->asked->more; i++)
		TRY(choose_silent(choice, &choice->pulls[i]));
	qsort(choice->days, choice->count, sizeof(*choice->days), by_day);
	return OK;
}

/* ---- the way ------------------------------------------------------------------------------------
 */

static struct err
reconcile_read(struct db *db, struct query *query)
{
	struct reconcile *asked = (struct reconcile *)((char *)query -
						       offsetof(struct reconcile, query));
	struct choice choice = {
		.asked = asked,
		.db = db,
		.now_ms = books_now_ms(asked->books),
		.from_day = asked->from_day,
		.to_day = asked->to_day,
	};

	if (asked->due) {
		/* The last day that is over. */
		choice.to_day = day_of(choice.now_ms - RECONCILE_GRACE_MS, 0) - 1;
		choice.from_day = choice.to_day - DUE_DAYS + 1;
	}
	asked->more = false;
	TRY(choose(&choice));
	asked->items = arena_alloc(asked->arena, (choice.count + 1) * sizeof(*asked->items));
	for (asked->count = 0; asked->count < choice.count; asked->count++) {
		/* One day, one state of the books; a long one does not hold up the log's shrinking.
		 */
		TRY(store_begin(db));
		struct err err = reconcile_day(db, asked->arena, asked->books,
			&choice.days[asked->count], choice.now_ms, &asked->items[asked->count]);
		store_rollback(db);
		TRY(err);
	}
	return OK;
}

/* Nobody looks at what daily work does, unless it calls. */
static struct err
alarm_gap(struct tx *tx, struct arena *arena, const struct reconciliation *made)
{
	struct buf day CLEANUP(buf_fini) = {0};

	day_format(&day, made->day);
	log_warn("reconcile", "day=%s source=%.*s gaps=%lld", day.ptr, STR_FMT(made->source),
		(long long)made->gaps);
	return alarms_put(tx->db, tx_next_id(tx), STR("reconciliation_gap"), made->account_no,
		arena_printf(arena, "day=%s source=%.*s gaps=%lld reconciliation=%lld", day.ptr,
			STR_FMT(made->source), (long long)made->gaps, (long long)made->id),
		tx->now_ms);
}

static struct err
reconcile_write(struct tx *tx, struct command *self)
{
	struct reconcile *asked = (struct reconcile *)((char *)self -
						       offsetof(struct reconcile, command));

	TRY(work_check(tx, asked->lease));
	for (size_t i = 0; i < asked->count; i++) {
		asked->items[i].id = tx_next_id(tx);
		TRY(reconciliations_put(tx->db, &asked->items[i]));
		if (asked->due && str_eq(asked->items[i].state, STR("gap")))
			TRY(alarm_gap(tx, asked->arena, &asked->items[i]));
	}
	return OK;
}

static void
written(struct command *self)
{
	struct reconcile *asked = (struct reconcile *)((char *)self -
						       offsetof(struct reconcile, command));

	asked->result = self->result;
	asked->done(asked);
}

static void
was_read(struct query *query)
{
	struct reconcile *asked = (struct reconcile *)((char *)query -
						       offsetof(struct reconcile, query));

	asked->result = query->result;
	if (asked->result.code == ERR_OK && asked->count > 0) {
		struct err err;

		asked->command = (struct command){
			reconcile_write, written, asked->mailbox, asked->arena, OK};
		err = books_submit(asked->books, &asked->command);
		if (err.code == ERR_OK)
			return; /* it is the writer's now */
		asked->result = err;
	}
	asked->done(asked);
}

struct err
books_reconcile(struct books *books, struct reconcile *reconcile)
{
	reconcile->books = books;
	reconcile->query = (struct query){.run = reconcile_read,
		.done = was_read,
		.mailbox = reconcile->mailbox,
		.arena = reconcile->arena};
	return books_ask_long(books, &reconcile->query);
}
