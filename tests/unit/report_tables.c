/* The tables of a report, its CSV and its spoken text: figures in their cells, nothing made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../gateway/report/spoken.h"
#include "../support/random_report.h"
#include "../support/sample_report.h"
#include "chopay/csv.h"

#define RANDOM_REPORTS 200
#define COLUMNS 19
#define CSV_LINES_MAX 2000
/* What a reader says in a minute, in Vietnamese syllables. */
#define SPOKEN_MIN 120
#define SPOKEN_MAX 200

static struct table
made(struct arena *arena, const struct report *report, enum report_table which)
{
	struct table table;

	report_table(arena, report, which, VIETNAMESE, &table);
	return table;
}

static void
says(const struct table *table, size_t row, size_t column, const char *want)
{
	struct buf out CLEANUP(buf_fini) = {0};

	assert_true(row < table->rows && column < table->columns);
	buf_adds(&out, "");
	table_cell_text(&out, VIETNAMESE, &table->cells[row * table->columns + column]);
	assert_string_equal(out.ptr, want);
}

/* The column with this head. */
static size_t
column_of(const struct table *table, const char *head)
{
	for (size_t i = 0; i < table->columns; i++)
		if (str_eq(table->heads[i], str_from(head)))
			return i;
	fail_msg("no column %s", head);
	return 0;
}

/* ---- the worked example ---------------------------------------------------------------------- */

static void
units(void **state)
{
	static const char *const total[] = {"", "23059", "Toàn bộ: xã Hàm Thuận", "96", "99",
		"96,97%", "3", "4", "75,00%", "45", "99", "45,45%", "2", "3", "66,67%", "73,48",
		"Khá", "919", "69.505.000"};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct table table = made(arena, sample_report(arena, AUDIENCE_BOARD, true), TABLE_UNITS);

	(void)state;
	assert_int_equal(table.rows, 6);
	assert_int_equal(table.totals, 1);
	assert_int_equal(table.columns, sizeof(total) / sizeof(total[0]));
	for (size_t i = 0; i < table.columns; i++)
		says(&table, 5, i, total[i]);
	table = made(arena, sample_report(arena, AUDIENCE_OFFICIAL, true), TABLE_UNITS);
	says(&table, 5, column_of(&table, "Giá trị (đồng)"), "không công bố");
	says(&table, 4, column_of(&table, "Giá trị (đồng)"), "không công bố");
	says(&table, 0, column_of(&table, "Giá trị (đồng)"), "695.050.000");
}

static void
ranking(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct table table = made(arena, sample_report(arena, AUDIENCE_BOARD, true), TABLE_RANKING);

	(void)state;
	assert_int_equal(table.rows, 5);
	assert_int_equal(table.totals, 0);
	says(&table, 0, column_of(&table, "Hạng"), "2");
	says(&table, 0, column_of(&table, "Hạng kỳ trước"), "3");
	says(&table, 0, column_of(&table, "Thay đổi hạng"), "tăng 1 bậc");
	says(&table, 0, column_of(&table, "N (tối đa 35)"), "19,89");
	says(&table, 4, column_of(&table, "Hạng"), "—");
	says(&table, 4, column_of(&table, "Ghi chú"), "dưới 20 lượt điểm kinh doanh đủ điều kiện");
}

