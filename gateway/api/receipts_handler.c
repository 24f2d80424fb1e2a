/* Receipts: the buyer's link, what it shows, and the check of a receipt's signed code. */
#include "api.h"
#include "chopay/picture.h"
#include "chopay/receipt.h"
#include "chopay/receipts.h"

#define LINK_DAYS 400	/* as long as a household keeps its papers of the year */
#define LINKS_MAX 10	/* of one charge at a time */
#define PAYMENTS_MAX 20 /* of one charge, on its receipt */
#define CODE_INPUT_MAX 2048
#define CODE_SCALE 4

/* ---- making a link ------------------------------------------------------------------------- */

struct receipt_request {
	struct command command; /* first */
	struct request *req;
	struct str reference, token;
	bool over; /* so long ago that its address tells nothing any more */
	unsigned char hash[SHA256_SIZE];
};

static struct err
make_apply(struct tx *tx, struct command *self)
{
	struct receipt_request *asked = (struct receipt_request *)self;
	struct charge charge;
	int64_t count;
	bool shown;

	TRY(charges_find(tx->db, self->arena, asked->reference, &charge));
	TRY(charge_shown(tx->db, &charge, tx->now_ms, &shown));
	asked->over = !shown;
	if (asked->over)
		return FAIL(ERR_CONFLICT, "an old charge");
	if (charge.paid.dong == 0)
		return FAIL(ERR_CONFLICT, "nothing was paid yet");
	TRY(receipts_count(tx->db, &charge, tx->now_ms, &count));
	if (count >= LINKS_MAX)
		return FAIL(ERR_CONFLICT, "this charge has enough receipts");
	return receipts_put(tx->db, (struct str){(const char *)asked->hash, SHA256_SIZE}, &charge,
		tx->now_ms, tx->now_ms + LINK_DAYS * MS_PER_DAY);
}

static void
made(struct command *self)
{
	struct receipt_request *asked = (struct receipt_request *)self;
	struct request *req = asked->req;

	if (self->result.code == ERR_NOT_FOUND)
		reply_message_page(req, 404, "error.no_code");
	else if (self->result.code == ERR_CONFLICT && asked->over)
		reply_message_page(req, 410, "error.charge_over");
	else if (self->result.code == ERR_CONFLICT)
		reply_message_page(req, 409, "error.no_receipt");
	else if (self->result.code != ERR_OK)
		reply_failure_page(req, self->result);
	else
		reply_redirect(
			req, arena_printf(request_arena(req), "/r/%.*s", STR_FMT(asked->token)));
}

void
receipt_make(struct request *req)
{
	struct arena *arena = request_arena(req);
	struct receipt_request *asked = arena_alloc(arena, sizeof(*asked));

	if (!same_origin(req)) {
		reply_message_page(req, 403, "error.other_site");
		return;
	}
	asked->req = req;
	asked->reference = request_param(req, "reference");
	asked->token = new_token(api_of(req), arena, asked->hash);
	asked->command = (struct command){make_apply, made, api_of(req)->config.mailbox, arena, OK};
	submit_command(req, &asked->command);
}

/* ---- the receipt --------------------------------------------------------------------------- */

/* One charge with what came in for it. */
struct receipt {
	struct payment payments[PAYMENTS_MAX];
	size_t count;
	struct buf code;
};

static struct err
read_receipt(struct db *db, struct ask *ask, struct receipt *receipt)
{
	struct arena *arena = ask->query.arena;
	struct receipt_code code = {
		.reference = ask->charge.reference, .received = ask->charge.paid};

	TRY(stalls_get(db, arena, ask->charge.stall_id, &ask->stall));
	TRY(payments_of_charge(db, arena, ask->charge.stall_id, ask->charge.id, PAYMENTS_MAX,
		receipt->payments, &receipt->count));
	if (receipt->count == 0)
		return FAIL(ERR_NOT_FOUND, "nothing was paid");
	for (size_t i = 0; i < receipt->count; i++) {
		if (receipt->payments[i].booked_at_ms > code.paid_at_ms)
			code.paid_at_ms = receipt->payments[i].booked_at_ms;
	}
	books_sign_receipt(ask->api->config.books, &code, &receipt->code);
	return OK;
}

static struct err
find_by_link(struct db *db, struct ask *ask)
{
	int64_t stall_id, charge_id;

	TRY(receipts_find(db, ask->word2, ask->now_ms, &stall_id, &charge_id));
	return charges_get(db, ask->query.arena, stall_id, charge_id, &ask->charge);
}

static json_t *
payments_json(struct arena *arena, const struct receipt *receipt)
{
	json_t *list = json_array();

	for (size_t i = receipt->count; i-- > 0;) {
		const struct payment *payment = &receipt->payments[i];
		json_t *row = json_object();

		json_set_str(row, "amount_text", amount_text(arena, payment->amount.dong));
		json_set_str(row, "time_text", date_time_text(arena, payment->booked_at_ms));
		json_set_str(row, "bank_ref", payment->bank_ref);
		json_array_append_new(list, row);
	}
	return list;
}

static void
set_charge(json_t *data, struct arena *arena, const struct ask *ask)
{
	const struct charge *charge = &ask->charge;

	json_set_str(data, "reference", charge->reference);
	json_set_str(data, "stall", ask->stall.name);
	json_set_str(data, "market", ask->stall.market_name);
	json_set_str(data, "holder", ask->stall.account_holder);
	json_set_str(data, "amount_text", amount_text(arena, charge->amount.dong));
	json_set_str(data, "paid_text", amount_text(arena, charge->paid.dong));
	json_set_str(data, "state_text", charge_state_text(ask->lang, charge->state));
	if (charge->refunded.dong > 0)
		json_set_str(data, "refunded_text", amount_text(arena, charge->refunded.dong));
}

