/* A file for a register in steps: looked through, entered, taken back. */
#include "chopay/registry_files.h"

#include <string.h>

#include "chopay/csv.h"
#include "chopay/json.h"
#include "chopay/person.h"
#include "chopay/snapshots.h"
#include "problems.h"
#include "row.h"

#define CHANGES_MAX 20000 /* of one file; larger ones are for the command line */
/* Stands for the second person while a file is only looked through. */
#define SOMEBODY_ELSE "?"

static const char *const kind_names[] = {
	[CHANGE_MARKET] = "market",
	[CHANGE_STALL] = "stall",
	[CHANGE_FIELD] = "field",
	[CHANGE_ACCOUNT] = "account",
};

/* ---- one run of the import ------------------------------------------------------------------ */

struct run {
	struct registry_import import;
	json_t *changes;  /* owned */
	bool second;	  /* it needs a second person */
	int64_t accounts; /* of stalls that have another one */
	bool too_many;
};

static void
run_fini(struct run *run)
{
	json_decref(run->changes);
}

static void
take_change(void *arg, const struct registry_change *change)
{
	struct run *run = arg;
	json_t *item;

	run->accounts += change->kind == CHANGE_ACCOUNT && change->before.len > 0;
	run->too_many = json_array_size(run->changes) == CHANGES_MAX;
	if (run->too_many)
		return;
	item = json_object();
	json_set_str(item, "kind", str_from(kind_names[change->kind]));
	json_set_i64(item, "line", (int64_t)change->line);
	json_set_str(item, "market", change->market);
	json_set_str(item, "stall", change->stall);
	json_set_str(item, "column", str_from(change->column));
	json_set_str(item, "before", change->before);
	json_set_str(item, "after", change->after);
	json_array_append_new(run->changes, item);
}

static struct err
run_once(struct db *db, const struct registry_step *step, struct str csv, struct str person,
	struct str why, struct str approver, struct run *run)
{
	struct err err;

	json_decref(run->changes);
	*run = (struct run){.changes = json_array()};
	run->import = (struct registry_import){
		.csv = csv,
		.banks = step->banks,
		.prefix = step->prefix,
		.now_ms = step->now_ms,
		.next_id = step->next_id,
		.arg = step->arg,
		.arena = step->arena,
		.person = person,
		.why = why,
		.approver = approver,
		.changed = take_change,
		.changed_arg = run,
		.leave_accounts = true,
	};
	err = registry_import(db, &run->import);
	if (err.code == ERR_OK && run->too_many) {
		problem_add(&run->import, 0, "",
			STR("the file changes more than 20000 things: import it by the command"));
		return FAIL(ERR_INVALID, "the file is too large");
	}
	return err;
}

/* The import within a savepoint, kept or taken back.  Refused rows are no error here. */
static struct err
run_within(struct db *db, const struct registry_step *step, const struct register_file *file,
	struct str approver, bool keep, struct run *run)
{
	struct err err;

	TRY(store_begin(db));
	err = run_once(db, step, file->csv, file->person, file->why, approver, run);
	if (err.code == ERR_OK && keep)
		return store_commit(db);
	store_rollback(db);
	return err.code == ERR_INVALID ? OK : err;
}

/* What it would do; a second person is asked for only where that is what is missing. */
static struct err
look(struct db *db, const struct registry_step *step, const struct register_file *file,
	struct run *run)
{
	struct run other = {0};
	struct err err;

	TRY(run_within(db, step, file, STR(""), false, run));
	if (run->import.problem_count == 0 || file->why.len == 0)
		return OK;
	err = run_within(db, step, file, STR(SOMEBODY_ELSE), false, &other);
	if (err.code == ERR_OK && other.import.problem_count == 0) {
		run_fini(run);
		*run = other;
		run->second = true;
		return OK;
	}
	run_fini(&other);
	return err;
}

/* ---- what it came to ------------------------------------------------------------------------ */

