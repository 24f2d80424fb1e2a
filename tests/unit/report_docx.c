/* The document: its parts and words, and that a word processor opens it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <expat.h>
#include <zip.h>

#include "../support/hard_report.h"
#include "../support/sample_report.h"

#define PART_MAX (8 * 1024 * 1024)

/* A part of the file, as text. */
static struct str
part_of(struct arena *arena, struct str docx, const char *path)
{
	zip_source_t *source = zip_source_buffer_create(docx.ptr, docx.len, 0, NULL);
	zip_t *zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, NULL);
	zip_file_t *file;
	char *bytes = arena_alloc(arena, PART_MAX);
	zip_int64_t got;

	assert_non_null(zip);
	file = zip_fopen(zip, path, 0);
	assert_non_null(file);
	got = zip_fread(file, bytes, PART_MAX);
	assert_in_range(got, 1, PART_MAX - 1);
	zip_fclose(file);
	zip_discard(zip);
	return (struct str){bytes, (size_t)got};
}

static bool
is_xml(struct str text)
{
	XML_Parser parser = XML_ParserCreate("UTF-8");
	bool parsed = XML_Parse(parser, text.ptr, (int)text.len, 1) == XML_STATUS_OK;

	XML_ParserFree(parser);
	return parsed;
}

static bool
has(struct str text, const char *part)
{
	return str_find(text, str_from(part)) >= 0;
}

static size_t
count_of(struct str text, const char *part)
{
	size_t count = 0;
	ptrdiff_t at;

	while ((at = str_find(text, str_from(part))) >= 0) {
		count++;
		text = str_cut(text, (size_t)at + 1, text.len);
	}
	return count;
}

static struct str
make(struct arena *arena, const struct report *report, enum language language)
{
	struct buf out CLEANUP(buf_fini) = {0};

	assert_int_equal(report_docx(report, language, &out).code, ERR_OK);
	return arena_copy(arena, buf_str(&out));
}

static void
parts_are_xml_of_one_time(void **state)
{
	static const char *const paths[] = {"[Content_Types].xml", "_rels/.rels",
		"word/document.xml", "word/_rels/document.xml.rels", "word/styles.xml",
		"word/settings.xml", "word/header1.xml", "word/header2.xml", "word/footer1.xml",
		"docProps/core.xml"};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str docx = make(arena, sample_report(arena, AUDIENCE_BOARD, true), VIETNAMESE);

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_true(is_xml(part_of(arena, docx, paths[i])));
	assert_true(docx.len < 40000);
	/* 2026-07-03 15:00, as a ZIP writes it, in each local header. */
	assert_memory_equal(docx.ptr + 10, "\x00\x78\xe3\x5c", 4);
	assert_true(has(part_of(arena, docx, "docProps/core.xml"), "2026-07-03T15:00:00+07:00"));
}

static void
decree_30_in_its_order(void **state)
{
	static const char *const order[] = {"ỦY BAN NHÂN DÂN", "XÃ HÀM THUẬN",
		"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "/BC-UBND",
		"Hàm Thuận, ngày", "BÁO CÁO",
		"Kết quả thanh toán không dùng tiền mặt tại chợ trên địa bàn xã Hàm Thuận",
		"tháng 6 năm 2026", "I. Kết quả", "3/4 lượt điểm kinh doanh", "69.505.000 đồng",
		"II. Tồn tại, hạn chế, nguyên nhân", "III. Nhiệm vụ kỳ tới",
		"Nơi nhận:", "- UBND tỉnh Lâm Đồng", "- Lưu: VT.", "TM. ỦY BAN NHÂN DÂN",
		"CHỦ TỊCH", "Biểu số 01", "695.050.000", "73,48", "Biểu số 02", "Biểu số 03",
		"Biểu số 04", "69.505.000", "75.631"};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str docx = make(arena, sample_report(arena, AUDIENCE_BOARD, true), VIETNAMESE);
	struct str rest = part_of(arena, docx, "word/document.xml");

	(void)state;
	assert_int_equal(count_of(rest, "<w:tblHeader/>"), 5);
	assert_int_equal(count_of(rest, "w:orient=\"landscape\""), 1);
	assert_int_equal(count_of(rest, "<w:titlePg/>"), 1);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		ptrdiff_t at = str_find(rest, str_from(order[i]));

		if (at < 0)
			print_error("not there, or not in its place: %s\n", order[i]);
		assert_true(at >= 0);
		rest = str_cut(rest, (size_t)at, rest.len);
	}
	assert_true(has(part_of(arena, docx, "word/footer1.xml"),
		"Bản chốt số 987654321, lần 1. SHA-256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0"
		"b822cd15d6c15b0f00a08. Bộ tham số CAI-1"));
}

/* Above a province stands no committee. */
static void
a_province_reports_to_the_government(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_OFFICIAL, true);
	struct str text;

	(void)state;
	report->name = STR("Tỉnh Lâm Đồng");
	report->level = STR("province");
	report->parent_name = STR("Việt Nam");
	text = part_of(arena, make(arena, report, VIETNAMESE), "word/document.xml");
	assert_true(has(text, "- Chính phủ (để báo cáo);"));
	assert_false(has(text, "- UBND"));
}

