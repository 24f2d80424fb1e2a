/* Reconciliations: over /v1 what was found, with its proof; over the control socket a new one. */
#include "operator.h"

/* ---- rows ---------------------------------------------------------------------------------------
 */

static json_t *
sums_json(const struct account_sums *sums)
{
	json_t *json = json_object();

	json_set_i64(json, "credits", sums->credits);
	json_set_i64(json, "credit_sum", sums->credit_sum.dong);
	json_set_i64(json, "debits", sums->debits);
	json_set_i64(json, "debit_sum", sums->debit_sum.dong);
	return json;
}

static json_t *
reconciliation_json(const struct reconciliation *item)
{
	json_t *json = json_object(), *missed = json_object();
	struct buf day CLEANUP(buf_fini) = {0};

	day_format(&day, item->day);
	json_set_id(json, "id", item->id);
	json_set_str(json, "account", item->account_no);
	json_set_str(json, "day", buf_str(&day));
	json_set_str(json, "source", item->source);
	json_set_str(json, "state", item->state);
	json_object_set_new(json, "bank", sums_json(&item->bank));
	json_object_set_new(json, "ours", sums_json(&item->ours));
	json_set_i64(json, "gaps", item->gaps);
	json_set_i64(missed, "count", item->missed);
	json_set_i64(missed, "sum", item->missed_sum.dong);
	json_object_set_new(json, "missed", missed);
	json_set_time(json, "made_at", item->created_at_ms);
	return json;
}

/* With its rows, the proof they are part of, as signed, and the signature. */
static json_t *
whole_json(const struct reconciliation *item)
{
	json_t *json = reconciliation_json(item);
	json_t *proof CLEANUP(json_cleanup) = NULL;
	struct buf signature CLEANUP(buf_fini) = {0};

	if (json_parse_strict(item->proof, &proof, NULL).code == ERR_OK)
		json_object_set(json, "rows", json_object_get(proof, "rows"));
	json_set_str(json, "proof", item->proof);
	base64_put(&signature, item->signature);
	json_set_str(json, "signature", buf_str(&signature));
	return json;
}

/* ---- /v1 ----------------------------------------------------------------------------------------
 */

struct err
reconciliations_answer(struct db *db, struct ask *ask)
{
	struct reconciliation_filter *filter = ask->more;
	struct reconciliation *rows = arena_alloc(ask->query.arena, ask->max * sizeof(*rows));
	json_t *items;
	size_t count;

	if (!may(&ask->who, SEE_RECONCILIATIONS, 0))
		return ask_denied(ask);
	filter->before = ask->after;
	TRY(reconciliations_list(db, ask->query.arena, filter, ask->max, rows, &count));
	items = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, reconciliation_json(&rows[i]));
	ask->json = list_json(
		"reconciliations", items, count, ask->max, count == 0 ? 0 : rows[count - 1].id);
	return OK;
}

/* A day of the query; `*day` stays when there is none.  False: it is no day. */
static bool
query_day(struct request *req, const char *name, int32_t *day)
{
	struct str text;

	return !request_query(req, name, &text) || day_parse(text, day).code == ERR_OK;
}

/* NULL, or what is wrong with the query. */
static const char *
read_filter(struct request *req, struct reconciliation_filter *filter)
{
	*filter = (struct reconciliation_filter){.from_day = DAY_FIRST, .to_day = DAY_LAST};
	if (!request_query(req, "account", &filter->account_no))
		filter->account_no = STR("");
	if (!request_query(req, "state", &filter->state))
		filter->state = STR("");
	if (filter->state.len > 0 && !str_eq(filter->state, STR("equal")) &&
		!str_eq(filter->state, STR("gap")))
		return "state is equal or gap";
	if (!query_day(req, "from", &filter->from_day))
		return "from is a day: 2026-07-28";
	return query_day(req, "to", &filter->to_day) ? NULL : "to is a day: 2026-07-28";
}

