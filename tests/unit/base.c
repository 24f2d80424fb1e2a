/* The words everyone uses: text, money, days, CSV, JSON, folding, queues. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/clock.h"
#include "chopay/csv.h"
#include "chopay/fold.h"
#include "chopay/json.h"
#include "chopay/log.h"
#include "chopay/money.h"
#include "chopay/person.h"
#include "chopay/queue.h"

static const struct {
	const char *text;
	bool ok;
	int64_t value;
} integers[] = {
	{"0", true, 0},
	{"-1", true, -1},
	{"9223372036854775807", true, INT64_MAX},
	{"9223372036854775808", false, 0},
	{"-9223372036854775808", true, INT64_MIN},
	{"-9223372036854775809", false, 0},
	{"", false, 0},
	{"-", false, 0},
	{"+1", false, 0},
	{" 1", false, 0},
	{"1 ", false, 0},
	{"1.0", false, 0},
	{"1e3", false, 0},
	{"0x10", false, 0},
};

static void
integers_are_read_strictly(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++) {
		int64_t value = 0;
		bool ok = str_to_i64(str_from(integers[i].text), &value).code == ERR_OK;

		if (ok != integers[i].ok || value != integers[i].value)
			fail_msg("\"%s\"", integers[i].text);
	}
}

static const struct {
	const char *text;
	bool ok;
} amounts[] = {
	{"1", true},
	{"50000", true},
	{"1000000000000000", true},
	{"1000000000000001", false},
	{"0", false},
	{"-5", false},
	{"5.0", false},
	{"5 000", false},
	{"", false},
	{"99999999999999999999", false},
};

static void
amounts_are_whole_dong(void **state)
{
	struct vnd sum = {7};

	(void)state;
	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		struct vnd amount;

		if ((vnd_parse(str_from(amounts[i].text), &amount).code == ERR_OK) != amounts[i].ok)
			fail_msg("\"%s\"", amounts[i].text);
	}
	assert_int_equal(vnd_add((struct vnd){INT64_MAX}, (struct vnd){1}, &sum).code, ERR_INVALID);
	assert_int_equal(sum.dong, 7);
}

static const struct {
	int64_t dong;
	const char *text;
} written[] = {{0, "0"}, {999, "999"}, {1000, "1.000"}, {-1234567, "-1.234.567"},
	{INT64_MIN, "-9.223.372.036.854.775.808"}, {INT64_MAX, "9.223.372.036.854.775.807"}};

static void
amounts_are_written_as_vietnam_writes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		struct buf out CLEANUP(buf_fini) = {0};

		vnd_format(&out, (struct vnd){written[i].dong});
		assert_string_equal(out.ptr, written[i].text);
	}
}

static const struct {
	const char *text;
	int32_t cut;
	const char *day;
} days[] = {
	{"2026-06-14T23:59:59+07:00", 0, "2026-06-14"},
	{"2026-06-15T00:00:00+07:00", 0, "2026-06-15"},
	{"2026-06-14T17:00:00Z", 0, "2026-06-15"},
	{"2026-06-02T02:10:00+07:00", 360, "2026-06-01"},
	{"2026-06-02T06:00:00+07:00", 360, "2026-06-02"},
	{"1969-12-31T16:59:59Z", 0, "1969-12-31"},
	{"2024-02-29T00:00:00.5+07:00", 0, "2024-02-29"},
};

static void
an_instant_belongs_to_a_market_day(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		struct buf out CLEANUP(buf_fini) = {0};
		int64_t ms;

		assert_int_equal(time_parse_rfc3339(str_from(days[i].text), &ms).code, ERR_OK);
		day_format(&out, day_of(ms, days[i].cut));
		assert_string_equal(out.ptr, days[i].day);
	}
}

static void
every_day_of_four_centuries_comes_back(void **state)
{
	int32_t first, day, parsed;

	(void)state;
	assert_int_equal(day_parse(STR("1900-01-01"), &first).code, ERR_OK);
	for (day = first; day < first + 146097; day++) {
		struct buf out CLEANUP(buf_fini) = {0};

		day_format(&out, day);
		assert_int_equal(day_parse(buf_str(&out), &parsed).code, ERR_OK);
		assert_int_equal(parsed, day);
		assert_true(day_month_start(day) <= day && day_next_month_start(day) > day);
	}
}

static void
times_that_do_not_exist_are_refused(void **state)
{
	static const char *const bad[] = {"2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
		"2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:00",
		"2026-01-01 00:00:00Z", "2026-1-01T00:00:00Z", "2026-01-01T00:00:00+7", "",
		"2026-01-01T00:00:00.Z"};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (time_parse_rfc3339(str_from(bad[i]), &ms).code == ERR_OK)
			fail_msg("\"%s\"", bad[i]);
	}
	assert_int_equal(time_parse_local(STR("2026-07-28 14:30:45"), &ms).code, ERR_OK);
	assert_int_equal(ms, INT64_C(1785223845000));
	assert_int_equal(time_parse_local(STR("2026-07-28 14:30"), &ms).code, ERR_INVALID);
}

static const struct {
	const char *text, *ascii, *memo;
} folds[] = {
	{"Tiền rau chợ Đồng Xuân", "Tien rau cho Dong Xuan", "Tien rau cho Dong Xuan"},
	{"Tie\xcc\x82\xcc\x80n cho\xcc\xa3 \xc4\x91o\xcc\x82\xcc\x80ng", "Tien cho dong",
		"Tien cho dong"},
	{"ăâêôơưđ ĂÂÊÔƠƯĐ ỹỵỷ", "aaeooud AAEOOUD yyy", "aaeooud AAEOOUD yyy"},
	{"DH-01 / (sạp 12)", "DH-01 / (sap 12)", "DH 01 sap 12"},
	{"🎉 ok 北京", " ok ", "ok"},
	{"a\tb\nc", "a b c", "a b c"},
	{"", "", ""},
};

static void
vietnamese_folds_to_ascii(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++) {
		struct buf ascii CLEANUP(buf_fini) = {0}, memo CLEANUP(buf_fini) = {0};

		assert_int_equal(fold_ascii(&ascii, str_from(folds[i].text)).code, ERR_OK);
		assert_int_equal(fold_memo(&memo, str_from(folds[i].text), 25).code, ERR_OK);
		if (!str_eq(buf_str(&ascii), str_from(folds[i].ascii)) ||
			!str_eq(buf_str(&memo), str_from(folds[i].memo)))
			fail_msg("\"%s\": \"%.*s\" \"%.*s\"", folds[i].text,
				STR_FMT(buf_str(&ascii)), STR_FMT(buf_str(&memo)));
	}
}

static const struct {
	const char *text, *asked;
	bool found;
} searches[] = {
	{"A12 Sạp rau cô Ba", "", true},
	{"A12 Sạp rau cô Ba", "a12", true},
	{"A12 Sạp rau cô Ba", "A1", true}, /* as it is typed, and a row */
	{"A12 Sạp rau cô Ba", "12", false},
	{"A12 Sạp rau cô Ba", "CÔ BA", true},
	{"A12 Sạp rau cô Ba", "co ba", true},
	{"A12 Sạp rau cô Ba", "  ba   rau ", true},
	{"A12 Sạp rau cô Ba", "co\xcc\x82 b", true}, /* decomposed */
	{"A12 Sạp rau cô Ba", "co bay", false},
	{"A12 Sạp rau cô Ba", "au", false},
	{"B-07.2 Đặng Thị Ưng", "b-07", true},
	{"B-07.2 Đặng Thị Ưng", "dang u", true},
	{"", "a", false},
};

