/* A feed on the bench. */
#include "feed_bench.h"

int
feed_bench_open(void **state)
{
	struct feed_bench *bench = mem_alloc_zero(1, sizeof(*bench));

	if (crypt_new(&bench->crypt).code != ERR_OK)
		return -1;
	bench->arena = arena_new();
	*state = bench;
	return 0;
}

int
feed_bench_close(void **state)
{
	struct feed_bench *bench = *state;

	arena_free(bench->arena);
	crypt_free(bench->crypt);
	mem_free(state);
	return 0;
}

static struct str
find_header(void *arg, const char *name)
{
	const struct bench_message *message = arg;

	for (size_t i = 0; i < BENCH_HEADERS_MAX && message->headers[i].name != NULL; i++) {
		if (str_eq_nocase(str_from(message->headers[i].name), str_from(name)))
			return str_from(message->headers[i].value);
	}
	return (struct str){NULL, 0};
}

enum feed_reason
bench_verify(const struct feed_bench *bench, const char *feed, const struct feed_secret *secret,
	const struct bench_message *message)
{
	struct bench_message copy = *message;
	const struct feed_message told = {
		.now_ms = BENCH_NOW_MS,
		.method = STR("POST"),
		.path = STR("/hook"),
		.body = message->body,
		.header = find_header,
		.header_arg = &copy,
	};

	return feed_find(str_from(feed))->verify(bench->crypt, secret, &told);
}

enum feed_reason
bench_parse(const struct feed_bench *bench, const char *feed, struct str body,
	struct feed_events *events)
{
	struct bench_message empty = {0};
	const struct feed_message told = {
		.body = body, .header = find_header, .header_arg = &empty};

	return feed_find(str_from(feed))->parse(bench->arena, &told, events);
}

const char *
bench_fill(
	const struct feed_bench *bench, const char *format, const char *first, const char *second)
{
	struct buf text CLEANUP(buf_fini) = {0};
	struct str rest = str_from(format);
	const char *next = first;

	for (ptrdiff_t at; (at = str_find(rest, STR("%s"))) >= 0; next = second) {
		buf_add(&text, str_cut(rest, 0, (size_t)at));
		buf_adds(&text, next);
		rest = str_cut(rest, (size_t)at + 2, rest.len);
	}
	buf_add(&text, rest);
	return arena_cstr(bench->arena, buf_str(&text));
}

static const char *
hex(const struct feed_bench *bench, const unsigned char *mac, size_t size)
{
	struct buf text CLEANUP(buf_fini) = {0};

	hex_put(&text, (struct str){(const char *)mac, size});
	return arena_cstr(bench->arena, buf_str(&text));
}

const char *
bench_hmac_sha256(const struct feed_bench *bench, const char *key, struct str text)
{
	unsigned char mac[SHA256_SIZE];

	crypt_hmac_sha256(bench->crypt, str_from(key), &text, 1, mac);
	return hex(bench, mac, sizeof(mac));
}

const char *
bench_hmac_sha512(const struct feed_bench *bench, const char *key, struct str text)
{
	unsigned char mac[SHA512_SIZE];

	crypt_hmac_sha512(bench->crypt, str_from(key), &text, 1, mac);
	return hex(bench, mac, sizeof(mac));
}