static void
targets(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_BOARD, true);
	struct table table = made(arena, report, TABLE_TARGETS);

	(void)state;
	assert_int_equal(table.rows, 3);
	says(&table, 0, column_of(&table, "Kế hoạch"), "70,00");
	says(&table, 0, column_of(&table, "Thực hiện"), "73,48");
	says(&table, 0, column_of(&table, "% kế hoạch"), "104,97%");
	says(&table, 0, column_of(&table, "Tăng/giảm so cùng kỳ"), "tăng 12,28 điểm");
	says(&table, 0, column_of(&table, "Đánh giá"), "Đạt");
	says(&table, 1, column_of(&table, "Thực hiện"), "75,00%");
	says(&table, 1, column_of(&table, "Tăng/giảm so cùng kỳ"), "tăng 15,00 điểm phần trăm");
	says(&table, 1, column_of(&table, "Đánh giá"), "Chưa đạt");
	says(&table, 2, column_of(&table, "Thực hiện"), "—");
	says(&table, 2, column_of(&table, "Đánh giá"), "—");

	/* A year's payments are not missed by one of its months; by the year they are. */
	report->targets[1].indicator = STR("V1");
	report->targets[1].value = 8000;
	report->targets[1].actual = 919;
	table = made(arena, report, TABLE_TARGETS);
	says(&table, 1, column_of(&table, "% kế hoạch"), "11,49%");
	says(&table, 1, column_of(&table, "Đánh giá"), "Chỉ tiêu cả năm");
	report->targets[1].actual = 8000;
	report->targets[1].met = true;
	table = made(arena, report, TABLE_TARGETS);
	says(&table, 1, column_of(&table, "Đánh giá"), "Đạt");
	report->targets[1].met = false;
	report->period.from_day = month_first_day(2026 * 12, CALENDAR_SOLAR);
	report->period.to_day = month_last_day(2026 * 12 + 11, CALENDAR_SOLAR);
	table = made(arena, report, TABLE_TARGETS);
	says(&table, 1, column_of(&table, "Đánh giá"), "Chưa đạt");

	/* What is made of withheld money is not told, whoever left it in. */
	report->targets[0].indicator = STR("V2");
	report->targets[0].actual = 69505000;
	report->figures.withheld = true;
	table = made(arena, report, TABLE_TARGETS);
	says(&table, 0, column_of(&table, "Thực hiện"), "—");
	says(&table, 0, column_of(&table, "% kế hoạch"), "—");
	says(&table, 0, column_of(&table, "Cùng kỳ năm trước"), "—");
	says(&table, 0, column_of(&table, "Đánh giá"), "—");
}

static size_t
row_of(const struct table *table, const char *head)
{
	for (size_t i = 0; i < table->rows; i++)
		if (str_starts(table->cells[i * table->columns + 1].text, str_from(head)))
			return i;
	fail_msg("no row %s", head);
	return 0;
}

static void
quality(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_BOARD, true);
	struct table table = made(arena, report, TABLE_QUALITY);
	size_t count = column_of(&table, "Số lượng"), money = column_of(&table, "Số tiền (đồng)");
	size_t rate = column_of(&table, "Tỷ lệ"), note = column_of(&table, "Ghi chú");

	(void)state;
	says(&table, row_of(&table, "Giá trị bình quân"), money, "75.631");
	says(&table, row_of(&table, "Số giao dịch bình quân"), count, "9,28");
	says(&table, row_of(&table, "Tỷ trọng doanh thu"), rate, "53,74%");
	says(&table, row_of(&table, "Giao dịch loại theo R1"), count, "12");
	says(&table, row_of(&table, "Giao dịch loại theo R1"), money, "2.400.000");
	says(&table, row_of(&table, "Giao dịch đã hoàn"), money, "450.000");
	says(&table, row_of(&table, "Ngày bán hàng bị trừ"), count, "3");

	/* T says nothing when fewer than half declared. */
	report->figures.declared = (struct share){1, 4};
	table = made(arena, report, TABLE_QUALITY);
	says(&table, row_of(&table, "Tỷ trọng doanh thu"), rate, "—");
	says(&table, row_of(&table, "Tỷ trọng doanh thu"), note, "chưa đủ số liệu (K = 25,00%)");
	report->figures.removed_withheld[RULE_SELF] = true;
	table = made(arena, report, TABLE_QUALITY);
	says(&table, row_of(&table, "Giao dịch loại theo R1"), money, "không công bố");
	says(&table, row_of(&table, "Giao dịch loại theo R2"), money, "0");
	table = made(arena, sample_report(arena, AUDIENCE_OFFICIAL, true), TABLE_QUALITY);
	says(&table, row_of(&table, "Chênh lệch so với"), money, "không công bố");
}

static void
work_is_in_the_order_of_a_walk(void **state)
{
	static const char *const codes[] = {"A10", "A2", "B1", "A02", "A2B", "A"};
	static const char *const want[] = {"A", "A02", "A2", "A2B", "A10", "B1"};
	struct work_item work[6];
	struct report report = {.work = work, .work_count = 6};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct table table;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		work[i] = (struct work_item){.market_code = STR("M"),
			.stall_code = str_from(codes[i]),
			.reason = i == 1 ? WORK_FLAGGED : WORK_NO_CODE};
	table = made(arena, &report, TABLE_WORK);
	for (size_t i = 0; i < 6; i++)
		says(&table, i, 2, want[i]);
	work[5].market_code = STR("N");
	table = made(arena, &report, TABLE_WORK);
	says(&table, 5, 2, "A");
}

