/* chopay report: what officials review. */
#include <string.h>

#include "chopay/log.h"
#include "cli.h"
#include "options.h"
#include "report.h"

static const char REPORT_HELP[] =
	"usage: chopay report cai       the index of cells given by hand\n\n"
	"chopay report COMMAND --help says more.\n";

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
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
