/* The control socket: what the command line of this machine may ask, as JSON. */
#include "operator.h"

#define ROWS_MAX 1000

/* ---- keys
 * ---------------------------------------------------------------------------------------------------
 */

struct key_add {
	struct command command; /* first */
	struct request *req;
	struct api_key key;
	struct str token;
	unsigned char hash[SHA256_SIZE];
};

static struct err
key_add_apply(struct tx *tx, struct command *self)
{
	struct key_add *asked = (struct key_add *)self;
	struct principal who;

	TRY(role_read(tx->db, self->arena, asked->key.role, tx->now_ms, &who));
	asked->key.id = arena_printf(self->arena, "k%lld", (long long)tx_next_id(tx));
	asked->key.created_at_ms = tx->now_ms;
	asked->key.hash = (struct str){(const char *)asked->hash, SHA256_SIZE};
	return api_keys_put(tx->db, &asked->key);
}

static void
key_added(struct command *self)
{
	struct key_add *asked = (struct key_add *)self;
	json_t *json;

	if (self->result.code != ERR_OK) {
		reply_err(asked->req, self->result);
		return;
	}
	json = json_object();
	json_set_str(json, "id", asked->key.id);
	json_set_str(json, "role", asked->key.role);
	json_set_str(json, "key", asked->token);
	reply_json(asked->req, 201, json);
}

void
control_key_add(struct request *req)
{
	struct arena *arena = request_arena(req);
	struct key_add *asked = arena_alloc(arena, sizeof(*asked));
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct str role, name;

	if (body == NULL)
		return;
	if (json_member_str(body, "role", &role).code != ERR_OK ||
		json_member_str(body, "name", &name).code != ERR_OK || name.len == 0) {
		reply_problem(req, 400, "invalid-body", "The key cannot be made",
			"a key has a name and a role: `chopay key add --help` lists them");
		return;
	}
	asked->req = req;
	asked->command = (struct command){
		key_add_apply, key_added, api_of(req)->config.mailbox, arena, OK};
	asked->key.role = arena_copy(arena, role);
	asked->key.name = arena_copy(arena, name);
	asked->token = new_token(api_of(req), arena, asked->hash);
	submit_command(req, &asked->command);
}

struct err
keys_answer(struct db *db, struct ask *ask)
{
	struct api_key *keys = arena_alloc(ask->query.arena, ROWS_MAX * sizeof(*keys));
	json_t *items = json_array();
	size_t count;

	ask->json = json_object();
	json_object_set_new(ask->json, "keys", items);
	TRY(api_keys_list(db, ask->query.arena, ROWS_MAX, keys, &count));
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();

		json_set_str(item, "id", keys[i].id);
		json_set_str(item, "name", keys[i].name);
		json_set_str(item, "role", keys[i].role);
		json_set_time(item, "created_at", keys[i].created_at_ms);
		json_set_time_or_null(item, "revoked_at", keys[i].revoked_at_ms);
		json_array_append_new(items, item);
	}
	return OK;
}

void
control_key_list(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = keys_answer;
	ask_send(ask);
}

struct revoke {
	struct command command; /* first */
	struct request *req;
	struct str id;
};

static void
revoked(struct command *self)
{
	struct revoke *asked = (struct revoke *)self;

	if (self->result.code != ERR_OK)
		reply_err(asked->req, self->result);
	else
		reply_empty(asked->req, 204);
}

static void
revoke(struct request *req, struct err (*apply)(struct tx *tx, struct command *self))
{
	struct revoke *asked = arena_alloc(request_arena(req), sizeof(*asked));

	asked->req = req;
	asked->id = request_param(req, "id");
	asked->command = (struct command){
		apply, revoked, api_of(req)->config.mailbox, request_arena(req), OK};
	submit_command(req, &asked->command);
}

static struct err
key_revoke_apply(struct tx *tx, struct command *self)
{
	return api_keys_revoke(tx->db, ((struct revoke *)self)->id, tx->now_ms);
}

void
control_key_revoke(struct request *req)
{
	revoke(req, key_revoke_apply);
}

