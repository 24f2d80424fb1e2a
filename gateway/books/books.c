/* Open and close the books; the queues in front of the writer and the readers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "books.h"
#include "chopay/log.h"
#include "chopay/suspense_commands.h"
#include "listener.h"
#include "payers.h"

#define COMMANDS_MAX 4096 /* waiting for the writer; more are told to try again */
#define QUERIES_MAX 4096
#define LONG_QUERIES_MAX 64
#define PATIENCE_MS 2000 /* of who waits for a batch that loses */
#define DATABASE_FILE "chopay.db"
#define OPEN_TRIES_MAX 5
#define FIRST_LEASE_MS 5000 /* other nodes may be starting, too */

static struct err
open_connection(struct books *books, const char *where, enum store_mode mode, struct db **db,
	struct buf *why)
{
	TRY(store_open(where, mode, db, why));
	store_share_pooled(*db, &books->pooled);
	store_seal_with(*db, books->config.crypt, &books->sealing_key);
	return OK;
}

static struct err
check_keys(struct books *books, struct db *db)
{
	const struct sealing_key *key = &books->sealing_key;
	struct err err;

	books->keys_offered = true;
	err = store_check_keys(db, (struct str){(const char *)key->id, sizeof(key->id)},
		(struct str){(const char *)books->ledger_public, sizeof(books->ledger_public)});
	if (err.code == ERR_SETUP) /* it has others */
		books->keys_offered = false;
	return err;
}

/* A pooler gave us another server process, or another node starts at the same moment. */
static bool
may_go_on(struct db *db, struct err err)
{
	return err.code != ERR_OK && store_may_retry(db) && !store_lost(db) &&
	       store_revive(db).code == ERR_OK;
}

static struct err
try_first(struct books *books, struct db *db, struct buf *why)
{
	TRY(store_migrate(db, books_now_ms(books)));
	TRY(store_fit(db, why));
	return check_keys(books, db);
}

static struct err
open_first(struct books *books, struct db *db, struct buf *why)
{
	struct err err = try_first(books, db, why);

	for (int tried = 1; tried < OPEN_TRIES_MAX && may_go_on(db, err); tried++)
		err = try_first(books, db, why);
	return err;
}

static struct err
open_writers(struct books *books, const char *where, struct buf *why)
{
	struct err err = OK;

	for (int i = 0; i < books->writer_count && err.code == ERR_OK; i++) {
		struct writer *writer = &books->writers[i];

		writer->books = books;
		writer->lease.node = str_from(books->node);
		writer->receivers.stale = true; /* read with the first command */
		writer->payer_keys = payer_keys_new(books->config.crypt, &books->sealing_key);
		crypt_random(&writer->chance, sizeof(writer->chance));
		err = open_connection(books, where, STORE_WRITE, &writer->db, why);
		if (err.code == ERR_OK && i == 0)
			err = open_first(books, writer->db, why);
		if (err.code == ERR_OK && books->shared)
			err = writer_ready(writer, clock_monotonic_ms() + FIRST_LEASE_MS);
		else if (err.code == ERR_OK)
			err = store_last_id(writer->db, writer->lease.number, &writer->last_id);
	}
	return err;
}

/* The writers notice sooner that the database is away: a question may take long, they do not. */
static bool
is_away(const void *arg)
{
	return books_away(arg);
}

static struct err
open_reader(struct books *books, const char *where, struct db **db, struct buf *why)
{
	TRY(open_connection(books, where, STORE_READ, db, why));
	store_give_up_when(*db, is_away, books);
	return OK;
}

static struct err
open_store(struct books *books, struct buf *why)
{
	struct buf file CLEANUP(buf_fini) = {0};
	const char *where = books->config.store;
	struct err err;

	if (where == NULL) {
		buf_addf(&file, "%s/%s", books->config.folder, DATABASE_FILE);
		where = file.ptr;
	}
	err = open_writers(books, where, why);
	for (int i = 0; i < books->config.readers && err.code == ERR_OK; i++)
		err = open_reader(books, where, &books->readers[i].db, why);
	if (err.code != ERR_OK && why->len == 0)
		buf_addf(why, "cannot open the store%s%s: %s", file.len > 0 ? " " : "",
			file.len > 0 ? file.ptr : "", err.what);
	return err;
}

static bool
start_thread(pthread_t *thread, void *(*run)(void *arg), void *arg)
{
	return pthread_create(thread, NULL, run, arg) == 0;
}

static struct err
start_threads(struct books *books)
{
	bool started = true;

	for (int i = 0; i < books->writer_count && started; i++) {
		struct writer *writer = &books->writers[i];

		started = writer->started = start_thread(&writer->thread, writer_run, writer);
	}
	for (int i = 0; i < books->config.readers && started; i++) {
		struct reader *reader = &books->readers[i];

		reader->answers_long = i == 0;
		reader->queue = i == 0 ? books->long_queries : books->queries;
		started = reader->started = start_thread(&reader->thread, reader_run, reader);
	}
	return started ? OK : FAIL(ERR_BROKEN, "cannot start a thread");
}

static int
number_of_writers(const struct books_config *config)
{
	if (config->store == NULL)
		return 1;
	if (config->writers < 1)
		return BOOKS_WRITERS_DEFAULT;
	return config->writers > BOOKS_WRITERS_MAX ? BOOKS_WRITERS_MAX : config->writers;
}

