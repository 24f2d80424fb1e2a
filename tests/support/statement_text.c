/* A statement as text, for tests. */
#include "statement_text.h"

static void
put_events(struct buf *out, const struct statement *statement)
{
	for (size_t i = 0; i < statement->count; i++) {
		const struct feed_event *event = &statement->events[i];
		struct buf time CLEANUP(buf_fini) = {0};

		time_format_rfc3339(&time, event->time_ms);
		buf_addf(out, "%.19s %s %lld %.*s %.*s |", time.ptr, event->outgoing ? "out" : "in",
			(long long)event->amount.dong, STR_FMT(event->account),
			event->bank_txn_id.len == 0 ? 1 : (int)event->bank_txn_id.len,
			event->bank_txn_id.len == 0 ? "-" : event->bank_txn_id.ptr);
		if (event->content.len > 0)
			buf_addc(out, ' ');
		for (size_t n = 0; n < event->content.len; n++)
			buf_addc(out, event->content.ptr[n] == '\n' ? '~' : event->content.ptr[n]);
		buf_addc(out, '\n');
	}
	if (statement->left_out > 0)
		buf_addf(out, "left out %zu\n", statement->left_out);
	if (statement->balanced)
		buf_adds(out, "balanced\n");
}

static void
put_problems(struct buf *out, const struct statement *statement)
{
	size_t shown = statement->problem_count < STATEMENT_PROBLEMS_MAX ? statement->problem_count
									 : STATEMENT_PROBLEMS_MAX;

	for (size_t i = 0; i < shown; i++) {
		const struct statement_problem *problem = &statement->problems[i];

		buf_addf(out, "line %zu%s%.*s: %.*s\n", problem->line,
			problem->column.len > 0 ? ", " : "", STR_FMT(problem->column),
			STR_FMT(problem->reason));
	}
	if (statement->problem_count > shown)
		buf_addf(out, "and %zu more\n", statement->problem_count - shown);
}

void
statement_put(struct buf *out, const struct statement *statement, struct err err)
{
	if (err.code == ERR_OK) {
		put_events(out, statement);
		return;
	}
	put_problems(out, statement);
	if (err.code != ERR_NOT_FOUND)
		return;
	buf_addf(out, "proposal: %.*s\n", STR_FMT(statement->proposal));
	for (size_t i = 0; i < statement->ambiguity_count; i++) {
		const struct statement_ambiguity *one = &statement->ambiguities[i];

		buf_addf(out, "ambiguous %s:", one->field);
		for (size_t n = 0; n < one->column_count; n++)
			buf_addf(out, "%s %.*s", n == 0 ? "" : ",", STR_FMT(one->columns[n]));
		buf_addc(out, '\n');
	}
}
