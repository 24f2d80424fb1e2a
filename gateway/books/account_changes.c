/* A stall gets another receiving account: two persons, a delay, and its phones are told. */
#include "books.h"
#include "chopay/charge_commands.h"
#include "chopay/json.h"
#include "chopay/person.h"

#define EFFECTS_MAX 100 /* at once; the rest a moment later */
#define ACCOUNT_CHARS_MAX 19

/* ---- told
 * ---------------------------------------------------------------------------------------- */

/* The phones that the stall has now: whoever wants its money elsewhere does not hold them. */
static struct err
tell_phones(struct tx *tx, const struct account_change *change)
{
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf text CLEANUP(buf_fini) = {0};

	json_set_str(body, "state", change->state);
	json_set_str(body, "bank_bin", change->bank_bin);
	json_set_str(body, "account_no", change->account_no);
	json_set_time_or_null(body, "due_at", change->due_at_ms);
	json_write(&text, body);
	return tx_notice(tx, change->stall_id, "account", STR(""), buf_str(&text));
}

static struct err
tell(struct tx *tx, const struct account_change_command *asked, const char *what)
{
	struct buf subject CLEANUP(buf_fini) = {0}, detail CLEANUP(buf_fini) = {0};
	struct buf who CLEANUP(buf_fini) = {0};

	buf_addf(&subject, "account-change:%lld", (long long)asked->change.id);
	buf_addf(&detail, "%.*s %.*s %.*s", STR_FMT(asked->of.reference),
		STR_FMT(asked->change.bank_bin), STR_FMT(asked->change.account_no));
	if (asked->who.len > 0)
		buf_addf(&who, "%.*s %.*s", STR_FMT(asked->who), STR_FMT(asked->person));
	else
		buf_addf(&who, "person:%.*s", STR_FMT(asked->person));
	TRY(tx_audit(tx, buf_str(&who), what, buf_str(&subject), buf_str(&detail)));
	return tell_phones(tx, &asked->change);
}

/* ---- proposed
 * ------------------------------------------------------------------------------------ */

static bool
is_account_no(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z'))
			return false;
	}
	return text.len > 0 && text.len <= ACCOUNT_CHARS_MAX;
}

/* As banks write it: what the buyer's app shows is compared with it. */
static bool
is_holder(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != ' ' && c != '.' &&
			c != '-' && c != '&')
			return false;
	}
	return text.len > 0 && text.len <= PERSON_CHARS_MAX;
}

static struct err
check_proposal(struct account_change_command *asked)
{
	TRY(words_check(&asked->person, &asked->why));
	if (!is_account_no(asked->account_no))
		return FAIL(ERR_INVALID, "an account number is 1 to 19 letters and digits");
	if (!is_holder(asked->holder))
		return FAIL(ERR_INVALID, "the holder is written as the bank does: capitals without"
					 " marks, TRAN THI BA");
	if (asked->delay_hours == 0)
		asked->delay_hours = ACCOUNT_DELAY_HOURS_DEFAULT;
	if (asked->delay_hours < ACCOUNT_DELAY_HOURS_MIN ||
		asked->delay_hours > ACCOUNT_DELAY_HOURS_MAX)
		return FAIL(ERR_INVALID, "the delay is 1 to 720 hours");
	return OK;
}

static struct err
check_stall(struct tx *tx, struct account_change_command *asked)
{
	struct account_change other;
	struct err err;

	TRY(stalls_find(tx->db, asked->command.arena, asked->stall, &asked->of));
	if (asked->of.account_id == 0)
		return FAIL(ERR_CONFLICT, "the stall has no account yet: `chopay registry import`"
					  " gives it its first");
	if (str_eq(asked->of.bank_bin, asked->bank_bin) &&
		str_eq(asked->of.account_no, asked->account_no))
		return FAIL(ERR_CONFLICT, "the stall has that account");
	err = account_changes_open(tx->db, asked->command.arena, asked->of.id, &other);
	if (err.code == ERR_OK)
		return FAIL(ERR_CONFLICT, "another change of this stall's account is under way:"
					  " approve or cancel that one first");
	return err.code == ERR_NOT_FOUND ? OK : err;
}

