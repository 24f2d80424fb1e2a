/*
 * fixture.c - a recorded message through verify, parse and reply, as the server does it.
 */
#include "chopay/fixture.h"
#include "chopay/clock.h"

#include "fixture_bill.h"
#include "rfc9421.h"
#include "rows.h"

#define NOW_MAX_S (INT64_MAX / MS_PER_SECOND)

static struct str
find_header(void *headers, const char *name)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)headers, key, value)
	{
		if (json_is_string(value) && str_eq_nocase(str_from(key), str_from(name)))
			return json_str(value);
	}
	return (struct str){NULL, 0};
}

/* OAuth 2.0: [{token, expires}], expires in unix seconds. */
static struct err
read_issued(const json_t *list, struct feed_secret *secret)
{
	const size_t room = sizeof(secret->issued) / sizeof(*secret->issued);

	if (json_array_size(list) > room)
		return FAIL(ERR_INVALID, "a fixture with too many issued tokens");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		int64_t expires_s;

		TRY(json_member_str(item, "token", &secret->issued[i].token));
		TRY(json_member_i64(item, "expires", &expires_s));
		if (expires_s < 0 || expires_s > NOW_MAX_S)
			return FAIL(ERR_INVALID, "a fixture's token expires at no time");
		secret->issued[i].expires_ms = expires_s * MS_PER_SECOND;
		secret->issued_count = i + 1;
	}
	return OK;
}

/* Fixtures name the secret and its user by the provider's own words. */
static struct err
read_words(const json_t *json, struct feed_secret *secret)
{
	static const char *const values[] = {"value", "client_secret", "password"};
	static const char *const users[] = {"client_id", "username", "service_id", "keyid"};
	struct str text;

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		TRY(json_member_str_opt(json, values[i], &text));
		if (text.len > 0)
			secret->values[0] = text;
	}
	for (size_t i = 0; i < sizeof(users) / sizeof(*users); i++) {
		TRY(json_member_str_opt(json, users[i], &text));
		if (text.len > 0)
			secret->client_id = text;
	}
	return OK;
}

/* {mode, value} or {mode, values: [old, new]} or {mode, client_id, client_secret, issued}; with
 * header (t_v1). */
static struct err
read_secret(const struct feed *feed, const json_t *json, struct feed_secret *secret)
{
	const json_t *values = json_object_get(json, "values");
	struct str mode;

	*secret = (struct feed_secret){0};
	TRY(json_member_str(json, "mode", &mode));
	if (!feed_mode_parse(mode, &secret->mode) || !feed_allows(feed, secret->mode))
		return FAIL(ERR_INVALID, "a fixture with a mode that its provider does not have");
	TRY(read_words(json, secret));
	TRY(json_member_str_opt(json, "header", &secret->header));
	if (json_array_size(values) > 2)
		return FAIL(ERR_INVALID, "a fixture with more than two secrets");
	for (size_t i = 0; i < json_array_size(values); i++) {
		const json_t *value = json_array_get(values, i);

		if (!json_is_string(value))
			return FAIL(ERR_INVALID, "a fixture's secret is not text");
		secret->values[i] = json_str(value);
	}
	return read_issued(json_object_get(json, "issued"), secret);
}

static struct err
read_message(const json_t *fixture, struct feed_message *message)
{
	json_t *headers = json_object_get(fixture, "headers");
	int64_t now_s;

	TRY(json_member_i64(fixture, "now", &now_s));
	if (now_s < 0 || now_s > NOW_MAX_S)
		return FAIL(ERR_INVALID, "a fixture's now is no time");
	*message = (struct feed_message){.now_ms = now_s * MS_PER_SECOND};
	TRY(json_member_str(fixture, "method", &message->method));
	TRY(json_member_str(fixture, "path", &message->path));
	TRY(json_member_str(fixture, "body_raw", &message->body));
	if (!json_is_object(headers))
		return FAIL(ERR_INVALID, "a fixture without headers");
	message->header = find_header;
	message->header_arg = headers;
	message->content_type = find_header(headers, "content-type");
	return OK;
}

static bool
is_listed(const json_t *list, struct str text)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);

		if (json_is_string(item) && str_eq(json_str(item), text))
			return true;
	}
	return false;
}

