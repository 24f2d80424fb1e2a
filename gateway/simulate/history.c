/* history.c - a year of a province's markets, made of chance. */
#include "history_parts.h"

#include <poll.h>

#define YEARS_MAX 5

bool
history_stopped(const struct history *history)
{
	struct pollfd fd = {.fd = history->options->stop_fd, .events = POLLIN};

	if (fd.fd >= 0 && poll(&fd, 1, 0) == 1)
		history->summary->stopped = true;
	return history->summary->stopped;
}

void
history_tick(const struct history *history, const char *what, int64_t done, int64_t total)
{
	if (history->options->ticked != NULL)
		history->options->ticked(history->options->arg, what, done, total);
}

void
history_stall_account(struct buf *out, int stall)
{
	buf_addf(out, "19%08d", stall);
}

void
history_account(
	struct buf *out, const struct history_market *market, const struct history_payment *payment)
{
	if (payment->who == WHO_OWNER)
		history_stall_account(out, market->first_stall + payment->number);
	else if (payment->who != WHO_UNKNOWN)
		buf_addf(out, "97%d%04d%05d", payment->who, market->index, payment->number);
}

static struct err
check(const struct history_options *options, struct buf *why)
{
	const struct {
		bool wrong;
		const char *what;
	} rows[] = {
		{options->communes < 1 || options->communes > HISTORY_COMMUNES_MAX,
			"--communes is 1 to 999"},
		{options->markets < 1 || options->markets > HISTORY_MARKETS_MAX,
			"--markets is 1 to 5000"},
		{options->stalls < options->markets || options->stalls > HISTORY_STALLS_MAX,
			"--stalls is at least one for each market, and at most 100000"},
		{options->to_day < options->from_day ||
				options->to_day - options->from_day > YEARS_MAX * 366,
			"the history is one day to five years"},
		{options->payments < 1, "--payments is 1 or more"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].wrong) {
			buf_adds(why, rows[i].what);
			return FAIL(ERR_INVALID, "options out of range");
		}
	}
	return OK;
}

static void
history_fini(struct history *history)
{
	if (history->books != NULL)
		books_close(history->books);
	banks_free(history->banks);
	arena_free(history->arena);
}

struct err
history_make(
	const struct history_options *options, struct history_summary *summary, struct buf *why)
{
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	struct history history CLEANUP(history_fini) = {
		.options = options,
		.plan = {options->seed, options->communes, options->markets, options->stalls,
			options->from_day, options->to_day, options->payments, options->drop_out,
			options->wash},
		.arena = arena_new(),
		.summary = summary,
		.why = why,
	};
	struct books_config config = {
		.folder = options->folder,
		.store = options->store,
		.clock = {.fixed_ms = &history.clock_ms},
		.prefix = STR("CH"),
		.readers = 2,
	};

	*summary = (struct history_summary){.stalls = options->stalls};
	TRY(check(options, why));
	history.clock_ms = day_start_ms(options->from_day, 0);
	TRY(crypt_new(&crypt));
	config.crypt = crypt;
	TRY(banks_load(&history.banks));
	TRY(books_open(&config, &history.books, why));
	TRY(history_register(&history));
	return options->cells ? history_cells(&history) : history_pay(&history);
}
