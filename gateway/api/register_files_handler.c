/* Files for a register: brought, entered, taken back, dropped; a command each. */
#include "chopay/json.h"
#include "chopay/registry_files.h"
#include "operator.h"

#define FILE_NAME_MAX 120

/* ---- steps ---------------------------------------------------------------------------------- */

struct file_step {
	struct command command; /* first */
	struct registry_step step;
	struct request *req;
	struct proof proof;
	struct principal who;
	struct err (*take)(struct tx *tx, struct file_step *asked);
	int64_t id;
	struct str why;
	/* out */
	bool stale;
	struct str refused; /* what the register says */
};

static int64_t
next_id(void *tx)
{
	return tx_next_id(tx);
}

static struct err
step_apply(struct tx *tx, struct command *self)
{
	struct file_step *asked = (struct file_step *)self;
	const struct register_file brought = asked->step.file;
	struct str person = STR("");

	TRY(principal_find(tx->db, self->arena, &asked->proof, tx->now_ms, &asked->who));
	if (!may(&asked->who, CHANGE_REGISTERS, 0))
		return principal_denied(
			&asked->who, "this key or session may not change the registers");
	TRY(principal_person(&asked->who, &person));
	asked->step = (struct registry_step){
		.banks = api_of(asked->req)->config.banks,
		.prefix = tx->prefix,
		.now_ms = tx->now_ms,
		.next_id = next_id,
		.arg = tx,
		.arena = self->arena,
		.person = person,
		.file = brought,
	};
	return asked->take(tx, asked);
}

static void
stepped(struct command *self)
{
	struct file_step *asked = (struct file_step *)self;
	json_t *json;

	if (self->result.code == ERR_INVALID && asked->refused.len > 0) {
		reply_problem(asked->req, 422, "refused-rows", "The register does not take it",
			"%.*s", STR_FMT(asked->refused));
		return;
	}
	if (self->result.code != ERR_OK) {
		reply_refusal(asked->req, &asked->who, self->result);
		return;
	}
	if (asked->stale) {
		reply_problem(asked->req, 409, "stale", "The register has changed",
			"the register has changed since: look at what the file changes now, and"
			" enter it then");
		return;
	}
	json = json_object();
	json_set_id(json, "id", asked->step.file.id);
	json_set_str(json, "state", asked->step.file.state);
	reply_json(asked->req, str_eq(asked->step.file.state, STR("undo_asked")) ? 202 : 200, json);
}

static struct file_step *
step_new(struct request *req, struct err (*take)(struct tx *tx, struct file_step *asked))
{
	struct file_step *asked = arena_alloc(request_arena(req), sizeof(*asked));

	asked->req = req;
	asked->proof = proof_of(req);
	asked->take = take;
	asked->command = (struct command){
		step_apply, stepped, api_of(req)->config.mailbox, request_arena(req), OK};
	return asked;
}

/* Of the file in the path; false after replying 404. */
static bool
read_id(struct request *req, struct file_step *asked)
{
	if (str_to_i64(request_param(req, "file"), &asked->id).code == ERR_OK)
		return true;
	reply_problem(req, 404, "not-found", "No such file", "no file has that id");
	return false;
}

/* ---- brought -------------------------------------------------------------------------------- */

static struct err
take_look(struct tx *tx, struct file_step *asked)
{
	return registry_look(tx->db, &asked->step);
}

void
register_file_post(struct request *req)
{
	struct file_step *asked = step_new(req, take_look);
	struct form_part file, why;

	if (!request_part(req, "file", &file) || file.bytes.len == 0) {
		reply_problem(req, 400, "invalid-body", "No file came",
			"choose a CSV file of a register");
		return;
	}
	if (!request_part(req, "why", &why))
		why.bytes = STR("");
	asked->step.file = (struct register_file){
		.name = str_is_utf8(file.file) ? str_cut(file.file, 0, FILE_NAME_MAX) : STR(""),
		.csv = file.bytes,
		.why = str_trim(why.bytes),
	};
	/* A name cut within a letter is shown without it. */
	while (!str_is_utf8(asked->step.file.name))
		asked->step.file.name.len--;
	submit_command(req, &asked->command);
}

/* ---- entered, taken back, dropped -----------------------------------------------------------
 */

static struct err
take_enter(struct tx *tx, struct file_step *asked)
{
	return registry_enter(tx->db, &asked->step, asked->id, &asked->stale);
}

void
register_file_enter(struct request *req)
{
	struct file_step *asked = step_new(req, take_enter);

	if (read_id(req, asked))
		submit_command(req, &asked->command);
}

static struct err
take_undo(struct tx *tx, struct file_step *asked)
{
	return registry_undo(tx->db, &asked->step, asked->id, asked->why, &asked->refused);
}

void
register_file_undo(struct request *req)
{
	struct file_step *asked = step_new(req, take_undo);

	if (!read_id(req, asked))
		return;
	if (!request_form(req, "why", &asked->why) || str_trim(asked->why).len == 0) {
		reply_problem(req, 400, "invalid-body", "No reason is given",
			"say why: \"why\" is 1 to 500 characters, without control characters");
		return;
	}
	asked->why = str_trim(asked->why);
	submit_command(req, &asked->command);
}

static struct err
take_drop(struct tx *tx, struct file_step *asked)
{
	return registry_drop(tx->db, &asked->step, asked->id);
}

void
register_file_drop(struct request *req)
{
	struct file_step *asked = step_new(req, take_drop);

	if (read_id(req, asked))
		submit_command(req, &asked->command);
}

/* ---- looked at ------------------------------------------------------------------------------ */

static json_t *
file_json(const struct register_file *file)
{
	json_t *json = json_object();

	json_set_id(json, "id", file->id);
	json_set_str(json, "name", file->name);
	json_set_str(json, "register", file->register_name);
	json_set_str(json, "state", file->state);
	json_set_str(json, "person", file->person);
	json_set_str(json, "why", file->why);
	json_set_str(json, "approver", file->approver);
	json_set_time(json, "made_at", file->made_at_ms);
	json_set_time_or_null(json, "entered_at", file->entered_at_ms);
	json_set_time_or_null(json, "undone_at", file->undone_at_ms);
	json_set_str(json, "undone_by", file->undone_by);
	json_set_str(json, "undone_why", file->undone_why);
	return json;
}

struct err
register_files_json(struct db *db, struct arena *arena, int64_t before, size_t max, json_t **list)
{
	struct register_file *files = arena_alloc(arena, max * sizeof(*files));
	size_t count;

	TRY(register_files_list(db, arena, before, max, files, &count));
	*list = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(*list, file_json(&files[i]));
	return OK;
}

/* A text of ours as JSON again; null where there is none. */
static json_t *
parsed(struct str text)
{
	json_t *json;

	return text.len > 0 && json_parse_strict(text, &json, NULL).code == ERR_OK ? json
										   : json_null();
}

struct err
register_file_answer(struct db *db, struct ask *ask)
{
	struct register_file file;
	int64_t id;

	if (!may(&ask->who, SEE_REGISTERS, 0))
		return ask_denied(ask);
	if (str_to_i64(ask->word, &id).code != ERR_OK)
		return FAIL(ERR_NOT_FOUND, "no file has that id");
	TRY(register_files_get(db, ask->query.arena, id, &file));
	ask->json = file_json(&file);
	json_object_set_new(ask->json, "outcome", parsed(file.outcome));
	json_object_set_new(ask->json, "undo", parsed(file.undo));
	return OK;
}
