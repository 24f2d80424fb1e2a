/* simulate.c - the run: buyers at their pace, the bank between them, the comparison at the end. */
#include "chopay/simulate.h"

#include <stdio.h>
#include <unistd.h>

#include <curl/curl.h>

#include "chopay/clock.h"
#include "purchase.h"

#define PATIENCE_MAX 8	 /* tries of a purchase while the gateway is away */
#define REFUSALS_MAX 100 /* in a row: nothing will come of this run */
#define SINCE_MARGIN_MS (10 * 60 * MS_PER_SECOND) /* clocks differ */
#define LATE_MAX_US INT64_C(5000000) /* after an outage, buyers do not all come at once */

struct run {
	const struct simulate_options *options;
	struct simulate_summary *summary;
	struct shop shop;
	struct market market;
	struct ledger ledger;
	bool closing;
	int stops;	    /* how often the stop_fd spoke */
	int64_t started_ms; /* monotonic */
	int64_t ticked_ms;
};

/* ---- time ---------------------------------------------------------------------------------- */

static void
tick(struct run *run)
{
	int64_t now_ms = clock_monotonic_ms();

	run->summary->elapsed_ms = now_ms - run->started_ms;
	if (run->options->ticked == NULL || now_ms - run->ticked_ms < MS_PER_SECOND)
		return;
	run->ticked_ms = now_ms;
	run->options->ticked(run->options->arg, run->summary);
}

/* Let the bank work until then; a stop ends the wait. */
static struct err
work_until(struct run *run, int64_t until_ms)
{
	int64_t now_ms;

	do {
		int64_t step_ms;
		char what[256];
		bool stopped;

		now_ms = clock_monotonic_ms();
		step_ms = until_ms < now_ms + MS_PER_SECOND ? until_ms : now_ms + MS_PER_SECOND;
		TRY(bank_work(run->shop.bank, step_ms, &stopped));
		tick(run);
		if (stopped) {
			/* Closed at the other end: nobody is there to stop us twice. */
			run->stops += read(run->options->stop_fd, what, sizeof(what)) > 0 ? 1 : 2;
			return OK;
		}
		now_ms = clock_monotonic_ms();
	} while (now_ms < until_ms && !(run->closing && bank_pending(run->shop.bank) == 0));
	return OK;
}

/* ---- buyers -------------------------------------------------------------------------------- */

/* The n-th purchase, again while the gateway is away: it may be restarting. */
static struct err
buy(struct run *run, uint64_t n)
{
	struct err err = purchase_make(&run->shop, n);

	for (int tries = 1; err.code == ERR_BUSY && tries < PATIENCE_MAX && run->stops == 0;
		tries++) {
		int64_t wait_s = tries < 3 ? tries : 4;

		run->summary->retries++;
		TRY(work_until(run, clock_monotonic_ms() + wait_s * MS_PER_SECOND));
		if (run->stops == 0)
			err = purchase_make(&run->shop, n);
	}
	return err;
}

static bool
is_refusal(struct err err)
{
	return err.code == ERR_INVALID || err.code == ERR_NOT_FOUND || err.code == ERR_CONFLICT;
}

static struct err
sell(struct run *run)
{
	const struct simulate_options *options = run->options;
	int64_t next_us = clock_monotonic_ms() * 1000;
	int refusals = 0;

	for (uint64_t n = 0; run->stops == 0; n++) {
		struct err err;

		if (options->payments > 0 && n == (uint64_t)options->payments)
			return OK;
		TRY(work_until(run, next_us / 1000));
		if (run->stops > 0)
			return OK;
		err = buy(run, n);
		if (run->stops > 0 && err.code == ERR_BUSY)
			return OK; /* told to stop while the gateway was away */
		if (err.code != ERR_OK)
			summary_fault(run->summary, "%s",
				err.code == ERR_BROKEN ? err.what
						       : gateway_fault(run->shop.gateway));
		if (err.code != ERR_OK && !is_refusal(err))
			return err;
		run->summary->refused += err.code != ERR_OK;
		refusals = err.code == ERR_OK ? 0 : refusals + 1;
		if (refusals == REFUSALS_MAX)
			return FAIL(ERR_CONFLICT, "the gateway refuses every purchase");
		next_us += options->rate_milli == 0 ? 0 : INT64_C(1000000000) / options->rate_milli;
		if (next_us + LATE_MAX_US < clock_monotonic_ms() * 1000 || options->rate_milli == 0)
			next_us = clock_monotonic_ms() * 1000;
	}
	return OK;
}

