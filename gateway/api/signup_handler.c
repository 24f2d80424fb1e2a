/* The sheet that a stallholder signs, for the command line of this machine. */
#include "api.h"
#include "chopay/signup.h"

static struct err
signup_answer(struct db *db, struct ask *ask)
{
	struct unit unit = {0};
	int32_t today = day_of(ask->now_ms, 0);
	struct str code;
	struct err err;

	TRY(stalls_find(db, ask->query.arena, ask->word, &ask->stall));
	TRY(markets_unit(db, ask->query.arena, ask->stall.market_id, today, &code));
	err = units_find(db, ask->query.arena, code, today, &unit);
	if (err.code != ERR_OK && err.code != ERR_NOT_FOUND)
		return err;
	return signup_pdf(&ask->stall, err.code == ERR_OK ? unit.name : STR(""), today, ask->lang,
		&ask->bytes);
}

static void
signup_answered(struct ask *ask)
{
	if (ask->query.result.code != ERR_OK)
		ask_fail(ask);
	else
		reply_bytes(ask->req, 200, "application/pdf", buf_str(&ask->bytes));
}

void
control_signup(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "stall");
	ask->answer = signup_answer;
	ask->reply = signup_answered;
	ask_send_long(ask);
}
