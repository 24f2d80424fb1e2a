/* chopay transfers list. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "chopay/money.h"
#include "cli.h"
#include "list.h"
#include "options.h"

static const char TRANSFERS_HELP[] =
	"usage: chopay transfers list [--json] [--direction in|out] [--unlinked] [--since TIME]\n"
	"                             --data DIR\n\n"
	"What the banks told, one transfer per line: each once, however many feeds told it.\n"
	"  --json           {id, feed, bank_ref, account, amount, direction, note, payment,\n"
	"                   suspense, given_back, told_by, ...} per line; told_by has each feed's\n"
	"                   id of it, and by what it was recognised\n"
	"  --direction D    in, or out\n"
	"  --unlinked       only money out that nothing explains: no refund, nothing sent back;\n"
	"                   `chopay payments refund --transfer ID` says what it was\n"
	"  --since TIME     by the bank's time: 2026-07-28 or 2026-07-28T14:30:45+07:00\n";

/* What became of it. */
static void
add_fate(struct buf *out, const json_t *item)
{
	const json_t *payment = json_object_get(item, "payment");
	const json_t *suspense = json_object_get(item, "suspense");

	if (json_is_string(payment))
		buf_addf(out, "payment %.*s", STR_FMT(json_str(payment)));
	else if (json_is_string(suspense))
		buf_addf(out, "suspense %.*s", STR_FMT(json_str(suspense)));
	else if (json_integer_value(json_object_get(item, "given_back")) > 0)
		buf_adds(out, "given back");
	else
		buf_adds(out, "-");
}

static void
print_transfer(const json_t *item)
{
	struct buf amount CLEANUP(buf_fini) = {0}, fate CLEANUP(buf_fini) = {0};

	vnd_format(&amount, (struct vnd){json_integer_value(json_object_get(item, "amount"))});
	add_fate(&fate, item);
	printf("%.*s  %.*s  %-3.*s %12s đ  %-16.*s %-18.*s %s\n", STR_FMT(list_text(item, "id")),
		STR_FMT(list_text(item, "booked_at")), STR_FMT(list_text(item, "direction")),
		amount.ptr, STR_FMT(list_text(item, "account")),
		STR_FMT(list_text(item, "bank_ref")), fate.ptr);
}

static int
list(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct buf query CLEANUP(buf_fini) = {0};
	struct where where = {0};
	const char *direction = NULL, *since = NULL, *words[1];
	bool json = false, unlinked = false;
	const struct option_spec specs[] = {WHERE_OPTIONS(where), {"json", NULL, &json},
		{"direction", &direction, NULL}, {"since", &since, NULL},
		{"unlinked", NULL, &unlinked}};
	size_t count;
	int status = options_read(
		"transfers list", TRANSFERS_HELP, argc, argv, specs, 7, words, 0, &count);

	if (status != -1)
		return status;
	for (size_t i = WHERE_OPTION_COUNT + 1; i < WHERE_OPTION_COUNT + 3;
		i++) { /* the names of the query's values too */
		if (*specs[i].text == NULL)
			continue;
		buf_addf(&query, "&%s=", specs[i].name);
		path_add(&query, str_from(*specs[i].text));
	}
	if (unlinked)
		buf_adds(&query, "&unlinked=true");
	status = control_open("transfers list", &where, &control);
	if (status != 0)
		return status;
	return list_print(control, "/v1/transfers", query.ptr == NULL ? "" : query.ptr, "transfers",
		json ? list_print_json : print_transfer, NULL);
}

int
cli_transfers(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "list") == 0)
		return list(argc - 1, argv + 1);
	return subcommand_missing("transfers", TRANSFERS_HELP, argc, argv);
}
