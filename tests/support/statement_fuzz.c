/* What must hold of any bytes that are read as a statement. */
#include <string.h>

#include "fuzz.h"
#include "statement_fuzz.h"

#define NOTE_MAX 4096

static void
check_events(const struct statement *statement)
{
	for (size_t i = 0; i < statement->count; i++) {
		const struct feed_event *event = &statement->events[i];

		must(event->amount.dong > 0 && event->amount.dong <= INT64_C(10000000000000));
		must(event->account.len > 0 && event->account.len <= 34);
		must(event->provider_txn_id.len > 0 && event->provider_txn_id.len <= 128);
		must(event->content.len <= NOTE_MAX && str_is_utf8(event->content));
		must(event->bank_txn_id.len <= 128 && str_is_utf8(event->bank_txn_id));
		must(event->time_ms != NO_TIME && event->time_ms % MS_PER_SECOND == 0);
		if (i < 64)
			for (size_t n = 0; n < i; n++)
				must(!str_eq(event->provider_txn_id,
					     statement->events[n].provider_txn_id) ||
					!str_eq(event->account, statement->events[n].account));
	}
}

static void
check_problems(const struct statement *statement)
{
	for (size_t i = 0; i < statement->problem_count && i < STATEMENT_PROBLEMS_MAX; i++)
		must(statement->problems[i].reason.len > 0);
}

static void
check_again(struct arena *arena, const struct statement_source *source,
	const struct statement *statement, bool read)
{
	const struct feed_message message = {
		.now_ms = source->now_ms,
		.content_type = statement_content_type(arena, source),
		.body = source->bytes,
	};
	struct feed_events events;

	must((statement_feed(source->format)->parse(arena, &message, &events) == FEED_OK) == read);
	must(events.count == (read ? statement->count : 0));
	for (size_t i = 0; i < events.count; i++)
		must(str_eq(events.items[i].provider_txn_id, statement->events[i].provider_txn_id));
}

void
statement_fuzz(const struct statement_source *source)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct statement *statement = arena_alloc(arena, sizeof(*statement));
	struct err err = statement_read(arena, source, statement);

	must(err.code == ERR_OK || err.code == ERR_INVALID || err.code == ERR_NOT_FOUND);
	must((err.code == ERR_INVALID) == (statement->problem_count > 0));
	if (err.code != ERR_OK)
		must(statement->count == 0);
	check_events(statement);
	check_problems(statement);
	check_again(arena, source, statement, err.code == ERR_OK);
}
