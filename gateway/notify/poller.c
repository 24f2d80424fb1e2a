/* Polls of feeds' lists: one request at a time for each pull, a page is booked before the next. */
#include "poller.h"

#include <stdlib.h>
#include <string.h>

#include "chopay/listing.h"
#include "chopay/log.h"

#define PULLS_MAX 1000
#define POLLS_AT_ONCE 8
#define LISTINGS_MAX 16
#define REQUEST_TIMEOUT_MS 30000
#define ANSWER_MAX (8 * 1024 * 1024)
#define WAITS_MAX 10			    /* of one poll, told to wait by the source */
#define RETRY_FIRST_MS (15 * MS_PER_SECOND) /* after a failure; then twice as long each time, */
#define RETRY_DOUBLINGS_MAX 16		    /* but never longer than the pull's own pace */
#define READ_RETRY_MS MS_PER_SECOND
#define REREAD_MS (60 * MS_PER_SECOND) /* of the table, when nobody tells of a change */

enum poll_state { POLL_IDLE, POLL_ASKING, POLL_BOOKING };

struct poll {
	struct poller *poller;
	const struct listing *listing;
	int source; /* place of its listing */
	struct buf id, base_url, account_no, token, cursor;
	int64_t every_ms, asked_ms;
	int64_t next_ms; /* monotonic: when it is due */
	enum poll_state state;
	bool walking;  /* a poll is under way, `walk` says where */
	bool again;    /* somebody asked for a poll while one was under way */
	bool seen;     /* by the reading of the table that goes on */
	bool outdated; /* its row was read while a page was under way */
	bool removed;  /* free it when it is idle */
	int failures, waits;
	size_t fresh, missed; /* of the poll under way */
	struct listing_walk walk;
	struct arena *arena; /* of the page under way */
	struct pull_page_command page;
};

struct reading {
	struct query query; /* first */
	struct poller *poller;
	struct pull *pulls;
	size_t count;
};

struct poller {
	struct notifier *notifier;
	struct poll *polls[PULLS_MAX];
	size_t count;
	bool stale;
	int64_t read_ms; /* monotonic */
	struct reading reading;
	bool is_reading;
	int64_t source_free_ms[LISTINGS_MAX]; /* monotonic: when a source may be asked again */
	int asking;
};

/* ---- the pulls, as the store has them -------------------------------------------------------- */

static void
poll_free(struct poll *poll)
{
	arena_free(poll->arena);
	buf_fini(&poll->id);
	buf_fini(&poll->base_url);
	buf_fini(&poll->account_no);
	if (poll->token.ptr != NULL)
		explicit_bzero(poll->token.ptr, poll->token.len);
	buf_fini(&poll->token);
	buf_fini(&poll->cursor);
	free(poll);
}

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
	const struct notifier *notifier = poll->poller->notifier;

	set(&poll->base_url, pull->base_url);
	set(&poll->account_no, pull->account_no);
	buf_clear(&poll->token); /* stays empty when it cannot be opened: see begin() */
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
		poll->poller = poller;
		poll->listing = listing;
		poll->source = source;
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
	} else {
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
	poller->stale = false;
	poller->read_ms = now_ms;
	poller->reading = (struct reading){
		.query = {.run = read_pulls,
			.done = pulls_read,
			.mailbox = poller->notifier->mailbox,
			.arena = arena_new()},
		.poller = poller,
	};
	poller->is_reading =
		books_ask(poller->notifier->config.books, &poller->reading.query).code == ERR_OK;
	if (poller->is_reading)
		return;
	arena_free(poller->reading.query.arena);
	read_soon(poller);
}

/* ---- how a poll ends ---------------------------------------------------------------------------
 */

static void
page_over(struct poll *poll)
{
	arena_free(poll->arena);
	poll->arena = NULL;
	poll->state = POLL_IDLE;
	poll->poller->stale = poll->poller->stale || poll->outdated;
	poll->outdated = false;
}

static void
poll_over(struct poll *poll, int64_t delay_ms)
{
	poll->walking = false;
	poll->waits = 0;
	poll->next_ms = poll->again ? 0 : clock_monotonic_ms() + delay_ms;
	poll->again = false;
}

static void
failure_noted(struct command *command)
{
	if (command->result.code != ERR_OK && command->result.code != ERR_NOT_FOUND)
		log_warn("pull", "a failure was not noted: %s", command->result.what);
	arena_free(command->arena);
}

