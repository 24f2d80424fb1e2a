/* Asking the books for a request, and the common ways to answer. */
#include "api.h"
#include "chopay/asset.h"
#include "chopay/gzip.h"

/* Only who may is told what is wrong with what was sent. */
struct gate {
	struct ask ask; /* first */
	enum action action;
	void (*then)(struct request *req);
};

static struct err
run_ask(struct db *db, struct query *query)
{
	struct ask *ask = (struct ask *)query;
	struct err err;

	json_decref(ask->json); /* of a run that lost its connection */
	ask->json = NULL;
	buf_clear(&ask->bytes);
	/* One transaction per question: its statements see one state of the books. */
	TRY(store_begin(db));
	err = principal_find(db, query->arena, &ask->proof, ask->now_ms, &ask->who);
	if (err.code == ERR_OK)
		err = ask->answer(db, ask);
	store_rollback(db);
	if (err.code == ERR_OK && ask->reply == ask_reply_page)
		ask->packed = ask_pack(ask, buf_str(&ask->bytes));
	return err;
}

static void
asked(struct query *query)
{
	struct ask *ask = (struct ask *)query;
	struct buf bytes =
		ask->bytes; /* the ask lives in the request's arena: gone after a reply */
	json_t *json = ask->json;

	session_seen(ask->api, &ask->proof, &ask->who, ask->now_ms);
	if (ask->wrong != NULL && ask->query.result.code == ERR_OK)
		reply_problem(
			ask->req, 400, "invalid-query", "A query value is wrong", "%s", ask->wrong);
	else if (ask->reply == NULL)
		ask_reply_json(ask);
	else
		ask->reply(ask);
	buf_fini(&bytes);
	json_decref(json);
}

void
submit_command(struct request *req, struct command *command)
{
	struct err err = books_submit(api_of(req)->config.books, command);

	if (err.code != ERR_OK)
		reply_failure(req, err);
}

struct ask *
ask_new(struct request *req)
{
	struct ask *ask = arena_alloc(request_arena(req), sizeof(*ask));

	ask->api = api_of(req);
	ask->req = req;
	ask->proof = proof_of(req);
	ask->lang = page_language(req);
	ask->now_ms = books_now_ms(ask->api->config.books);
	ask->max = PAGE_SIZE_DEFAULT;
	ask->query = (struct query){
		.run = run_ask,
		.done = asked,
		.mailbox = ask->api->config.mailbox,
		.arena = request_arena(req),
	};
	return ask;
}

void
ask_send(struct ask *ask)
{
	struct err err = books_ask(ask->api->config.books, &ask->query);

	if (err.code != ERR_OK)
		reply_failure(ask->req, err);
}

void
ask_send_long(struct ask *ask)
{
	struct err err = books_ask_long(ask->api->config.books, &ask->query);

	if (err.code != ERR_OK)
		reply_failure(ask->req, err);
}

static void
gate_answered(struct ask *ask)
{
	if (ask->query.result.code != ERR_OK)
		ask_fail(ask);
	else
		((struct gate *)ask)->then(ask->req);
}

static struct err
gate_answer(struct db *db, struct ask *ask)
{
	(void)db;
	return may(&ask->who, ((struct gate *)ask)->action, 0) ? OK : ask_denied(ask);
}

void
behind_gate(struct request *req, enum action action, void (*then)(struct request *req))
{
	struct gate *gate = arena_alloc(request_arena(req), sizeof(*gate));

	*gate = (struct gate){*ask_new(req), action, then};
	gate->ask.answer = gate_answer;
	gate->ask.reply = gate_answered;
	ask_send(&gate->ask);
}

void
ask_fail(struct ask *ask)
{
	reply_refusal(ask->req, &ask->who, ask->query.result);
}

struct err
ask_denied(const struct ask *ask)
{
	return principal_denied(&ask->who, "this key or session may not see that");
}

void
ask_reply_json(struct ask *ask)
{
	if (ask->query.result.code != ERR_OK) {
		ask_fail(ask);
		return;
	}
	request_add_header(ask->req, "Cache-Control", STR("no-store"));
	reply_json(ask->req, 200, json_incref(ask->json));
}

void
ask_refuse(struct ask *ask, const char *what)
{
	ask->wrong = what;
	ask_send(ask);
}

bool
ask_page(struct ask *ask)
{
	struct str text;
	int64_t value, before;

	if (request_query(ask->req, "limit", &text)) {
		if (str_to_i64(text, &value).code != ERR_OK || value < 1 || value > PAGE_SIZE_MAX) {
			ask_refuse(ask, arena_printf(ask->query.arena,
						"limit is a number from 1 to %d", PAGE_SIZE_MAX)
						.ptr);
			return false;
		}
		ask->max = (size_t)value;
	}
	if (request_query(ask->req, "cursor", &text)) {
		if (str_to_i64(text, &value).code != ERR_OK || value < 0) {
			ask_refuse(ask, "cursor is what next_cursor of the page before said");
			return false;
		}
		ask->after = value;
	}
	before = books_before(ask->since_ms);
	ask->after = ask->after > before ? ask->after : before;
	return true;
}

json_t *
list_json(const char *name, json_t *items, size_t count, size_t max, int64_t last_id)
{
	json_t *list = json_object();

	json_object_set_new(list, name, items);
	if (count == max)
		json_set_id(list, "next_cursor", last_id);
	else
		json_object_set_new(list, "next_cursor", json_null());
	return list;
}

