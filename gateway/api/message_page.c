/* What a person is told who cannot have the page they asked for. */
#include "api.h"

/* Where somebody who cannot stay here goes on.  A buyer has no other page of ours. */
static const struct {
	const char *path, *href, *key;
} ways_on[] = {
	{"/stall", "/stall", "error.to_stall"},
	{"/pay/", NULL, NULL},
	{"/q/", NULL, NULL},
	{"/r/", NULL, NULL},
	{"/receipt", NULL, NULL},
	{"/", "/", "error.to_start"},
};

static void
put_way_on(struct request *req, json_t *data)
{
	for (size_t i = 0; i < sizeof(ways_on) / sizeof(ways_on[0]); i++) {
		if (!str_starts(request_path(req), str_from(ways_on[i].path)))
			continue;
		if (ways_on[i].href != NULL) {
			json_set_str(data, "action_href", str_from(ways_on[i].href));
			json_set_str(data, "action_text",
				words_find(page_language(req), str_from(ways_on[i].key)));
		}
		return;
	}
}

void
reply_message_text(struct request *req, int status, struct str title, struct str text)
{
	json_t *data CLEANUP(json_cleanup) = page_data(req);
	struct buf html CLEANUP(buf_fini) = {0};

	json_set_str(data, "title", title);
	json_set_str(data, "text", text);
	put_way_on(req, data);
	if (page_render(&html, "gateway/web/shared/message.html", data).code != ERR_OK)
		buf_add(&html, text);
	reply_page(req, status, buf_str(&html));
}

void
reply_message_page(struct request *req, int status, const char *key)
{
	enum language language = page_language(req);
	struct arena *arena = request_arena(req);

	reply_message_text(req, status, words_find(language, arena_printf(arena, "%s.title", key)),
		words_find(language, arena_printf(arena, "%s.text", key)));
}

bool
asks_for_page(struct request *req)
{
	struct str path = request_path(req);

	return request_face(req) == NULL && !request_local(req) && !str_starts(path, STR("/v1/")) &&
	       !str_starts(path, STR("/webhooks/")) &&
	       str_find(request_header(req, "Accept"), STR("text/html")) >= 0;
}

bool
reply_no_page(struct request *req, int status)
{
	if (!asks_for_page(req))
		return false;
	reply_message_page(req, status,
		status == 413					  ? "error.too_large"
		: status == 404 || status == 405 || status == 501 ? "error.not_found"
								  : "error.invalid");
	return true;
}

static const struct {
	enum err_code code;
	int status;
	const char *key;
} page_errors[] = {
	{ERR_NOT_FOUND, 404, "error.not_found"}, {ERR_DENIED, 403, "error.denied"},
	{ERR_INVALID, 400, "error.invalid"}, {ERR_CONFLICT, 409, "error.conflict"},
	{ERR_BUSY, 503, "error.busy"},
	{ERR_BROKEN, 500, "error.broken"}, /* and whatever else there is */
};

void
reply_failure_page(struct request *req, struct err err)
{
	size_t i = 0;

	while (page_errors[i].code != err.code && page_errors[i].code != ERR_BROKEN)
		i++;
	request_failed(req, err);
	reply_message_page(req, page_errors[i].status, page_errors[i].key);
}

void
reply_failure(struct request *req, struct err err)
{
	if (asks_for_page(req))
		reply_failure_page(req, err);
	else
		reply_err(req, err);
}

void
ask_reply_page(struct ask *ask)
{
	struct err err = ask->query.result;

	if (err.code == ERR_OK && ask->packed.bytes.len > 0) {
		reply_packed_page(ask->req, 200, ask->packed);
		return;
	}
	if (err.code == ERR_OK) {
		reply_page(ask->req, 200, buf_str(&ask->bytes));
		return;
	}
	if (err.code == ERR_DENIED && ask->who.role == ROLE_ANYONE && !ask->proof.has_key) {
		reply_sign_in(ask->req);
		return;
	}
	reply_failure_page(ask->req, err);
}