static json_t *
problems_json(const struct registry_import *import)
{
	json_t *items = json_array();

	for (size_t i = 0; i < import->problem_count && i < REGISTRY_PROBLEMS_MAX; i++) {
		json_t *item = json_object();

		json_set_i64(item, "line", (int64_t)import->problems[i].line);
		json_set_str(item, "column", str_from(import->problems[i].column));
		json_set_str(item, "reason", import->problems[i].reason);
		json_array_append_new(items, item);
	}
	return items;
}

static struct str
outcome_text(struct arena *arena, const struct run *run)
{
	const struct registry_import *import = &run->import;
	json_t *json CLEANUP(json_cleanup) = json_object();
	struct buf text CLEANUP(buf_fini) = {0};

	json_set_i64(json, "rows", (int64_t)import->rows);
	json_set_i64(json, "added", (int64_t)import->added);
	json_set_i64(json, "markets_new", (int64_t)import->markets_new);
	json_set_i64(json, "stalls_new", (int64_t)import->stalls_new);
	json_set_i64(json, "stalls_changed", (int64_t)import->stalls_changed);
	json_set_i64(json, "accounts", run->accounts);
	json_object_set_new(json, "second", json_boolean(run->second));
	json_set_i64(json, "problem_count", (int64_t)import->problem_count);
	json_object_set_new(json, "problems", problems_json(import));
	json_object_set(json, "changes", run->changes);
	json_write(&text, json);
	return arena_copy(arena, buf_str(&text));
}

static void
take_outcome(const struct registry_step *step, const struct run *run, struct register_file *file)
{
	file->outcome = outcome_text(step->arena, run);
	file->state = run->import.problem_count > 0 ? STR("refused") : STR("looked");
	file->register_name = str_from(run->import.name);
}

static struct err
get_in_state(struct db *db, struct registry_step *step, int64_t id, const char *state,
	const char *otherwise)
{
	TRY(register_files_get(db, step->arena, id, &step->file));
	return str_eq(step->file.state, str_from(state)) ? OK : FAIL(ERR_CONFLICT, otherwise);
}

/* ---- steps ---------------------------------------------------------------------------------- */

struct err
registry_look(struct db *db, struct registry_step *step)
{
	struct run run CLEANUP(run_fini) = {0};
	struct register_file *file = &step->file;

	file->person = step->person;
	file->approver = file->undone_by = file->undone_why = file->undo = STR("");
	file->made_at_ms = step->now_ms;
	TRY(look(db, step, file, &run));
	take_outcome(step, &run, file);
	file->id = step->next_id(step->arg);
	return register_files_put(db, file);
}

struct err
registry_enter(struct db *db, struct registry_step *step, int64_t id, bool *stale)
{
	struct run run CLEANUP(run_fini) = {0};
	struct register_file *file = &step->file;
	struct str shown;
	bool alone;

	TRY(get_in_state(
		db, step, id, "looked", "this file was not looked through, or is entered"));
	shown = file->outcome;
	TRY(look(db, step, file, &run));
	*stale = !str_eq(shown, outcome_text(step->arena, &run));
	if (*stale) {
		take_outcome(step, &run, file);
		return register_files_set(db, file);
	}
	alone = person_same(step->person, file->person);
	if (run.second && alone)
		return FAIL(ERR_CONFLICT, "this file concerns days that are over: another person"
					  " must enter it");
	if (run.second)
		file->approver = step->person;
	else
		file->person = step->person;
	TRY(run_within(db, step, file, file->approver, true, &run));
	file->state = STR("entered");
	file->entered_at_ms = step->now_ms;
	return register_files_set(db, file);
}

struct err
registry_drop(struct db *db, struct registry_step *step, int64_t id)
{
	TRY(register_files_get(db, step->arena, id, &step->file));
	if (!str_eq(step->file.state, STR("looked")) && !str_eq(step->file.state, STR("refused")))
		return FAIL(ERR_CONFLICT, "this file is entered: take it back instead");
	step->file.state = STR("dropped");
	return register_files_set(db, &step->file);
}

/* ---- taken back ----------------------------------------------------------------------------- */

/* Rows that make things as they were, and what cannot be made so. */
struct undoing {
	struct db *db;
	struct registry_step *step;
	struct buf csv;
	json_t *done, *left; /* owned */
	/* The stall whose row is being made. */
	bool has_row;
	struct stall stall;
	struct str unit_code;
	struct str fields[COLUMNS];
};

