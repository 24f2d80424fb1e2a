/* Receivers over /v1: who is told over the network is added, changed, removed; and told again. */
#include <string.h>

#include "api.h"

#define IDEMPOTENCY_KEY_MAX 255
#define SECRET_BYTES 32
#define WHY_MAX 200
#define NOTICE_PREFIX "ntc_" /* as the receiver sees a notice's id */

/* ---- asking ------------------------------------------------------------------------------- */

/* A change that an operator asks for. */
struct receiver_request {
	union {
		struct command command;
		struct receiver_add_command add;
		struct receiver_change_command change;
		struct dispatch_repeat_command repeat;
	};
	struct request *req;
	struct proof proof;
	struct principal who;
	struct err (*apply)(struct tx *tx, struct command *self);
	void (*answer)(struct receiver_request *asked);
	struct str secret; /* made here: told in the answer and never again */
};

static struct err
operator_apply(struct tx *tx, struct command *self)
{
	struct receiver_request *asked = (struct receiver_request *)self;

	TRY(principal_find(tx->db, self->arena, &asked->proof, tx->now_ms, &asked->who));
	if (!may(&asked->who, CHANGE_RECEIVERS, 0))
		return principal_denied(
			&asked->who, "this key or session may not change receivers");
	if (asked->apply == receiver_add_apply)
		asked->add.principal = asked->who.name;
	return asked->apply(tx, self);
}

static void
applied(struct command *self)
{
	struct receiver_request *asked = (struct receiver_request *)self;

	if (self->result.code != ERR_OK)
		reply_refusal(asked->req, &asked->who, self->result);
	else
		asked->answer(asked);
}

static struct receiver_request *
receiver_request_new(struct request *req, struct err (*apply)(struct tx *tx, struct command *self),
	void (*answer)(struct receiver_request *asked))
{
	struct receiver_request *asked = arena_alloc(request_arena(req), sizeof(*asked));

	asked->req = req;
	asked->proof = proof_of(req);
	asked->apply = apply;
	asked->answer = answer;
	asked->command = (struct command){
		operator_apply, applied, api_of(req)->config.mailbox, request_arena(req), OK};
	return asked;
}

/* Is there no member but these? */
static bool
has_only(const json_t *body, const char *const *names, size_t count)
{
	size_t known = 0;

	for (size_t i = 0; i < count; i++)
		known += json_object_get(body, names[i]) != NULL;
	return json_object_size(body) == known;
}

