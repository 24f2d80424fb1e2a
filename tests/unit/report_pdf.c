/* The report and the work sheets as PDF: their words read back by a reader of PDFs. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../support/hard_report.h"
#include "../support/sample_report.h"

#define THREADS 8
#define ROUNDS 8

typedef struct err (*form)(const struct report *, enum language, struct buf *);

static struct str
make(struct arena *arena, form make_form, const struct report *report, enum language language)
{
	struct buf out CLEANUP(buf_fini) = {0};

	assert_int_equal(make_form(report, language, &out).code, ERR_OK);
	return arena_copy(arena, buf_str(&out));
}

/* What `command`, a format with the path of the file, prints of it. */
static struct str
read_by(struct arena *arena, const char *command, struct str pdf)
{
	char path[] = "/tmp/chopay-pdf-XXXXXX", line[4096];
	struct buf text CLEANUP(buf_fini) = {0};
	int fd = mkstemp(path);
	FILE *pipe;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, pdf.ptr, pdf.len), pdf.len);
	close(fd);
	snprintf(line, sizeof(line), "%s %s %s", command, path,
		strstr(command, "pdftotext") != NULL ? "-" : "");
	pipe = popen(line, "r");
	assert_non_null(pipe);
	while (fgets(line, sizeof(line), pipe) != NULL)
		buf_adds(&text, line);
	assert_int_equal(pclose(pipe), 0);
	unlink(path);
	return arena_copy(arena, buf_str(&text));
}

static struct str
words_of(struct arena *arena, struct str pdf)
{
	return read_by(arena, "pdftotext -layout", pdf);
}

static bool
has(struct str text, const char *part)
{
	return str_find(text, str_from(part)) >= 0;
}

static void
must_have(struct str text, const char *const *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!has(text, parts[i]))
			print_error("not there: %s\n", parts[i]);
		assert_true(has(text, parts[i]));
	}
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

/* ---- what is in it --------------------------------------------------------------------------- */

static void
words_and_totals(void **state)
{
	static const char *const words[] = {"BÁO CÁO",
		"Chỉ số phổ cập thanh toán không dùng tiền mặt tại chợ", "73,48", "Khá",
		"tăng 12,28 điểm so cùng kỳ", "2/4", "tăng 1 bậc so kỳ trước", "75,00%",
		"tăng 15,00 điểm phần trăm so cùng kỳ", "919", "tăng 31,29% so cùng kỳ",
		"69,51 triệu đồng", "69.505.000 đồng", "53,74%", "K = 75,00%", "14,55/15",
		"25,00/30", "19,89/35", "14,04/20", "61,20", "06/26", "I. Kết quả",
		"II. Tồn tại, hạn chế, nguyên nhân", "III. Nhiệm vụ kỳ tới", "Biểu số 01",
		"695.050.000", "Biểu số 02", "Biểu số 03", "Biểu số 04", "Cá chú Tư",
		"Bản chốt số 987654321, lần 1. SHA-256: 9f86d081884c7d65", "Bộ tham số CAI-1"};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_BOARD, true);
	struct str pdf = make(arena, report_pdf, report, VIETNAMESE);
	struct str info = read_by(arena, "TZ=UTC pdfinfo", pdf);

	(void)state;
	must_have(words_of(arena, pdf), words, sizeof(words) / sizeof(words[0]));
	assert_true(has(info, "Fri Jul  3 08:00:00 2026 UTC"));
	assert_true(has(info, "(A4)"));
	assert_true(pdf.len < 200000);
}

static void
english_and_withheld(void **state)
{
	static const char *const words[] = {"Cashless Adoption Index of markets", "73.48", "Fair",
		"up 12.28 points on the year before", "withheld", "provisional, not frozen"};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_OFFICIAL, false);
	struct str text = words_of(arena, make(arena, report_pdf, report, ENGLISH));

	(void)state;
	must_have(text, words, sizeof(words) / sizeof(words[0]));
	assert_false(has(text, "69,505,000"));
	assert_false(has(text, "69.51"));
}