static int64_t
retry_ms(const struct poll *poll)
{
	int doublings = poll->failures < RETRY_DOUBLINGS_MAX ? poll->failures : RETRY_DOUBLINGS_MAX;
	int64_t delay_ms = RETRY_FIRST_MS << doublings;
	uint32_t random;

	if (delay_ms > poll->every_ms)
		delay_ms = poll->every_ms;
	crypt_random(&random, sizeof(random)); /* pulls that failed together come back apart */
	return delay_ms - delay_ms / 5 * (int64_t)(random % 1000) / 1000;
}

/* `why` is copied. */
static void
poll_failed(struct poll *poll, const char *why)
{
	const struct notifier *notifier = poll->poller->notifier;
	struct arena *arena = arena_new();
	struct pull_failed_command *failed = arena_alloc(arena, sizeof(*failed));

	log_warn(
		"pull", "id=%s source=%s failed: %s", poll->id.ptr, poll->listing->feed->name, why);
	*failed = (struct pull_failed_command){
		.command = {pull_failed_apply, failure_noted, notifier->mailbox, arena, OK},
		.pull_id = arena_copy(arena, buf_str(&poll->id)),
		.why = arena_copy(arena, str_from(why)),
	};
	poll_over(poll, retry_ms(poll));
	poll->failures++;
	if (books_submit(notifier->config.books, &failed->command).code != ERR_OK)
		arena_free(arena);
}

static void
poll_done(struct poll *poll)
{
	if (poll->fresh > 0 || poll->missed > 0 || poll->failures > 0)
		log_info("pull", "id=%s source=%s fresh=%zu missed=%zu", poll->id.ptr,
			poll->listing->feed->name, poll->fresh, poll->missed);
	poll->failures = 0;
	poll_over(poll, poll->every_ms);
}

/* ---- a page is booked ---------------------------------------------------------------------------
 */

static void
booked(struct command *command)
{
	/* The command is the first member of the page's first member's first. */
	struct poll *poll = (struct poll *)((char *)command - offsetof(struct poll, page));
	struct err result = command->result;

	poll->fresh += poll->page.lines.fresh;
	poll->missed += poll->page.lines.missed;
	if (result.code == ERR_OK && poll->page.cursor.len > 0)
		set(&poll->cursor, poll->page.cursor);
	page_over(poll);
	if (poll->poller->notifier->stopping)
		return;
	if (result.code == ERR_NOT_FOUND) { /* removed meanwhile */
		poll->poller->stale = true;
		poll_over(poll, poll->every_ms);
	} else if (result.code != ERR_OK) {
		poll_failed(poll, result.what);
	} else if (poll->page.last) {
		poll_done(poll);
	}
}

static void
book(struct poll *poll, const struct listing_page *page, struct str body)
{
	const struct notify_config *config = &poll->poller->notifier->config;
	struct arena *arena = poll->arena;
	struct err err;

	poll->state = POLL_BOOKING;
	poll->page = (struct pull_page_command){
		.lines.settle =
			{
				.command = {pull_page_apply, booked,
					poll->poller->notifier->mailbox, arena, OK},
				.feed = poll->listing->feed,
				.endpoint_id = buf_str(&poll->id),
				.content_type = STR("application/json"),
				.raw = arena_copy(arena, body),
				.events = page->events.items,
				.bank_bins = banks_of_events(config->banks, arena,
					page->events.items, page->events.count),
				.event_count = page->events.count,
			},
		.pull_id = buf_str(&poll->id),
		.cursor = arena_copy(arena, str_from(page->cursor)),
		.last = page->last,
		.strange = page->strange,
	};
	err = books_submit(config->books, &poll->page.lines.settle.command);
	if (err.code == ERR_OK)
		return;
	page_over(poll);
	poll_failed(poll, err.what);
}

/* ---- a page is asked for ------------------------------------------------------------------------
 */

static struct str
answer_header(void *arg, const char *name)
{
	return client_header(arg, name);
}

static struct listing_pull
pull_of(const struct poll *poll)
{
	return (struct listing_pull){
		buf_str(&poll->base_url), buf_str(&poll->account_no), buf_str(&poll->token)};
}

