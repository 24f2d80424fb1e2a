/* The inspector's pages: a market's stalls, and the code that hangs at each beside the register. */
#include "api.h"
#include "chopay/code_check.h"
#include "chopay/inspect.h"
#include "inspect_place.h"

#define STALLS_SHOWN 200 /* on one page */
#define MARKETS_MAX 2000

/* ---- what all of them show ------------------------------------------------------------------ */

static struct str
result_text(enum language language, struct arena *arena, struct str result)
{
	return words_find(language, arena_printf(arena, "inspect.result.%.*s", STR_FMT(result)));
}

static bool
is_right(const struct inspection *inspection)
{
	return str_eq(inspection->result, str_from(code_verdict_name(CODE_RIGHT)));
}

static void
set_last(json_t *json, const struct ask *ask, const struct inspection *last)
{
	if (last->id == 0)
		return;
	json_set_str(json, "result", last->result);
	json_set_str(json, "result_text", result_text(ask->lang, ask->query.arena, last->result));
	json_set_str(json, "when", date_time_text(ask->query.arena, last->created_at_ms));
	json_set_str(json, "person", last->person);
	json_set_str(json, "note", last->note);
	json_object_set_new(json, "right", json_boolean(is_right(last)));
}

/* The market of the address, if the asker may inspect there. */
static struct err
find_market(struct db *db, struct ask *ask, struct market *market)
{
	if (!may(&ask->who, SEE_INSPECTIONS, 0))
		return ask_denied(ask);
	TRY(markets_find(db, ask->query.arena, ask->word, market));
	if (ask->who.role == ROLE_MANAGER && ask->who.market_id != market->id)
		return ask_denied(ask);
	return OK;
}

/* The list again, at this stall. */
static struct str
href_back(const struct ask *ask, struct str market)
{
	struct arena *arena = ask->query.arena;

	return arena_printf(arena, "%.*s#s-%.*s",
		STR_FMT(inspect_href(arena, market, STR(""), ask->more)), STR_FMT(ask->stall.code));
}

/* ---- which market ---------------------------------------------------------------------------- */

static struct err
markets_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct market_figures *markets = arena_alloc(arena, MARKETS_MAX * sizeof(*markets));
	int32_t today = day_of(ask->now_ms, 0);
	json_t *list = json_array();
	size_t count;

	if (!may(&ask->who, SEE_INSPECTIONS, 0))
		return ask_denied(ask);
	ask->json = page_data(ask->req);
	staff_head(ask, ask->json);
	json_object_set_new(ask->json, "markets", list);
	TRY(cells_by_market(db, arena, today, today, MARKETS_MAX, markets, &count));
	for (size_t i = 0; i < count; i++) {
		json_t *row;

		if (ask->who.role == ROLE_MANAGER &&
			!str_eq(markets[i].market_code, ask->who.market_code))
			continue;
		row = json_object();
		json_set_str(row, "name", markets[i].market_name);
		json_set_str(row, "href",
			inspect_href(arena, markets[i].market_code, STR(""), &inspect_nowhere));
		json_set_str(row, "stalls", amount_text(arena, markets[i].stalls));
		json_array_append_new(list, row);
	}
	return page_render(&ask->bytes, "gateway/web/inspect/markets.html", ask->json);
}

void
inspect_page(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = markets_answer;
	ask->reply = ask_reply_page;
	ask_send(ask);
}

/* ---- a market's stalls ----------------------------------------------------------------------- */

/* Those that are searched for, after the stall `after`: no database folds Vietnamese, so a market
 * is gone through, a piece at a time. */
static struct err
find_stalls(struct db *db, const struct ask *ask, const struct market *market, struct str after,
	size_t max, struct inspected_stall *stalls, size_t *count)
{
	struct arena *arena = ask->query.arena;
	struct inspected_stall *piece = arena_alloc(arena, STALLS_SHOWN * sizeof(*piece));
	const struct inspect_place *place = ask->more;
	int32_t day = day_of(ask->now_ms, market->day_cut_min);
	size_t read = STALLS_SHOWN;

	for (*count = 0; *count < max && read == STALLS_SHOWN;) {
		TRY(inspections_of_market(
			db, arena, market->id, day, after, STALLS_SHOWN, piece, &read));
		for (size_t i = 0; i < read && *count < max; i++) {
			if (inspect_place_finds(arena, place, &piece[i]))
				stalls[(*count)++] = piece[i];
		}
		if (read > 0)
			after = piece[read - 1].code;
	}
	return OK;
}

