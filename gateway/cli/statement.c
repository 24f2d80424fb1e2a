/* chopay statement import: a bank's statement file into the books. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/clock.h"
#include "chopay/log.h"
#include "chopay/money.h"
#include "cli.h"
#include "control.h"
#include "list.h"
#include "options.h"

#define FILE_SIZE_MAX (64u * 1024 * 1024)
#define PROGRESS_EVERY_MS 1000

static const char COMMAND[] = "statement import";

static const char STATEMENT_HELP[] =
	"usage: chopay statement import FILE --bank NAME [--account N] [--format F] [--map M]\n"
	"                               [--dry-run] [--json] --data DIR\n\n"
	"Books what a bank's statement tells and nobody told before: all lines or none, each bad line\n"
	"is named, exit 65.  Importing a file again, or one that overlaps, changes nothing twice.\n"
	"  FILE            CSV, XLSX, MT940 or camt.053; - reads standard input\n"
	"  --bank NAME     whose statement: a name or a BIN\n"
	"  --account N     the account, when the file does not name it or no stall has it; when the\n"
	"                  file names one, it must be this one\n"
	"  --format F      csv, xlsx, mt940, camt053; found out when not said\n"
	"  --map M         which column of a CSV or XLSX says what; kept for the bank's next files:\n"
	"                    date=Ngày giao dịch,credit=Ghi có,debit=Ghi nợ,ref=Số CT,note=Nội dung\n"
	"                  columns: date time amount sign credit debit ref note balance currency\n"
	"                  account, by header or by number (#4); options: dates=dmy|mdy|ymd,\n"
	"                  direction=in|out, sep=comma|semicolon|tab, charset=windows-1258,\n"
	"                  balances=ignore.  Without any the file's header and a proposal are shown\n"
	"  --dry-run       say what would be booked, and book nothing\n"
	"  --json          the summary as JSON on stdout\n";

struct statement_options {
	struct where where;
	const char *bank, *account, *format, *map, *file;
	bool dry_run, json;
};

/* ---- what is wrong with the file ------------------------------------------------------------ */

static int64_t
number_of(const json_t *json, const char *name)
{
	return json_integer_value(json_object_get(json, name));
}

static void
complain_problems(const char *file, const json_t *answer)
{
	int64_t count = number_of(answer, "problem_count");
	const json_t *problem;
	size_t shown;

	json_array_foreach(json_object_get(answer, "problems"), shown, problem)
	{
		struct str column = json_str(json_object_get(problem, "column"));
		int64_t line = number_of(problem, "line");
		char where[32] = "";

		if (line > 0)
			snprintf(where, sizeof(where), " line %lld", (long long)line);
		complain("%s: %s%s%s%.*s: %.*s", COMMAND, file, where, column.len > 0 ? ", " : "",
			STR_FMT(column), STR_FMT(json_str(json_object_get(problem, "reason"))));
	}
	if ((int64_t)shown < count)
		complain("%s: ... and %lld more", COMMAND, (long long)count - (long long)shown);
	complain("%s: nothing was imported", COMMAND);
}

/* In a shell's single quotes. */
static void
put_quoted(struct buf *out, struct str text)
{
	buf_addc(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\'')
			buf_adds(out, "'\\''");
		else
			buf_addc(out, text.ptr[i]);
	}
	buf_addc(out, '\'');
}

/* The options that the command was given; a URI may hold a password, which is not repeated. */
static void
add_where(struct buf *line, const struct where *where)
{
	if (where->data != NULL) {
		buf_adds(line, " --data ");
		put_quoted(line, str_from(where->data));
	}
	if (where->config != NULL) {
		buf_adds(line, " --config ");
		put_quoted(line, str_from(where->config));
	}
	if (where->store != NULL)
		buf_adds(line, " --store URI");
}

static void
complain_header(const json_t *header)
{
	const json_t *name;
	size_t i;

	json_array_foreach(header, i, name)
	{
		struct str text = json_str(name);
		struct buf line CLEANUP(buf_fini) = {0};

		for (size_t n = 0; n < text.len; n++)
			buf_addc(&line, (unsigned char)text.ptr[n] < ' ' ? ' ' : text.ptr[n]);
		fprintf(stderr, "  #%-2zu %s\n", i + 1, line.len == 0 ? "-" : line.ptr);
	}
}

static void
complain_ambiguous(json_t *ambiguous)
{
	const char *field;
	json_t *columns;

	json_object_foreach(ambiguous, field, columns)
	{
		struct buf names CLEANUP(buf_fini) = {0};
		const json_t *name;
		size_t i;

		json_array_foreach(columns, i, name)
			buf_addf(&names, "%s%.*s", i == 0 ? "" : ", or ", STR_FMT(json_str(name)));
		complain("%s: which one is %s? %s; put its number where ? stands", COMMAND, field,
			names.ptr);
	}
}