static void
english_and_withheld(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str docx = make(arena, sample_report(arena, AUDIENCE_OFFICIAL, false), ENGLISH);
	struct str document = part_of(arena, docx, "word/document.xml");

	(void)state;
	assert_true(has(document, "SOCIALIST REPUBLIC OF VIET NAM"));
	assert_true(has(document, "Cashless payment at the markets of Hàm Thuận commune"));
	assert_true(has(document, "73.48"));
	assert_true(has(document, "withheld"));
	assert_false(has(document, "69,505,000"));
	assert_false(has(document, "69.505.000"));
	assert_true(has(part_of(arena, docx, "word/footer1.xml"), "provisional, not frozen"));
}

static void
hard_reports_are_xml(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();

	(void)state;
	for (int i = 0; i < HARD_REPORTS; i++) {
		const struct report *report = hard_report(arena, (enum hard_report)i);

		for (int language = VIETNAMESE; language <= ENGLISH; language++) {
			struct str docx = make(arena, report, (enum language)language);

			assert_true(is_xml(part_of(arena, docx, "word/document.xml")));
			assert_true(is_xml(part_of(arena, docx, "docProps/core.xml")));
		}
	}
}

static void
who_issues(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str text;

	(void)state;
	text = part_of(arena, make(arena, hard_report(arena, HARD_MARKET), VIETNAMESE),
		"word/document.xml");
	assert_true(has(text, "BAN QUẢN LÝ"));
	assert_true(has(text, "CHỢ MA LÂM"));
	assert_true(has(text, "/BC-BQL"));
	assert_true(has(text, "Hàm Thuận, ngày"));
	assert_false(has(text, "CHỦ TỊCH"));
	text = part_of(arena, make(arena, hard_report(arena, HARD_FORMER), VIETNAMESE),
		"word/document.xml");
	assert_true(has(text, "TỈNH LÂM ĐỒNG")); /* the district has no committee any more */
	assert_false(has(text, "HUYỆN HÀM THUẬN BẮC"));
	text = part_of(arena, make(arena, hard_report(arena, HARD_COUNTRY), VIETNAMESE),
		"word/document.xml");
	assert_false(has(text, "ỦY BAN NHÂN DÂN"));
	text = part_of(arena, make(arena, hard_report(arena, HARD_EMPTY), VIETNAMESE),
		"word/document.xml");
	assert_true(has(text, "—"));
	assert_true(has(text, "Biểu số 02"));
	assert_true(has(text, "không có chỉ tiêu nào được giao"));
}

static void
same_bytes_wherever_it_is_made(void **state)
{
	static const char *const zones[] = {"UTC", "Asia/Tokyo", "America/New_York"};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_BOARD, true);
	struct str first = make(arena, report, VIETNAMESE);

	(void)state;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		setenv("TZ", zones[i], 1);
		tzset();
		assert_true(str_eq(first, make(arena, report, VIETNAMESE)));
	}
	unsetenv("TZ");
	tzset();
}

/* What a word processor makes of it, as text. */
static struct str
opened_by_a_word_processor(struct arena *arena, struct str docx)
{
	char folder[] = "/tmp/chopay-docx-XXXXXX", command[512];
	struct buf text CLEANUP(buf_fini) = {0};
	char line[1024];
	FILE *file;

	assert_non_null(mkdtemp(folder));
	snprintf(command, sizeof(command), "%s/report.docx", folder);
	file = fopen(command, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(docx.ptr, 1, docx.len, file), docx.len);
	assert_int_equal(fclose(file), 0);
	snprintf(command, sizeof(command),
		"cd %s && HOME=%s timeout 150 soffice -env:UserInstallation=file://%s/profile"
		" --headless --convert-to pdf report.docx >convert.log 2>&1 &&"
		" pdftotext -layout report.pdf - ; rm -rf %s",
		folder, folder, folder, folder);
	file = popen(command, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		buf_adds(&text, line);
	assert_int_equal(pclose(file), 0);
	return arena_copy(arena, buf_str(&text));
}

static void
a_word_processor_opens_it(void **state)
{
	static const char *const words[] = {"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
		"Độc lập - Tự do - Hạnh phúc", "69.505.000", "73,48", "919", "Biểu số 04",
		"Bộ tham số CAI-1"};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str docx = make(arena, sample_report(arena, AUDIENCE_BOARD, true), VIETNAMESE);
	struct str text = opened_by_a_word_processor(arena, docx);

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!has(text, words[i]))
			print_error("the word processor does not show: %s\n", words[i]);
		assert_true(has(text, words[i]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_xml_of_one_time),
		cmocka_unit_test(decree_30_in_its_order),
		cmocka_unit_test(a_province_reports_to_the_government),
		cmocka_unit_test(english_and_withheld),
		cmocka_unit_test(hard_reports_are_xml),
		cmocka_unit_test(who_issues),
		cmocka_unit_test(same_bytes_wherever_it_is_made),
		cmocka_unit_test(a_word_processor_opens_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
