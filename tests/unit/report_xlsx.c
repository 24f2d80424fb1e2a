/* The spreadsheet of a report, read back: its totals, its types, its pages, its bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <zip.h>

#include "../support/hard_report.h"
#include "../support/random_report.h"
#include "../support/sample_report.h"
#include "chopay/csv.h"

#define RANDOM_REPORTS 25
#define SHEETS 8
#define NAME_SIZE 64
#define ZIP_EPOCH 315532800 /* 1980-01-01 00:00, in the time zone of the machine */

struct book {
	struct arena *arena;
	struct str bytes, strings, workbook, core, sheets[SHEETS];
	size_t sheet_count;
};

/* ---- reading back ---------------------------------------------------------------------------- */

static struct str
entry(zip_t *zip, struct arena *arena, const char *name)
{
	zip_stat_t stat;
	zip_file_t *file = zip_fopen(zip, name, 0);
	char *bytes;

	if (file == NULL)
		return (struct str){NULL, 0};
	assert_int_equal(zip_stat(zip, name, 0, &stat), 0);
	assert_in_range(stat.mtime, ZIP_EPOCH - 86400, ZIP_EPOCH + 86400);
	bytes = arena_alloc(arena, (size_t)stat.size + 1);
	assert_int_equal(zip_fread(file, bytes, stat.size), stat.size);
	zip_fclose(file);
	return (struct str){bytes, (size_t)stat.size};
}

static struct book
read_book(struct arena *arena, struct str bytes)
{
	struct book book = {.arena = arena};
	zip_source_t *source;
	zip_t *zip;

	book.bytes = arena_copy(arena, bytes);
	source = zip_source_buffer_create(book.bytes.ptr, book.bytes.len, 0, NULL);
	zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, NULL);
	assert_non_null(zip);
	book.strings = entry(zip, arena, "xl/sharedStrings.xml");
	book.workbook = entry(zip, arena, "xl/workbook.xml");
	book.core = entry(zip, arena, "docProps/core.xml");
	for (size_t i = 0; i < SHEETS; i++) {
		char name[NAME_SIZE];

		snprintf(name, sizeof(name), "xl/worksheets/sheet%zu.xml", i + 1);
		book.sheets[i] = entry(zip, arena, name);
		book.sheet_count += book.sheets[i].ptr != NULL;
	}
	zip_discard(zip);
	return book;
}

static struct book
book_of(struct arena *arena, const struct report *report, enum language language)
{
	struct buf out CLEANUP(buf_fini) = {0};

	assert_int_equal(report_xlsx(report, language, &out).code, ERR_OK);
	return read_book(arena, buf_str(&out));
}

static bool
holds(struct str text, const char *part)
{
	return str_find(text, str_from(part)) >= 0;
}

/* What stands between `from` and the next `to`; empty: nowhere. */
static struct str
between(struct str text, struct str from, struct str to)
{
	ptrdiff_t at = str_find(text, from), end;

	if (at < 0)
		return STR("");
	text = str_cut(text, (size_t)at + from.len, text.len);
	end = str_find(text, to);
	return end < 0 ? STR("") : str_cut(text, 0, (size_t)end);
}

/* The text of shared string number `index`. */
static struct str
shared(const struct book *book, int64_t index)
{
	struct str rest = book->strings, item = STR("");

	for (int64_t i = 0; i <= index; i++) {
		ptrdiff_t at = str_find(rest, STR("<si>"));

		assert_true(at >= 0);
		rest = str_cut(rest, (size_t)at + 4, rest.len);
		item = between(rest, STR(">"), STR("</t>"));
	}
	return item;
}

/* A cell of a sheet: its number, or its text. */
static struct str
cell(const struct book *book, size_t sheet, const char *where)
{
	struct str head = arena_printf(book->arena, "<c r=\"%s\"", where);
	struct str inside = between(book->sheets[sheet], head, STR("</c>"));
	struct str value = between(inside, STR("<v>"), STR("</v>"));
	int64_t index;

	if (!holds(inside, "t=\"s\""))
		return value;
	assert_int_equal(str_to_i64(value, &index).code, ERR_OK);
	return shared(book, index);
}

static void
is(const struct book *book, size_t sheet, const char *where, const char *want)
{
	struct buf got CLEANUP(buf_fini) = {0};

	buf_add(&got, cell(book, sheet, where));
	buf_adds(&got, "");
	assert_string_equal(got.ptr, want);
}

enum { SUMMARY, UNITS, TARGETS, RANKING, QUALITY };

/* ---- the worked example ---------------------------------------------------------------------- */

