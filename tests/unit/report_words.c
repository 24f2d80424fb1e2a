/* What reports say: the header, the narrative and its links, in both languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../gateway/report/catalogue.h"
#include "../support/random_report.h"
#include "../support/sample_report.h"
#include "chopay/clock.h"

#define RANDOM_REPORTS 400

static void
same(struct str text, const char *want)
{
	struct buf copy CLEANUP(buf_fini) = {0};

	buf_add(&copy, text);
	buf_adds(&copy, "");
	assert_string_equal(copy.ptr, want);
}

static struct str
paragraph(struct arena *arena, const struct report *report, enum narrative_part part,
	enum language language, size_t at)
{
	struct narrative narrative;

	report_narrative(arena, report, part, language, &narrative);
	assert_true(at < narrative.count);
	return narrative.paragraphs[at].text;
}

/* ---- the catalogue --------------------------------------------------------------------------- */

/* Both languages have every text, and the same blanks to fill. */
static void
catalogue_is_whole(void **state)
{
	(void)state;
	for (int i = 0; i < WORDS; i++) {
		const char *vi = word((enum word)i, VIETNAMESE), *en = word((enum word)i, ENGLISH);

		assert_non_null(vi);
		assert_non_null(en);
		for (char digit = '1'; digit <= '9'; digit++) {
			char blank[] = {'%', digit, '\0'};

			assert_true((strstr(vi, blank) != NULL) == (strstr(en, blank) != NULL));
		}
	}
}

/* ---- places, header, footer ------------------------------------------------------------------ */

static void
places(void **state)
{
	static const struct {
		enum report_scope scope;
		const char *name, *level, *vi, *en;
	} cases[] = {
		{SCOPE_UNIT, "Xã Hàm Thuận", "commune", "xã Hàm Thuận", "Hàm Thuận commune"},
		{SCOPE_UNIT, "Phường Hội An", "commune", "phường Hội An", "Hội An ward"},
		{SCOPE_UNIT, "Thành phố Đồng Nai", "province", "thành phố Đồng Nai",
			"Đồng Nai city"},
		{SCOPE_UNIT, "Việt Nam", "country", "Việt Nam", "Việt Nam"},
		{SCOPE_MARKET, "Chợ Ma Lâm", "market", "chợ Ma Lâm", "Ma Lâm market"},
		{SCOPE_MARKET, "Bình Tây", "market", "chợ Bình Tây", "Bình Tây market"},
		{SCOPE_FORMER, "Huyện Hàm Thuận Bắc", "district", "vùng huyện Hàm Thuận Bắc (cũ)",
			"the area of the former Hàm Thuận Bắc district"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out CLEANUP(buf_fini) = {0};
		struct report report = {.scope = cases[i].scope,
			.name = str_from(cases[i].name),
			.level = str_from(cases[i].level)};

		report_place(&out, &report, VIETNAMESE);
		assert_string_equal(out.ptr, cases[i].vi);
		buf_clear(&out);
		report_place(&out, &report, ENGLISH);
		assert_string_equal(out.ptr, cases[i].en);
	}
}

static void
header(void **state)
{
	static const char *const want[HEADER_LINES][2] = {
		{"Đơn vị báo cáo", "xã Hàm Thuận"},
		{"Kỳ báo cáo", "tháng 6 năm 2026 (từ 01/06/2026 đến hết 30/06/2026)"},
		{"Lịch báo cáo", "Dương lịch, từ ngày 01 đến ngày cuối tháng"},
		{"Địa giới hành chính", "Hiện hành: mọi kỳ tính theo địa giới ngày chốt"},
		{"Trạng thái số liệu", "chính thức"},
		{"Phiên bản", "Bản chốt số 987654321, lần 1"},
		{"Thời điểm chốt số liệu", "15:00 ngày 03/07/2026"},
		{"Bộ tham số", "CAI-1"},
		{"Phạm vi cung cấp", "Cơ quan quản lý nhà nước"},
	};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_OFFICIAL, true);
	struct header_line lines[HEADER_LINES];
	struct buf out CLEANUP(buf_fini) = {0};

	(void)state;
	assert_int_equal(report_header(arena, report, VIETNAMESE, lines), HEADER_LINES);
	for (size_t i = 0; i < HEADER_LINES; i++) {
		same(lines[i].label, want[i][0]);
		same(lines[i].value, want[i][1]);
	}
	report_title(&out, report, VIETNAMESE);
	assert_string_equal(out.ptr, "Kết quả thanh toán không dùng tiền mặt tại chợ trên địa bàn "
				     "xã Hàm Thuận tháng 6 năm 2026");
	assert_false(report_runs(report));
	report->cut_at_ms = day_start_ms(report->period.to_day, 0);
	assert_true(report_runs(report));
	report_header(arena, report, VIETNAMESE, lines);
	same(lines[1].value, "tháng 6 năm 2026 (từ 01/06/2026 đến hết 30/06/2026), tính đến ngày "
			     "30/06/2026");
	report_header(arena, report, ENGLISH, lines);
	same(lines[1].value, "June 2026 (01/06/2026 to 30/06/2026), as of 30/06/2026");
	buf_clear(&out);
	report_footer(&out, report, VIETNAMESE);
	assert_non_null(strstr(out.ptr, "số 987654321, lần 1. SHA-256: 9f86d081"));
	buf_clear(&out);
	report_footer(&out, sample_report(arena, AUDIENCE_OFFICIAL, false), VIETNAMESE);
	assert_string_equal(out.ptr, "tạm tính, chưa chốt");
}

