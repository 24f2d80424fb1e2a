/* /operator/flags: what rules of the index took, released by two persons. */
#include "chopay/adoption_rows.h"
#include "operator.h"

#define SHOWN_MAX 100 /* of a page */

/* Who proposed to release it, while a second person is awaited. */
static struct err
add_release(struct db *db, struct ask *ask, json_t *item)
{
	struct flag_release release;
	int64_t stall_id, subject;
	struct err err;

	TRY(str_to_i64(json_str(json_object_get(item, "stall_id")), &stall_id));
	TRY(str_to_i64(json_str(json_object_get(item, "subject")), &subject));
	err = releases_get(db, ask->query.arena, stall_id, json_str(json_object_get(item, "rule")),
		subject, &release);
	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	json_set_str(item, "proposed_by", release.person);
	json_set_str(item, "why", release.why);
	json_set_str(item, "second_person", release.second_person);
	json_set_time(item, "proposed_at", release.proposed_at_ms);
	json_object_set_new(item, "mine", json_boolean(str_eq(release.person, ask->who.person)));
	return OK;
}

/* The list of programs is whole; a page of it is cut here. */
static struct err
answer(struct db *db, struct ask *ask)
{
	json_t *all, *shown = json_array(), *item;
	size_t i, from = (size_t)ask->after;
	struct str rule;

	TRY(flags_answer(db, ask));
	all = json_object_get(ask->json, "flags");
	json_set_i64(ask->json, "count", (int64_t)json_array_size(all));
	for (i = from; i < json_array_size(all) && i < from + SHOWN_MAX; i++) {
		item = json_array_get(all, i);
		TRY(add_release(db, ask, item));
		rule = json_str(json_object_get(item, "rule"));
		json_set_str(item, "rule_no", str_starts(rule, STR("R")) ? rule : STR(""));
		json_set_str(item, "evidence_text",
			flag_evidence_text(ask, rule, json_str(json_object_get(item, "evidence"))));
		json_object_set_new(item, "money",
			json_boolean(json_integer_value(json_object_get(item, "amount")) > 0));
		json_array_append(shown, item);
	}
	if (i < json_array_size(all))
		json_set_id(ask->json, "next_cursor", (int64_t)i);
	else
		json_object_set_new(ask->json, "next_cursor", json_null());
	json_object_set_new(ask->json, "flags", shown);
	return OK;
}

static const struct operator_page flags_page = {
	.action = SEE_FLAGS,
	.template_path = "gateway/web/operator/flags.html",
	.answer = answer,
	.words = {{"rule", "operator.rule.", NULL}},
};

void
operator_flags(struct request *req)
{
	struct ask *ask = ask_new(req);

	operator_page_at(ask);
	operator_page_send(ask, &flags_page);
}

void
operator_flag_release(struct request *req)
{
	static const struct operator_act act = {
		.action = RELEASE_FLAGS,
		.handler = control_flag_release,
		.back = "/operator/flags",
		.done = "released",
		.person = true,
	};

	operator_act(req, &act);
}
