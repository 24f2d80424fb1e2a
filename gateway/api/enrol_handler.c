/* A link for staff: it sets a password and a second factor, or (made on this machine) signs in.
 *
 * Looking changes nothing: chat programs open links by themselves. */
#include "chopay/picture.h"
#include "hashing.h"
#include "passwords.h"
#include "sign_in.h"

#define QR_SCALE 6
#define CODE_BYTES_MAX 16
#define GROUP 4 /* letters of the secret that are written together */

struct invited {
	struct staff_invite invite;
	struct staff staff;
};

static struct err
find_invited(struct db *db, struct arena *arena, struct str digest, int64_t now_ms,
	struct invited *invited)
{
	TRY(staff_invites_find(db, arena, digest, now_ms, &invited->invite));
	return staff_get(db, arena, invited->invite.staff_id, &invited->staff);
}

static bool
is_sign_in(const struct invited *invited)
{
	return str_eq(invited->invite.purpose, STR("sign-in"));
}

static struct err
open_factor(const struct ask *ask, const struct invited *invited, struct buf *secret)
{
	const struct api_config *config = &ask->api->config;

	return crypt_open(config->crypt, books_sealing_key(config->books),
		factor_context(ask->query.arena, invited->staff.id), invited->invite.totp, secret);
}

/* What an authenticator app reads (Key Uri Format). */
static void
put_uri(struct buf *uri, const struct staff *staff, struct str secret)
{
	buf_addf(uri, "otpauth://totp/chopay:%.*s?secret=", STR_FMT(staff->login));
	base32_put(uri, secret);
	buf_adds(uri, "&issuer=chopay&algorithm=SHA1&digits=6&period=30");
}

/* ---- the page
 * ------------------------------------------------------------------------------------ */

static struct err
write_enrolment(struct ask *ask, const struct invited *invited, struct str message)
{
	struct buf secret CLEANUP(buf_fini) = {0}, letters CLEANUP(buf_fini) = {0};
	struct buf uri CLEANUP(buf_fini) = {0}, groups CLEANUP(buf_fini) = {0};

	TRY(open_factor(ask, invited, &secret));
	base32_put(&letters, buf_str(&secret));
	for (size_t i = 0; i < letters.len; i += GROUP) {
		buf_adds(&groups, i == 0 ? "" : " ");
		buf_add(&groups, str_cut(buf_str(&letters), i,
					 i + GROUP < letters.len ? i + GROUP : letters.len));
	}
	put_uri(&uri, &invited->staff, buf_str(&secret));
	json_set_str(ask->json, "secret", buf_str(&groups));
	json_set_str(ask->json, "uri", buf_str(&uri));
	json_set_str(ask->json, "message", message);
	return page_render(&ask->bytes, "gateway/web/signin/enrol.html", ask->json);
}

static struct err
write_page(struct ask *ask, const struct invited *invited, struct str message)
{
	ask->json = page_data(ask->req);
	json_set_str(ask->json, "name", invited->staff.name);
	json_set_str(ask->json, "login", invited->staff.login);
	json_set_str(ask->json, "action",
		arena_printf(ask->query.arena, "/signin/invite/%.*s", STR_FMT(ask->word)));
	if (is_sign_in(invited))
		return page_render(&ask->bytes, "gateway/web/signin/link.html", ask->json);
	return write_enrolment(ask, invited, message);
}

static struct err
page_answer(struct db *db, struct ask *ask)
{
	struct invited invited;

	TRY(find_invited(db, ask->query.arena, ask->word2, ask->now_ms, &invited));
	return write_page(ask, &invited, STR(""));
}

static void
page_answered(struct ask *ask)
{
	if (ask->query.result.code == ERR_NOT_FOUND)
		reply_message_page(ask->req, 404, "error.staff_invite");
	else
		ask_reply_page(ask);
}

static struct ask *
ask_of_link(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "token");
	ask->word2 = token_digest(req);
	return ask;
}

void
enrol_page(struct request *req)
{
	struct ask *ask = ask_of_link(req);

	ask->answer = page_answer;
	ask->reply = page_answered;
	ask_send(ask);
}

/* ---- the secret as a picture
 * ----------------------------------------------------------------------- */

static struct err
picture_answer(struct db *db, struct ask *ask)
{
	struct picture *picture CLEANUP(picture_cleanup) = NULL;
	struct buf secret CLEANUP(buf_fini) = {0}, uri CLEANUP(buf_fini) = {0};
	struct invited invited;

	TRY(find_invited(db, ask->query.arena, ask->word2, ask->now_ms, &invited));
	if (is_sign_in(&invited))
		return FAIL(ERR_NOT_FOUND, "a link that signs in has no picture");
	TRY(open_factor(ask, &invited, &secret));
	put_uri(&uri, &invited.staff, buf_str(&secret));
	TRY(picture_new(buf_str(&uri), &picture));
	return picture_svg(picture, QR_SCALE, &ask->bytes);
}

static void
picture_answered(struct ask *ask)
{
	if (ask->query.result.code != ERR_OK) {
		ask_fail(ask);
		return;
	}
	request_add_header(ask->req, "Cache-Control", STR("no-store"));
	reply_bytes(ask->req, 200, "image/svg+xml", buf_str(&ask->bytes));
}

