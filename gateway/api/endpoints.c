/* The endpoints' secrets, opened and kept per loop: a webhook is verified without asking anybody.
 */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "chopay/log.h"

#define ENDPOINTS_MAX 1000

struct endpoints {
	struct query query; /* first: the question that fills it */
	struct api *api;
	struct arena *arena;
	struct open_endpoint *items;
	size_t count;
};

static struct err
open_secret(struct endpoints *endpoints, struct str id, struct str sealed, struct str *secret)
{
	const struct api_config *config = &endpoints->api->config;
	struct buf text CLEANUP(buf_fini) = {0};

	*secret = (struct str){NULL, 0};
	if (sealed.len == 0)
		return OK;
	TRY(crypt_open(config->crypt, books_sealing_key(config->books), id, sealed, &text));
	*secret = arena_copy(endpoints->arena, buf_str(&text));
	explicit_bzero(text.ptr, text.len);
	return OK;
}

/* Whom it lets in.  A list that cannot be read must not let everybody in. */
static struct err
open_callers(struct endpoints *endpoints, const struct endpoint *row, struct open_endpoint *open)
{
	struct buf why CLEANUP(buf_fini) = {0}, digest CLEANUP(buf_fini) = {0};
	struct address_list *list;

	if (row->addresses.len > 0) {
		list = arena_alloc(endpoints->arena, sizeof(*list));
		TRY(address_list_parse(row->addresses, list, &why));
		open->addresses = list;
	}
	TRY(hex_get(row->client_cert, &digest));
	open->client_cert = arena_copy(endpoints->arena, buf_str(&digest));
	return OK;
}

static struct err
open_endpoint(struct endpoints *endpoints, const struct endpoint *row)
{
	struct open_endpoint *open = &endpoints->items[endpoints->count];

	*open = (struct open_endpoint){
		.id = row->id,
		.feed = feed_find(row->feed),
		.secret = {.client_id = row->client_id, .header = row->header},
		.previous_until_ms = row->previous_until_ms,
		.budget = arena_alloc(endpoints->arena, sizeof(*open->budget)),
	};
	if (open->feed == NULL || !feed_mode_parse(row->mode, &open->secret.mode))
		return FAIL(ERR_INVALID, "an endpoint of a feed this version does not know");
	TRY(open_callers(endpoints, row, open));
	/* Banks that sign with RSA want our answers signed too. */
	if (open->secret.mode == FEED_MODE_RSA_PUBLIC_KEY)
		TRY(books_need_signing_key(endpoints->api->config.books));
	TRY(open_secret(endpoints, row->id, row->secret, &open->secret.values[0]));
	TRY(open_secret(endpoints, row->id, row->previous, &open->secret.values[1]));
	endpoints->count++;
	return OK;
}

/* One endpoint that cannot be opened must not shut the others. */
static struct err
read_endpoints(struct db *db, struct query *query)
{
	struct endpoints *endpoints = (struct endpoints *)query;
	struct endpoint *rows = arena_alloc(endpoints->arena, ENDPOINTS_MAX * sizeof(*rows));
	size_t count;

	endpoints->items = arena_alloc(endpoints->arena, ENDPOINTS_MAX * sizeof(*endpoints->items));
	TRY(endpoints_list(db, endpoints->arena, ENDPOINTS_MAX, rows, &count));
	for (size_t i = 0; i < count; i++) {
		struct err err = OK;

		if (rows[i].revoked_at_ms == 0)
			err = open_endpoint(endpoints, &rows[i]);
		if (err.code != ERR_OK)
			log_error("endpoint", "id=%.*s not in use: %s", STR_FMT(rows[i].id),
				err.what);
	}
	return OK;
}

static struct endpoints *
endpoints_new(struct api *api)
{
	struct endpoints *made = mem_alloc_zero(1, sizeof(*made));

	made->api = api;
	made->arena = arena_new();
	made->query.run = read_endpoints;
	made->query.mailbox = api->config.mailbox;
	return made;
}

void
endpoints_free(struct endpoints *endpoints)
{
	if (endpoints == NULL)
		return;
	for (size_t i = 0; i < endpoints->count; i++) {
		for (size_t n = 0; n < 2; n++) {
			struct str secret = endpoints->items[i].secret.values[n];

			if (secret.len > 0)
				explicit_bzero((void *)(uintptr_t)secret.ptr, secret.len);
		}
	}
	arena_free(endpoints->arena);
	free(endpoints);
}

