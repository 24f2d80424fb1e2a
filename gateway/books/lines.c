/* Lines of a list or a statement: settled through the same door as a webhook's, and remembered. */
#include "books.h"

#define WATCHED_TRANSFERS 1000 /* of an account, newest: did a webhook tell one of them? */
#define WATCHED_FEEDS_MAX 32
#define DUE_MAX 1000		  /* awaited credits judged by one call; more wait for the next */
#define ALARM_IDS_MAX 20	  /* transfers that one alarm names; the rest is counted */
#define KEPT_MS (90 * MS_PER_DAY) /* who was awaited, and came or not */

/* ---- which of them are new ------------------------------------------------------------------ */

/* The day is 0 when the line tells no time: then its transfer's stands in, once that is known. */
static struct bank_line
line_of(const struct lines_command *lines, const struct feed_event *event)
{
	const struct feed *feed = lines->settle.feed;

	return (struct bank_line){
		.account_no = event_account(event),
		.source = str_from(feed->name),
		.line_key = arena_printf(lines->settle.command.arena, "%s:%.*s", feed->key_prefix,
			STR_FMT(event->provider_txn_id)),
		.day = event->time_ms == NO_TIME ? 0 : day_of(event->time_ms, 0),
		.amount = event->amount,
		.outgoing = event->outgoing,
		.booked_at_ms = event->time_ms,
	};
}

/* The events of `lines` that this source has not told before, as a command of their own;
 * `places[i]` is where the i-th of them stood. */
static struct err
pick_new(struct tx *tx, struct lines_command *lines, struct settle_command *fresh, size_t *places)
{
	const struct settle_command *all = &lines->settle;
	struct arena *arena = all->command.arena;
	struct feed_event *events = arena_alloc(arena, (all->event_count + 1) * sizeof(*events));
	struct str *bins = arena_alloc(arena, (all->event_count + 1) * sizeof(*bins));
	struct str *payers = arena_alloc(arena, (all->event_count + 1) * sizeof(*payers));
	size_t count = 0;

	for (size_t n = 0; n < all->event_count; n++) {
		struct bank_line line = line_of(lines, &all->events[n]);
		int64_t transfer_id;

		TRY(lines_find(tx->db, &line, &transfer_id));
		all->settlements[n] = (struct settlement){
			.replay = true, .outgoing = line.outgoing, .transfer_id = transfer_id};
		if (transfer_id != 0)
			continue;
		events[count] = all->events[n];
		bins[count] = all->bank_bins[n];
		payers[count] = all->payer_bins == NULL ? STR("") : all->payer_bins[n];
		places[count++] = n;
	}
	*fresh = *all;
	fresh->events = events;
	fresh->bank_bins = bins;
	fresh->payer_bins = payers;
	fresh->event_count = count;
	return OK;
}

/* ---- remember one --------------------------------------------------------------------------- */

static struct err
remember(struct tx *tx, struct lines_command *lines, const struct feed_event *event,
	const struct settlement *settled)
{
	struct bank_line line = line_of(lines, event);
	struct transfer transfer;

	line.transfer_id = settled->transfer_id;
	line.told_at_ms = tx->now_ms;
	if (event->time_ms == NO_TIME) {
		TRY(transfers_get(
			tx->db, lines->settle.command.arena, line.transfer_id, &transfer));
		line.booked_at_ms = transfer.booked_at_ms;
		line.day = day_of(line.booked_at_ms, 0);
	}
	TRY(lines_put(tx->db, &line));
	if (settled->replay || settled->merged) {
		lines->known++;
		return OK;
	}
	lines->fresh++;
	if (line.outgoing)
		return OK;
	lines->held += settled->payment_id == 0;
	return awaited_put(
		tx->db, &(struct awaited_webhook){
				.transfer_id = line.transfer_id,
				.account_no = line.account_no,
				.source = line.source,
				.due_at_ms = (line.booked_at_ms < tx->now_ms ? line.booked_at_ms
									     : tx->now_ms) +
					     LINES_LATE_MS,
			});
}

/* ---- credits that no webhook brought --------------------------------------------------------- */

