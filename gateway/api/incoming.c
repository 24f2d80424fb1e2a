/* Who may call an endpoint: checks from the cheapest on, before the feed looks at anything. */
#include <string.h>

#include "incoming.h"
#include "refusals.h"
#include "tokens.h"

#define REFUSED_PER_SECOND 20 /* listed in the log; all are counted */
/* Calls without a valid token, at one endpoint on one loop.  A caller that asks for a token before
 * each delivery (VietQR.vn) stays below; a guesser of passwords gets no further. */
#define TOKENLESS_PER_SECOND 50
#define TOKENLESS_WINDOW_S 1 /* a fixed one: its end is never further than this */

static struct str
message_header(void *arg, const char *name)
{
	return request_header(arg, name);
}

/* ---- answers -------------------------------------------------------------------------------- */

static void
list_refusal(struct request *req, const struct feed *feed, struct str endpoint_id, int reason,
	const char *what)
{
	struct api *api = api_of(req);
	struct refusal refusal = {
		.at_ms = books_now_ms(api->config.books),
		.reason = reason,
		.what = what == NULL ? refused_text(reason) : what,
		.feed = feed,
	};

	refusal_set_text(refusal.endpoint, sizeof(refusal.endpoint), endpoint_id);
	refusal_set_text(refusal.peer, sizeof(refusal.peer), request_peer(req));
	refusal_set_text(refusal.request, sizeof(refusal.request), request_id(req));
	refusals_add(api->config.counts->refusals, &refusal);
	if (log_allows(&api->refused, "webhook_refused", REFUSED_PER_SECOND))
		log_warn("webhook_refused",
			"feed=%s endpoint=%s reason=%s from=%s request=%s what=\"%s\"",
			feed == NULL ? "" : feed->name, refusal.endpoint, refused_name(reason),
			refusal.peer, refusal.request, refusal.what);
}

static void
reply_feed(struct incoming *in, int status, struct str body)
{
	if (body.len == 0)
		reply_empty(in->req, status);
	else
		reply_bytes(in->req, status, "application/json", body);
}

static int
compose(struct incoming *in, struct feed_answer answer, struct str *body)
{
	const struct api_config *config = &api_of(in->req)->config;

	answer.message = &in->message;
	answer.events = &in->events;
	answer.crypt = config->crypt;
	answer.signing_key = books_signing_key(config->books);
	*body = (struct str){NULL, 0};
	return in->feed->reply(request_arena(in->req), &answer, body);
}

void
incoming_answer(struct incoming *in, struct feed_answer answer)
{
	struct str body;
	int status = compose(in, answer, &body);

	reply_feed(in, status, body);
}

/* What a feed has no word for is said with its nearest one, under our own status. */
static const struct {
	enum feed_reason said;
	int status; /* 0: the feed's */
} sayings[REFUSED_REASONS] = {
	[REFUSED_ADDRESS] = {FEED_BAD_AUTH, 0},
	[REFUSED_CLIENT_CERTIFICATE] = {FEED_BAD_AUTH, 0},
	[REFUSED_TOO_OFTEN] = {FEED_BAD_AUTH, 429},
	[REFUSED_TOO_LARGE] = {FEED_BAD_PAYLOAD, 413},
	[REFUSED_MALFORMED] = {FEED_BAD_PAYLOAD, 400},
};

void
incoming_refuse(struct incoming *in, int reason, const char *what)
{
	bool by_feed = reason <= REFUSED_BY_FEED_MAX;
	struct str body;
	int status = compose(in,
		(struct feed_answer){
			.reason = by_feed ? (enum feed_reason)reason : sayings[reason].said},
		&body);

	list_refusal(in->req, in->feed, in->endpoint_id, reason, what);
	if (reason == REFUSED_TOO_OFTEN)
		request_add_header(in->req, "Retry-After",
			arena_printf(request_arena(in->req), "%d", TOKENLESS_WINDOW_S));
	reply_feed(in, sayings[reason].status != 0 ? sayings[reason].status : status, body);
}

/* ---- the gate ------------------------------------------------------------------------------- */

static const struct open_endpoint *
find_endpoint(struct request *req)
{
	struct str feed = request_param(req, "feed"), id = request_param(req, "endpoint");
	const struct open_endpoint *endpoint = endpoint_find(api_of(req), feed, id);

	if (endpoint == NULL) {
		list_refusal(req, feed_find(feed), id, REFUSED_UNKNOWN_ENDPOINT, NULL);
		reply_problem(req, 404, "unknown-endpoint", "No such endpoint",
			"this address receives nothing; `chopay endpoint list` shows those in use");
	}
	return endpoint;
}

static bool
has_certificate(struct incoming *in, struct str wanted, const char **what)
{
	unsigned char digest[TLS_DIGEST_SIZE];

	if (wanted.len == 0)
		return true;
	*what = NULL;
	if (request_client_digest(in->req, digest))
		return str_eq(wanted, (struct str){(const char *)digest, sizeof(digest)});
	*what = "no client certificate was shown; the gateway asks for one when it is started "
		"with a client CA";
	return false;
}

