/* The buyer's page of a charge or of a stall's standing code. */
#include "api.h"

/* Deep links into banking apps; the code on the page works without them. */
static json_t *
apps_json(const struct api *api, struct arena *arena, const struct stall *stall, int64_t amount,
	struct str reference)
{
	static const char *const shown[] = {"vcb", "bidv", "icb", "vba", "mb", "tcb", "acb", "vpb"};
	const struct bank *to = banks_by_bin(api->config.banks, stall->bank_bin);
	json_t *apps = json_array();

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]) && to != NULL && to->app_id.len > 0;
		i++) {
		const struct bank *bank = banks_by_name(api->config.banks, str_from(shown[i]));
		json_t *app = json_object();
		struct str href = arena_printf(arena,
			"https://dl.vietqr.io/pay?app=%s&ba=%.*s@%.*s&tn=%.*s", shown[i],
			STR_FMT(stall->account_no), STR_FMT(to->app_id), STR_FMT(reference));

		if (amount > 0)
			href = arena_printf(
				arena, "%.*s&am=%lld", STR_FMT(href), (long long)amount);
		json_set_str(app, "name", bank == NULL ? str_from(shown[i]) : bank->short_name);
		json_set_str(app, "href", href);
		json_array_append_new(apps, app);
	}
	return apps;
}

static json_t *
pair(const char *first, struct str one, const char *second, struct str two)
{
	json_t *json = json_object();

	json_set_str(json, first, one);
	json_set_str(json, second, two);
	return json;
}

static struct str
given_back(struct arena *arena, const struct charge *charge, enum language language)
{
	const struct str amount = amount_text(arena, charge->refunded.dong);
	struct buf text CLEANUP(buf_fini) = {0};

	words_fill(&text, words_find(language, STR("buyer.given_back")), &amount, 1);
	return arena_copy(arena, buf_str(&text));
}

static void
set_charge(json_t *data, const struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	const struct charge *charge = &ask->charge;
	enum language language = ask->lang;
	bool open = str_eq(charge->state, STR("open"));

	json_set_str(data, "amount_text", amount_text(arena, charge->amount.dong));
	json_set_str(data, "paid_text", amount_text(arena, charge->paid.dong));
	json_set_str(data, "missing_text", amount_text(arena, charge_missing(charge).dong));
	json_set_str(data, "extra_text",
		amount_text(
			arena, charge->paid.dong - charge->refunded.dong - charge->amount.dong));
	json_set_str(data, "state", charge->state);
	if (charge->refunded.dong > 0)
		json_set_str(data, "back_text", given_back(arena, charge, language));
	json_set_str(data, "receipt_action",
		arena_printf(arena, "/pay/%.*s/receipt", STR_FMT(charge->reference)));
	json_set_str(data, "state_text",
		open ? words_find(language, STR("buyer.waiting"))
		     : charge_state_text(language, charge->state));
	json_object_set_new(data, "is_open", json_boolean(open));
	json_object_set_new(data, "is_paid", json_boolean(str_eq(charge->state, STR("paid"))));
	json_set_str(data, "expires_text", moment_text(arena, charge->expires_at_ms, ask->now_ms));
	json_set_str(data, "events_url",
		arena_printf(arena, "/pay/%.*s/events", STR_FMT(charge->reference)));
}

static struct err
pay_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct stall *stall = &ask->stall;
	struct charge *charge = &ask->charge;
	int64_t amount = 0;
	bool shown;
	json_t *data;

	TRY(reference_lookup(db, arena, ask->word, stall, charge));
	if (stall->account_id == 0)
		return FAIL(ERR_CONFLICT, STALL_WITHOUT_ACCOUNT);
	TRY(charge_shown(db, charge, ask->now_ms, &shown));
	if (!shown)
		return FAIL(ERR_CONFLICT, "an old charge");
	data = ask->json = page_data(ask->req);
	if (charge->id != 0) {
		amount = charge_missing(charge).dong;
		set_charge(data, ask);
	}
	json_object_set_new(
		data, "takes_money", json_boolean(charge->id == 0 || charge_takes_money(charge)));
	json_set_str(data, "reference", ask->word);
	json_object_set_new(data, "is_charge", json_boolean(charge->id != 0));
	json_object_set_new(data, "stall", pair("name", stall->name, "market", stall->market_name));
	json_object_set_new(
		data, "bank", pair("name", stall->bank_name, "short_name", stall->bank_short_name));
	json_set_str(data, "account", stall->account_no);
	json_set_str(data, "holder", stall->account_holder);
	json_set_str(data, "memo", ask->word);
	json_set_str(data, "png", arena_printf(arena, "/q/%.*s.png", STR_FMT(ask->word)));
	json_set_str(data, "svg", arena_printf(arena, "/q/%.*s.svg", STR_FMT(ask->word)));
	json_object_set_new(data, "apps",
		apps_json(ask->api, arena, stall, amount > 0 ? amount : 0, ask->word));
	return page_render(&ask->bytes, "gateway/web/buyer/pay.html", data);
}

static void
pay_answered(struct ask *ask)
{
	if (ask->query.result.code == ERR_OK)
		ask_reply_page(ask);
	else
		reply_no_code(ask);
}

static struct ask *
public_ask(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "reference");
	ask->proof = (struct proof){0}; /* anybody's page: who looks makes no difference */
	return ask;
}

void
pay_page(struct request *req)
{
	struct ask *ask;

	if (reply_reference_address(req, "/pay/", ""))
		return;
	ask = public_ask(req);
	ask->answer = pay_answer;
	ask->reply = pay_answered;
	ask_send(ask);
}

static struct err
events_answer(struct db *db, struct ask *ask)
{
	json_t *json CLEANUP(json_cleanup) = NULL;
	bool shown;

	TRY(charges_find(db, ask->query.arena, ask->word, &ask->charge));
	TRY(charge_shown(db, &ask->charge, ask->now_ms, &shown));
	if (!shown)
		return FAIL(ERR_CONFLICT, "an old charge");
	TRY(stalls_get(db, ask->query.arena, ask->charge.stall_id, &ask->stall));
	TRY(live_marks(db, ask->charge.stall_id, &ask->marks));
	json = charge_json(&ask->charge, &ask->stall, ask->query.arena);
	json_write(&ask->bytes, json);
	return OK;
}

static void
events_answered(struct ask *ask)
{
	if (ask->query.result.code != ERR_OK) {
		reply_empty(ask->req, 204); /* tells an EventSource to stop trying */
		return;
	}
	/* The state as it is now says all that came before, so a lost line needs no replay. */
	live_open(ask->api, ask->req, ask->charge.stall_id, ask->charge.reference, &ask->marks,
		buf_str(&ask->bytes));
}

void
pay_events(struct request *req)
{
	struct ask *ask = public_ask(req);

	ask->answer = events_answer;
	ask->reply = events_answered;
	ask_send(ask);
}