/* Who waits to be alone is not passed by. */
static void
turn_init(pthread_rwlock_t *turn)
{
	pthread_rwlockattr_t fair;

	pthread_rwlockattr_init(&fair);
	pthread_rwlockattr_setkind_np(&fair, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(turn, &fair);
	pthread_rwlockattr_destroy(&fair);
}

static void
name_node(char node[2 * NODE_BYTES + 1])
{
	unsigned char chance[NODE_BYTES];

	crypt_random(chance, sizeof(chance));
	for (int i = 0; i < NODE_BYTES; i++)
		snprintf(node + 2 * i, 3, "%02x", chance[i]);
}

struct err
books_open(const struct books_config *config, struct books **books, struct buf *why)
{
	struct books *made = mem_alloc_zero(1, sizeof(*made));
	struct err err;

	made->config = *config;
	if (made->config.readers < 2)
		made->config.readers = 2;
	if (made->config.readers > READERS_MAX)
		made->config.readers = READERS_MAX;
	if (made->config.patience_ms == 0)
		made->config.patience_ms = PATIENCE_MS;
	if (made->config.two_person_above.dong == 0)
		made->config.two_person_above.dong = TWO_PERSON_ABOVE_DEFAULT;
	made->lock_fd = -1;
	made->shared = config->store != NULL;
	made->writer_count = number_of_writers(config);
	name_node(made->node);
	turn_init(&made->turn);
	made->commands = queue_new(COMMANDS_MAX);
	made->queries = queue_new(QUERIES_MAX);
	made->long_queries = queue_new(LONG_QUERIES_MAX);
	pthread_mutex_init(&made->signing_making, NULL);
	err = folder_open(config->folder, &made->lock_fd, &made->sealing_key, made->ledger_seed,
		&made->folder_made, why);
	if (err.code == ERR_OK) {
		crypt_ed25519_public(config->crypt, made->ledger_seed, made->ledger_public);
		err = signing_open(made, why);
	}
	if (err.code == ERR_OK)
		err = open_store(made, why);
	if (err.code == ERR_OK && made->shared) {
		err = signing_share(made, made->writers[0].db);
		if (may_go_on(made->writers[0].db, err))
			err = signing_share(made, made->writers[0].db);
	}
	if (err.code == ERR_OK && made->shared)
		err = listener_open(made, &made->listener, why);
	if (err.code == ERR_OK)
		err = start_threads(made);
	if (err.code != ERR_OK) {
		/* A node that a database refused leaves no keys that look like somebody's. */
		if (made->shared && !made->keys_offered)
			folder_unmake(config->folder, &made->folder_made);
		books_close(made);
		return err;
	}
	*books = made;
	return OK;
}

struct err
books_join_others(struct books *books)
{
	return books->listener == NULL ? OK : listener_start(books->listener);
}

bool
books_works(const struct books *books, int64_t for_ms, int64_t *lease)
{
	*lease = 0;
	return books->listener == NULL || listener_works(books->listener, for_ms, lease);
}

struct err
work_check(struct tx *tx, int64_t lease)
{
	return lease == 0 ? OK : lease_check(tx->db, STR(WORK_LEASE), lease);
}

void
books_stop(struct books *books)
{
	queue_close(books->commands);
	queue_close(books->queries);
	queue_close(books->long_queries);
	for (int i = 0; i < READERS_MAX; i++) {
		if (books->readers[i].started)
			pthread_join(books->readers[i].thread, NULL);
		books->readers[i].started = false;
	}
	for (int i = 0; i < books->writer_count; i++) {
		if (books->writers[i].started)
			pthread_join(books->writers[i].thread, NULL);
		books->writers[i].started = false;
	}
	listener_stop(books->listener);
}

void
books_close(struct books *books)
{
	if (books == NULL)
		return;
	books_stop(books);
	listener_free(books->listener);
	for (int i = 0; i < READERS_MAX; i++)
		store_close(books->readers[i].db);
	for (int i = 0; i < books->writer_count; i++) {
		struct writer *writer = &books->writers[i];

		if (writer->db != NULL)
			writer_release(writer);
		store_close(writer->db);
		receiver_list_fini(&writer->receivers);
		payer_keys_free(writer->payer_keys);
	}
	queue_free(books->commands);
	queue_free(books->queries);
	queue_free(books->long_queries);
	pthread_rwlock_destroy(&books->turn);
	if (books->lock_fd >= 0)
		close(books->lock_fd);
	explicit_bzero(&books->sealing_key, sizeof(books->sealing_key));
	explicit_bzero(books->ledger_seed, sizeof(books->ledger_seed));
	signing_close(books);
	free(books);
}

static void
unused(void *arg)
{
	(void)arg;
}

static struct err
check_there(const struct books *books)
{
	return books_away(books) ? FAIL(ERR_BUSY, "the database is away; try again in a moment")
				 : OK;
}

struct err
books_push(struct books *books, struct command *command)
{
	return queue_push(books->commands, (struct task){unused, command});
}

struct err
books_submit(struct books *books, struct command *command)
{
	TRY(books_may_write(books));
	if (atomic_load(&books->failed))
		return FAIL(ERR_BUSY, "the disk failed; the gateway is restarting");
	TRY(check_there(books));
	if (books_stuck(books))
		return FAIL(ERR_BUSY, "the database takes too long; try again in a moment");
	return books_push(books, command);
}

struct err
books_ask(struct books *books, struct query *query)
{
	TRY(check_there(books));
	return queue_push(books->queries, (struct task){unused, query});
}

struct err
books_ask_long(struct books *books, struct query *query)
{
	TRY(check_there(books));
	return queue_push(books->long_queries, (struct task){unused, query});
}

uint64_t
books_retried(const struct books *books)
{
	return atomic_load(&books->retried);
}

struct str
books_ledger_key(const struct books *books)
{
	return (struct str){(const char *)books->ledger_public, sizeof(books->ledger_public)};
}

const struct sealing_key *
books_sealing_key(const struct books *books)
{
	return &books->sealing_key;
}

int64_t
books_now_ms(const struct books *books)
{
	return clock_now_ms(&books->config.clock);
}