/* Finish what is in flight.  Told to stop, nobody waits for delays or for those who overtake. */
static struct err
finish(struct run *run)
{
	bool hurried = run->stops > 0;

	run->closing = true;
	bank_close(run->shop.bank, hurried);
	while (bank_pending(run->shop.bank) > 0 && run->stops < 2) {
		TRY(work_until(run, clock_monotonic_ms() + MS_PER_SECOND));
		if (run->stops > 0 && !hurried)
			bank_close(run->shop.bank, hurried = true);
	}
	return OK;
}

/* ---- the comparison ------------------------------------------------------------------------ */

static struct err
compare(struct run *run, int64_t since_ms)
{
	struct gateway *gateway = run->shop.gateway;
	struct err err = gateway_payments(gateway, since_ms, ledger_note_payment, &run->ledger);

	if (err.code == ERR_OK)
		err = gateway_suspense(gateway, ledger_note_suspense, &run->ledger);
	if (err.code != ERR_OK) {
		summary_fault(run->summary, "%s", gateway_fault(gateway));
		return err;
	}
	ledger_judge(&run->ledger, run->summary);
	return OK;
}

static struct err
outcome(const struct run *run)
{
	const struct simulate_summary *said = run->summary;

	if (said->fault[0] == '\0')
		return OK;
	if (bank_unreachable(run->shop.bank) &&
		said->refused + said->unreadable + said->wrong_codes + said->forgeries_accepted +
				said->lost + said->doubled + said->wrong + said->astray +
				said->unearned ==
			0)
		return FAIL(ERR_BUSY, "the gateway was away for too long");
	return FAIL(ERR_CONFLICT, "the gateway did not do what it should");
}

/* ---- the run ------------------------------------------------------------------------------- */

/* A03, MALAM.A03 or CHS0001NV */
static bool
is_called(const struct stand *stand, struct str name)
{
	struct str rest = name, market;

	return str_eq(stand->code, name) || str_eq(stand->reference, name) ||
	       (str_split(&rest, '.', &market) && str_eq(stand->market, market) &&
		       str_eq(stand->code, rest));
}

static struct err
find_favourite(struct run *run)
{
	struct str wanted = run->options->favourite;

	if (run->options->favour == 0)
		return OK;
	for (size_t i = 0; i < run->market.count; i++) {
		if (is_called(&run->market.stands[i], wanted)) {
			run->shop.favourite = i;
			return OK;
		}
	}
	summary_fault(run->summary, "--favour: no open stall %.*s", STR_FMT(wanted));
	return FAIL(ERR_INVALID, "no such stall to favour");
}

static struct err
open_shop(struct run *run)
{
	const struct simulate_options *options = run->options;
	struct err err;

	run->shop = (struct shop){
		.options = options,
		.summary = run->summary,
		.market = &run->market,
		.ledger = &run->ledger,
	};
	crypt_random(&run->shop.run_id, sizeof(run->shop.run_id));
	run->shop.numbers.salt = run->shop.run_id;
	TRY(bank_new(options, &run->ledger, run->summary, &run->shop.bank));
	TRY(gateway_new(options, &run->shop.gateway));
	err = gateway_market(run->shop.gateway, &run->market);
	if (err.code != ERR_OK) {
		summary_fault(run->summary, "%s", gateway_fault(run->shop.gateway));
		return err;
	}
	if (run->market.count == 0) {
		summary_fault(run->summary, "the gateway's register has no open stall;"
					    " `chopay registry import` brings some");
		return FAIL(ERR_INVALID, "no stall to buy from");
	}
	return find_favourite(run);
}

static void
close_shop(struct run *run)
{
	bank_free(run->shop.bank);
	gateway_free(run->shop.gateway);
	if (run->market.arena != NULL)
		market_fini(&run->market);
	ledger_fini(&run->ledger);
}

static struct err
run_all(struct run *run)
{
	const struct clock clock = {0};
	int64_t since_ms = clock_now_ms(&clock) - SINCE_MARGIN_MS;

	TRY(open_shop(run));
	TRY(sell(run));
	TRY(finish(run));
	if (!run->options->skip_check && run->stops < 2)
		TRY(compare(run, since_ms));
	return outcome(run);
}

struct err
simulate_run(const struct simulate_options *options, struct simulate_summary *summary)
{
	struct run run = {
		.options = options,
		.summary = summary,
		.started_ms = clock_monotonic_ms(),
	};
	struct err err;

	*summary = (struct simulate_summary){0};
	TRY(simulate_check(options));
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return FAIL(ERR_BROKEN, "libcurl cannot be set up");
	run.ticked_ms = run.started_ms;
	err = run_all(&run);
	summary->elapsed_ms = clock_monotonic_ms() - run.started_ms;
	if (err.code != ERR_OK)
		summary_fault(summary, "%s", err.what);
	close_shop(&run);
	curl_global_cleanup();
	return err;
}
