/* chopay store partition|archive: parts of the store by month, on PostgreSQL. */
#include <stdio.h>
#include <sysexits.h>

#include "chopay/log.h"

#include "control.h"
#include "options.h"
#include "store.h"

#define AHEAD_DEFAULT 3

const char store_partition_help[] =
	"usage: chopay store partition [--ahead MONTHS] --store URI --data DIR\n\n"
	"On PostgreSQL: a part of its own for each month of payments (by market day) and of raw\n"
	"deliveries (by arrival): those that have rows, this one, and MONTHS ahead (default 3).\n"
	"Once a month is often enough; what no part was made for waits in the rest, and is moved\n"
	"the next time.  Prints each new part and the rows that were moved into it.\n";

const char store_archive_help[] =
	"usage: chopay store archive --before YYYY-MM --store URI --data DIR\n\n"
	"On PostgreSQL: the raw deliveries of each month before YYYY-MM become a table of their own\n"
	"in the schema *_archive, to be dumped (pg_dump -n) and dropped.  Every row's seal is\n"
	"checked first; how many there were and the sum of their seals stay, so that `chopay ledger\n"
	"verify` still agrees.  Payments, cells and all sums stay as they are.\n";

static int
ask_parts(const char *command, const struct where *where, const char *path, const char *name,
	int64_t value, const char *nothing)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	int status = control_open(command, where, &control);
	const json_t *parts;

	json_set_i64(body, name, value);
	if (status == 0)
		status = control_json(control, "POST", path, body, &answer);
	if (status != 0)
		return status;
	parts = json_object_get(answer, "parts");
	for (size_t i = 0; i < json_array_size(parts); i++) {
		const json_t *part = json_array_get(parts, i);

		printf("%.*s_%lld\t%lld\n", STR_FMT(json_str(json_object_get(part, "table"))),
			(long long)json_integer_value(json_object_get(part, "month")),
			(long long)json_integer_value(json_object_get(part, "rows")));
	}
	if (json_array_size(parts) == 0)
		complain("%s: nothing to do: %s", command, nothing);
	return EX_OK;
}

int
store_partition(int argc, char **argv)
{
	struct where where = {0};
	const char *ahead = NULL, *words[1];
	const struct option_spec specs[] = {WHERE_OPTIONS(where), {"ahead", &ahead, NULL}};
	int64_t months = AHEAD_DEFAULT;
	size_t count;
	int status = options_read("store partition", store_partition_help, argc, argv, specs,
		WHERE_OPTION_COUNT + 1, words, 0, &count);

	if (status != -1)
		return status;
	if (ahead != NULL && (str_to_i64(str_from(ahead), &months).code != ERR_OK || months < 0 ||
				     months > 120)) {
		complain("store partition: --ahead %s: a number of months from 0 to 120", ahead);
		return EX_DATAERR;
	}
	return ask_parts("store partition", &where, "/control/store/partition", "ahead", months,
		"each of these months has its part already");
}

/* "2026-07" as 202607. */
static bool
read_month(const char *text, int64_t *month)
{
	struct str year = str_from(text), rest;
	int64_t y, m;

	if (year.len != 7 || text[4] != '-')
		return false;
	rest = str_cut(year, 5, 7);
	year = str_cut(year, 0, 4);
	if (str_to_i64(year, &y).code != ERR_OK || str_to_i64(rest, &m).code != ERR_OK)
		return false;
	*month = y * 100 + m;
	return y >= 2024 && m >= 1 && m <= 12;
}

int
store_archive(int argc, char **argv)
{
	struct where where = {0};
	const char *before = NULL, *words[1];
	const struct option_spec specs[] = {WHERE_OPTIONS(where), {"before", &before, NULL}};
	int64_t month;
	size_t count;
	int status = options_read("store archive", store_archive_help, argc, argv, specs,
		WHERE_OPTION_COUNT + 1, words, 0, &count);

	if (status != -1)
		return status;
	if (before == NULL) {
		complain("store archive: --before is missing; see `chopay store archive --help`");
		return EX_USAGE;
	}
	if (!read_month(before, &month)) {
		complain("store archive: --before %s: a month such as 2026-07, from 2024-01",
			before);
		return EX_DATAERR;
	}
	return ask_parts("store archive", &where, "/control/store/archive", "before", month,
		"no part before that month is left here (`chopay store partition` makes parts)");
}
