/* Whole files in the shape of banks' exports (tests/fixtures/statements): what is proposed for
 * them, and what they tell when that is confirmed, as their .expect files say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../support/statement_text.h"

#define NOW INT64_C(1785376400000) /* 2026-07-30 */

static const struct {
	const char *file;
	enum statement_format format;
	const char *account; /* where the file names none */
} files[] = {
	{"vcb.csv", STATEMENT_CSV, NULL},
	{"mb.csv", STATEMENT_CSV, NULL},  /* semicolons, running balance, two lines of header */
	{"acb.csv", STATEMENT_CSV, NULL}, /* Windows-1258, newest first, numbers that repeat */
	{"techcombank.csv", STATEMENT_CSV, NULL},     /* UTF-16, tabs, signs */
	{"bidv.csv", STATEMENT_CSV, "8800000000005"}, /* an amount and its direction */
	{"vcb.xlsx", STATEMENT_XLSX, NULL},
	{"mb.xlsx", STATEMENT_XLSX, NULL},    /* numbers as text, the time in a column of its own */
	{"mt940.sta", STATEMENT_MT940, NULL}, /* two pages */
	{"camt053-02.xml", STATEMENT_CAMT053, NULL},
	{"camt053-08.xml", STATEMENT_CAMT053, NULL}, /* a batch */
};

static struct str
load(struct arena *arena, const char *name, const char *tail)
{
	struct buf bytes CLEANUP(buf_fini) = {0};
	char path[128], chunk[4096];
	size_t got;
	FILE *in;

	snprintf(path, sizeof(path), "tests/fixtures/statements/%s%s", name, tail);
	in = fopen(path, "rb");
	if (in == NULL)
		fail_msg("cannot open %s", path);
	while ((got = fread(chunk, 1, sizeof(chunk), in)) > 0)
		buf_add(&bytes, (struct str){chunk, got});
	fclose(in);
	return arena_copy(arena, buf_str(&bytes));
}

static void
exports_of_banks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct statement *statement = arena_alloc(arena, sizeof(*statement));
		struct buf text CLEANUP(buf_fini) = {0};
		const char *what;
		struct statement_source source = {
			.bytes = load(arena, files[i].file, ""),
			.account = str_from(files[i].account),
			.now_ms = NOW,
		};
		struct err err;

		source.format = statement_detect(source.bytes, &what);
		assert_int_equal(source.format, files[i].format);
		err = statement_read(arena, &source, statement);
		statement_put(&text, statement, err);
		if (err.code == ERR_NOT_FOUND) {
			source.mapping = statement->proposal;
			err = statement_read(arena, &source, statement);
			statement_put(&text, statement, err);
		}
		if (!str_eq(buf_str(&text), load(arena, files[i].file, ".expect")))
			fail_msg("%s:\n%s", files[i].file, text.ptr);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(exports_of_banks)};

	return cmocka_run_group_tests_name("statement_files", tests, NULL, NULL);
}
