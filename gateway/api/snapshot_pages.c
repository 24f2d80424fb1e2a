/* The officials' pages of what was frozen: the list, the freezing, what changed. */
#include "chopay/report_difference.h"
#include "report_page.h"

#define LIST_MAX 50	   /* snapshots on a page */
#define LOOKED_AT_MAX 1000 /* rows read for a page: those of others are passed over */

/* ---- a row ------------------------------------------------------------------------------------
 */

static void
set_period(json_t *row, const struct snapshot *snapshot, enum language language)
{
	struct buf title CLEANUP(buf_fini) = {0};
	enum period_calendar calendar = CALENDAR_SOLAR;
	struct period period;

	(void)period_calendar_parse(snapshot->calendar, &calendar);
	if (period_parse(snapshot->period, calendar, &period).code != ERR_OK)
		return;
	(language == VIETNAMESE ? period_title_vi : period_title_en)(&title, &period);
	json_set_str(row, "period_title", buf_str(&title));
}

static struct str
status_text(const struct snapshot *snapshot, enum language language)
{
	static const char *const codes[] = {"provisional", "official", "unmatched"};
	enum report_status status = STATUS_PROVISIONAL;

	while (status < STATUS_UNMATCHED && !str_eq(snapshot->status, str_from(codes[status])))
		status++;
	return str_from(report_status_word(status, language));
}

struct err
snapshot_row(struct db *db, struct ask *ask, const struct snapshot *snapshot, json_t **row)
{
	struct arena *arena = ask->query.arena;
	struct str name;

	TRY(scope_name(db, ask, snapshot->scope, &name));
	*row = json_object();
	json_set_str(*row, "id", arena_printf(arena, "%lld", (long long)snapshot->id));
	json_set_str(*row, "name", name);
	set_period(*row, snapshot, ask->lang);
	json_set_i64(*row, "revision", snapshot->revision);
	json_set_str(*row, "status", status_text(snapshot, ask->lang));
	json_set_str(*row, "cut", date_time_text(arena, snapshot->cut_at_ms));
	json_set_str(*row, "person", snapshot->person);
	json_object_set_new(*row, "nd09", json_boolean(str_eq(snapshot->calendar, STR("nd09"))));
	json_object_set_new(*row, "board", json_boolean(str_eq(snapshot->audience, STR("board"))));
	json_object_set_new(
		*row, "then", json_boolean(str_eq(snapshot->boundary, STR("tai_thoi_diem"))));
	json_set_str(*row, "href",
		arena_printf(arena, "/reports?snapshot=%lld", (long long)snapshot->id));
	if (snapshot->revision > 0)
		json_set_str(*row, "difference",
			arena_printf(arena, "/reports/difference?snapshot=%lld",
				(long long)snapshot->id));
	return OK;
}

/* ---- the list ---------------------------------------------------------------------------------
 */

struct snapshot_list {
	json_t *rows;
	size_t shown, looked_at;
	int64_t last;
	bool more;
};

static struct err
add_page(struct db *db, struct ask *ask, struct snapshot_list *list)
{
	struct arena *arena = ask->query.arena;
	struct snapshot *snapshots = arena_alloc(arena, LIST_MAX * sizeof(*snapshots));
	size_t count;

	TRY(snapshots_list(db, arena, STR(""), list->last, LIST_MAX, snapshots, &count));
	list->more = count == LIST_MAX;
	list->looked_at += count;
	for (size_t i = 0; i < count; i++) {
		json_t *row;
		bool yes;

		if (list->shown == LIST_MAX) {
			list->more = true;
			return OK;
		}
		list->last = snapshots[i].id;
		TRY(may_see_scope(db, arena, &ask->who, snapshots[i].scope, snapshots[i].audience,
			day_of(ask->now_ms, 0), &yes));
		if (!yes)
			continue;
		TRY(snapshot_row(db, ask, &snapshots[i], &row));
		json_array_append_new(list->rows, row);
		list->shown++;
	}
	return OK;
}

