/*
 * Time per note: credits settled in messages of 1000, each with an open charge's reference.
 *
 * usage: notes DIR LABEL     (a store whose gateway is not running)
 *
 * A message is one commit, so what is timed is finding the reference in the note, looking up what
 * it names among all charges and stalls, and booking.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chopay/books.h"

#define MESSAGES 9
#define NOTES 1000 /* in a message: FEED_EVENTS_MAX */

struct named {
	char reference[16], account[32];
};

/* Charges spread over the whole store, with the accounts that they may be paid to. */
static size_t
read_charges(const char *file, struct named *named, size_t max)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	size_t count = 0;

	if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(db,
			"SELECT c.reference, a.account_no FROM charge c JOIN account a"
			" ON a.id = c.account_id WHERE c.rowid % max(1, (SELECT count(*) FROM"
			" charge) / ?1) = 0 LIMIT ?1",
			-1, &stmt, NULL) != SQLITE_OK)
		abort();
	sqlite3_bind_int64(stmt, 1, (int64_t)max);
	for (; count < max && sqlite3_step(stmt) == SQLITE_ROW; count++) {
		snprintf(named[count].reference, sizeof(named->reference), "%s",
			(const char *)sqlite3_column_text(stmt, 0));
		snprintf(named[count].account, sizeof(named->account), "%s",
			(const char *)sqlite3_column_text(stmt, 1));
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return count;
}

/* Microseconds a note. */
static double
settle_message(struct books *books, const struct named *named, size_t count, int message)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct feed_event *events = arena_alloc(arena, NOTES * sizeof(*events));
	struct str *bins = arena_alloc(arena, NOTES * sizeof(*bins));
	struct settle_command settle = {
		.command = {.apply = settle_apply, .arena = arena},
		.feed = feed_find(STR("sepay")),
		.endpoint_id = STR("bench"),
		.content_type = STR("application/json"),
		.raw = arena_printf(arena, "{\"message\":%d}", message),
		.events = events,
		.bank_bins = bins,
		.event_count = NOTES,
	};
	int64_t start;

	for (size_t n = 0; n < NOTES; n++) {
		const size_t number = (size_t)message * NOTES + n + 1;
		const struct named *one = &named[number % count];

		events[n] = (struct feed_event){
			.provider_txn_id = arena_printf(arena, "note-%zu", number),
			.bank_txn_id = arena_printf(arena, "FT26209%09zu", number),
			.account = str_from(one->account),
			.amount = {45000},
			.content = arena_printf(arena,
				"MBVCB.16000000%02zu.10000%zu.%s.CT tu 0990001112223 NGUYEN VAN "
				"MAU toi %s",
				n % 100, n % 10, one->reference, one->account),
			.time_ms = books_now_ms(books) / 1000 * 1000,
		};
		bins[n] = STR("");
	}
	start = clock_monotonic_ms();
	if (books_submit_wait(books, &settle.command).code != ERR_OK)
		abort();
	for (size_t n = 0; n < NOTES; n++) {
		if (settle.settlements[n].payment_id == 0)
			abort(); /* not what is to be measured */
	}
	return (double)(clock_monotonic_ms() - start) * 1000.0 / NOTES;
}

static int
compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

int
main(int argc, char **argv)
{
	static struct named named[MESSAGES * NOTES];
	struct buf why CLEANUP(buf_fini) = {0};
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	struct books *books;
	double times[MESSAGES];
	char file[512];
	size_t count;

	if (argc != 3)
		return 64;
	snprintf(file, sizeof(file), "%s/chopay.db", argv[1]);
	count = read_charges(file, named, MESSAGES * NOTES);
	if (count == 0 || crypt_new(&crypt).code != ERR_OK)
		return 1;
	if (books_open(
		    &(struct books_config){
			    .folder = argv[1], .crypt = crypt, .prefix = STR("CH"), .readers = 2},
		    &books, &why)
			.code != ERR_OK) {
		fprintf(stderr, "notes: %s\n", why.ptr);
		return 1;
	}
	for (int message = 0; message < MESSAGES; message++)
		times[message] = settle_message(books, named, count, message);
	books_close(books);
	qsort(times, MESSAGES, sizeof(times[0]), compare);
	printf("notes: %s, %.0f us a note (match and booking; median of %d messages of %d)\n",
		argv[2], times[MESSAGES / 2], MESSAGES, NOTES);
	return 0;
}
