/* "Is the code on my wall mine?": the page with the camera, and what it is told of a code. */
#include "chopay/code_check.h"
#include "chopay/json.h"
#include "chopay/watching.h"

#include "stall_pages.h"

/* ---- the page ---------------------------------------------------------------------------------
 */

static struct err
page_answer(struct db *db, struct ask *ask)
{
	TRY(stall_page_begin(db, ask));
	return page_render(&ask->bytes, "gateway/web/stall/check.html", ask->json);
}

static void
page_reply(struct ask *ask)
{
	if (ask->query.result.code == ERR_OK)
		reply_camera_page(ask->req, 200, buf_str(&ask->bytes));
	else
		stall_page_reply(ask);
}

void
stall_check(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = page_answer;
	ask->reply = page_reply;
	ask_send(ask);
}

/* ---- a scanned code ---------------------------------------------------------------------------
 */

struct checking {
	struct command command; /* first */
	struct request *req;
	struct proof proof;
	struct principal who;
	struct str text;
	struct stall stall;
	struct code_check check;
};

/* Somebody's account on the stall's wall: the operator hears of it, once a day. */
static struct err
alarm_other_account(struct tx *tx, struct checking *asked)
{
	struct arena *arena = asked->command.arena;
	struct str code = arena_printf(
		arena, "%s %s", asked->check.code.bank_bin, asked->check.code.account_no);
	struct str key = arena_printf(arena, "check %d %.*s", day_of(tx->now_ms, 0), STR_FMT(code));
	struct str known;
	struct err err;

	err = idempotency_find(tx->db, arena, asked->who.name, key, code, &known);
	if (err.code != ERR_NOT_FOUND)
		return err;
	TRY(idempotency_put(tx->db, asked->who.name, key, code, STR("alarm"), tx->now_ms));
	return alarms_put(tx->db, tx_next_id(tx), STR(ALARM_STICKER_SWAP), asked->stall.reference,
		arena_printf(arena,
			"the stall scanned a code that pays account %s at bank %s; its own is %.*s"
			" at %.*s",
			asked->check.code.account_no, asked->check.code.bank_bin,
			STR_FMT(asked->stall.account_no), STR_FMT(asked->stall.bank_bin)),
		tx->now_ms);
}

static struct err
check_apply(struct tx *tx, struct command *self)
{
	struct checking *asked = (struct checking *)self;

	TRY(principal_find(tx->db, self->arena, &asked->proof, tx->now_ms, &asked->who));
	if (asked->who.stall_id == 0 || !may(&asked->who, SEE_NEWS, asked->who.stall_id))
		return FAIL(ERR_DENIED, "the stall's own session is needed: open /stall");
	TRY(stalls_get(tx->db, self->arena, asked->who.stall_id, &asked->stall));
	TRY(code_check(tx->db, tx->prefix, &asked->stall, asked->text, &asked->check));
	return asked->check.verdict == CODE_OTHER_ACCOUNT ? alarm_other_account(tx, asked) : OK;
}

static struct str
bank_text(struct checking *asked)
{
	struct str bin = str_from(asked->check.code.bank_bin);
	const struct bank *bank = banks_by_bin(api_of(asked->req)->config.banks, bin);

	return bank == NULL ? bin : bank->short_name;
}

static void
checked(struct command *self)
{
	struct checking *asked = (struct checking *)self;
	struct arena *arena = self->arena;
	enum language language = page_language(asked->req);
	const char *name = code_verdict_name(asked->check.verdict);
	json_t *json;

	if (self->result.code != ERR_OK) {
		reply_refusal(asked->req, &asked->who, self->result);
		return;
	}
	json = json_object();
	json_set_str(json, "verdict", str_from(name));
	json_set_str(json, "title",
		words_find(language, arena_printf(arena, "stall.check.%s.title", name)));
	json_set_str(json, "text",
		words_find(language, arena_printf(arena, "stall.check.%s.text", name)));
	if (asked->check.verdict == CODE_NO_VIETQR) {
		json_object_set_new(json, "code", json_null());
	} else {
		json_t *code = json_object();

		json_set_str(code, "bank", bank_text(asked));
		json_set_str(code, "account_no", str_from(asked->check.code.account_no));
		json_set_str(code, "memo", str_from(asked->check.code.memo));
		json_object_set_new(json, "code", code);
	}
	request_add_header(asked->req, "Cache-Control", STR("no-store"));
	reply_json(asked->req, 200, json);
}

void
stall_post_check(struct request *req)
{
	struct checking *asked = arena_alloc(request_arena(req), sizeof(*asked));
	json_t *body CLEANUP(json_cleanup) = NULL;

	if (!same_origin(req)) {
		reply_problem(req, 403, "cross-site", "Not from our page",
			"another site may not ask that");
		return;
	}
	body = body_object(req);
	if (body == NULL)
		return;
	if (json_object_size(body) != 1 || !json_is_string(json_object_get(body, "text"))) {
		reply_problem(req, 400, "invalid-body", "The code cannot be read",
			"send {\"text\": what the code says}");
		return;
	}
	asked->req = req;
	asked->proof = proof_of(req);
	asked->text = arena_copy(request_arena(req), json_str(json_object_get(body, "text")));
	asked->command = (struct command){
		check_apply, checked, api_of(req)->config.mailbox, request_arena(req), OK};
	submit_command(req, &asked->command);
}
