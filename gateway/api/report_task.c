/* A request about a report: may they, fold, make, audit, answer. */
#include "chopay/adoption_rows.h"

#include "report_task.h"

/* Of the fold, for one request: what is left then is a matter of minutes. */
#define FOLD_TURNS_MAX 500
#define UNIT_DEPTH_MAX 8 /* of units above a unit */

/* ---- words
 * --------------------------------------------------------------------------------------
 */

bool
query_word(void *arg, const char *name, struct str *value)
{
	return request_query(arg, name, value);
}

bool
object_word(void *arg, const char *name, struct str *value)
{
	const json_t *word = json_object_get(arg, name);

	if (!json_is_string(word))
		return false;
	*value = json_str(word);
	return true;
}

struct str
audit_who(struct arena *arena, const struct principal *who)
{
	return who->person.len == 0
		       ? who->name
		       : arena_printf(arena, "%.*s %.*s", STR_FMT(who->name), STR_FMT(who->person));
}

/* ---- may they? ----------------------------------------------------------------------------------
 */

struct err
unit_lies_in(struct db *db, struct arena *arena, struct str code, int32_t day, struct str root,
	bool *yes)
{
	struct unit unit;

	*yes = str_eq(code, root);
	for (int depth = 0; depth < UNIT_DEPTH_MAX && !*yes && code.len > 0; depth++) {
		struct err err = units_find(db, arena, code, day, &unit);

		if (err.code == ERR_NOT_FOUND)
			return OK;
		TRY(err);
		code = unit.parent_code;
		*yes = str_eq(code, root);
	}
	return OK;
}

struct err
may_see_scope(struct db *db, struct arena *arena, const struct principal *who, struct str scope,
	struct str audience, int32_t today, bool *yes)
{
	struct str code = scope, kind;
	struct market market;
	struct str unit;
	struct err err;

	*yes = may(who, SEE_REPORTS, 0) &&
	       (str_eq(audience, STR("official")) || may(who, SEE_SMALL_CELLS, 0));
	if (!*yes || (who->unit_code.len == 0 && who->market_id == 0))
		return OK;
	*yes = false;
	str_split(&code, ':', &kind);
	if (who->market_id != 0) {
		*yes = str_eq(kind, STR("market")) && str_eq(code, who->market_code);
		return OK;
	}
	if (str_eq(kind, STR("unit")))
		return unit_lies_in(db, arena, code, today, who->unit_code, yes);
	if (str_eq(kind, STR("former")))
		return report_former_lies_in(db, arena, code, today, who->unit_code, yes);
	err = markets_find(db, arena, code, &market);
	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	TRY(markets_unit(db, arena, market.id, today, &unit));
	return unit_lies_in(db, arena, unit, today, who->unit_code, yes);
}

static struct err
check_snapshot(struct db *db, struct report_task *task, int32_t today, bool *yes)
{
	struct snapshot snapshot;
	struct err err = snapshots_get(
		db, task->ask.query.arena, task->order.snapshot_id, &snapshot);

	*yes = may(&task->ask.who, SEE_REPORTS, 0);
	if (err.code == ERR_NOT_FOUND && *yes)
		buf_adds(&task->why, "no snapshot has that id; GET /v1/snapshots lists them");
	if (!*yes)
		return OK;
	TRY(err);
	return may_see_scope(db, task->ask.query.arena, &task->ask.who, snapshot.scope,
		snapshot.audience, today, yes);
}

/* Do wrong words leave it open of what the report would be? */
static bool
names_nothing(const struct report_order *order)
{
	static const char *const words[] = {"scope", "unit", "market", "former", "snapshot"};

	/* Only a ranking may be of no unit: the country's. */
	if (order->fault.word != NULL && order->what != ORDER_RANKING && order->snapshot_id == 0 &&
		order->request.code.len == 0)
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && order->fault.word != NULL; i++) {
		if (str_eq(str_from(order->fault.word), str_from(words[i])))
			return true;
	}
	return false;
}

static struct err
check(struct db *db, struct ask *ask)
{
	struct report_task *task = (struct report_task *)ask;
	int32_t today = day_of(ask->now_ms, 0);
	struct buf scope CLEANUP(buf_fini) = {0};
	bool yes;

	buf_clear(&task->why);
	if (!may(&ask->who, task->needs, 0))
		return ask_denied(ask);
	if (names_nothing(&task->order))
		return OK;
	if (task->order.snapshot_id != 0) {
		TRY(check_snapshot(db, task, today, &yes));
		return yes ? OK : ask_denied(ask);
	}
	report_order_scope(&task->order, &scope);
	TRY(may_see_scope(db, ask->query.arena, &ask->who, buf_str(&scope),
		str_from(report_audience_name(task->order.request.audience)), today, &yes));
	return yes ? OK : ask_denied(ask);
}