static json_t *
stall_row(const struct ask *ask, const struct inspected_stall *stall)
{
	json_t *row = json_object();

	json_set_str(row, "code", stall->code);
	json_set_str(row, "name", stall->name);
	json_set_str(row, "goods", stall->goods);
	json_set_str(
		row, "href", inspect_href(ask->query.arena, ask->word, stall->code, ask->more));
	json_object_set_new(row, "no_account", json_boolean(!stall->has_account));
	set_last(row, ask, &stall->last);
	return row;
}

static struct err
market_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct inspected_stall *stalls = arena_alloc(arena, (STALLS_SHOWN + 1) * sizeof(*stalls));
	const struct inspect_place *place = ask->more;
	json_t *list = json_array();
	struct market market;
	size_t count, right = 0, looked = 0;
	struct err err = find_market(db, ask, &market);

	ask->json = page_data(ask->req);
	json_object_set_new(ask->json, "stalls", list);
	TRY(err);
	staff_head(ask, ask->json);
	TRY(find_stalls(db, ask, &market, place->after, STALLS_SHOWN + 1, stalls, &count));
	if (count > STALLS_SHOWN) {
		count = STALLS_SHOWN;
		json_set_str(ask->json, "next",
			inspect_href(arena, market.code, STR(""),
				&(struct inspect_place){
					.asked = place->asked, .after = stalls[count - 1].code}));
	}
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(list, stall_row(ask, &stalls[i]));
		looked += stalls[i].last.id != 0;
		right += is_right(&stalls[i].last);
	}
	json_set_str(ask->json, "market", market.name);
	json_set_i64(ask->json, "shown", (int64_t)count);
	json_set_i64(ask->json, "looked", (int64_t)looked);
	json_set_i64(ask->json, "right_count", (int64_t)right);
	json_set_str(ask->json, "asked", place->asked);
	json_set_str(ask->json, "all", inspect_href(arena, market.code, STR(""), &inspect_nowhere));
	return page_render(&ask->bytes, "gateway/web/inspect/market.html", ask->json);
}

void
inspect_market_page(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "market");
	ask->more = inspect_place_of(req);
	ask->answer = market_answer;
	ask->reply = ask_reply_page;
	ask_send(ask);
}

/* ---- one stall ------------------------------------------------------------------------------- */

/* As the register names it, to be compared at sight; a bank that nobody knows by its number. */
static struct str
bank_name(const struct ask *ask, struct str bin)
{
	const struct bank *bank = banks_by_bin(api_of(ask->req)->config.banks, bin);

	return bank == NULL ? bin : bank->short_name;
}

static struct err
stall_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct inspected_stall next;
	struct inspection last;
	struct market market;
	size_t count;

	TRY(find_market(db, ask, &market));
	TRY(stalls_find_in_market(db, arena, market.id, ask->word2, &ask->stall));
	TRY(inspections_last(db, arena, ask->stall.id, &last));
	TRY(find_stalls(db, ask, &market, ask->stall.code, 1, &next, &count));
	ask->json = page_data(ask->req);
	staff_head(ask, ask->json);
	set_last(ask->json, ask, &last);
	json_set_str(ask->json, "market", market.name);
	json_set_str(ask->json, "code", ask->stall.code);
	json_set_str(ask->json, "name", ask->stall.name);
	json_set_str(ask->json, "bank", ask->stall.bank_short_name);
	json_set_str(ask->json, "account", ask->stall.account_no);
	json_set_str(ask->json, "holder", ask->stall.account_holder);
	json_set_str(ask->json, "reference", ask->stall.reference);
	json_set_str(ask->json, "found_bank", bank_name(ask, last.bank_bin));
	json_set_str(ask->json, "found_account", last.account_no);
	json_set_str(ask->json, "found_reference", last.reference);
	json_set_str(ask->json, "back", href_back(ask, market.code));
	json_object_set_new(ask->json, "can_inspect", json_boolean(may(&ask->who, INSPECT, 0)));
	json_set_str(
		ask->json, "action", inspect_href(arena, market.code, ask->stall.code, ask->more));
	if (count == 1)
		json_set_str(
			ask->json, "next", inspect_href(arena, market.code, next.code, ask->more));
	return page_render(&ask->bytes, "gateway/web/inspect/stall.html", ask->json);
}

static void
stall_answered(struct ask *ask)
{
	if (ask->query.result.code == ERR_OK)
		reply_camera_page(ask->req, 200, buf_str(&ask->bytes));
	else
		ask_reply_page(ask);
}

