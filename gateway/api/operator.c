/* The console's pages and forms: who may, what is shown, where one goes afterwards. */
#include <string.h>

#include "chopay/snapshots.h"
#include "operator.h"

/* ---- what every page of it shows ------------------------------------------------------------ */

/* Buttons that somebody may not use are not there. */
static const struct {
	enum action action;
	const char *name;
} buttons[] = {
	{CLOSE_ALARMS, "close_alarms"},
	{CHANGE_REGISTERS, "change_registers"},
	{SEE_REGISTERS, "see_registers"},
	{CHANGE_ENDPOINTS, "change_endpoints"},
	{RESOLVE_SUSPENSE, "resolve_suspense"},
	{CHANGE_RECEIVERS, "change_receivers"},
	{RELEASE_FLAGS, "release_flags"},
	{IMPORT_STATEMENTS, "reconcile"},
	{SEE_ALARMS, "see_alarms"},
	{SEE_AUDIT, "see_audit"},
	{CHANGE_PEOPLE, "change_people"},
	{CHANGE_ACCOUNTS, "change_accounts"},
	{SEE_ACCOUNT_CHANGES, "see_accounts"},
};

/* This page with another cursor; empty: without one. */
static struct str
cursor_link(struct ask *ask, struct str cursor)
{
	struct str query = request_query_string(ask->req), pair;
	struct buf link CLEANUP(buf_fini) = {0};
	bool more = query.len > 0;

	buf_adds(&link, "?");
	while (more) {
		more = str_split(&query, '&', &pair);
		if (pair.len == 0 || str_starts(pair, STR("cursor=")) ||
			str_starts(pair, STR("done=")))
			continue;
		buf_add(&link, pair);
		buf_addc(&link, '&');
	}
	if (cursor.len > 0)
		buf_addf(&link, "cursor=%.*s", STR_FMT(cursor));
	return arena_copy(ask->query.arena, buf_str(&link));
}

static void
add_pager(struct ask *ask, json_t *data)
{
	const json_t *next = json_object_get(data, "next_cursor");

	if (json_is_string(next))
		json_set_str(data, "next_href", cursor_link(ask, json_str(next)));
	if (ask->after > 0 && json_object_get(data, "next_cursor") != NULL)
		json_set_str(data, "first_href", cursor_link(ask, STR("")));
	json_object_set_new(data, "paged",
		json_boolean(json_object_get(data, "next_href") != NULL ||
			     json_object_get(data, "first_href") != NULL));
}

static json_t *
shell(struct ask *ask)
{
	json_t *data = page_data(ask->req), *can = json_object();

	staff_head(ask, data);
	for (size_t i = 0; i < sizeof(buttons) / sizeof(buttons[0]); i++)
		json_object_set_new(
			can, buttons[i].name, json_boolean(may(&ask->who, buttons[i].action, 0)));
	json_object_set_new(data, "can", can);
	json_set_str(data, "done", operator_done(ask));
	return data;
}

static void
send_page(struct ask *ask, int status, const char *template_path, const json_t *data)
{
	struct buf html CLEANUP(buf_fini) = {0};
	struct err err = page_render(&html, template_path, data);

	if (err.code == ERR_OK)
		reply_page(ask->req, status, buf_str(&html));
	else
		reply_err(ask->req, err);
}

void
operator_refuse(struct ask *ask, int status, struct str detail, struct str back)
{
	json_t *data CLEANUP(json_cleanup) = shell(ask);
	struct str text = operator_fault_text(ask->lang, detail);

	json_set_str(data, "text", text);
	/* A sentence that is not in the catalogue is English, and said to be. */
	json_object_set_new(
		data, "english", json_boolean(ask->lang == VIETNAMESE && str_eq(text, detail)));
	json_set_str(data, "back", back);
	send_page(ask, status, "gateway/web/operator/refused.html", data);
}

/* ---- pages ---------------------------------------------------------------------------------- */

/* On a reader, as all that a page needs: a loop only sends it. */
static struct err
write_page(struct ask *ask)
{
	const struct operator_page *page = ask->page;
	json_t *data CLEANUP(json_cleanup) = shell(ask);

	operator_dress(ask->json, ask->query.arena, ask->lang, page->words);
	json_object_update(data, ask->json);
	add_pager(ask, data);
	return page_render(&ask->bytes, page->template_path, data);
}