static void
undoing_fini(struct undoing *undoing)
{
	buf_fini(&undoing->csv);
	json_decref(undoing->done);
	json_decref(undoing->left);
}

static void
note(json_t *list, const json_t *change, const char *why)
{
	json_t *item = json_object();

	json_object_set(item, "market", json_object_get(change, "market"));
	json_object_set(item, "stall", json_object_get(change, "stall"));
	json_object_set(item, "column", json_object_get(change, "column"));
	json_object_set(item, "before", json_object_get(change, "before"));
	json_object_set(item, "after", json_object_get(change, "after"));
	json_set_str(item, "why", str_from(why));
	json_array_append_new(list, item);
}

static struct str
member(const json_t *object, const char *name)
{
	return json_str(json_object_get(object, name));
}

static struct str
day_field(struct arena *arena, int32_t day, int32_t absent)
{
	struct buf text CLEANUP(buf_fini) = {0};

	if (day != absent)
		day_format(&text, day);
	return arena_copy(arena, buf_str(&text));
}

static void
end_row(struct undoing *undoing)
{
	if (!undoing->has_row)
		return;
	for (int i = 0; i < COLUMNS; i++)
		csv_put_text(&undoing->csv, undoing->fields[i], i == COLUMNS - 1);
	undoing->has_row = false;
}

/* The stall of a change as a row of the register is now. */
static struct err
begin_row(struct undoing *undoing, const json_t *change)
{
	struct arena *arena = undoing->step->arena;
	struct stall *stall = &undoing->stall;
	struct market market;

	if (undoing->has_row && str_eq(stall->code, member(change, "stall")) &&
		str_eq(stall->market_code, member(change, "market")))
		return OK;
	end_row(undoing);
	TRY(markets_find(undoing->db, arena, member(change, "market"), &market));
	TRY(stalls_find_in_market(undoing->db, arena, market.id, member(change, "stall"), stall));
	TRY(markets_unit(undoing->db, arena, market.id, day_of(undoing->step->now_ms, 0),
		&undoing->unit_code));
	const struct str fields[COLUMNS] = {
		[MARKET_CODE] = stall->market_code,
		[MARKET_NAME] = stall->market_name,
		[UNIT_CODE] = undoing->unit_code,
		[STALL_CODE] = stall->code,
		[STALL_NAME] = stall->name,
		[KIND] = stall->kind,
		[GOODS] = stall->goods,
		[MERCHANT_NAME] = stall->merchant_name,
		[PHONE] = stall->phone,
		[BANK_BIN] = stall->bank_bin,
		[ACCOUNT_NO] = stall->account_no,
		[ACCOUNT_HOLDER] = stall->account_holder,
		[OPEN_DATE] = day_field(arena, stall->open_day, DAY_FIRST),
		[CLOSE_DATE] = day_field(arena, stall->close_day, DAY_LAST),
	};
	memcpy(undoing->fields, fields, sizeof(fields));
	undoing->has_row = true;
	return OK;
}

static struct err
undo_field(struct undoing *undoing, const json_t *change)
{
	int column = 0;

	TRY(begin_row(undoing, change));
	while (column < COLUMNS &&
		!str_eq(member(change, "column"), str_from(column_names[column])))
		column++;
	if (column == COLUMNS || !str_eq(undoing->fields[column], member(change, "after"))) {
		note(undoing->left, change, "changed_since");
		return OK;
	}
	undoing->fields[column] = member(change, "before");
	note(undoing->done, change, "restored");
	return OK;
}

/* A stall is never taken away: it is closed from today, or from the day behind its first. */
static struct err
undo_stall(struct undoing *undoing, const json_t *change)
{
	int32_t day = day_of(undoing->step->now_ms, 0);

	TRY(begin_row(undoing, change));
	if (undoing->stall.close_day <= day) {
		note(undoing->left, change, "closed_already");
		return OK;
	}
	if (day <= undoing->stall.open_day)
		day = undoing->stall.open_day + 1;
	undoing->fields[CLOSE_DATE] = day_field(undoing->step->arena, day, DAY_LAST);
	note(undoing->done, change, "closed");
	return OK;
}

