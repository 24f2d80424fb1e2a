/* The pulls of the store, and when each of them polls. */
#include "poller.h"

#include <stdlib.h>
#include <string.h>

#include "chopay/log.h"
#include "poll.h"

#define PULLS_MAX 1000
#define POLLS_AT_ONCE 8
#define READ_RETRY_MS MS_PER_SECOND
#define REREAD_MS (60 * MS_PER_SECOND) /* of the table, when nobody tells of a change */

struct reading {
	struct query query; /* first */
	struct poller *poller;
	struct pull *pulls;
	size_t count;
};

struct poller {
	struct polling polling;
	struct poll *polls[PULLS_MAX];
	size_t count;
	int64_t read_ms; /* monotonic */
	struct reading reading;
	bool is_reading;
	bool resting; /* until the polls of before have ended */
};

/* ---- the pulls, as the store has them -------------------------------------------------------- */

static void
set(struct buf *field, struct str value)
{
	buf_clear(field);
	buf_add(field, value);
}

static int
source_of(struct str name, const struct listing **listing)
{
	for (int i = 0; i < LISTINGS_MAX && listing_list((size_t)i) != NULL; i++) {
		*listing = listing_list((size_t)i);
		if (str_eq(str_from((*listing)->feed->name), name))
			return i;
	}
	return -1;
}

/* Not while its page is under way: the request on the wire was made with what was there before. */
static void
take_settings(struct poll *poll, const struct pull *pull)
{
	const struct notifier *notifier = poll->polling->notifier;

	set(&poll->base_url, pull->base_url);
	set(&poll->account_no, pull->account_no);
	buf_clear(&poll->token); /* stays empty when it cannot be opened: see poll_go_on() */
	(void)!crypt_open(notifier->config.crypt, books_sealing_key(notifier->config.books),
		pull->id, pull->token, &poll->token)
		.code;
	poll->every_ms = pull->every_s * MS_PER_SECOND;
}

static void
take_pull(struct poller *poller, const struct pull *pull)
{
	struct poll *poll = NULL;
	const struct listing *listing = NULL;
	int source = source_of(pull->source, &listing);

	for (size_t i = 0; i < poller->count && poll == NULL; i++) {
		if (str_eq(buf_str(&poller->polls[i]->id), pull->id))
			poll = poller->polls[i];
	}
	if (poll == NULL) {
		if (source < 0 || poller->count == PULLS_MAX)
			return; /* a newer chopay's, or more than `pull add` lets in */
		poll = mem_alloc_zero(1, sizeof(*poll));
		poll->polling = &poller->polling;
		poll->listing = listing;
		poll->source = source;
		poll->lease = poller->polling.notifier->lease;
		set(&poll->id, pull->id);
		set(&poll->cursor, pull->cursor);
		poll->asked_ms = pull->asked_at_ms;
		poller->polls[poller->count++] = poll;
	}
	poll->seen = true;
	poll->outdated = poll->state != POLL_IDLE;
	if (!poll->outdated)
		take_settings(poll, pull);
	if (pull->asked_at_ms > poll->asked_ms) {
		poll->asked_ms = pull->asked_at_ms;
		poll->again = poll->walking;
		poll->next_ms = 0;
		poll->failures = 0;
	}
}

static void
drop_removed(struct poller *poller)
{
	size_t kept = 0;

	for (size_t i = 0; i < poller->count; i++) {
		struct poll *poll = poller->polls[i];

		if (poll->removed && poll->state == POLL_IDLE)
			poll_free(poll);
		else
			poller->polls[kept++] = poll;
	}
	poller->count = kept;
}

/* It could not be read now. */
static void
read_soon(struct poller *poller)
{
	poller->read_ms = clock_monotonic_ms() - REREAD_MS + READ_RETRY_MS;
}

static void
pulls_read(struct query *query)
{
	struct reading *reading = (struct reading *)query;
	struct poller *poller = reading->poller;

	poller->is_reading = false;
	if (query->result.code != ERR_OK) {
		log_warn("pull", "the pulls cannot be read: %s", query->result.what);
		read_soon(poller);
	} else if (!poller->resting) {
		for (size_t i = 0; i < poller->count; i++)
			poller->polls[i]->seen = false;
		for (size_t i = 0; i < reading->count; i++)
			take_pull(poller, &reading->pulls[i]);
		for (size_t i = 0; i < poller->count; i++)
			poller->polls[i]->removed = !poller->polls[i]->seen;
	}
	arena_free(query->arena);
}

static struct err
read_pulls(struct db *db, struct query *query)
{
	struct reading *reading = (struct reading *)query;

	reading->pulls = arena_alloc(query->arena, PULLS_MAX * sizeof(*reading->pulls));
	return pulls_list(db, query->arena, PULLS_MAX, reading->pulls, &reading->count);
}

static void
read_again(struct poller *poller, int64_t now_ms)
{
	poller->polling.stale = false;
	poller->read_ms = now_ms;
	poller->reading = (struct reading){
		.query = {.run = read_pulls,
			.done = pulls_read,
			.mailbox = poller->polling.notifier->mailbox,
			.arena = arena_new()},
		.poller = poller,
	};
	poller->is_reading =
		books_ask(poller->polling.notifier->config.books, &poller->reading.query).code ==
		ERR_OK;
	if (poller->is_reading)
		return;
	arena_free(poller->reading.query.arena);
	read_soon(poller);
}

/* ---- the part -----------------------------------------------------------------------------------
 */

struct poller *
poller_new(struct notifier *notifier)
{
	struct poller *poller = mem_alloc_zero(1, sizeof(*poller));

	poller->polling.notifier = notifier;
	poller->polling.stale = poller->resting = true;
	return poller;
}

void
poller_free(struct poller *poller)
{
	if (poller == NULL)
		return;
	for (size_t i = 0; i < poller->count; i++)
		poll_free(poller->polls[i]);
	free(poller);
}

void
poller_wake(struct poller *poller)
{
	poller->polling.stale = true;
}

void
poller_rest(struct poller *poller)
{
	poller->resting = poller->polling.stale = true;
	for (size_t i = 0; i < poller->count; i++)
		poller->polls[i]->removed = true;
}

/* Are there polls to go on with? */
static bool
wakes(struct poller *poller)
{
	drop_removed(poller);
	if (poller->resting)
		poller->resting = !poller->polling.notifier->works || poller->count > 0 ||
				  poller->is_reading;
	return !poller->resting;
}

int
poller_tick(struct poller *poller)
{
	int64_t now_ms = clock_monotonic_ms(), until_ms;

	if (!wakes(poller))
		return NOTIFY_IDLE_MS;
	if (!poller->is_reading && (poller->polling.stale || now_ms >= poller->read_ms + REREAD_MS))
		read_again(poller, now_ms);
	until_ms = (poller->is_reading ? now_ms : poller->read_ms) + REREAD_MS;
	for (size_t i = 0; i < poller->count; i++) {
		struct poll *poll = poller->polls[i];

		if (poll->state != POLL_IDLE || poller->polling.asking == POLLS_AT_ONCE)
			continue; /* what ends makes the loop come here again */
		if (poll_due_ms(poll) <= now_ms)
			poll_go_on(poll, now_ms);
		if (poll->state == POLL_IDLE && poll_due_ms(poll) < until_ms)
			until_ms = poll_due_ms(poll);
	}
	now_ms = clock_monotonic_ms();
	return until_ms <= now_ms ? 1 : (int)(until_ms - now_ms);
}
