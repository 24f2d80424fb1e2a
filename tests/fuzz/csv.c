/*
 * csv.c - the CSV reader, and a register file through it, on bytes that nobody wrote.
 *
 * What the reader gives, written again and read again, must be the same.
 */
#include "chopay/csv.h"

#include "../support/fuzz.h"

static void
check_row(struct arena *arena, const struct str *fields, size_t count)
{
	struct buf text CLEANUP(buf_fini) = {0};
	struct str again[CSV_FIELDS_MAX];
	size_t again_count;
	struct csv csv;

	must(count > 0 && count <= CSV_FIELDS_MAX);
	buf_adds(&text,
		"header\n"); /* as in every file of ours; in the first row a BOM is skipped */
	for (size_t i = 0; i < count; i++)
		csv_put(&text, fields[i], i + 1 == count);
	csv_init(&csv, buf_str(&text));
	/* A row of one empty field is a blank line, which is skipped. */
	if (count == 1 && fields[0].len == 0)
		return;
	must(csv_next(&csv, arena, again, &again_count).code == ERR_OK);
	must(csv_next(&csv, arena, again, &again_count).code == ERR_OK);
	must(again_count == count);
	for (size_t i = 0; i < count; i++)
		must(str_eq(fields[i], again[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str fields[CSV_FIELDS_MAX];
	struct csv csv;
	size_t count, line = 0;
	struct err err;

	csv_init(&csv, (struct str){(const char *)data, size});
	while ((err = csv_next(&csv, arena, fields, &count)).code == ERR_OK) {
		must(csv.line > line);
		line = csv.line;
		check_row(arena, fields, count);
	}
	must(err.code == ERR_NOT_FOUND || (err.code == ERR_INVALID && csv.fault != NULL));
	return 0;
}