void
reconciliations_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct reconciliation_filter *filter = arena_alloc(request_arena(req), sizeof(*filter));
	const char *wrong = read_filter(req, filter);

	ask->answer = reconciliations_answer;
	ask->more = filter;
	if (wrong != NULL)
		ask_refuse(ask, wrong);
	else if (ask_page(ask))
		ask_send(ask);
}

struct err
reconciliation_answer(struct db *db, struct ask *ask)
{
	struct reconciliation item;

	if (!may(&ask->who, SEE_RECONCILIATIONS, 0))
		return ask_denied(ask);
	TRY(reconciliations_get(db, ask->query.arena, ask->after, &item));
	ask->json = whole_json(&item);
	return OK;
}

void
reconciliation_get(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = reconciliation_answer;
	if (str_to_i64(request_param(req, "reconciliation"), &ask->after).code == ERR_OK)
		ask_send(ask);
	else
		reply_problem(req, 404, "not-found", "No such reconciliation",
			"the id is a number that GET /v1/reconciliations shows");
}

/* ---- now ----------------------------------------------------------------------------------------
 */

static void
reconciled(struct reconcile *reconcile)
{
	struct request *req = reconcile->arg;
	json_t *json, *items;

	if (reconcile->result.code != ERR_OK) {
		reply_err(req, reconcile->result);
		return;
	}
	json = json_object();
	items = json_array();
	for (size_t i = 0; i < reconcile->count; i++)
		json_array_append_new(items, whole_json(&reconcile->items[i]));
	json_object_set_new(json, "reconciliations", items);
	json_object_set_new(json, "more", json_boolean(reconcile->more));
	reply_json(req, 200, json);
}

/* Absent: `*day` stays.  False after replying 400. */
static bool
body_day(struct request *req, const json_t *body, const char *name, int32_t *day)
{
	struct str text;

	if (json_member_str_opt(body, name, &text).code == ERR_OK &&
		(text.len == 0 || day_parse(text, day).code == ERR_OK))
		return true;
	reply_problem(req, 400, "invalid-body", "A day is wrong", "%s is a day: 2026-07-28", name);
	return false;
}

void
control_reconcile(struct request *req)
{
	struct api *api = api_of(req);
	struct arena *arena = request_arena(req);
	struct reconcile *reconcile = arena_alloc(arena, sizeof(*reconcile));
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	int32_t today = day_of(books_now_ms(api->config.books), 0);
	struct err err;

	if (body == NULL)
		return;
	*reconcile = (struct reconcile){
		.from_day = today - 1,
		.to_day = today,
		.mailbox = api->config.mailbox,
		.arena = arena,
		.done = reconciled,
		.arg = req,
	};
	if (!body_day(req, body, "from", &reconcile->from_day) ||
		!body_day(req, body, "to", &reconcile->to_day))
		return;
	if (reconcile->to_day < reconcile->from_day || reconcile->to_day > today) {
		reply_problem(req, 400, "invalid-body", "The days are wrong",
			"the last day is not before the first one, and not after today");
		return;
	}
	if (json_member_str_opt(body, "account", &reconcile->account_no).code != ERR_OK ||
		json_member_str_opt(body, "source", &reconcile->source).code != ERR_OK) {
		reply_problem(req, 400, "invalid-body", "A member is wrong",
			"account and source are texts");
		return;
	}
	reconcile->account_no = arena_copy(arena, reconcile->account_no);
	reconcile->source = arena_copy(arena, reconcile->source);
	err = books_reconcile(api->config.books, reconcile);
	if (err.code != ERR_OK)
		reply_err(req, err);
}

void
control_ledger_key(struct request *req)
{
	json_t *json = json_object();
	struct buf text CLEANUP(buf_fini) = {0};

	hex_put(&text, books_ledger_key(api_of(req)->config.books));
	json_set_str(json, "public_key", buf_str(&text));
	reply_json(req, 200, json);
}
