/*
 * json_bodies.c - the public corpora through the strict parser and through every feed:
 * 338 JSON bodies (valid, invalid, hostile) and 590 strings that break careless programs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <dlfcn.h>

#include <cmocka.h>

#include "chopay/feeds.h"
#include "chopay/json.h"

#define BODIES "tests/fixtures/json/bodies.jsonl"
#define NAUGHTY "tests/fixtures/json/naughty.jsonl"
#define BODY_MAX (4UL * 1024 * 1024)

/* zlib's; libpng needs it, so it is on every machine that can run the gateway. */
typedef int inflate_fn(
	unsigned char *out, unsigned long *out_len, const unsigned char *in, unsigned long in_len);

struct tools {
	struct arena *arena;
	void *zlib;
	inflate_fn *inflate;
};

static int
setup(void **state)
{
	struct tools *tools = mem_alloc_zero(1, sizeof(*tools));
	void *symbol;

	tools->arena = arena_new();
	tools->zlib = dlopen("libz.so.1", RTLD_NOW);
	symbol = tools->zlib != NULL ? dlsym(tools->zlib, "uncompress") : NULL;
	memcpy(&tools->inflate, &symbol, sizeof(symbol)); /* ISO C converts no void * to code */
	*state = tools;
	return symbol != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	struct tools *tools = *state;

	arena_free(tools->arena);
	dlclose(tools->zlib);
	mem_free(state);
	return 0;
}

/* Each line of the file as JSON; the number of lines. */
static size_t
each_line(const struct tools *tools, const char *path,
	void (*visit)(const struct tools *tools, const json_t *line))
{
	FILE *file = fopen(path, "rb");
	char *line = NULL;
	size_t size = 0, count = 0;
	ssize_t len;

	assert_non_null(file);
	while ((len = getline(&line, &size, file)) > 0) {
		json_t *value = json_loadb(line, (size_t)len, JSON_ALLOW_NUL, NULL);

		assert_non_null(value);
		visit(tools, value);
		json_decref(value);
		count++;
	}
	free(line);
	fclose(file);
	return count;
}

static void
get_body(const struct tools *tools, const json_t *line, struct buf *body)
{
	struct buf packed CLEANUP(buf_fini) = {0};
	unsigned long len = BODY_MAX;
	struct str text;

	if (json_member_str(line, "body_base64", &text).code == ERR_OK) {
		assert_int_equal(base64_get(text, body).code, ERR_OK);
		return;
	}
	assert_int_equal(json_member_str(line, "body_zlib_base64", &text).code, ERR_OK);
	assert_int_equal(base64_get(text, &packed).code, ERR_OK);
	unsigned char *plain CLEANUP(mem_free) = mem_alloc(len);
	assert_int_equal(tools->inflate(plain, &len, (unsigned char *)packed.ptr, packed.len), 0);
	buf_add(body, (struct str){(const char *)plain, len});
}

static struct str
no_header(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return (struct str){NULL, 0};
}

static enum feed_reason
parse(const char *feed, const char *content_type, struct str body, struct arena *arena,
	struct feed_events *events)
{
	const struct feed_message message = {
		.content_type = str_from(content_type), .body = body, .header = no_header};

	return feed_find(str_from(feed))->parse(arena, &message, events);
}

/* Valid JSON that we refuse all the same: a name twice, and U+0000 in a name. */
static bool
is_stricter(struct str name)
{
	static const char *const names[] = {"y_object_duplicated_key.json",
		"y_object_duplicated_key_and_value.json", "y_object_escaped_null_in_key.json"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (str_eq(name, str_from(names[i])))
			return true;
	}
	return false;
}

/* jansson swallows a NUL byte behind a number or a word; the feeds refuse one themselves. */
static bool
is_laxer(struct str name)
{
	return str_eq(name, STR("n_multidigit_number_then_00.json"));
}

