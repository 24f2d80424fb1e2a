/* The register and those of the index, as CSV: over the control socket and over /v1/registers. */
#include "operator.h"

/* ---- in ------------------------------------------------------------------------------------- */

struct importing {
	struct command command; /* first */
	struct registry_import import;
	struct request *req;
	struct proof proof;
	struct principal who;
	struct str person, why, approver, only;
	bool problem_document; /* as /v1 tells refused rows */
};

static int64_t
next_id(void *tx)
{
	return tx_next_id(tx);
}

static struct err
import_apply(struct tx *tx, struct command *self)
{
	struct importing *asked = (struct importing *)self;

	TRY(principal_find(tx->db, self->arena, &asked->proof, tx->now_ms, &asked->who));
	if (!may(&asked->who, CHANGE_REGISTERS, 0))
		return principal_denied(
			&asked->who, "this key or session may not change the registers");
	TRY(principal_person(&asked->who, &asked->person));
	asked->import = (struct registry_import){
		.csv = request_body(asked->req),
		.banks = api_of(asked->req)->config.banks,
		.prefix = tx->prefix,
		.now_ms = tx->now_ms,
		.next_id = next_id,
		.arg = tx,
		.arena = self->arena,
		.person = asked->person,
		.why = asked->why,
		.approver = asked->approver,
		.only = asked->only,
	};
	return registry_import(tx->db, &asked->import);
}

static json_t *
problems_json(const struct registry_import *import)
{
	size_t shown = import->problem_count < REGISTRY_PROBLEMS_MAX ? import->problem_count
								     : REGISTRY_PROBLEMS_MAX;
	json_t *items = json_array();

	for (size_t i = 0; i < shown; i++) {
		json_t *item = json_object();

		json_set_i64(item, "line", (int64_t)import->problems[i].line);
		json_set_str(item, "column", str_from(import->problems[i].column));
		json_set_str(item, "reason", import->problems[i].reason);
		json_array_append_new(items, item);
	}
	return items;
}

/* A problem document with what a person needs to put it right. */
static void
reply_refused(struct request *req, const struct registry_import *import)
{
	struct buf text CLEANUP(buf_fini) = {0};
	json_t *json CLEANUP(json_cleanup) = json_object();

	json_set_str(json, "type", STR("/problems/refused-rows"));
	json_set_str(json, "title", STR("The register was not imported"));
	json_set_i64(json, "status", 422);
	json_set_str(json, "detail", STR("nothing was imported; each problem names its line"));
	json_set_str(json, "instance", request_path(req));
	json_set_str(json, "request_id", request_id(req));
	json_set_i64(json, "problem_count", (int64_t)import->problem_count);
	json_object_set_new(json, "problems", problems_json(import));
	json_write(&text, json);
	request_add_header(req, "Cache-Control", STR("no-store"));
	reply_bytes(req, 422, "application/problem+json", buf_str(&text));
}

static json_t *
import_json(const struct importing *asked)
{
	const struct registry_import *import = &asked->import;
	json_t *json = json_object();

	json_set_str(json, "register", str_from(import->name));
	json_set_i64(json, "rows", (int64_t)import->rows);
	json_set_i64(json, "added", (int64_t)import->added);
	if (!asked->problem_document) {
		json_set_i64(json, "problem_count", (int64_t)import->problem_count);
		json_object_set_new(json, "problems", problems_json(import));
	}
	json_set_i64(json, "stalls_new", (int64_t)import->stalls_new);
	json_set_i64(json, "stalls_changed", (int64_t)import->stalls_changed);
	json_set_i64(json, "markets_new", (int64_t)import->markets_new);
	return json;
}

static void
imported(struct command *self)
{
	struct importing *asked = (struct importing *)self;
	bool refused = self->result.code == ERR_INVALID && asked->import.problem_count > 0;

	if (self->result.code != ERR_OK && !refused) {
		reply_refusal(asked->req, &asked->who, self->result);
	} else if (refused && asked->problem_document) {
		reply_refused(asked->req, &asked->import);
	} else {
		request_add_header(asked->req, "Cache-Control", STR("no-store"));
		reply_json(asked->req, refused ? 422 : 200, import_json(asked));
	}
}

static struct importing *
importing_new(struct request *req)
{
	struct arena *arena = request_arena(req);
	struct importing *asked = arena_alloc(arena, sizeof(*asked));
	const struct {
		const char *name;
		struct str *text;
	} words[] = {
		{"person", &asked->person}, {"why", &asked->why}, {"approver", &asked->approver}};

	asked->req = req;
	asked->proof = proof_of(req);
	asked->command = (struct command){
		import_apply, imported, api_of(req)->config.mailbox, arena, OK};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct str text;

		if (request_query(req, words[i].name, &text))
			*words[i].text = arena_copy(arena, text);
	}
	return asked;
}

void
control_registry_import(struct request *req)
{
	submit_command(req, &importing_new(req)->command);
}

void
register_post(struct request *req)
{
	struct importing *asked = importing_new(req);

	asked->problem_document = true;
	asked->only = arena_copy(request_arena(req), request_param(req, "register"));
	submit_command(req, &asked->command);
}

/* ---- out ------------------------------------------------------------------------------------ */

static struct err
export_answer(struct db *db, struct ask *ask)
{
	if (!may(&ask->who, SEE_REGISTERS, 0))
		return ask_denied(ask);
	return registry_export_of(
		db, ask->query.arena, ask->word, day_of(ask->now_ms, 0), &ask->bytes);
}

static void
exported(struct ask *ask)
{
	if (ask->query.result.code != ERR_OK) {
		ask_fail(ask);
		return;
	}
	request_add_header(ask->req, "Cache-Control", STR("no-store"));
	reply_bytes(ask->req, 200, "text/csv; charset=utf-8", buf_str(&ask->bytes));
}

static void
send_export(struct request *req, struct str name)
{
	struct ask *ask = ask_new(req);

	ask->word = arena_copy(request_arena(req), name);
	ask->answer = export_answer;
	ask->reply = exported;
	ask_send_long(ask);
}

void
control_registry_export(struct request *req)
{
	struct str name;

	send_export(req, request_query(req, "register", &name) ? name : STR(""));
}

void
register_get(struct request *req)
{
	send_export(req, request_param(req, "register"));
}

/* ---- which there are --------------------------------------------------------------------------
 */

struct err
registers_answer(struct db *db, struct ask *ask)
{
	struct registry_register registers[REGISTRY_REGISTERS_MAX];
	json_t *items = json_array();
	size_t count;

	(void)db;
	ask->json = json_object();
	json_object_set_new(ask->json, "registers", items);
	if (!may(&ask->who, SEE_REGISTERS, 0))
		return ask_denied(ask);
	registry_registers(ask->query.arena, registers, &count);
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();

		json_set_str(item, "name", str_from(registers[i].name));
		json_set_str(item, "header", registers[i].header);
		json_set_str(item, "example", str_from(registers[i].example));
		json_array_append_new(items, item);
	}
	return OK;
}

void
registers_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = registers_answer;
	ask_send(ask);
}
