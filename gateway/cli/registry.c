/* chopay registry import|export|registers. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/asset.h"
#include "chopay/log.h"
#include "chopay/registry.h"
#include "cli.h"
#include "control.h"
#include "options.h"

#define CSV_SIZE_MAX (64u * 1024 * 1024)

static const char REGISTRY_HELP[] =
	"usage: chopay registry import FILE.csv [--person NAME] [--why TEXT --approver NAME] --data DIR\n"
	"       chopay registry export [--register NAME] --data DIR\n"
	"       chopay registry registers|banks|units\n\n"
	"import: all rows or none; each bad row is named by line and column, exit 65.\n"
	"  The first line says which register the file is for.  That of the stalls:\n"
	"  market_code,market_name,unit_code,stall_code,stall_name,kind,goods,\n"
	"  merchant_name,phone,bank_bin,account_no,account_holder,open_date,close_date\n"
	"  A stall that is there already is brought up to date; its account is not changed.\n"
	"  A stall without an account (those three columns empty) has no code; a later import\n"
	"  gives it one.\n"
	"  The others (`chopay registry registers` shows their columns) keep who entered a row:\n"
	"  --person.  Their rows are dated and never overwritten: the one entered last holds.\n"
	"  A calendar, a leave, a market's unit, an opening or a closing of days that are over\n"
	"  needs --why and --approver, another person.\n"
	"  - reads standard input.\n"
	"export: the same columns, and reference or who entered a row, on stdout; another store\n"
	"  takes them in again, the stalls first.  What a\n"
	"  spreadsheet would compute (=1+1) has a ' in front; import takes it off again.\n"
	"registers: the name, the columns and an example of each.\n"
	"banks, units: the lists that this chopay brings along, as CSV: a bank's BIN; a unit's code,\n"
	"  from when to when it is in force, and the unit above it.\n";

/* Who enters it, and why. */
struct words {
	const char *person, *why, *approver, *name;
};

static void
print_problems(const char *file, const json_t *problems)
{
	json_t *problem;
	size_t i;

	json_array_foreach(problems, i, problem)
	{
		struct str column = json_str(json_object_get(problem, "column"));
		struct str reason = json_str(json_object_get(problem, "reason"));
		int64_t line = 0;

		if (json_member_i64(problem, "line", &line).code != ERR_OK)
			continue;
		if (line == 0)
			complain("registry import: %.*s", STR_FMT(reason));
		else
			complain("registry import: %s line %lld%s%.*s: %.*s", file, (long long)line,
				column.len > 0 ? ", column " : "", STR_FMT(column),
				STR_FMT(reason));
	}
}

static int
print_import(const char *file, const struct control_answer *answer)
{
	json_t *json CLEANUP(json_cleanup) = NULL;
	int64_t rows = 0, fresh = 0, changed = 0, markets = 0, problems = 0, added = 0;
	const json_t *list;
	struct str name;

	if (json_parse_strict(buf_str(&answer->body), &json, NULL).code != ERR_OK ||
		json_member_str(json, "register", &name).code != ERR_OK ||
		json_member_i64(json, "rows", &rows).code != ERR_OK ||
		json_member_i64(json, "added", &added).code != ERR_OK ||
		json_member_i64(json, "stalls_new", &fresh).code != ERR_OK ||
		json_member_i64(json, "stalls_changed", &changed).code != ERR_OK ||
		json_member_i64(json, "markets_new", &markets).code != ERR_OK ||
		json_member_i64(json, "problem_count", &problems).code != ERR_OK)
		return EX_SOFTWARE;
	list = json_object_get(json, "problems");
	print_problems(file, list);
	if (problems == 0 && !str_eq(name, STR("stalls"))) {
		printf("%lld rows: %lld added to the register %.*s\n", (long long)rows,
			(long long)added, STR_FMT(name));
		return EX_OK;
	}
	if (problems == 0) {
		printf("%lld rows: %lld new stalls, %lld changed, %lld new markets\n",
			(long long)rows, (long long)fresh, (long long)changed, (long long)markets);
		return EX_OK;
	}
	if ((int64_t)json_array_size(list) < problems)
		complain("registry import: ... and %lld more",
			(long long)problems - (long long)json_array_size(list));
	complain("registry import: nothing was imported; correct %s and try again", file);
	return EX_DATAERR;
}

static void
add_word(struct buf *path, const char *name, const char *word)
{
	if (word == NULL)
		return;
	buf_addf(path, "%c%s=", memchr(path->ptr, '?', path->len) == NULL ? '?' : '&', name);
	path_add(path, str_from(word));
}

