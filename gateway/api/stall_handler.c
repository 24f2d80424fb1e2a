/* The seller's page: sign in by invite, the standing code, charges, payments as they come. */
#include "stall_pages.h"

#include "chopay/people.h"

#define PAYMENTS_SHOWN 20

/* ---- the page
 * -------------------------------------------------------------------------------------- */

static json_t *
charge_data(const struct ask *ask, bool shown)
{
	struct arena *arena = ask->query.arena;
	const struct charge *charge = &ask->charge;
	json_t *json = json_object();

	json_set_str(json, "reference", charge->reference);
	json_set_str(json, "amount_text", amount_text(arena, charge->amount.dong));
	json_set_str(json, "paid_text", amount_text(arena, charge->paid.dong));
	json_set_str(json, "missing_text", amount_text(arena, charge_missing(charge).dong));
	json_set_str(json, "extra_text",
		amount_text(
			arena, charge->paid.dong - charge->refunded.dong - charge->amount.dong));
	json_set_str(json, "state", charge->state);
	json_set_str(json, "state_text", charge_state_text(ask->lang, charge->state));
	json_object_set_new(json, "is_open", json_boolean(str_eq(charge->state, STR("open"))));
	json_object_set_new(json, "is_final", json_boolean(!shown || !charge_takes_money(charge)));
	json_object_set_new(json, "is_ended", json_boolean(!shown && charge_takes_money(charge)));
	json_set_str(json, "png", arena_printf(arena, "/q/%.*s.png", STR_FMT(charge->reference)));
	json_set_str(json, "pay_url", arena_printf(arena, "/pay/%.*s", STR_FMT(charge->reference)));
	json_set_str(json, "expires_text", moment_text(arena, charge->expires_at_ms, ask->now_ms));
	return json;
}

/* The one that the page is asked for; another stall's, or none, is not there. */
static struct err
set_charge(struct db *db, struct ask *ask)
{
	struct err err = ask->word.len == 0
				 ? FAIL(ERR_NOT_FOUND, "none asked for")
				 : charges_find(db, ask->query.arena, ask->word, &ask->charge);
	bool shown;

	if (err.code == ERR_NOT_FOUND || err.code == ERR_INVALID ||
		(err.code == ERR_OK && ask->charge.stall_id != ask->stall.id))
		return OK;
	TRY(err);
	TRY(charge_shown(db, &ask->charge, ask->now_ms, &shown));
	json_object_set_new(ask->json, "charge", charge_data(ask, shown));
	return OK;
}

/* The newest of all for the owner, of today for a helper. */
static struct err
find_payments(struct db *db, struct ask *ask, struct payment *payments, size_t *count)
{
	struct arena *arena = ask->query.arena;

	if (may(&ask->who, SEE_PAYMENTS, ask->stall.id))
		return payments_before(
			db, arena, ask->stall.id, 0, PAYMENTS_SHOWN, payments, count);
	return payments_of_day(db, arena, ask->stall.id,
		day_of(ask->now_ms, ask->stall.day_cut_min), 0, PAYMENTS_SHOWN, payments, count);
}

static struct err
set_money(struct db *db, struct ask *ask, json_t *data)
{
	struct arena *arena = ask->query.arena;
	struct payment *payments = arena_alloc(arena, PAYMENTS_SHOWN * sizeof(*payments));
	struct buf marks CLEANUP(buf_fini) = {0};
	json_t *items = json_array();
	struct vnd value_today;
	int64_t count_today;
	size_t count;

	json_object_set_new(data, "payments", items);
	TRY(live_marks(db, ask->stall.id, &ask->marks));
	marks_write(&ask->marks, &marks);
	TRY(find_payments(db, ask, payments, &count));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, payment_data(arena, &payments[i], ask->lang));
	if (may(&ask->who, SEE_PAYMENTS, ask->stall.id)) {
		TRY(cells_of_stall(db, ask->stall.id, day_of(ask->now_ms, ask->stall.day_cut_min),
			&count_today, &value_today));
		json_set_str(data, "today_count_text", amount_text(arena, count_today));
		json_set_str(data, "today_value_text", amount_text(arena, value_today.dong));
	}
	json_set_str(data, "last_event", buf_str(&marks));
	return OK;
}

/* Where the year's book begins. */
static void
set_year(struct ask *ask, json_t *data)
{
	struct buf text CLEANUP(buf_fini) = {0};
	int year, month, mday;

	day_civil(day_of(ask->now_ms, 0), &year, &month, &mday);
	day_format(&text, day_from_civil(year, 1, 1));
	json_set_str(data, "year_start", buf_str(&text));
}

