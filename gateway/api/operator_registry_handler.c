/* /operator/registry: the stalls, the registers' files, and a file on its way in: what it changes,
 * line by line, before it does. */
#include "chopay/registry_files.h"
#include "operator.h"

#define FILES_SHOWN 10
#define CHANGES_SHOWN 100 /* of a page */

/* ---- the stalls ----------------------------------------------------------------------------- */

static struct err
add_stalls(struct db *db, struct ask *ask, json_t *data)
{
	struct stall *stalls = arena_alloc(ask->query.arena, ask->max * sizeof(*stalls));
	int32_t today = day_of(ask->now_ms, 0);
	json_t *items = json_array();
	size_t count;

	json_object_set_new(data, "stalls", items);
	TRY(stalls_search(db, ask->query.arena, ask->who.market_id, ask->word, ask->after, ask->max,
		stalls, &count));
	for (size_t i = 0; i < count; i++) {
		json_t *item = stall_json(&stalls[i]);

		json_set_str(item, "merchant", stalls[i].merchant_name);
		json_set_str(item, "bank", stalls[i].bank_short_name);
		json_set_str(item, "account", stalls[i].account_no);
		json_set_str(item, "holder", stalls[i].account_holder);
		json_object_set_new(item, "shut", json_boolean(stalls[i].close_day <= today));
		json_array_append_new(items, item);
	}
	if (count == ask->max)
		json_set_id(data, "next_cursor", stalls[count - 1].id);
	else
		json_object_set_new(data, "next_cursor", json_null());
	return OK;
}

static struct err
registry_answer(struct db *db, struct ask *ask)
{
	json_t *data = json_object(), *files = NULL;
	struct err err = add_stalls(db, ask, data);

	if (err.code == ERR_OK && may(&ask->who, SEE_REGISTERS, 0)) {
		err = register_files_json(db, ask->query.arena, 0, FILES_SHOWN, &files);
		if (err.code == ERR_OK)
			err = registers_answer(db, ask);
		json_object_update(data, ask->json);
	}
	if (files != NULL)
		json_object_set_new(data, "files", files);
	json_set_str(data, "asked", ask->word);
	json_set_str(data, "market", ask->who.market_code);
	json_object_set_new(data, "prints",
		json_boolean(may_at(&ask->who, PRINT_CARDS, 0, ask->who.market_id)));
	json_decref(ask->json);
	ask->json = data;
	return err;
}

static const struct operator_page registry_page = {
	.action = LIST_STALLS,
	.template_path = "gateway/web/operator/registry.html",
	.answer = registry_answer,
	.words = {{"state", "operator.file.", NULL}, {"name", "operator.register.", "title"},
		{"register", "operator.register.", NULL}, {"kind", "operator.kind.", NULL}},
};

void
operator_registry(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct str word;

	ask->word = request_query(req, "q", &word) && str_is_utf8(word) ? str_trim(word) : STR("");
	operator_page_at(ask);
	operator_page_send(ask, &registry_page);
}

/* ---- one file ------------------------------------------------------------------------------- */

/* "BIN NUMBER HOLDER": what its page of account changes is asked with. */
static void
split_account(json_t *change)
{
	struct str rest = json_str(json_object_get(change, "after")), part;
	struct str before = json_str(json_object_get(change, "before"));

	if (!str_eq(json_str(json_object_get(change, "kind")), STR("account")) || before.len == 0)
		return;
	json_object_set_new(change, "other_account", json_true());
	str_split(&rest, ' ', &part);
	json_set_str(change, "bin", part);
	str_split(&rest, ' ', &part);
	json_set_str(change, "number", part);
	json_set_str(change, "holder", rest);
}

