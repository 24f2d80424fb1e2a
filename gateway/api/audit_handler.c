/* Who looked at what: listed, and checked. */
#include "chopay/snapshots.h"
#include "operator.h"

struct err
audit_answer(struct db *db, struct ask *ask)
{
	struct audit_line *lines = arena_alloc(ask->query.arena, ask->max * sizeof(*lines));
	json_t *items;
	size_t count;

	if (!may(&ask->who, SEE_AUDIT, 0))
		return ask_denied(ask);
	TRY(audit_list(db, ask->query.arena, ask->more, ask->after, ask->max, lines, &count));
	items = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();

		json_set_id(item, "id", lines[i].id);
		json_set_time(item, "at", lines[i].at_ms);
		json_set_str(item, "who", lines[i].who);
		json_set_str(item, "what", lines[i].what);
		json_set_str(item, "subject", lines[i].subject);
		json_set_str(item, "detail", lines[i].detail);
		json_array_append_new(items, item);
	}
	ask->json = list_json(
		"audit", items, count, ask->max, count == 0 ? 0 : lines[count - 1].id);
	return OK;
}

void
audit_get_all(struct request *req)
{
	static const struct audit_filter all;
	struct ask *ask = ask_new(req);

	ask->more = (void *)(uintptr_t)&all;
	ask->answer = audit_answer;
	if (ask_page(ask))
		ask_send(ask);
}

static void
found(void *arg, int64_t id, const char *fault)
{
	json_t *item = json_object();

	json_set_id(item, "id", id);
	json_set_str(item, "fault", str_from(fault));
	json_array_append_new(arg, item);
}

struct err
audit_verify_answer(struct db *db, struct ask *ask)
{
	json_t *faults = json_array();

	ask->json = json_object();
	json_object_set_new(ask->json, "faults", faults);
	return audit_verify(db, found, faults);
}

void
control_audit_verify(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = audit_verify_answer;
	ask_send_long(ask);
}