/* ---- the way ------------------------------------------------------------------------------------
 */

static void
reply_cannot(struct request *req, struct err err, struct str why)
{
	struct buf text CLEANUP(buf_fini) = {0};

	report_why_put(&text, why);
	if (err.code == ERR_NOT_FOUND)
		reply_problem(req, 404, "not-found", "There is no such report", "%s", text.ptr);
	else
		reply_problem(
			req, 422, "cannot-report", "There can be no such report", "%s", text.ptr);
}

static void
finish(struct report_task *task, struct err err)
{
	struct buf why = task->why; /* the task is gone with the reply */

	task->why = (struct buf){0};
	task->ask.query.result = err;
	if (err.code == ERR_OK)
		task->reply(task);
	else if (task->failed != NULL)
		task->failed(task);
	else if (task->wrong.len > 0 && err.code == ERR_INVALID)
		reply_problem(task->ask.req, 400, "invalid-query",
			"The report is not well asked for", "%s", task->wrong.ptr);
	else if (why.len > 0 && (err.code == ERR_NOT_FOUND || err.code == ERR_INVALID))
		reply_cannot(task->ask.req, err, buf_str(&why));
	else
		ask_fail(&task->ask);
	buf_fini(&why);
}

/* With the page that `explain` left. */
static void
reply_explained(struct report_task *task)
{
	struct buf why = task->why; /* the task is gone with the reply */

	task->why = (struct buf){0};
	reply_packed_page(task->ask.req, task->status, task->ask.packed);
	buf_fini(&why);
}

static void
audited(struct command *command)
{
	struct report_task *task = (struct report_task *)((char *)command -
							  offsetof(struct report_task, audit));

	finish(task, command->result);
}

static void
frozen(struct command *command)
{
	struct report_task *task = (struct report_task *)((char *)command -
							  offsetof(struct report_task, snapshot));

	finish(task, command->result);
}

static void
asked_for(struct command *command)
{
	struct report_task *task = (struct report_task *)((char *)command -
							  offsetof(struct report_task, export));

	finish(task, command->result);
}

/* Nobody sees what the audit log does not say they saw. */
static void
commit(struct report_task *task)
{
	struct arena *arena = task->ask.query.arena;
	struct mailbox *mailbox = task->ask.api->config.mailbox;
	struct buf subject CLEANUP(buf_fini) = {0};

	if (task->freezes) {
		task->snapshot.who = audit_who(arena, &task->ask.who);
		task->snapshot.command = (struct command){
			snapshot_apply, frozen, mailbox, arena, OK};
		submit_command(task->ask.req, &task->snapshot.command);
		return;
	}
	report_order_subject(&task->order, &subject);
	if (task->exports) {
		task->export.command = (struct command){
			export_ask_apply, asked_for, mailbox, arena, OK};
		task->export.subject = arena_copy(arena, buf_str(&subject));
		submit_command(task->ask.req, &task->export.command);
		return;
	}
	task->audit = (struct audit_command){
		.command = {audit_apply, audited, mailbox, arena, OK},
		.line = {.who = audit_who(arena, &task->ask.who),
			.what = task->order.form == FORM_JSON ? STR("view") : STR("export"),
			.subject = arena_copy(arena, buf_str(&subject)),
			.detail = str_from(task->seen_as != NULL
						   ? task->seen_as
						   : report_form_type(task->order.form))},
	};
	submit_command(task->ask.req, &task->audit.command);
}

static void
made(struct ask *ask)
{
	struct report_task *task = (struct report_task *)ask;

	if (task->status != 0)
		reply_explained(task);
	else if (ask->query.result.code == ERR_OK)
		commit(task);
	else
		finish(task, ask->query.result);
}

/* As bytes of the order; what most requests want. */
static struct err
make_file(struct db *db, struct report_task *task)
{
	struct buf bytes CLEANUP(buf_fini) = {0};

	TRY(report_order_make(db, task->ask.query.arena, &task->order, NULL, &bytes, &task->why));
	task->bytes = arena_copy(task->ask.query.arena, buf_str(&bytes));
	return OK;
}

static int
status_of(const struct report_task *task, struct err err)
{
	if (err.code == ERR_NOT_FOUND)
		return 404;
	if (err.code == ERR_DENIED)
		return 403;
	return task->wrong.len > 0 ? 400 : 422;
}

/* Who may ask so of a place of their own asked of another: theirs can be chosen. */
static bool
has_a_place(const struct report_task *task)
{
	const struct principal *who = &task->ask.who;

	return (who->unit_code.len > 0 || who->market_id != 0) && may(who, task->needs, 0);
}

