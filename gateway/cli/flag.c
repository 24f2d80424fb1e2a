/* chopay flag list, release. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "chopay/money.h"
#include "cli.h"
#include "list.h"
#include "options.h"

static const char FLAG_HELP[] =
	"usage: chopay flag list [--stall CODE] [--rule R] [--from DAY] [--to DAY] [--json]\n"
	"       chopay flag release --stall CODE --rule R --subject ID --person NAME --why TEXT\n"
	"       both with --data DIR\n\n"
	"list: payments that a rule took out of the index, and months that a person should look at;\n"
	"of the last 62 days unless --from says otherwise.  The money stays in the books.\n"
	"  R1 the stall's own people  R2 two owners paid each other  R3 one payment in pieces\n"
	"  R4 less than 1.000 đ  R5 a burst at a month's end  R6 one payer makes most\n"
	"  R7 one payer, many stalls, one amount  refunded: nothing is left of it\n\n"
	"release: the rule was wrong about it.  The first person proposes, another one confirms\n"
	"with the same words and their own --person; then the payment counts again.\n\n"
	"  --stall CODE   code, MARKET.CODE or reference\n"
	"  --rule R       R1 to R7\n"
	"  --subject ID   the number that the list shows\n";

static void
print_flag(const json_t *item)
{
	struct buf amount CLEANUP(buf_fini) = {0};

	vnd_format(&amount, (struct vnd){json_integer_value(json_object_get(item, "amount"))});
	printf("%.*s  %.*s  %.*s  %.*s  %s đ  %.*s%s\n", STR_FMT(list_text(item, "day")),
		STR_FMT(list_text(item, "stall")), STR_FMT(list_text(item, "rule")),
		STR_FMT(list_text(item, "subject")), amount.ptr,
		STR_FMT(list_text(item, "evidence")),
		json_is_true(json_object_get(item, "released")) ? "  released" : "");
}

static void
add_query(struct buf *path, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_addf(path, "%c%s=", strchr(path->ptr, '?') == NULL ? '?' : '&', name);
	for (; *value != '\0'; value++) {
		unsigned char c = (unsigned char)*value;

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			c == '-' || c == '.')
			buf_addc(path, (char)c);
		else
			buf_addf(path, "%%%02X", c);
	}
}

static int
list(int argc, char **argv)
{
	struct where where = {0};
	const char *stall = NULL, *rule = NULL, *from = NULL, *to = NULL, *words[1];
	bool json = false;
	const struct option_spec specs[] = {WHERE_OPTIONS(where), {"stall", &stall, NULL},
		{"rule", &rule, NULL}, {"from", &from, NULL}, {"to", &to, NULL},
		{"json", NULL, &json}};
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0};
	const json_t *items, *item;
	size_t count, i;
	int status = options_read("flag list", FLAG_HELP, argc, argv, specs,
		sizeof(specs) / sizeof(specs[0]), words, 0, &count);

	if (status != -1)
		return status;
	buf_adds(&path, "/control/flags");
	add_query(&path, "stall", stall);
	add_query(&path, "rule", rule);
	add_query(&path, "from", from);
	add_query(&path, "to", to);
	status = control_open("flag list", &where, &control);
	if (status == 0)
		status = control_json(control, "GET", path.ptr, NULL, &answer);
	if (status != 0)
		return status;
	items = json_object_get(answer, "flags");
	json_array_foreach(items, i, item)
	{
		if (json)
			list_print_json(item);
		else
			print_flag(item);
	}
	if (json_is_true(json_object_get(answer, "more")))
		complain("flag list: there are more; give --stall, --rule, --from or --to");
	return EX_OK;
}

static int
release(int argc, char **argv)
{
	struct where where = {0};
	const char *values[5] = {NULL}, *words[1];
	static const char *const names[] = {"stall", "rule", "subject", "person", "why"};
	const struct option_spec specs[] = {WHERE_OPTIONS(where), {"stall", &values[0], NULL},
		{"rule", &values[1], NULL}, {"subject", &values[2], NULL},
		{"person", &values[3], NULL}, {"why", &values[4], NULL}};
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	size_t count;
	int status = options_read("flag release", FLAG_HELP, argc, argv, specs,
		sizeof(specs) / sizeof(specs[0]), words, 0, &count);

	if (status != -1)
		return status;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (values[i] == NULL) {
			complain("flag release: --%s is missing; `chopay flag list` shows stalls,"
				 " rules and subjects",
				names[i]);
			return EX_USAGE;
		}
		json_set_str(body, names[i], str_from(values[i]));
	}
	status = control_open("flag release", &where, &control);
	if (status == 0)
		status = control_json(control, "POST", "/control/flags/release", body, &answer);
	if (status != 0)
		return status;
	list_print_json(answer);
	if (str_eq(list_text(answer, "state"), STR("proposed")))
		complain("flag release: proposed, not released yet: another person must confirm"
			 " the same with their own --person");
	return EX_OK;
}

int
cli_flag(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "list") == 0)
		return list(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "release") == 0)
		return release(argc - 1, argv + 1);
	return subcommand_missing("flag", FLAG_HELP, argc, argv);
}
