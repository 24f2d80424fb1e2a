/* /operator/accounts: which account a stall has is changed by two persons and after a delay. */
#include "operator.h"

/* Who proposed one cannot approve it: the button is not there. */
static void
mark_stand(struct ask *ask)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(ask->json, "account_changes"), i, item)
	{
		struct str state = json_str(json_object_get(item, "state"));
		struct str person = json_str(json_object_get(item, "person"));
		bool proposed = str_eq(state, STR("proposed"));

		json_object_set_new(item, "proposed", json_boolean(proposed));
		json_object_set_new(
			item, "pending", json_boolean(proposed || str_eq(state, STR("approved"))));
		json_object_set_new(item, "mine", json_boolean(str_eq(person, ask->who.person)));
	}
}

static struct err
answer(struct db *db, struct ask *ask)
{
	TRY(account_changes_answer(db, ask));
	mark_stand(ask);
	json_set_str(ask->json, "asked", ask->word);
	return OK;
}

static const struct operator_page accounts_page = {
	.action = SEE_ACCOUNT_CHANGES,
	.template_path = "gateway/web/operator/accounts.html",
	.answer = answer,
	.words = {{"state", "operator.account.", NULL}},
};

void
operator_accounts(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct str stall;

	ask->word = request_query(req, "stall", &stall) && str_is_utf8(stall) ? stall : STR("");
	operator_page_at(ask);
	operator_page_send(ask, &accounts_page);
}

/* ---- forms ---------------------------------------------------------------------------------- */

void
operator_account_propose(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_ACCOUNTS,
		.handler = account_changes_post,
		.back = "/operator/accounts",
		.done = "proposed",
	};

	operator_act(req, &act);
}

void
operator_account_approve(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_ACCOUNTS,
		.handler = account_change_approve,
		.back = "/operator/accounts",
		.param = "change",
		.done = "approved",
	};

	operator_act(req, &act);
}

void
operator_account_cancel(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_ACCOUNTS,
		.handler = account_change_cancel,
		.back = "/operator/accounts",
		.param = "change",
		.done = "cancelled",
	};

	operator_act(req, &act);
}