void
enrol_picture(struct request *req)
{
	struct ask *ask = ask_of_link(req);

	ask->answer = picture_answer;
	ask->reply = picture_answered;
	ask_send(ask);
}

/* ---- used
 * ---------------------------------------------------------------------------------------- */

struct enrolment {
	struct hashing hashing; /* first */
	struct command command;
	struct str password, again, code;
	const char *fault; /* key of what is wrong; NULL: it can be used */
	struct invited invited;
	unsigned char kept[PASSWORD_KEPT_SIZE];
	int64_t step;
	struct entrance entrance;
};

/* What is wrong with what was sent: NULL, or the key of a text. */
static struct err
check(const struct ask *ask, struct enrolment *enrolment)
{
	struct buf secret CLEANUP(buf_fini) = {0};

	enrolment->fault = password_fault(enrolment->invited.staff.login, enrolment->password);
	if (enrolment->fault == NULL && !str_eq(enrolment->password, enrolment->again))
		enrolment->fault = "signin.password_again_wrong";
	TRY(open_factor(ask, &enrolment->invited, &secret));
	enrolment->step = crypt_totp_step(
		ask->api->config.crypt, buf_str(&secret), enrolment->code, ask->now_ms, 0);
	if (enrolment->fault == NULL && enrolment->step == 0)
		enrolment->fault = "signin.code_wrong";
	return OK;
}

static struct err
use_answer(struct db *db, struct ask *ask)
{
	struct enrolment *enrolment = (struct enrolment *)ask;

	enrolment->fault = NULL;
	TRY(find_invited(db, ask->query.arena, ask->word2, ask->now_ms, &enrolment->invited));
	if (is_sign_in(&enrolment->invited))
		return OK;
	TRY(check(ask, enrolment));
	if (enrolment->fault != NULL)
		return write_page(ask, &enrolment->invited,
			words_find(ask->lang, str_from(enrolment->fault)));
	store_rollback(db); /* nothing stays open while it is hashed */
	crypt_password_keep(enrolment->password, enrolment->kept);
	return store_begin(db);
}

static struct err
use_apply(struct tx *tx, struct command *self)
{
	struct enrolment *enrolment = (struct enrolment *)((char *)self -
							   offsetof(struct enrolment, command));
	struct str digest = enrolment->hashing.ask.word2;
	struct invited invited;

	TRY(find_invited(tx->db, self->arena, digest, tx->now_ms, &invited));
	TRY(staff_invites_use(tx->db, digest, tx->now_ms));
	if (is_sign_in(&invited))
		return entrance_open(tx, &enrolment->entrance, &invited.staff, "sign-in-by-link");
	TRY(staff_enrol(tx->db, invited.staff.id,
		(struct str){(const char *)enrolment->kept, PASSWORD_KEPT_SIZE},
		invited.invite.totp, enrolment->step));
	/* A password that was set anew: whoever had the old one is out. */
	TRY(staff_sessions_end_all(tx->db, invited.staff.id, tx->now_ms));
	return entrance_open(tx, &enrolment->entrance, &invited.staff, "enrol");
}

static void
use_done(struct command *self)
{
	struct enrolment *enrolment = (struct enrolment *)((char *)self -
							   offsetof(struct enrolment, command));
	struct request *req = enrolment->hashing.ask.req;

	if (self->result.code == ERR_NOT_FOUND)
		reply_message_page(req, 404, "error.staff_invite");
	else if (self->result.code != ERR_OK)
		reply_failure_page(req, self->result);
	else
		entrance_reply(req, &enrolment->entrance, STR(""));
}

static void
use_answered(struct ask *ask)
{
	struct enrolment *enrolment = (struct enrolment *)ask;

	if (ask->query.result.code != ERR_OK) {
		page_answered(ask);
		return;
	}
	if (enrolment->fault != NULL) {
		reply_page(ask->req, 422, buf_str(&ask->bytes));
		return;
	}
	enrolment->command = (struct command){
		use_apply, use_done, ask->api->config.mailbox, request_arena(ask->req), OK};
	submit_command(ask->req, &enrolment->command);
}

static struct str
field(struct request *req, const char *name)
{
	struct str value = {NULL, 0};

	request_form(req, name, &value);
	return value;
}

void
enrol_use(struct request *req)
{
	struct enrolment *enrolment = arena_alloc(request_arena(req), sizeof(*enrolment));

	if (!same_origin(req)) {
		reply_message_page(req, 403, "error.other_site");
		return;
	}
	*enrolment = (struct enrolment){
		.hashing = {.ask = *ask_of_link(req), .hashed = use_answered},
		.password = field(req, "password"),
		.again = field(req, "again"),
		.code = str_cut(field(req, "code"), 0, CODE_BYTES_MAX),
	};
	enrolment->hashing.ask.answer = use_answer;
	entrance_prepare(req, &enrolment->entrance);
	if (!hashing_send(&enrolment->hashing))
		reply_message_page(req, 503, "error.busy");
}
