/* Alarms of what goes on in the background, on the main loop: the disk and certificates at each
 * look, who is silent once in a quarter of an hour. */
#include "watcher.h"

#include <event2/event.h>
#include <stdlib.h>

#include "chopay/adoption_commands.h"
#include "chopay/log.h"
#include "chopay/watching.h"
#include "facts.h"

#define FIRST_LOOK_MS 3000 /* a start has other things to do */
#define LOOK_EVERY_MS 5000
#define SILENCE_EVERY_MS (15 * 60 * 1000) /* of the wall clock */
#define FACTS_MAX 8

/* One step at a time: deliveries counted, cells folded, silence looked for, alarms raised. */
struct watcher {
	struct books *books;
	struct mailbox *mailbox;
	struct facts *facts;
	struct event *timer;
	struct arena *arena; /* of the look under way */
	int64_t lease;
	int64_t now_ms;	 /* when this look began: what it reads is of then, or later */
	int64_t quarter; /* in which the last look for silence began */
	bool silence;	 /* this look is one for silence */
	struct count_deliveries_command deliveries;
	struct fold_due fold;
	struct query query;
	struct silences silences;
	struct watch_command watch;
};

static const char *const fact_kinds[] = {ALARM_DISK, ALARM_CERTIFICATE};
static const char *const all_kinds[] = {
	ALARM_DISK, ALARM_CERTIFICATE, ALARM_SILENT_FEED, ALARM_SILENT_STALL, ALARM_STICKER_SWAP};

static void
look_in(struct watcher *watcher, int ms)
{
	struct timeval later = {ms / 1000, ms % 1000 * 1000};

	if (watcher->timer != NULL)
		evtimer_add(watcher->timer, &later);
}

static void
look_over(struct watcher *watcher, struct err err)
{
	if (err.code != ERR_OK && err.code != ERR_BUSY)
		log_warn("watch", "not looked: %s", err.what);
	if (err.code == ERR_OK && watcher->silence)
		watcher->quarter = watcher->now_ms / SILENCE_EVERY_MS;
	arena_free(watcher->arena);
	watcher->arena = NULL;
	look_in(watcher, LOOK_EVERY_MS);
}

/* ---- what holds ----------------------------------------------------------------------------- */

static size_t
facts_hold(struct watcher *watcher, struct watched *holds)
{
	struct gateway_facts facts;
	size_t count = 0;

	facts_read(watcher->facts, &facts);
	if (facts.disk_total > 0 &&
		facts.disk_free / (facts.disk_total / 100 + 1) < facts.disk_alarm_percent)
		holds[count++] = (struct watched){STR(ALARM_DISK), STR("data"),
			arena_printf(watcher->arena, "free=%lld total=%lld",
				(long long)facts.disk_free, (long long)facts.disk_total)};
	for (int i = 0; i < facts.certificate_count; i++) {
		const struct gateway_certificate *one = &facts.certificates[i];
		struct buf until CLEANUP(buf_fini) = {0};

		if (one->until_ms - watcher->now_ms >= CERTIFICATE_ALARM_MS)
			continue;
		time_format_rfc3339(&until, one->until_ms);
		/* A certificate that was renewed and ends again is another one. */
		holds[count++] = (struct watched){STR(ALARM_CERTIFICATE), str_from(one->what),
			arena_printf(watcher->arena, "until=%s file=%s", until.ptr, one->file)};
	}
	return count;
}

static void
watched(struct command *command)
{
	struct watcher *watcher = (struct watcher *)((char *)command -
						     offsetof(struct watcher, watch.command));

	look_over(watcher, command->result);
}

static void
raise_alarms(struct watcher *watcher)
{
	size_t found = watcher->silence ? watcher->silences.count : 0;
	struct watched *holds = arena_alloc(watcher->arena, (FACTS_MAX + found) * sizeof(*holds));
	size_t count = facts_hold(watcher, holds);
	struct err err;

	for (size_t i = 0; i < found; i++)
		holds[count++] = watcher->silences.found[i];
	watcher->watch = (struct watch_command){
		.command = {watch_apply, watched, watcher->mailbox, watcher->arena, OK},
		.lease = watcher->lease,
		.kinds = watcher->silence ? all_kinds : fact_kinds,
		.kind_count = watcher->silence ? sizeof(all_kinds) / sizeof(all_kinds[0])
					       : sizeof(fact_kinds) / sizeof(fact_kinds[0]),
		.holds = holds,
		.count = count,
	};
	err = books_submit(watcher->books, &watcher->watch.command);
	if (err.code != ERR_OK)
		look_over(watcher, err);
}