static void
told_to_wait(struct poll *poll, const struct listing_page *page)
{
	int64_t free_ms = clock_monotonic_ms() + page->wait_ms;

	if (free_ms > poll->poller->source_free_ms[poll->source])
		poll->poller->source_free_ms[poll->source] = free_ms;
	if (++poll->waits > WAITS_MAX)
		poll_failed(poll, page->fault);
}

static void
answered(void *arg, const struct client_answer *answer)
{
	struct poll *poll = arg;
	const struct listing_pull pull = pull_of(poll);
	const struct listing_answer said = {
		answer->status, answer->body, answer_header, (void *)(uintptr_t)answer};
	struct listing_page page = {.outcome = LISTING_FAULT, .fault = answer->fault};

	poll->poller->asking--;
	if (poll->poller->notifier->stopping) {
		page_over(poll);
		return;
	}
	if (answer->body_too_long)
		page.fault = "the answer is too long";
	else if (answer->fault == NULL)
		listing_read(poll->arena, poll->listing, &pull, &said, &poll->walk, &page);
	if (page.outcome == LISTING_PAGE) {
		book(poll, &page, answer->body);
		return;
	}
	page_over(poll);
	if (page.outcome == LISTING_WAIT)
		told_to_wait(poll, &page);
	else
		poll_failed(poll, page.fault);
}

static void
ask_page(struct poll *poll, int64_t now_ms)
{
	const struct notifier *notifier = poll->poller->notifier;
	const struct listing_pull pull = pull_of(poll);
	struct listing_request wanted;
	struct client_request request = {
		.method = "GET",
		.timeout_ms = REQUEST_TIMEOUT_MS,
		.body_max = ANSWER_MAX,
		.done = answered,
		.arg = poll,
	};
	struct err err;

	poll->arena = arena_new();
	poll->listing->request(poll->arena, &pull, &poll->walk, &wanted);
	request.url = wanted.url;
	request.headers[request.header_count++] = wanted.header;
	request.headers[request.header_count++] = STR("Accept: application/json");
	err = client_send(notifier->client, &request);
	if (err.code != ERR_OK) {
		page_over(poll);
		poll_failed(poll, err.what);
		return;
	}
	poll->state = POLL_ASKING;
	poll->poller->asking++;
	poll->poller->source_free_ms[poll->source] = now_ms + poll->listing->gap_ms;
}

static void
begin(struct poll *poll, int64_t now_ms)
{
	struct err err;

	if (poll->token.len == 0) {
		poll_failed(poll,
			"the token was sealed with a key that is not in DIR/keys: put that key"
			" back, or rotate the token");
		return;
	}
	if (!poll->walking) {
		poll->fresh = poll->missed = 0;
		err = listing_start(poll->listing, buf_str(&poll->cursor),
			books_now_ms(poll->poller->notifier->config.books), &poll->walk);
		if (err.code != ERR_OK) {
			poll_failed(poll, err.what);
			return;
		}
		poll->walking = true;
	}
	ask_page(poll, now_ms);
}

/* ---- the part -----------------------------------------------------------------------------------
 */

struct poller *
poller_new(struct notifier *notifier)
{
	struct poller *poller = mem_alloc_zero(1, sizeof(*poller));

	poller->notifier = notifier;
	poller->stale = true;
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
	poller->stale = true;
}

static int64_t
due_ms(const struct poll *poll)
{
	int64_t free_ms = poll->poller->source_free_ms[poll->source];
	int64_t next_ms = poll->walking ? 0 : poll->next_ms;

	return next_ms > free_ms ? next_ms : free_ms;
}

int
poller_tick(struct poller *poller)
{
	int64_t now_ms = clock_monotonic_ms(), until_ms;

	if (!poller->is_reading && (poller->stale || now_ms >= poller->read_ms + REREAD_MS))
		read_again(poller, now_ms);
	until_ms = (poller->is_reading ? now_ms : poller->read_ms) + REREAD_MS;
	drop_removed(poller);
	for (size_t i = 0; i < poller->count; i++) {
		struct poll *poll = poller->polls[i];

		if (poll->state != POLL_IDLE || poller->asking == POLLS_AT_ONCE)
			continue; /* what ends makes the loop come here again */
		if (due_ms(poll) <= now_ms)
			begin(poll, now_ms);
		if (poll->state == POLL_IDLE && due_ms(poll) < until_ms)
			until_ms = due_ms(poll);
	}
	now_ms = clock_monotonic_ms();
	return until_ms <= now_ms ? 1 : (int)(until_ms - now_ms);
}