static void
what_a_person_types_finds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(searches) / sizeof(searches[0]); i++) {
		struct buf text CLEANUP(buf_fini) = {0}, asked CLEANUP(buf_fini) = {0};

		assert_int_equal(fold_search(&text, str_from(searches[i].text), 100).code, ERR_OK);
		assert_int_equal(
			fold_search(&asked, str_from(searches[i].asked), 100).code, ERR_OK);
		if (fold_finds(buf_str(&text), buf_str(&asked)) != searches[i].found)
			fail_msg("\"%s\" in \"%s\"", searches[i].asked, searches[i].text);
	}
}

/* Spellings of one name, and names that are two. */
static const struct {
	const char *what, *one, *other;
	bool same;
} names[] = {
	{"itself", "Huệ", "Huệ", true},
	{"ASCII capitals", "Lan", "LAN", true},
	{"Vietnamese capitals", "Đặng Thị Huệ Ưng", "ĐẶNG THỊ HUỆ ƯNG", true},
	{"decomposed", "Huệ", "Hue\xcc\x82\xcc\xa3", true},
	{"marks the other way round", "Hue\xcc\x82\xcc\xa3", "Hue\xcc\xa3\xcc\x82", true},
	{"half composed, capital", "HU\xc3\x8a\xcc\xa3", "hu\xe1\xba\xb9\xcc\x82", true},
	{"spaces around and between", "Thị Lan", "  Thị   Lan ", true},
	{"no-break and ideographic space", "Thị Lan", "\xc2\xa0Thị\xe3\x80\x80Lan\xe2\x80\x83",
		true},
	{"zero-width space", "Lan",
		"L\xe2\x80\x8b"
		"an",
		true},
	{"joiner, non-joiner, word joiner", "Lan",
		"\xe2\x80\x8dL\xe2\x80\x8c"
		"a\xe2\x81\xa0n",
		true},
	{"byte order mark", "Lan", "\xef\xbb\xbfLan", true},
	{"soft hyphen", "Lan", "La\xc2\xadn", true},
	{"direction marks", "Lan", "\xe2\x80\x8fLan\xe2\x80\xae", true},
	{"full width", "Lan", "\xef\xbc\xac\xef\xbd\x81\xef\xbd\x8e", true},
	{"other script, same", "王芳", "王芳", true},
	{"nothing to be seen", "\xe2\x80\x8b", "\xef\xbb\xbf", true},
	{"another tone", "Huệ", "Huế", false},
	{"without its marks", "Lân", "Lan", false},
	{"d is not đ", "Đan", "Dan", false},
	{"other script, other name", "王芳", "王萍", false},
	{"glued", "Thị Lan", "ThịLan", false},
	{"one more letter", "Lan", "Lann", false},
	{"empty", "", "Lan", false},
};

