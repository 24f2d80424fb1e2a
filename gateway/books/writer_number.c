/* What a writer on PostgreSQL needs before it may write: a connection, and a number of its own,
 * leased and fenced by a token (gateway/store/leases.c). */
#include <time.h>

#include "books.h"
#include "chopay/log.h"

#define LEASE_MS 15000 /* a node that is gone for so long gives its numbers to others */
#define RENEW_EVERY_MS \
	1000		 /* when nothing is written: and so a database that went away is missed */
#define TRY_EVERY_MS 50	 /* while it is away */
#define RACE_FOR_MS 2000 /* for a number that others take too */

int64_t
writer_lease_end(const struct writer *writer)
{
	return books_now_ms(writer->books) + LEASE_MS;
}

static struct err
take_number(struct writer *writer)
{
	struct db *db = writer->db;
	struct err err;

	TRY(store_begin(db));
	/* While we were away a newer chopay may have changed what this one cannot live without. */
	err = store_check_schema(db);
	if (err.code == ERR_OK)
		err = writers_take(db, &writer->lease, books_now_ms(writer->books), LEASE_MS);
	if (err.code == ERR_OK)
		err = store_last_id(db, writer->lease.number, &writer->last_id);
	if (err.code == ERR_OK)
		return store_commit(db);
	store_rollback(db);
	return err;
}

/* What this connection knew of its rows may be another writer's by now: all is read again. */
static struct err
lease(struct writer *writer)
{
	TRY(take_number(writer));
	TRY(store_write_as(writer->db, writer->lease.number));
	writer->receivers.stale = true;
	writer->renew_at_ms = clock_monotonic_ms() + RENEW_EVERY_MS;
	writer->leased = true;
	return OK;
}

static struct err
try_ready(struct writer *writer)
{
	TRY(store_revive(writer->db));
	return writer->leased ? OK : lease(writer);
}

static void
rest(void)
{
	const struct timespec some = {0, TRY_EVERY_MS * 1000000};

	nanosleep(&some, NULL);
}

static void
note_away(struct writer *writer, bool away)
{
	bool was = atomic_load(&writer->busy_since_ms) == WRITER_AWAY_MS;

	if (away && !was) {
		log_error("database", "it is away: what is asked is told to try again");
		atomic_store(&writer->busy_since_ms, WRITER_AWAY_MS);
	} else if (was && !away) {
		log_info("database", "it is back");
		atomic_store(&writer->busy_since_ms, clock_monotonic_ms());
	}
}

/* Somebody was quicker: that says nothing of the database. */
static bool
lost_a_race(const struct writer *writer)
{
	return store_may_retry(writer->db) && !store_lost(writer->db);
}

struct err
writer_ready(struct writer *writer, int64_t give_up_ms)
{
	int64_t race_until_ms = clock_monotonic_ms() + RACE_FOR_MS;
	struct err err = try_ready(writer);

	if (race_until_ms < give_up_ms)
		race_until_ms = give_up_ms;
	while (err.code != ERR_OK &&
		clock_monotonic_ms() < (lost_a_race(writer) ? race_until_ms : give_up_ms)) {
		rest();
		err = try_ready(writer);
	}
	note_away(writer, err.code != ERR_OK);
	return err;
}

/* Our row is written before it is read: what is still under way in a connection that we lost holds
 * the row, and so ends before us, or has yet to come to it, and fails there. */
static struct err
read_mark(struct writer *writer, int64_t *last_id)
{
	struct db *db = writer->db;
	struct err err;

	TRY(store_begin(db));
	err = writers_renew(db, &writer->lease, writer_lease_end(writer));
	if (err.code == ERR_OK)
		err = store_last_id(db, writer->lease.number, last_id);
	if (err.code == ERR_OK)
		return store_commit(db);
	store_rollback(db);
	return err;
}

struct err
writer_find_out(struct writer *writer, int64_t give_up_ms, bool *done)
{
	int64_t marked = 0;
	struct err err;

	for (;;) {
		err = store_revive(writer->db);
		if (err.code == ERR_OK)
			err = read_mark(writer, &marked);
		if (err.code == ERR_OK || !store_may_retry(writer->db) ||
			clock_monotonic_ms() >= give_up_ms)
			break;
		rest();
	}
	*done = err.code == ERR_OK && marked == writer->last_id;
	if (*done)
		err = store_write_as(writer->db, writer->lease.number);
	/* Nobody knows: it goes on under another number. */
	writer->leased = err.code == ERR_OK;
	return err;
}

static void
renew(struct writer *writer)
{
	int64_t marked;
	struct err err;

	writer_turn_begin(writer->books, false);
	err = read_mark(writer, &marked);
	writer_turn_end(writer->books);
	writer->renew_at_ms = clock_monotonic_ms() + RENEW_EVERY_MS;
	if (err.code != ERR_OK && store_sound(writer->db))
		writer->leased = false;
}

void
writer_keep(struct writer *writer)
{
	int64_t now_ms = clock_monotonic_ms();
	int_fast64_t since_ms = 0;

	/* Unless it is known to be away. */
	atomic_compare_exchange_strong(&writer->busy_since_ms, &since_ms, now_ms);
	if (writer->leased && !store_lost(writer->db) && now_ms >= writer->renew_at_ms)
		renew(writer);
	if (writer_ready(writer, 0).code == ERR_OK)
		atomic_store(&writer->busy_since_ms, 0);
}

void
writer_release(struct writer *writer)
{
	struct err ignored UNUSED;

	if (writer->leased && !store_lost(writer->db))
		ignored = writers_release(writer->db, &writer->lease);
	writer->leased = false;
}