static struct err
page_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	json_t *data;

	if (ask->who.stall_id == 0)
		return page_render(&ask->bytes, "gateway/web/stall/signin.html",
			ask->json = page_data(ask->req));
	TRY(stall_page_begin(db, ask));
	data = ask->json;
	if (ask->stall.account_id != 0)
		json_set_str(data, "static_png",
			arena_printf(arena, "/q/%.*s.png", STR_FMT(ask->stall.reference)));
	else
		json_set_str(data, "message", words_find(ask->lang, STR("stall.no_account")));
	TRY(set_charge(db, ask));
	if (str_eq(ask->word2, STR("amount")))
		json_set_str(data, "message", words_find(ask->lang, STR("stall.bad_amount")));
	if (str_eq(ask->word2, STR("over")))
		json_set_str(data, "message", words_find(ask->lang, STR("stall.asked_before")));
	set_year(ask, data);
	TRY(set_money(db, ask, data));
	return page_render(&ask->bytes, "gateway/web/stall/stall.html", data);
}

/* Of a session that is over nothing stays on the phone either: the stall's code, what it minted. */
static void
page_answered(struct ask *ask)
{
	if (ask->query.result.code == ERR_OK && ask->who.stall_id == 0 && ask->proof.has_session)
		request_add_header(ask->req, "Clear-Site-Data", STR("\"storage\""));
	ask_reply_page(ask);
}

void
stall_page(struct request *req)
{
	struct ask *ask = ask_new(req);

	request_query(req, "charge", &ask->word);
	request_query(req, "error", &ask->word2);
	ask->answer = page_answer;
	ask->reply = page_answered;
	ask_send(ask);
}

/* ---- live
 * ------------------------------------------------------------------------------------------- */

static struct err
events_answer(struct db *db, struct ask *ask)
{
	return ask->who.stall_id == 0
		       ? OK
		       : stalls_get(db, ask->query.arena, ask->who.stall_id, &ask->stall);
}

/* What a helper's phone missed of other days is not told it: it catches up from today's first news.
 */
static void
cut_to_today(const struct ask *ask, struct marks *after)
{
	int32_t day_cut_min = ask->stall.day_cut_min;
	int64_t first = books_before(day_start_ms(day_of(ask->now_ms, day_cut_min), day_cut_min));

	if (!may(&ask->who, SEE_PAYMENTS, ask->stall.id) && marks_floor(after) < first)
		*after = (struct marks){.count = 1, .ids = {first}};
}

static void
events_answered(struct ask *ask)
{
	struct str text = request_header(ask->req, "Last-Event-ID");
	struct marks after = {0};
	bool known;

	if (ask->query.result.code != ERR_OK || ask->who.stall_id == 0 ||
		!may(&ask->who, SEE_NEWS, ask->who.stall_id)) {
		reply_empty(ask->req, 204); /* tells an EventSource to stop trying */
		return;
	}
	if (text.len == 0)
		request_query(ask->req, "after", &text);
	known = marks_read(text, &after).code == ERR_OK;
	cut_to_today(ask, &after);
	live_open(ask->api, ask->req, ask->who.stall_id, STR(""), known ? &after : NULL, STR(""));
}

void
stall_events(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = events_answer;
	ask->reply = events_answered;
	ask_send(ask);
}

/* ---- invites
 * ------------------------------------------------------------------------------------------ */

static void
token_hash(struct request *req, unsigned char hash[SHA256_SIZE])
{
	crypt_sha256(api_of(req)->config.crypt, request_param(req, "token"), hash);
}

static struct err
invite_answer(struct db *db, struct ask *ask)
{
	struct stall_invite invite;
	json_t *stall;

	TRY(invites_find(db, ask->word2, ask->now_ms, &invite));
	TRY(stalls_get(db, ask->query.arena, invite.stall_id, &ask->stall));
	ask->json = page_data(ask->req);
	json_object_set_new(ask->json, "helper", json_boolean(invite.helper));
	stall = json_object();
	json_set_str(stall, "name", ask->stall.name);
	json_set_str(stall, "market", ask->stall.market_name);
	json_object_set_new(ask->json, "stall", stall);
	json_set_str(ask->json, "token_action",
		arena_printf(ask->query.arena, "/stall/invite/%.*s", STR_FMT(ask->word)));
	return page_render(&ask->bytes, "gateway/web/stall/invite.html", ask->json);
}

static void
invite_answered(struct ask *ask)
{
	const bool open = ask->who.role == ROLE_STALL || ask->who.role == ROLE_STALL_HELPER;

	/* "Back" on the phone that used it: it is in already. */
	if (ask->query.result.code == ERR_NOT_FOUND && open)
		reply_redirect(ask->req, STR("/stall"));
	else if (ask->query.result.code == ERR_NOT_FOUND)
		reply_message_page(ask->req, 404, "error.invite");
	else
		ask_reply_page(ask);
}