struct err
account_propose_apply(struct tx *tx, struct command *self)
{
	struct account_change_command *asked = (struct account_change_command *)self;

	TRY(check_proposal(asked));
	TRY(check_stall(tx, asked));
	asked->change = (struct account_change){
		.id = tx_next_id(tx),
		.stall_id = asked->of.id,
		.bank_bin = asked->bank_bin,
		.account_no = asked->account_no,
		.holder = asked->holder,
		.from_account_id = asked->of.account_id,
		.state = STR("proposed"),
		.why = asked->why,
		.person = asked->person,
		.proposed_at_ms = tx->now_ms,
		.delay_ms = asked->delay_hours * 3600 * MS_PER_SECOND,
	};
	TRY(account_changes_put(tx->db, &asked->change));
	return tell(tx, asked, "account-propose");
}

/* ---- approved, cancelled
 * ------------------------------------------------------------------------- */

static struct err
find(struct tx *tx, struct account_change_command *asked)
{
	TRY(account_changes_get(tx->db, asked->command.arena, asked->id, &asked->change));
	return stalls_get(tx->db, asked->command.arena, asked->change.stall_id, &asked->of);
}

struct err
account_approve_apply(struct tx *tx, struct command *self)
{
	struct account_change_command *asked = (struct account_change_command *)self;
	struct str why = STR("-");

	TRY(words_check(&asked->person, &why));
	TRY(find(tx, asked));
	if (!str_eq(asked->change.state, STR("proposed")))
		return FAIL(ERR_CONFLICT, "it was approved or cancelled before");
	if (str_eq(asked->change.person, asked->person))
		return FAIL(ERR_CONFLICT, "a second person must approve it, not the one who"
					  " proposed it");
	asked->change.state = STR("approved");
	asked->change.second_person = asked->person;
	asked->change.approved_at_ms = tx->now_ms;
	asked->change.due_at_ms = tx->now_ms + asked->change.delay_ms;
	TRY(account_changes_move(tx->db, &asked->change, STR("proposed")));
	return tell(tx, asked, "account-approve");
}

struct err
account_cancel_apply(struct tx *tx, struct command *self)
{
	struct account_change_command *asked = (struct account_change_command *)self;
	struct str from;

	TRY(words_check(&asked->person, &asked->why));
	TRY(find(tx, asked));
	from = asked->change.state;
	if (!str_eq(from, STR("proposed")) && !str_eq(from, STR("approved")))
		return FAIL(ERR_CONFLICT, "it took effect or was cancelled before");
	asked->change.state = STR("cancelled");
	asked->change.ended_by = asked->person;
	asked->change.ended_at_ms = tx->now_ms;
	TRY(account_changes_move(tx->db, &asked->change, from));
	return tell(tx, asked, "account-cancel");
}

/* ---- done
 * ---------------------------------------------------------------------------------------- */

/* A buyer who holds an older code still pays into the old account, which stays known as the
 * stall's: that money is booked as ever. */
static struct err
take_effect(struct tx *tx, struct arena *arena, const struct account_change *due)
{
	struct account_change_command done = {
		.change = *due,
		.person = due->second_person,
		.who = STR("gateway"),
	};
	struct err err;
	int64_t account_id;

	TRY(stalls_get(tx->db, arena, due->stall_id, &done.of));
	err = accounts_detach(tx->db, due->stall_id, due->from_account_id, tx->now_ms);
	if (err.code != ERR_OK && err.code != ERR_NOT_FOUND)
		return err;
	done.change.state = err.code == ERR_OK ? STR("done") : STR("cancelled");
	done.change.ended_at_ms = tx->now_ms;
	if (err.code == ERR_OK) {
		TRY(accounts_ensure(tx->db, tx_next_id(tx), due->bank_bin, due->account_no,
			due->holder, &account_id));
		TRY(accounts_attach(tx->db, due->stall_id, account_id, tx->now_ms));
	}
	TRY(account_changes_move(tx->db, &done.change, due->state));
	return tell(tx, &done, err.code == ERR_OK ? "account-change" : "account-cancel");
}

struct err
account_changes_take_effect(struct tx *tx, struct arena *arena)
{
	struct account_change *changes = arena_alloc(arena, EFFECTS_MAX * sizeof(*changes));
	size_t count;

	TRY(account_changes_due(tx->db, arena, tx->now_ms, EFFECTS_MAX, changes, &count));
	for (size_t i = 0; i < count; i++)
		TRY(take_effect(tx, arena, &changes[i]));
	return OK;
}
