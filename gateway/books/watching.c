/* What is watched in the background: an alarm when it begins, none while it goes on; and alarms
 * closed by a person. */
#include "chopay/watching.h"

#include "books.h"
#include "chopay/silence.h"
#include "chopay/snapshots.h"

/* ---- what holds ----------------------------------------------------------------------------- */

static bool
is_among(const struct watched *one, const struct watched *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(one->kind, list[i].kind) && str_eq(one->subject, list[i].subject))
			return true;
	}
	return false;
}

static struct err
raise(struct tx *tx, const struct watched *one)
{
	int64_t id = tx_next_id(tx);

	log_warn("alarm", "kind=%.*s subject=%.*s", STR_FMT(one->kind), STR_FMT(one->subject));
	TRY(alarms_put(tx->db, id, one->kind, one->subject, one->detail, tx->now_ms));
	return watched_put(tx->db, one, id, tx->now_ms);
}

static struct err
watch_kind(struct tx *tx, struct watch_command *watch, struct str kind)
{
	struct arena *arena = watch->command.arena;
	struct watched *known = arena_alloc(arena, WATCHED_MAX * sizeof(*known));
	size_t count, left;

	TRY(watched_list(tx->db, arena, kind, WATCHED_MAX, known, &count));
	left = count;
	for (size_t i = 0; i < count; i++) {
		if (is_among(&known[i], watch->holds, watch->count))
			continue;
		TRY(watched_drop(tx->db, kind, known[i].subject));
		left--;
	}
	for (size_t i = 0; i < watch->count && left < WATCHED_MAX; i++) {
		if (!str_eq(watch->holds[i].kind, kind) || is_among(&watch->holds[i], known, count))
			continue;
		TRY(raise(tx, &watch->holds[i]));
		watch->raised = true;
		left++;
	}
	return OK;
}

struct err
watch_apply(struct tx *tx, struct command *self)
{
	struct watch_command *watch = (struct watch_command *)self;

	watch->raised = false;
	TRY(work_check(tx, watch->lease));
	for (size_t i = 0; i < watch->kind_count; i++)
		TRY(watch_kind(tx, watch, str_from(watch->kinds[i])));
	return OK;
}

/* ---- who called when ------------------------------------------------------------------------ */

struct err
count_deliveries_apply(struct tx *tx, struct command *self)
{
	int32_t today = day_of(tx->now_ms, 0), from;

	TRY(work_check(tx, ((struct count_deliveries_command *)self)->lease));
	TRY(endpoint_days_last(tx->db, &from));
	/* A delivery may have been on its way when its day was counted: that day once more. */
	from = from - 1 < today - SILENCE_DAYS ? today - SILENCE_DAYS : from - 1;
	return endpoint_days_count(tx->db, from, books_before(day_start_ms(from, 0)));
}

/* ---- a person has looked at it --------------------------------------------------------------
 */

struct err
alarm_close_apply(struct tx *tx, struct command *self)
{
	struct alarm_close_command *close = (struct alarm_close_command *)self;
	struct alarm *alarm = &close->alarm;

	TRY(words_check(&close->person, &close->why));
	TRY(alarms_get(tx->db, self->arena, close->id, alarm));
	TRY(alarms_close(tx->db, close->id, close->person, close->why, tx->now_ms));
	alarm->closed_at_ms = tx->now_ms;
	alarm->closed_by = close->person;
	alarm->why = close->why;
	return audit_put(tx->db, &(struct audit_line){
					 .id = tx_next_id(tx),
					 .at_ms = tx->now_ms,
					 .who = close->person,
					 .what = STR("alarm"),
					 .subject = arena_printf(self->arena, "alarm:%lld %.*s",
						 (long long)close->id, STR_FMT(alarm->kind)),
					 .detail = close->why,
				 });
}
