/* Who enters rows, and whether they may say what they say about days that are over (R9). */
#include "entry.h"

#include "chopay/fold.h"
#include "chopay/snapshots.h"
#include "problems.h"

#define PERSON_CHARS_MAX 100
#define WHY_CHARS_MAX 500
#define NOBODY "registry import" /* stalls may be imported without a name */

/* Characters of a text that may be shown in a line; -1: it may not. */
static int64_t
line_length(struct str text)
{
	int64_t count = 0;

	if (!str_is_utf8(text))
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		bool c1 = c == 0xC2 && (unsigned char)text.ptr[i + 1] < 0xA0; /* U+0080..9F */

		if (c < 0x20 || c == 0x7F || c1)
			return -1;
		count += (c & 0xC0) != 0x80;
	}
	return count;
}

/* The name as it is compared; empty: nobody's. */
static void
fold_person(struct buf *folded, struct str person)
{
	if (fold_name(folded, person).code != ERR_OK)
		buf_clear(folded);
}

static bool
is_person(struct str person)
{
	struct buf folded CLEANUP(buf_fini) = {0};
	int64_t length = line_length(person);

	if (length < 1 || length > PERSON_CHARS_MAX)
		return false;
	fold_person(&folded, person);
	return folded.len > 0;
}

static bool
same_person(struct str a, struct str b)
{
	struct buf folded_a CLEANUP(buf_fini) = {0}, folded_b CLEANUP(buf_fini) = {0};

	fold_person(&folded_a, a);
	fold_person(&folded_b, b);
	return str_eq(buf_str(&folded_a), buf_str(&folded_b));
}

bool
entry_check(struct registry_import *import, bool person_needed)
{
	const char *wrong = NULL;

	import->person = str_trim(import->person);
	import->why = str_trim(import->why);
	import->approver = str_trim(import->approver);
	if (import->person.len == 0 && person_needed)
		wrong = "say who enters this register (--person NAME)";
	else if (import->person.len > 0 && !is_person(import->person))
		wrong = "the person is a name of 1 to 100 characters, without control characters";
	else if (import->why.len > 0 &&
		 (line_length(import->why) < 0 || line_length(import->why) > WHY_CHARS_MAX))
		wrong = "the reason is at most 500 characters, without control characters";
	else if (import->approver.len > 0 && !is_person(import->approver))
		wrong = "the approver is a name of 1 to 100 characters, without control"
			" characters";
	else if (import->approver.len > 0 && import->person.len == 0)
		wrong = "an approver approves what somebody else enters: say who (--person NAME)";
	else if (import->approver.len > 0 && same_person(import->person, import->approver))
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
