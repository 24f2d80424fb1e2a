/* Endpoints managed over the control socket: add, list, roll a secret, say who may call. */
#include <string.h>

#include "endpoint_words.h"
#include "operator.h"

#define ENDPOINT_ID_BYTES 12
#define ROLL_HOURS_DEFAULT 24
#define ROLL_HOURS_MAX 720
#define ROWS_MAX 1000

struct endpoint_change {
	struct command command; /* first */
	struct request *req;
	struct endpoint endpoint;
	int64_t roll_hours;
	bool sets_addresses, sets_client_cert;
	void (*answer)(void *change);
};

/* The secret is sealed on the loop, before it waits in a queue. */
static void
seal(struct endpoint_change *change, struct str secret)
{
	struct api *api = api_of(change->req);
	struct buf sealed CLEANUP(buf_fini) = {0};

	if (secret.len == 0)
		return;
	crypt_seal(api->config.crypt, books_sealing_key(api->config.books), change->endpoint.id,
		secret, &sealed);
	change->endpoint.secret = arena_copy(change->command.arena, buf_str(&sealed));
}

static struct err
add_apply(struct tx *tx, struct command *self)
{
	struct endpoint_change *change = (struct endpoint_change *)self;

	change->endpoint.created_at_ms = tx->now_ms;
	return endpoints_put(tx->db, &change->endpoint);
}

/* Committed: now every loop must use it, then it is answered. */
static void
committed(struct command *self)
{
	struct endpoint_change *change = (struct endpoint_change *)self;

	if (self->result.code != ERR_OK)
		reply_err(change->req, self->result);
	else
		endpoints_switch(api_of(change->req), (struct task){change->answer, change});
}

static void
added(void *arg)
{
	struct endpoint_change *change = arg;
	struct arena *arena = change->command.arena;
	json_t *json = json_object();

	json_set_str(json, "id", change->endpoint.id);
	json_set_str(json, "path",
		arena_printf(arena, "/webhooks/%.*s/%.*s", STR_FMT(change->endpoint.feed),
			STR_FMT(change->endpoint.id)));
	reply_json(change->req, 201, json);
}

static struct str
new_endpoint_id(struct arena *arena)
{
	struct buf text CLEANUP(buf_fini) = {0};
	unsigned char bytes[ENDPOINT_ID_BYTES];

	crypt_random(bytes, sizeof(bytes));
	hex_put(&text, (struct str){(const char *)bytes, sizeof(bytes)});
	return arena_copy(arena, buf_str(&text));
}

static struct endpoint_change *
change_new(struct request *req, struct err (*apply)(struct tx *tx, struct command *self),
	void (*answer)(void *change))
{
	struct endpoint_change *change = arena_alloc(request_arena(req), sizeof(*change));

	change->req = req;
	change->answer = answer;
	change->command = (struct command){
		apply, committed, api_of(req)->config.mailbox, request_arena(req), OK};
	return change;
}

void
control_endpoint_add(struct request *req)
{
	struct endpoint_change *change = change_new(req, add_apply, added);
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct endpoint_words words;

	if (body == NULL || !endpoint_words_read(req, body, &words))
		return;
	change->endpoint = (struct endpoint){
		.id = new_endpoint_id(request_arena(req)),
		.feed = str_from(words.feed->name),
		.mode = str_from(feed_mode_name(words.mode)),
		.client_id = words.client_id,
		.header = words.header,
		.addresses = words.addresses,
		.client_cert = words.client_cert,
		.secret = STR(""),
		.previous = STR(""),
	};
	seal(change, words.secret);
	submit_command(req, &change->command);
}

/* ---- list ----------------------------------------------------------------------------------- */

struct err
endpoints_answer(struct db *db, struct ask *ask)
{
	struct endpoint *rows = arena_alloc(ask->query.arena, ROWS_MAX * sizeof(*rows));
	json_t *items = json_array();
	size_t count;

	ask->json = json_object();
	json_object_set_new(ask->json, "endpoints", items);
	TRY(endpoints_list(db, ask->query.arena, ROWS_MAX, rows, &count));
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();

		json_set_str(item, "id", rows[i].id);
		json_set_str(item, "feed", rows[i].feed);
		json_set_str(item, "mode", rows[i].mode);
		json_set_str(item, "path",
			arena_printf(ask->query.arena, "/webhooks/%.*s/%.*s", STR_FMT(rows[i].feed),
				STR_FMT(rows[i].id)));
		json_set_str(item, "client_id", rows[i].client_id);
		json_set_str(item, "header", rows[i].header);
		json_set_str(item, "allow_from", rows[i].addresses);
		json_set_str(item, "client_cert", rows[i].client_cert);
		json_set_time(item, "created_at", rows[i].created_at_ms);
		json_set_time_or_null(item, "previous_until", rows[i].previous_until_ms);
		json_set_time_or_null(item, "revoked_at", rows[i].revoked_at_ms);
		json_array_append_new(items, item);
	}
	return OK;
}

