/* The code behind a reference: its VietQR text and its picture. */
#include <string.h>

#include "api.h"
#include "chopay/charge.h"
#include "chopay/picture.h"
#include "chopay/reference.h"
#include "vietqr.h"

#define SCALE_DEFAULT 8
#define QUERY_KEPT_MAX 256 /* bytes of it, on the way to the address as we write it */

static void
copy_text(char *to, size_t size, struct str from)
{
	size_t len = from.len < size - 1 ? from.len : size - 1;

	if (len > 0)
		memcpy(to, from.ptr, len);
	to[len] = '\0';
}

struct err
code_text(struct arena *arena, const struct stall *stall, int64_t amount, struct str reference,
	struct str *text)
{
	struct vietqr code = {.amount_dong = amount};
	char out[VIETQR_TEXT_SIZE];

	if (stall->account_id == 0)
		return FAIL(ERR_CONFLICT, STALL_WITHOUT_ACCOUNT);
	copy_text(code.bank_bin, sizeof(code.bank_bin), stall->bank_bin);
	copy_text(code.account_no, sizeof(code.account_no), stall->account_no);
	copy_text(code.memo, sizeof(code.memo), reference);
	if (vietqr_encode(&code, out) != VIETQR_OK)
		return FAIL(
			ERR_CONFLICT, "the stall's account in the register makes no valid code");
	*text = arena_copy(arena, str_from(out));
	return OK;
}

struct err
reference_lookup(struct db *db, struct arena *arena, struct str reference, struct stall *stall,
	struct charge *charge)
{
	struct err err = charges_find(db, arena, reference, charge);

	if (err.code == ERR_OK)
		return stalls_get(db, arena, charge->stall_id, stall);
	if (err.code != ERR_NOT_FOUND)
		return err;
	*charge = (struct charge){0};
	TRY(stalls_find(db, arena, reference, stall));
	/* stalls_find takes codes too; a public address takes references only. */
	return str_eq(stall->reference, reference) ? OK : FAIL(ERR_NOT_FOUND, "no such reference");
}

struct err
charge_shown(struct db *db, const struct charge *charge, int64_t now_ms, bool *shown)
{
	int64_t last_money_ms = 0;
	enum charge_state state;

	*shown = true;
	if (charge->id == 0)
		return OK;
	if (!charge_state_parse(charge->state, &state))
		return FAIL(ERR_BROKEN, "a charge has a state that does not exist");
	if (charge->paid.dong > 0)
		TRY(charges_last_money(db, charge, &last_money_ms));
	*shown = now_ms <= charge_shown_until(state, charge->expires_at_ms, last_money_ms);
	return OK;
}

/* Is it a reference, once its blanks and hyphens are taken out? */
static bool
reference_typed(struct str prefix, struct str text, struct reference *reference)
{
	char typed[REFERENCE_CHARGE_LEN];
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == ' ' || text.ptr[i] == '-')
			continue;
		if (len == sizeof(typed))
			return false;
		typed[len++] = text.ptr[i];
	}
	return reference_is(prefix, (struct str){typed, len}, reference);
}

bool
reply_reference_address(struct request *req, const char *before, const char *after)
{
	struct str sent = request_param(req, "reference"), query = request_query_string(req);
	struct reference reference;

	if (!reference_typed(api_of(req)->config.prefix, sent, &reference) ||
		str_eq(str_from(reference.text), sent))
		return false;
	if (query.len > QUERY_KEPT_MAX)
		query = STR("");
	reply_redirect(req, arena_printf(request_arena(req), "%s%s%s%s%.*s", before, reference.text,
				    after, query.len > 0 ? "?" : "", STR_FMT(query)));
	return true;
}

static struct err
draw(struct db *db, struct ask *ask)
{
	struct picture *picture CLEANUP(picture_cleanup) = NULL;
	int64_t amount = 0;
	struct str text;
	bool shown;

	TRY(reference_lookup(db, ask->query.arena, ask->word, &ask->stall, &ask->charge));
	if (ask->charge.id != 0) {
		TRY(charge_shown(db, &ask->charge, ask->now_ms, &shown));
		if (!shown || !charge_takes_money(&ask->charge))
			return FAIL(
				ERR_CONFLICT, "this charge takes no more money; ask for a new one");
		amount = charge_missing(&ask->charge).dong;
	}
	TRY(code_text(ask->query.arena, &ask->stall, amount, ask->word, &text));
	TRY(picture_new(text, &picture));
	if (str_eq(ask->word2, STR(".svg")))
		return picture_svg(picture, (unsigned)ask->max, &ask->bytes);
	return picture_png(picture, (unsigned)ask->max, &ask->bytes);
}

void
reply_no_code(struct ask *ask)
{
	enum err_code code = ask->query.result.code;

	if (code == ERR_CONFLICT && ask->stall.account_id == 0)
		reply_message_page(ask->req, 409, "error.no_account");
	else if (code == ERR_CONFLICT)
		reply_message_page(ask->req, 410, "error.charge_over");
	else if (code == ERR_NOT_FOUND)
		reply_message_page(ask->req, 404, "error.no_code");
	else
		ask_reply_page(ask);
}

static void
drawn(struct ask *ask)
{
	if (ask->query.result.code != ERR_OK && asks_for_page(ask->req)) {
		reply_no_code(ask); /* somebody opened the picture alone */
		return;
	}
	if (ask->query.result.code == ERR_CONFLICT && ask->stall.account_id == 0) {
		reply_problem(ask->req, 409, "no-account", "The stall has no code yet", "%s",
			ask->query.result.what);
		return;
	}
	if (ask->query.result.code == ERR_CONFLICT) {
		reply_problem(ask->req, 410, "charge-closed", "This code is no longer payable",
			"%s", ask->query.result.what);
		return;
	}
	if (ask->query.result.code != ERR_OK) {
		ask_fail(ask);
		return;
	}
	request_add_header(ask->req, "Cache-Control",
		ask->charge.id == 0 ? STR("public, max-age=300") : STR("no-store"));
	if (str_eq(ask->word2, STR(".svg")))
		reply_packed(ask->req, 200, ask->content_type, buf_str(&ask->bytes));
	else
		reply_bytes(ask->req, 200, ask->content_type, buf_str(&ask->bytes));
}

static void
code_picture(struct request *req, const char *tail, const char *content_type)
{
	struct ask *ask = ask_new(req);
	struct str text;
	int64_t scale = SCALE_DEFAULT;

	if (reply_reference_address(req, "/q/", tail))
		return;
	if (request_query(req, "scale", &text) &&
		(str_to_i64(text, &scale).code != ERR_OK || scale < 1 || scale > 32)) {
		if (asks_for_page(req)) {
			reply_message_page(req, 400, "error.invalid");
			return;
		}
		reply_problem(req, 400, "invalid-query", "A query value is wrong",
			"scale is pixels per module, 1 to 32");
		return;
	}
	ask->word = request_param(req, "reference");
	ask->word2 = str_from(tail);
	ask->max = (size_t)scale;
	ask->content_type = content_type;
	ask->proof = (struct proof){0}; /* public: a code is made to be shown */
	ask->answer = draw;
	ask->reply = drawn;
	ask_send(ask);
}

void
code_png(struct request *req)
{
	code_picture(req, ".png", "image/png");
}

void
code_svg(struct request *req)
{
	code_picture(req, ".svg", "image/svg+xml");
}