/* ---- any report ------------------------------------------------------------------------------ */

static void
every_table_is_whole(void **state)
{
	struct report empty = {.scope = SCOPE_UNIT};

	(void)state;
	for (uint64_t seed = 0; seed <= RANDOM_REPORTS; seed++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct report *report = seed > 0 ? random_report(arena, seed) : &empty;

		for (int which = 0; which < REPORT_TABLES; which++) {
			struct table vi, en;

			report_table(arena, report, (enum report_table)which, VIETNAMESE, &vi);
			report_table(arena, report, (enum report_table)which, ENGLISH, &en);
			assert_int_equal(vi.rows, en.rows);
			assert_int_equal(vi.columns, en.columns);
			for (size_t i = 0; i < vi.rows * vi.columns; i++) {
				assert_int_equal(vi.cells[i].type, en.cells[i].type);
				assert_int_equal(vi.cells[i].value, en.cells[i].value);
			}
		}
	}
}

/* ---- CSV ------------------------------------------------------------------------------------- */

struct lines {
	size_t count;
	struct str fields[CSV_LINES_MAX][COLUMNS];
};

static struct lines *
read_csv(struct arena *arena, const struct report *report)
{
	struct buf out CLEANUP(buf_fini) = {0};
	struct str fields[CSV_FIELDS_MAX];
	struct lines *lines = arena_alloc(arena, sizeof(*lines));
	struct csv csv;
	size_t count;

	assert_int_equal(report_csv(report, VIETNAMESE, &out).code, ERR_OK);
	assert_memory_equal(out.ptr, "\xEF\xBB\xBF", 3);
	csv_init(&csv, arena_copy(arena, buf_str(&out)));
	while (csv_next(&csv, arena, fields, &count).code == ERR_OK) {
		assert_int_equal(count, COLUMNS);
		assert_true(lines->count < CSV_LINES_MAX);
		memcpy(lines->fields[lines->count++], fields, sizeof(lines->fields[0]));
	}
	assert_null(csv.fault);
	return lines;
}

/* The field of the line with this section, code and indicator. */
static struct str
found(const struct lines *lines, const char *section, const char *code, const char *indicator,
	size_t field)
{
	for (size_t i = 0; i < lines->count; i++)
		if (str_eq(lines->fields[i][0], str_from(section)) &&
			str_eq(lines->fields[i][1], str_from(code)) &&
			str_eq(lines->fields[i][4], str_from(indicator)))
			return lines->fields[i][field];
	fail_msg("no line %s %s %s", section, code, indicator);
	return STR("");
}

static void
csv_says_what_the_report_does(void **state)
{
	static const struct {
		const char *section, *code, *indicator, *num, *den, *value;
	} cases[] = {
		{"total", "23059", "P", "96", "99", "9697"},
		{"total", "23059", "N_points", "", "", "1989"},
		{"total", "23059", "CAI", "", "", "7348"},
		{"total", "23059", "V1", "", "", "919"},
		{"total", "23059", "V2", "", "", "69505000"},
		{"total", "23059", "V3", "69505000", "919", "75631"},
		{"total", "23059", "T", "68245000", "127000000", "5374"},
		{"total", "23059", "removed_R1_value", "", "", "2400000"},
		{"total", "23059", "rank", "2", "4", "2"},
		{"year_before", "23059", "V1", "", "", "700"},
		{"market", "HAMDUC", "CAI", "", "", "8349"},
		{"month", "2026-06", "CAI", "", "", "7348"},
		{"month", "2026-01", "CAI", "", "", ""},
		{"target", "23059", "H", "7500", "8000", "9375"},
		{"payouts", "23059", "recipients", "310", "420", "7381"},
	};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct lines *lines = read_csv(arena, sample_report(arena, AUDIENCE_BOARD, true));

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *want[] = {cases[i].num, cases[i].den, cases[i].value};

		for (size_t field = 0; field < 3; field++)
			assert_true(str_eq(found(lines, cases[i].section, cases[i].code,
						   cases[i].indicator, 5 + field),
				str_from(want[field])));
	}
	assert_true(str_eq(lines->fields[1][10], STR("CAI-1")));
	assert_true(str_eq(lines->fields[1][16], STR("987654321")));
	assert_true(str_starts(lines->fields[lines->count - 1][18], STR("9f86d081")));

	/* Withheld: no amount, and the word for it. */
	lines = read_csv(arena, sample_report(arena, AUDIENCE_OFFICIAL, false));
	assert_int_equal(found(lines, "total", "23059", "V2", 7).len, 0);
	assert_true(str_eq(found(lines, "total", "23059", "V2", 9), STR("không công bố")));
	assert_int_equal(found(lines, "total", "23059", "V3", 5).len, 0);
	assert_int_equal(found(lines, "total", "23059", "T", 5).len, 0);
	assert_int_equal(lines->fields[1][16].len, 0);
}

