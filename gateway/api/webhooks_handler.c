/* What banks and aggregators call: verify, parse, settle; 2xx only after the commit. */
#include <string.h>

#include "api.h"
#include "chopay/log.h"

#define REFUSED_PER_SECOND 20 /* listed in the log; all are counted */
#define TOKEN_SECONDS 3600    /* SePay's advice for expiredIn */
#define TOKEN_EXPIRY_BYTES 8
#define TOKEN_MAC_BYTES 24

/* ---- OAuth2 tokens: expiry and a MAC, so that no token needs a row and any loop can check it ----
 */

static void
token_mac(
	struct api *api, struct str endpoint_id, struct str expiry, unsigned char out[SHA256_SIZE])
{
	const struct sealing_key *key = books_sealing_key(api->config.books);
	const struct str parts[] = {STR("oauth2 "), endpoint_id, STR(" "), expiry};

	crypt_hmac_sha256(api->config.crypt, (struct str){(const char *)key->key, sizeof(key->key)},
		parts, 4, out);
}

/* hex(expiry) and hex(mac), easy to read back. */
static struct str
token_issue(struct api *api, struct arena *arena, struct str endpoint_id, int64_t expires_ms)
{
	struct str expiry = arena_printf(arena, "%012llx", (unsigned long long)expires_ms);
	struct buf text CLEANUP(buf_fini) = {0};
	unsigned char mac[SHA256_SIZE];

	token_mac(api, endpoint_id, expiry, mac);
	buf_add(&text, expiry);
	hex_put(&text, (struct str){(const char *)mac, TOKEN_MAC_BYTES});
	return arena_copy(arena, buf_str(&text));
}

