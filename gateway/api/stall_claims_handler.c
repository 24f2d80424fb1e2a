/* What a stall says that no bank has told: "the buyer says they transferred", "I gave it back". */
#include "form_once.h"
#include "stall_pages.h"

#define PAYMENTS_SHOWN 5
#define AHEAD_MS                                                                        \
	(10 * 60 * MS_PER_SECOND) /* a time later than so much from now was yesterday's \
				   */

struct claiming {
	struct claim_command claim; /* first */
	struct request *req;
	struct proof proof;
	struct principal who;
	struct str key; /* form_once_key */
};

static struct claiming *
claiming_new(struct request *req, struct err (*apply)(struct tx *tx, struct command *self),
	void (*done)(struct command *self))
{
	struct claiming *asked = arena_alloc(request_arena(req), sizeof(*asked));

	asked->req = req;
	asked->proof = proof_of(req);
	asked->claim.command = (struct command){
		apply, done, api_of(req)->config.mailbox, request_arena(req), OK};
	return asked;
}

static struct err
claim_begin(struct tx *tx, struct claiming *asked, enum action action)
{
	struct arena *arena = asked->claim.command.arena;
	struct stall stall;

	TRY(principal_find(tx->db, arena, &asked->proof, tx->now_ms, &asked->who));
	if (asked->who.stall_id == 0 || !may(&asked->who, action, asked->who.stall_id))
		return FAIL(ERR_DENIED, "a stall's session is needed");
	TRY(stalls_get(tx->db, arena, asked->who.stall_id, &stall));
	asked->claim.stall_id = stall.id;
	asked->claim.stall_reference = stall.reference;
	asked->claim.account_no = stall.account_no;
	asked->claim.who = asked->who.name;
	return OK;
}

/* The form again: what it said the first time is what the page shows. */
static struct err
claim_once(struct tx *tx, struct claiming *asked,
	struct err (*apply)(struct tx *tx, struct command *self))
{
	struct command *self = &asked->claim.command;
	struct str first;
	struct err err;
	int64_t id;

	if (asked->key.len == 0)
		return apply(tx, self);
	err = idempotency_find(
		tx->db, self->arena, asked->who.name, asked->key, asked->key, &first);
	if (err.code == ERR_OK) {
		TRY(str_to_i64(first, &id));
		return claims_get(
			tx->db, self->arena, asked->claim.stall_id, id, &asked->claim.claim);
	}
	if (err.code != ERR_NOT_FOUND)
		return err;
	TRY(apply(tx, self));
	return idempotency_put(tx->db, asked->who.name, asked->key, asked->key,
		arena_printf(self->arena, "%lld", (long long)asked->claim.claim.id), tx->now_ms);
}

/* Signed out meanwhile: the stall's page says what to do. */
static bool
failed(struct claiming *asked, const char *key)
{
	struct err err = asked->claim.command.result;

	if (err.code == ERR_OK)
		return false;
	if (err.code == ERR_DENIED && asked->who.stall_id == 0)
		reply_redirect(asked->req, STR("/stall"));
	else if (err.code == ERR_CONFLICT || err.code == ERR_NOT_FOUND || err.code == ERR_DENIED)
		reply_message_page(asked->req, 409, key);
	else
		reply_failure_page(asked->req, err);
	return true;
}

/* False after replying. */
static bool
from_our_page(struct request *req)
{
	if (same_origin(req))
		return true;
	reply_message_page(req, 403, "error.other_site");
	return false;
}

/* ---- the buyer says that they transferred -----------------------------------------------------
 */

static struct err
not_arrived_apply(struct tx *tx, struct command *self)
{
	struct claiming *asked = (struct claiming *)self;

	TRY(claim_begin(tx, asked, SEE_NEWS));
	return claim_once(tx, asked, claim_not_arrived_apply);
}

static void
not_arrived_said(struct command *self)
{
	struct claiming *asked = (struct claiming *)self;

	if (failed(asked, "error.claims"))
		return;
	reply_redirect(
		asked->req, arena_printf(request_arena(asked->req), "/stall/not-arrived?claim=%lld",
				    (long long)asked->claim.claim.id));
}

/* "14:05": the last time that a clock showed it. */
static bool
read_clock(struct str text, int64_t now_ms, int64_t *at_ms)
{
	struct str rest = text, part;
	int64_t hour, minute;

	if (text.len != 5 || !str_split(&rest, ':', &part) ||
		str_to_i64(part, &hour).code != ERR_OK ||
		str_to_i64(rest, &minute).code != ERR_OK || hour < 0 || hour > 23 || minute < 0 ||
		minute > 59)
		return false;
	*at_ms = day_start_ms(day_of(now_ms, 0), 0) + (hour * 60 + minute) * 60 * MS_PER_SECOND;
	if (*at_ms > now_ms + AHEAD_MS)
		*at_ms -= MS_PER_DAY;
	return true;
}