static void
csv_computes_nothing(void **state)
{
	static const struct {
		const char *name, *read;
	} names[] = {
		{"=cmd|'/C calc'!A0", "=cmd|'/C calc'!A0"},
		{"+1", "+1"},
		{"-1", "-1"},
		{"@SUM(A1)", "@SUM(A1)"},
		{"\t=1", " =1"},
		{"\xE2\x80\xAE=1", "=1"}, /* hidden behind a mark of direction */
		{"a\"b,c\nd", "a\"b,c d"},
		{"\xF0\x9F\x8D\x9C Phở", "\xF0\x9F\x8D\x9C Phở"},
		{"'=x", "'=x"},
		{"Chợ 'Cũ'", "Chợ 'Cũ'"},
		{"\xFF", "\xEF\xBF\xBD"},
	};
	struct work_item work[sizeof(names) / sizeof(names[0])];
	struct report report = {.work = work, .work_count = sizeof(names) / sizeof(names[0])};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct lines *lines;
	size_t row;

	(void)state;
	for (size_t i = 0; i < report.work_count; i++)
		work[i] = (struct work_item){.stall_name = str_from(names[i].name)};
	lines = read_csv(arena, &report);
	row = lines->count - report.work_count;
	for (size_t i = 0; i < report.work_count; i++) {
		struct str name = lines->fields[row + i][2];

		assert_true(strchr("=+-@\t\r", name.ptr[0]) == NULL);
		assert_true(str_eq(csv_text(name), str_from(names[i].read)));
	}
}

/* ---- spoken ---------------------------------------------------------------------------------- */

static void
numbers_in_words(void **state)
{
	static const struct {
		int64_t number;
		const char *said;
	} cases[] = {
		{0, "không"},
		{4, "bốn"},
		{10, "mười"},
		{11, "mười một"},
		{14, "mười bốn"},
		{15, "mười lăm"},
		{20, "hai mươi"},
		{21, "hai mươi mốt"},
		{24, "hai mươi tư"},
		{25, "hai mươi lăm"},
		{100, "một trăm"},
		{105, "một trăm linh năm"},
		{110, "một trăm mười"},
		{919, "chín trăm mười chín"},
		{1000, "một nghìn"},
		{1005, "một nghìn không trăm linh năm"},
		{2010, "hai nghìn không trăm mười"},
		{1000001, "một triệu không trăm linh một"},
		{69505000, "sáu mươi chín triệu năm trăm linh năm nghìn"},
		{1000000000, "một tỷ"},
		{2000000015, "hai tỷ không trăm mười lăm"},
		{INT64_C(1500000000000), "một nghìn năm trăm tỷ"},
	};
	struct buf out CLEANUP(buf_fini) = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&out);
		speak_count(&out, VIETNAMESE, cases[i].number);
		assert_string_equal(out.ptr, cases[i].said);
	}
}