/* ---- the narrative --------------------------------------------------------------------------- */

static void
pattern_of_the_worked_example(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_BOARD, true);

	(void)state;
	same(paragraph(arena, report, PART_RESULTS, VIETNAMESE, 0),
		"Trong kỳ, toàn xã có 3/4 lượt điểm kinh doanh có hoạt động, đạt 75,00% (tăng 15,00 "
		"điểm phần trăm so cùng kỳ); 919 giao dịch, giá trị 69.505.000 đồng, tăng 31,29% về "
		"số lượng; CAI đạt 73,48 điểm, xếp loại Khá, hạng 2/4.");
	same(paragraph(arena, report, PART_RESULTS, ENGLISH, 0),
		"In this period, the whole commune had 3/4 active stall-months, 75.00% (up 15.00 "
		"percentage points on the year before); 919 payments worth 69,505,000 VND, up 31.29% "
		"in number; the CAI is 73.48 points, class Fair, rank 2/4.");
	same(paragraph(arena, report, PART_SHORTCOMINGS, VIETNAMESE, 0),
		"Thành phần đạt thấp nhất so với điểm tối đa là nhịp sử dụng hằng ngày (N): được "
		"19,89/35 điểm, còn thiếu 15,11 điểm.");
	same(paragraph(arena, report, PART_SHORTCOMINGS, VIETNAMESE, 4),
		"Có 1/3 lượt điểm kinh doanh hoạt động ở tháng trước nhưng không duy trì, gồm: Cá chú "
		"Tư (S4, chợ Ma Lâm).");
	same(paragraph(arena, report, PART_TASKS, VIETNAMESE, 0),
		"Gắn mã QR cho 1 điểm kinh doanh chưa có mã.");
}

/* What is not known, or withheld, is not spoken of. */
static void
nothing_without_data(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_OFFICIAL, true);
	struct report empty = {
		.scope = SCOPE_UNIT, .name = STR("Xã Hàm Thuận"), .level = STR("commune")};

	(void)state;
	same(paragraph(arena, report, PART_RESULTS, VIETNAMESE, 0),
		"Trong kỳ, toàn xã có 3/4 lượt điểm kinh doanh có hoạt động, đạt 75,00% (tăng 15,00 "
		"điểm phần trăm so cùng kỳ); 919 giao dịch, tăng 31,29% về số lượng; CAI đạt 73,48 "
		"điểm, xếp loại Khá, hạng 2/4.");
	report->year_before.known = false;
	report->rank = 0;
	report->figures.sums.cells = report->figures.sums.active = 0;
	cai_compute(&report->figures.sums, &report->figures.cai);
	same(paragraph(arena, report, PART_RESULTS, VIETNAMESE, 0),
		"Trong kỳ, toàn xã có 919 giao dịch.");
	cai_compute(&empty.figures.sums, &empty.figures.cai);
	same(paragraph(arena, &empty, PART_RESULTS, VIETNAMESE, 0),
		"Trong kỳ, toàn xã không có điểm kinh doanh nào mở bán theo sổ đăng ký.");
	same(paragraph(arena, &empty, PART_SHORTCOMINGS, VIETNAMESE, 0),
		"Chưa có số liệu để đánh giá.");
	same(paragraph(arena, &empty, PART_TASKS, VIETNAMESE, 0), "Chưa có số liệu để đánh giá.");
}