static void
figures_are_numbers(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct book book = book_of(arena, sample_report(arena, AUDIENCE_BOARD, true), VIETNAMESE);

	(void)state;
	assert_int_equal(book.sheet_count, 7);
	is(&book, SUMMARY, "B4", "xã Hàm Thuận");
	is(&book, UNITS, "A1", "Biểu số 01. Kết quả theo đơn vị");
	is(&book, UNITS, "C4", "Đơn vị");
	is(&book, UNITS, "C10", "Toàn bộ: xã Hàm Thuận");
	is(&book, UNITS, "D10", "96");
	is(&book, UNITS, "F10", "0.9697");
	is(&book, UNITS, "P10", "73.48");
	is(&book, UNITS, "R10", "919");
	is(&book, UNITS, "S10", "69505000");
	is(&book, TARGETS, "F5", "73.48");
	is(&book, RANKING, "A5", "2");
	is(&book, RANKING, "A9", "—");
	is(&book, QUALITY, "F8", "75631");
	book = book_of(arena, sample_report(arena, AUDIENCE_OFFICIAL, true), VIETNAMESE);
	is(&book, UNITS, "S10", "không công bố");
	is(&book, UNITS, "S5", "695050000");
	assert_false(holds(book.strings, "69.505.000"));
	book = book_of(arena, sample_report(arena, AUDIENCE_BOARD, true), ENGLISH);
	is(&book, UNITS, "C10", "All of Hàm Thuận commune");
	is(&book, UNITS, "S10", "69505000");
}

/* The same totals as the report's and its CSV's. */
static struct str
csv_value(struct arena *arena, const struct report *report, const char *indicator)
{
	struct buf out CLEANUP(buf_fini) = {0};
	struct str fields[CSV_FIELDS_MAX];
	struct csv csv;
	size_t count;

	assert_int_equal(report_csv(report, VIETNAMESE, &out).code, ERR_OK);
	csv_init(&csv, arena_copy(arena, buf_str(&out)));
	while (csv_next(&csv, arena, fields, &count).code == ERR_OK)
		if (str_eq(fields[0], STR("total")) && str_eq(fields[4], str_from(indicator)))
			return fields[7];
	fail_msg("no total of %s", indicator);
	return STR("");
}

static void
totals_are_the_same_in_each_form(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= RANDOM_REPORTS; seed++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct report *report = random_report(arena, seed);
		struct book book = book_of(arena, report, VIETNAMESE);
		size_t row = 5 + report->row_count; /* of the totals */
		const char *count = arena_printf(arena, "R%zu", row).ptr;
		const char *value = arena_printf(arena, "S%zu", row).ptr;
		const char *days = arena_printf(arena, "E%zu", row).ptr;
		struct str dong = arena_printf(
			arena, "%lld", (long long)report->figures.value.dong);

		assert_true(str_eq(cell(&book, UNITS, count), csv_value(arena, report, "V1")));
		assert_true(str_eq(cell(&book, UNITS, days),
			arena_printf(arena, "%lld", (long long)report->figures.sums.open_days)));
		if (report->figures.withheld) {
			is(&book, UNITS, value, "không công bố");
			assert_int_equal(csv_value(arena, report, "V2").len, 0);
			continue;
		}
		assert_int_equal(strtoll(cell(&book, UNITS, value).ptr, NULL, 10),
			report->figures.value.dong);
		assert_true(str_eq(csv_value(arena, report, "V2"), dong));
	}
}

/* What each sheet sums to is what it says in its last row. */
static void
rows_sum_to_the_total(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = random_report(arena, 3);
	int64_t days = 0, payments = 0, cells = 0;
	struct book book;

	(void)state;
	report->row_count = 3;
	report->figures = (struct report_figures){0};
	for (size_t i = 0; i < 3; i++) {
		struct report_row *row = &report->rows[i];

		row->name = STR("Chợ Ma Lâm");
		row->figures.sums.open_days = (int64_t)(1000 * i + 7);
		row->figures.sums.cells = (int64_t)(10 * i + 3);
		row->figures.payments = (int64_t)(50 * i + 11);
		cai_compute(&row->figures.sums, &row->figures.cai);
		report->figures.sums.open_days += row->figures.sums.open_days;
		report->figures.sums.cells += row->figures.sums.cells;
		report->figures.payments += row->figures.payments;
	}
	cai_compute(&report->figures.sums, &report->figures.cai);
	book = book_of(arena, report, VIETNAMESE);
	for (size_t row = 5; row < 8; row++) {
		days += strtoll(
			cell(&book, UNITS, arena_printf(arena, "E%zu", row).ptr).ptr, NULL, 10);
		cells += strtoll(
			cell(&book, UNITS, arena_printf(arena, "H%zu", row).ptr).ptr, NULL, 10);
		payments += strtoll(
			cell(&book, UNITS, arena_printf(arena, "R%zu", row).ptr).ptr, NULL, 10);
	}
	assert_int_equal(days, strtoll(cell(&book, UNITS, "E8").ptr, NULL, 10));
	assert_int_equal(cells, strtoll(cell(&book, UNITS, "H8").ptr, NULL, 10));
	assert_int_equal(payments, strtoll(cell(&book, UNITS, "R8").ptr, NULL, 10));
}

/* ---- pages and bytes ------------------------------------------------------------------------- */

