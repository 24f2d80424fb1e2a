/* chopay report: what officials review. */
#include <string.h>

#include "chopay/log.h"
#include "cli.h"
#include "options.h"
#include "report.h"

static const char REPORT_HELP[] =
	"usage: chopay report adoption   the report of a unit or a market, in every form\n"
	"       chopay report rank       units of one level under one parent\n"
	"       chopay report work       the stalls that the community digital team visits\n"
	"       chopay report snapshot   freezes a report; lists, shows and compares them\n"
	"       chopay report cai        the index of cells given by hand\n\n"
	"chopay report COMMAND --help says more.\n";

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{"adoption", report_adoption},
	{"rank", report_rank},
	{"work", report_work},
	{"snapshot", report_snapshot},
	{"cai", report_cai},
};

int
cli_report(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	return subcommand_missing("report", REPORT_HELP, argc, argv);
}
