/* Who enters rows, and whether they may say what they say about days that are over (R9). */
#include "entry.h"

#include "chopay/person.h"
#include "chopay/snapshots.h"
#include "problems.h"

#define NOBODY "registry import" /* stalls may be imported without a name */

bool
entry_check(struct registry_import *import, bool person_needed)
{
	const char *wrong = NULL;

	import->person = str_trim(import->person);
	import->why = str_trim(import->why);
	import->approver = str_trim(import->approver);
	if (import->person.len == 0 && person_needed)
		wrong = "say who enters this register (--person NAME)";
	else if (import->person.len > 0 && !person_is_name(import->person))
		wrong = "the person is a name of 1 to 100 characters, without control characters";
	else if (import->why.len > 0 &&
		 (line_length(import->why) < 0 || line_length(import->why) > WHY_CHARS_MAX))
		wrong = "the reason is at most 500 characters, without control characters";
	else if (import->approver.len > 0 && !person_is_name(import->approver))
		wrong = "the approver is a name of 1 to 100 characters, without control"
			" characters";
	else if (import->approver.len > 0 && import->person.len == 0)
		wrong = "an approver approves what somebody else enters: say who (--person NAME)";
	else if (import->approver.len > 0 && person_same(import->person, import->approver))
		wrong = "who enters it cannot approve it: the approver is another person";
	if (wrong != NULL)
		problem_add(import, 0, "", str_from(wrong));
	return wrong == NULL;
}

static bool
is_over(const struct registry_import *import, int32_t day)
{
	return day < day_of(import->now_ms, 0);
}

bool
entry_may_reach_back(struct registry_import *import, size_t line, const char *column,
	struct str field, int32_t from_day)
{
	if (!is_over(import, from_day) ||
		(import->person.len > 0 && import->why.len > 0 && import->approver.len > 0))
		return true;
	problem_in(import, line, column, field,
		"concerns days that are over: give the person, a reason and a second person who"
		" approves (--person, --why, --approver)");
	return false;
}

struct entry
entry_of(const struct registry_import *import, int32_t from_day)
{
	bool over = is_over(import, from_day);

	return (struct entry){
		.at_ms = import->now_ms,
		.person = import->person.len > 0 ? import->person : STR(NOBODY),
		.why = over ? import->why : STR(""),
		.approver = over ? import->approver : STR(""),
	};
}

struct err
entry_audit(struct db *db, const struct registry_import *import, const char *name)
{
	struct arena *arena = import->arena;
	const struct audit_line line = {
		.id = import->next_id(import->arg),
		.at_ms = import->now_ms,
		.who = import->person.len > 0 ? import->person : STR(NOBODY),
		.what = STR("register"),
		.subject = arena_printf(arena, "register:%s", name),
		.detail = arena_printf(arena, "%zu rows%s%.*s%s%.*s", import->rows,
			import->why.len > 0 ? "; why: " : "", STR_FMT(import->why),
			import->approver.len > 0 ? "; approved by: " : "",
			STR_FMT(import->approver)),
	};

	return audit_put(db, &line);
}
