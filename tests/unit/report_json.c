/* A report as JSON: written and read back it is the same to the byte; what was changed by hand is
 * refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../support/sample_report.h"

struct fixture {
	struct arena *arena;
	struct buf json;
};

static int
begin(void **state)
{
	struct fixture *fixture = mem_alloc_zero(1, sizeof(*fixture));

	fixture->arena = arena_new();
	report_write_json(sample_report(fixture->arena, AUDIENCE_BOARD, true), &fixture->json);
	*state = fixture;
	return 0;
}

static int
end(void **state)
{
	struct fixture *fixture = *state;

	buf_fini(&fixture->json);
	arena_free(fixture->arena);
	free(fixture);
	return 0;
}

static void
it_comes_back_to_the_byte(void **state)
{
	struct fixture *fixture = *state;

	for (int i = 0; i < 4; i++) {
		struct buf once CLEANUP(buf_fini) = {0};
		struct buf twice CLEANUP(buf_fini) = {0};
		struct report *read = NULL;

		report_write_json(sample_report(fixture->arena,
					  i % 2 == 0 ? AUDIENCE_OFFICIAL : AUDIENCE_BOARD, i >= 2),
			&once);
		assert_int_equal(
			report_read_json(fixture->arena, buf_str(&once), &read).code, ERR_OK);
		report_write_json(read, &twice);
		assert_string_equal(once.ptr, twice.ptr);
		assert_int_equal(read->figures.cai.cai_x100, 7348);
		assert_int_equal(read->figures.dropped, 1);
		assert_int_equal(read->period.from_day, 20605);
		assert_int_equal(read->year_before.figures.cai.cai_x100, 6120);
		assert_int_equal(read->row_count, 5);
		assert_int_equal(read->rows[1].rank, 1);
		assert_int_equal(read->work[4].reason, WORK_INACTIVE);
		assert_int_equal(read->snapshot_id, i >= 2 ? 987654321 : 0);
	}
}

/* As they are: larger than the whole numbers that many a reader of JSON can hold. */
static void
ids_are_texts(void **state)
{
	struct fixture *fixture = *state;
	struct buf json CLEANUP(buf_fini) = {0};
	struct report *report = sample_report(fixture->arena, AUDIENCE_BOARD, true), *read = NULL;

	report->snapshot_id = INT64_C(9007199254740993);
	report->position = INT64_MAX;
	report_write_json(report, &json);
	assert_true(str_find(buf_str(&json), STR("\"id\":\"9007199254740993\"")) > 0);
	assert_true(str_find(buf_str(&json), STR("\"position\":\"9223372036854775807\"")) > 0);
	assert_int_equal(report_read_json(fixture->arena, buf_str(&json), &read).code, ERR_OK);
	assert_true(read->snapshot_id == report->snapshot_id);
	assert_true(read->position == report->position);
}

static void
withheld_money_is_null(void **state)
{
	struct fixture *fixture = *state;
	struct buf json CLEANUP(buf_fini) = {0};

	report_write_json(sample_report(fixture->arena, AUDIENCE_OFFICIAL, false), &json);
	assert_true(str_find(buf_str(&json), STR("\"withheld\":true,\"value\":null,\"mean\":null,"
						 "\"median\":null")) > 0);
	assert_int_equal(str_find(buf_str(&json), STR("69505000,")), -1);
}

/* The sample's text with one place changed. */
static struct str
changed(struct fixture *fixture, const char *from, const char *to)
{
	struct str json = buf_str(&fixture->json);
	ptrdiff_t at = str_find(json, str_from(from));

	if (at < 0)
		fail_msg("%s is not there", from);
	return arena_printf(fixture->arena, "%.*s%s%.*s", (int)at, json.ptr, to,
		(int)(json.len - (size_t)at - strlen(from)), json.ptr + at + strlen(from));
}

/* Of a later version, or of one that had no facts of the work list yet. */
static void
what_is_not_ours_is_passed_over(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{"\"format\":", "\"extra\":1,\"format\":"},
		{"\"open_days\":99", "\"open_nights\":[{\"a\":null}],\"open_days\":99"},
		{",\"facts\":null", ""},
		{"\"facts\":{\"open_days\":24,", "\"facts\":{\"open_days\":24,\"more\":\"x\","},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct report *read = NULL;
		struct buf again CLEANUP(buf_fini) = {0};
		struct str json = changed(fixture, rows[i].from, rows[i].to);

		if (report_read_json(fixture->arena, json, &read).code != ERR_OK)
			fail_msg("refused: %s", rows[i].to);
		report_write_json(read, &again);
		assert_string_equal(again.ptr, fixture->json.ptr);
	}
}

