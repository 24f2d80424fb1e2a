/* The fold: market days that changed since the last time are told anew, from their payments.
 *
 * Among owners (R2) a payment is judged by another one, of another market or day perhaps.  Whenever
 * what owners paid on a market day is not what is known of it, the days around of the merchant who
 * paid become due in the same commit.  Folding them changes nothing of what is known here, so it
 * ends. */
#include <stdlib.h>

#include "adoption.h"
#include "chopay/adoption_commands.h"

#define DAYS_MAX 31
#define OLDER_NODES_MS (MS_PER_DAY / 24) /* what they booked is looked for so long after them */

struct touched_list {
	struct touched_day {
		int64_t stall_id;
		int32_t day;
	} * items;
	size_t count, capacity;
};

struct folding {
	struct tx *tx;
	struct touched_list touched;
	int32_t day;
};

static void
free_touched(struct folding *folding)
{
	free(folding->touched.items);
}

static struct err
touch(void *arg, int64_t stall_id)
{
	struct folding *folding = arg;
	struct touched_list *touched = &folding->touched;

	touched->items = mem_room(
		touched->items, sizeof(*touched->items), touched->count, &touched->capacity);
	touched->items[touched->count++] = (struct touched_day){stall_id, folding->day};
	return OK;
}

/* ---- the sink that writes
 * ------------------------------------------------------------------------ */

static struct err
write_day(void *arg, const struct adoption_day_row *row)
{
	struct folding *folding = arg;

	TRY(touch(folding, row->stall_id));
	return adoption_days_put(folding->tx->db, row);
}

static struct err
write_tally(void *arg, const struct market_day *market_day, struct str tally)
{
	return tallies_put(((struct folding *)arg)->tx->db, market_day, tally);
}

static struct err
write_flag(void *arg, const struct adoption_flag *flag, bool wanted)
{
	struct db *db = ((struct folding *)arg)->tx->db;

	return wanted ? flags_put(db, flag)
		      : flags_drop(db, flag->stall_id, flag->rule, flag->subject);
}

static struct err
write_month(void *arg, const struct adoption_month_row *row)
{
	return adoption_months_put(((struct folding *)arg)->tx->db, row);
}

/* ---- payments among owners
 * ----------------------------------------------------------------------- */

struct owner_list {
	struct owner_payment *items;
	size_t count, capacity;
};

static void
free_owners(struct owner_list *list)
{
	free(list->items);
}

static struct err
add_owner(void *arg, const struct owner_payment *payment)
{
	struct owner_list *list = arg;

	list->items = mem_room(list->items, sizeof(*list->items), list->count, &list->capacity);
	list->items[list->count++] = *payment;
	return OK;
}

static int
by_id(const void *a, const void *b)
{
	int64_t one = ((const struct owner_payment *)a)->id;
	int64_t other = ((const struct owner_payment *)b)->id;

	return (one > other) - (one < other);
}

/* The other side of the circle stands at the stalls of who paid. */
static struct err
look_again(struct db *db, const struct owner_payment *payment)
{
	int32_t from_day, to_day;

	days_around(payment->at_ms, &from_day, &to_day);
	return due_put_owner(db, payment->payer_merchant_id, from_day, to_day);
}

static bool
same_owner(const struct owner_payment *a, const struct owner_payment *b)
{
	return a->stall_id == b->stall_id && a->merchant_id == b->merchant_id &&
	       a->payer_merchant_id == b->payer_merchant_id && a->net.dong == b->net.dong &&
	       a->at_ms == b->at_ms;
}

static struct err
update_owners(struct db *db, struct owner_list *wanted, struct owner_list *known)
{
	size_t w = 0, k = 0;

	if (wanted->count > 0)
		qsort(wanted->items, wanted->count, sizeof(*wanted->items), by_id);
	if (known->count > 0)
		qsort(known->items, known->count, sizeof(*known->items), by_id);
	while (w < wanted->count || k < known->count) {
		int order = w == wanted->count	? 1
			    : k == known->count ? -1
						: by_id(&wanted->items[w], &known->items[k]);
		bool same = order == 0 && same_owner(&wanted->items[w], &known->items[k]);

		if (order >= 0 && !same)
			TRY(look_again(db, &known->items[k]));
		if (order > 0)
			TRY(owner_payments_drop(db, &known->items[k]));
		if (order <= 0 && !same) {
			TRY(owner_payments_put(db, &wanted->items[w]));
			TRY(look_again(db, &wanted->items[w]));
		}
		w += order <= 0;
		k += order >= 0;
	}
	return OK;
}