static int
import(const struct where *where, const struct words *words, const char *file)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct control_answer answer CLEANUP(control_answer_fini) = {0};
	struct buf csv CLEANUP(buf_fini) = {0}, path CLEANUP(buf_fini) = {0};
	int status = read_file("registry import", file, CSV_SIZE_MAX, &csv);

	buf_adds(&path, "/control/registry");
	add_word(&path, "person", words->person);
	add_word(&path, "why", words->why);
	add_word(&path, "approver", words->approver);
	if (status == 0)
		status = control_create("registry import", where, &control);
	if (status == 0)
		status = control_send(
			control, "POST", path.ptr, "text/csv", buf_str(&csv), &answer);
	if (status != 0)
		return status;
	if (answer.status != 200 && answer.status != 422)
		return control_complain(control, file, &answer);
	return print_import(file, &answer);
}

static int export(const struct where *where, const struct words *words)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct control_answer answer CLEANUP(control_answer_fini) = {0};
	struct buf path CLEANUP(buf_fini) = {0};
	int status = control_open("registry export", where, &control);

	buf_adds(&path, "/control/registry");
	add_word(&path, "register", words->name);
	if (status == 0)
		status = control_send(
			control, "GET", path.ptr, NULL, (struct str){NULL, 0}, &answer);
	if (status != 0)
		return status;
	if (answer.status == 404) {
		complain("registry export: no register is named %s; `chopay registry registers`"
			 " lists them",
			words->name);
		return EX_USAGE;
	}
	if (answer.status != 200)
		return control_complain(control, "", &answer);
	if (fwrite(answer.body.ptr, 1, answer.body.len, stdout) != answer.body.len ||
		fflush(stdout) != 0) {
		complain("registry export: cannot write the output");
		return EX_IOERR;
	}
	return EX_OK;
}

static int
list_registers(void)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct registry_register registers[REGISTRY_REGISTERS_MAX];
	size_t count;

	registry_registers(arena, registers, &count);
	for (size_t i = 0; i < count; i++)
		printf("%s%s\n  %.*s\n  %s\n", i > 0 ? "\n" : "", registers[i].name,
			STR_FMT(registers[i].header), registers[i].example);
	return EX_OK;
}

static int
print_list(const char *path)
{
	struct str list = asset_find(path);

	if (fwrite(list.ptr, 1, list.len, stdout) != list.len || fflush(stdout) != 0) {
		complain("registry: cannot write the output");
		return EX_IOERR;
	}
	return EX_OK;
}

/* What this program knows: no gateway is asked. */
static int
list(const char *verb)
{
	if (strcmp(verb, "registers") == 0)
		return list_registers();
	return print_list(strcmp(verb, "banks") == 0 ? "merchants/data/banks.csv"
						     : "merchants/data/units.csv");
}

static bool
is_list(const char *verb)
{
	return strcmp(verb, "registers") == 0 || strcmp(verb, "banks") == 0 ||
	       strcmp(verb, "units") == 0;
}

static int
import_word(const struct where *where, const struct words *words, const char *file, size_t count)
{
	if (count == 0) {
		complain("registry import: which file? (- for standard input)");
		return EX_USAGE;
	}
	return import(where, words, file);
}

int
cli_registry(int argc, char **argv)
{
	struct where where = {0};
	struct words given = {0};
	const char *words[1], *verb = argc > 1 ? argv[1] : "";
	const struct option_spec importing[] = {WHERE_OPTIONS(where),
		{"person", &given.person, NULL}, {"why", &given.why, NULL},
		{"approver", &given.approver, NULL}};
	const struct option_spec exporting[] = {
		WHERE_OPTIONS(where), {"register", &given.name, NULL}};
	bool imports = strcmp(verb, "import") == 0, lists = is_list(verb);
	size_t count;
	int status;

	if (!imports && !lists && strcmp(verb, "export") != 0)
		return subcommand_missing("registry", REGISTRY_HELP, argc, argv);
	status = options_read("registry", REGISTRY_HELP, argc - 1, argv + 1,
		imports ? importing : exporting, imports ? 6 : (lists ? 3 : 4), words,
		imports ? 1 : 0, &count);
	if (status != -1)
		return status;
	if (lists)
		return list(verb);
	return imports ? import_word(&where, &given, words[0], count) : export(&where, &given);
}