void
control_endpoint_list(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = endpoints_answer;
	ask_send(ask);
}

/* ---- roll ----------------------------------------------------------------------------------- */

static struct err
rotate_apply(struct tx *tx, struct command *self)
{
	struct endpoint_change *change = (struct endpoint_change *)self;

	change->endpoint.previous_until_ms = tx->now_ms + change->roll_hours * 3600 * MS_PER_SECOND;
	return endpoints_roll(tx->db, change->endpoint.id, change->endpoint.secret,
		change->endpoint.previous_until_ms);
}

static void
rotated(void *arg)
{
	struct endpoint_change *change = arg;
	json_t *json = json_object();

	json_set_str(json, "id", change->endpoint.id);
	json_set_time(json, "previous_until", change->endpoint.previous_until_ms);
	reply_json(change->req, 200, json);
}

static const struct open_endpoint *
find_by_id(const struct api *api, struct str id)
{
	for (size_t i = 0; feed_list(i) != NULL; i++) {
		const struct open_endpoint *open = endpoint_find(
			api, str_from(feed_list(i)->name), id);

		if (open != NULL)
			return open;
	}
	return NULL;
}

void
control_endpoint_rotate(struct request *req)
{
	struct endpoint_change *change = change_new(req, rotate_apply, rotated);
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	const struct open_endpoint *open = find_by_id(api_of(req), request_param(req, "id"));
	struct str secret;

	if (body == NULL)
		return;
	change->roll_hours = ROLL_HOURS_DEFAULT;
	if (json_member_str(body, "secret", &secret).code != ERR_OK ||
		(json_object_get(body, "hours") != NULL &&
			(json_member_i64(body, "hours", &change->roll_hours).code != ERR_OK ||
				change->roll_hours < 0 || change->roll_hours > ROLL_HOURS_MAX))) {
		reply_problem(req, 400, "invalid-body", "A member is missing or wrong",
			"give the new secret, and for how many hours (0 to %d) the old one stays valid",
			ROLL_HOURS_MAX);
		return;
	}
	if (open == NULL) {
		reply_problem(req, 404, "unknown-endpoint", "No such endpoint",
			"no endpoint with that id is in use; `chopay endpoint list` shows those that are");
		return;
	}
	if (!endpoint_words_check_secret(req, open->secret.mode, secret))
		return;
	change->endpoint.id = request_param(req, "id");
	seal(change, secret);
	submit_command(req, &change->command);
}

/* ---- whom it lets in ------------------------------------------------------------------------ */

static struct err
set_apply(struct tx *tx, struct command *self)
{
	struct endpoint_change *change = (struct endpoint_change *)self;

	return endpoints_set_callers(tx->db, change->endpoint.id,
		change->sets_addresses ? &change->endpoint.addresses : NULL,
		change->sets_client_cert ? &change->endpoint.client_cert : NULL);
}

static void
changed(void *arg)
{
	reply_empty(((struct endpoint_change *)arg)->req, 204);
}

void
control_endpoint_set(struct request *req)
{
	struct endpoint_change *change = change_new(req, set_apply, changed);
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct endpoint_words words;

	if (body == NULL || !endpoint_words_read_callers(req, body, &words))
		return;
	change->endpoint = (struct endpoint){
		.id = request_param(req, "id"),
		.addresses = words.addresses,
		.client_cert = words.client_cert,
	};
	change->sets_addresses = words.tells_addresses;
	change->sets_client_cert = words.tells_client_cert;
	submit_command(req, &change->command);
}

/* ---- revoke --------------------------------------------------------------------------------- */

static struct err
revoke_apply(struct tx *tx, struct command *self)
{
	return endpoints_revoke(tx->db, ((struct endpoint_change *)self)->endpoint.id, tx->now_ms);
}

void
control_endpoint_revoke(struct request *req)
{
	struct endpoint_change *change = change_new(req, revoke_apply, changed);

	change->endpoint.id = request_param(req, "id");
	submit_command(req, &change->command);
}

/* ---- our public key ------------------------------------------------------------------------- */

static struct err
public_key_answer(struct db *db, struct ask *ask)
{
	struct books *books = ask->api->config.books;

	(void)db;
	TRY(books_need_signing_key(books));
	signing_key_public(books_signing_key(books), &ask->bytes);
	return OK;
}

static void
public_key_told(struct ask *ask)
{
	if (ask->query.result.code != ERR_OK)
		ask_fail(ask);
	else
		reply_bytes(ask->req, 200, "application/x-pem-file", buf_str(&ask->bytes));
}

void
control_public_key(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = public_key_answer;
	ask->reply = public_key_told;
	ask_send_long(ask);
}
