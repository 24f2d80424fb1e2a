/* What is wrong with an import, by line and column. */
#ifndef MERCHANTS_PROBLEMS_H
#define MERCHANTS_PROBLEMS_H

#include "chopay/registry.h"

/* `column`: "" for the whole row. */
void problem_add(
	struct registry_import *import, size_t line, const char *column, struct str reason);
/* A text of the catalogue in both languages, "English (Vietnamese)", with its %1 .. %9 filled in.
 */
struct str problem_words(
	struct registry_import *import, const char *key, const struct str *values, size_t count);
/* "\"field\" reason"; a reason "register.NAME" is the key of a text of the catalogue. */
void problem_in(struct registry_import *import, size_t line, const char *column, struct str field,
	const char *reason);
/* In the order of lines, as a person goes through the file; what is on one line keeps its order. */
void problems_sort(struct registry_import *import);

#endif