static struct err
receipt_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct receipt *receipt = arena_alloc(arena, sizeof(*receipt));
	struct buf code CLEANUP(buf_fini) = {0};
	struct err err;

	TRY(find_by_link(db, ask));
	err = read_receipt(db, ask, receipt);
	code = receipt->code; /* freed here */
	TRY(err);
	ask->json = page_data(ask->req);
	set_charge(ask->json, arena, ask);
	json_object_set_new(ask->json, "payments", payments_json(arena, receipt));
	json_set_str(ask->json, "code", buf_str(&code));
	json_set_str(ask->json, "svg", arena_printf(arena, "/r/%.*s/code.svg", STR_FMT(ask->word)));
	return page_render(&ask->bytes, "gateway/web/buyer/receipt.html", ask->json);
}

static void
receipt_answered(struct ask *ask)
{
	if (ask->query.result.code == ERR_NOT_FOUND)
		reply_message_page(ask->req, 404, "error.receipt_gone");
	else
		ask_reply_page(ask);
}

static struct ask *
receipt_ask(struct request *req)
{
	struct ask *ask = ask_new(req);
	char *hash = arena_alloc(request_arena(req), SHA256_SIZE);

	ask->word = request_param(req, "token");
	crypt_sha256(ask->api->config.crypt, ask->word, (unsigned char *)hash);
	ask->word2 = (struct str){hash, SHA256_SIZE};
	ask->proof = (struct proof){0}; /* the link is all it takes */
	return ask;
}

void
receipt_page(struct request *req)
{
	struct ask *ask = receipt_ask(req);

	ask->answer = receipt_answer;
	ask->reply = receipt_answered;
	ask_send(ask);
}

/* The address of the check, as whoever scans the picture reaches us: as the buyer just did. */
static struct err
draw_answer(struct db *db, struct ask *ask)
{
	struct receipt *receipt = arena_alloc(ask->query.arena, sizeof(*receipt));
	struct picture *picture CLEANUP(picture_cleanup) = NULL;
	struct buf code CLEANUP(buf_fini) = {0};
	struct err err;

	TRY(find_by_link(db, ask));
	err = read_receipt(db, ask, receipt);
	code = receipt->code;
	TRY(err);
	TRY(picture_new(arena_printf(ask->query.arena, "%s://%.*s/receipt?code=%.*s",
				request_secure(ask->req) ? "https" : "http",
				STR_FMT(request_header(ask->req, "Host")), STR_FMT(buf_str(&code))),
		&picture));
	return picture_svg(picture, CODE_SCALE, &ask->bytes);
}

static void
drawn(struct ask *ask)
{
	if (ask->query.result.code != ERR_OK && asks_for_page(ask->req)) {
		receipt_answered(ask);
		return;
	}
	if (ask->query.result.code != ERR_OK) {
		ask_fail(ask);
		return;
	}
	request_add_header(ask->req, "Cache-Control", STR("no-store"));
	reply_packed(ask->req, 200, "image/svg+xml", buf_str(&ask->bytes));
}

void
receipt_svg(struct request *req)
{
	struct ask *ask = receipt_ask(req);

	ask->answer = draw_answer;
	ask->reply = drawn;
	ask_send(ask);
}

/* ---- the check of a code ------------------------------------------------------------------- */

/* People paste it with the blanks and line ends of a chat. */
static struct str
without_blanks(struct arena *arena, struct str text)
{
	struct buf out CLEANUP(buf_fini) = {0};

	text = str_cut(text, 0, CODE_INPUT_MAX);
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] > ' ')
			buf_addc(&out, text.ptr[i]);
	}
	return arena_copy(arena, buf_str(&out));
}

static struct err
set_genuine(struct db *db, struct ask *ask, const struct receipt_code *code)
{
	struct arena *arena = ask->query.arena;

	json_object_set_new(ask->json, "genuine", json_true());
	json_set_str(ask->json, "received_text", amount_text(arena, code->received.dong));
	json_set_str(ask->json, "time_text", date_time_text(arena, code->paid_at_ms));
	TRY(charges_find(db, arena, code->reference, &ask->charge));
	TRY(stalls_get(db, arena, ask->charge.stall_id, &ask->stall));
	set_charge(ask->json, arena, ask);
	return OK;
}

static struct err
check_answer(struct db *db, struct ask *ask)
{
	struct receipt_code code;

	ask->json = page_data(ask->req);
	json_set_str(ask->json, "code", ask->word);
	if (ask->word.len > 0) {
		json_object_set_new(ask->json, "asked", json_true());
		if (receipt_read(ask->word, &code).code == ERR_OK &&
			books_signed_receipt(ask->api->config.books, &code))
			TRY(set_genuine(db, ask, &code));
	}
	return page_render(&ask->bytes, "gateway/web/buyer/check.html", ask->json);
}

void
receipt_check(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct str text;

	if (request_query(req, "code", &text))
		ask->word = without_blanks(request_arena(req), text);
	ask->proof = (struct proof){0};
	ask->answer = check_answer;
	ask->reply = ask_reply_page;
	ask_send(ask);
}
