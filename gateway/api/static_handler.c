/* What needs no books: static files, the API document, health, the front door. */
#include <string.h>

#include "api.h"
#include "chopay/asset.h"
#include "refusals.h"

static const struct {
	const char *ending, *type;
} types[] = {
	{".css", "text/css; charset=utf-8"},
	{".js", "text/javascript; charset=utf-8"},
	{".svg", "image/svg+xml"},
	{".wasm", "application/wasm"},
};

/* A tag that changes with the bytes: FNV-1a, good enough to tell two builds apart. */
static struct str
tag_of(struct arena *arena, struct str bytes)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < bytes.len; i++)
		hash = (hash ^ (unsigned char)bytes.ptr[i]) * UINT64_C(0x100000001b3);
	return arena_printf(arena, "\"%016llx\"", (unsigned long long)hash);
}

static void
send_file(struct request *req, struct str bytes, const char *type)
{
	struct str tag = tag_of(request_arena(req), bytes);

	request_add_header(req, "ETag", tag);
	request_add_header(req, "Cache-Control", STR("no-cache"));
	if (str_eq(request_header(req, "If-None-Match"), tag))
		reply_empty(req, 304);
	else
		reply_bytes(req, 200, type, bytes);
}

void
static_file(struct request *req)
{
	struct str file = request_param(req, "file");
	struct str path = arena_printf(request_arena(req), "gateway/web/%.*s/%.*s",
		STR_FMT(request_param(req, "folder")), STR_FMT(file));
	struct str bytes = asset_find(path.ptr);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]) && bytes.ptr != NULL; i++) {
		if (str_ends(file, str_from(types[i].ending))) {
			send_file(req, bytes, types[i].type);
			return;
		}
	}
	reply_problem(req, 404, "not-found", "No such file", "there is no such file here");
}

void
favicon(struct request *req)
{
	send_file(req, asset_find("gateway/web/shared/favicon.svg"), "image/svg+xml");
}

/* The document is YAML in its JSON subset, so the same bytes serve both. */
void
openapi_get(struct request *req)
{
	send_file(req, asset_find("include/openapi.yaml"), "application/json");
}

void
home_page(struct request *req)
{
	reply_redirect(req, STR("/stall"));
}

void
health_get(struct request *req)
{
	json_t *json = json_object();

	json_set_str(json, "status", STR("ok"));
	reply_json(req, 200, json);
}

static struct err
ready_answer(struct db *db, struct ask *ask)
{
	ask->json = json_object();
	json_set_str(ask->json, "status", STR("ready"));
	return store_check_schema(db);
}

void
ready_get(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->proof = (struct proof){0};
	ask->answer = ready_answer;
	ask_send(ask);
}

/* ---- metrics
 * ------------------------------------------------------------------------------------------- */

static void
put_count(struct buf *out, const char *name, const char *labels, unsigned long long value)
{
	buf_addf(out, "%s%s %llu\n", name, labels, value);
}

void
metrics_get(struct request *req)
{
	struct api_counts *counts = api_of(req)->config.counts;
	struct buf out CLEANUP(buf_fini) = {0};

	buf_adds(&out, "# TYPE chopay_deliveries_total counter\n");
	put_count(&out, "chopay_deliveries_total", "", atomic_load(&counts->deliveries));
	buf_adds(&out, "# TYPE chopay_transfers_total counter\n");
	put_count(&out, "chopay_transfers_total", "{kind=\"fresh\"}",
		atomic_load(&counts->transfers));
	put_count(
		&out, "chopay_transfers_total", "{kind=\"replay\"}", atomic_load(&counts->replays));
	put_count(&out, "chopay_transfers_total", "{kind=\"conflict\"}",
		atomic_load(&counts->conflicts));
	refusals_write_counts(counts->refusals, &out);
	buf_adds(&out, "# TYPE chopay_batches_retried_total counter\n");
	put_count(
		&out, "chopay_batches_retried_total", "", books_retried(api_of(req)->config.books));
	buf_adds(&out, "# TYPE chopay_charges_total counter\n");
	put_count(&out, "chopay_charges_total", "", atomic_load(&counts->charges));
	reply_bytes(req, 200, "text/plain; version=0.0.4", buf_str(&out));
}