static void
pages_are_ready_to_print(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct book book = book_of(arena, sample_report(arena, AUDIENCE_BOARD, true), VIETNAMESE);

	(void)state;
	for (size_t i = 0; i < book.sheet_count; i++) {
		assert_true(holds(book.sheets[i], "paperSize=\"9\""));
		assert_true(holds(book.sheets[i], "fitToHeight=\"0\""));
		assert_true(holds(book.sheets[i], "SHA-256: 9f86d081"));
		assert_true(holds(book.sheets[i], "Trang &amp;P/&amp;N"));
		assert_false(holds(book.sheets[i], "<f>"));
		assert_false(holds(book.sheets[i], "dataValidation"));
		assert_int_equal(i != SUMMARY, holds(book.sheets[i], "state=\"frozen\""));
		assert_int_equal(i != SUMMARY, holds(book.sheets[i], "orientation=\"landscape\""));
	}
	assert_true(holds(book.workbook, "'Biểu 01'!$A$1:$S$10</definedName>"));
	assert_true(holds(book.workbook, "'Biểu 01'!$4:$4</definedName>"));
	assert_true(holds(book.workbook, "<sheet name=\"Việc cần làm\""));
}

/* No clock and no time zone of the machine is in the file. */
static void
bytes_are_the_reports(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_OFFICIAL, true);
	struct book first = book_of(arena, report, VIETNAMESE), second;

	(void)state;
	assert_true(holds(first.core, "W3CDTF\">2026-07-03T08:00:00Z</dcterms:created>"));
	assert_true(holds(first.core, "W3CDTF\">2026-07-03T08:00:00Z</dcterms:modified>"));
	setenv("TZ", "America/New_York", 1);
	tzset();
	second = book_of(arena, report, VIETNAMESE);
	assert_true(str_eq(first.bytes, second.bytes));
	report->cut_at_ms += 1000;
	second = book_of(arena, report, VIETNAMESE);
	assert_false(str_eq(first.bytes, second.bytes));
}

/* ---- what is hard ---------------------------------------------------------------------------- */

static void
names_are_words(void **state)
{
	static const char *const names[] = {"=HYPERLINK(\"http://x\")", "+1", "-1", "@x"};
	struct work_item work[sizeof(names) / sizeof(names[0])];
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_OFFICIAL, true);
	struct book book;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		work[i] = (struct work_item){
			.stall_code = str_from(names[i]), .stall_name = str_from(names[i])};
	report->work = work;
	report->work_count = sizeof(names) / sizeof(names[0]);
	book = book_of(arena, report, VIETNAMESE);
	for (size_t i = 0; i < book.sheet_count; i++)
		assert_false(holds(book.sheets[i], "<f>"));
	for (size_t i = 1; i < sizeof(names) / sizeof(names[0]); i++)
		assert_true(holds(book.strings, names[i]));
	assert_true(holds(book.strings, "=HYPERLINK("));
}

static void
hard_reports_are_made(void **state)
{
	(void)state;
	for (int i = 0; i < HARD_REPORTS; i++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct report *report = hard_report(arena, (enum hard_report)i);

		for (int language = VIETNAMESE; language <= ENGLISH; language++) {
			struct book book = book_of(arena, report, (enum language)language);
			struct buf csv CLEANUP(buf_fini) = {0}, txt CLEANUP(buf_fini) = {0};

			assert_true(book.sheet_count >= 6);
			assert_true(str_is_utf8(book.strings));
			for (size_t sheet = 0; sheet < book.sheet_count; sheet++)
				assert_true(str_is_utf8(book.sheets[sheet]));
			for (size_t at = 0; at < book.strings.len; at++)
				assert_true((unsigned char)book.strings.ptr[at] >= ' ' ||
					    book.strings.ptr[at] == '\n');
			assert_int_equal(
				report_csv(report, (enum language)language, &csv).code, ERR_OK);
			assert_true(str_is_utf8(buf_str(&csv)));
			assert_int_equal(
				report_txt(report, (enum language)language, &txt).code, ERR_OK);
			assert_true(str_is_utf8(buf_str(&txt)));
		}
	}
}

/* The sheet that the whole workbook ends with, cell by cell, and no other. */
static void
the_work_list_alone_is_that_sheet(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_BOARD, true);
	struct book whole = book_of(arena, report, VIETNAMESE), alone;
	struct buf out CLEANUP(buf_fini) = {0};

	(void)state;
	assert_int_equal(report_work_xlsx(report, VIETNAMESE, &out).code, ERR_OK);
	alone = read_book(arena, buf_str(&out));
	assert_int_equal(alone.sheet_count, 1);
	for (size_t row = 1; row <= 4 + report->work_count; row++) {
		for (char column = 'A'; column <= 'H'; column++) {
			struct str where = arena_printf(arena, "%c%zu", column, row);

			assert_true(str_eq(cell(&alone, 0, where.ptr),
				cell(&whole, whole.sheet_count - 1, where.ptr)));
		}
	}
	is(&alone, 0, "C5", "B07");
	assert_false(holds(alone.strings, "Biểu số 01"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_are_numbers),
		cmocka_unit_test(totals_are_the_same_in_each_form),
		cmocka_unit_test(rows_sum_to_the_total),
		cmocka_unit_test(pages_are_ready_to_print),
		cmocka_unit_test(bytes_are_the_reports),
		cmocka_unit_test(names_are_words),
		cmocka_unit_test(hard_reports_are_made),
		cmocka_unit_test(the_work_list_alone_is_that_sheet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