static bool
is_explained(const struct report_task *task, struct err err)
{
	if (err.code == ERR_DENIED && !has_a_place(task))
		return false;
	return task->explain != NULL &&
	       (err.code == ERR_NOT_FOUND || err.code == ERR_INVALID || err.code == ERR_DENIED);
}

/* What went wrong as a page, where there is one for it.  Nobody saw figures: no line of the audit
 * log. */
static struct err
explained(struct db *db, struct report_task *task, struct err err)
{
	task->status = 0; /* a question is asked again where its connection was lost */
	if (!is_explained(task, err))
		return err;
	TRY(task->explain(db, task, err));
	task->status = status_of(task, err);
	return OK;
}

static struct err
make_it(struct db *db, struct report_task *task)
{
	TRY(check(db, &task->ask)); /* the key may be another one's by now */
	return task->make == NULL ? make_file(db, task) : task->make(db, task);
}

static struct err
make(struct db *db, struct ask *ask)
{
	struct report_task *task = (struct report_task *)ask;

	return explained(db, task, make_it(db, task));
}

static void
send_make(struct report_task *task)
{
	task->ask.answer = make;
	task->ask.reply = made;
	ask_send_long(&task->ask);
}

/* ---- the beginning
 * -------------------------------------------------------------------------------
 */

static void
folded(struct fold_due *fold)
{
	struct report_task *task = fold->arg;

	if (fold->result.code != ERR_OK)
		finish(task, fold->result);
	else if (fold->cancelled)
		finish(task,
			FAIL(ERR_BUSY, "the days of this report are being counted: ask again"));
	else
		send_make(task);
}

static void
fold_went_on(struct fold_due *fold)
{
	struct report_task *task = fold->arg;

	fold->cancelled = ++task->turns == FOLD_TURNS_MAX;
}

static void
fold(struct report_task *task)
{
	struct err err;

	task->fold = (struct fold_due){
		.from_day = DAY_FIRST,
		.to_day = due_until(task->order.request.period.to_day),
		.mailbox = task->ask.api->config.mailbox,
		.done = folded,
		.progress = fold_went_on,
		.arg = task,
	};
	err = books_fold_due(task->ask.api->config.books, &task->fold);
	if (err.code != ERR_OK)
		finish(task, err);
}

static struct err
look_at(struct db *db, struct report_task *task)
{
	TRY(check(db, &task->ask));
	task->due = 0;
	if (task->wrong.len > 0)
		return FAIL(ERR_INVALID, "a word of the report is wrong");
	if (task->order.snapshot_id != 0 || task->exports)
		return OK; /* nothing is read of the cells, or later */
	return due_count(db, DAY_FIRST, due_until(task->order.request.period.to_day), &task->due);
}

static struct err
look(struct db *db, struct ask *ask)
{
	struct report_task *task = (struct report_task *)ask;

	return explained(db, task, look_at(db, task));
}

static void
looked(struct ask *ask)
{
	struct report_task *task = (struct report_task *)ask;

	if (task->status != 0)
		reply_explained(task);
	else if (ask->query.result.code != ERR_OK)
		finish(task, ask->query.result);
	else if (task->due > 0)
		fold(task);
	else
		send_make(task);
}

void
report_task_run(struct report_task *task)
{
	task->ask.answer = look;
	task->ask.reply = looked;
	ask_send(&task->ask);
}

struct report_task *
report_task_new(struct request *req, enum order_what what, order_word_fn word, void *arg)
{
	struct report_task *task = arena_alloc(request_arena(req), sizeof(*task));
	struct ask *ask = ask_new(req);
	struct buf why CLEANUP(buf_fini) = {0};

	*task = (struct report_task){
		.ask = *ask, .needs = SEE_REPORTS, .reply = report_task_reply_file};
	task->order.what = what;
	task->order.request.now_ms = ask->now_ms;
	if (report_order_read(request_arena(req), word, arg, &task->order, &why).code != ERR_OK)
		report_task_refuse(task, why.ptr);
	return task;
}

void
report_task_refuse(struct report_task *task, const char *what)
{
	if (task->wrong.len == 0)
		task->wrong = arena_copy(task->ask.query.arena, str_from(what));
}

void
report_task_reply_file(struct report_task *task)
{
	struct request *req = task->ask.req;
	struct buf name CLEANUP(buf_fini) = {0};

	report_order_file(&task->order, &name);
	request_add_header(req, "Cache-Control", STR("no-store"));
	if (task->order.form != FORM_JSON)
		request_add_header(req, "Content-Disposition",
			arena_printf(request_arena(req), "attachment; filename=\"%s\"", name.ptr));
	reply_bytes(req, 200, report_form_type(task->order.form), task->bytes);
}
