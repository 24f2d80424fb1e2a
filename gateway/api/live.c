/* Live pages: event streams of a stall's news, replayed from the outbox after a lost line.
 *
 * News comes in the order of each writer, not of the ids: how far a page has come is told by writer
 * (marks.h), to us and in what the page gives back after a lost line. */
#include <stdlib.h>

#include "api.h"

#define BUCKETS 1024
#define REPLAY_AT_ONCE 200
#define REPLAY_MAX 1000 /* a page further behind than this reloads itself by its own list */

struct watcher {
	struct watcher *next, **at; /* in its bucket */
	struct stream *stream;	    /* NULL: the page left while a question was under way */
	struct api *api;
	int64_t stall_id;
	char reference[REFERENCE_SIZE]; /* empty: all of the stall's news */
	struct marks sent;
	bool from_now; /* `sent` is to be read first: all that is there counts as sent */
	int replayed;
	bool asking;	/* catching up: */
	int64_t read;	/* the last id that was read */
	int64_t missed; /* the smallest id of news that came meanwhile; INT64_MAX: none did */
	/* the question under way */
	struct query query;
	struct notice *notices;
	size_t count;
};

struct live {
	struct watcher *buckets[BUCKETS];
	atomic_int watchers; /* read by the writer's thread: news for nobody is not carried */
};

struct live *
live_new(void)
{
	return mem_alloc_zero(1, sizeof(struct live));
}

static struct watcher **
bucket_of(struct live *live, int64_t stall_id)
{
	/* The low bits of an id are its writer and a sequence within a millisecond: mix the high
	 * ones in. */
	uint64_t id = (uint64_t)stall_id;

	return &live->buckets[(id ^ id >> 8 ^ id >> 20 ^ id >> 40) % BUCKETS];
}

static void
unlink_watcher(struct watcher *watcher)
{
	atomic_fetch_sub(&watcher->api->live->watchers, 1);
	*watcher->at = watcher->next;
	if (watcher->next != NULL)
		watcher->next->at = watcher->at;
}

static void
watcher_free(struct watcher *watcher)
{
	arena_free(watcher->query.arena);
	free(watcher);
}

static void
stream_closed(struct stream *stream, void *arg)
{
	struct watcher *watcher = arg;

	(void)stream;
	unlink_watcher(watcher);
	watcher->stream = NULL;
	if (!watcher->asking)
		watcher_free(watcher);
}

void
live_free(struct live *live)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		while (live->buckets[i] != NULL) {
			struct watcher *watcher = live->buckets[i];

			unlink_watcher(watcher);
			watcher_free(watcher);
		}
	}
	free(live);
}

static bool
wants(const struct watcher *watcher, struct str kind, struct str reference)
{
	if (watcher->reference[0] == '\0')
		return true;
	return str_eq(kind, STR("charge")) && str_eq(reference, str_from(watcher->reference));
}

/* Unless it was sent before. */
static void
send_event(
	struct watcher *watcher, int64_t id, struct str kind, struct str reference, struct str body)
{
	struct buf event CLEANUP(buf_fini) = {0}, marks CLEANUP(buf_fini) = {0};

	if (!marks_take(&watcher->sent, id) || !wants(watcher, kind, reference))
		return;
	buf_add(&event, kind);
	marks_write(&watcher->sent, &marks);
	stream_send(watcher->stream, buf_str(&marks), event.ptr, body);
}

/* ---- catching up --------------------------------------------------------------------------------
 */

static void catch_up(struct watcher *watcher, int64_t from);
static void read_on(struct watcher *watcher);

static void
send_beat(struct watcher *watcher)
{
	struct buf data CLEANUP(buf_fini) = {0};

	buf_adds(&data, "{\"now\":\"");
	time_format_rfc3339(&data, books_now_ms(watcher->api->config.books));
	buf_adds(&data, "\"}");
	stream_send(watcher->stream, STR(""), "beat", buf_str(&data));
}

struct err
live_marks(struct db *db, int64_t stall_id, struct marks *marks)
{
	*marks = (struct marks){0};
	return notices_newest(
		db, stall_id, MARKS_LATE_MS * ID_PER_MS, MARKS_MAX, marks->ids, &marks->count);
}

static struct err
read_notices(struct db *db, struct query *query)
{
	struct watcher *watcher = (struct watcher *)((char *)query -
						     offsetof(struct watcher, query));

	watcher->notices = arena_alloc(query->arena, REPLAY_AT_ONCE * sizeof(struct notice));
	watcher->count = 0;
	if (watcher->from_now)
		return live_marks(db, watcher->stall_id, &watcher->sent);
	return notices_after(db, query->arena, watcher->stall_id, watcher->read, REPLAY_AT_ONCE,
		watcher->notices, &watcher->count);
}

