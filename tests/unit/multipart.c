/* Forms with files: what a browser sends, and what no browser sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chopay/http.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define TYPE "multipart/form-data; boundary=XyZ"
#define WHY "--XyZ\r\nContent-Disposition: form-data; name=\"why\"\r\n\r\nmới mở\r\n"
#define FILE                                                                               \
	"--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.csv\"\r\n" \
	"Content-Type: text/csv\r\n\r\nx,y\r\n1,2\r\n\r\n"
#define END "--XyZ--\r\n"

static const struct {
	const char *name, *type, *body, *field;
	bool there;
	const char *bytes, *file;
} rows[] = {
	{"a field", TYPE, WHY FILE END, "why", true, "mới mở", ""},
	{"a file, its line ends kept", TYPE, WHY FILE END, "file", true, "x,y\r\n1,2\r\n",
		"a b.csv"},
	{"quoted boundary", "multipart/form-data; boundary=\"XyZ\"", WHY END, "why", true, "mới mở",
		""},
	{"header in other letters", TYPE,
		"--XyZ\r\ncontent-DISPOSITION: form-data; name=\"why\"\r\n\r\nx\r\n" END, "why",
		true, "x", ""},
	{"an empty file", TYPE,
		"--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n" END,
		"file", true, "", ""},
	{"half a boundary within", TYPE,
		"--XyZ\r\nContent-Disposition: form-data; name=\"why\"\r\n\r\na\r\n--Xy\r\n" END,
		"why", true, "a\r\n--Xy", ""},
	{"no such field", TYPE, WHY END, "file", false, "", ""},
	{"another boundary", TYPE, "--Abc\r\n" END, "why", false, "", ""},
	{"no end", TYPE, "--XyZ\r\nContent-Disposition: form-data; name=\"why\"\r\n\r\nx", "why",
		false, "", ""},
	{"no headers", TYPE, "--XyZ\r\n\r\nx\r\n" END, "why", false, "", ""},
	{"no disposition", TYPE, "--XyZ\r\nContent-Type: a/b\r\n\r\nx\r\n" END, "why", false, "",
		""},
	{"a name without quotes", TYPE,
		"--XyZ\r\nContent-Disposition: form-data; name=why\r\n\r\nx\r\n" END, "why", false,
		"", ""},
	{"lines that end in LF", TYPE,
		"--XyZ\nContent-Disposition: form-data; name=\"why\"\n\nx\n--XyZ--\n", "why", false,
		"", ""},
	{"text before", TYPE, "hello\r\n" WHY END, "why", false, "", ""},
	{"no boundary", "multipart/form-data", WHY END, "why", false, "", ""},
	{"another type", "text/plain; boundary=XyZ", WHY END, "why", false, "", ""},
	{"nothing", TYPE, "", "why", false, "", ""},
	{"the end alone", TYPE, END, "why", false, "", ""},
};

static void
rows_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct form_part part = {STR(""), STR("")};
		bool there = form_part(
			str_from(rows[i].type), str_from(rows[i].body), rows[i].field, &part);

		if (there != rows[i].there || !str_eq(part.bytes, str_from(rows[i].bytes)) ||
			!str_eq(part.file, str_from(rows[i].file)))
			fail_msg("%s: %d \"%.*s\" \"%.*s\"", rows[i].name, there,
				STR_FMT(part.bytes), STR_FMT(part.file));
	}
}

/* Cut anywhere, it is refused or gives what was there: nothing beyond the end is read. */
static void
cut_anywhere(void **state)
{
	static const char body[] = WHY FILE END;

	(void)state;
	for (size_t len = 0; len < sizeof(body) - 1; len++) {
		char *cut = mem_copy_str((struct str){body, len});
		struct form_part part;

		if (form_part(STR(TYPE), (struct str){cut, len}, "file", &part))
			assert_true(str_eq(part.bytes, STR("x,y\r\n1,2\r\n")));
		mem_free(&cut);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_hold),
		cmocka_unit_test(cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
