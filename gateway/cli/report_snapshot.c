/* chopay report snapshot: a report is frozen; listed, shown, compared, checked. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "list.h"
#include "options.h"
#include "report.h"

static const char SNAPSHOT_HELP[] =
	"usage: chopay report snapshot --unit CODE|--market CODE|--former CODE --period P --person P\n"
	"         [--calendar nd09] [--boundary tai_thoi_diem] [--audience board] [--json] --data DIR\n"
	"       chopay report snapshot list [--scope unit:CODE] [--json] --data DIR\n"
	"       chopay report snapshot show ID [--format F] [--lang en] [-o FILE] --data DIR\n"
	"       chopay report snapshot diff ID ID [--json] --data DIR\n"
	"       chopay report snapshot verify --data DIR\n\n"
	"Freezes the figures of a period (chốt số liệu), signed.  Figures that changed since make\n"
	"the next revision, the one before stays readable; the same figures make none.  show gives\n"
	"the same bytes for ever, in each form.  A period that is not over is only ever tạm tính.\n";

struct snapshot_options {
	struct where where;
	struct report_words words;
	const char *person, *scope;
	bool json;
};

/* ---- for people ---------------------------------------------------------------------------------
 */

static const char *
status_vi(struct str status)
{
	return str_eq(status, STR("official"))	  ? "chính thức"
	       : str_eq(status, STR("unmatched")) ? "chưa khớp"
						  : "tạm tính";
}

static void
print_snapshot(const json_t *item)
{
	printf("%.*s  %.*s  %.*s %.*s %.*s %.*s  lần %lld  %s  %.*s  %.*s\n",
		STR_FMT(list_text(item, "id")), STR_FMT(list_text(item, "scope")),
		STR_FMT(list_text(item, "period")), STR_FMT(list_text(item, "calendar")),
		STR_FMT(list_text(item, "boundary")), STR_FMT(list_text(item, "audience")),
		(long long)json_integer_value(json_object_get(item, "revision")),
		status_vi(list_text(item, "status")), STR_FMT(list_text(item, "cut_at")),
		STR_FMT(list_text(item, "person")));
}

static void
print_differences(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);

		printf("  %.*s  %.*s  %.*s: %.*s -> %.*s\n", STR_FMT(list_text(item, "code")),
			STR_FMT(list_text(item, "name")), STR_FMT(list_text(item, "indicator")),
			STR_FMT(list_text(json_object_get(item, "before"), "text")),
			STR_FMT(list_text(json_object_get(item, "after"), "text")));
	}
}

static int
flush(void)
{
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

/* ---- freeze -------------------------------------------------------------------------------------
 */

static void
set_words(const struct snapshot_options *options, json_t *body)
{
	static const struct {
		const char *name;
		enum report_word word;
	} sent[] = {{"unit", WORD_UNIT}, {"market", WORD_MARKET}, {"former", WORD_FORMER},
		{"period", WORD_PERIOD}, {"calendar", WORD_CALENDAR}, {"boundary", WORD_BOUNDARY},
		{"audience", WORD_AUDIENCE}};

	for (size_t i = 0; i < sizeof(sent) / sizeof(sent[0]); i++) {
		if (options->words.of[sent[i].word] != NULL)
			json_set_str(body, sent[i].name, str_from(options->words.of[sent[i].word]));
	}
	json_set_str(body, "person", str_from(options->person));
}

static int
freeze(const struct snapshot_options *options)
{
	static const char command[] = "report snapshot";
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object(), *answer CLEANUP(json_cleanup) = NULL;
	struct report_order order;
	int status = report_check(command, &options->words, ORDER_ADOPTION, &order);

	if (status != -1)
		return status;
	if (options->person == NULL) {
		complain("%s: who freezes it? --person NAME", command);
		return EX_USAGE;
	}
	set_words(options, body);
	status = control_open(command, &options->where, &control);
	if (status == 0)
		status = report_fold(control, command, order.request.period.to_day);
	if (status == 0)
		status = control_json(control, "POST", "/v1/snapshots", body, &answer);
	if (status != 0)
		return status;
	if (options->json) {
		list_print_json(answer);
		return flush();
	}
	print_snapshot(json_object_get(answer, "snapshot"));
	if (json_is_true(json_object_get(answer, "unchanged")))
		complain("%s: the figures are those of this revision: no other one was made",
			command);
	print_differences(json_object_get(answer, "difference"));
	return flush();
}

/* ---- what there is ------------------------------------------------------------------------------
 */

static int
list(const struct snapshot_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct buf query CLEANUP(buf_fini) = {0};
	int status = control_open("report snapshot list", &options->where, &control);

	if (status != 0)
		return status;
	buf_adds(&query, "");
	if (options->scope != NULL) {
		buf_adds(&query, "&scope=");
		path_add(&query, str_from(options->scope));
	}
	return list_print(control, "/v1/snapshots", query.len == 0 ? "" : query.ptr, "snapshots",
		options->json ? list_print_json : print_snapshot, NULL);
}

static int
show(const struct snapshot_options *options, const char *id)
{
	static const char command[] = "report snapshot show";
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0}, query CLEANUP(buf_fini) = {0};
	struct report_words words = options->words;
	struct report_order order;
	int status;

	words.of[WORD_SNAPSHOT] = id;
	if (words.of[WORD_FORMAT] == NULL)
		words.of[WORD_FORMAT] = "json";
	status = report_check(command, &words, ORDER_ADOPTION, &order);
	if (status != -1)
		return status;
	buf_adds(&path, "/v1/snapshots/");
	path_add(&path, str_from(id));
	report_query(&words, &query);
	buf_addf(&path, "?%s", query.ptr);
	status = control_open(command, &options->where, &control);
	return status == 0 ? report_fetch(control, command, path.ptr, &words) : status;
}

