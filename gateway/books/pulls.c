/* Polls of a feed's list: what a page brought and how far it reaches, in one commit. */
#include "books.h"

/* Lines that are not understood are money that may be missing: a person must look, once. */
static struct err
note_strange(struct tx *tx, struct arena *arena, struct pull *pull, size_t strange)
{
	size_t before = (size_t)pull->strange;

	pull->strange = (int64_t)strange;
	pull->last_error = STR("");
	if (strange == 0)
		return OK;
	pull->last_error = arena_printf(
		arena, "%zu lines of the list are not understood; they are not booked", strange);
	if (strange <= before)
		return OK;
	log_warn("pull_strange", "id=%.*s lines=%zu", STR_FMT(pull->id), strange);
	return alarms_put(tx->db, tx_next_id(tx), STR("line_not_understood"), pull->account_no,
		arena_printf(arena, "pull=%.*s source=%.*s lines=%zu", STR_FMT(pull->id),
			STR_FMT(pull->source), strange),
		tx->now_ms);
}

struct err
pull_page_apply(struct tx *tx, struct command *self)
{
	struct pull_page_command *page = (struct pull_page_command *)self;
	struct pull pull;

	TRY(work_check(tx, page->lease));
	TRY(pulls_get(tx->db, self->arena, page->pull_id, &pull)); /* removed meanwhile: undone */
	TRY(lines_apply(tx, self));
	if (page->cursor.len > 0)
		pull.cursor = page->cursor;
	if (page->last) {
		pull.last_ok_ms = pull.tried_at_ms = tx->now_ms;
		pull.failing_since_ms = pull.alarmed_at_ms = 0;
		TRY(note_strange(tx, self->arena, &pull, page->strange));
	}
	return pulls_set(tx->db, &pull);
}

struct err
pull_failed_apply(struct tx *tx, struct command *self)
{
	struct pull_failed_command *failed = (struct pull_failed_command *)self;
	struct pull pull;

	TRY(work_check(tx, failed->lease));
	TRY(pulls_get(tx->db, self->arena, failed->pull_id, &pull));
	pull.last_error = failed->why;
	pull.tried_at_ms = tx->now_ms;
	if (pull.failing_since_ms == 0)
		pull.failing_since_ms = tx->now_ms;
	if (pull.alarmed_at_ms == 0 && tx->now_ms - pull.failing_since_ms >= PULL_ALARM_MS) {
		struct buf since CLEANUP(buf_fini) = {0};

		pull.alarmed_at_ms = tx->now_ms;
		time_format_rfc3339(&since, pull.failing_since_ms);
		TRY(alarms_put(tx->db, tx_next_id(tx), STR("pull_failing"), pull.account_no,
			arena_printf(self->arena, "pull=%.*s source=%.*s since=%s why=%.*s",
				STR_FMT(pull.id), STR_FMT(pull.source), since.ptr,
				STR_FMT(pull.last_error)),
			tx->now_ms));
	}
	return pulls_set(tx->db, &pull);
}