static void
complain_mapping(const struct statement_options *options, const json_t *answer)
{
	const json_t *header = json_object_get(answer, "header");
	const json_t *proposal = json_object_get(answer, "proposal");
	struct buf line CLEANUP(buf_fini) = {0};

	if (json_array_size(header) == 0) {
		complain(
			"%s: no mapping is known for %s, and %s shows no header; name the columns by"
			" number: --map 'date=#1,credit=#4,debit=#3'",
			COMMAND, options->bank, options->file);
		return;
	}
	complain("%s: which column says what is not known for %s yet.  The header of %s:", COMMAND,
		options->bank, options->file);
	complain_header(header);
	if (!json_is_string(proposal)) {
		complain("%s: say it with --map; see `chopay statement --help`", COMMAND);
		return;
	}
	complain_ambiguous(json_object_get(answer, "ambiguous"));
	buf_adds(&line, "chopay statement import ");
	put_quoted(&line, str_from(options->file));
	buf_adds(&line, " --bank ");
	put_quoted(&line, str_from(options->bank));
	if (options->account != NULL) {
		buf_adds(&line, " --account ");
		put_quoted(&line, str_from(options->account));
	}
	buf_adds(&line, " --map ");
	put_quoted(&line, json_str(proposal));
	add_where(&line, &options->where);
	complain("%s: nothing was imported.  %s (days are written day first), run:", COMMAND,
		json_object_size(json_object_get(answer, "ambiguous")) > 0
			? "With that filled in, and if the rest is right"
			: "If this is right");
	fprintf(stderr, "  %s\n", line.ptr);
}

static int
complain_refusal(struct control *control, const struct statement_options *options,
	const struct control_answer *answer)
{
	json_t *json CLEANUP(json_cleanup) = NULL;
	struct str type = {NULL, 0};

	if (answer->status == 422 &&
		json_parse_strict(buf_str(&answer->body), &json, NULL).code == ERR_OK)
		type = json_str(json_object_get(json, "type"));
	if (options->json && json != NULL)
		list_print_json(json);
	if (str_eq(type, STR("/problems/mapping-needed")))
		complain_mapping(options, json);
	else if (str_eq(type, STR("/problems/unreadable-statement")))
		complain_problems(options->file, json);
	else
		return control_complain(control, options->file, answer);
	return EX_DATAERR;
}

/* ---- progress and result: events of a stream ------------------------------------------------ */

struct events {
	size_t at; /* of the body, what is not read yet */
	int64_t told_ms;
	json_t *result, *failure;
};

static void
progress_came(struct events *events, const json_t *json)
{
	int64_t now_ms = clock_monotonic_ms();

	if (now_ms - events->told_ms < PROGRESS_EVERY_MS)
		return;
	events->told_ms = now_ms;
	complain("%s: %lld of %lld lines", COMMAND, (long long)number_of(json, "done"),
		(long long)number_of(json, "lines"));
}

static void
event_came(struct events *events, struct str text)
{
	struct str line, name = {NULL, 0}, data = {NULL, 0};
	json_t *json CLEANUP(json_cleanup) = NULL;

	while (text.len > 0) {
		str_split(&text, '\n', &line);
		if (str_starts(line, STR("event: ")))
			name = str_cut(line, 7, line.len);
		else if (str_starts(line, STR("data: ")))
			data = str_cut(line, 6, line.len);
	}
	if (data.len == 0 || json_parse_strict(data, &json, NULL).code != ERR_OK)
		return;
	if (str_eq(name, STR("progress")))
		progress_came(events, json);
	else if (str_eq(name, STR("result")))
		events->result = json_incref(json);
	else if (str_eq(name, STR("failed")))
		events->failure = json_incref(json);
}

static void
body_came(struct control_answer *answer, void *arg)
{
	struct events *events = arg;

	for (;;) {
		struct str rest = str_cut(buf_str(&answer->body), events->at, answer->body.len);
		ptrdiff_t end = str_find(rest, STR("\n\n"));

		if (end < 0)
			return;
		event_came(events, str_cut(rest, 0, (size_t)end));
		events->at += (size_t)end + 2;
	}
}

static void
events_fini(struct events *events)
{
	json_decref(events->result);
	json_decref(events->failure);
}

/* "2 credits of 120.000 đ" */
static void
print_side(const json_t *side, const char *name)
{
	struct buf sum CLEANUP(buf_fini) = {0};

	vnd_format(&sum, (struct vnd){number_of(side, "sum")});
	printf("%lld %s of %s đ", (long long)number_of(side, "count"), name, sum.ptr);
}

