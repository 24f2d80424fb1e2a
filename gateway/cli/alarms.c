/* chopay alarms: what a person must look at, and closing it with a word why. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "cli.h"
#include "list.h"
#include "options.h"

static const char ALARMS_HELP[] =
	"usage: chopay alarms [--kind KIND] [--state open|closed|all] [--json] --data DIR\n"
	"       chopay alarms close ID --person NAME --why TEXT --data DIR\n\n"
	"What a person must look at, newest first, with its id; all of them unless --state says\n"
	"otherwise.  None ends by itself: somebody looks, and closes it with a word why.\n\n"
	"close: it was looked at.  --person NAME is who did, --why TEXT what was found; both are kept\n"
	"with the alarm and in the audit log.  It cannot be opened again: if it is over and comes\n"
	"back, that is a new one.\n\n"
	"  id_conflict          a known transfer came again with another amount; the first stays\n"
	"  missed_credit        a list or statement brought credits that no webhook brought in time\n"
	"  pull_failing         polls of a list have failed for half an hour\n"
	"  line_not_understood  a list holds lines that could not be booked\n"
	"  reconciliation_gap   a day that is over does not agree with the bank's lines\n"
	"  buyer_says_paid      a stall misses money that its buyer says was sent\n"
	"  stall_gave_back      a stall says that it gave money back by hand\n"
	"  sticker_swap         another code hangs at a stall, or its money stays away as if one did\n"
	"  silent_stall         a stall hears of no money in an hour in which it always does\n"
	"  silent_feed          an endpoint is not called in an hour in which it always is\n"
	"  disk_nearly_full     the disk of the books\n"
	"  certificate_expiry   a certificate ends soon\n";

static void
print_alarm(const json_t *item)
{
	printf("%.*s  %.*s  %-20.*s %.*s  %.*s\n", STR_FMT(list_text(item, "id")),
		STR_FMT(list_text(item, "at")), STR_FMT(list_text(item, "kind")),
		STR_FMT(list_text(item, "subject")), STR_FMT(list_text(item, "detail")));
}

static int
alarms_list(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct buf query CLEANUP(buf_fini) = {0};
	struct where where = {0};
	const char *kind = NULL, *state = NULL, *words[1];
	bool json = false;
	const struct option_spec specs[] = {WHERE_OPTIONS(where), {"kind", &kind, NULL},
		{"state", &state, NULL}, {"json", NULL, &json}};
	size_t count;
	int status = options_read("alarms", ALARMS_HELP, argc, argv, specs,
		sizeof(specs) / sizeof(specs[0]), words, 0, &count);

	if (status != -1)
		return status;
	if (kind != NULL) {
		buf_adds(&query, "&kind=");
		path_add(&query, str_from(kind));
	}
	if (state != NULL) {
		buf_adds(&query, "&state=");
		path_add(&query, str_from(state));
	}
	status = control_open("alarms", &where, &control);
	if (status != 0)
		return status;
	return list_print(control, "/v1/alarms", query.ptr == NULL ? "" : query.ptr, "alarms",
		json ? list_print_json : print_alarm, NULL);
}

static int
alarms_close(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object(), *answer CLEANUP(json_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0};
	struct where where = {0};
	const char *person = NULL, *why = NULL, *words[1] = {NULL};
	const struct option_spec specs[] = {
		WHERE_OPTIONS(where), {"person", &person, NULL}, {"why", &why, NULL}};
	size_t count;
	int status = options_read("alarms close", ALARMS_HELP, argc, argv, specs,
		sizeof(specs) / sizeof(specs[0]), words, 1, &count);

	if (status != -1)
		return status;
	if (count == 0 || words[0][0] == '\0') {
		complain("alarms close: which one?  `chopay alarms --state open` shows ids");
		return EX_USAGE;
	}
	if (person == NULL || why == NULL) {
		complain("alarms close: give --person NAME and --why TEXT");
		return EX_USAGE;
	}
	json_set_str(body, "person", str_from(person));
	json_set_str(body, "why", str_from(why));
	buf_adds(&path, "/v1/alarms/");
	path_add(&path, str_from(words[0]));
	buf_adds(&path, "/closing");
	status = control_open("alarms close", &where, &control);
	if (status == 0)
		status = control_json(control, "POST", path.ptr, body, &answer);
	if (status == 0)
		list_print_json(answer);
	return status;
}

int
cli_alarms(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "close") == 0)
		return alarms_close(argc - 1, argv + 1);
	return alarms_list(argc, argv);
}
