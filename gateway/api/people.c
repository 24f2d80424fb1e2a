/* Changes of who may come in. */
#include "people.h"
#include "chopay/person.h"

#include "sign_in.h"

/* ---- a task
 * -------------------------------------------------------------------------------------- */

static struct err
task_apply(struct tx *tx, struct command *self)
{
	struct people_task *task = (struct people_task *)self;

	TRY(principal_find(tx->db, self->arena, &task->proof, tx->now_ms, &task->who));
	return task->change(tx, task);
}

static void
task_done(struct command *self)
{
	struct people_task *task = (struct people_task *)self;

	task->reply(task);
}

struct people_task *
people_task_new(struct request *req, struct err (*change)(struct tx *tx, struct people_task *task),
	void (*reply)(struct people_task *task))
{
	struct people_task *task = arena_alloc(request_arena(req), sizeof(*task));

	*task = (struct people_task){
		.command = {task_apply, task_done, api_of(req)->config.mailbox, request_arena(req),
			OK},
		.req = req,
		.api = api_of(req),
		.proof = proof_of(req),
		.change = change,
		.reply = reply,
	};
	task->token = new_token(task->api, request_arena(req), task->hash);
	return task;
}

void
people_task_send(struct people_task *task)
{
	submit_command(task->req, &task->command);
}

static struct err
denied(const struct people_task *task)
{
	return task->who.role == ROLE_ANYONE
		       ? FAIL(ERR_DENIED, "sign in, or show an API key (Authorization: Bearer)")
		       : FAIL(ERR_DENIED, "this key or session may not do that");
}

static struct err
log_change(struct tx *tx, const struct people_task *task, const char *what, struct str subject,
	struct str detail)
{
	struct str who = task->who.person.len == 0
				 ? task->who.name
				 : arena_printf(task->command.arena, "%.*s %.*s",
					   STR_FMT(task->who.name), STR_FMT(task->who.person));

	return tx_audit(tx, who, what, subject, detail);
}

static struct str
hash_of(const struct people_task *task)
{
	return (struct str){(const char *)task->hash, SHA256_SIZE};
}

/* ---- staff
 * --------------------------------------------------------------------------------------- */

static bool
is_login(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '_' &&
			c != '-')
			return false;
	}
	return text.len > 0 && text.len <= STAFF_LOGIN_MAX;
}

/* Is `text` a role that a person may have?  A reader is a key's. */
static struct err
check_role(struct tx *tx, struct people_task *task)
{
	struct principal of = {0};

	TRY(role_read(tx->db, task->command.arena, task->role, tx->now_ms, &of));
	if (of.role == ROLE_READER)
		return FAIL(ERR_INVALID,
			"a person's role is operator, auditor, official:UNIT or manager:MARKET");
	return OK;
}

static struct err
put_link(struct tx *tx, struct people_task *task, const char *purpose)
{
	const struct api_config *config = &task->api->config;
	struct buf sealed CLEANUP(buf_fini) = {0};
	unsigned char secret[TOTP_SECRET_SIZE];

	if (!task->sign_in) {
		crypt_random(secret, sizeof(secret));
		crypt_seal(config->crypt, books_sealing_key(config->books),
			factor_context(task->command.arena, task->staff.id),
			(struct str){(const char *)secret, sizeof(secret)}, &sealed);
	}
	task->expires_at_ms = tx->now_ms + STAFF_INVITE_HOURS * 3600 * MS_PER_SECOND;
	return staff_invites_put(tx->db, &(struct staff_invite){
						 .hash = hash_of(task),
						 .staff_id = task->staff.id,
						 .purpose = str_from(purpose),
						 .totp = buf_str(&sealed),
						 .created_at_ms = tx->now_ms,
						 .expires_at_ms = task->expires_at_ms,
					 });
}

static struct err
check_free(struct tx *tx, struct people_task *task)
{
	struct staff other;
	struct err err = staff_find(tx->db, task->command.arena, task->login, &other);
	bool taken;

	if (err.code == ERR_OK)
		return FAIL(ERR_CONFLICT, "somebody has or had that login; choose another one");
	if (err.code != ERR_NOT_FOUND)
		return err;
	TRY(staff_name_taken(tx->db, task->name, &taken));
	if (taken)
		return FAIL(ERR_CONFLICT, "somebody has that name, and two persons decide by two"
					  " names: write it more fully");
	return OK;
}

struct err
user_add(struct tx *tx, struct people_task *task)
{
	if (!may(&task->who, CHANGE_PEOPLE, 0))
		return denied(task);
	if (!is_login(task->login))
		return FAIL(ERR_INVALID, "a login is 1 to 64 of a-z 0-9 . _ -");
	if (!person_is_name(task->name))
		return FAIL(
			ERR_INVALID, "a name is 1 to 100 characters, none of them control ones");
	TRY(check_role(tx, task));
	TRY(check_free(tx, task));
	task->staff = (struct staff){
		.id = tx_next_id(tx),
		.login = task->login,
		.name = task->name,
		.role = task->role,
		.created_at_ms = tx->now_ms,
	};
	TRY(staff_put(tx->db, &task->staff));
	TRY(put_link(tx, task, "enrol"));
	return log_change(tx, task, "user-add", task->login, task->role);
}

