/* /operator/deliveries: who is told over the network, what waits and what was given up, and
 * sending it again. */
#include "operator.h"

static const struct operator_page list_page = {
	.action = SEE_RECEIVERS,
	.template_path = "gateway/web/operator/deliveries.html",
	.answer = receivers_answer,
	.slow = true, /* it counts what waits */
};

void
operator_deliveries(struct request *req)
{
	struct ask *ask = ask_new(req);

	operator_page_at(ask);
	operator_page_send(ask, &list_page);
}

/* A receiver, and below it the log of the attempts. */
static struct err
receiver_and_log(struct db *db, struct ask *ask)
{
	json_t *receiver CLEANUP(json_cleanup) = NULL;

	TRY(receiver_answer(db, ask));
	receiver = ask->json;
	ask->json = NULL;
	TRY(attempts_answer(db, ask));
	json_object_set(ask->json, "receiver", receiver);
	return OK;
}

static const struct operator_page receiver_page = {
	.action = SEE_RECEIVERS,
	.template_path = "gateway/web/operator/receiver.html",
	.answer = receiver_and_log,
	.words = {{"state", "operator.dispatch.", NULL}},
	.slow = true,
};

void
operator_receiver(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "receiver");
	operator_page_at(ask);
	operator_page_send(ask, &receiver_page);
}

/* ---- forms ---------------------------------------------------------------------------------- */

#define ACT(name, does, says, ...)                                                  \
	void name(struct request *req)                                              \
	{                                                                           \
		static const struct operator_act act = {.action = CHANGE_RECEIVERS, \
			.handler = does,                                            \
			.done = says,                                               \
			.audit = "receiver",                                        \
			.back = "/operator/deliveries/%",                           \
			.param = "receiver",                                        \
			__VA_ARGS__};                                               \
                                                                                    \
		operator_act(req, &act);                                            \
	}

#define ONCE .shown = "gateway/web/operator/secret.html" /* of a new secret */

void
operator_receiver_add(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_RECEIVERS,
		.handler = receiver_add,
		.back = "/operator/deliveries",
		.done = "added",
		.audit = "receiver",
		ONCE,
	};

	operator_act(req, &act);
}

ACT(operator_receiver_roll, receiver_roll, "rotated", ONCE)
ACT(operator_receiver_disable, receiver_disable, "disabled", .person = false)
ACT(operator_receiver_enable, receiver_enable, "enabled", .person = false)
ACT(operator_receiver_redeliver, receiver_redeliver, "redelivered", .person = false)

void
operator_receiver_remove(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_RECEIVERS,
		.handler = receiver_remove,
		.back = "/operator/deliveries",
		.done = "removed",
		.audit = "receiver",
	};

	operator_act(req, &act);
}
