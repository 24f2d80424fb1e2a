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
	{".mp3", "audio/mpeg"},
	{".json", "application/json"},
	{".png", "image/png"},
	{".webmanifest", "application/manifest+json"},
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

/* "gzip", "*" or "gzip;q=0.5", not "gzip;q=0" (RFC 9110, 12.5.3). */
bool
accepts_gzip(struct request *req)
{
	struct str rest = request_header(req, "Accept-Encoding"), item, name;

	while (rest.len > 0) {
		str_split(&rest, ',', &item);
		str_split(&item, ';', &name);
		name = str_trim(name);
		item = str_trim(item);
		if (!str_eq_nocase(name, STR("gzip")) && !str_eq(name, STR("*")))
			continue;
		for (size_t i = 2; i < item.len; i++)
			if (item.ptr[i] >= '1' && item.ptr[i] <= '9')
				return true;
		return item.len == 0;
	}
	return false;
}

/* The bytes of an asset, compressed where there is such a copy and the browser takes it.  Our own
 * files hold no secret that a length could tell. */
static struct str
encoded(struct request *req, const char *path)
{
	struct str bytes = asset_find(arena_printf(request_arena(req), "%s.gz", path).ptr);

	if (bytes.ptr == NULL)
		return asset_find(path);
	request_add_header(req, "Vary", STR("Accept-Encoding"));
	if (!accepts_gzip(req))
		return asset_find(path);
	request_add_header(req, "Content-Encoding", STR("gzip"));
	return bytes;
}

/* Asked for by the release's name, a file may be kept for ever; else it is asked after each time.
 */
static struct str
caching(struct request *req)
{
	struct str version;

	if (request_query(req, "v", &version) && str_eq(version, asset_find("gateway/web/version")))
		return STR("public, max-age=31536000, immutable");
	return STR("no-cache");
}

static void
send_file(struct request *req, const char *path, const char *type)
{
	struct str bytes = encoded(req, path);
	struct str tag = tag_of(request_arena(req), bytes);

	request_add_header(req, "ETag", tag);
	request_add_header(req, "Cache-Control", caching(req));
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
			send_file(req, path.ptr, types[i].type);
			return;
		}
	}
	reply_problem(req, 404, "not-found", "No such file", "there is no such file here");
}

void
favicon(struct request *req)
{
	send_file(req, "gateway/web/shared/favicon.svg", "image/svg+xml");
}

/* A phone beside a demonstration takes it to heart by opening it (certs/README.md). */
void
dev_ca_get(struct request *req)
{
	struct str pem = api_of(req)->config.dev_ca;

	if (pem.len == 0)
		reply_problem(req, 404, "not-found", "No such file",
			"this server's certificate is of no development CA");
	else
		reply_bytes(req, 200, "application/x-x509-ca-cert", pem);
}

/* The document is YAML in its JSON subset, so the same bytes serve both. */
void
openapi_get(struct request *req)
{
	send_file(req, "include/openapi.yaml", "application/json");
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