/* ---- the ledger, backups
 * ------------------------------------------------------------------------------------- */

static void
fault_found(void *arg, const char *table, struct str key, const char *fault)
{
	json_t *item = json_object();

	json_set_str(item, "table", str_from(table));
	json_set_str(item, "key", key);
	json_set_str(item, "fault", str_from(fault));
	json_array_append_new(arg, item);
}

static struct str
payer_bin(void *arg, struct str name)
{
	return banks_payer_bin(arg, name);
}

static struct err
verify_adoption(struct db *db, struct ask *ask, json_t *faults)
{
	const struct api_config *config = &ask->api->config;
	const struct adoption_check check = {
		.crypt = config->crypt,
		.sealing_key = books_sealing_key(config->books),
		.bank_bin = payer_bin,
		.arg = (void *)(uintptr_t)config->banks,
	};
	int64_t due = 0;

	/* A row that somebody changed upsets sums elsewhere. */
	if (json_array_size(faults) == 0)
		TRY(payers_verify(db, &check, fault_found, faults));
	if (json_array_size(faults) == 0)
		TRY(adoption_verify(db, &check, fault_found, faults, &due));
	json_set_i64(ask->json, "index_due", due);
	return OK;
}

static struct err
verify_answer(struct db *db, struct ask *ask)
{
	json_t *faults = json_array();
	struct store_counts counts;
	int64_t alarms, unchecked;

	ask->json = json_object();
	json_object_set_new(ask->json, "faults", faults);
	TRY(ledger_verify(db, ask->api->config.crypt, fault_found, faults, &unchecked));
	json_set_i64(ask->json, "seals_unchecked", unchecked);
	TRY(verify_adoption(db, ask, faults));
	TRY(store_count(db, &counts));
	TRY(alarms_count(db, &alarms));
	json_object_set_new(ask->json, "ok", json_boolean(json_array_size(faults) == 0));
	json_set_i64(ask->json, "transfers", counts.transfers);
	json_set_i64(ask->json, "payments", counts.payments);
	json_set_i64(ask->json, "suspense", counts.suspense);
	json_set_i64(ask->json, "cells", counts.cells);
	json_set_i64(ask->json, "charges", counts.charges);
	json_set_i64(ask->json, "received", counts.received.dong);
	json_set_i64(ask->json, "attributed", counts.attributed.dong);
	json_set_i64(ask->json, "held", counts.held.dong);
	json_set_i64(ask->json, "repeated", counts.repeated.dong);
	json_set_i64(ask->json, "refunded", counts.refunded.dong);
	json_set_i64(ask->json, "alarms", alarms);
	return OK;
}

void
control_ledger_verify(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = verify_answer;
	ask_folded(ask);
}

static struct err
backup_answer(struct db *db, struct ask *ask)
{
	struct err err;

	ask->json = json_object();
	json_set_str(ask->json, "file", ask->word);
	/* The copy is made by its own transaction, not inside the question's (run_ask ends that).
	 */
	store_rollback(db);
	err = store_backup(db, arena_cstr(ask->query.arena, ask->word));
	TRY(store_begin(db));
	return err;
}

static void
backed_up(struct ask *ask)
{
	if (ask->query.result.code == ERR_NOT_FOUND)
		reply_problem(ask->req, 422, "cannot-create", "The file cannot be made",
			"%s; name a new file in a folder that the gateway can write",
			ask->query.result.what);
	else
		ask_reply_json(ask);
}

void
control_backup(struct request *req)
{
	struct ask *ask = ask_new(req);
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct str file;

	if (body == NULL)
		return;
	if (json_member_str(body, "file", &file).code != ERR_OK || file.len == 0 ||
		file.ptr[0] != '/') {
		reply_problem(req, 400, "invalid-body", "No file is named",
			"\"file\" is the absolute path of a new file");
		return;
	}
	ask->word = arena_copy(request_arena(req), file);
	ask->answer = backup_answer;
	ask->reply = backed_up;
	ask_send_long(ask);
}
