/* /operator/alarms: what a person must look at, and closing it with a word why. */
#include "chopay/alarms.h"
#include "operator.h"

static struct err
answer(struct db *db, struct ask *ask)
{
	const struct alarm_filter *filter = ask->more;

	TRY(alarms_answer(db, ask));
	json_object_set_new(ask->json, "all", json_boolean(filter->state == ALARMS_ALL));
	return OK;
}

static const struct operator_page alarms_page = {
	.action = SEE_ALARMS,
	.template_path = "gateway/web/operator/alarms.html",
	.answer = answer,
	.words = {{"kind", "operator.alarm.", NULL}, {"kind", "operator.todo.", "what_to_do"}},
};

void
operator_alarms(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct alarm_filter *filter = arena_alloc(request_arena(req), sizeof(*filter));
	struct str state;

	filter->state = ALARMS_OPEN;
	if (request_query(req, "state", &state) && str_eq(state, STR("all")))
		filter->state = ALARMS_ALL;
	if (!request_query(req, "kind", &filter->kind))
		filter->kind = STR("");
	ask->more = filter;
	operator_page_at(ask);
	operator_page_send(ask, &alarms_page);
}

void
operator_alarm_close(struct request *req)
{
	static const struct operator_act act = {
		.action = CLOSE_ALARMS,
		.handler = alarm_post_closing,
		.back = "/operator/alarms",
		.done = "closed",
	};

	operator_act(req, &act);
}