/* ---- who is silent -------------------------------------------------------------------------- */

static struct err
find_silences(struct db *db, struct query *query)
{
	struct watcher *watcher = (struct watcher *)((char *)query -
						     offsetof(struct watcher, query));
	struct err err;

	TRY(store_begin(db));
	err = silences_find(db, watcher->arena, &watcher->silences);
	store_rollback(db);
	return err;
}

static void
silences_found(struct query *query)
{
	struct watcher *watcher = (struct watcher *)((char *)query -
						     offsetof(struct watcher, query));

	if (query->result.code != ERR_OK)
		look_over(watcher, query->result);
	else
		raise_alarms(watcher);
}

static void
folded(struct fold_due *fold)
{
	struct watcher *watcher = fold->arg;
	struct err err = fold->result;

	watcher->silences = (struct silences){.now_ms = watcher->now_ms};
	watcher->query = (struct query){.run = find_silences,
		.done = silences_found,
		.mailbox = watcher->mailbox,
		.arena = watcher->arena};
	if (err.code == ERR_OK)
		err = books_ask_long(watcher->books, &watcher->query);
	if (err.code != ERR_OK)
		look_over(watcher, err);
}

/* What came in the last minutes must be seen, or its stall would be called silent. */
static void
deliveries_counted(struct command *command)
{
	struct watcher *watcher = (struct watcher *)((char *)command -
						     offsetof(struct watcher, deliveries.command));
	int32_t today = day_of(watcher->now_ms, 0);
	struct err err = command->result;

	watcher->fold = (struct fold_due){
		.from_day = today - 1,
		.to_day = DAY_LAST,
		.mailbox = watcher->mailbox,
		.done = folded,
		.arg = watcher,
	};
	if (err.code == ERR_OK)
		err = books_fold_due(watcher->books, &watcher->fold);
	if (err.code != ERR_OK)
		look_over(watcher, err);
}

static void
look(evutil_socket_t fd, short what, void *arg)
{
	struct watcher *watcher = arg;
	struct err err;

	(void)fd;
	(void)what;
	if (!books_works(watcher->books, 0, &watcher->lease)) {
		look_in(watcher, LOOK_EVERY_MS);
		return;
	}
	watcher->arena = arena_new();
	watcher->now_ms = books_now_ms(watcher->books);
	watcher->silence = watcher->now_ms / SILENCE_EVERY_MS != watcher->quarter;
	if (!watcher->silence) {
		raise_alarms(watcher);
		return;
	}
	watcher->deliveries = (struct count_deliveries_command){
		.command = {count_deliveries_apply, deliveries_counted, watcher->mailbox,
			watcher->arena, OK},
		.lease = watcher->lease};
	err = books_submit(watcher->books, &watcher->deliveries.command);
	if (err.code != ERR_OK)
		look_over(watcher, err);
}

struct watcher *
watcher_start(
	struct event_base *base, struct mailbox *mailbox, struct books *books, struct facts *facts)
{
	struct watcher *made = mem_alloc_zero(1, sizeof(*made));

	made->books = books;
	made->mailbox = mailbox;
	made->facts = facts;
	made->timer = evtimer_new(base, look, made);
	look_in(made, FIRST_LOOK_MS);
	return made;
}

void
watcher_stop(struct watcher *watcher)
{
	if (watcher == NULL || watcher->timer == NULL)
		return;
	event_free(watcher->timer);
	watcher->timer = NULL;
}

void
watcher_free(struct watcher *watcher)
{
	if (watcher == NULL)
		return;
	watcher_stop(watcher);
	if (watcher->arena != NULL)
		arena_free(watcher->arena);
	free(watcher);
}
