/* A feed on the bench: messages made by hand through its verify and its parse. */
#ifndef TESTS_FEED_BENCH_H
#define TESTS_FEED_BENCH_H

#include "chopay/feeds.h"

#define BENCH_NOW_MS INT64_C(1785224000000)

/* In tables of cases; STR is for expressions. */
#define TEXT(literal)                           \
	{                                       \
		"" literal, sizeof(literal) - 1 \
	}

struct feed_bench {
	struct crypt *crypt;
	struct arena *arena;
};

/* cmocka's group setup and teardown. */
int feed_bench_open(void **state);
int feed_bench_close(void **state);

struct bench_header {
	const char *name, *value;
};
#define BENCH_HEADERS_MAX 8

/* A message at BENCH_NOW_MS: POST /hook. */
struct bench_message {
	struct bench_header headers[BENCH_HEADERS_MAX]; /* up to the first without a name */
	struct str body;
};

enum feed_reason bench_verify(const struct feed_bench *bench, const char *feed,
	const struct feed_secret *secret, const struct bench_message *message);
enum feed_reason bench_parse(const struct feed_bench *bench, const char *feed, struct str body,
	struct feed_events *events);

/* The format with its first "%s" replaced by `first`, any further one by `second`; in the arena. */
const char *bench_fill(
	const struct feed_bench *bench, const char *format, const char *first, const char *second);

/* Lower-case hexadecimal, in the bench's arena. */
const char *bench_hmac_sha256(const struct feed_bench *bench, const char *key, struct str text);
const char *bench_hmac_sha512(const struct feed_bench *bench, const char *key, struct str text);

#endif
