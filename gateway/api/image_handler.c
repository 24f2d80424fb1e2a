/* Pictures behind quick links: GET /image/{bank}-{account}-{template}.png?amount=&addInfo=... */
#include "chopay/quick_picture.h"
#include "chopay/version.h"

#include "api.h"
#include "pictures.h"

struct image_ask {
	struct ask ask; /* first */
	struct quick_picture picture;
	unsigned char tag[SHA256_SIZE];
	struct str etag;
};

/* All that it shows, and who drew it: another release may draw it otherwise. */
static void
set_tag(struct image_ask *image)
{
	struct arena *arena = image->ask.query.arena;
	struct buf hex CLEANUP(buf_fini) = {0};

	crypt_sha256(image->ask.api->config.crypt,
		arena_printf(arena, "%s\n%d\n%s\n%.*s", CHOPAY_VERSION, image->picture.template,
			image->picture.text, STR_FMT(image->picture.account_name)),
		image->tag);
	hex_put(&hex, (struct str){(const char *)image->tag, SHA256_SIZE / 2});
	image->etag = arena_printf(arena, "\"%s\"", hex.ptr);
}

static void
send_picture(struct image_ask *image, struct str bytes)
{
	struct request *req = image->ask.req;

	/* The link says all that the picture shows: it is the same tomorrow. */
	request_add_header(req, "Cache-Control", STR("public, max-age=86400"));
	request_add_header(req, "ETag", image->etag);
	/* Shops put it into pages of their own. */
	request_add_header(req, "Cross-Origin-Resource-Policy", STR("cross-origin"));
	if (bytes.len == 0)
		reply_empty(req, 304);
	else
		reply_bytes(req, 200, "image/png", bytes);
}

static struct err
draw(struct db *db, struct ask *ask)
{
	(void)db;
	return quick_png(&((struct image_ask *)ask)->picture, &ask->bytes);
}

static void
drawn(struct ask *ask)
{
	struct image_ask *image = (struct image_ask *)ask;

	if (ask->query.result.code != ERR_OK) {
		ask_fail(ask);
		return;
	}
	pictures_keep(ask->api->pictures, image->tag, buf_str(&ask->bytes));
	send_picture(image, buf_str(&ask->bytes));
}

static void
draw_later(struct image_ask *image)
{
	struct ask *ask = &image->ask;

	if (!pictures_may_draw(ask->api->pictures, request_peer(ask->req), clock_monotonic_ms())) {
		request_add_header(ask->req, "Retry-After", STR("1"));
		if (asks_for_page(ask->req)) {
			reply_message_page(ask->req, 429, "error.busy");
			return;
		}
		reply_problem(ask->req, 429, "too-many-pictures", "Too many new pictures",
			"ask again in a second; a link that was asked for before is answered at"
			" once");
		return;
	}
	ask->proof = (struct proof){0}; /* anybody's */
	ask->answer = draw;
	ask->reply = drawn;
	ask_send(ask);
}

/* Somebody tries a link in a browser. */
static void
reply_wrong_link(struct request *req, const char *field)
{
	enum language language = page_language(req);
	const struct str part = str_from(field);
	struct buf text CLEANUP(buf_fini) = {0};

	words_fill(&text, words_find(language, STR("error.image.text")), &part, 1);
	reply_message_text(
		req, 400, words_find(language, STR("error.image.title")), buf_str(&text));
}

/* False after replying 400. */
static bool
read_link(struct request *req, struct quick_picture *picture)
{
	struct quick_words words = {.path = request_param(req, "picture")};
	struct compose_refusal refusal;

	request_query(req, "amount", &words.amount);
	request_query(req, "addInfo", &words.memo);
	request_query(req, "accountName", &words.account_name);
	if (quick_read(api_of(req)->config.banks, &words, picture, &refusal))
		return true;
	if (asks_for_page(req)) {
		reply_wrong_link(req, refusal.field);
		return false;
	}
	reply_problem(req, 400, "invalid-link", "A word of the link is wrong", "%s: %s",
		refusal.field, refusal.text);
	return false;
}

void
image_get(struct request *req)
{
	struct image_ask *image = arena_alloc(request_arena(req), sizeof(*image));
	struct str kept;

	if (api_of(req)->config.images_off && reply_no_page(req, 404))
		return;
	if (api_of(req)->config.images_off) {
		reply_problem(req, 404, "not-found", "No pictures for links here",
			"whoever runs this gateway has switched them off (image = off)");
		return;
	}
	if (!read_link(req, &image->picture))
		return;
	image->ask = *ask_new(req);
	set_tag(image);
	if (str_eq(request_header(req, "If-None-Match"), image->etag)) {
		send_picture(image, (struct str){NULL, 0});
		return;
	}
	kept = pictures_find(image->ask.api->pictures, image->tag);
	if (kept.len > 0)
		send_picture(image, kept);
	else
		draw_later(image);
}
