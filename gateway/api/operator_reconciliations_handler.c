/* /operator/reconciliations: the bank's days against ours, the differences, the proofs. */
#include "operator.h"

#define WORDS                                                                              \
	{                                                                                  \
		{"state", "operator.reconciled.", NULL}, {"kind", "operator.line.", NULL}, \
		{                                                                          \
			"direction", "operator.direction.", NULL                           \
		}                                                                          \
	}

static const struct operator_page list_page = {
	.action = SEE_RECONCILIATIONS,
	.template_path = "gateway/web/operator/reconciliations.html",
	.answer = reconciliations_answer,
	.words = WORDS,
};

void
operator_reconciliations(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct reconciliation_filter *filter = arena_alloc(request_arena(req), sizeof(*filter));
	struct str state;

	*filter = (struct reconciliation_filter){
		.from_day = DAY_FIRST, .to_day = DAY_LAST, .account_no = STR(""), .state = STR("")};
	if (request_query(req, "state", &state) && str_eq(state, STR("gap")))
		filter->state = STR("gap");
	ask->more = filter;
	operator_page_at(ask);
	operator_page_send(ask, &list_page);
}

static const struct operator_page day_page = {
	.action = SEE_RECONCILIATIONS,
	.template_path = "gateway/web/operator/reconciliation.html",
	.answer = reconciliation_answer,
	.words = WORDS,
};

void
operator_reconciliation(struct request *req)
{
	struct ask *ask = ask_new(req);

	if (str_to_i64(request_param(req, "reconciliation"), &ask->after).code == ERR_OK)
		operator_page_send(ask, &day_page);
	else
		reply_message_page(req, 404, "error.not_found");
}

void
operator_reconcile(struct request *req)
{
	static const struct operator_act act = {
		.action = IMPORT_STATEMENTS,
		.handler = control_reconcile,
		.back = "/operator/reconciliations",
		.done = "reconciled",
		.audit = "reconcile",
	};

	operator_act(req, &act);
}