static int
diff(const struct snapshot_options *options, const char *const ids[2])
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0};
	int status = control_open("report snapshot diff", &options->where, &control);

	buf_adds(&path, "/v1/snapshots/");
	path_add(&path, str_from(ids[0]));
	buf_adds(&path, "/difference/");
	path_add(&path, str_from(ids[1]));
	if (status == 0)
		status = control_json(control, "GET", path.ptr, NULL, &answer);
	if (status != 0)
		return status;
	if (options->json) {
		list_print_json(answer);
		return flush();
	}
	print_snapshot(json_object_get(answer, "before"));
	print_snapshot(json_object_get(answer, "after"));
	print_differences(json_object_get(answer, "difference"));
	return flush();
}

static int
verify(const struct snapshot_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int status = control_open("report snapshot verify", &options->where, &control);
	const json_t *faults;

	if (status == 0)
		status = control_json(control, "GET", "/control/snapshots/verify", NULL, &answer);
	if (status != 0)
		return status;
	faults = json_object_get(answer, "faults");
	for (size_t i = 0; i < json_array_size(faults); i++)
		complain("report snapshot verify: %.*s: %.*s",
			STR_FMT(list_text(json_array_get(faults, i), "id")),
			STR_FMT(list_text(json_array_get(faults, i), "fault")));
	printf("%lld snapshots, %zu not as they were signed\n",
		(long long)json_integer_value(json_object_get(answer, "snapshots")),
		json_array_size(faults));
	return json_array_size(faults) == 0 ? flush() : EX_DATAERR;
}

int
report_snapshot(int argc, char **argv)
{
	struct snapshot_options options = {0};
	const char *words[3];
	const struct option_spec specs[] = {WHERE_OPTIONS(options.where),
		REPORT_WORD_OPTIONS(options.words), REPORT_FORM_OPTIONS(options.words),
		{"person", &options.person, NULL}, {"scope", &options.scope, NULL},
		{"json", NULL, &options.json}};
	size_t count;
	int status = options_read("report snapshot", SNAPSHOT_HELP, argc, argv, specs,
		sizeof(specs) / sizeof(specs[0]), words, 3, &count);

	if (status != -1)
		return status;
	if (count == 0)
		return freeze(&options);
	if (strcmp(words[0], "list") == 0 && count == 1)
		return list(&options);
	if (strcmp(words[0], "show") == 0 && count == 2)
		return show(&options, words[1]);
	if (strcmp(words[0], "diff") == 0 && count == 3)
		return diff(&options, words + 1);
	if (strcmp(words[0], "verify") == 0 && count == 1)
		return verify(&options);
	complain(
		"report snapshot: list, show ID, diff ID ID or verify; see `chopay report snapshot "
		"--help`");
	return EX_USAGE;
}