#define HAS_ONLY(body, ...)                                  \
	has_only((body), (const char *const[]){__VA_ARGS__}, \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* Given, but nothing in it: a slip, not a wish for every stall or a new secret. */
static bool
is_empty(struct str text)
{
	return text.ptr != NULL && text.len == 0;
}

/* The id in the path; false after replying 404. */
static bool
read_id(struct request *req, int64_t *id)
{
	if (str_to_i64(request_param(req, "receiver"), id).code == ERR_OK)
		return true;
	reply_problem(req, 404, "not-found", "No such receiver",
		"the id is a number that GET /v1/receivers shows");
	return false;
}

/* ---- answers ------------------------------------------------------------------------------ */

static void
reply_receiver(struct receiver_request *asked, int status, const struct receiver *receiver)
{
	json_t *json = receiver_json(receiver);

	if (asked->secret.len > 0)
		json_set_str(json, "secret", asked->secret);
	request_add_header(asked->req, "Cache-Control", STR("no-store"));
	reply_json(asked->req, status, json);
}

static void
changed(struct receiver_request *asked)
{
	reply_receiver(asked, 200, &asked->change.receiver);
}

/* ---- secrets ------------------------------------------------------------------------------ */

/* The one given, or a new one; sealed to the receiver before it waits in a queue.  False after
 * replying. */
static bool
take_secret(
	struct receiver_request *asked, struct str given, int64_t receiver_id, struct str *sealed)
{
	const struct api_config *config = &api_of(asked->req)->config;
	struct arena *arena = request_arena(asked->req);
	struct buf text CLEANUP(buf_fini) = {0}, out CLEANUP(buf_fini) = {0};
	unsigned char bytes[SECRET_BYTES];
	const char *fault = given.len == 0 ? NULL : feed_secret_fault(FEED_MODE_WHSEC, given);

	if (fault != NULL) {
		reply_problem(asked->req, 400, "invalid-secret", "The secret cannot be used", "%s",
			fault);
		return false;
	}
	if (given.len == 0) {
		crypt_random(bytes, sizeof(bytes));
		buf_adds(&text, "whsec_");
		base64_put(&text, (struct str){(const char *)bytes, sizeof(bytes)});
		given = asked->secret = arena_copy(arena, buf_str(&text));
	}
	crypt_seal(config->crypt, books_sealing_key(config->books),
		arena_printf(arena, RECEIVER_SEAL_CONTEXT, (long long)receiver_id), given, &out);
	*sealed = arena_copy(arena, buf_str(&out));
	return true;
}

/* ---- add ---------------------------------------------------------------------------------- */

static void
added(struct receiver_request *asked)
{
	const struct receiver *receiver = &asked->add.receiver;

	if (asked->add.repeated)
		asked->secret = STR(""); /* the first answer told the one in use */
	request_add_header(asked->req, "Location",
		arena_printf(
			request_arena(asked->req), "/v1/receivers/%lld", (long long)receiver->id));
	reply_receiver(asked, 201, receiver);
}

/* Rising with the time, and never the same for two that are added at once. */
static int64_t
new_receiver_id(struct api *api)
{
	uint16_t random;

	crypt_random(&random, sizeof(random));
	return books_now_ms(api->config.books) * 1024 + random % 1024;
}

static void
fingerprint(struct receiver_request *asked, struct str stall, struct str url, struct str secret)
{
	struct arena *arena = request_arena(asked->req);
	char *digest = arena_alloc(arena, SHA256_SIZE);

	crypt_sha256(api_of(asked->req)->config.crypt,
		arena_printf(arena, "receiver %.*s %.*s %.*s", STR_FMT(stall), STR_FMT(url),
			STR_FMT(secret)),
		(unsigned char *)digest);
	asked->add.fingerprint = (struct str){digest, SHA256_SIZE};
}

static bool
url_fits(struct request *req, struct str url)
{
	const struct api_config *config = &api_of(req)->config;
	const char *fault = config->outgoing_url_fault(config->outgoing_arg, url);

	if (fault != NULL)
		reply_problem(req, 400, "invalid-url", "Notices cannot be sent there", "%s", fault);
	return fault == NULL;
}

void
receiver_add(struct request *req)
{
	struct receiver_request *asked = receiver_request_new(req, receiver_add_apply, added);
	struct arena *arena = request_arena(req);
	struct str key = request_header(req, "Idempotency-Key"), url, stall, secret;
	json_t *body CLEANUP(json_cleanup) = body_object(req);

	if (body == NULL)
		return;
	if (key.len > IDEMPOTENCY_KEY_MAX) {
		reply_problem(req, 400, "invalid-header", "A header has a wrong value",
			"Idempotency-Key is at most %d bytes", IDEMPOTENCY_KEY_MAX);
		return;
	}
	if (json_member_str(body, "url", &url).code != ERR_OK ||
		json_member_str_opt(body, "stall", &stall).code != ERR_OK ||
		json_member_str_opt(body, "secret", &secret).code != ERR_OK ||
		!HAS_ONLY(body, "url", "stall", "secret") || is_empty(stall) || is_empty(secret)) {
		reply_problem(req, 400, "invalid-body",
			"A member is missing, unknown or not a text",
			"send {\"url\": https://..., \"stall\": its reference or code, or null for all,"
			" \"secret\": whsec_..., or null for a new one}");
		return;
	}
	asked->add.receiver.id = new_receiver_id(api_of(req));
	if (!url_fits(req, url) ||
		!take_secret(asked, secret, asked->add.receiver.id, &asked->add.receiver.secret))
		return;
	asked->add.receiver.url = arena_copy(arena, url);
	asked->add.stall = arena_copy(arena, stall);
	asked->add.key = key;
	fingerprint(asked, stall, url, secret);
	submit_command(req, &asked->command);
}

/* ---- change ------------------------------------------------------------------------------- */

static bool
read_hours(const json_t *body, int64_t *hours)
{
	*hours = RECEIVER_ROLL_HOURS_DEFAULT;
	if (json_object_get(body, "hours") == NULL)
		return true;
	return json_member_i64(body, "hours", hours).code == ERR_OK && *hours >= 0 &&
	       *hours <= RECEIVER_ROLL_HOURS_MAX;
}

void
receiver_roll(struct request *req)
{
	struct receiver_request *asked = receiver_request_new(req, receiver_roll_apply, changed);
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct receiver_change_command *change = &asked->change;
	struct str secret;

	if (body == NULL || !read_id(req, &change->id))
		return;
	if (json_member_str_opt(body, "secret", &secret).code != ERR_OK || is_empty(secret) ||
		!read_hours(body, &change->roll_hours) || !HAS_ONLY(body, "secret", "hours")) {
		reply_problem(req, 400, "invalid-body", "A member is wrong",
			"send {\"secret\": whsec_..., or null for a new one, \"hours\": how long the"
			" old one signs too, 0 to %d}",
			RECEIVER_ROLL_HOURS_MAX);
		return;
	}
	if (take_secret(asked, secret, change->id, &change->secret))
		submit_command(req, &asked->command);
}

void
receiver_disable(struct request *req)
{
	struct receiver_request *asked = receiver_request_new(req, receiver_disable_apply, changed);
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct str why;

	if (body == NULL || !read_id(req, &asked->change.id))
		return;
	if (json_member_str_opt(body, "why", &why).code != ERR_OK || why.len > WHY_MAX ||
		!HAS_ONLY(body, "why")) {
		reply_problem(req, 400, "invalid-body", "A member is wrong",
			"send {\"why\": the reason, at most %d bytes}", WHY_MAX);
		return;
	}
	asked->change.why = why.len == 0 ? STR("by the operator")
					 : arena_copy(request_arena(req), why);
	submit_command(req, &asked->command);
}

void
receiver_enable(struct request *req)
{
	struct receiver_request *asked = receiver_request_new(req, receiver_enable_apply, changed);

	if (read_id(req, &asked->change.id))
		submit_command(req, &asked->command);
}

void
receiver_remove(struct request *req)
{
	struct receiver_request *asked = receiver_request_new(req, receiver_remove_apply, changed);

	if (read_id(req, &asked->change.id))
		submit_command(req, &asked->command);
}

/* ---- again -------------------------------------------------------------------------------- */

static void
repeated(struct receiver_request *asked)
{
	json_t *json = json_object();

	json_set_i64(json, "count", asked->repeat.count);
	reply_json(asked->req, 200, json);
}

static struct err
parse_time(struct str text, int64_t *ms)
{
	return time_parse_rfc3339(text, ms).code == ERR_OK ? OK : time_parse_local(text, ms);
}

/* {"notice"} or {"from", "to"}, and no others. */
static struct err
read_repeat(const json_t *body, int64_t now_ms, struct dispatch_repeat_command *repeat)
{
	struct str notice, from, to;

	TRY(json_member_str_opt(body, "notice", &notice));
	TRY(json_member_str_opt(body, "from", &from));
	TRY(json_member_str_opt(body, "to", &to));
	if (!HAS_ONLY(body, "notice", "from", "to") || (notice.len > 0) == (from.len > 0) ||
		(notice.len > 0 && to.len > 0))
		return FAIL(ERR_INVALID, "neither a notice nor a time");
	if (notice.len > 0) {
		if (str_starts(notice, STR(NOTICE_PREFIX)))
			notice = str_cut(notice, strlen(NOTICE_PREFIX), notice.len);
		TRY(str_to_i64(notice, &repeat->notice_id));
		return repeat->notice_id > 0 ? OK : FAIL(ERR_INVALID, "not an id");
	}
	TRY(parse_time(from, &repeat->from_ms));
	repeat->to_ms = now_ms;
	if (to.len > 0)
		TRY(parse_time(to, &repeat->to_ms));
	return repeat->to_ms >= repeat->from_ms ? OK : FAIL(ERR_INVALID, "from is after to");
}

void
receiver_redeliver(struct request *req)
{
	struct receiver_request *asked = receiver_request_new(req, dispatch_repeat_apply, repeated);
	json_t *body CLEANUP(json_cleanup) = body_object(req);

	if (body == NULL || !read_id(req, &asked->repeat.receiver_id))
		return;
	if (read_repeat(body, books_now_ms(api_of(req)->config.books), &asked->repeat).code ==
		ERR_OK)
		submit_command(req, &asked->command);
	else
		reply_problem(req, 400, "invalid-body", "Which notices?",
			"send {\"notice\": its id} or {\"from\": time, \"to\": a later time, or"
			" nothing for now}");
}
