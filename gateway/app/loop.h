/* One event loop: its base, mailbox, HTTP server and api, and perhaps a thread. */
#ifndef CHOPAY_APP_LOOP_H
#define CHOPAY_APP_LOOP_H

#include "chopay/api.h"

#include <pthread.h>

struct event_base;
struct event;

struct loop {
	struct event_base *base;
	struct mailbox *mailbox;
	struct event *mail, *beat;
	struct http_server *server;
	struct api *api;
	pthread_t thread;
	bool has_thread;
	int grace_ms;
};

struct loop *loops_new(int count);
void loops_free(struct loop *loops, int count); /* runs what is left in the mailboxes first */

struct event_base *loop_base(struct loop *loop);
struct mailbox *loop_mailbox(struct loop *loop);

MUST_CHECK struct err loop_serve(
	struct loop *loop, const struct api_config *config, bool log_requests);
MUST_CHECK struct err loop_listen(
	struct loop *loop, struct str address, struct tls *tls, struct buf *bound);
MUST_CHECK struct err loop_listen_control(struct loop *loop, const char *path);
MUST_CHECK struct err loop_start_thread(struct loop *loop);
void loop_run(struct loop *loop); /* on this thread, until stopped */
void loop_join(struct loop *loop);
void loop_close_server(struct loop *loop);

/* From any thread. */
void loop_run_soon(struct loop *loop, void (*run)(void *arg), void *arg);
/* The endpoints were changed by another node. */
void loop_endpoints_changed(struct loop *loop);
void loop_news(struct loop *loop, struct news *news);
void loop_set_tls(struct loop *loop, struct tls *tls);
void loop_stop_soon(struct loop *loop, int grace_ms);

#endif
