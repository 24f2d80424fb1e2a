/* reference_find.c - fuzz the finder: whatever the note, what it finds are true references. */
#include <string.h>

#include "chopay/reference.h"

#include "../support/fuzz.h"

#define KNOWN "CHS00000YT"

static void
check_found(struct str prefix, struct str note, struct references *found)
{
	struct reference again;

	reference_find(prefix, note, found);
	must(found->count <= REFERENCE_FOUND_MAX);
	for (size_t i = 0; i < found->count; i++) {
		must(reference_is(prefix, str_from(found->items[i].text), &again));
		must(strcmp(again.text, found->items[i].text) == 0);
		for (size_t k = 0; k < i; k++)
			must(strcmp(found->items[k].text, found->items[i].text) != 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str note = {(const char *)data, size};
	CLEANUP(buf_fini) struct buf longer = {0};
	struct references found;

	check_found(STR("AC"), note, &found);
	check_found(STR("CH"), note, &found);

	/* A whole code behind any note is found, unless there is no room left for it. */
	buf_add(&longer, note);
	buf_adds(&longer, ". " KNOWN);
	check_found(STR("CH"), buf_str(&longer), &found);
	for (size_t i = 0; i < found.count; i++) {
		if (strcmp(found.items[i].text, KNOWN) == 0)
			return 0;
	}
	must(found.count == REFERENCE_FOUND_MAX);
	return 0;
}