/* Of a stall (empty: of none): who may not, does not learn whether it exists. */
static struct err
check(struct db *db, struct ask *ask, enum action action, struct str stall)
{
	struct err err = OK;

	if (stall.len > 0)
		err = stalls_find(db, ask->query.arena, stall, &ask->stall);
	if (err.code != ERR_OK)
		ask->stall = (struct stall){0};
	if (!may_at(&ask->who, action, ask->stall.id, ask->stall.market_id))
		return ask_denied(ask);
	return err;
}

static struct err
page_answer(struct db *db, struct ask *ask)
{
	const struct operator_page *page = ask->page;

	TRY(check(db, ask, page->action, page->of_stall ? ask->word : STR("")));
	TRY(page->answer(db, ask));
	return write_page(ask);
}

void
operator_page_send(struct ask *ask, const struct operator_page *page)
{
	ask->page = page;
	ask->answer = page_answer;
	ask->reply = ask_reply_page;
	if (page->slow)
		ask_send_long(ask);
	else
		ask_send(ask);
}

void
operator_page_at(struct ask *ask)
{
	struct str text;
	int64_t value;

	if (request_query(ask->req, "cursor", &text) && str_to_i64(text, &value).code == ERR_OK &&
		value > 0)
		ask->after = value;
	if (request_query(ask->req, "limit", &text) && str_to_i64(text, &value).code == ERR_OK &&
		value > 0 && value <= PAGE_SIZE_MAX)
		ask->max = (size_t)value;
}

/* ---- forms ---------------------------------------------------------------------------------- */

static void
put_field(struct arena *arena, json_t *object, struct str name, struct str value)
{
	struct str text = str_trim(value);
	int64_t number;

	if (text.len == 0 || memchr(name.ptr, '\0', name.len) != NULL)
		return;
	if (str_ends(name, STR("#")) && str_to_i64(text, &number).code == ERR_OK)
		json_set_i64(object, arena_cstr(arena, str_cut(name, 0, name.len - 1)), number);
	else
		json_set_str(object, arena_cstr(arena, name), value);
}

/* A name may ask for more than a text: see operator.h. */
static void
take_field(struct arena *arena, json_t *object, struct str name, struct str value)
{
	struct str first, head;

	if (str_find(name, STR(" ")) > 0) {
		str_split(&name, ' ', &first);
		str_split(&value, ' ', &head);
		put_field(arena, object, first, head);
	}
	put_field(arena, object, name, value);
}

json_t *
operator_form(struct request *req)
{
	const struct ask *ask = request_face(req)->arg;
	const struct operator_act *act = ask->page;
	struct str rest = request_body(req), name, value;
	json_t *object = json_object();

	while (form_next(request_arena(req), &rest, &name, &value)) {
		if (str_is_utf8(name) && str_is_utf8(value))
			take_field(request_arena(req), object, name, value);
	}
	if (act->person)
		json_set_str(object, "person", ask->who.person);
	return object;
}

/* Of the act: "%" is the path's parameter, or the id that was answered (empty: nothing was). */
static struct str
way_back(const struct ask *ask, struct str answered)
{
	const struct operator_act *act = ask->page;
	struct str rest = str_from(act->back), head;
	struct str id = act->param == NULL ? answered : request_param(ask->req, act->param);

	if (id.len == 0 && act->up != NULL)
		return str_from(act->up);
	if (!str_split(&rest, '%', &head))
		return head;
	return arena_printf(
		ask->query.arena, "%.*s%.*s%.*s", STR_FMT(head), STR_FMT(id), STR_FMT(rest));
}

/* What is told once is shown and not to be had again by loading the page. */
static void
show_once(struct ask *ask, const json_t *json)
{
	const struct operator_act *act = ask->page;
	json_t *data CLEANUP(json_cleanup) = shell(ask);
	json_t *told CLEANUP(json_cleanup) = json_deep_copy(json);

	operator_dress(told, ask->query.arena, ask->lang, (const struct page_word[6]){{0}});
	json_object_update(data, told);
	json_set_str(data, "back", way_back(ask, STR("")));
	json_set_str(data, "origin",
		arena_printf(ask->query.arena, "%s://%.*s",
			request_secure(ask->req) ? "https" : "http",
			STR_FMT(request_header(ask->req, "Host"))));
	if (act->add != NULL)
		act->add(ask, data);
	send_page(ask, 200, act->shown, data);
}

