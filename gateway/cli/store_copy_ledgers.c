/* The ledgers of both stores of a copy, verified side by side. */
#include <pthread.h>
#include <stdio.h>
#include <sysexits.h>

#include "chopay/books.h"
#include "chopay/log.h"
#include "options.h"
#include "store_copying.h"

#define FAULTS_SHOWN 20

struct ledger {
	const struct side *side;
	const struct copying *copying;
	struct buf faults;
	int64_t fault_count, unchecked;
	int status;
};

static void
fault_found(void *arg, const char *table, struct str key, const char *fault)
{
	struct ledger *ledger = arg;

	if (ledger->fault_count++ < FAULTS_SHOWN)
		buf_addf(&ledger->faults, STORE_COPY ": %s: %s %.*s: %s\n", ledger->side->place.ptr,
			table, STR_FMT(key), fault);
}

static void *
verify_ledger(void *arg)
{
	struct ledger *ledger = arg;
	struct db *db = NULL;
	struct err err;

	ledger->status = side_open(ledger->side, STORE_READ, &db);
	if (ledger->status != 0)
		return NULL;
	store_seal_with(db, ledger->copying->crypt, &ledger->copying->key);
	err = ledger_verify(db, ledger->copying->crypt, fault_found, ledger, &ledger->unchecked);
	if (err.code != ERR_OK) {
		complain(STORE_COPY ": %s: %s", ledger->side->place.ptr, err.what);
		ledger->status = err_exit_status(err.code);
	}
	store_close(db);
	return NULL;
}

static int
report_ledger(struct ledger *ledger)
{
	fputs(ledger->faults.ptr == NULL ? "" : ledger->faults.ptr, stderr);
	if (ledger->fault_count > FAULTS_SHOWN)
		complain(STORE_COPY ": %s: and %lld more", ledger->side->place.ptr,
			(long long)ledger->fault_count - FAULTS_SHOWN);
	if (ledger->unchecked > 0)
		complain(STORE_COPY ": %s: %lld rows were sealed with a key that is not in "
				    "%s/keys: a changed row cannot be told",
			ledger->side->place.ptr, (long long)ledger->unchecked,
			ledger->copying->keys);
	buf_fini(&ledger->faults);
	return ledger->fault_count > 0 ? EX_DATAERR : ledger->status;
}

/* Both at once: each takes as long as the other. */
int
copying_verify_ledgers(const struct copying *copying)
{
	struct ledger from = {.side = &copying->from, .copying = copying};
	struct ledger to = {.side = &copying->to, .copying = copying};
	pthread_t thread;
	bool beside = pthread_create(&thread, NULL, verify_ledger, &from) == 0;
	int from_status, to_status;

	verify_ledger(&to);
	if (beside)
		pthread_join(thread, NULL);
	else
		verify_ledger(&from);
	from_status = report_ledger(&from);
	to_status = report_ledger(&to);
	return from_status != 0 ? from_status : to_status;
}