static void
put_to_use(struct api *api, struct endpoints *fresh)
{
	endpoints_free(api->endpoints);
	api->endpoints = fresh;
}

/* ---- switching every loop over -------------------------------------------------------------- */

/* A change of the endpoints, until the last loop works with it: only then is it answered, so that
 * an added endpoint receives and a revoked one refuses from the answer on. */
struct switch_over {
	struct task done;	 /* on the asker's loop */
	struct mailbox *mailbox; /* the asker's */
	atomic_int left;	 /* loops that still use the old table */
};

struct loop_switch {
	struct loop_switch *next; /* waiting for its loop's next table */
	struct switch_over *over;
	struct api *api;
};

static void
loop_switched(struct loop_switch *one)
{
	struct switch_over *over = one->over;

	free(one);
	if (atomic_fetch_sub(&over->left, 1) > 1)
		return;
	mailbox_push(over->mailbox, over->done);
	free(over);
}

static void reload(struct api *api);

static void
reloaded(struct query *query)
{
	struct endpoints *fresh = (struct endpoints *)query;
	struct api *api = fresh->api;
	bool again = api->endpoints_stale, failed = query->result.code != ERR_OK;

	api->endpoints_loading = api->endpoints_stale = false;
	if (failed)
		endpoints_free(fresh);
	else
		put_to_use(api, fresh);
	if (again) { /* something changed after the question was asked */
		reload(api);
		return;
	}
	api->endpoints_stale = failed; /* the next beat asks again */
	while (api->switching != NULL) {
		struct loop_switch *one = api->switching;

		api->switching = one->next;
		loop_switched(one);
	}
}

static void
reload(struct api *api)
{
	struct endpoints *fresh;

	if (api->endpoints_loading) {
		api->endpoints_stale = true;
		return;
	}
	fresh = endpoints_new(api);
	fresh->query.done = reloaded;
	api->endpoints_loading = true;
	if (books_ask(api->config.books, &fresh->query).code != ERR_OK) {
		/* Too much is waiting: the next beat asks again. */
		api->endpoints_loading = false;
		api->endpoints_stale = true;
		endpoints_free(fresh);
	}
}

void
endpoints_beat(struct api *api)
{
	if (api->endpoints_stale && !api->endpoints_loading) {
		api->endpoints_stale = false;
		reload(api);
	}
}

void
api_endpoints_changed(struct api *api)
{
	reload(api);
}

static void
switch_loop(void *arg)
{
	struct loop_switch *one = arg;

	one->next = one->api->switching;
	one->api->switching = one;
	reload(one->api);
}

void
endpoints_switch(struct api *api, struct task done)
{
	struct switch_over *over = mem_alloc(sizeof(*over));

	over->done = done;
	over->mailbox = api->config.mailbox;
	atomic_init(&over->left, api->peer_count);
	for (int i = 0; i < api->peer_count; i++) {
		struct loop_switch *one = mem_alloc(sizeof(*one));

		*one = (struct loop_switch){NULL, over, api->peers[i]};
		mailbox_push(api->peers[i]->config.mailbox, (struct task){switch_loop, one});
	}
}

/* At the end of the program: nobody waits any more. */
void
endpoints_forget_switches(struct api *api)
{
	while (api->switching != NULL) {
		struct loop_switch *one = api->switching;

		api->switching = one->next;
		if (atomic_fetch_sub(&one->over->left, 1) == 1)
			free(one->over);
		free(one);
	}
}

struct err
api_load_endpoints(struct api *api)
{
	struct endpoints *fresh = endpoints_new(api);
	struct err err = books_ask_wait(api->config.books, &fresh->query);

	if (err.code == ERR_OK)
		put_to_use(api, fresh);
	else
		endpoints_free(fresh);
	return err;
}

const struct open_endpoint *
endpoint_find(const struct api *api, struct str feed_name, struct str id)
{
	for (size_t i = 0; i < api->endpoints->count; i++) {
		const struct open_endpoint *open = &api->endpoints->items[i];

		if (str_eq(open->id, id) && str_eq(str_from(open->feed->name), feed_name))
			return open;
	}
	return NULL;
}