static json_t *
event_json(const struct feed_event *event)
{
	json_t *json = json_object();

	json_set_str(json, "provider_txn_id", event->provider_txn_id);
	if (event->bank_txn_id.len > 0)
		json_set_str(json, "bank_txn_id", event->bank_txn_id);
	else
		json_object_set_new(json, "bank_txn_id", json_null());
	if (event->account.len > 0)
		json_set_str(json, "account", event->account);
	else
		json_object_set_new(json, "account", json_null());
	json_set_i64(json, "amount", event->amount.dong);
	json_set_str(json, "direction", event->outgoing ? STR("out") : STR("in"));
	json_set_str(json, "content", event->content);
	json_set_time(json, "time", event->time_ms);
	if (event->virtual_account.len > 0)
		json_set_str(json, "virtual_account", event->virtual_account);
	if (event->code_hint.len > 0)
		json_set_str(json, "code_hint", event->code_hint);
	if (event->order_code.len > 0)
		json_set_str(json, "order_code", event->order_code);
	if (event->terminal.len > 0)
		json_set_str(json, "terminal", event->terminal);
	return json;
}

/* The events that are new: not seen before, not twice in this message. */
static json_t *
new_events(struct arena *arena, const struct feed *feed, const struct feed_events *events,
	const json_t *seen, bool *duplicate)
{
	json_t *list = json_array();
	json_t *keys CLEANUP(json_cleanup) = json_array();
	size_t repeated = 0;

	for (size_t i = 0; i < events->count; i++) {
		struct str key = arena_printf(arena, "%s:%.*s", feed->key_prefix,
			STR_FMT(events->items[i].provider_txn_id));

		if (is_listed(seen, key) || is_listed(keys, key)) {
			repeated++;
			continue;
		}
		json_array_append_new(keys, json_from_str(key));
		json_array_append_new(list, event_json(&events->items[i]));
	}
	*duplicate = repeated > 0 && repeated == events->count;
	return list;
}

/* As the books do it: a new payment must fit its bill, or nothing of the message is booked. */
static struct err
check_bills(const struct feed *feed, const json_t *bills, const struct feed_events *events,
	json_t *list, enum feed_reason *reason)
{
	for (size_t i = 0; i < events->count && *reason == FEED_OK; i++) {
		const struct feed_event *event = &events->items[i];
		struct feed_bill bill;

		TRY(fixture_bill(bills, event->code_hint, event->virtual_account, &bill));
		*reason = feed->check_bill(event, &bill);
		if (*reason != FEED_OK)
			json_array_clear(list);
	}
	return OK;
}

/* verify, then parse; the order is the point (SAFETY section 4). */
static enum feed_reason
read_events(const struct crypt *crypt, const struct feed *feed, const struct feed_secret *secret,
	const struct feed_message *message, struct arena *arena, struct feed_events *events)
{
	enum feed_reason reason = feed->verify(crypt, secret, message);

	*events = (struct feed_events){0};
	if (reason != FEED_OK)
		return reason;
	return feed->parse(arena, message, events);
}

static void
put_answer(struct arena *arena, const struct feed *feed, const struct feed_answer *answer,
	json_t *result)
{
	struct str body;
	json_t *reply = NULL;
	int status = feed->reply(arena, answer, &body);

	json_object_set_new(result, "accepted", json_boolean(feed_accepts(answer->reason)));
	json_set_i64(result, "status", status);
	if (body.len == 0 || json_parse_strict(body, &reply, NULL).code != ERR_OK)
		reply = json_from_str(body);
	json_object_set_new(result, "reply", reply);
}

/* The text that an RFC 9421 signature is over, as we put it together again. */
static void
put_signature_base(const struct feed *feed, const struct feed_message *message, json_t *result)
{
	struct buf base CLEANUP(buf_fini) = {0};

	if (feed == &feed_rfc9421 && rfc9421_signature_base(message, &base))
		json_set_str(result, "signature_base", buf_str(&base));
}

/* Our own notice: the headers that our sender makes for this id, clock and body. */
static struct err
run_outgoing(const struct crypt *crypt, const json_t *fixture, json_t **result)
{
	const json_t *secret = json_object_get(fixture, "secret");
	struct buf signature CLEANUP(buf_fini) = {0};
	struct str name, id, value, body;
	json_t *headers;
	int64_t now_s;

	TRY(json_member_str(fixture, "name", &name));
	TRY(json_member_str(fixture, "body_raw", &body));
	TRY(json_member_i64(fixture, "now", &now_s));
	TRY(json_member_str(secret, "id", &id));
	TRY(json_member_str(secret, "value", &value));
	TRY(feed_sign_standard_webhook(crypt, value, id, now_s, body, &signature));
	headers = json_object();
	json_set_str(headers, "webhook-id", id);
	json_set_id(headers, "webhook-timestamp", now_s);
	json_set_str(headers, "webhook-signature", buf_str(&signature));
	*result = json_pack("{s:o, s:b, s:i, s:s, s:[], s:n, s:b, s:o}", "name",
		json_from_str(name), "accepted", true, "status", 200, "reply", "", "events",
		"reason", "duplicate", false, "send_headers", headers);
	return OK;
}