static void
a_name_is_one_however_spelt(void **state)
{
	struct buf bad CLEANUP(buf_fini) = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buf one CLEANUP(buf_fini) = {0}, other CLEANUP(buf_fini) = {0};

		assert_int_equal(fold_name(&one, str_from(names[i].one)).code, ERR_OK);
		assert_int_equal(fold_name(&other, str_from(names[i].other)).code, ERR_OK);
		if (str_eq(buf_str(&one), buf_str(&other)) != names[i].same)
			fail_msg("%s: \"%.*s\" \"%.*s\"", names[i].what, STR_FMT(buf_str(&one)),
				STR_FMT(buf_str(&other)));
		if (person_same(str_from(names[i].one), str_from(names[i].other)) != names[i].same)
			fail_msg("%s: not as they are compared", names[i].what);
	}
	assert_int_equal(fold_name(&bad, STR("L\xff")).code, ERR_INVALID);
	assert_int_equal(bad.len, 0);
	assert_true(person_same(STR("L\xff"), STR("Lan")));
}

#define TEN "1234567890"
#define NINETY_NINE TEN TEN TEN TEN TEN TEN TEN TEN TEN "123456789"

static const struct {
	const char *what, *name;
	bool ok;
} persons[] = {
	{"a name", "Nguyễn Thị Huệ", true},
	{"one letter", "ệ", true},
	{"none", "", false},
	{"as long as may be", NINETY_NINE "ệ", true},
	{"one letter more", NINETY_NINE "ệ1", false},
	{"nothing to be seen", "\xe2\x80\x8b", false},
	{"not UTF-8", "L\xff", false},
	{"two lines", "Lan\nHuệ", false},
	{"delete", "Lan\x7f", false},
	{"a control character of two bytes", "Lan\xc2\x9f", false},
	{"the blank behind those", "Lan\xc2\xa0Huệ", true},
};

