/* /operator/suspense: credits that wait for a person, what each might be and why, and deciding. */
#include "operator.h"
#include "suspense.h"

#define WORDS                                                                               \
	{                                                                                   \
		{"reason", "operator.suspense.", NULL}, {"state", "operator.state.", NULL}, \
			{"outcome", "operator.outcome.", NULL},                             \
		{                                                                           \
			"kind", "operator.candidate.", NULL                                 \
		}                                                                           \
	}

static struct err
list_answer(struct db *db, struct ask *ask)
{
	const struct suspense_filter *filter = ask->more;

	TRY(suspense_answer(db, ask));
	json_object_set_new(ask->json, "resolved_too", json_boolean(filter->state == SUSPENSE_ALL));
	return OK;
}

static const struct operator_page list_page = {
	.action = SEE_SUSPENSE,
	.template_path = "gateway/web/operator/suspense.html",
	.answer = list_answer,
	.words = WORDS,
};

void
operator_suspense(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct suspense_filter *filter = arena_alloc(request_arena(req), sizeof(*filter));
	struct str state;

	*filter = (struct suspense_filter){.since_ms = INT64_MIN};
	if (request_query(req, "state", &state) && str_eq(state, STR("all")))
		filter->state = SUSPENSE_ALL;
	ask->more = filter;
	ask->since_ms = INT64_MIN;
	operator_page_at(ask);
	operator_page_send(ask, &list_page);
}

/* ---- one credit ----------------------------------------------------------------------------- */

/* A proposal waits for another person: not for the one who made it. */
static void
mark_mine(struct ask *ask, json_t *credit)
{
	json_t *proposals = json_object_get(credit, "proposals"), *item;
	size_t i;

	json_array_foreach(proposals, i, item) json_object_set_new(item, "mine",
		json_boolean(str_eq(json_str(json_object_get(item, "person")), ask->who.person)));
}

static struct err
credit_answer(struct db *db, struct ask *ask)
{
	json_t *credit;

	TRY(candidates_answer(db, ask));
	credit = json_object_get(ask->json, "credit");
	mark_mine(ask, credit);
	json_object_set_new(ask->json, "open",
		json_boolean(json_is_null(json_object_get(credit, "resolution"))));
	return OK;
}

static const struct operator_page credit_page = {
	.action = SEE_SUSPENSE,
	.template_path = "gateway/web/operator/credit.html",
	.answer = credit_answer,
	.words = WORDS,
};

void
operator_credit(struct request *req)
{
	struct ask *ask = ask_new(req);

	if (suspense_id(req, &ask->after))
		operator_page_send(ask, &credit_page);
}

void
operator_credit_resolve(struct request *req)
{
	static const struct operator_act act = {
		.action = RESOLVE_SUSPENSE,
		.handler = suspense_post_resolution,
		.back = "/operator/suspense/%",
		.param = "transfer",
		.done = "resolved",
	};

	operator_act(req, &act);
}