static void
check_body(const struct tools *tools, const json_t *line)
{
	static const char *const content_types[] = {"application/json",
		"application/x-www-form-urlencoded", "multipart/form-data; boundary=b"};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf body CLEANUP(buf_fini) = {0};
	struct str name, expect;
	json_t *value CLEANUP(json_cleanup) = NULL;
	struct feed_events events;
	struct err e;

	get_body(tools, line, &body);
	assert_int_equal(json_member_str(line, "name", &name).code, ERR_OK);
	assert_int_equal(json_member_str(line, "expect", &expect).code, ERR_OK);
	e = json_parse_strict(buf_str(&body), &value, NULL);
	if (is_stricter(name) ? e.code == ERR_OK
			      : (str_eq(expect, STR("accept")) && e.code != ERR_OK) ||
					(str_eq(expect, STR("reject")) && e.code == ERR_OK &&
						!is_laxer(name)))
		fail_msg("%.*s: %s", STR_FMT(name), e.code == ERR_OK ? "accepted" : e.what);

	/* None is a whole transaction: nothing may come of it, in whichever clothes. */
	for (size_t i = 0; i < sizeof(content_types) / sizeof(*content_types); i++) {
		assert_int_equal(parse("sepay", content_types[i], buf_str(&body), arena, &events),
			FEED_BAD_PAYLOAD);
		assert_int_equal(events.count, 0);
	}
	assert_int_equal(
		parse("standard_webhooks", NULL, buf_str(&body), arena, &events), FEED_BAD_PAYLOAD);
}

static void
bodies(void **state)
{
	assert_int_equal(each_line(*state, BODIES, check_body), 338);
}

/* A good SePay message with the string as its memo, or as its amount. */
static void
put_json(struct buf *body, const char *member, struct str text)
{
	json_t *object CLEANUP(json_cleanup) = json_pack("{s:i, s:i, s:s, s:s, s:s}", "id", 7,
		"transferAmount", 45000, "accountNumber", "1999", "transferType", "in",
		"transactionDate", "2026-07-28 14:30:45");

	json_set_str(object, member, text);
	json_write(body, object);
}

static void
put_form(struct buf *body, struct str memo)
{
	buf_adds(body, "id=7&transferAmount=45000&accountNumber=1999&transferType=in"
		       "&transactionDate=2026-07-28+14:30:45&content=");
	for (size_t i = 0; i < memo.len; i++)
		buf_addf(body, "%%%02X", (unsigned)(unsigned char)memo.ptr[i]);
}

static void
put_multipart(struct buf *body, struct str memo)
{
	static const char *const parts[][2] = {{"id", "7"}, {"transferAmount", "45000"},
		{"accountNumber", "1999"}, {"transferType", "in"},
		{"transactionDate", "2026-07-28 14:30:45"}};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		buf_addf(body, "--b\r\nContent-Disposition: form-data; name=%s\r\n\r\n%s\r\n",
			parts[i][0], parts[i][1]);
	buf_adds(body, "--b\r\nContent-Disposition: form-data; name=content\r\n\r\n");
	buf_add(body, memo);
	buf_adds(body, "\r\n--b--\r\n");
}

static void
assert_memo(const char *content_type, const struct buf *body, struct str memo)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct feed_events events;

	assert_int_equal(parse("sepay", content_type, buf_str(body), arena, &events), FEED_OK);
	assert_int_equal(events.count, 1);
	assert_true(str_eq(events.items[0].content, memo));
}

/* As an amount, only plain digits mean money, and they mean themselves. */
static void
check_amount(struct str text)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf body CLEANUP(buf_fini) = {0};
	struct feed_events events;
	int64_t dong = -1;
	bool digits = text.len > 0;

	for (size_t i = 0; i < text.len; i++)
		digits = digits && text.ptr[i] >= '0' && text.ptr[i] <= '9';
	put_json(&body, "transferAmount", text);
	switch (parse("sepay", NULL, buf_str(&body), arena, &events)) {
	case FEED_OK:
		assert_int_equal(str_to_i64(text, &dong).code, ERR_OK);
		assert_true(digits);
		assert_int_equal(events.items[0].amount.dong, dong);
		break;
	case FEED_ZERO_AMOUNT:
		assert_int_equal(str_to_i64(text, &dong).code, ERR_OK);
		assert_int_equal(dong, 0);
		break;
	default:
		assert_true(!digits || text.len > 15);
	}
}

static void
check_naughty(const struct tools *tools, const json_t *line)
{
	struct buf json CLEANUP(buf_fini) = {0};
	struct buf form CLEANUP(buf_fini) = {0};
	struct buf multipart CLEANUP(buf_fini) = {0};
	struct str text;

	(void)tools;
	assert_int_equal(json_member_str(line, "s", &text).code, ERR_OK);
	put_json(&json, "content", text);
	assert_memo("application/json", &json, text);
	put_form(&form, text);
	assert_memo("application/x-www-form-urlencoded", &form, text);
	put_multipart(&multipart, text);
	assert_memo("multipart/form-data; boundary=b", &multipart, text);
	check_amount(text);
}

static void
naughty(void **state)
{
	assert_int_equal(each_line(*state, NAUGHTY, check_naughty), 590);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies),
		cmocka_unit_test(naughty),
	};

	return cmocka_run_group_tests_name("json_bodies", tests, setup, teardown);
}
