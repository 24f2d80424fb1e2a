/* Staff sign in: a login, a password, a code from the phone. */
#include <string.h>

#include "hashing.h"
#include "passwords.h"
#include "sign_in.h"
#include "tries.h"

#define CODE_BYTES_MAX 16

static void
reply_form(struct request *req, int status, struct str login, struct str next, struct str message)
{
	json_t *data CLEANUP(json_cleanup) = page_data(req);
	struct buf html CLEANUP(buf_fini) = {0};
	struct err err;

	json_set_str(data, "login", login);
	json_set_str(data, "next", own_path(next));
	json_set_str(data, "message", message);
	err = page_render(&html, "gateway/web/signin/signin.html", data);
	if (err.code != ERR_OK)
		reply_failure_page(req, err);
	else
		reply_page(req, status, buf_str(&html));
}

void
signin_page(struct request *req)
{
	struct str next = {NULL, 0};

	request_query(req, "next", &next);
	reply_form(req, 200, STR(""), next, STR(""));
}

/* ---- a try --------------------------------------------------------------------------------------
 */

/* Counted on the writer, compared on a reader, and on the writer again: let in, or written down as
 * refused. */
struct attempt {
	struct hashing hashing; /* first */
	struct command command;
	struct request *req;
	struct str login, password, code, next;
	struct trier trier;
	struct entrance entrance;
	int64_t wait_ms;
	struct staff staff; /* id 0: nobody has that login */
	int64_t step;	    /* of the code; 0: refused */
};

static struct attempt *
attempt_of(struct command *command)
{
	return (struct attempt *)((char *)command - offsetof(struct attempt, command));
}

static void
submit(struct attempt *attempt, struct err (*apply)(struct tx *tx, struct command *self),
	void (*done)(struct command *self))
{
	attempt->command = (struct command){
		apply, done, api_of(attempt->req)->config.mailbox, request_arena(attempt->req), OK};
	submit_command(attempt->req, &attempt->command);
}

static void
reply_wrong(struct attempt *attempt)
{
	reply_form(attempt->req, 403, attempt->login, attempt->next,
		words_find(page_language(attempt->req), STR("signin.wrong")));
}

static void
reply_wait(struct attempt *attempt)
{
	struct request *req = attempt->req;
	struct arena *arena = request_arena(req);
	int64_t seconds = (attempt->wait_ms + MS_PER_SECOND - 1) / MS_PER_SECOND;
	bool minutes = seconds > 90;
	const struct str number = arena_printf(
		arena, "%lld", (long long)(minutes ? (seconds + 59) / 60 : seconds));
	struct buf text CLEANUP(buf_fini) = {0};

	words_fill(&text,
		words_find(page_language(req),
			minutes ? STR("signin.wait_minutes") : STR("signin.wait_seconds")),
		&number, 1);
	request_add_header(req, "Retry-After", arena_printf(arena, "%lld", (long long)seconds));
	reply_form(req, 429, attempt->login, attempt->next, buf_str(&text));
}

/* ---- let in, or refused ------------------------------------------------------------------------
 */

static struct err
enter_apply(struct tx *tx, struct command *self)
{
	struct attempt *attempt = attempt_of(self);
	struct staff staff;

	/* Somebody may have been revoked, or have used the same code, since a reader looked. */
	TRY(staff_get(tx->db, self->arena, attempt->staff.id, &staff));
	if (staff.revoked_at_ms != 0)
		return FAIL(ERR_NOT_FOUND, "revoked");
	TRY(staff_use_step(tx->db, staff.id, attempt->step));
	TRY(tries_good(tx, &attempt->trier));
	return entrance_open(tx, &attempt->entrance, &staff, "sign-in");
}

static void
entered(struct command *self)
{
	struct attempt *attempt = attempt_of(self);

	if (self->result.code == ERR_NOT_FOUND)
		reply_wrong(attempt);
	else if (self->result.code != ERR_OK)
		reply_failure_page(attempt->req, self->result);
	else
		entrance_reply(attempt->req, &attempt->entrance, attempt->next);
}

/* What was typed as a login stands in the log only if it is one: it may be a password. */
static struct err
refuse_apply(struct tx *tx, struct command *self)
{
	struct attempt *attempt = attempt_of(self);

	return tx_audit(tx, STR("anyone"), "sign-in-refused",
		attempt->staff.id != 0 ? attempt->login : STR("?"), attempt->entrance.device);
}

static void
refused(struct command *self)
{
	struct attempt *attempt = attempt_of(self);

	if (self->result.code != ERR_OK)
		reply_failure_page(attempt->req, self->result);
	else
		reply_wrong(attempt);
}

/* ---- compared
 * ------------------------------------------------------------------------------------ */

static struct err
find_staff(struct db *db, struct attempt *attempt)
{
	struct err err = staff_find(
		db, attempt->hashing.ask.query.arena, attempt->login, &attempt->staff);

	if (err.code == ERR_NOT_FOUND)
		attempt->staff = (struct staff){0};
	return err.code == ERR_NOT_FOUND ? OK : err;
}