static struct err
keep_against(void *arg, const struct owner_payment *payment)
{
	market_cells_add_owner(arg, payment);
	return OK;
}

static struct err
fold_owners(struct db *db, struct market_cells *cells)
{
	struct owner_list wanted CLEANUP(free_owners) = {0}, known CLEANUP(free_owners) = {0};

	for (size_t i = 0; i < cells->count; i++) {
		const struct adoption_payment *payment = &cells->payments[i];

		if (!is_among_owners(payment))
			continue;
		TRY(add_owner(&wanted, &(struct owner_payment){
					       .id = payment->id,
					       .stall_id = payment->stall_id,
					       .day = cells->of.day,
					       .merchant_id = payment->merchant_id,
					       .payer_merchant_id = payment->payer_merchant_id,
					       .net = payment->net,
					       .at_ms = payment->at_ms,
				       }));
	}
	TRY(owner_payments_of_market(db, &cells->of, add_owner, &known));
	TRY(update_owners(db, &wanted, &known));
	for (size_t i = 0; i < cells->count; i++) {
		struct owner_pair against = owners_against(&cells->payments[i]);

		if (is_among_owners(&cells->payments[i]))
			TRY(owner_payments_between(db, &against, keep_against, cells));
	}
	return OK;
}

/* ---- market days -------------------------------------------------------------------------------
 */

static struct err
clear_due(struct folding *folding, const struct market_day *market_day)
{
	size_t first = folding->touched.count;

	TRY(due_stalls(folding->tx->db, market_day, touch, folding));
	for (size_t i = first; i < folding->touched.count; i++)
		TRY(due_clear(
			folding->tx->db, folding->touched.items[i].stall_id, market_day->day));
	return OK;
}

static struct err
fold_day(struct folding *folding, const struct cell_sink *sink, const struct market_day *market_day,
	size_t *payments)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct market_cells cells CLEANUP(market_cells_fini) = {.arena = arena, .of = *market_day};
	struct tx *tx = folding->tx;

	folding->day = market_day->day;
	TRY(market_cells_read(&cells, tx->db));
	if (tx->payer_keys != NULL)
		TRY(market_cells_own(
			&cells, tx->db, tx->payer_keys, payer_keys_owners(tx->payer_keys)));
	TRY(fold_owners(tx->db, &cells));
	TRY(market_cells_compare(&cells, tx->db, sink));
	*payments += cells.count;
	return clear_due(folding, market_day);
}

static int
by_stall_and_day(const void *a, const void *b)
{
	const struct touched_day *one = a, *other = b;

	if (one->stall_id != other->stall_id)
		return one->stall_id < other->stall_id ? -1 : 1;
	return (one->day > other->day) - (one->day < other->day);
}

static bool
same_months(const struct touched_day *a, const struct touched_day *b)
{
	return a->stall_id == b->stall_id &&
	       month_of(a->day, CALENDAR_SOLAR) == month_of(b->day, CALENDAR_SOLAR) &&
	       month_of(a->day, CALENDAR_ND09) == month_of(b->day, CALENDAR_ND09);
}

static struct err
fold_months(struct folding *folding, const struct cell_sink *sink)
{
	struct touched_list *touched = &folding->touched;

	if (touched->count > 0)
		qsort(touched->items, touched->count, sizeof(*touched->items), by_stall_and_day);
	for (size_t i = 0; i < touched->count; i++) {
		if (i > 0 && same_months(&touched->items[i], &touched->items[i - 1]))
			continue;
		TRY(stall_months_compare(
			folding->tx->db, touched->items[i].stall_id, touched->items[i].day, sink));
	}
	return OK;
}