/* The gateway's own key is none of a fixture's members: one that is thrown away signs as well. */
static struct err
make_signing_key(
	const struct feed_secret *secret, enum feed_reason reason, struct signing_key **key)
{
	if (secret->mode != FEED_MODE_RSA_PUBLIC_KEY || !feed_accepts(reason))
		return OK;
	return signing_key_new(key);
}

struct err
fixture_run(const struct crypt *crypt, const json_t *fixture, json_t **result)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct signing_key *signing_key CLEANUP(signing_key_cleanup) = NULL;
	json_t *list CLEANUP(json_cleanup) = NULL;
	const json_t *secret_json = json_object_get(fixture, "secret");
	const json_t *bills = json_object_get(secret_json, "open_bills");
	struct feed_secret secret;
	struct feed_message message;
	struct feed_events events;
	struct feed_bill bill = {0};
	const struct feed *feed;
	struct str name, provider;
	enum feed_reason reason;
	bool duplicate;

	TRY(json_member_str(fixture, "name", &name));
	TRY(json_member_str(fixture, "provider", &provider));
	if (str_eq(provider, STR("outgoing_standard_webhooks")))
		return run_outgoing(crypt, fixture, result);
	feed = feed_find_provider(provider);
	if (feed == NULL)
		return FAIL(ERR_NOT_FOUND, "no feed has this provider");
	TRY(read_secret(feed, secret_json, &secret));
	TRY(read_message(fixture, &message));

	reason = read_events(crypt, feed, &secret, &message, arena, &events);
	list = new_events(arena, feed, &events, json_object_get(fixture, "seen"), &duplicate);
	if (events.call == FEED_CALL_BILL)
		TRY(fixture_bill(bills, events.bill_id, events.customer_id, &bill));
	if (feed->check_bill != NULL && !duplicate)
		TRY(check_bills(feed, bills, &events, list, &reason));
	TRY(make_signing_key(&secret, reason, &signing_key));

	*result = json_object();
	json_set_str(*result, "name", name);
	put_answer(arena, feed,
		&(struct feed_answer){
			.reason = reason,
			.message = &message,
			.events = &events,
			.token = STR("token-of-a-fixture"),
			.token_s = 300,
			.bill = events.call == FEED_CALL_BILL ? &bill : NULL,
			.crypt = crypt,
			.signing_key = signing_key,
		},
		*result);
	json_object_set(*result, "events", list);
	json_object_set_new(*result, "reason",
		reason == FEED_OK ? json_null() : json_string(feed_reason_name(reason)));
	json_object_set_new(*result, "duplicate", json_boolean(duplicate));
	put_signature_base(feed, &message, *result);
	return OK;
}

/* "*" is any value that says something; an object may have more members than are wanted. */
static bool
value_matches(const json_t *want, const json_t *have)
{
	/* jansson's iterator does not change the object; its signature says it may. */
	json_t *members = (json_t *)(uintptr_t)want;
	const char *name;
	json_t *value;

	if (json_is_string(want) && str_eq(json_str(want), STR("*")))
		return have != NULL && !json_is_null(have) &&
		       !(json_is_string(have) && json_string_length(have) == 0);
	if (!json_is_object(want))
		return json_equal(want, have);
	json_object_foreach(members, name, value)
	{
		if (!value_matches(value, json_object_get(have, name)))
			return false;
	}
	return json_is_object(have);
}

static bool
reply_matches(const json_t *want, const json_t *have)
{
	if (json_is_string(want) && json_string_length(want) == 0)
		return true; /* "": the body is not checked */
	return value_matches(want, have);
}

const char *
fixture_difference(const json_t *fixture, const json_t *result)
{
	static const char *const exact[] = {"accepted", "status", "events"};
	static const char *const told[] = {"send_headers", "signature_base"};
	const json_t *expect = json_object_get(fixture, "expect");
	const json_t *reason = json_object_get(expect, "reason");

	if (!json_is_object(expect))
		return "expect";
	for (size_t i = 0; i < sizeof(exact) / sizeof(*exact); i++) {
		if (!json_equal(
			    json_object_get(expect, exact[i]), json_object_get(result, exact[i])))
			return exact[i];
	}
	for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++) {
		const json_t *want = json_object_get(expect, told[i]);

		if (want != NULL && !json_equal(want, json_object_get(result, told[i])))
			return told[i];
	}
	if (!reply_matches(json_object_get(expect, "reply"), json_object_get(result, "reply")))
		return "reply";
	if (reason == NULL ? !json_is_null(json_object_get(result, "reason"))
			   : !json_equal(reason, json_object_get(result, "reason")))
		return "reason";
	if (json_is_true(json_object_get(expect, "duplicate")) !=
		json_is_true(json_object_get(result, "duplicate")))
		return "duplicate";
	return NULL;
}
