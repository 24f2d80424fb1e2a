/* chopay audit: who looked at what, and took what away. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "cli.h"
#include "list.h"
#include "options.h"

static const char AUDIT_HELP[] =
	"usage: chopay audit list [--json] --data DIR\n"
	"       chopay audit verify --data DIR\n\n"
	"list: each view and export of a report, each snapshot, newest first.\n"
	"verify: each line against the one before it; exit 65 names those that were changed or\n"
	"follow one that was taken out.  `chopay ledger verify` checks their seals too.\n";

static void
print_line(const json_t *item)
{
	printf("%.*s  %.*s  %.*s  %.*s  %.*s\n", STR_FMT(list_text(item, "at")),
		STR_FMT(list_text(item, "who")), STR_FMT(list_text(item, "what")),
		STR_FMT(list_text(item, "subject")), STR_FMT(list_text(item, "detail")));
}

static int
verify(struct control *control)
{
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int status = control_json(control, "GET", "/control/audit/verify", NULL, &answer);
	const json_t *faults = json_object_get(answer, "faults");

	if (status != 0)
		return status;
	for (size_t i = 0; i < json_array_size(faults); i++)
		complain("audit verify: %.*s: %.*s",
			STR_FMT(list_text(json_array_get(faults, i), "id")),
			STR_FMT(list_text(json_array_get(faults, i), "fault")));
	puts(json_array_size(faults) == 0 ? "every line is as it was written"
					  : "LINES WERE CHANGED");
	return json_array_size(faults) == 0 ? EX_OK : EX_DATAERR;
}

int
cli_audit(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct where where = {0};
	const char *words[1];
	bool json = false;
	const struct option_spec specs[] = {WHERE_OPTIONS(where), {"json", NULL, &json}};
	bool verifying = argc > 1 && strcmp(argv[1], "verify") == 0;
	size_t count;
	int status;

	if (!verifying && (argc < 2 || strcmp(argv[1], "list") != 0))
		return subcommand_missing("audit", AUDIT_HELP, argc, argv);
	status = options_read("audit", AUDIT_HELP, argc - 1, argv + 1, specs, 4, words, 0, &count);
	if (status != -1)
		return status;
	status = control_open("audit", &where, &control);
	if (status != 0)
		return status;
	if (verifying)
		return verify(control);
	return list_print(
		control, "/v1/audit", "", "audit", json ? list_print_json : print_line, NULL);
}
