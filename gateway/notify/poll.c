/* One pull's polls: ask for a page, book it, go on; and how a poll ends. */
#include "poll.h"

#include <stdlib.h>
#include <string.h>

#include "chopay/log.h"

#define REQUEST_TIMEOUT_MS 30000
#define ANSWER_MAX (8 * 1024 * 1024)
#define WAITS_MAX 10			    /* of one poll, told to wait by the source */
#define RETRY_FIRST_MS (15 * MS_PER_SECOND) /* after a failure; then twice as long each time, */
#define RETRY_DOUBLINGS_MAX 16		    /* but never longer than the pull's own pace */

void
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

int64_t
poll_due_ms(const struct poll *poll)
{
	int64_t free_ms = poll->polling->source_free_ms[poll->source];
	int64_t next_ms = poll->walking ? 0 : poll->next_ms;

	return next_ms > free_ms ? next_ms : free_ms;
}

/* ---- how a poll ends ---------------------------------------------------------------------------
 */

static void
page_over(struct poll *poll)
{
	arena_free(poll->arena);
	poll->arena = NULL;
	poll->state = POLL_IDLE;
	poll->polling->stale = poll->polling->stale || poll->outdated;
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
	const struct notifier *notifier = poll->polling->notifier;
	struct arena *arena = arena_new();
	struct pull_failed_command *failed = arena_alloc(arena, sizeof(*failed));

	log_warn(
		"pull", "id=%s source=%s failed: %s", poll->id.ptr, poll->listing->feed->name, why);
	*failed = (struct pull_failed_command){
		.command = {pull_failed_apply, failure_noted, notifier->mailbox, arena, OK},
		.pull_id = arena_copy(arena, buf_str(&poll->id)),
		.why = arena_copy(arena, str_from(why)),
		.lease = poll->lease,
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
	if (result.code == ERR_OK && poll->page.cursor.len > 0) {
		buf_clear(&poll->cursor);
		buf_add(&poll->cursor, poll->page.cursor);
	}
	page_over(poll);
	if (poll->polling->notifier->stopping)
		return;
	if (result.code == ERR_NOT_FOUND) { /* removed meanwhile */
		poll->polling->stale = true;
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
	const struct notify_config *config = &poll->polling->notifier->config;
	struct arena *arena = poll->arena;
	struct err err;

	poll->state = POLL_BOOKING;
	poll->page = (struct pull_page_command){
		.lines.settle =
			{
				.command = {pull_page_apply, booked,
					poll->polling->notifier->mailbox, arena, OK},
				.feed = poll->listing->feed,
				.endpoint_id = buf_str(&poll->id),
				.content_type = STR("application/json"),
				.raw = arena_copy(arena, body),
				.events = page->events.items,
				.bank_bins = banks_of_events(config->banks, arena,
					page->events.items, page->events.count),
				.payer_bins = banks_of_payers(config->banks, arena,
					page->events.items, page->events.count),
				.event_count = page->events.count,
			},
		.pull_id = buf_str(&poll->id),
		.cursor = arena_copy(arena, str_from(page->cursor)),
		.last = page->last,
		.strange = page->strange,
		.lease = poll->lease,
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

	if (free_ms > poll->polling->source_free_ms[poll->source])
		poll->polling->source_free_ms[poll->source] = free_ms;
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

	poll->polling->asking--;
	if (poll->polling->notifier->stopping) {
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
	const struct notifier *notifier = poll->polling->notifier;
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
	poll->polling->asking++;
	poll->polling->source_free_ms[poll->source] = now_ms + poll->listing->gap_ms;
}

void
poll_go_on(struct poll *poll, int64_t now_ms)
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
			books_now_ms(poll->polling->notifier->config.books), &poll->walk);
		if (err.code != ERR_OK) {
			poll_failed(poll, err.what);
			return;
		}
		poll->walking = true;
	}
	ask_page(poll, now_ms);
}
