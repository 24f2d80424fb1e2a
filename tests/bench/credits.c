/*
 * Time per credit without the network: SePay's messages of one credit, 256 in a commit, and Casso's
 * of many, one in a commit; each note names its stall.
 *
 * usage: credits DIR MESSAGES CREDITS [FIRST]
 *        (a store whose gateway is not running; FIRST: from which number on, to go on in a store)
 *
 * No disk is waited for in what is printed: it is the processor's time.  Where the machine is
 * noisy, count: valgrind --tool=callgrind --separate-threads=yes credits DIR 2560 1
 */
#include <semaphore.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "chopay/books.h"

#define STALLS_MAX 1024
#define GROUP 256 /* writer.c takes no more into one commit */

static struct {
	char reference[16], account[32];
} stalls[STALLS_MAX];
static size_t stall_count;

static void
read_stalls(const char *file)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;

	if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(db,
			"SELECT s.reference, a.account_no FROM stall s JOIN stall_account sa"
			" ON sa.stall_id = s.id JOIN account a ON a.id = sa.account_id"
			" WHERE s.close_day > 100000 ORDER BY s.id",
			-1, &stmt, NULL) != SQLITE_OK)
		abort();
	for (; stall_count < STALLS_MAX && sqlite3_step(stmt) == SQLITE_ROW; stall_count++) {
		snprintf(stalls[stall_count].reference, sizeof(stalls->reference), "%s",
			(const char *)sqlite3_column_text(stmt, 0));
		snprintf(stalls[stall_count].account, sizeof(stalls->account), "%s",
			(const char *)sqlite3_column_text(stmt, 1));
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

/* ---- one commit ------------------------------------------------------------------------------ */

struct gate {
	struct command command;
	sem_t entered, open, passed;
};

/* Holds the writer until a whole group is queued behind it. */
static struct err
gate_apply(struct tx *tx, struct command *self)
{
	struct gate *gate = (struct gate *)self;

	(void)tx;
	sem_post(&gate->entered);
	sem_wait(&gate->open);
	return OK;
}

static void
ignore(struct command *self)
{
	(void)self;
}

struct message {
	struct settle_command settle;
	sem_t *passed; /* of the last one of a group */
};

static void
settled(struct command *self)
{
	struct message *message = (struct message *)self;

	if (self->result.code != ERR_OK)
		abort();
	for (size_t n = 0; n < message->settle.event_count; n++) {
		if (message->settle.settlements[n].payment_id == 0)
			abort(); /* not what is to be measured */
	}
	if (message->passed != NULL)
		sem_post(message->passed);
}

/* Many credits come from Casso, one from SePay. */
static struct str
write_body(struct arena *arena, size_t number, size_t credits, int64_t now_ms)
{
	struct buf body CLEANUP(buf_fini) = {0}, when CLEANUP(buf_fini) = {0};
	bool casso = credits > 1;

	time_format_rfc3339(&when, now_ms);
	when.ptr[10] = ' ';
	when.ptr[19] = '\0'; /* feeds tell no zone */
	buf_adds(&body, casso ? "{\"error\":0,\"data\":[" : "");
	for (size_t n = 0; n < credits; n++) {
		size_t id = number * credits + n, stall = id % stall_count;

		buf_addf(&body,
			"%s{\"id\":%zu,\"%s\":\"%s\",\"%s\":\"%s\",\"%s\":\"CK tien hang %s"
			" Ma GD ACSP/ II%zu\",\"%s\":%zu000,\"%s\":\"FT26209%09zu\"%s}",
			n == 0 ? "" : ",", 92000000 + id, casso ? "when" : "transactionDate",
			when.ptr, casso ? "bank_sub_acc_id" : "accountNumber",
			stalls[stall].account, casso ? "description" : "content",
			stalls[stall].reference, id, casso ? "amount" : "transferAmount",
			10 + id % 90, casso ? "tid" : "referenceCode", id,
			casso ? "" : ",\"gateway\":\"MBBank\",\"transferType\":\"in\"");
	}
	buf_adds(&body, casso ? "]}" : "");
	return arena_copy(arena, buf_str(&body));
}

static void
write_message(struct message *message, size_t number, size_t credits, int64_t now_ms)
{
	struct arena *arena = arena_new();
	const struct feed *feed = feed_find(credits > 1 ? STR("casso_v1") : STR("sepay"));
	const struct feed_message told = {
		.now_ms = now_ms,
		.content_type = STR("application/json"),
		.body = write_body(arena, number, credits, now_ms),
	};
	struct str *bins = arena_alloc(arena, credits * sizeof(*bins));
	struct feed_events events;

	if (feed->parse(arena, &told, &events) != FEED_OK || events.count != credits)
		abort();
	for (size_t n = 0; n < credits; n++)
		bins[n] = STR("");
	*message = (struct message){.settle = {
					    .command = {settle_apply, settled, NULL, arena, OK},
					    .feed = feed,
					    .endpoint_id = STR("bench"),
					    .content_type = told.content_type,
					    .raw = told.body,
					    .events = events.items,
					    .bank_bins = bins,
					    .event_count = credits,
				    }};
}

static void
settle_group(struct books *books, size_t first, size_t count, size_t credits)
{
	static struct message messages[GROUP];
	struct gate gate = {.command = {.apply = gate_apply, .done = ignore}};

	sem_init(&gate.entered, 0, 0);
	sem_init(&gate.open, 0, 0);
	sem_init(&gate.passed, 0, 0);
	if (books_submit(books, &gate.command).code != ERR_OK)
		abort();
	sem_wait(&gate.entered);
	for (size_t i = 0; i < count; i++) {
		write_message(&messages[i], first + i, credits, books_now_ms(books));
		messages[i].passed = i + 1 == count ? &gate.passed : NULL;
		if (books_submit(books, &messages[i].settle.command).code != ERR_OK)
			abort();
	}
	sem_post(&gate.open);
	sem_wait(&gate.passed);
	for (size_t i = 0; i < count; i++)
		arena_free(messages[i].settle.command.arena);
}

static double
processor_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int
main(int argc, char **argv)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	size_t messages = argc < 4 ? 0 : (size_t)strtoul(argv[2], NULL, 10);
	size_t credits = argc < 4 ? 0 : (size_t)strtoul(argv[3], NULL, 10);
	size_t first = argc < 5 ? 0 : (size_t)strtoul(argv[4], NULL, 10);
	size_t group = credits == 1 ? GROUP : 1;
	struct books *books;
	char file[512];
	double start;

	if (messages == 0 || credits == 0) {
		fprintf(stderr, "usage: credits DIR MESSAGES CREDITS [FIRST]\n");
		return 64;
	}
	snprintf(file, sizeof(file), "%s/chopay.db", argv[1]);
	if (crypt_new(&crypt).code != ERR_OK)
		return 1;
	if (books_open(
		    &(struct books_config){
			    .folder = argv[1], .crypt = crypt, .prefix = STR("CH"), .readers = 2},
		    &books, &why)
			.code != ERR_OK) {
		fprintf(stderr, "credits: %s\n", why.ptr);
		return 1;
	}
	read_stalls(file); /* not before: the store must set up SQLite */
	if (stall_count == 0)
		return 1;
	start = processor_us();
	for (size_t n = 0; n < messages; n += group)
		settle_group(
			books, first + n, messages - n < group ? messages - n : group, credits);
	printf("credits: %.1f us each of the processor, %zu in a message, %zu messages in a commit\n",
		(processor_us() - start) / (double)(messages * credits), credits, group);
	books_close(books);
	return 0;
}
