/* /operator/audit: who did and looked at what; filtered, and the chain checked. */
#include "chopay/snapshots.h"
#include "operator.h"

struct audit_ask {
	struct audit_filter filter; /* first: audit_answer reads it */
	bool check;
	struct str until;
};

static struct err
add_words(struct db *db, struct ask *ask)
{
	json_t *line;
	size_t i;

	json_array_foreach(json_object_get(ask->json, "audit"), i, line)
		TRY(audit_line_words(db, ask, line));
	return OK;
}

static struct err
answer(struct db *db, struct ask *ask)
{
	const struct audit_ask *asked = ask->more;
	json_t *checked CLEANUP(json_cleanup) = NULL;

	if (asked->check) {
		TRY(audit_verify_answer(db, ask));
		checked = ask->json;
		ask->json = NULL;
	}
	TRY(audit_answer(db, ask));
	TRY(add_words(db, ask));
	json_object_set_new(ask->json, "whats", audit_choices(ask, asked->filter.what));
	json_set_str(ask->json, "who_asked", asked->filter.who);
	json_set_str(ask->json, "until_asked", asked->until);
	json_object_set_new(ask->json, "checked", json_boolean(asked->check));
	json_object_set(ask->json, "faults", json_object_get(checked, "faults"));
	json_object_set_new(ask->json, "sound",
		json_boolean(
			asked->check && json_array_size(json_object_get(checked, "faults")) == 0));
	return OK;
}

static const struct operator_page audit_page = {
	.action = SEE_AUDIT,
	.template_path = "gateway/web/operator/audit.html",
	.answer = answer,
	.words = {{"what", "operator.audit.", NULL}},
	.slow = true,
};

void
operator_audit(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct audit_ask *asked = arena_alloc(request_arena(req), sizeof(*asked));
	struct str text;
	int32_t day;

	asked->filter = (struct audit_filter){STR(""), STR(""), 0};
	asked->until = STR("");
	if (request_query(req, "who", &text))
		asked->filter.who = str_trim(text);
	if (request_query(req, "what", &text))
		asked->filter.what = text;
	if (request_query(req, "until", &text) && day_parse(text, &day).code == ERR_OK) {
		asked->filter.until_ms = day_start_ms(day + 1, 0);
		asked->until = text;
	}
	asked->check = request_query(req, "check", &text);
	ask->more = asked;
	operator_page_at(ask);
	operator_page_send(ask, &audit_page);
}