static bool
token_expiry(struct api *api, struct arena *arena, struct str endpoint_id, struct str token,
	int64_t *expires_ms)
{
	int64_t expiry = 0;

	if (token.len != 12 + 2 * TOKEN_MAC_BYTES)
		return false;
	for (size_t i = 0; i < 12; i++) {
		char c = token.ptr[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
						   : -1;

		if (digit < 0)
			return false;
		expiry = expiry * 16 + digit;
	}
	*expires_ms = expiry;
	return crypt_equal(api->config.crypt, token_issue(api, arena, endpoint_id, expiry), token);
}

/* ---- receive ------------------------------------------------------------------------------------
 */

struct webhook {
	struct settle_command settle; /* first */
	struct request *req;
	enum feed_reason reason;
};

static struct str
message_header(void *arg, const char *name)
{
	return request_header(arg, name);
}

static void
reply_feed(struct request *req, const struct feed *feed, const struct feed_answer *answer)
{
	struct str body = {NULL, 0};
	int status = feed->reply(request_arena(req), answer, &body);

	if (body.len == 0)
		reply_empty(req, status);
	else
		reply_bytes(req, status, "application/json", body);
}

static void
refuse(struct request *req, const struct feed *feed, struct str endpoint_id,
	enum feed_reason reason)
{
	atomic_fetch_add(&api_of(req)->config.counts->refused[reason], 1);
	if (log_allows(&api_of(req)->refused, "webhook_refused", REFUSED_PER_SECOND))
		log_warn("webhook_refused",
			"feed=%s endpoint=%.*s reason=%s from=%.*s request=%.*s", feed->name,
			STR_FMT(endpoint_id), feed_reason_name(reason), STR_FMT(request_peer(req)),
			STR_FMT(request_id(req)));
	reply_feed(req, feed, &(struct feed_answer){.reason = reason});
}

static void
webhook_settled(struct command *command)
{
	struct webhook *webhook = (struct webhook *)command;
	struct api_counts *counts = api_of(webhook->req)->config.counts;

	if (command->result.code != ERR_OK) {
		reply_err(webhook->req, command->result);
		return;
	}
	atomic_fetch_add(&counts->deliveries, 1);
	for (size_t i = 0; i < webhook->settle.event_count; i++) {
		const struct settlement *one = &webhook->settle.settlements[i];

		atomic_fetch_add(one->conflict ? &counts->conflicts
				 : one->replay ? &counts->replays
					       : &counts->transfers,
			1);
	}
	reply_feed(webhook->req, webhook->settle.feed,
		&(struct feed_answer){.reason = webhook->reason});
}

/* Two secrets are valid during a roll; the old one only until its time. */
static struct feed_secret
secret_now(struct request *req, const struct open_endpoint *endpoint, int64_t now_ms)
{
	struct str authorization = request_header(req, "Authorization");
	struct feed_secret secret = endpoint->secret;

	if (now_ms >= endpoint->previous_until_ms)
		secret.values[1] = (struct str){NULL, 0};
	if (secret.mode == FEED_MODE_OAUTH2 && str_starts(authorization, STR("Bearer "))) {
		struct str token = str_cut(authorization, 7, authorization.len);

		secret.issued[0].token = token;
		if (token_expiry(api_of(req), request_arena(req), endpoint->id, token,
			    &secret.issued[0].expires_ms))
			secret.issued_count = 1;
	}
	return secret;
}

void
webhook_receive(struct request *req)
{
	struct api *api = api_of(req);
	struct arena *arena = request_arena(req);
	const struct open_endpoint *endpoint = endpoint_find(
		api, request_param(req, "feed"), request_param(req, "endpoint"));
	struct feed_message message;
	struct feed_secret secret;
	struct feed_events events = {0};
	enum feed_reason reason;
	struct webhook *webhook;

	if (endpoint == NULL) {
		reply_problem(req, 404, "unknown-endpoint", "No such endpoint",
			"this address receives nothing; `chopay endpoint list` shows those in use");
		return;
	}
	message = (struct feed_message){
		.now_ms = books_now_ms(api->config.books),
		.method = request_method(req),
		.path = request_path(req),
		.content_type = request_header(req, "Content-Type"),
		.body = request_body(req),
		.header = message_header,
		.header_arg = req,
	};
	secret = secret_now(req, endpoint, message.now_ms);
	reason = endpoint->feed->verify(api->config.crypt, &secret, &message);
	if (reason == FEED_OK)
		reason = endpoint->feed->parse(arena, &message, &events);
	if (!feed_accepts(reason)) {
		refuse(req, endpoint->feed, endpoint->id, reason);
		return;
	}
	webhook = arena_alloc(arena, sizeof(*webhook));
	*webhook = (struct webhook){
		.settle =
			{
				.command = {settle_apply, webhook_settled, api->config.mailbox,
					arena, OK},
				.feed = endpoint->feed,
				.endpoint_id = arena_copy(arena, endpoint->id),
				.content_type = message.content_type,
				.raw = message.body,
				.events = events.items,
				.bank_bins = banks_of_events(
					api->config.banks, arena, events.items, events.count),
				.event_count = events.count,
			},
		.req = req,
		.reason = reason,
	};
	submit_command(req, &webhook->settle.command); /* full: the bank tries again */
}

/* ---- the token endpoint of an OAuth2 webhook (FEEDS section 1)
 * ------------------------------------ */

void
webhook_token(struct request *req)
{
	struct api *api = api_of(req);
	struct arena *arena = request_arena(req);
	const struct open_endpoint *endpoint = endpoint_find(
		api, request_param(req, "feed"), request_param(req, "endpoint"));
	json_t *body CLEANUP(json_cleanup) = NULL;
	struct str client_id, client_secret;
	json_t *data, *reply;

	if (endpoint == NULL || endpoint->secret.mode != FEED_MODE_OAUTH2) {
		reply_problem(req, 404, "unknown-endpoint", "No such endpoint",
			"no endpoint with OAuth2 is at this address");
		return;
	}
	body = body_object(req);
	if (body == NULL)
		return;
	if (json_member_str(body, "clientId", &client_id).code != ERR_OK ||
		json_member_str(body, "clientSecret", &client_secret).code != ERR_OK) {
		reply_problem(req, 400, "invalid-body", "A member is missing",
			"send {\"clientId\":\"...\",\"clientSecret\":\"...\"}");
		return;
	}
	if (!crypt_equal(api->config.crypt, client_id, endpoint->secret.client_id) ||
		!crypt_equal(api->config.crypt, client_secret, endpoint->secret.values[0])) {
		refuse(req, endpoint->feed, endpoint->id, FEED_BAD_AUTH);
		return;
	}
	data = json_object();
	json_set_str(data, "accessToken",
		token_issue(api, arena, endpoint->id,
			books_now_ms(api->config.books) + TOKEN_SECONDS * MS_PER_SECOND));
	json_set_i64(data, "expiredIn", TOKEN_SECONDS);
	reply = json_object();
	json_object_set_new(reply, "data", data);
	request_add_header(req, "Cache-Control", STR("no-store"));
	reply_json(req, 200, reply);
}