static void
parts_and_money_in_words(void **state)
{
	struct buf out CLEANUP(buf_fini) = {0};

	(void)state;
	speak_hundredths(&out, VIETNAMESE, 7348);
	buf_addc(&out, '|');
	speak_hundredths(&out, VIETNAMESE, 7500);
	buf_addc(&out, '|');
	speak_hundredths(&out, VIETNAMESE, 7305);
	buf_addc(&out, '|');
	speak_hundredths(&out, VIETNAMESE, 7350);
	assert_string_equal(out.ptr, "bảy mươi ba phẩy bốn mươi tám|bảy mươi lăm|bảy mươi ba phẩy "
				     "không năm|bảy mươi ba phẩy năm");
	buf_clear(&out);
	speak_money(&out, VIETNAMESE, (struct vnd){69505000});
	buf_addc(&out, '|');
	speak_money(&out, VIETNAMESE, (struct vnd){2100000000});
	buf_addc(&out, '|');
	speak_money(&out, VIETNAMESE, (struct vnd){450000});
	assert_string_equal(out.ptr, "khoảng sáu mươi chín phẩy năm mươi mốt triệu đồng|khoảng hai "
				     "phẩy một tỷ đồng|bốn trăm năm mươi nghìn đồng");
	buf_clear(&out);
	speak_rank(&out, VIETNAMESE, 1);
	buf_addc(&out, '|');
	speak_rank(&out, VIETNAMESE, 4);
	buf_addc(&out, '|');
	speak_rank(&out, VIETNAMESE, 12);
	assert_string_equal(out.ptr, "nhất|tư|mười hai");
}

/* What is read aloud: between the heading and the line. */
static struct str
spoken_of(struct arena *arena, const struct report *report)
{
	struct buf out CLEANUP(buf_fini) = {0};
	struct str text, head;

	assert_int_equal(report_txt(report, VIETNAMESE, &out).code, ERR_OK);
	assert_true(str_is_utf8(buf_str(&out)));
	text = arena_copy(arena, buf_str(&out));
	assert_true(str_find(text, STR("\n---\n")) > 0);
	text = str_cut(text, 0, (size_t)str_find(text, STR("\n---\n")));
	assert_true(str_split(&text, '\n', &head));
	return text;
}

static void
nothing_open_is_said(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report empty = *sample_report(arena, AUDIENCE_OFFICIAL, false);

	(void)state;
	empty.figures = (struct report_figures){.status = STATUS_PROVISIONAL};
	empty.rows = NULL;
	empty.row_count = empty.work_count = 0;
	assert_true(
		str_find(spoken_of(arena, &empty), STR("không có điểm kinh doanh nào mở bán")) > 0);
}

static void
a_minute_of_words(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_BOARD, true);
	struct str text = spoken_of(arena, report);
	int words = 0;

	(void)state;
	for (size_t i = 1; i < text.len; i++)
		words += text.ptr[i - 1] != ' ' && text.ptr[i - 1] != '\n' &&
			 (text.ptr[i] == ' ' || text.ptr[i] == '\n');
	assert_in_range(words, SPOKEN_MIN, SPOKEN_MAX);
	assert_true(str_find(text, STR("bảy mươi ba phẩy bốn mươi tám điểm, xếp loại Khá")) > 0);
	assert_true(str_find(text, STR("khoảng sáu mươi chín phẩy năm mươi mốt triệu đồng")) > 0);
	assert_true(str_find(text, STR("đứng thứ hai trong bốn đơn vị")) > 0);
	report->scope = SCOPE_MARKET;
	text = spoken_of(arena, report);
	assert_true(str_find(text, STR("đứng thứ hai trong bốn chợ")) > 0);
	text = spoken_of(arena, sample_report(arena, AUDIENCE_OFFICIAL, true));
	assert_int_equal(str_find(text, STR("triệu đồng")), -1);
}

/* Only the period has digits, which everybody reads alike. */
static void
no_digits_to_stumble_on(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= RANDOM_REPORTS; seed++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct report *report = random_report(arena, seed);
		struct str text = spoken_of(arena, report);
		ptrdiff_t period = str_find(text, STR("tháng 6 năm 2026"));

		assert_true(period > 0);
		for (size_t i = (size_t)period + STR("tháng 6 năm 2026").len; i < text.len; i++)
			assert_false(text.ptr[i] >= '0' && text.ptr[i] <= '9');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units),
		cmocka_unit_test(ranking),
		cmocka_unit_test(targets),
		cmocka_unit_test(quality),
		cmocka_unit_test(work_is_in_the_order_of_a_walk),
		cmocka_unit_test(every_table_is_whole),
		cmocka_unit_test(csv_says_what_the_report_does),
		cmocka_unit_test(csv_computes_nothing),
		cmocka_unit_test(numbers_in_words),
		cmocka_unit_test(parts_and_money_in_words),
		cmocka_unit_test(nothing_open_is_said),
		cmocka_unit_test(a_minute_of_words),
		cmocka_unit_test(no_digits_to_stumble_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