/* ---- pages ----------------------------------------------------------------------------------- */

#define LANGUAGE_COOKIE "lang"
#define LANGUAGE_DAYS 400 /* browsers keep no cookie longer */

static bool
read_language(struct str text, enum language *language)
{
	*language = str_eq(text, STR("en")) ? ENGLISH : VIETNAMESE;
	return str_eq(text, STR("en")) || str_eq(text, STR("vi"));
}

enum language
page_language(struct request *req)
{
	enum language language;
	struct str text;

	if (request_query(req, LANGUAGE_COOKIE, &text) && read_language(text, &language))
		return language;
	if (request_cookie(req, LANGUAGE_COOKIE, &text) && read_language(text, &language))
		return language;
	return VIETNAMESE;
}

/* The same page in the other language. */
static struct str
language_link(struct request *req, enum language language)
{
	struct str query = request_query_string(req), pair;
	struct buf link CLEANUP(buf_fini) = {0};
	bool more = query.len > 0;

	buf_adds(&link, "?");
	while (more) {
		more = str_split(&query, '&', &pair);
		if (str_starts(pair, STR(LANGUAGE_COOKIE "=")))
			continue;
		buf_add(&link, pair);
		buf_adds(&link, "&");
	}
	buf_adds(&link, language == ENGLISH ? "lang=vi" : "lang=en");
	return arena_copy(request_arena(req), buf_str(&link));
}

json_t *
page_data(struct request *req)
{
	enum language language = page_language(req);
	json_t *data = json_object();

	json_set_str(data, "lang", language == ENGLISH ? STR("en") : STR("vi"));
	json_set_str(data, "other_lang", language == ENGLISH ? STR("vi") : STR("en"));
	json_set_str(data, "other_lang_href", language_link(req, language));
	return data;
}

#define POLICY                                                                      \
	"default-src 'none'; img-src 'self'; style-src 'self'; connect-src 'self';" \
	" form-action 'self'; base-uri 'none'; frame-ancestors 'none'; script-src 'self'"

/* The stall's pages run the codec (WebAssembly), are put on a phone's screen (manifest), and say
 * which release they are of, for their worker. */
static void
put_policy(struct request *req)
{
	struct str path = request_path(req);

	if (!str_eq(path, STR("/stall")) && !str_eq(path, STR("/stall/offline"))) {
		request_add_header(req, "Content-Security-Policy", STR(POLICY));
		return;
	}
	request_add_header(req, "Content-Security-Policy",
		STR(POLICY " 'wasm-unsafe-eval'; manifest-src 'self'"));
	request_add_header(req, "X-Chopay-Version", asset_find("gateway/web/version"));
}

static void
put_headers(struct request *req, const char *camera)
{
	enum language language;
	struct str chosen;

	put_policy(req);
	/* Not no-referrer: browsers then send "Origin: null" with our own forms. */
	request_add_header(req, "Referrer-Policy", STR("same-origin"));
	request_add_header(req, "Cache-Control", STR("no-store"));
	request_add_header(req, "Permissions-Policy",
		arena_printf(
			request_arena(req), "camera=(%s), microphone=(), geolocation=()", camera));
	if (request_query(req, LANGUAGE_COOKIE, &chosen) && read_language(chosen, &language))
		request_add_header(req, "Set-Cookie",
			arena_printf(request_arena(req),
				LANGUAGE_COOKIE "=%s; Path=/; Max-Age=%lld; SameSite=Lax%s",
				language == ENGLISH ? "en" : "vi",
				(long long)(LANGUAGE_DAYS * MS_PER_DAY / MS_PER_SECOND),
				request_secure(req) ? "; Secure" : ""));
}

void
page_headers(struct request *req)
{
	put_headers(req, "");
}

#define HTML "text/html; charset=utf-8"

/* `small` gets what is made here; it may be `text` itself that goes out. */
static struct packed
pack(struct request *req, struct str text, struct buf *small)
{
	if (accepts_gzip(req) && gzip_put(small, text).code == ERR_OK)
		return (struct packed){buf_str(small), true};
	return (struct packed){text, false};
}

static void
send_packed(struct request *req, int status, const char *type, struct packed text)
{
	request_add_header(req, "Vary", STR("Accept-Encoding"));
	if (text.gzip)
		request_add_header(req, "Content-Encoding", STR("gzip"));
	reply_bytes(req, status, type, text.bytes);
}

struct packed
ask_pack(const struct ask *ask, struct str text)
{
	struct buf small CLEANUP(buf_fini) = {0};
	struct packed packed = pack(ask->req, text, &small);

	packed.bytes = arena_copy(ask->query.arena, packed.bytes);
	return packed;
}

void
reply_packed(struct request *req, int status, const char *type, struct str text)
{
	struct buf small CLEANUP(buf_fini) = {0};

	send_packed(req, status, type, pack(req, text, &small));
}

static void
send_page(struct request *req, int status, struct str html)
{
	reply_packed(req, status, HTML, html);
}

void
reply_camera_page(struct request *req, int status, struct str html)
{
	put_headers(req, "self");
	send_page(req, status, html);
}

void
reply_page(struct request *req, int status, struct str html)
{
	page_headers(req);
	send_page(req, status, html);
}

void
reply_packed_page(struct request *req, int status, struct packed page)
{
	page_headers(req);
	send_packed(req, status, HTML, page);
}
