/* The stall's page where there is no network: its worker, and the one page that the worker keeps.
 */
#include <string.h>

#include "api.h"
#include "chopay/asset.h"

#define WEB "gateway/web/"
#define FILE_BYTES_MAX (100 * 1024) /* what is larger is loaded when it is wanted */
#define WORKER "gateway/web/stall/sw.js"

/* What the page is made of: files of the stall's folder and of the shared one. */
static bool
is_kept(const char *path, struct str bytes)
{
	static const char *const endings[] = {
		".css", ".js", ".svg", ".wasm", ".mp3", ".json", ".png", ".webmanifest"};
	struct str name = str_from(path);

	if (bytes.len > FILE_BYTES_MAX || strcmp(path, WORKER) == 0)
		return false;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (str_ends(name, str_from(endings[i])))
			return true;
	return false;
}

static void
put_files(struct buf *out, const char *folder)
{
	const char *path;
	struct str bytes;

	for (size_t n = 0; asset_list(folder, n, &path, &bytes); n++)
		if (is_kept(path, bytes))
			buf_addf(out, " '/static/%s',\n", path + strlen(WEB));
}

/* The worker's bytes change with every release, so that a browser takes the new one. */
void
stall_worker(struct request *req)
{
	struct buf script CLEANUP(buf_fini) = {0};

	buf_addf(&script, "const VERSION = '%.*s';\nconst FILES = [\n",
		STR_FMT(asset_find("gateway/web/version")));
	put_files(&script, WEB "shared/");
	put_files(&script, WEB "stall/");
	buf_adds(&script, "];\n");
	buf_add(&script, asset_find(WORKER));
	request_add_header(req, "Cache-Control", STR("no-cache"));
	request_add_header(req, "Service-Worker-Allowed", STR("/stall"));
	reply_bytes(req, 200, "text/javascript; charset=utf-8", buf_str(&script));
}

void
stall_offline_page(struct request *req)
{
	json_t *data CLEANUP(json_cleanup) = page_data(req);
	struct buf html CLEANUP(buf_fini) = {0};
	struct err err = page_render(&html, WEB "stall/offline.html", data);

	if (err.code != ERR_OK) {
		reply_failure(req, err);
		return;
	}
	request_add_header(
		req, "Content-Language", page_language(req) == ENGLISH ? STR("en") : STR("vi"));
	reply_page(req, 200, buf_str(&html));
}
