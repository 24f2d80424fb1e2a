/* What is wrong with a line of a register's file, in the language of who reads the page. */
#include "chopay/words.h"
#include "operator.h"

#define KEYS STR("register.")

static bool
ends_with(struct str text, struct str end)
{
	return text.len >= end.len && str_eq(str_cut(text, text.len - end.len, text.len), end);
}

/* A reason ends with a text of the catalogue: in English, or in "English (Vietnamese)". */
struct str
operator_reason_text(struct arena *arena, enum language language, struct str reason, bool *found)
{
	struct str key, en, vi;

	for (size_t n = 0; words_list(ENGLISH, KEYS, n, &key, &en); n++) {
		struct str both, said;

		words_list(VIETNAMESE, KEYS, n, &key, &vi);
		both = arena_printf(arena, "%.*s (%.*s)", STR_FMT(en), STR_FMT(vi));
		if (!ends_with(reason, en) && !ends_with(reason, both))
			continue;
		said = ends_with(reason, en) ? en : both;
		*found = true;
		return arena_printf(arena, "%.*s%.*s",
			STR_FMT(str_cut(reason, 0, reason.len - said.len)),
			STR_FMT(language == ENGLISH ? en : vi));
	}
	*found = false;
	return reason;
}
