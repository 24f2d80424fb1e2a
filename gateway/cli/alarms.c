/* chopay alarms: what a person must look at. */
#include <stdio.h>

#include "cli.h"
#include "list.h"
#include "options.h"

static const char ALARMS_HELP[] =
	"usage: chopay alarms [--kind KIND] [--json] --data DIR\n\n"
	"What a person must look at, newest first:\n"
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
	printf("%.*s  %-20.*s %.*s  %.*s\n", STR_FMT(list_text(item, "at")),
		STR_FMT(list_text(item, "kind")), STR_FMT(list_text(item, "subject")),
		STR_FMT(list_text(item, "detail")));
}

int
cli_alarms(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct buf query CLEANUP(buf_fini) = {0};
	struct where where = {0};
	const char *kind = NULL, *words[1];
	bool json = false;
	const struct option_spec specs[] = {
		WHERE_OPTIONS(where), {"kind", &kind, NULL}, {"json", NULL, &json}};
	size_t count;
	int status = options_read("alarms", ALARMS_HELP, argc, argv, specs, 5, words, 0, &count);

	if (status != -1)
		return status;
	if (kind != NULL) {
		buf_adds(&query, "&kind=");
		path_add(&query, str_from(kind));
	}
	status = control_open("alarms", &where, &control);
	if (status != 0)
		return status;
	return list_print(control, "/v1/alarms", query.ptr == NULL ? "" : query.ptr, "alarms",
		json ? list_print_json : print_alarm, NULL);
}