/* The step of the code; 0: it is wrong, was used, or there is no second factor. */
static struct err
code_step(const struct attempt *attempt, int64_t *step)
{
	const struct ask *ask = &attempt->hashing.ask;
	const struct api_config *config = &ask->api->config;
	struct buf secret CLEANUP(buf_fini) = {0};

	*step = 0;
	if (attempt->staff.totp.len == 0)
		return OK;
	TRY(crypt_open(config->crypt, books_sealing_key(config->books),
		factor_context(ask->query.arena, attempt->staff.id), attempt->staff.totp, &secret));
	*step = crypt_totp_step(config->crypt, buf_str(&secret), attempt->code, ask->now_ms,
		attempt->staff.totp_step);
	return OK;
}

static struct err
compare(struct db *db, struct ask *ask)
{
	struct attempt *attempt = (struct attempt *)ask;
	bool good;

	TRY(find_staff(db, attempt));
	/* No transaction stays open for the third of a second that this takes, whoever it is. */
	store_rollback(db);
	good = crypt_password_check(
		ask->api->config.crypt, attempt->password, attempt->staff.password);
	TRY(store_begin(db));
	TRY(code_step(attempt, &attempt->step));
	if (!good || attempt->staff.revoked_at_ms != 0)
		attempt->step = 0;
	return OK;
}

static void
compared(struct ask *ask)
{
	struct attempt *attempt = (struct attempt *)ask;

	if (ask->query.result.code != ERR_OK)
		ask_fail(ask);
	else if (attempt->step > 0)
		submit(attempt, enter_apply, entered);
	else
		submit(attempt, refuse_apply, refused);
}

/* ---- begun
 * --------------------------------------------------------------------------------------- */

static struct err
begin_apply(struct tx *tx, struct command *self)
{
	struct attempt *attempt = attempt_of(self);
	const struct entrance *entrance = &attempt->entrance;
	bool known = false;

	if (entrance->had)
		TRY(staff_sessions_known(tx->db,
			(struct str){(const char *)entrance->before, SHA256_SIZE}, attempt->login,
			&known));
	if (known)
		trier_at(tx->crypt, entrance->before, &attempt->trier);
	return tries_begin(tx, &attempt->trier, &attempt->wait_ms);
}

static void
begun(struct command *self)
{
	struct attempt *attempt = attempt_of(self);

	if (self->result.code != ERR_OK)
		reply_failure_page(attempt->req, self->result);
	else if (attempt->wait_ms > 0)
		reply_wait(attempt);
	else if (!hashing_send(&attempt->hashing))
		reply_message_page(attempt->req, 503, "error.busy");
}

static struct str
field(struct request *req, const char *name, size_t max)
{
	struct str value = {NULL, 0};

	request_form(req, name, &value);
	return value.len <= max ? value : STR("");
}

/* Phones begin a field with a capital. */
static struct str
login_of(struct arena *arena, struct str typed)
{
	struct buf login CLEANUP(buf_fini) = {0};

	typed = str_trim(typed);
	for (size_t i = 0; i < typed.len; i++) {
		char c = typed.ptr[i];

		buf_addc(&login, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
	}
	return arena_copy(arena, buf_str(&login));
}

void
signin_post(struct request *req)
{
	struct attempt *attempt = arena_alloc(request_arena(req), sizeof(*attempt));

	if (!same_origin(req)) {
		reply_message_page(req, 403, "error.other_site");
		return;
	}
	*attempt = (struct attempt){
		.hashing = {.ask = *ask_new(req), .hashed = compared},
		.req = req,
		.login = login_of(request_arena(req), field(req, "login", LOGIN_BYTES_MAX)),
		.password = field(req, "password", PASSWORD_BYTES_MAX),
		.code = field(req, "code", CODE_BYTES_MAX),
		.next = field(req, "next", request_body(req).len),
	};
	attempt->hashing.ask.answer = compare;
	trier_of(api_of(req)->config.crypt, attempt->login, request_peer(req), &attempt->trier);
	entrance_prepare(req, &attempt->entrance);
	submit(attempt, begin_apply, begun);
}

/* ---- out
 * ----------------------------------------------------------------------------------------- */

struct leave {
	struct command command; /* first */
	struct request *req;
	struct proof proof;
};

static struct err
leave_apply(struct tx *tx, struct command *self)
{
	const struct leave *leave = (const struct leave *)self;
	struct str hash = {(const char *)leave->proof.staff_hash, SHA256_SIZE};
	struct staff_session session;
	struct staff staff;
	struct err err;

	if (!leave->proof.has_staff)
		return OK;
	err = staff_sessions_find(tx->db, self->arena, hash, tx->now_ms, &session, &staff);
	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	TRY(staff_sessions_end(tx->db, hash, tx->now_ms));
	return tx_audit(
		tx, staff_who(self->arena, &staff), "sign-out", staff.login, session.device);
}

static void
left(struct command *self)
{
	const struct leave *leave = (const struct leave *)self;

	if (self->result.code != ERR_OK) {
		reply_failure_page(leave->req, self->result);
		return;
	}
	set_cookie(leave->req, COOKIE_STAFF, STR(""), 0);
	page_headers(leave->req);
	reply_redirect(leave->req, STR("/signin"));
}

void
signout(struct request *req)
{
	struct leave *leave = arena_alloc(request_arena(req), sizeof(*leave));

	if (!same_origin(req)) {
		reply_message_page(req, 403, "error.other_site");
		return;
	}
	*leave = (struct leave){
		.command = {leave_apply, left, api_of(req)->config.mailbox, request_arena(req), OK},
		.req = req,
		.proof = proof_of(req),
	};
	submit_command(req, &leave->command);
}