static int
print_result(const struct statement_options *options, const json_t *json)
{
	if (options->json) {
		list_print_json(json);
		return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
	}
	printf("%lld lines from %.*s to %.*s: ", (long long)number_of(json, "lines"),
		STR_FMT(list_text(json, "first_at")), STR_FMT(list_text(json, "last_at")));
	print_side(json_object_get(json, "credits"), "credits");
	printf(", ");
	print_side(json_object_get(json, "debits"), "debits");
	puts(json_is_true(json_object_get(json, "balanced")) ? "; its balances agree" : "");
	printf("%s%lld new, %lld known already; %lld of the new held in suspense; %lld missed by"
	       " webhooks\n",
		options->dry_run ? "would be: " : "", (long long)number_of(json, "new"),
		(long long)number_of(json, "known"), (long long)number_of(json, "held"),
		(long long)number_of(json, "missed"));
	if (number_of(json, "left_out") > 0)
		printf("%lld rows moved no money (sums, notes, zero or pending) and were left out\n",
			(long long)number_of(json, "left_out"));
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

static int
complain_failure(const json_t *failure)
{
	complain(
		"%s: stopped after %lld of %lld lines: %.*s.  What is in stays; run it again and the"
		" rest follows",
		COMMAND, (long long)number_of(failure, "done"),
		(long long)number_of(failure, "lines"), STR_FMT(list_text(failure, "what")));
	return str_eq(list_text(failure, "code"), STR("busy")) ? EX_UNAVAILABLE : EX_SOFTWARE;
}

/* ---- the command ---------------------------------------------------------------------------- */

static void
put_query(struct buf *path, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_addf(path, "%c%s=", str_find(buf_str(path), STR("?")) < 0 ? '?' : '&', name);
	path_add(path, str_from(value));
}

static int
send_file(struct control *control, const struct statement_options *options, struct str bytes)
{
	struct events events CLEANUP(events_fini) = {.told_ms = clock_monotonic_ms()};
	struct control_answer answer CLEANUP(control_answer_fini) = {
		.came = body_came, .came_arg = &events};
	struct buf path CLEANUP(buf_fini) = {0};
	int status;

	buf_adds(&path, "/control/statements");
	put_query(&path, "bank", options->bank);
	put_query(&path, "account", options->account);
	put_query(&path, "format", options->format);
	put_query(&path, "map", options->map);
	put_query(&path, "dry_run", options->dry_run ? "true" : NULL);
	status = control_send(
		control, "POST", path.ptr, "application/octet-stream", bytes, &answer);
	if (status != 0)
		return status;
	if (answer.status != 200)
		return complain_refusal(control, options, &answer);
	if (events.result != NULL)
		return print_result(options, events.result);
	if (events.failure != NULL)
		return complain_failure(events.failure);
	complain(
		"%s: the gateway stopped before it was done.  What is in stays; run it again and the"
		" rest follows",
		COMMAND);
	return EX_UNAVAILABLE;
}

static int
statement_import(const struct statement_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct buf bytes CLEANUP(buf_fini) = {0};
	int status;

	if (options->file == NULL) {
		complain("%s: which file? (- for standard input)", COMMAND);
		return EX_USAGE;
	}
	if (options->bank == NULL || options->bank[0] == '\0') {
		complain("%s: whose statement is it? give --bank NAME", COMMAND);
		return EX_USAGE;
	}
	status = read_file(COMMAND, options->file, FILE_SIZE_MAX, &bytes);
	if (status == 0)
		status = control_open(COMMAND, &options->where, &control);
	return status != 0 ? status : send_file(control, options, buf_str(&bytes));
}

int
cli_statement(int argc, char **argv)
{
	struct statement_options options = {0};
	const struct option_spec specs[] = {
		WHERE_OPTIONS(options.where),
		{"bank", &options.bank, NULL},
		{"account", &options.account, NULL},
		{"format", &options.format, NULL},
		{"map", &options.map, NULL},
		{"dry-run", NULL, &options.dry_run},
		{"json", NULL, &options.json},
	};
	const char *words[1];
	size_t count;
	int status;

	if (argc < 2 || strcmp(argv[1], "import") != 0)
		return subcommand_missing("statement", STATEMENT_HELP, argc, argv);
	status = options_read(COMMAND, STATEMENT_HELP, argc - 1, argv + 1, specs,
		sizeof(specs) / sizeof(specs[0]), words, 1, &count);
	if (status != -1)
		return status;
	options.file = count == 0 ? NULL : words[0];
	return statement_import(&options);
}
