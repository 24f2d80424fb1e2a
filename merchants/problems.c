/* What is wrong with an import, by line and column. */
#include "problems.h"

#include "chopay/words.h"

void
problem_add(struct registry_import *import, size_t line, const char *column, struct str reason)
{
	if (import->problem_count < REGISTRY_PROBLEMS_MAX)
		import->problems[import->problem_count] = (struct registry_problem){
			line, column, reason};
	import->problem_count++;
}

struct str
problem_words(
	struct registry_import *import, const char *key, const struct str *values, size_t count)
{
	struct buf text CLEANUP(buf_fini) = {0};

	words_fill(&text, words_find(ENGLISH, str_from(key)), values, count);
	buf_adds(&text, " (");
	words_fill(&text, words_find(VIETNAMESE, str_from(key)), values, count);
	buf_adds(&text, ")");
	return arena_copy(import->arena, buf_str(&text));
}

void
problem_in(struct registry_import *import, size_t line, const char *column, struct str field,
	const char *reason)
{
	struct str text = str_from(reason);

	if (str_starts(text, STR("register.")))
		text = problem_words(import, reason, NULL, 0);
	problem_add(import, line, column,
		arena_printf(import->arena, "\"%.*s\" %.*s", STR_FMT(field), STR_FMT(text)));
}

void
problems_sort(struct registry_import *import)
{
	size_t count = import->problem_count < REGISTRY_PROBLEMS_MAX ? import->problem_count
								     : REGISTRY_PROBLEMS_MAX;

	for (size_t i = 1; i < count; i++) {
		struct registry_problem one = import->problems[i];
		size_t at = i;

		for (; at > 0 && import->problems[at - 1].line > one.line; at--)
			import->problems[at] = import->problems[at - 1];
		import->problems[at] = one;
	}
}
