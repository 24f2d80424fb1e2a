/* How far a live page has come, among several writers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../gateway/api/marks.h"
#include "chopay/books.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* The id of an instant, in milliseconds, by a writer. */
#define ID(ms, writer) ((ms)*ID_PER_MS + (writer))
#define T INT64_C(1000000) /* an instant */

static void
news_is_told_once_whatever_its_order(void **state)
{
	static const struct {
		const char *name;
		int64_t had[3]; /* 0: none */
		int64_t id;
		bool fresh;
	} cases[] = {
		{"the first", {0}, ID(T, 0), true},
		{"the next of the same writer", {ID(T, 0)}, ID(T, 0) + 256, true},
		{"the same again", {ID(T, 0)}, ID(T, 0), false},
		{"an earlier one of the same writer", {ID(T, 3)}, ID(T, 3) - 256, false},
		{"an earlier one of another writer", {ID(T, 3)}, ID(T - 5, 4), true},
		{"that one again", {ID(T, 3), ID(T - 5, 4)}, ID(T - 5, 4), false},
		{"a third writer's, between them", {ID(T, 3), ID(T - 5, 4)}, ID(T - 2, 5), true},
		{"the highest writer's", {ID(T, 0)}, ID(T, 255), true},
		{"of before there was a page", {0}, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct marks marks = {0};

		for (size_t n = 0; n < 3 && cases[i].had[n] != 0; n++)
			assert_true(marks_take(&marks, cases[i].had[n]));
		if (marks_take(&marks, cases[i].id) != cases[i].fresh)
			fail_msg("%s", cases[i].name);
		assert_false(marks_take(&marks, cases[i].id));
	}
}

static void
what_may_come_late_is_looked_for(void **state)
{
	struct marks marks = {0};

	(void)state;
	assert_int_equal(marks_floor(&marks), 0);
	marks_take(&marks, ID(5, 0));
	assert_int_equal(marks_floor(&marks), 0);
	marks_take(&marks, ID(T, 1));
	assert_int_equal(marks_floor(&marks), ID(T - MARKS_LATE_MS, 1));
	marks_take(&marks, ID(T - 1, 2));
	assert_int_equal(marks_newest(&marks), ID(T, 1));
}

static void
more_writers_than_marks_forget_the_oldest(void **state)
{
	struct marks marks = {0};

	(void)state;
	for (int w = 0; w < MARKS_MAX + 1; w++)
		assert_true(marks_take(&marks, ID(T + w, w)));
	assert_int_equal(marks.count, MARKS_MAX);
	for (int w = 1; w < MARKS_MAX + 1; w++)
		assert_false(marks_take(&marks, ID(T + w, w)));
}

static void
a_page_gives_back_what_it_was_given(void **state)
{
	static const struct {
		const char *in, *out; /* out NULL: refused */
	} cases[] = {
		{"0", "0"},
		{"1", "1"},
		{"768-513", "768-513"},
		{"513-768", "768-513"},		      /* the newest first */
		{"769-513", "769"},		      /* of one writer the newest */
		{"1048576000000-1", "1048576000000"}, /* what the floor says is not said again */
		{"9223372036854775807", "9223372036854775807"},
		{"", NULL},
		{"-", NULL},
		{"-1", NULL},
		{"1-", NULL},
		{"1--2", NULL},
		{"1-x", NULL},
		{"9223372036854775808", NULL},
		{"0-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15", "15-1-2-3-4-5-6-7-8-9-10-11-12-13-14"},
		{"0-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf text CLEANUP(buf_fini) = {0};
		struct marks marks = {0};
		struct err err = marks_read(str_from(cases[i].in), &marks);

		assert_int_equal(err.code == ERR_OK, cases[i].out != NULL);
		if (cases[i].out == NULL)
			continue;
		marks_write(&marks, &text);
		assert_string_equal(text.ptr, cases[i].out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(news_is_told_once_whatever_its_order),
		cmocka_unit_test(what_may_come_late_is_looked_for),
		cmocka_unit_test(more_writers_than_marks_forget_the_oldest),
		cmocka_unit_test(a_page_gives_back_what_it_was_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