/* The number that a link says, made anew from its two. */
static void
remake(struct buf *out, enum language language, const struct narrative_link *link)
{
	int64_t num = link->of.num, den = link->of.den, more = num > den ? num - den : den - num;

	switch (link->as) {
	case LINK_COUNT:
	case LINK_MONEY:
		figure_count(out, language, num);
		break;
	case LINK_PART:
		figure_count(out, language, num);
		buf_addc(out, '/');
		figure_count(out, language, den);
		break;
	case LINK_RATE:
		figure_rate(out, language, (20000 * num + den) / (2 * den));
		break;
	case LINK_POINTS:
		figure_hundredths(out, language, num);
		break;
	case LINK_MEAN:
		figure_count(out, language, (2 * num + den) / (2 * den));
		break;
	case LINK_RATIO:
		figure_hundredths(out, language, (200 * num + den) / (2 * den));
		break;
	case LINK_GROWTH:
		figure_rate(out, language, (20000 * more + den) / (2 * den));
		break;
	case LINK_RATE_CHANGE:
	case LINK_POINT_CHANGE:
		figure_hundredths(out, language, more);
		break;
	case LINK_RANK_CHANGE:
		figure_count(out, language, more);
		break;
	case LINK_DAY:
		day_format_vi(out, (int32_t)num);
		break;
	}
}

/* No digit outside a link; each link is what it is made of; of rates there is no "%" of change. */
static void
check_links(const struct narrative_paragraph *paragraph, enum language language)
{
	struct buf number CLEANUP(buf_fini) = {0};
	size_t at = 0;

	assert_true(str_is_utf8(paragraph->text));
	assert_true(str_ends(paragraph->text, STR(".")));
	assert_int_equal(str_find(paragraph->text, STR("%%")), -1);
	for (size_t i = 0; i <= paragraph->link_count; i++) {
		const struct narrative_link *link = &paragraph->links[i];
		bool last = i == paragraph->link_count;

		for (size_t end = last ? paragraph->text.len : link->start; at < end; at++)
			assert_false(
				paragraph->text.ptr[at] >= '0' && paragraph->text.ptr[at] <= '9');
		if (last)
			break;
		buf_clear(&number);
		remake(&number, language, link);
		same(str_cut(paragraph->text, link->start, link->start + link->len), number.ptr);
		at = link->start + link->len;
		if (link->as == LINK_RATE_CHANGE)
			assert_true(paragraph->text.ptr[at] == ' ');
	}
}

static void
every_number_is_linked(void **state)
{
	size_t numbers = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= RANDOM_REPORTS; seed++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct report *report = random_report(arena, seed);

		for (int i = 0; i < 3 * 2; i++) {
			enum language language = i % 2 == 0 ? VIETNAMESE : ENGLISH;
			struct narrative narrative;

			report_narrative(
				arena, report, (enum narrative_part)(i / 2), language, &narrative);
			assert_true(narrative.count > 0);
			for (size_t j = 0; j < narrative.count; j++) {
				check_links(&narrative.paragraphs[j], language);
				numbers += narrative.paragraphs[j].link_count;
			}
		}
	}
	assert_true(numbers > RANDOM_REPORTS);
}

/* Money that is withheld is nowhere in the text, nor anything made of it. */
static void
withheld_money_is_not_told(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= RANDOM_REPORTS; seed++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct report *report = random_report(arena, seed);
		struct narrative narrative;

		report->figures.withheld = true;
		report->tet.withheld = true;
		for (size_t i = 0; i < report->target_count; i++)
			report->targets[i].unit_code = report->code;
		for (int part = PART_RESULTS; part <= PART_TASKS; part++) {
			report_narrative(
				arena, report, (enum narrative_part)part, VIETNAMESE, &narrative);
			for (size_t i = 0; i < narrative.count; i++)
				assert_int_equal(
					str_find(narrative.paragraphs[i].text, STR(" đồng")), -1);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(catalogue_is_whole),
		cmocka_unit_test(places),
		cmocka_unit_test(header),
		cmocka_unit_test(pattern_of_the_worked_example),
		cmocka_unit_test(nothing_without_data),
		cmocka_unit_test(every_number_is_linked),
		cmocka_unit_test(withheld_money_is_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
