/* chopay simulate --history: a province's markets and a year of payments, to try reports on. */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "chopay/app.h"
#include "chopay/clock.h"
#include "chopay/history.h"
#include "options.h"
#include "simulate.h"

#define MONTHS_MAX 60
#define SHARE_SCALE 100 /* percent to hundredths of a percent */

static const char HISTORY_HELP[] =
	"usage: chopay simulate --history --data DIR [options]\n\n"
	"Makes a province's markets in a store of its own, and months of their payments: mornings,\n"
	"nights, days of the moon, Tet, stalls that give up, and some that cheat.  The same options\n"
	"make the same; broken off, the same command goes on to the same end.\n\n"
	"  --seed N        the same seed, the same history (1)\n"
	"  --communes N    of province " HISTORY_PROVINCE " (124)\n"
	"  --markets N     (250)\n"
	"  --stalls N      (28700)\n"
	"  --months N      whole months, 1 to 60 (12)\n"
	"  --until DATE    the last day (the end of the last month)\n"
	"  --payments N    about so many in all (1000000)\n"
	"  --drop-out P    percent of the stalls that give up in the third month from the end (8)\n"
	"  --wash P        percent of the stalls that pay themselves, in circles, in pieces (1)\n"
	"  --cells         only the monthly cells that the payments come to, not the payments:\n"
	"                  for measuring; `ledger verify` will miss the payments\n"
	"  --days          with --cells: those of each day, too\n";

struct words {
	struct where where;
	const char *seed, *communes, *markets, *stalls, *months, *until, *payments, *drop_out,
		*wash;
	bool cells, days;
};

/* A whole number, `otherwise` when it was not given. */
static int
read_number(const char *name, const char *text, int64_t otherwise, int64_t max, int64_t *number)
{
	*number = otherwise;
	if (text == NULL)
		return 0;
	if (str_to_i64(str_from(text), number).code == ERR_OK && *number >= 0 && *number <= max)
		return 0;
	fprintf(stderr, "chopay simulate --history: --%s is a whole number up to %lld\n", name,
		(long long)max);
	return EX_USAGE;
}

static int
read_days(const struct words *words, struct history_options *options)
{
	const struct clock clock = {0};
	int32_t today = day_of(clock_now_ms(&clock), 0);
	int64_t months;
	int status = read_number("months", words->months, 12, MONTHS_MAX, &months);

	if (status != 0)
		return status;
	options->to_day = day_month_start(today) - 1;
	if (words->until != NULL &&
		day_parse(str_from(words->until), &options->to_day).code != ERR_OK) {
		fprintf(stderr,
			"chopay simulate --history: --until is a date, such as 2026-10-31\n");
		return EX_USAGE;
	}
	if (options->to_day > today) {
		fprintf(stderr, "chopay simulate --history: --until is in the future\n");
		return EX_USAGE;
	}
	options->from_day = day_month_start(options->to_day);
	for (int64_t m = 1; m < months; m++)
		options->from_day = day_month_start(options->from_day - 1);
	return 0;
}

static int
read_options(const struct words *words, struct history_options *options)
{
	const struct {
		const char *name, *text;
		int64_t otherwise, max;
	} rows[] = {
		{"seed", words->seed, 1, INT64_MAX},
		{"communes", words->communes, 124, 999},
		{"markets", words->markets, 250, 5000},
		{"stalls", words->stalls, 28700, 100000},
		{"payments", words->payments, 1000000, INT64_C(10000000000)},
		{"drop-out", words->drop_out, 8, 100},
		{"wash", words->wash, 1, 100},
	};
	int64_t numbers[sizeof(rows) / sizeof(rows[0])];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int status = read_number(
			rows[i].name, rows[i].text, rows[i].otherwise, rows[i].max, &numbers[i]);

		if (status != 0)
			return status;
	}
	options->seed = (uint64_t)numbers[0];
	options->communes = (int)numbers[1];
	options->markets = (int)numbers[2];
	options->stalls = (int)numbers[3];
	options->payments = numbers[4];
	options->drop_out = (int)numbers[5] * SHARE_SCALE;
	options->wash = (int)numbers[6] * SHARE_SCALE;
	options->cells = words->cells;
	options->days = words->days;
	return read_days(words, options);
}

static void
say_tick(void *arg, const char *what, int64_t done, int64_t total)
{
	(void)arg;
	fprintf(stderr, "%s: %lld of %lld\n", what, (long long)done, (long long)total);
}

static int
make(struct history_options *options)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct history_summary summary;
	struct err err;
	int status = simulate_catch_interrupts(&options->stop_fd);

	if (status != 0)
		return status;
	err = history_make(options, &summary, &why);
	(void)close(options->stop_fd);
	if (err.code != ERR_OK) {
		fprintf(stderr, "chopay simulate --history: %s\n",
			why.len > 0 ? why.ptr : err.what);
		return err_exit_status(err.code);
	}
	printf("%lld stalls, %lld payments, %lld given back%s\n", (long long)summary.stalls,
		(long long)summary.payments, (long long)summary.refunds,
		summary.stopped ? "; broken off, the same command goes on" : "");
	return summary.stopped ? EX_TEMPFAIL : 0;
}

int
simulate_history(int argc, char **argv)
{
	struct words words = {0};
	const struct option_spec specs[] = {
		WHERE_OPTIONS(words.where),
		{"seed", &words.seed, NULL},
		{"communes", &words.communes, NULL},
		{"markets", &words.markets, NULL},
		{"stalls", &words.stalls, NULL},
		{"months", &words.months, NULL},
		{"until", &words.until, NULL},
		{"payments", &words.payments, NULL},
		{"drop-out", &words.drop_out, NULL},
		{"wash", &words.wash, NULL},
		{"cells", NULL, &words.cells},
		{"days", NULL, &words.days},
	};
	struct history_options options = {.ticked = say_tick, .stop_fd = -1};
	struct app_config config = {0};
	size_t count = 0;
	int status = options_read("simulate --history", HISTORY_HELP, argc, argv, specs,
		sizeof(specs) / sizeof(specs[0]), NULL, 0, &count);

	if (status >= 0)
		return status;
	status = read_options(&words, &options);
	if (status != 0)
		return status;
	status = where_config("simulate --history", &words.where, &config);
	if (status == 0) {
		options.folder = config.data;
		options.store = config.store;
		status = make(&options);
	}
	config_fini(&config);
	return status;
}