/* Of one market and month, so that its stalls' months are summed once. */
static struct err
fold_market(
	struct tx *tx, const struct market_day *newest, struct fold_command *fold, size_t *payments)
{
	struct folding folding CLEANUP(free_touched) = {.tx = tx};
	const struct cell_sink sink = {write_day, write_tally, write_flag, write_month, &folding};
	int32_t month_start = day_month_start(newest->day), days[DAYS_MAX];
	size_t count;

	TRY(due_days(tx->db, newest->market_id,
		fold->from_day > month_start ? fold->from_day : month_start, newest->day, DAYS_MAX,
		days, &count));
	for (size_t i = 0; i < count && (i == 0 || *payments < FOLD_PAYMENTS_MAX); i++) {
		const struct market_day market_day = {newest->market_id, days[i]};

		TRY(fold_day(&folding, &sink, &market_day, payments));
		fold->folded++;
	}
	return fold_months(&folding, &sink);
}

/* The next one that is due, in this sweep or in another one. */
static struct err
find_next(struct tx *tx, const struct fold_command *fold, struct fold_place *at, int64_t *market_id,
	bool *found)
{
	for (;;) {
		struct due_place place = {at->day, at->stall_id};

		if (at->sweep > 0)
			TRY(due_next(tx->db, fold->from_day, &place, market_id, found));
		if (at->sweep > 0 && *found) {
			*at = (struct fold_place){place.day, place.stall_id, at->sweep, true};
			return OK;
		}
		if (at->sweep == FOLD_SWEEPS_MAX || (at->sweep > 0 && !at->found))
			return OK;
		*at = (struct fold_place){.day = fold->to_day, .sweep = at->sweep + 1};
	}
}

struct err
fold_apply(struct tx *tx, struct command *self)
{
	struct fold_command *fold = (struct fold_command *)self;
	struct fold_place next = fold->at;
	struct market_day newest;
	size_t payments = 0;

	fold->folded = 0;
	fold->left = fold->at;
	TRY(work_check(tx, fold->lease));
	if (fold->unmarked_from != 0)
		TRY(due_put_unmarked(tx->db, fold->unmarked_from, tx->now_ms - OLDER_NODES_MS));
	if (tx->payer_keys != NULL)
		owner_map_begin(payer_keys_owners(tx->payer_keys));
	for (;;) {
		TRY(find_next(tx, fold, &next, &newest.market_id, &fold->more));
		if (!fold->more || payments >= FOLD_PAYMENTS_MAX || fold->folded >= FOLD_DAYS_MAX)
			return OK;
		newest.day = next.day;
		TRY(fold_market(tx, &newest, fold, &payments));
		fold->left = next;
	}
}

/* ---- until nothing is due
 * ------------------------------------------------------------------------ */

static void
folded_some(struct command *command)
{
	struct fold_due *fold = (struct fold_due *)((char *)command -
						    offsetof(struct fold_due, command.command));

	fold->result = command->result;
	if (fold->result.code == ERR_OK) {
		fold->folded += fold->command.folded;
		if (fold->progress != NULL)
			fold->progress(fold);
		if (fold->command.more && !fold->cancelled) {
			fold->command.at = fold->command.left;
			fold->result = books_submit(fold->books, &fold->command.command);
			if (fold->result.code == ERR_OK)
				return;
		}
	}
	fold->done(fold);
}

struct err
books_fold_due(struct books *books, struct fold_due *fold)
{
	fold->books = books;
	fold->folded = 0;
	fold->cancelled = false;
	fold->command = (struct fold_command){
		.command = {fold_apply, folded_some, fold->mailbox, NULL, OK},
		.from_day = fold->from_day,
		.to_day = fold->to_day,
	};
	return books_submit(books, &fold->command.command);
}

struct err
books_fold_due_wait(struct books *books, int32_t from_day, int32_t to_day)
{
	struct fold_command fold = {
		.command = {.apply = fold_apply}, .from_day = from_day, .to_day = to_day};

	do {
		fold.at = fold.left;
		TRY(books_submit_wait(books, &fold.command));
	} while (fold.more);
	return OK;
}
