/* The catalogue of the pages: every line is found, in both languages, and every template's text is
 * in it. */
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "chopay/asset.h"
#include "chopay/words.h"

static void
test_every_line_is_found(void **state)
{
	struct str all = asset_find("gateway/web/words.tsv"), line;
	size_t lines = 0;

	(void)state;
	while (str_split(&all, '\n', &line)) {
		struct str key, vi;

		lines++;
		assert_true(str_split(&line, '\t', &key));
		assert_true(str_split(&line, '\t', &vi));
		if (vi.len == 0 || line.len == 0 || str_find(line, STR("\t")) >= 0)
			fail_msg("%.*s: two texts, neither empty", STR_FMT(key));
		if (!str_eq(words_find(VIETNAMESE, key), vi) ||
			!str_eq(words_find(ENGLISH, key), line))
			fail_msg("%.*s: not found: are the lines sorted?", STR_FMT(key));
		for (char n = '1'; n <= '9'; n++) { /* a place in one is in the other */
			const char place[] = {'%', n};
			const struct str want = {place, sizeof(place)};

			if ((str_find(vi, want) >= 0) != (str_find(line, want) >= 0))
				fail_msg("%.*s: %%%c is in one language only", STR_FMT(key), n);
		}
	}
	assert_int_equal(all.len, 0); /* the last line has its end */
	assert_true(lines > 20);
}

static void
test_what_is_none(void **state)
{
	static const char *const none[] = {"", "a", "charge", "charge.pai", "charge.paidx", "zzz"};

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_true(str_eq(words_find(ENGLISH, str_from(none[i])), str_from(none[i])));
}

static void
check_template(const char *path, struct str text)
{
	ptrdiff_t at;

	while ((at = str_find(text, STR("{{@"))) >= 0) {
		struct str key, found;

		text = str_cut(text, (size_t)at + 3, text.len);
		key = str_cut(text, 0, (size_t)str_find(text, STR("}}")));
		if (str_starts(key, STR("*"))) {
			if (!words_list(ENGLISH, str_cut(key, 1, key.len), 0, &found, &found))
				fail_msg("%s: no text begins with %.*s", path, STR_FMT(key));
		} else if (str_eq(words_find(ENGLISH, key), key)) {
			fail_msg("%s: no text is called %.*s", path, STR_FMT(key));
		}
	}
}

static void
test_templates_use_what_there_is(void **state)
{
	const char *path;
	struct str text;

	(void)state;
	for (size_t n = 0; asset_list("gateway/web/", n, &path, &text); n++) {
		if (str_ends(str_from(path), STR(".html")))
			check_template(path, text);
	}
}

static void
test_fill(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"%1 and %2", "one and two"},
		{"%2%1", "twoone"},
		{"%3|%9", "|"},
		{"100%", "100%"},
		{"50% x %", "50% x %"},
		{"%%1", "%one"},
		{"", ""},
	};
	const struct str values[] = {STR("one"), STR("two")};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out CLEANUP(buf_fini) = {0};

		words_fill(&out, str_from(cases[i].text), values, 2);
		assert_true(str_eq(buf_str(&out), str_from(cases[i].want)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_line_is_found),
		cmocka_unit_test(test_what_is_none),
		cmocka_unit_test(test_templates_use_what_there_is),
		cmocka_unit_test(test_fill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
