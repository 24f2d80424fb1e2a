/*
 * report_json.c - the reader of a report on bytes that nobody wrote: what it takes, it writes so
 * that it takes it again, and writes the same.
 */
#include <stdlib.h>

#include "chopay/report.h"

#include "../support/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf once CLEANUP(buf_fini) = {0}, again CLEANUP(buf_fini) = {0};
	struct str json = {(const char *)data, size};
	struct report *report = NULL;

	if (report_read_json(arena, json, &report).code != ERR_OK)
		return 0;
	report_write_json(report, &once);
	if (report_read_json(arena, buf_str(&once), &report).code != ERR_OK)
		abort();
	report_write_json(report, &again);
	if (!str_eq(buf_str(&again), buf_str(&once)))
		abort();
	return 0;
}