void
inspect_stall_page(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "market");
	ask->word2 = request_param(req, "stall");
	ask->more = inspect_place_of(req);
	ask->answer = stall_answer;
	ask->reply = stall_answered;
	ask_send(ask);
}

/* ---- what was found -------------------------------------------------------------------------- */

struct inspecting {
	struct inspection_command inspection; /* first */
	struct request *req;
	struct proof proof;
	struct principal who;
	struct str market;
};

static struct err
inspecting_apply(struct tx *tx, struct command *self)
{
	struct inspecting *asked = (struct inspecting *)self;
	struct principal *who = &asked->who;
	struct market market;

	TRY(principal_find(tx->db, self->arena, &asked->proof, tx->now_ms, who));
	TRY(markets_find(tx->db, self->arena, asked->market, &market));
	if (!may(who, INSPECT, 0) || (who->role == ROLE_MANAGER && who->market_id != market.id))
		return FAIL(ERR_DENIED, "you may not inspect there");
	TRY(principal_person(who, &asked->inspection.person));
	asked->inspection.market_id = market.id;
	return inspection_apply(tx, self);
}

static void
inspected(struct command *self)
{
	struct inspecting *asked = (struct inspecting *)self;
	struct request *req = asked->req;

	if (self->result.code == ERR_OK)
		reply_redirect(req, inspect_href(request_arena(req), asked->market,
					    asked->inspection.stall_code, inspect_place_of(req)));
	else if (self->result.code == ERR_DENIED && asked->who.role == ROLE_ANYONE)
		reply_sign_in(req);
	else
		reply_failure_page(req, self->result);
}

void
inspect_post(struct request *req)
{
	struct arena *arena = request_arena(req);
	struct inspecting *asked = arena_alloc(arena, sizeof(*asked));
	struct inspection_command *inspection = &asked->inspection;
	struct str missing;

	if (!same_origin(req)) {
		reply_message_page(req, 403, "error.other_site");
		return;
	}
	asked->req = req;
	asked->proof = proof_of(req);
	asked->market = request_param(req, "market");
	inspection->stall_code = request_param(req, "stall");
	request_form(req, "note", &inspection->note);
	if (!request_form(req, "missing", &missing) &&
		(!request_form(req, "payload", &inspection->payload) ||
			inspection->payload.len == 0)) {
		reply_message_page(req, 400, "error.no_scan");
		return;
	}
	inspection->command = (struct command){
		inspecting_apply, inspected, api_of(req)->config.mailbox, arena, OK};
	submit_command(req, &inspection->command);
}

/* ---- /v1 ------------------------------------------------------------------------------------- */

static json_t *
inspected_json(const struct inspected_stall *stall)
{
	json_t *json = json_object();

	json_set_str(json, "stall_code", stall->code);
	json_set_str(json, "stall_name", stall->name);
	json_set_str(json, "reference", stall->reference);
	if (stall->last.id == 0) {
		json_object_set_new(json, "result", json_null());
		return json;
	}
	json_set_str(json, "result", stall->last.result);
	json_set_str(json, "person", stall->last.person);
	json_set_str(json, "note", stall->last.note);
	json_set_time(json, "inspected_at", stall->last.created_at_ms);
	return json;
}

static struct err
list_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct inspected_stall *stalls = arena_alloc(arena, ask->max * sizeof(*stalls));
	json_t *items = json_array();
	struct market market;
	size_t count;

	ask->json = json_object();
	json_object_set_new(ask->json, "inspections", items);
	TRY(find_market(db, ask, &market));
	TRY(inspections_of_market(db, arena, market.id, day_of(ask->now_ms, market.day_cut_min),
		ask->word2, ask->max, stalls, &count));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, inspected_json(&stalls[i]));
	if (count == ask->max)
		json_set_str(ask->json, "next_cursor", stalls[count - 1].code);
	else
		json_object_set_new(ask->json, "next_cursor", json_null());
	return OK;
}

static void
refuse_no_market(struct request *req)
{
	reply_problem(req, 400, "invalid-query", "A query value is missing",
		"market is the code of a market");
}

void
inspections_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);

	if (!request_query(req, "market", &ask->word)) {
		behind_gate(req, SEE_INSPECTIONS, refuse_no_market);
		return;
	}
	request_query(req, "cursor", &ask->word2);
	ask->max = PAGE_SIZE_MAX;
	ask->answer = list_answer;
	ask_send(ask);
}
