/* One request to a feed, as the server handles it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chopay/json.h"

#include "feed_request.h"

int
feed_tester_setup(void **state)
{
	struct feed_tester *tester = mem_alloc_zero(1, sizeof(*tester));

	if (crypt_new(&tester->crypt).code != ERR_OK)
		return -1;
	tester->arena = arena_new();
	*state = tester;
	return 0;
}

int
feed_tester_teardown(void **state)
{
	struct feed_tester *tester = *state;

	arena_free(tester->arena);
	crypt_free(tester->crypt);
	mem_free(state);
	return 0;
}

static struct str
find_header(void *arg, const char *name)
{
	const struct feed_request *request = arg;

	if (str_eq_nocase(str_from(name), STR("authorization")))
		return str_from(request->authorization);
	if (str_eq_nocase(str_from(name), STR("signature")))
		return str_from(request->signature);
	return (struct str){NULL, 0};
}

static struct feed_message
message_of(const struct feed_request *request)
{
	return (struct feed_message){
		.now_ms = CALL_NOW_MS,
		.method = STR("POST"),
		.path = str_from(request->path != NULL ? request->path : "/hook"),
		.content_type = STR("application/json"),
		.body = str_from(request->body),
		.header = find_header,
		.header_arg = (void *)(uintptr_t)request,
	};
}

enum feed_reason
feed_request_verify(const struct feed_tester *tester, const struct feed *feed,
	const struct feed_secret *secret, const struct feed_request *request)
{
	const struct feed_message message = message_of(request);

	return feed->verify(tester->crypt, secret, &message);
}

enum feed_reason
feed_request_parse(const struct feed_tester *tester, const struct feed *feed,
	const struct feed_request *request, struct feed_events *events)
{
	const struct feed_message message = message_of(request);

	return feed->parse(tester->arena, &message, events);
}

struct feed_outcome
feed_request_run(const struct feed_tester *tester, const struct feed *feed,
	const struct feed_secret *secret, const struct feed_request *request)
{
	const struct feed_message message = message_of(request);
	struct feed_outcome outcome = {
		.reason = feed->verify(tester->crypt, secret, &message),
	};

	if (outcome.reason == FEED_OK)
		outcome.reason = feed->parse(tester->arena, &message, &outcome.events);
	outcome.status = feed->reply(tester->arena,
		&(struct feed_answer){
			.reason = outcome.reason,
			.message = &message,
			.events = &outcome.events,
			.token = STR("a-token"),
			.token_s = 300,
			.crypt = tester->crypt,
		},
		&outcome.reply);
	return outcome;
}

const char *
feed_request_edit(const struct feed_tester *tester, const char *body, const char *inside,
	const char *member, const char *value)
{
	json_t *root CLEANUP(json_cleanup) = json_loads(body, 0, NULL);
	json_t *object = inside == NULL ? root : json_object_get(root, inside);
	struct buf text CLEANUP(buf_fini) = {0};

	assert_non_null(object);
	if (value == NULL)
		json_object_del(object, member);
	else
		assert_int_equal(json_object_set_new(object, member,
					 json_loads(value, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL)),
			0);
	json_write(&text, root);
	return arena_cstr(tester->arena, buf_str(&text));
}