/* The letters are Liberation Serif, all of them inside, none of them pictures. */
static void
fonts_are_embedded(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_BOARD, true);
	struct str pdf = make(arena, report_pdf, report, VIETNAMESE);
	struct str fonts = read_by(arena, "pdffonts", pdf);
	size_t count = count_of(fonts, "\n") - 2; /* two lines of heads */

	(void)state;
	assert_in_range(count, 2, 12);
	assert_int_equal(count_of(fonts, "+LiberationSerif"), count);
	assert_int_equal(count_of(fonts, " yes yes yes "), count);
	assert_int_equal(count_of(read_by(arena, "pdfimages -list", pdf), "\n"), 2);
}

static void
no_figure_is_a_dash(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = hard_report(arena, HARD_EMPTY);
	struct str text = words_of(arena, make(arena, report_pdf, report, VIETNAMESE));

	(void)state;
	assert_true(has(text, "—/15"));
	assert_true(has(text, "chưa đủ số liệu để tính CAI"));
	assert_true(has(text, "chưa đủ số liệu (K = —)"));
	assert_false(has(text, "Yếu"));
}

/* Each long name ends in a mark: none of it was cut off. */
static void
long_names_are_whole(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = hard_report(arena, HARD_LONG);
	struct str text = words_of(arena, make(arena, report_pdf, report, VIETNAMESE));
	char mark[32];

	(void)state;
	for (size_t i = 0; i < 2 + 2 * report->row_count; i++) {
		if (i == 1) /* the unit above is not in this form */
			continue;
		snprintf(mark, sizeof(mark), "Z%03zu", i);
		must_have(text, (const char *const[]){mark}, 1);
	}
	assert_false(has(text, "…"));
	text = words_of(arena, make(arena, report_work_pdf, report, VIETNAMESE));
	for (size_t i = 0; i < report->work_count; i++) {
		snprintf(mark, sizeof(mark), "Z%03zu", 2 + 2 * report->row_count + 5 * i + 2);
		must_have(text, (const char *const[]){mark}, 1);
	}
}

static void
hard_reports_are_read(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();

	(void)state;
	for (int i = 0; i < HARD_REPORTS; i++) {
		struct report *report = hard_report(arena, (enum hard_report)i);

		assert_true(has(words_of(arena, make(arena, report_pdf, report, VIETNAMESE)),
			"Biểu số 04"));
		assert_true(has(
			words_of(arena, make(arena, report_work_pdf, report, ENGLISH)), "CAI-1"));
	}
}

/* ---- the work list --------------------------------------------------------------------------- */

static void
work_by_market_and_row(void **state)
{
	static const char *const words[] = {"Chợ Hàm Đức: 1 việc cần làm", "Dãy B", "B07",
		"Chợ Ma Lâm: 4 việc cần làm", "Dãy S", "Rau cô Ba <&>", "Ghi chú"};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_OFFICIAL, true);
	struct str pdf = make(arena, report_work_pdf, report, VIETNAMESE);

	(void)state;
	must_have(words_of(arena, pdf), words, sizeof(words) / sizeof(words[0]));
	assert_true(has(read_by(arena, "pdfinfo", pdf), "Pages:           2"));
	report->work_count = 0;
	assert_true(has(words_of(arena, make(arena, report_work_pdf, report, VIETNAMESE)),
		"Không có việc cần làm."));
}

/* 10 markets of 115: heads on each page, every market and row, every stall once. */
static void
long_lists_go_over_pages(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = report_of_work(arena, 1150);
	struct str pdf = make(arena, report_work_pdf, report, VIETNAMESE);
	struct str text = words_of(arena, pdf);
	size_t pages = count_of(text, "\f");

	(void)state;
	assert_in_range(pages, 30, 80);
	assert_int_equal(count_of(text, "Ghi chú"), pages);
	assert_int_equal(count_of(text, "115 việc cần làm"), 10);
	assert_int_equal(count_of(text, "Dãy F"), 10);
	assert_int_equal(count_of(text, " C07 "), 10);
	/* The report itself shows the first hundred, and how many more there are. */
	text = words_of(arena, make(arena, report_pdf, report, VIETNAMESE));
	assert_true(has(text, "Còn 1.050 việc khác"));
}

/* ---- the same bytes -------------------------------------------------------------------------- */