static struct err
undo_change(struct undoing *undoing, const json_t *change)
{
	struct str kind = member(change, "kind");
	struct err err = OK;

	if (str_eq(kind, STR("field")))
		err = undo_field(undoing, change);
	else if (str_eq(kind, STR("stall")))
		err = undo_stall(undoing, change);
	else if (str_eq(kind, STR("market")))
		note(undoing->left, change, "market_stays");
	else if (member(change, "before").len == 0)
		note(undoing->left, change, "account_stays");
	if (err.code != ERR_NOT_FOUND)
		return err;
	note(undoing->left, change, "moved_since");
	return OK;
}

static struct err
gather(struct undoing *undoing, const json_t *outcome)
{
	const json_t *changes = json_object_get(outcome, "changes");
	const json_t *change;
	size_t i;

	undoing->done = json_array();
	undoing->left = json_array();
	buf_addf(&undoing->csv, "%s\n", REGISTRY_HEADER);
	json_array_foreach(changes, i, change) TRY(undo_change(undoing, change));
	end_row(undoing);
	return json_array_size(undoing->done) > 0
		       ? OK
		       : FAIL(ERR_CONFLICT, "nothing of this file can be taken back any more");
}

static struct str
undo_text(const struct undoing *undoing)
{
	json_t *json CLEANUP(json_cleanup) = json_object();
	struct buf text CLEANUP(buf_fini) = {0};

	json_object_set(json, "done", undoing->done);
	json_object_set(json, "left", undoing->left);
	json_write(&text, json);
	return arena_copy(undoing->step->arena, buf_str(&text));
}

/* The first person's word stands until a second one says the same. */
static struct err
ask_second(struct db *db, struct registry_step *step)
{
	step->file.state = STR("undo_asked");
	return register_files_set(db, &step->file);
}

static struct err
write_back(struct db *db, struct undoing *undoing, struct str *why)
{
	struct registry_step *step = undoing->step;
	struct register_file *file = &step->file, rows = *file;
	struct run run CLEANUP(run_fini) = {0};
	bool asked = str_eq(file->state, STR("undo_asked"));
	bool alone = !asked || person_same(step->person, file->undone_by);

	rows.csv = buf_str(&undoing->csv);
	rows.person = file->undone_by;
	rows.why = file->undone_why;
	TRY(look(db, step, &rows, &run));
	if (run.import.problem_count > 0) {
		*why = run.import.problems[0].reason;
		return FAIL(ERR_INVALID, "the register does not take it back");
	}
	if (run.second && asked && alone)
		return FAIL(ERR_CONFLICT, "you asked for it: another person must say so, too");
	if (run.second && alone)
		return ask_second(db, step);
	TRY(run_within(db, step, &rows, run.second ? step->person : STR(""), true, &run));
	file->state = STR("undone");
	file->undone_at_ms = step->now_ms;
	file->undo = undo_text(undoing);
	return register_files_set(db, file);
}

struct err
registry_undo(struct db *db, struct registry_step *step, int64_t id, struct str why_asked,
	struct str *why)
{
	struct undoing undoing CLEANUP(undoing_fini) = {.db = db, .step = step};
	json_t *outcome CLEANUP(json_cleanup) = NULL;
	struct register_file *file = &step->file;
	bool entered;

	*why = STR("");
	TRY(register_files_get(db, step->arena, id, file));
	entered = str_eq(file->state, STR("entered"));
	if (!entered && !str_eq(file->state, STR("undo_asked")))
		return FAIL(ERR_CONFLICT, "this file is not entered, or was taken back already");
	if (!str_eq(file->register_name, STR("stalls")))
		return FAIL(ERR_CONFLICT,
			"rows of this register are not taken back as a file: enter"
			" a later row, which then holds");
	if (entered) {
		file->undone_by = step->person;
		file->undone_why = why_asked;
	}
	TRY(json_parse_strict(file->outcome, &outcome, NULL));
	TRY(gather(&undoing, outcome));
	return write_back(db, &undoing, why);
}
