/* The public table of requests, each read whole, byte by byte, and split at every point. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../gateway/http/bytes.h"
#include "../../gateway/http/grammar.h"

#define TABLE "tests/fixtures/http/grammar.tsv"
#define BODY_MAX 1000
#define ROWS_MIN 300 /* a table that shrank is a mistake */

/* ---- the table ------------------------------------------------------------------------------ */

static size_t unescape(struct str text, size_t at, char until, struct buf *out);

/* "\r", "\x41", "\{3:ab}"; `at` is behind the backslash; returns what is behind the escape. */
static size_t
unescape_one(struct str text, size_t at, struct buf *out)
{
	char c = text.ptr[at];
	size_t times = 0, end = at;

	if (c == 'x') {
		buf_addc(out, (char)(hex_value((unsigned char)text.ptr[at + 1]) * 16 +
				      hex_value((unsigned char)text.ptr[at + 2])));
		return at + 3;
	}
	if (c != '{') {
		buf_addc(out, c == 'r'	 ? '\r'
			      : c == 'n' ? '\n'
			      : c == 't' ? '\t'
			      : c == '0' ? '\0'
					 : c);
		return at + 1;
	}
	for (at++; text.ptr[at] != ':'; at++)
		times = times * 10 + (size_t)(text.ptr[at] - '0');
	for (; times > 0; times--)
		end = unescape(text, at + 1, '}', out);
	return end + 1;
}

static size_t
unescape(struct str text, size_t at, char until, struct buf *out)
{
	while (at < text.len && (until == '\0' || text.ptr[at] != until)) {
		if (text.ptr[at] == '\\')
			at = unescape_one(text, at + 1, out);
		else
			buf_addc(out, text.ptr[at++]);
	}
	return at;
}

/* ---- what a parser makes of it -------------------------------------------------------------- */

struct reader {
	struct http_parser parser;
	struct buf body;
	struct buf result;
};

static bool
is_framing(struct str name)
{
	static const char *const framing[] = {
		"host", "content-length", "transfer-encoding", "connection", "expect"};

	for (size_t i = 0; i < sizeof(framing) / sizeof(framing[0]); i++) {
		if (str_eq_nocase(name, str_from(framing[i])))
			return true;
	}
	return false;
}

static void
tell_request(struct reader *reader)
{
	const struct http_parser *p = &reader->parser;
	struct buf *out = &reader->result;

	buf_add(out, http_parser_text(p, p->method_text));
	buf_addc(out, ' ');
	buf_add(out, http_parser_text(p, p->path));
	/* The query is what is behind the path, no more and no less. */
	assert_int_equal(p->target.len, p->path.len + (p->query.at == 0 ? 0 : 1) + p->query.len);
	if (p->query.at != 0) {
		buf_addc(out, '?');
		buf_add(out, http_parser_text(p, p->query));
	}
	buf_addf(out, " 1.%d %s%s", p->minor_version, p->keep_alive ? "keep" : "close",
		p->expect_continue ? " expect" : "");
	for (size_t i = 0; i < p->header_count; i++) {
		struct str name = http_parser_text(p, p->headers[i].name);

		if (is_framing(name))
			continue;
		buf_addc(out, ' ');
		buf_add(out, name);
		buf_addc(out, '=');
		buf_add(out, http_parser_text(p, p->headers[i].value));
	}
	if (reader->body.len > 0) {
		buf_adds(out, " [");
		buf_add(out, buf_str(&reader->body));
		buf_addc(out, ']');
	}
}

static void
tell(struct reader *reader)
{
	if (reader->result.len > 0)
		buf_adds(&reader->result, " | ");
	if (reader->parser.phase == PARSE_REFUSED) {
		buf_addf(&reader->result, "%d", reader->parser.refused_status);
		assert_non_null(reader->parser.refused_why);
		return;
	}
	tell_request(reader);
	http_parser_init(&reader->parser);
	buf_clear(&reader->body);
}

static void
feed(struct reader *reader, struct str bytes)
{
	while (bytes.len > 0 && reader->parser.phase != PARSE_REFUSED) {
		size_t taken = http_parser_feed(&reader->parser, bytes, &reader->body);

		assert_true(taken <= bytes.len);
		/* It stops before the end of the bytes for a reason only. */
		assert_true(taken == bytes.len || (reader->parser.phase != PARSE_HEAD &&
							  reader->parser.phase != PARSE_BODY));
		bytes = str_cut(bytes, taken, bytes.len);
		if (reader->parser.phase == PARSE_HEAD_DONE)
			http_parser_take_body(&reader->parser, BODY_MAX);
		if (reader->parser.phase == PARSE_DONE || reader->parser.phase == PARSE_REFUSED)
			tell(reader);
	}
	assert_true(reader->parser.head.len <= HEAD_BYTES_MAX);
	assert_true(reader->body.len <= BODY_MAX);
}

static void
expect(struct reader *reader, const char *name, const char *how, size_t at, struct str want)
{
	if (reader->result.len == 0)
		buf_adds(&reader->result, "more");
	if (!str_eq(buf_str(&reader->result), want))
		fail_msg("%s, %s %zu: got %.*s, want %.*s (%s)", name, how, at,
			STR_FMT(buf_str(&reader->result)), STR_FMT(want),
			reader->parser.refused_why == NULL ? "" : reader->parser.refused_why);
	http_parser_init(&reader->parser);
	buf_clear(&reader->body);
	buf_clear(&reader->result);
}