static void
what_was_changed_is_refused(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{"\"format\":\"chopay-report-1\"", "\"format\":\"chopay-report-9\""},
		{"\"cai_x100\":7348", "\"cai_x100\":9348"},
		{"\"cai_x100\":7348", "\"cai_x101\":7348"},
		{"\"active_days\":3,\"payers\":2", "\"active_days\":3"},
		{"\"hours\":448", "\"hours\":16777216"},
		{"\"rate_bp\":9697", "\"rate_bp\":9698"},
		{"\"class\":\"Khá\"", "\"class\":\"Tốt\""},
		{"\"active_days\":45", "\"active_days\":46"},
		{"\"active_days\":45", "\"active_days\":145"},
		{"\"kept\":2", "\"kept\":4"},
		{"\"open_days\":99", "\"open_days\":-99"},
		{"\"open_days\":99", "\"open_days\":99.0"},
		{"\"open_days\":99", "\"open_days\":\"99\""},
		{"\"open_days\":99", "\"open_days\":90000000000000"},
		{"\"payments\":919", "\"payments\":920"},
		{"\"value\":69505000", "\"value\":null"},
		{"\"value\":69505000", "\"value\":-69505000"},
		{"\"value\":69505000", "\"value\":9000000000000000000"},
		{"\"num\":68245000", "\"num\":168245000"},
		{"\"median\":45000", "\"median\":\"45000\""},
		{"\"period\":\"2026-06\"", "\"period\":\"2026-07\""},
		{"\"period\":\"2026-06\"", "\"period\":\"2026-13\""},
		{"\"from\":\"2026-06-01\"", "\"from\":\"2026-06-02\""},
		{"\"calendar\":\"duong_lich\"", "\"calendar\":\"am_lich\""},
		{"\"scope\":\"unit\"", "\"scope\":\"planet\""},
		{"\"name\":\"Xã Hàm Thuận\"", "\"name\":null"},
		{"\"name\":\"Xã Hàm Thuận\"", "\"name\":\"Xã\\u0000\""},
		{"\"name\":\"Xã Hàm Thuận\"", "\"name\":\"Xã\\u001b\""},
		{"\"hours\":[0,", "\"hours\":["},
		{"\"hours\":[0,", "\"hours\":[-1,"},
		{"\"months\":[{", "\"months\":[{},{"},
		{"\"rows\":[{", "\"rows\":[[],{"},
		{"\"reason\":\"dropped\"", "\"reason\":\"tired\""},
		{"\"group\":0", "\"group\":7"},
		{"\"id\":\"987654321\"", "\"id\":987654321"},
		{"\"id\":\"987654321\"", "\"id\":\"0987654321\""},
		{"\"id\":\"987654321\"", "\"id\":\"-1\""},
		{"\"id\":\"987654321\"", "\"id\":\"9223372036854775808\""},
		{"\"position\":\"123456789012\"", "\"position\":123456789012"},
		{"{\"format\"", "[{\"format\""},
	};
	struct fixture *fixture = *state;
	struct report *read = NULL;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str json = changed(fixture, rows[i].from, rows[i].to);

		if (report_read_json(fixture->arena, json, &read).code != ERR_INVALID)
			fail_msg("taken: %s", rows[i].to);
	}
	assert_null(read);
}

static void
a_cut_one_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct report *read = NULL;

	for (size_t len = 0; len < fixture->json.len; len += 97) {
		struct str json = {fixture->json.ptr, len};

		assert_int_equal(report_read_json(fixture->arena, json, &read).code, ERR_INVALID);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_comes_back_to_the_byte, begin, end),
		cmocka_unit_test_setup_teardown(ids_are_texts, begin, end),
		cmocka_unit_test_setup_teardown(withheld_money_is_null, begin, end),
		cmocka_unit_test_setup_teardown(what_is_not_ours_is_passed_over, begin, end),
		cmocka_unit_test_setup_teardown(what_was_changed_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(a_cut_one_is_refused, begin, end),
	};

	return cmocka_run_group_tests_name("report_json", tests, NULL, NULL);
}
