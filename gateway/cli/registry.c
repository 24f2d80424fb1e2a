/* chopay registry import|export. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "cli.h"
#include "control.h"
#include "options.h"

#define CSV_SIZE_MAX (64u * 1024 * 1024)

static const char REGISTRY_HELP[] =
	"usage: chopay registry import STALLS.csv --data DIR\n"
	"       chopay registry export --data DIR\n\n"
	"import: all rows or none; each bad row is named by line and column, exit 65.\n"
	"  columns: market_code,market_name,unit_code,stall_code,stall_name,kind,goods,\n"
	"  merchant_name,phone,bank_bin,account_no,account_holder,open_date,close_date\n"
	"  A stall that is there already is brought up to date; its account is not changed.\n"
	"  - reads standard input.\n"
	"export: the same columns and reference, on stdout.  What a spreadsheet would compute\n"
	"  (=1+1) has a ' in front; import takes it off again.\n";

static int
print_import(const char *file, const struct control_answer *answer)
{
	json_t *json CLEANUP(json_cleanup) = NULL;
	int64_t rows = 0, fresh = 0, changed = 0, markets = 0, problems = 0;
	size_t shown;
	json_t *problem;

	if (json_parse_strict(buf_str(&answer->body), &json, NULL).code != ERR_OK ||
		json_member_i64(json, "rows", &rows).code != ERR_OK ||
		json_member_i64(json, "stalls_new", &fresh).code != ERR_OK ||
		json_member_i64(json, "stalls_changed", &changed).code != ERR_OK ||
		json_member_i64(json, "markets_new", &markets).code != ERR_OK ||
		json_member_i64(json, "problem_count", &problems).code != ERR_OK)
		return EX_SOFTWARE;
	json_array_foreach(json_object_get(json, "problems"), shown, problem)
	{
		struct str column = json_str(json_object_get(problem, "column"));
		int64_t line = 0;

		if (json_member_i64(problem, "line", &line).code == ERR_OK)
			complain("registry import: %s line %lld%s%.*s: %.*s", file, (long long)line,
				column.len > 0 ? ", column " : "", STR_FMT(column),
				STR_FMT(json_str(json_object_get(problem, "reason"))));
	}
	if (problems == 0) {
		printf("%lld rows: %lld new stalls, %lld changed, %lld new markets\n",
			(long long)rows, (long long)fresh, (long long)changed, (long long)markets);
		return EX_OK;
	}
	if ((int64_t)shown < problems)
		complain("registry import: ... and %lld more",
			(long long)problems - (long long)shown);
	complain("registry import: nothing was imported; correct %s and try again", file);
	return EX_DATAERR;
}

static int
import(const struct where *where, const char *file)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct control_answer answer CLEANUP(control_answer_fini) = {0};
	struct buf csv CLEANUP(buf_fini) = {0};
	int status = read_file("registry import", file, CSV_SIZE_MAX, &csv);

	if (status == 0)
		status = control_create("registry import", where, &control);
	if (status == 0)
		status = control_send(
			control, "POST", "/control/registry", "text/csv", buf_str(&csv), &answer);
	if (status != 0)
		return status;
	if (answer.status != 200 && answer.status != 422)
		return control_complain(control, file, &answer);
	return print_import(file, &answer);
}

static int export(const struct where *where)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct control_answer answer CLEANUP(control_answer_fini) = {0};
	int status = control_open("registry export", where, &control);

	if (status == 0)
		status = control_send(
			control, "GET", "/control/registry", NULL, (struct str){NULL, 0}, &answer);
	if (status != 0)
		return status;
	if (answer.status != 200)
		return control_complain(control, "", &answer);
	if (fwrite(answer.body.ptr, 1, answer.body.len, stdout) != answer.body.len ||
		fflush(stdout) != 0) {
		complain("registry export: cannot write the output");
		return EX_IOERR;
	}
	return EX_OK;
}

int
cli_registry(int argc, char **argv)
{
	struct where where = {0};
	const char *words[1];
	const struct option_spec specs[] = {WHERE_OPTIONS(where)};
	bool importing = argc > 1 && strcmp(argv[1], "import") == 0;
	size_t count;
	int status;

	if (!importing && (argc < 2 || strcmp(argv[1], "export") != 0))
		return subcommand_missing("registry", REGISTRY_HELP, argc, argv);
	status = options_read("registry", REGISTRY_HELP, argc - 1, argv + 1, specs, 3, words,
		importing ? 1 : 0, &count);
	if (status != -1)
		return status;
	if (!importing)
		return export(&where);
	if (count == 0) {
		complain("registry import: which file? (- for standard input)");
		return EX_USAGE;
	}
	return import(&where, words[0]);
}