static void
caught_up(struct query *query)
{
	struct watcher *watcher = (struct watcher *)((char *)query -
						     offsetof(struct watcher, query));
	bool page_full = watcher->count == REPLAY_AT_ONCE;

	watcher->asking = watcher->from_now = false;
	if (watcher->stream == NULL) {
		watcher_free(watcher);
		return;
	}
	for (size_t i = 0; i < watcher->count; i++) {
		const struct notice *notice = &watcher->notices[i];

		send_event(watcher, notice->id, notice->kind, notice->reference, notice->body);
		watcher->read = notice->id;
	}
	watcher->replayed += (int)watcher->count;
	if (query->result.code != ERR_OK || watcher->replayed > REPLAY_MAX) {
		struct stream *stream = watcher->stream;

		unlink_watcher(watcher);
		watcher_free(watcher);
		stream_close(stream);
		return;
	}
	if (page_full)
		read_on(watcher);
	else if (watcher->missed != INT64_MAX)
		catch_up(watcher, watcher->missed);
	else
		send_beat(watcher); /* ends the repetition: what follows is new */
}

static void
read_on(struct watcher *watcher)
{
	arena_free(watcher->query.arena);
	watcher->query = (struct query){
		.run = read_notices,
		.done = caught_up,
		.mailbox = watcher->api->config.mailbox,
		.arena = arena_new(),
	};
	watcher->asking = true;
	if (books_ask(watcher->api->config.books, &watcher->query).code != ERR_OK) {
		struct stream *stream = watcher->stream;

		/* Too much is waiting: the page comes back by itself. */
		unlink_watcher(watcher);
		watcher_free(watcher);
		stream_close(stream);
	}
}

/* News that comes while a question is under way is not sent but asked for again, so that nothing
 * is lost between the two. */
static void
catch_up(struct watcher *watcher, int64_t from)
{
	watcher->missed = INT64_MAX;
	watcher->read = from - 1;
	read_on(watcher);
}

void
live_open(struct api *api, struct request *req, int64_t stall_id, struct str reference,
	const struct marks *after, struct str first)
{
	struct watcher *watcher = mem_alloc_zero(1, sizeof(*watcher));
	struct watcher **bucket = bucket_of(api->live, stall_id);

	watcher->api = api;
	watcher->stall_id = stall_id;
	watcher->from_now = after == NULL;
	if (after != NULL)
		watcher->sent = *after;
	for (size_t i = 0; i < reference.len && i < REFERENCE_SIZE - 1; i++)
		watcher->reference[i] = reference.ptr[i];
	watcher->stream = stream_open(req, stream_closed, watcher);
	if (watcher->stream == NULL) {
		free(watcher);
		return;
	}
	watcher->next = *bucket;
	watcher->at = bucket;
	if (*bucket != NULL)
		(*bucket)->at = &watcher->next;
	*bucket = watcher;
	/* Counted before the books are asked: what commits from here on is carried to us, what
	 * committed before is in the answer. */
	atomic_fetch_add(&api->live->watchers, 1);
	if (first.len > 0)
		stream_send(watcher->stream, STR(""), "charge", first);
	catch_up(watcher, marks_floor(&watcher->sent) + 1);
}

bool
api_listens(const struct api *api)
{
	return atomic_load(&api->live->watchers) > 0;
}

/* It comes back by itself, and shows again who it is. */
static void
close_watcher(struct watcher *watcher)
{
	struct stream *stream = watcher->stream;

	unlink_watcher(watcher);
	watcher->stream = NULL;
	if (!watcher->asking)
		watcher_free(watcher);
	stream_close(stream);
}

void
api_news(struct api *api, const struct news *news)
{
	bool phones = str_eq(news->kind, STR(NOTICE_PHONES));
	struct watcher *next;

	for (struct watcher *watcher = *bucket_of(api->live, news->stall_id); watcher != NULL;
		watcher = next) {
		next = watcher->next;
		if (watcher->stall_id != news->stall_id)
			continue;
		if (phones && watcher->reference[0] == '\0')
			close_watcher(watcher);
		else if (watcher->asking)
			watcher->missed = news->id < watcher->missed ? news->id : watcher->missed;
		else
			send_event(watcher, news->id, news->kind, news->reference, news->body);
	}
}

void
api_beat(struct api *api)
{
	endpoints_beat(api);
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct watcher *watcher = api->live->buckets[i]; watcher != NULL;
			watcher = watcher->next)
			send_beat(watcher);
	}
}