/* In a process of its own, in a time zone; its bytes through a pipe. */
static struct str
made_elsewhere(struct arena *arena, const struct report *report, form make_form, const char *zone)
{
	struct buf bytes CLEANUP(buf_fini) = {0};
	char piece[4096];
	int ends[2], status;
	ssize_t got;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		struct buf out = {0};

		setenv("TZ", zone, 1);
		setenv("LC_ALL", "tr_TR.UTF-8", 1);
		if (make_form(report, VIETNAMESE, &out).code != ERR_OK ||
			write(ends[1], out.ptr, out.len) != (ssize_t)out.len)
			_exit(1);
		_exit(0);
	}
	close(ends[1]);
	while ((got = read(ends[0], piece, sizeof(piece))) > 0)
		buf_add(&bytes, (struct str){piece, (size_t)got});
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	return arena_copy(arena, buf_str(&bytes));
}

static void
same_bytes_wherever_it_is_made(void **state)
{
	static const form forms[] = {report_pdf, report_work_pdf, report_png, report_docx};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_BOARD, true);

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct str there = made_elsewhere(arena, report, forms[i], "Asia/Tokyo");
		struct str other = made_elsewhere(arena, report, forms[i], "America/New_York");

		assert_true(there.len > 1000);
		assert_true(str_eq(there, other));
		assert_true(str_eq(there, make(arena, forms[i], report, VIETNAMESE)));
	}
}

struct drawer {
	const struct report *report;
	struct str want;
	form make_form;
	int unlike;
};

static void *
draw(void *arg)
{
	struct drawer *drawer = arg;

	for (int i = 0; i < ROUNDS; i++) {
		struct buf out CLEANUP(buf_fini) = {0};

		if (drawer->make_form(drawer->report, VIETNAMESE, &out).code != ERR_OK ||
			!str_eq(buf_str(&out), drawer->want))
			drawer->unlike++;
	}
	return NULL;
}

/* Readers draw at the same time: PDFs and pictures, with the same fonts. */
static void
threads_do_not_disturb_each_other(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_BOARD, true);
	struct drawer drawers[THREADS];
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++) {
		form make_form = i % 2 == 0 ? report_pdf : report_png;

		drawers[i] = (struct drawer){
			report, make(arena, make_form, report, VIETNAMESE), make_form, 0};
	}
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, draw, &drawers[i]), 0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(drawers[i].unlike, 0);
	}
}

/* ---- without the font ------------------------------------------------------------------------ */

/* This program again, on a machine whose fontconfig knows no font. */
static void
without_the_font_it_says_so(void **state)
{
	static const char config[] = "<fontconfig><dir>/tmp/chopay-none</dir>"
				     "<cachedir>/tmp/chopay-none</cachedir></fontconfig>";
	char path[] = "/tmp/chopay-fonts-XXXXXX", command[600];
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, config, sizeof(config) - 1), sizeof(config) - 1);
	close(fd);
	snprintf(command, sizeof(command), "FONTCONFIG_FILE=%s '%s' --without-font", path,
		(const char *)*state);
	assert_int_equal(WEXITSTATUS(system(command)), 0);
	unlink(path);
}

static int
draw_without_font(void)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf out CLEANUP(buf_fini) = {0};
	struct err e = report_pdf(sample_report(arena, AUDIENCE_BOARD, true), VIETNAMESE, &out);

	return e.code == ERR_SETUP && strstr(e.what, "fonts-liberation2") != NULL && out.len == 0
		       ? 0
		       : 1;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_totals),
		cmocka_unit_test(english_and_withheld),
		cmocka_unit_test(fonts_are_embedded),
		cmocka_unit_test(no_figure_is_a_dash),
		cmocka_unit_test(long_names_are_whole),
		cmocka_unit_test(hard_reports_are_read),
		cmocka_unit_test(work_by_market_and_row),
		cmocka_unit_test(long_lists_go_over_pages),
		cmocka_unit_test(same_bytes_wherever_it_is_made),
		cmocka_unit_test(threads_do_not_disturb_each_other),
		cmocka_unit_test_prestate(without_the_font_it_says_so, argv[0]),
	};

	if (argc > 1 && strcmp(argv[1], "--without-font") == 0)
		return draw_without_font();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