/* The person of `task->login`, in use. */
static struct err
find_person(struct tx *tx, struct people_task *task)
{
	if (!may(&task->who, CHANGE_PEOPLE, 0))
		return denied(task);
	TRY(staff_find(tx->db, task->command.arena, task->login, &task->staff));
	if (task->staff.revoked_at_ms != 0)
		return FAIL(ERR_CONFLICT, "that person may no longer sign in; add another login");
	return OK;
}

struct err
user_link(struct tx *tx, struct people_task *task)
{
	if (task->sign_in && !task->proof.local)
		return FAIL(ERR_DENIED, "a link that signs in is made on the gateway's machine"
					" only: `chopay user link LOGIN --sign-in`");
	TRY(find_person(tx, task));
	TRY(put_link(tx, task, task->sign_in ? "sign-in" : "enrol"));
	return log_change(
		tx, task, "user-link", task->login, task->sign_in ? STR("sign-in") : STR("enrol"));
}

struct err
user_revoke(struct tx *tx, struct people_task *task)
{
	TRY(find_person(tx, task));
	TRY(staff_revoke(tx->db, task->staff.id, tx->now_ms));
	task->staff.revoked_at_ms = tx->now_ms;
	return log_change(tx, task, "user-revoke", task->login, STR(""));
}

static struct err
revoke_device(struct tx *tx, struct people_task *task)
{
	TRY(staff_sessions_revoke(tx->db, task->staff.id, task->device, tx->now_ms));
	return log_change(tx, task, "device-revoke", task->staff.login, STR(""));
}

struct err
user_device_revoke(struct tx *tx, struct people_task *task)
{
	TRY(find_person(tx, task));
	return revoke_device(tx, task);
}

struct err
own_device_revoke(struct tx *tx, struct people_task *task)
{
	if (task->who.staff_id == 0)
		return denied(task);
	TRY(staff_get(tx->db, task->command.arena, task->who.staff_id, &task->staff));
	return revoke_device(tx, task);
}

/* ---- a stall's phones
 * ------------------------------------------------------------------------------ */

/* The stall it is about; who may not, does not learn whether there is one. */
static struct err
find_stall(struct tx *tx, struct people_task *task, enum action action, struct stall *stall)
{
	struct err err = task->stall.len > 0
				 ? stalls_find(tx->db, task->command.arena, task->stall, stall)
				 : stalls_get(
					   tx->db, task->command.arena, task->who.stall_id, stall);

	if (err.code == ERR_NOT_FOUND)
		*stall = (struct stall){0};
	if (task->stall.len == 0 && task->who.stall_id == 0)
		return denied(task);
	if (!may_at(&task->who, action, stall->id, stall->market_id))
		return denied(task);
	return err;
}

struct err
stall_invite(struct tx *tx, struct people_task *task)
{
	struct stall *stall = &task->of;

	TRY(find_stall(tx, task, INVITE_STALL, stall));
	task->expires_at_ms = tx->now_ms + INVITE_HOURS * 3600 * MS_PER_SECOND;
	TRY(invites_put(tx->db, &(struct stall_invite){
					.hash = hash_of(task),
					.stall_id = stall->id,
					.helper = task->helper,
					.created_at_ms = tx->now_ms,
					.expires_at_ms = task->expires_at_ms,
				}));
	return log_change(tx, task, "stall-invite", stall->reference,
		task->helper ? STR("helper") : STR("owner"));
}

struct err
stall_device_revoke(struct tx *tx, struct people_task *task)
{
	struct stall stall;

	TRY(find_stall(tx, task, CHANGE_DEVICES, &stall));
	TRY(sessions_revoke(tx->db, stall.id, task->device, tx->now_ms));
	TRY(tx_notice(tx, stall.id, NOTICE_PHONES, STR(""), STR("{}")));
	return log_change(tx, task, "device-revoke", stall.reference, STR(""));
}

/* ---- answers
 * --------------------------------------------------------------------------------------- */

json_t *
staff_json(const struct staff *staff)
{
	json_t *json = json_object();

	json_set_str(json, "login", staff->login);
	json_set_str(json, "name", staff->name);
	json_set_str(json, "role", staff->role);
	json_object_set_new(json, "enrolled", json_boolean(staff->password.len > 0));
	json_set_time(json, "created_at", staff->created_at_ms);
	json_set_time_or_null(json, "revoked_at", staff->revoked_at_ms);
	return json;
}

json_t *
staff_device_json(const struct staff_session *session)
{
	json_t *json = json_object();

	json_set_id(json, "id", session->id);
	json_set_str(json, "device", session->device);
	json_set_time(json, "signed_in_at", session->created_at_ms);
	json_set_time(json, "seen_at", session->seen_at_ms);
	return json;
}

json_t *
phone_json(const struct stall_session *session)
{
	json_t *json = json_object();

	json_set_id(json, "id", session->id);
	json_set_str(json, "role", session->helper ? STR("helper") : STR("owner"));
	json_set_str(json, "device", session->device);
	json_set_time(json, "signed_in_at", session->created_at_ms);
	json_set_time(json, "seen_at", session->seen_at_ms);
	return json;
}