static void
a_name_can_be_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(persons) / sizeof(persons[0]); i++) {
		if (person_is_name(str_from(persons[i].name)) != persons[i].ok)
			fail_msg("%s", persons[i].what);
	}
}

static const struct {
	const char *text;
	bool ok;
} documents[] = {
	{"{}", true},
	{"{\"a\":1,\"a\":2}", false},
	{"{\"a\":1} x", false},
	{"{\"a\":1", false},
	{"{\"a\":\"\\u0000\"}", true},
	{"{\"a\":\"\xff\"}", false},
	{"[1,]", false},
	{"", false},
	{"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", true},
	{"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", false},
	{"[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"]", true},
	{"{\"a\":99999999999999999999}", false},
};

static void
json_is_read_strictly(void **state)
{
	json_t *value;

	(void)state;
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		bool ok = json_parse_strict(str_from(documents[i].text), &value, NULL).code ==
			  ERR_OK;

		if (ok)
			json_decref(value);
		if (ok != documents[i].ok)
			fail_msg("%s", documents[i].text);
	}
	/* jansson passes over a NUL behind a number. */
	assert_int_equal(
		json_parse_strict((struct str){"12\0", 3}, &value, NULL).code, ERR_INVALID);
}

static void
fractions_are_no_amounts(void **state)
{
	json_t *value;
	int64_t number;

	(void)state;
	assert_int_equal(
		json_parse_strict(STR("{\"a\":1.0,\"b\":\"1\",\"c\":7}"), &value, NULL).code,
		ERR_OK);
	assert_int_equal(json_member_i64(value, "a", &number).code, ERR_INVALID);
	assert_int_equal(json_member_i64(value, "b", &number).code, ERR_INVALID);
	assert_int_equal(json_member_i64(value, "d", &number).code, ERR_INVALID);
	assert_int_equal(json_member_i64(value, "c", &number).code, ERR_OK);
	json_decref(value);
}

static void
csv_keeps_what_it_wrote(void **state)
{
	static const char *const texts[] = {
		"plain", "", "a,b", "say \"x\"", "two\nlines", "x\r\ny"};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str fields[CSV_FIELDS_MAX];
	struct buf out CLEANUP(buf_fini) = {0};
	struct csv csv;
	size_t count;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		csv_put(&out, str_from(texts[i]), i == 5);
	csv_init(&csv, buf_str(&out));
	assert_int_equal(csv_next(&csv, arena, fields, &count).code, ERR_OK);
	assert_int_equal(count, 6);
	for (size_t i = 0; i < 6; i++)
		assert_true(str_eq(fields[i], str_from(texts[i])));
	assert_int_equal(csv_next(&csv, arena, fields, &count).code, ERR_NOT_FOUND);
}

/* ---- queues -------------------------------------------------------------------------------------
 */

#define PUSHERS 4
#define PUSHES 20000

static void
never(void *arg)
{
	(void)arg;
}

static void *
push_many(void *queue)
{
	for (int i = 0; i < PUSHES;) {
		if (queue_push(queue, (struct task){never, NULL}).code == ERR_OK)
			i++;
	}
	return NULL;
}

