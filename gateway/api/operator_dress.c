/* What /v1 answers, dressed for people: times, days, amounts and our own words as they are read. */
#include "operator.h"

static const char *const times[] = {"at", "created_at", "sent_at", "closed_at", "booked_at",
	"arrived_at", "made_at", "expires_at", "previous_until", "revoked_at", "disabled_at",
	"last_at", "until", "entered_at", "undone_at", "proposed_at", "confirmed_at",
	"effective_at", "seen_at", "signed_in_at", "approved_at", "due_at", "ended_at"};
static const char *const days[] = {"day"};
static const char *const amounts[] = {"amount", "sum", "paid", "credit_sum", "debit_sum"};
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void
set_text(json_t *json, struct arena *arena, const char *name, struct str text)
{
	json_set_str(json, arena_printf(arena, "%s_text", name).ptr, text);
}

/* "28/07/2026" */
static struct str
day_text(struct arena *arena, struct str day)
{
	return arena_printf(arena, "%.*s/%.*s/%.*s", STR_FMT(str_cut(day, 8, 10)),
		STR_FMT(str_cut(day, 5, 7)), STR_FMT(str_cut(day, 0, 4)));
}

/* "14:30 28/07/2026", Vietnam, whatever zone it was told in. */
static struct str
time_text(struct arena *arena, struct str told)
{
	struct buf text CLEANUP(buf_fini) = {0};
	int64_t ms;

	if (time_parse_rfc3339(told, &ms).code != ERR_OK)
		return told;
	time_format_rfc3339(&text, ms);
	return arena_printf(arena, "%.*s %.*s", STR_FMT(str_cut(buf_str(&text), 11, 16)),
		STR_FMT(day_text(arena, str_cut(buf_str(&text), 0, 10))));
}

static void
dress_times(json_t *json, struct arena *arena)
{
	for (size_t i = 0; i < COUNT(times); i++) {
		const json_t *value = json_object_get(json, times[i]);

		if (json_is_string(value))
			set_text(json, arena, times[i], time_text(arena, json_str(value)));
	}
	for (size_t i = 0; i < COUNT(days); i++) {
		const json_t *value = json_object_get(json, days[i]);

		if (json_is_string(value))
			set_text(json, arena, days[i], day_text(arena, json_str(value)));
	}
}

static void
dress_amounts(json_t *json, struct arena *arena)
{
	for (size_t i = 0; i < COUNT(amounts); i++) {
		const json_t *value = json_object_get(json, amounts[i]);

		if (json_is_integer(value))
			set_text(json, arena, amounts[i],
				arena_printf(arena, "%.*s\xc2\xa0đ",
					STR_FMT(amount_text(arena, json_integer_value(value)))));
	}
}

/* A value that the catalogue does not have is shown as it is. */
static void
dress_words(
	json_t *json, struct arena *arena, enum language language, const struct page_word words[6])
{
	for (size_t i = 0; i < 6 && words[i].member != NULL; i++) {
		const json_t *value = json_object_get(json, words[i].member);
		struct str key, text;

		if (!json_is_string(value))
			continue;
		key = arena_printf(arena, "%s%.*s", words[i].prefix, STR_FMT(json_str(value)));
		text = words_find(language, key);
		if (words[i].as == NULL)
			set_text(json, arena, words[i].member,
				str_eq(text, key) ? json_str(value) : text);
		else if (!str_eq(text, key))
			json_set_str(json, words[i].as, text);
	}
}

void
operator_dress(
	json_t *json, struct arena *arena, enum language language, const struct page_word words[6])
{
	const char *name;
	json_t *child;
	size_t i;

	if (json_is_array(json)) {
		json_array_foreach(json, i, child) operator_dress(child, arena, language, words);
		return;
	}
	if (!json_is_object(json))
		return;
	json_object_foreach(json, name, child) operator_dress(child, arena, language, words);
	dress_times(json, arena);
	dress_amounts(json, arena);
	dress_words(json, arena, language, words);
}

/* ---- sentences of ours ---------------------------------------------------------------------- */

struct str
operator_fault_text(enum language language, struct str english)
{
	struct str key, text;

	for (size_t n = 0; words_list(ENGLISH, STR("fault."), n, &key, &text); n++) {
		if (!str_eq(text, english))
			continue;
		words_list(language, STR("fault."), n, &key, &text);
		return text;
	}
	return english;
}

struct str
operator_role_text(const struct ask *ask, struct str role)
{
	struct arena *arena = ask->query.arena;
	struct str code = role, head, key, text;

	str_split(&code, ':', &head);
	key = arena_printf(arena, "staff.role.%.*s", STR_FMT(head));
	text = words_find(ask->lang, key);
	return arena_printf(arena, "%.*s%s%.*s", STR_FMT(str_eq(text, key) ? head : text),
		code.len > 0 ? " " : "", STR_FMT(code));
}

struct str
operator_done(struct ask *ask)
{
	struct str name, key, text;

	if (!request_query(ask->req, "done", &name) || name.len > 40)
		return STR("");
	key = arena_printf(ask->query.arena, "operator.done.%.*s", STR_FMT(name));
	text = words_find(ask->lang, key);
	return str_eq(text, key) ? STR("") : text;
}
