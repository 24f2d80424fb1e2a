/* One event loop. */
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>

#include "chopay/log.h"
#include "loop.h"

static void
mail_came(evutil_socket_t fd, short what, void *arg)
{
	struct loop *loop = arg;

	(void)fd;
	(void)what;
	mailbox_run(loop->mailbox);
}

static void
beat_tick(evutil_socket_t fd, short what, void *arg)
{
	struct loop *loop = arg;

	(void)fd;
	(void)what;
	api_beat(loop->api);
}

struct loop *
loops_new(int count)
{
	struct loop *loops = mem_alloc_zero((size_t)count, sizeof(*loops));

	for (int i = 0; i < count; i++) {
		struct loop *loop = &loops[i];

		loop->base = event_base_new();
		if (loop->base == NULL)
			abort(); /* no epoll: nothing could be served */
		loop->mailbox = mailbox_new();
		loop->mail = event_new(loop->base, mailbox_fd(loop->mailbox), EV_READ | EV_PERSIST,
			mail_came, loop);
		event_add(loop->mail, NULL);
	}
	return loops;
}

void
loop_close_server(struct loop *loop)
{
	if (loop->server == NULL)
		return;
	http_server_free(loop->server);
	loop->server = NULL;
	event_base_loop(loop->base, EVLOOP_NONBLOCK); /* what it deferred */
}

void
loops_free(struct loop *loops, int count)
{
	for (int i = 0; i < count; i++) {
		struct loop *loop = &loops[i];

		mailbox_run(loop->mailbox);
		api_free(loop->api);
		if (loop->beat != NULL)
			event_free(loop->beat);
		event_free(loop->mail);
		event_base_free(loop->base);
		mailbox_free(loop->mailbox);
	}
	free(loops);
}

struct event_base *
loop_base(struct loop *loop)
{
	return loop->base;
}

struct mailbox *
loop_mailbox(struct loop *loop)
{
	return loop->mailbox;
}

struct err
loop_serve(struct loop *loop, const struct api_config *config, bool log_requests)
{
	struct http_limits limits = HTTP_LIMITS_DEFAULT;
	struct timeval every = {API_BEAT_MS / 1000, 0};

	limits.log_requests = log_requests;
	loop->api = api_new(config);
	TRY(api_load_endpoints(loop->api));
	loop->server = http_server_new(loop->base, api_routes, api_route_count, &limits, loop->api);
	http_server_on_refused(loop->server, api_refused);
	loop->beat = event_new(loop->base, -1, EV_PERSIST, beat_tick, loop);
	event_add(loop->beat, &every);
	return OK;
}

struct err
loop_listen(struct loop *loop, struct str address, struct tls *tls, struct buf *bound)
{
	return http_server_listen(loop->server, address, tls, true, bound);
}

struct err
loop_listen_control(struct loop *loop, const char *path)
{
	return http_server_listen_local(loop->server, path);
}

void
loop_run(struct loop *loop)
{
	event_base_dispatch(loop->base);
}

static void *
thread_run(void *arg)
{
	loop_run(arg);
	return NULL;
}

struct err
loop_start_thread(struct loop *loop)
{
	sigset_t all, before;
	int rc;

	/* Signals are the main loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&loop->thread, NULL, thread_run, loop);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	loop->has_thread = rc == 0;
	return rc == 0 ? OK : FAIL(ERR_BROKEN, "cannot start a thread");
}

void
loop_join(struct loop *loop)
{
	if (loop->has_thread)
		pthread_join(loop->thread, NULL);
	loop->has_thread = false;
}

/* ---- from any thread ---------------------------------------------------------------------------
 */

void
loop_run_soon(struct loop *loop, void (*run)(void *arg), void *arg)
{
	mailbox_push(loop->mailbox, (struct task){run, arg});
}

static void
reload_endpoints(void *arg)
{
	struct loop *loop = arg;

	if (loop->api != NULL)
		api_endpoints_changed(loop->api);
}

void
loop_endpoints_changed(struct loop *loop)
{
	loop_run_soon(loop, reload_endpoints, loop);
}

struct carried_news {
	struct loop *loop;
	struct news *news;
};

static void
tell_news(void *arg)
{
	struct carried_news *carried = arg;

	api_news(carried->loop->api, carried->news);
	news_unref(carried->news);
	free(carried);
}

void
loop_news(struct loop *loop, struct news *news)
{
	struct carried_news *carried;

	if (loop->api == NULL || !api_listens(loop->api))
		return;
	carried = mem_alloc(sizeof(*carried));
	*carried = (struct carried_news){loop, news_ref(news)};
	loop_run_soon(loop, tell_news, carried);
}

struct carried_tls {
	struct loop *loop;
	struct tls *tls;
};

static void
use_tls(void *arg)
{
	struct carried_tls *carried = arg;

	if (carried->loop->server != NULL)
		http_server_set_tls(carried->loop->server, carried->tls);
	tls_unref(carried->tls);
	free(carried);
}

void
loop_set_tls(struct loop *loop, struct tls *tls)
{
	struct carried_tls *carried = mem_alloc(sizeof(*carried));

	*carried = (struct carried_tls){loop, tls_ref(tls)};
	loop_run_soon(loop, use_tls, carried);
}

static void
stopped(void *arg)
{
	struct loop *loop = arg;

	event_base_loopbreak(loop->base);
}

static void
stop(void *arg)
{
	struct loop *loop = arg;

	http_server_stop(loop->server, loop->grace_ms, stopped, loop);
}

void
loop_stop_soon(struct loop *loop, int grace_ms)
{
	loop->grace_ms = grace_ms;
	loop_run_soon(loop, stop, loop);
}