static void
a_queue_keeps_all_and_refuses_when_full(void **state)
{
	struct queue *queue = queue_new(64);
	pthread_t threads[PUSHERS];
	struct task tasks[16];
	size_t got = 0;

	(void)state;
	for (int i = 0; i < PUSHERS; i++)
		pthread_create(&threads[i], NULL, push_many, queue);
	while (got < PUSHERS * PUSHES)
		got += queue_take(queue, tasks, 16);
	for (int i = 0; i < PUSHERS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 64; i++)
		assert_int_equal(queue_push(queue, (struct task){never, NULL}).code, ERR_OK);
	assert_int_equal(queue_push(queue, (struct task){never, NULL}).code, ERR_BUSY);
	queue_close(queue);
	assert_int_equal(queue_take(queue, tasks, 16), 16);
	assert_int_equal(queue_push(queue, (struct task){never, NULL}).code, ERR_BUSY);
	queue_free(queue);
}

static void
count_up(void *arg)
{
	(*(int *)arg)++;
}

static void
a_mailbox_runs_all_once(void **state)
{
	struct mailbox *mailbox = mailbox_new();
	int ran = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		mailbox_push(mailbox, (struct task){count_up, &ran});
	mailbox_run(mailbox);
	mailbox_run(mailbox);
	assert_int_equal(ran, 1000);
	mailbox_free(mailbox);
}

static void
a_flood_of_lines_is_bounded(void **state)
{
	struct log_limit limit = {0};
	int allowed = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		allowed += log_allows(&limit, "test", 20);
	/* The clock may turn to another second in between, not to many. */
	assert_true(allowed >= 20 && allowed <= 60);
}

/* What a spreadsheet would compute is written as text, and read back as it was. */
static void
csv_writes_no_formulas(void **state)
{
	static const struct {
		const char *text, *cell;
	} cases[] = {
		{"=1+1", "'=1+1,"},
		{"+84990000001", "'+84990000001,"},
		{"-5", "'-5,"},
		{"@SUM(A1)", "'@SUM(A1),"},
		{"\tx", "'\tx,"},
		{"\rx", "\"'\rx\","},
		{"＝1", "'＝1,"},
		{"＠a", "'＠a,"},
		{"=\"a\",b", "\"'=\"\"a\"\",b\","},
		{"'=1", "''=1,"},
		{"''-1", "'''-1,"},
		{"", ","},
		{"'", "',"},
		{"'a", "'a,"},
		{"'t Hooft", "'t Hooft,"},
		{"a=1", "a=1,"},
		{" =1", " =1,"},
		{"！", "！,"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct buf out CLEANUP(buf_fini) = {0};
		struct str fields[CSV_FIELDS_MAX];
		struct csv csv;
		size_t count;

		csv_put_text(&out, str_from(cases[i].text), false);
		if (!str_eq(buf_str(&out), str_from(cases[i].cell)))
			fail_msg("\"%s\" became %s", cases[i].text, out.ptr);
		csv_put_text(&out, str_from(cases[i].text), true);
		csv_init(&csv, buf_str(&out));
		assert_int_equal(csv_next(&csv, arena, fields, &count).code, ERR_OK);
		assert_int_equal(count, 2);
		assert_true(str_eq(csv_text(fields[0]), str_from(cases[i].text)));
		assert_true(str_eq(csv_text(fields[1]), str_from(cases[i].text)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_read_strictly),
		cmocka_unit_test(amounts_are_whole_dong),
		cmocka_unit_test(amounts_are_written_as_vietnam_writes),
		cmocka_unit_test(an_instant_belongs_to_a_market_day),
		cmocka_unit_test(every_day_of_four_centuries_comes_back),
		cmocka_unit_test(times_that_do_not_exist_are_refused),
		cmocka_unit_test(vietnamese_folds_to_ascii),
		cmocka_unit_test(what_a_person_types_finds),
		cmocka_unit_test(a_name_is_one_however_spelt),
		cmocka_unit_test(a_name_can_be_read),
		cmocka_unit_test(json_is_read_strictly),
		cmocka_unit_test(fractions_are_no_amounts),
		cmocka_unit_test(csv_keeps_what_it_wrote),
		cmocka_unit_test(csv_writes_no_formulas),
		cmocka_unit_test(a_queue_keeps_all_and_refuses_when_full),
		cmocka_unit_test(a_mailbox_runs_all_once),
		cmocka_unit_test(a_flood_of_lines_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
