/* The officials' page of exports: what was asked for, how far it is, where it is. */
#include "report_page.h"

#define JOBS_MAX 50	   /* on the page: older ones are past their seven days soon */
#define LOOKED_AT_MAX 1000 /* rows read for it: those of others are passed over */

static struct str
state_text(const struct ask *ask, const struct export_job *job)
{
	return words_find(ask->lang,
		arena_printf(ask->query.arena, "reports.export.%.*s", STR_FMT(job->state)));
}

static bool
is_under_way(const struct export_job *job)
{
	return str_eq(job->state, STR("waiting")) || str_eq(job->state, STR("running"));
}

/* Of what the file is: the report, its unit and period, or its snapshot. */
static struct err
set_order(struct db *db, struct ask *ask, const struct report_order *order, json_t *row)
{
	static const char *const whats[] = {[ORDER_ADOPTION] = "reports.export.adoption",
		[ORDER_RANKING] = "reports.export.ranking",
		[ORDER_WORK] = "reports.export.work"};
	struct buf text CLEANUP(buf_fini) = {0};
	struct str name;

	json_set_str(row, "what", words_find(ask->lang, str_from(whats[order->what])));
	if (order->snapshot_id != 0) {
		buf_addf(&text, "%lld", (long long)order->snapshot_id);
		json_set_str(row, "snapshot", buf_str(&text));
	} else {
		report_order_scope(order, &text);
		TRY(scope_name(db, ask, buf_str(&text), &name));
		json_set_str(row, "name", name);
		buf_clear(&text);
		(ask->lang == VIETNAMESE ? period_title_vi : period_title_en)(
			&text, &order->request.period);
		json_set_str(row, "period_title", buf_str(&text));
	}
	buf_clear(&text);
	report_order_file(order, &text);
	json_set_str(row, "file", buf_str(&text));
	return OK;
}

/* What came in the way of a file that failed; what is of programs stays theirs. */
static struct str
error_text(const struct ask *ask, const struct export_job *job)
{
	struct str why = report_why(job->error, ask->lang);

	if (job->error.len == 0 || why.len > 0)
		return why;
	return words_find(ask->lang, STR("reports.export.error"));
}

static void
set_progress(struct ask *ask, const struct export_job *job, json_t *row)
{
	int64_t percent = job->total > 0 ? 100 * job->done / job->total : 0;

	json_set_str(row, "state", state_text(ask, job));
	json_object_set_new(row, "under_way", json_boolean(is_under_way(job)));
	json_object_set_new(row, "done", json_boolean(str_eq(job->state, STR("done"))));
	json_set_i64(row, "percent", percent > 100 ? 100 : percent);
	json_set_str(row, "error", error_text(ask, job));
	json_set_str(row, "asked", date_time_text(ask->query.arena, job->created_at_ms));
	json_set_str(row, "id", arena_printf(ask->query.arena, "%lld", (long long)job->id));
}

static struct err
job_row(struct db *db, struct ask *ask, const struct export_job *job, json_t *rows)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct report_order order;
	json_t *row;

	if (report_order_parse(ask->query.arena, job->request, &order, &why).code != ERR_OK)
		return OK; /* of another version: it cannot be made here */
	row = json_object();
	json_array_append_new(rows, row);
	set_progress(ask, job, row);
	return set_order(db, ask, &order, row);
}

/* What a page is made of, while rows are read. */
struct job_list {
	json_t *rows;
	size_t shown, looked_at;
	int64_t last;
	bool more, under_way;
};

static struct err
add_jobs(struct db *db, struct ask *ask, struct job_list *list)
{
	struct export_job *jobs = arena_alloc(ask->query.arena, JOBS_MAX * sizeof(*jobs));
	size_t count;

	TRY(exports_list(db, ask->query.arena, list->last, JOBS_MAX, jobs, &count));
	list->more = count == JOBS_MAX;
	list->looked_at += count;
	for (size_t i = 0; i < count && list->shown < JOBS_MAX; i++) {
		list->last = jobs[i].id;
		if (!may_see_job(ask, &jobs[i]))
			continue;
		list->shown++;
		list->under_way = list->under_way || is_under_way(&jobs[i]);
		TRY(job_row(db, ask, &jobs[i], list->rows));
	}
	return OK;
}

static struct err
list_answer(struct db *db, struct ask *ask)
{
	struct job_list list = {.more = true};

	if (!may(&ask->who, SEE_REPORTS, 0))
		return ask_denied(ask);
	ask->json = report_page_data(ask, "exports", STR(""));
	list.rows = json_array();
	json_object_set_new(ask->json, "jobs", list.rows);
	while (list.more && list.shown < JOBS_MAX && list.looked_at < LOOKED_AT_MAX)
		TRY(add_jobs(db, ask, &list));
	json_object_set_new(ask->json, "any", json_boolean(json_array_size(list.rows) > 0));
	json_object_set_new(ask->json, "under_way", json_boolean(list.under_way));
	return page_render(&ask->bytes, "gateway/web/reports/exports.html", ask->json);
}

void
reports_exports_page(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = list_answer;
	ask->reply = ask_reply_page;
	ask_send(ask);
}

static void
reply_asked(struct report_task *task)
{
	page_headers(task->ask.req);
	if (task->export.full)
		reply_message_page(task->ask.req, 503, "reports.export.full");
	else
		reply_redirect(task->ask.req, STR("/reports/exports"));
}

void
reports_post_export(struct request *req)
{
	static const char *const whats[] = {"adoption", "ranking", "work"};
	enum order_what what = ORDER_ADOPTION;
	struct report_task *task;
	struct str word;

	if (request_form(req, "report", &word)) {
		while (what < ORDER_WORK && !str_eq(word, str_from(whats[what])))
			what++;
	}
	task = report_form_new(req, what);
	if (task == NULL)
		return;
	export_task(task);
	task->reply = reply_asked;
	report_task_run(task);
}