/* Changes by the hundred. */
static void
cut_changes(struct ask *ask)
{
	json_t *outcome = json_object_get(ask->json, "outcome");
	const json_t *all = json_object_get(outcome, "changes");
	size_t from = (size_t)ask->after, count = json_array_size(all), i;
	json_t *shown = json_array();

	for (i = from; i < count && i < from + CHANGES_SHOWN; i++) {
		split_account(json_array_get(all, i));
		json_array_append(shown, json_array_get(all, i));
	}
	json_object_set_new(ask->json, "changes", shown);
	json_set_i64(ask->json, "change_count", (int64_t)count);
	if (i < count)
		json_set_id(ask->json, "next_cursor", (int64_t)i);
	else
		json_object_set_new(ask->json, "next_cursor", json_null());
	json_object_del(outcome, "changes");
}

/* Sections of a template ask for what is true. */
static void
set_stand(struct ask *ask)
{
	static const char *const states[] = {
		"refused", "looked", "entered", "undo_asked", "undone", "dropped"};
	struct str state = json_str(json_object_get(ask->json, "state"));
	const json_t *outcome = json_object_get(ask->json, "outcome");
	json_t *is = json_object();
	bool mine = str_eq(json_str(json_object_get(ask->json, "person")), ask->who.person);
	bool asked_by_me = str_eq(
		json_str(json_object_get(ask->json, "undone_by")), ask->who.person);
	bool stalls = str_eq(json_str(json_object_get(ask->json, "register")), STR("stalls"));

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		json_object_set_new(
			is, states[i], json_boolean(str_eq(state, str_from(states[i]))));
	json_object_set_new(is, "stalls", json_boolean(stalls));
	json_object_set_new(is, "awaiting_me",
		json_boolean(!mine || !json_is_true(json_object_get(outcome, "second"))));
	json_object_set_new(is, "asked_by_me", json_boolean(asked_by_me));
	json_object_set_new(is, "accounts",
		json_boolean(json_integer_value(json_object_get(outcome, "accounts")) > 0));
	json_object_set_new(is, "empty",
		json_boolean(stalls &&
			     json_integer_value(json_object_get(ask->json, "change_count")) == 0));
	json_object_set_new(ask->json, "is", is);
}

static void
translate_problems(struct ask *ask)
{
	const json_t *problems = json_object_get(json_object_get(ask->json, "outcome"), "problems");
	size_t i;
	json_t *problem;

	json_array_foreach(problems, i, problem)
	{
		struct str reason = json_str(json_object_get(problem, "reason"));
		bool found;

		json_set_str(problem, "reason",
			operator_reason_text(ask->query.arena, ask->lang, reason, &found));
		json_set_str(problem, "reason_lang",
			found && ask->lang == VIETNAMESE ? STR("vi") : STR("en"));
	}
}

static struct err
file_answer(struct db *db, struct ask *ask)
{
	TRY(register_file_answer(db, ask));
	translate_problems(ask);
	cut_changes(ask);
	set_stand(ask);
	return OK;
}

static const struct operator_page file_page = {
	.action = SEE_REGISTERS,
	.template_path = "gateway/web/operator/file.html",
	.answer = file_answer,
	.words = {{"state", "operator.file.", NULL}, {"register", "operator.register.", NULL},
		{"kind", "operator.change.", NULL}, {"column", "operator.column.", NULL},
		{"why", "operator.undone.", "how"}},
};

void
operator_file(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "file");
	operator_page_at(ask);
	operator_page_send(ask, &file_page);
}

/* ---- forms ---------------------------------------------------------------------------------- */

void
operator_file_post(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_REGISTERS,
		.handler = register_file_post,
		.back = "/operator/registry/files/%",
		.up = "/operator/registry",
		.done = "looked",
	};

	operator_act(req, &act);
}

#define FILE_ACT(function, does, says)                        \
	void function(struct request *req)                    \
	{                                                     \
		static const struct operator_act act = {      \
			.action = CHANGE_REGISTERS,           \
			.handler = does,                      \
			.back = "/operator/registry/files/%", \
			.param = "file",                      \
			.done = says,                         \
			.audit = "register-file",             \
		};                                            \
                                                              \
		operator_act(req, &act);                      \
	}

FILE_ACT(operator_file_enter, register_file_enter, "entered")
FILE_ACT(operator_file_undo, register_file_undo, "undone")
FILE_ACT(operator_file_drop, register_file_drop, "dropped")