static struct err
list_answer(struct db *db, struct ask *ask)
{
	struct snapshot_list list = {.more = true};

	if (!may(&ask->who, SEE_REPORTS, 0))
		return ask_denied(ask);
	ask->json = report_page_data(ask, "snapshots", STR(""));
	list.rows = json_array();
	list.last = ask->after;
	json_object_set_new(ask->json, "snapshots", list.rows);
	while (list.more && list.shown < LIST_MAX && list.looked_at < LOOKED_AT_MAX)
		TRY(add_page(db, ask, &list));
	json_object_set_new(ask->json, "any", json_boolean(list.shown > 0));
	if (list.more)
		json_set_str(ask->json, "next",
			arena_printf(ask->query.arena, "?cursor=%lld", (long long)list.last));
	return page_render(&ask->bytes, "gateway/web/reports/snapshots.html", ask->json);
}

void
reports_snapshots_page(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct str cursor;

	if (request_query(req, "cursor", &cursor) &&
		(str_to_i64(cursor, &ask->after).code != ERR_OK || ask->after < 0))
		ask->after = 0;
	ask->answer = list_answer;
	ask->reply = ask_reply_page;
	ask_send(ask);
}

/* ---- freezing ---------------------------------------------------------------------------------
 */

static void
reply_frozen(struct report_task *task)
{
	bool fresh;
	int64_t id = frozen_id(task, &fresh);

	page_headers(task->ask.req);
	reply_redirect(task->ask.req,
		arena_printf(request_arena(task->ask.req), "/reports?snapshot=%lld&done=%s",
			(long long)id, fresh ? "frozen" : "unchanged"));
}

void
reports_post_snapshot(struct request *req)
{
	struct report_task *task = report_form_new(req, ORDER_ADOPTION);

	if (task == NULL)
		return;
	if (task->order.snapshot_id != 0)
		report_task_refuse(task, "what is frozen already is not frozen again");
	freeze_task(task, STR("")); /* who signed in */
	task->reply = reply_frozen;
	report_task_run(task);
}

/* ---- what changed -----------------------------------------------------------------------------
 */

static json_t *
difference_rows(const struct ask *ask, const struct report *before, const struct report *after)
{
	json_t *rows = json_array();
	struct difference *items;
	size_t count;

	report_difference(ask->query.arena, before, after, ask->lang, &items, &count);
	for (size_t i = 0; i < count; i++) {
		json_t *row = json_object();

		json_set_str(row, "name", items[i].name);
		json_set_str(
			row, "indicator", report_difference_name(items[i].indicator, ask->lang));
		json_set_str(row, "before", items[i].before.text);
		json_set_str(row, "after", items[i].after.text);
		json_array_append_new(rows, row);
	}
	return rows;
}

static void
say_first(struct buf *why)
{
	buf_add(why, words_find(VIETNAMESE, STR("reports.first_revision")));
	buf_addc(why, '\n');
	buf_add(why, words_find(ENGLISH, STR("reports.first_revision")));
}

/* Of the snapshot that was asked for and the revision before it. */
static struct err
fill_difference(struct db *db, struct report_task *task, const struct report *after, json_t *data)
{
	struct ask *ask = &task->ask;
	struct arena *arena = ask->query.arena;
	struct snapshot one, other;
	struct report *before;
	struct err err;
	json_t *row, *rows;

	TRY(snapshots_get(db, arena, task->order.snapshot_id, &one));
	err = snapshots_before(db, arena, &one, one.revision, &other);
	if (err.code == ERR_NOT_FOUND)
		say_first(&task->why);
	TRY(err);
	TRY(report_of_snapshot(arena, &other, &before));
	TRY(snapshot_row(db, ask, &other, &row));
	json_object_set_new(data, "before", row);
	TRY(snapshot_row(db, ask, &one, &row));
	json_object_set_new(data, "after", row);
	rows = difference_rows(ask, before, after);
	json_object_set_new(data, "rows", rows);
	json_object_set_new(data, "any", json_boolean(json_array_size(rows) > 0));
	return OK;
}

void
reports_difference_page(struct request *req)
{
	static const struct report_page page = {.template = "gateway/web/reports/difference.html",
		.tab = "snapshots",
		.fill = fill_difference};
	struct str word;

	if (!request_query(req, "snapshot", &word) || word.len == 0)
		reply_redirect(req, STR("/reports/snapshots"));
	else
		report_task_run(report_page_new(req, ORDER_ADOPTION, &page));
}