static struct token_maker
token_maker(const struct incoming *in)
{
	const struct api_config *config = &api_of(in->req)->config;

	return (struct token_maker){
		config->crypt, books_sealing_key(config->books), in->endpoint_id};
}

static bool
uses_tokens(enum feed_mode mode)
{
	return mode == FEED_MODE_OAUTH2 || mode == FEED_MODE_VIETQR || mode == FEED_MODE_BIDV;
}

/* Two secrets are valid during a roll; the old one only until its time. */
static struct feed_secret
secret_now(struct incoming *in, const struct open_endpoint *endpoint)
{
	struct str authorization = request_header(in->req, "Authorization");
	const struct token_maker maker = token_maker(in);
	struct feed_secret secret = endpoint->secret;

	if (in->message.now_ms >= endpoint->previous_until_ms)
		secret.values[1] = (struct str){NULL, 0};
	if (uses_tokens(secret.mode) &&
		str_eq_nocase(str_cut(authorization, 0, 7), STR("Bearer "))) {
		struct str token = str_trim(str_cut(authorization, 7, authorization.len));

		secret.issued[0].token = token;
		if (token_check(&maker, request_arena(in->req), &secret, token,
			    &secret.issued[0].expires_ms))
			secret.issued_count = 1;
	}
	return secret;
}

/* Whoever calls without a token is told how far it goes.  Source: RateLimit-Policy and RateLimit of
 * draft-ietf-httpapi-ratelimit-headers-11. */
static void
tell_limit(struct request *req, int left)
{
	struct arena *arena = request_arena(req);

	request_add_header(req, "RateLimit-Policy",
		arena_printf(arena, "\"tokenless\";q=%d;w=%d", TOKENLESS_PER_SECOND,
			TOKENLESS_WINDOW_S));
	request_add_header(req, "RateLimit",
		arena_printf(arena, "\"tokenless\";r=%d;t=%d", left, TOKENLESS_WINDOW_S));
}

static bool
asks_too_often(const struct incoming *in, struct token_budget *budget)
{
	int64_t second = in->message.now_ms / MS_PER_SECOND;
	bool has_token = in->secret.issued_count > 0 &&
			 in->secret.issued[0].expires_ms > in->message.now_ms;
	int left;

	if (!uses_tokens(in->secret.mode) || has_token)
		return false;
	if (budget->second != second)
		*budget = (struct token_budget){.second = second};
	left = TOKENLESS_PER_SECOND - ++budget->calls;
	tell_limit(in->req, left < 0 ? 0 : left);
	return left < 0;
}

static struct incoming *
incoming_new(struct request *req, const struct open_endpoint *endpoint)
{
	struct incoming *in = arena_alloc(request_arena(req), sizeof(*in));

	*in = (struct incoming){
		.req = req,
		.feed = endpoint->feed,
		.endpoint_id = arena_copy(request_arena(req), endpoint->id),
		.message =
			{
				.now_ms = books_now_ms(api_of(req)->config.books),
				.method = request_method(req),
				.path = request_path(req),
				.content_type = request_header(req, "Content-Type"),
				.body = request_body(req),
				.header = message_header,
				.header_arg = req,
			},
	};
	return in;
}

struct incoming *
incoming_admit(struct request *req)
{
	const struct open_endpoint *endpoint = find_endpoint(req);
	struct incoming *in;
	const char *what;

	if (endpoint == NULL)
		return NULL;
	in = incoming_new(req, endpoint);
	if (endpoint->addresses != NULL &&
		!address_list_admits(endpoint->addresses, request_peer(req))) {
		incoming_refuse(in, REFUSED_ADDRESS, NULL);
		return NULL;
	}
	if (!has_certificate(in, endpoint->client_cert, &what)) {
		incoming_refuse(in, REFUSED_CLIENT_CERTIFICATE, what);
		return NULL;
	}
	in->secret = secret_now(in, endpoint);
	if (asks_too_often(in, endpoint->budget)) {
		incoming_refuse(in, REFUSED_TOO_OFTEN, NULL);
		return NULL;
	}
	return in;
}

bool
api_refused(struct request *req, int status)
{
	struct str feed, id;
	int reason = status == 413 ? REFUSED_TOO_LARGE : REFUSED_MALFORMED;
	const struct open_endpoint *endpoint;

	if (request_route(req) == NULL)
		return reply_no_page(req, status);
	if (request_route(req)->budget != BUDGET_WEBHOOKS)
		return reply_no_page(req, status);
	feed = request_param(req, "feed");
	id = request_param(req, "endpoint");
	endpoint = endpoint_find(api_of(req), feed, id);
	if (endpoint == NULL)
		list_refusal(req, feed_find(feed), id, reason, NULL);
	else
		incoming_refuse(incoming_new(req, endpoint), reason, NULL);
	return endpoint != NULL;
}

struct str
incoming_token(struct incoming *in, int64_t seconds)
{
	const struct token_maker maker = token_maker(in);

	return token_issue(&maker, request_arena(in->req), in->secret.values[0],
		in->message.now_ms + seconds * MS_PER_SECOND);
}