static void
check_row(struct reader *reader, const char *name, struct str want, struct str bytes)
{
	feed(reader, bytes);
	expect(reader, name, "whole", bytes.len, want);
	for (size_t i = 0; i < bytes.len; i++)
		feed(reader, str_cut(bytes, i, i + 1));
	expect(reader, name, "byte by byte", bytes.len, want);
	for (size_t i = 1; i < bytes.len; i++) {
		feed(reader, str_cut(bytes, 0, i));
		feed(reader, str_cut(bytes, i, bytes.len));
		expect(reader, name, "split at", i, want);
	}
}

static void
every_row_in_every_split(void **state)
{
	struct reader reader = {0};
	struct buf want = {0}, bytes = {0};
	FILE *file = fopen(TABLE, "r");
	char *line = NULL;
	size_t size = 0, rows = 0;

	(void)state;
	assert_non_null(file);
	while (getline(&line, &size, file) > 0) {
		struct str rest = str_trim(str_from(line)), name, result;

		if (rest.len == 0 || rest.ptr[0] == '#')
			continue;
		assert_true(str_split(&rest, '\t', &name));
		assert_true(str_split(&rest, '\t', &result));
		line[name.len] = '\0';
		buf_clear(&want);
		buf_clear(&bytes);
		unescape(result, 0, '\0', &want);
		unescape(rest, 0, '\0', &bytes);
		check_row(&reader, line, buf_str(&want), buf_str(&bytes));
		rows++;
	}
	assert_true(rows >= ROWS_MIN);
	fclose(file);
	free(line);
	buf_fini(&want);
	buf_fini(&bytes);
	buf_fini(&reader.body);
	buf_fini(&reader.result);
	http_parser_fini(&reader.parser);
}

/* ---- what a table cannot say ---------------------------------------------------------------- */

static struct reader
read_one(const char *text)
{
	struct reader reader = {0};

	http_parser_init(&reader.parser);
	assert_int_equal(
		http_parser_feed(&reader.parser, str_from(text), &reader.body), strlen(text));
	return reader;
}

static void
reader_fini(struct reader *reader)
{
	http_parser_fini(&reader->parser);
	buf_fini(&reader->body);
}

static void
finds_headers(void **state)
{
	struct reader reader = read_one(
		"GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\na: 2\r\nEmpty:\r\n\r\n");
	struct str value = http_parser_header(&reader.parser, STR("a"));

	(void)state;
	assert_true(str_eq(value, STR("1")));
	assert_true(str_eq(http_parser_header(&reader.parser, STR("HOST")), STR("x")));
	value = http_parser_header(&reader.parser, STR("empty"));
	assert_non_null(value.ptr);
	assert_int_equal(value.len, 0);
	assert_null(http_parser_header(&reader.parser, STR("absent")).ptr);
	assert_null(http_parser_header(&reader.parser, STR("")).ptr);
	reader_fini(&reader);
}

/* The route decides how much body may come. */
static void
takes_the_body_the_route_allows(void **state)
{
	static const struct {
		const char *framing;
		size_t body_max;
		enum parse_phase want;
	} cases[] = {
		{"", 0, PARSE_DONE},
		{"Content-Length: 0\r\n", 0, PARSE_DONE},
		{"Content-Length: 1\r\n", 0, PARSE_REFUSED},
		{"Content-Length: 1\r\n", 1, PARSE_BODY},
		{"Content-Length: 2\r\n", 1, PARSE_REFUSED},
		{"Content-Length: 999999999\r\n", 999999999, PARSE_BODY},
		{"Transfer-Encoding: chunked\r\n", 0, PARSE_REFUSED},
		{"Transfer-Encoding: chunked\r\n", 1, PARSE_BODY},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[200];
		struct reader reader;

		snprintf(text, sizeof(text), "POST / HTTP/1.1\r\nHost: x\r\n%s\r\n",
			cases[i].framing);
		reader = read_one(text);
		assert_int_equal(reader.parser.phase, PARSE_HEAD_DONE);
		http_parser_take_body(&reader.parser, cases[i].body_max);
		assert_int_equal(reader.parser.phase, cases[i].want);
		if (cases[i].want == PARSE_REFUSED)
			assert_int_equal(reader.parser.refused_status, 413);
		reader_fini(&reader);
	}
}

static void
counts_chunks(void **state)
{
	struct reader reader = read_one(
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");

	(void)state;
	http_parser_take_body(&reader.parser, 1024 * 1024);
	for (int i = 0; i < CHUNKS_MAX; i++)
		http_parser_feed(&reader.parser, STR("1\r\nx\r\n"), &reader.body);
	assert_int_equal(reader.parser.phase, PARSE_BODY);
	assert_int_equal(reader.body.len, CHUNKS_MAX);
	http_parser_feed(&reader.parser, STR("1\r\nx\r\n"), &reader.body);
	assert_int_equal(reader.parser.phase, PARSE_REFUSED);
	assert_int_equal(reader.parser.refused_status, 413);
	assert_int_equal(reader.body.len, CHUNKS_MAX);
	reader_fini(&reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_in_every_split),
		cmocka_unit_test(finds_headers),
		cmocka_unit_test(takes_the_body_the_route_allows),
		cmocka_unit_test(counts_chunks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
