/* Long exports: asked for, watched, fetched, cancelled. */
#include "report_page.h"

/* ---- JSON ---------------------------------------------------------------------------------------
 */

static json_t *
job_json(const struct export_job *job)
{
	json_t *json = json_object(), *order = NULL;
	struct buf error CLEANUP(buf_fini) = {0};

	json_set_id(json, "id", job->id);
	json_set_str(json, "who", job->who);
	if (json_parse_strict(job->request, &order, NULL).code == ERR_OK)
		json_object_set_new(json, "order", order);
	json_set_str(json, "state", job->state);
	json_set_i64(json, "done", job->done);
	json_set_i64(json, "total", job->total);
	report_why_put(&error, job->error);
	json_set_str(json, "error", buf_str(&error));
	json_set_time(json, "created_at", job->created_at_ms);
	json_set_time(json, "updated_at", job->updated_at_ms);
	return json;
}

/* Theirs, or they may see all of them. */
bool
may_see_job(struct ask *ask, const struct export_job *job)
{
	return may(&ask->who, SEE_AUDIT, 0) ||
	       (may(&ask->who, SEE_REPORTS, 0) &&
		       str_eq(job->who, audit_who(ask->query.arena, &ask->who)));
}

/* ---- asked for ----------------------------------------------------------------------------------
 */

static void
reply_asked(struct report_task *task)
{
	struct request *req = task->ask.req;

	if (task->export.full) {
		request_add_header(req, "Retry-After", STR("60"));
		reply_problem(req, 503, "busy", "Too many exports",
			"some have to be done, cancelled or seven days old first");
		return;
	}
	request_add_header(req, "Location",
		arena_printf(
			request_arena(req), "/v1/exports/%lld", (long long)task->export.job.id));
	reply_json(req, 202, job_json(&task->export.job));
}

static struct err
make_job(struct db *db, struct report_task *task)
{
	struct buf text CLEANUP(buf_fini) = {0};

	(void)db;
	report_order_write(&task->order, &text);
	task->export.job = (struct export_job){
		.who = audit_who(task->ask.query.arena, &task->ask.who),
		.request = arena_copy(task->ask.query.arena, buf_str(&text)),
		.error = STR(""),
	};
	return OK;
}

void
export_task(struct report_task *task)
{
	task->exports = true;
	task->make = make_job;
}

static void
post_may(struct request *req)
{
	static const char *const whats[] = {"adoption", "ranking", "work"};
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	size_t what = ORDER_ADOPTION;
	struct report_task *task;
	struct str word;

	if (body == NULL)
		return;
	if (object_word(body, "report", &word)) {
		while (what <= ORDER_WORK && !str_eq(word, str_from(whats[what])))
			what++;
	}
	task = report_task_new(
		req, what > ORDER_WORK ? ORDER_ADOPTION : (enum order_what)what, object_word, body);
	if (what > ORDER_WORK)
		report_task_refuse(task, "report is adoption, ranking or work");
	export_task(task);
	task->reply = reply_asked;
	report_task_run(task);
}

void
export_post(struct request *req)
{
	behind_gate(req, SEE_REPORTS, post_may);
}

/* ---- watched ------------------------------------------------------------------------------------
 */

static struct err
list_answer(struct db *db, struct ask *ask)
{
	struct export_job *jobs = arena_alloc(ask->query.arena, ask->max * sizeof(*jobs));
	json_t *items;
	size_t count;

	if (!may(&ask->who, SEE_REPORTS, 0))
		return ask_denied(ask);
	TRY(exports_list(db, ask->query.arena, ask->after, ask->max, jobs, &count));
	items = json_array();
	for (size_t i = 0; i < count; i++) {
		if (may_see_job(ask, &jobs[i]))
			json_array_append_new(items, job_json(&jobs[i]));
	}
	ask->json = list_json(
		"exports", items, count, ask->max, count == 0 ? 0 : jobs[count - 1].id);
	return OK;
}

void
exports_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = list_answer;
	if (ask_page(ask))
		ask_send(ask);
}

static struct err
read_job(struct db *db, struct ask *ask, struct export_job *job)
{
	struct err err = exports_get(db, ask->query.arena, ask->after, job);

	if (!may(&ask->who, SEE_REPORTS, 0))
		return ask_denied(ask);
	TRY(err);
	return may_see_job(ask, job) ? OK : ask_denied(ask);
}