struct err
webhooks_tell(struct db *db, struct arena *arena, struct str account_no, bool *tell)
{
	struct str names[WATCHED_FEEDS_MAX];
	size_t count;

	TRY(awaited_was_told(db, account_no, tell));
	if (*tell)
		return OK;
	TRY(transfers_feeds(
		db, arena, account_no, WATCHED_TRANSFERS, WATCHED_FEEDS_MAX, names, &count));
	for (size_t i = 0; i < count; i++) {
		const struct feed *feed = feed_find(names[i]);

		*tell = *tell || (feed != NULL && feed->mode_count > 0);
	}
	return OK;
}

/* All of one account and source, of those that are due. */
static struct err
alarm_missed(struct tx *tx, const struct awaited_webhook *due, size_t count, size_t *missed)
{
	struct buf ids CLEANUP(buf_fini) = {0}, detail CLEANUP(buf_fini) = {0};
	int64_t sum = 0;
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		if (!str_eq(due[i].account_no, due->account_no) ||
			!str_eq(due[i].source, due->source))
			continue;
		sum += due[i].amount.dong;
		if (found++ < ALARM_IDS_MAX)
			buf_addf(&ids, "%s%lld", ids.len == 0 ? "" : ",",
				(long long)due[i].transfer_id);
	}
	*missed += found;
	buf_addf(&detail, "told_by=%.*s credits=%zu sum=%lld transfers=%.*s%s",
		STR_FMT(due->source), found, (long long)sum, STR_FMT(buf_str(&ids)),
		found > ALARM_IDS_MAX ? ",..." : "");
	log_warn("missed_credit", "told_by=%.*s credits=%zu", STR_FMT(due->source), found);
	return alarms_put(tx->db, tx_next_id(tx), STR("missed_credit"), due->account_no,
		buf_str(&detail), tx->now_ms);
}

/* The first of the same account and source. */
static size_t
group_of(const struct awaited_webhook *due, size_t at)
{
	size_t first = 0;

	while (!str_eq(due[first].account_no, due[at].account_no) ||
		!str_eq(due[first].source, due[at].source))
		first++;
	return first;
}

static struct err
judge_due(struct tx *tx, struct arena *arena, size_t *missed)
{
	struct awaited_webhook *due = arena_alloc(arena, DUE_MAX * sizeof(*due));
	bool *tell = arena_alloc(arena, DUE_MAX * sizeof(*tell)); /* of each group's first */
	size_t count;

	TRY(awaited_due(tx->db, arena, tx->now_ms, DUE_MAX, due, &count));
	for (size_t i = 0; i < count; i++) {
		size_t first = group_of(due, i);

		if (first == i)
			TRY(webhooks_tell(tx->db, arena, due[i].account_no, &tell[i]));
		TRY(tell[first] ? awaited_miss(tx->db, due[i].transfer_id)
				: awaited_drop(tx->db, due[i].transfer_id));
		if (first == i && tell[i])
			TRY(alarm_missed(tx, due + i, count - i, missed));
	}
	return awaited_forget(tx->db, tx->now_ms - KEPT_MS);
}

/* ---- all together -----------------------------------------------------------------------------
 */

struct err
lines_apply(struct tx *tx, struct command *self)
{
	struct lines_command *lines = (struct lines_command *)self;
	struct settle_command *all = &lines->settle, fresh;
	size_t *places = arena_alloc(self->arena, (all->event_count + 1) * sizeof(*places));

	lines->fresh = lines->held = lines->missed = 0;
	all->settlements = arena_alloc(
		self->arena, (all->event_count + 1) * sizeof(*all->settlements));
	TRY(pick_new(tx, lines, &fresh, places));
	lines->known = all->event_count - fresh.event_count;
	all->kept_id = all->delivery_id;
	if (fresh.event_count > 0) {
		TRY(settle_apply(tx, &fresh.command));
		all->refused = fresh.refused;
		all->kept_id = fresh.kept_id;
	}
	for (size_t i = 0; i < fresh.event_count && fresh.refused == FEED_OK; i++) {
		all->settlements[places[i]] = fresh.settlements[i];
		TRY(remember(tx, lines, &fresh.events[i], &fresh.settlements[i]));
	}
	return judge_due(tx, self->arena, &lines->missed);
}