/* Looking changes nothing: chat programs open links by themselves. */
void
stall_invite_page(struct request *req)
{
	struct ask *ask = ask_new(req);
	char *hash = arena_alloc(request_arena(req), SHA256_SIZE);

	token_hash(req, (unsigned char *)hash);
	ask->word = request_param(req, "token");
	ask->word2 = (struct str){hash, SHA256_SIZE};
	ask->answer = invite_answer;
	ask->reply = invite_answered;
	ask_send(ask);
}

struct sign_in {
	struct command command; /* first */
	struct request *req;
	unsigned char invite_hash[SHA256_SIZE], session_hash[SHA256_SIZE];
	struct str token, device;
};

static struct err
sign_in_apply(struct tx *tx, struct command *self)
{
	struct sign_in *asked = (struct sign_in *)self;
	struct str hash = {(const char *)asked->invite_hash, SHA256_SIZE};
	struct stall_invite invite;

	TRY(invites_find(tx->db, hash, tx->now_ms, &invite));
	TRY(invites_use(tx->db, hash, tx->now_ms));
	return sessions_put(
		tx->db, &(struct stall_session){
				.hash = {(const char *)asked->session_hash, SHA256_SIZE},
				.id = tx_next_id(tx),
				.stall_id = invite.stall_id,
				.helper = invite.helper,
				.device = asked->device,
				.created_at_ms = tx->now_ms,
				.expires_at_ms = tx->now_ms + SESSION_DAYS * MS_PER_DAY,
				.seen_at_ms = tx->now_ms,
			});
}

static void
signed_in(struct command *self)
{
	struct sign_in *asked = (struct sign_in *)self;

	if (self->result.code == ERR_NOT_FOUND) {
		reply_message_page(asked->req, 404, "error.invite");
		return;
	}
	if (self->result.code != ERR_OK) {
		reply_failure_page(asked->req, self->result);
		return;
	}
	set_cookie(
		asked->req, COOKIE_STALL, asked->token, SESSION_DAYS * MS_PER_DAY / MS_PER_SECOND);
	page_headers(asked->req);
	reply_redirect(asked->req, STR("/stall"));
}

void
stall_invite_use(struct request *req)
{
	struct arena *arena = request_arena(req);
	struct sign_in *asked = arena_alloc(arena, sizeof(*asked));

	if (!same_origin(req)) {
		reply_message_page(req, 403, "error.other_site");
		return;
	}
	asked->req = req;
	asked->command = (struct command){
		sign_in_apply, signed_in, api_of(req)->config.mailbox, arena, OK};
	token_hash(req, asked->invite_hash);
	asked->device = device_name(arena, request_header(req, "User-Agent"));
	asked->token = new_token(api_of(req), arena, asked->session_hash);
	submit_command(req, &asked->command);
}

/* ---- leave
 * --------------------------------------------------------------------------------------------- */

struct leave {
	struct command command; /* first */
	struct request *req;
	struct proof proof;
};

/* Its other tabs and pages left open hear no more of the stall's money either. */
static struct err
leave_apply(struct tx *tx, struct command *self)
{
	struct leave *asked = (struct leave *)self;
	struct str hash = {(const char *)asked->proof.session_hash, SHA256_SIZE};
	struct stall_session session;
	struct err err;

	if (!asked->proof.has_session)
		return OK;
	err = sessions_find(tx->db, self->arena, hash, tx->now_ms, &session);
	if (err.code == ERR_NOT_FOUND)
		return OK; /* pressed twice, or over */
	TRY(err);
	TRY(sessions_end(tx->db, hash, tx->now_ms));
	return tx_notice(tx, session.stall_id, NOTICE_PHONES, STR(""), STR("{}"));
}

static void
left(struct command *self)
{
	struct leave *asked = (struct leave *)self;

	if (self->result.code != ERR_OK) {
		reply_failure_page(asked->req, self->result);
		return;
	}
	set_cookie(asked->req, COOKIE_STALL, STR(""), 0);
	/* Nothing of the stall stays on the phone; offline.js has cleared it where this is not
	 * known. */
	request_add_header(asked->req, "Clear-Site-Data", STR("\"storage\""));
	reply_redirect(asked->req, STR("/stall"));
}

void
stall_leave(struct request *req)
{
	struct leave *asked = arena_alloc(request_arena(req), sizeof(*asked));

	if (!same_origin(req)) {
		reply_redirect(req, STR("/stall"));
		return;
	}
	asked->req = req;
	asked->proof = proof_of(req);
	asked->command = (struct command){
		leave_apply, left, api_of(req)->config.mailbox, request_arena(req), OK};
	submit_command(req, &asked->command);
}