static struct err
job_answer(struct db *db, struct ask *ask)
{
	struct export_job job;

	TRY(read_job(db, ask, &job));
	ask->json = job_json(&job);
	return OK;
}

/* 0, which none has, where it is no number: they are to hear first whether they may. */
static int64_t
read_id(struct request *req)
{
	int64_t id;

	return str_to_i64(request_param(req, "export"), &id).code == ERR_OK ? id : 0;
}

void
export_get(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->after = read_id(req);
	ask->answer = job_answer;
	ask_send(ask);
}

/* ---- fetched ------------------------------------------------------------------------------------
 */

static struct err
file_answer(struct db *db, struct ask *ask)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct report_order *order = ask->more;
	struct export_job job;
	struct err err;

	TRY(read_job(db, ask, &job));
	if (!str_eq(job.state, STR("done")))
		return FAIL(ERR_CONFLICT, "the export is not done: its state says why");
	TRY(report_order_parse(ask->query.arena, job.request, order, &why));
	err = export_file_read(ask->api->config.books, job.id, &ask->bytes);
	if (err.code != ERR_NOT_FOUND)
		return err;
	/* Another node made it, in its own folder: the same order gives the same file. */
	buf_clear(&ask->bytes);
	return report_order_make(db, ask->query.arena, order, NULL, &ask->bytes, &why);
}

static void
reply_file(struct ask *ask)
{
	const struct report_order *order = ask->more;
	struct buf name CLEANUP(buf_fini) = {0};

	if (ask->query.result.code != ERR_OK) {
		if (str_starts(request_path(ask->req), STR("/reports/")))
			ask_reply_page(ask); /* a link of the officials' page */
		else
			ask_fail(ask);
		return;
	}
	report_order_file(order, &name);
	request_add_header(ask->req, "Cache-Control", STR("no-store"));
	request_add_header(ask->req, "Content-Disposition",
		arena_printf(ask->query.arena, "attachment; filename=\"%s\"", name.ptr));
	reply_bytes(ask->req, 200, report_form_type(order->form), buf_str(&ask->bytes));
}

void
export_get_file(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->more = arena_alloc(request_arena(req), sizeof(struct report_order));
	ask->answer = file_answer;
	ask->reply = reply_file;
	ask->after = read_id(req);
	ask_send_long(ask);
}

/* ---- cancelled ----------------------------------------------------------------------------------
 */

struct cancelling {
	struct ask ask; /* first */
	struct export_command command;
	bool page; /* a form sent it */
};

static void
cancelled(struct command *self)
{
	struct cancelling *asked = (struct cancelling *)((char *)self -
							 offsetof(struct cancelling, command));

	/* A page shows what became of it: it may have been done meanwhile. */
	if (asked->page)
		reply_redirect(asked->ask.req, STR("/reports/exports"));
	else if (self->result.code != ERR_OK)
		reply_err(asked->ask.req, self->result);
	else
		reply_json(asked->ask.req, 200, job_json(&asked->command.job));
}

static void
may_cancel(struct ask *ask)
{
	struct cancelling *asked = (struct cancelling *)ask;

	if (ask->query.result.code != ERR_OK) {
		if (asked->page)
			ask_reply_page(ask);
		else
			ask_fail(ask);
		return;
	}
	asked->command.command = (struct command){
		export_cancel_apply, cancelled, ask->api->config.mailbox, ask->query.arena, OK};
	asked->command.job.id = ask->after;
	submit_command(ask->req, &asked->command.command);
}

static void
cancel(struct request *req, bool page)
{
	struct cancelling *asked = arena_alloc(request_arena(req), sizeof(*asked));

	*asked = (struct cancelling){.ask = *ask_new(req), .page = page};
	asked->ask.answer = job_answer;
	asked->ask.reply = may_cancel;
	asked->ask.after = read_id(req);
	ask_send(&asked->ask);
}

void
export_cancel(struct request *req)
{
	cancel(req, false);
}

void
reports_cancel_export(struct request *req)
{
	if (same_origin(req))
		cancel(req, true);
	else
		reply_message_page(req, 403, "error.other_site");
}
