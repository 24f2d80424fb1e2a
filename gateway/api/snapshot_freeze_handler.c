/* A report is frozen: as it is now, unless it is what the revision before says. */
#include "report_page.h"

struct freezing {
	struct report *before, *after; /* before NULL: this is the first */
	struct snapshot last;
	bool unchanged;
};

/* As bytes, but for when it was read. */
static void
put_figures(const struct report *report, struct buf *out)
{
	struct report figures = *report;

	figures.cut_at_ms = figures.position = figures.snapshot_id = 0;
	report_write_json(&figures, out);
}

static bool
same_figures(const struct report *one, const struct report *other)
{
	struct buf a CLEANUP(buf_fini) = {0}, b CLEANUP(buf_fini) = {0};

	put_figures(one, &a);
	put_figures(other, &b);
	return str_eq(buf_str(&a), buf_str(&b));
}

static const char *
status_code(enum report_status status)
{
	static const char *const codes[] = {[STATUS_PROVISIONAL] = "provisional",
		[STATUS_OFFICIAL] = "official",
		[STATUS_UNMATCHED] = "unmatched"};

	return codes[status];
}

static void
sign(struct report_task *task, const struct report *report)
{
	struct arena *arena = task->ask.query.arena;
	struct snapshot *snapshot = &task->snapshot.snapshot;
	unsigned char *sha256 = arena_alloc(arena, SHA256_SIZE);
	unsigned char *signature = arena_alloc(arena, ED25519_SIGNATURE_SIZE);
	struct buf json CLEANUP(buf_fini) = {0};

	report_write_json(report, &json);
	snapshot->report = arena_copy(arena, buf_str(&json));
	books_sign_report(task->ask.api->config.books, snapshot->report, sha256, signature);
	snapshot->sha256 = (struct str){(const char *)sha256, SHA256_SIZE};
	snapshot->signature = (struct str){(const char *)signature, ED25519_SIGNATURE_SIZE};
}

/* What the snapshot is of; the person is there. */
static void
name_snapshot(struct report_task *task)
{
	struct arena *arena = task->ask.query.arena;
	const struct report_request *request = &task->order.request;
	struct snapshot *snapshot = &task->snapshot.snapshot;
	struct buf text CLEANUP(buf_fini) = {0};

	report_order_scope(&task->order, &text);
	snapshot->scope = arena_copy(arena, buf_str(&text));
	buf_clear(&text);
	period_format(&text, &request->period);
	snapshot->period = arena_copy(arena, buf_str(&text));
	snapshot->calendar = str_from(period_calendar_name(request->period.calendar));
	snapshot->boundary = str_from(report_boundary_name(request->boundary));
	snapshot->audience = str_from(report_audience_name(request->audience));
	snapshot->parameter_set = STR(CAI_PARAMETER_SET);
}

static struct err
read_last(struct db *db, struct report_task *task)
{
	struct freezing *freezing = task->more;
	struct arena *arena = task->ask.query.arena;
	struct err err = snapshots_last(db, arena, &task->snapshot.snapshot, &freezing->last);

	task->snapshot.last_id = 0;
	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	task->snapshot.last_id = freezing->last.id;
	return report_of_snapshot(arena, &freezing->last, &freezing->before);
}

static struct err
make_snapshot(struct db *db, struct report_task *task)
{
	struct freezing *freezing = task->more;
	struct snapshot *snapshot = &task->snapshot.snapshot;
	const struct report_request *request = &task->order.request;
	struct report *report;

	TRY(principal_person(&task->ask.who, &snapshot->person));
	name_snapshot(task);
	*freezing = (struct freezing){0};
	TRY(report_build(db, task->ask.query.arena, request, NULL, &report, &task->why));
	if (request->period.to_day >= day_of(request->now_ms, 0))
		report->figures.status = STATUS_PROVISIONAL; /* it is not over */
	TRY(read_last(db, task));
	TRY(report_revise(db, task->ask.query.arena, snapshot, report));
	freezing->after = report;
	freezing->unchanged = freezing->before != NULL && same_figures(freezing->before, report);
	task->freezes = !freezing->unchanged;
	snapshot->status = str_from(status_code(report->figures.status));
	snapshot->position = report->position;
	snapshot->cut_at_ms = report->cut_at_ms;
	sign(task, report);
	return OK;
}

static void
reply_frozen(struct report_task *task)
{
	struct freezing *freezing = task->more;
	json_t *json = json_object();

	json_object_set_new(json, "unchanged", json_boolean(freezing->unchanged));
	json_object_set_new(json, "snapshot",
		snapshot_json(freezing->unchanged ? &freezing->last : &task->snapshot.snapshot));
	if (freezing->before != NULL)
		json_object_set_new(json, "difference",
			difference_json(task->ask.query.arena, freezing->before, freezing->after));
	reply_json(task->ask.req, freezing->unchanged ? 200 : 201, json);
}

void
freeze_task(struct report_task *task, struct str person)
{
	struct arena *arena = task->ask.query.arena;

	task->snapshot.snapshot.person = arena_copy(arena, person);
	task->more = arena_alloc(arena, sizeof(struct freezing));
	task->make = make_snapshot;
	task->needs = FREEZE_REPORTS;
}

int64_t
frozen_id(const struct report_task *task, bool *fresh)
{
	const struct freezing *freezing = task->more;

	*fresh = !freezing->unchanged;
	return freezing->unchanged ? freezing->last.id : task->snapshot.snapshot.id;
}

static void
post_may(struct request *req)
{
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct report_task *task;
	struct str person = STR("");

	if (body == NULL)
		return;
	task = report_task_new(req, ORDER_ADOPTION, object_word, body);
	if (json_member_str_opt(body, "person", &person).code != ERR_OK ||
		json_object_get(body, "snapshot") != NULL)
		report_task_refuse(task,
			"\"person\" is the name of who freezes it; what is frozen is"
			" named by unit, market or former, and period");
	freeze_task(task, person);
	task->reply = reply_frozen;
	report_task_run(task);
}

void
snapshot_post(struct request *req)
{
	behind_gate(req, FREEZE_REPORTS, post_may);
}
