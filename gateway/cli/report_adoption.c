/* chopay report adoption|rank|work: figures of a unit or market, in every form. */
#include <sysexits.h>

#include "chopay/log.h"
#include "options.h"
#include "report.h"

#define PERIODS_HELP                                                                               \
	"  --period 2026-06|2026-Q2|2026-H1|2026-9M|2026|2026-06-01..2026-06-14\n"                 \
	"  --calendar duong_lich|nd09       months from the 1st, or from the 15th before (nd09)\n" \
	"  --boundary hien_hanh|tai_thoi_diem   units of today, or those in force each day\n"      \
	"  --audience official|board        board: the market board, which sees small cells\n"     \
	"  --lang vi|en\n"                                                                         \
	"  -o FILE                          instead of standard output\n\n"                        \
	"csv is for programs: codes stand in it as they are (01), which a spreadsheet program\n"   \
	"reads as the number 1.  xlsx is for people: its codes are texts.\n"

static const char ADOPTION_HELP[] =
	"usage: chopay report adoption --unit CODE|--market CODE|--former CODE --period P\n"
	"         [--format json|csv|xlsx|docx|pdf|txt|png] [-o FILE] [options] --data DIR\n\n"
	"The adoption report of a province, a commune, a market, or the area of a unit that ended\n"
	"(--former 597).  What the books learned since the last time is counted first.\n\n" PERIODS_HELP;

static const char RANK_HELP[] =
	"usage: chopay report rank --level province|district|commune|market [--unit PARENT]\n"
	"         --period P [--format json|csv] [-o FILE] [options] --data DIR\n\n"
	"The ranking alone: units of one level under PARENT, or of the country.\n\n" PERIODS_HELP;

static const char WORK_HELP[] =
	"usage: chopay report work --market CODE|--unit CODE --period P\n"
	"         [--format json|csv|xlsx|pdf] [-o FILE] [options] --data DIR\n\n"
	"Stalls without a code, with one but without payments, that dropped out, are silent in busy\n"
	"hours or flagged, each with the reason.\n\n" PERIODS_HELP;

struct report_command {
	const char *name, *help, *path;
	enum order_what what;
};

static int
fetch(const struct report_command *command, const struct where *where,
	const struct report_words *words, const struct report_order *order)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0}, query CLEANUP(buf_fini) = {0};
	int status = control_open(command->name, where, &control);

	if (status == 0)
		status = report_fold(control, command->name, order->request.period.to_day);
	if (status != 0)
		return status;
	buf_addf(&path, "%s?", command->path);
	report_query(words, &query);
	buf_add(&path, buf_str(&query));
	return report_fetch(control, command->name, path.ptr, words);
}

static int
run(const struct report_command *command, int argc, char **argv)
{
	struct report_words words = {0};
	struct where where = {0};
	struct report_order order;
	const char *plain[1];
	const struct option_spec specs[] = {WHERE_OPTIONS(where), REPORT_WORD_OPTIONS(words),
		REPORT_FORM_OPTIONS(words), {"level", &words.of[WORD_LEVEL], NULL}};
	/* Only a ranking has a level. */
	size_t count, spec_count = sizeof(specs) / sizeof(specs[0]) -
				   (command->what == ORDER_RANKING ? 0 : 1);
	int status = options_read(
		command->name, command->help, argc, argv, specs, spec_count, plain, 0, &count);

	if (status == -1)
		status = report_check(command->name, &words, command->what, &order);
	return status == -1 ? fetch(command, &where, &words, &order) : status;
}

int
report_adoption(int argc, char **argv)
{
	return run(&(struct report_command){"report adoption", ADOPTION_HELP,
			   "/v1/reports/adoption", ORDER_ADOPTION},
		argc, argv);
}

int
report_rank(int argc, char **argv)
{
	return run(&(struct report_command){"report rank", RANK_HELP, "/v1/reports/ranking",
			   ORDER_RANKING},
		argc, argv);
}

int
report_work(int argc, char **argv)
{
	return run(
		&(struct report_command){"report work", WORK_HELP, "/v1/reports/work", ORDER_WORK},
		argc, argv);
}