/* What an act did, until it is written down and shown. */
struct act_outcome {
	struct audit_command audit; /* first */
	struct ask *ask;
	json_t *json;  /* what was answered, to be shown once; or NULL */
	struct str id; /* that was answered; empty: none */
	bool proposed;
};

static void
act_over(struct act_outcome *outcome)
{
	struct ask *ask = outcome->ask;
	const struct operator_act *act = ask->page;
	struct str back = way_back(ask, outcome->id);
	json_t *json CLEANUP(json_cleanup) = outcome->json;

	if (json != NULL) {
		show_once(ask, json);
		return;
	}
	page_headers(ask->req);
	reply_redirect(ask->req, arena_printf(ask->query.arena, "%.*s%sdone=%s", STR_FMT(back),
					 str_find(back, STR("?")) >= 0 ? "&" : "?",
					 outcome->proposed ? "proposed" : act->done));
}

static void
act_audited(struct command *self)
{
	/* The act is done, whether or not its line could be written; the log says why not. */
	if (self->result.code != ERR_OK)
		log_error("audit", "an act of the console is not in the audit log: %s",
			self->result.what);
	act_over((struct act_outcome *)self);
}

static void
act_done(struct request *req, int status, const json_t *json, void *arg)
{
	struct ask *ask = arg;
	const struct operator_act *act = ask->page;
	struct act_outcome *outcome = arena_alloc(ask->query.arena, sizeof(*outcome));
	struct str subject = act->param == NULL ? STR("") : request_param(req, act->param);

	*outcome = (struct act_outcome){
		.ask = ask,
		.json = act->shown != NULL && json != NULL ? json_deep_copy(json) : NULL,
		.proposed = status == 202, /* the first of two persons has said it */
	};
	if (json_is_string(json_object_get(json, "id")))
		outcome->id = arena_copy(ask->query.arena, json_str(json_object_get(json, "id")));
	if (subject.len == 0)
		subject = outcome->id;
	outcome->audit.command = (struct command){
		audit_apply, act_audited, ask->api->config.mailbox, ask->query.arena, OK};
	outcome->audit.line = (struct audit_line){
		.who = ask->who.person,
		.what = str_from(act->audit),
		.subject = arena_printf(ask->query.arena, "%s:%.*s",
			act->audit == NULL ? "" : act->audit, STR_FMT(subject)),
		.detail = str_from(act->done),
	};
	if (act->audit == NULL ||
		books_submit(ask->api->config.books, &outcome->audit.command).code != ERR_OK)
		act_over(outcome);
}

static void
act_refused(struct request *req, int status, struct str title, struct str detail, void *arg)
{
	struct ask *ask = arg;

	(void)req;
	operator_refuse(ask, status, detail.len > 0 ? detail : title, way_back(ask, STR("")));
}

static struct err
act_answer(struct db *db, struct ask *ask)
{
	const struct operator_act *act = ask->page;

	return check(
		db, ask, act->action, act->of_stall ? request_param(ask->req, "stall") : STR(""));
}

static void
act_allowed(struct ask *ask)
{
	const struct operator_act *act = ask->page;
	struct answer_face *face;

	if (ask->query.result.code != ERR_OK) {
		ask_reply_page(ask);
		return;
	}
	face = arena_alloc(ask->query.arena, sizeof(*face));
	*face = (struct answer_face){act_done, act_refused, ask};
	request_set_face(ask->req, face);
	act->handler(ask->req);
}

void
operator_act(struct request *req, const struct operator_act *act)
{
	struct ask *ask;

	if (!same_origin(req)) {
		reply_message_page(req, 403, "error.other_site");
		return;
	}
	ask = ask_new(req);
	ask->page = act;
	ask->answer = act_answer;
	ask->reply = act_allowed;
	ask_send(ask);
}
