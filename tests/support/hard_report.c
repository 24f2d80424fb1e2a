/* Reports that are hard to set on paper. */
#include "hard_report.h"

#include <string.h>

#include "sample_report.h"

#define LONG_NAME 300
#define LARGE INT64_C(999999999999)
#define STALLS_OF_MARKET 115
#define STALLS_OF_ROW 20

static const char *const naughty[] = {
	"<w:p>&amp;]]>--><script>alert('1')</script>",
	"\x01\x02\x1b[31m\x7f\r\n\ttab",
	"\xff\xfe\xc0\xaf\xed\xa0\x80 \xf4\x90\x80\x80 cut \xe1\xba",
	"\u202Eđảo ngược\u202C \u2066x\u2069 \uFEFF",
	"Chợ 漢字 😀 \u0627\u0644\u0633\u0648\u0642 ไทย",
	"zalgo T\u0336\u0317\u0348o\u0353\u031e\u0346 e\u0302\u0301",
	"%s %n %1 {0} $(id) `id` =1+1",
	"",
	"   ",
	"\uFFFE\uFFFF\uFDD0",
};
#define NAUGHTY (sizeof(naughty) / sizeof(naughty[0]))

static void
empty(struct report *report)
{
	struct report kept = *report;

	*report = (struct report){
		.scope = kept.scope,
		.code = kept.code,
		.name = kept.name,
		.level = kept.level,
		.period = kept.period,
		.parameter_set = kept.parameter_set,
		.cut_at_ms = kept.cut_at_ms,
		.unranked = STR("chưa đủ số liệu để tính CAI"),
	};
	for (int i = 0; i < 13; i++)
		report->months[i].month = kept.months[i].month;
	cai_compute(&report->figures.sums, &report->figures.cai);
}

static void
rename_all(struct report *report, struct str (*name)(void *arg, size_t i), void *arg)
{
	size_t n = 0;

	report->name = name(arg, n++);
	report->parent_name = name(arg, n++);
	for (size_t i = 0; i < report->row_count; i++) {
		report->rows[i].name = name(arg, n++);
		report->rows[i].code = name(arg, n++);
	}
	for (size_t i = 0; i < report->work_count; i++) {
		report->work[i].market_name = name(arg, n++);
		report->work[i].stall_code = name(arg, n++);
		report->work[i].stall_name = name(arg, n++);
		report->work[i].goods = name(arg, n++);
		report->work[i].detail = name(arg, n++);
	}
	for (size_t i = 0; i < report->target_count; i++) {
		report->targets[i].unit_name = name(arg, n++);
		report->targets[i].legal_basis = name(arg, n++);
		report->targets[i].owner = name(arg, n++);
	}
}

static struct str
naughty_name(void *arg, size_t i)
{
	(void)arg;
	return str_from(naughty[i % NAUGHTY]);
}

/* In words, or without a blank; each ends in a mark of its own that a reader can look for. */
static struct str
long_name(void *arg, size_t i)
{
	const char *letter = i % 2 == 0 ? "ngõ " : "Ờ";
	struct buf text CLEANUP(buf_fini) = {0};

	for (size_t letters = 0; letters < LONG_NAME; letters += i % 2 == 0 ? 4 : 1)
		buf_adds(&text, letter);
	buf_addf(&text, " Z%03zu", i);
	return arena_copy(arg, buf_str(&text));
}

static void
enlarge(struct report *report)
{
	struct report_figures *figures = &report->figures;

	figures->sums = (struct cai_sums){LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE};
	cai_compute(&figures->sums, &figures->cai);
	figures->payments = LARGE;
	figures->value = figures->median = (struct vnd){1000 * LARGE};
	for (int i = 0; i < HOURS; i++)
		figures->hours[i] = LARGE;
	for (int i = 0; i < 13; i++)
		report->months[i] = (struct report_month){
			report->months[i].month, true, true, 10000, 10000};
	for (size_t i = 0; i < report->row_count; i++)
		report->rows[i].figures = *figures;
	report->rank = report->of = 10599;
}

struct report *
hard_report(struct arena *arena, enum hard_report which)
{
	struct report *report = sample_report(arena, AUDIENCE_BOARD, which != HARD_EMPTY);

	switch (which) {
	case HARD_EMPTY:
		empty(report);
		break;
	case HARD_NAUGHTY:
		rename_all(report, naughty_name, NULL);
		break;
	case HARD_LONG:
		rename_all(report, long_name, arena);
		break;
	case HARD_LARGE:
		enlarge(report);
		break;
	case HARD_MARKET:
		report->scope = SCOPE_MARKET;
		report->name = STR("Chợ Ma Lâm");
		report->level = STR("market");
		report->parent_name = STR("Xã Hàm Thuận");
		report->row_count = 0;
		break;
	case HARD_FORMER:
		report->scope = SCOPE_FORMER;
		report->name = STR("Huyện Hàm Thuận Bắc");
		report->level = STR("district");
		break;
	case HARD_COUNTRY:
		report->name = STR("Việt Nam");
		report->level = STR("country");
		report->parent_name = STR("");
		break;
	}
	return report;
}

struct report *
report_of_work(struct arena *arena, size_t stalls)
{
	struct report *report = sample_report(arena, AUDIENCE_OFFICIAL, true);
	struct work_item *work = arena_alloc(arena, stalls * sizeof(*work));

	for (size_t i = 0; i < stalls; i++) {
		size_t market = i / STALLS_OF_MARKET, stall = i % STALLS_OF_MARKET;

		work[i] = report->work[i % report->work_count];
		work[i].market_code = arena_printf(arena, "M%03zu", market);
		work[i].market_name = arena_printf(arena, "Chợ số %zu", market);
		work[i].stall_code = arena_printf(arena, "%c%02zu",
			(char)('A' + stall / STALLS_OF_ROW), stall % STALLS_OF_ROW);
	}
	report->work = work;
	report->work_count = stalls;
	return report;
}