void
stall_post_not_arrived(struct request *req)
{
	struct claiming *asked = claiming_new(req, not_arrived_apply, not_arrived_said);
	int64_t now_ms = books_now_ms(api_of(req)->config.books);
	struct str amount, at, not_these;

	if (!from_our_page(req))
		return;
	if (!request_form(req, "amount", &amount) || !read_amount(amount, &asked->claim.amount)) {
		reply_redirect(req, STR("/stall/not-arrived?error=amount"));
		return;
	}
	if (!request_form(req, "at", &at) || !read_clock(at, now_ms, &asked->claim.at_ms)) {
		reply_redirect(req, STR("/stall/not-arrived?error=time"));
		return;
	}
	asked->claim.not_these = request_form(req, "not_these", &not_these);
	asked->key = form_once_key(req,
		arena_printf(request_arena(req), "not_arrived %lld %.*s %d",
			(long long)asked->claim.amount.dong, STR_FMT(at), asked->claim.not_these));
	submit_command(req, &asked->claim.command);
}

/* Its own payments alone, with no word of who paid. */
static struct err
set_found(struct db *db, struct ask *ask, const struct claim *claim)
{
	struct arena *arena = ask->query.arena;
	struct payment payments[PAYMENTS_SHOWN];
	json_t *items = json_array();
	size_t count;

	json_object_set_new(ask->json, "payments", items);
	TRY(payments_like(db, arena, ask->stall.id, claim->amount, claim->at_ms - CLAIM_BEFORE_MS,
		claim->at_ms + CLAIM_AFTER_MS, PAYMENTS_SHOWN, payments, &count));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, payment_data(arena, &payments[i], ask->lang));
	return OK;
}

static struct err
set_claim(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	json_t *item = json_object();
	struct claim claim;

	TRY(claims_get(db, arena, ask->stall.id, ask->after, &claim));
	json_object_set_new(ask->json, "claim", item);
	json_set_str(item, "answer", claim.answer);
	json_object_set_new(item, "found", json_boolean(str_eq(claim.answer, STR("found"))));
	json_object_set_new(item, "held", json_boolean(str_eq(claim.answer, STR("held"))));
	json_object_set_new(item, "not_told", json_boolean(str_eq(claim.answer, STR("not_told"))));
	json_set_str(item, "at_text", moment_text(arena, claim.at_ms, ask->now_ms));
	json_set_str(ask->json, "amount_text", amount_text(arena, claim.amount.dong));
	json_set_str(ask->json, "at", clock_text(arena, claim.at_ms));
	return str_eq(claim.answer, STR("found")) ? set_found(db, ask, &claim) : OK;
}

static struct err
not_arrived_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct vnd amount;

	TRY(stall_page_begin(db, ask));
	json_set_str(ask->json, "at", clock_text(arena, ask->now_ms));
	if (ask->word.len > 0 && read_amount(ask->word, &amount))
		json_set_str(ask->json, "amount_text", amount_text(arena, amount.dong));
	if (str_eq(ask->word2, STR("amount")) || str_eq(ask->word2, STR("time")))
		json_set_str(ask->json, "message",
			words_find(ask->lang, str_eq(ask->word2, STR("amount"))
						      ? STR("stall.bad_amount")
						      : STR("stall.claim.bad_time")));
	if (ask->after != 0)
		TRY(set_claim(db, ask));
	return page_render(&ask->bytes, "gateway/web/stall/not-arrived.html", ask->json);
}

void
stall_not_arrived(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct str claim;

	request_query(req, "amount", &ask->word);
	request_query(req, "error", &ask->word2);
	if (request_query(req, "claim", &claim) && str_to_i64(claim, &ask->after).code != ERR_OK)
		ask->after = 0;
	ask->answer = not_arrived_answer;
	ask->reply = stall_page_reply;
	ask_send(ask);
}

/* ---- given back by hand -----------------------------------------------------------------------
 */

static struct err
given_back_apply(struct tx *tx, struct command *self)
{
	struct claiming *asked = (struct claiming *)self;

	TRY(claim_begin(tx, asked, SEE_PAYMENTS));
	return claim_once(tx, asked, claim_given_back_apply);
}

static void
reply_payment(struct claiming *asked, const char *query)
{
	reply_redirect(asked->req, arena_printf(request_arena(asked->req), "/stall/payments/%lld%s",
					   (long long)asked->claim.payment_id, query));
}

static void
given_back_said(struct command *self)
{
	struct claiming *asked = (struct claiming *)self;

	if (self->result.code == ERR_INVALID)
		reply_payment(asked, "?error=why");
	else if (self->result.code == ERR_CONFLICT)
		reply_payment(asked, "?error=left");
	else if (!failed(asked, "error.claims"))
		reply_payment(asked, "");
}

static void
send_given_back(struct claiming *asked)
{
	const struct claim_command *claim = &asked->claim;

	asked->key = form_once_key(
		asked->req, arena_printf(request_arena(asked->req), "given_back %lld %lld %.*s",
				    (long long)claim->payment_id, (long long)claim->amount.dong,
				    STR_FMT(claim->why)));
	submit_command(asked->req, &asked->claim.command);
}

void
stall_post_given_back(struct request *req)
{
	struct claiming *asked = claiming_new(req, given_back_apply, given_back_said);
	struct str amount;

	if (!from_our_page(req))
		return;
	if (str_to_i64(request_param(req, "payment"), &asked->claim.payment_id).code != ERR_OK) {
		reply_message_page(req, 404, "error.not_found");
		return;
	}
	if (!request_form(req, "amount", &amount) || !read_amount(amount, &asked->claim.amount))
		reply_payment(asked, "?error=amount");
	else if (!request_form(req, "why", &asked->claim.why))
		reply_payment(asked, "?error=why");
	else
		send_given_back(asked);
}
