/* Which lines are the same transfer: overlapping files never double, equal transfers all count;
 * formats; what is kept beside the bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/statement.h"

#define MAPPING "date=d,credit=c,debit=n,ref=r,note=x"
#define HEAD "d,c,n,r,x\n"

static int
setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int
teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static struct statement *
read_as(struct arena *arena, enum statement_format format, const char *mapping, const char *bytes)
{
	struct statement *statement = arena_alloc(arena, sizeof(*statement));
	const struct statement_source source = {
		.format = format,
		.bytes = str_from(bytes),
		.account = STR("19990002"),
		.mapping = str_from(mapping),
		.now_ms = NO_TIME,
	};
	struct err err = statement_read(arena, &source, statement);

	if (err.code != ERR_OK)
		fail_msg("%s: %.*s", err.what, STR_FMT(statement->problems[0].reason));
	return statement;
}

static struct statement *
read_csv(struct arena *arena, const char *bytes)
{
	return read_as(arena, STATEMENT_CSV, MAPPING, bytes);
}

/* How many of b's ids are in a too. */
static size_t
shared(const struct statement *a, const struct statement *b)
{
	size_t count = 0;

	for (size_t i = 0; i < b->count; i++) {
		for (size_t n = 0; n < a->count; n++)
			count += str_eq(a->events[n].provider_txn_id, b->events[i].provider_txn_id);
	}
	return count;
}

static void
every_line_has_an_id(void **state)
{
	const struct statement *one = read_csv(*state,
		HEAD "28/07/2026 14:30:45,5,,FT1,a\n" /* each differs in one thing from the first */
		     "28/07/2026 14:30:46,5,,FT1,a\n"
		     "28/07/2026,5,,FT1,a\n"
		     "28/07/2026 14:30:45,6,,FT1,a\n"
		     "28/07/2026 14:30:45,,5,FT1,a\n"
		     "28/07/2026 14:30:45,5,,FT2,a\n"
		     "28/07/2026 14:30:45,5,,FT1,b\n"
		     "28/07/2026 14:30:45,5,,,FT1 a\n"
		     "28/07/2026 14:30:45,5,,FT1,a\n"); /* in none: the second of its kind */

	assert_int_equal(one->count, 9);
	assert_int_equal(shared(one, one), 9);
	assert_true(str_starts(one->events[0].provider_txn_id, STR("20260728T143045-c5-")));
	assert_true(str_ends(one->events[0].provider_txn_id, STR("-1")));
	assert_true(str_ends(one->events[8].provider_txn_id, STR("-2")));
	assert_true(str_starts(one->events[2].provider_txn_id, STR("20260728-c5-")));
	assert_true(str_starts(one->events[4].provider_txn_id, STR("20260728T143045-d5-")));
}

static void
overlapping_files(void **state)
{
	const struct statement *july = read_csv(*state,
		HEAD "27/07/2026,5,,,tien rau\n28/07/2026,5,,,tien rau\n28/07/2026,5,,,tien rau\n");
	const struct statement *again = read_csv(*state, /* newest first, and a day more */
		HEAD "29/07/2026,5,,,tien rau\n28/07/2026,5,,,tien rau\n28/07/2026,5,,,tien rau\n"
		     "28/07/2026,5,,,tien rau\n");

	assert_int_equal(shared(july, july), 3);
	/* Two of the 28th are known, the third and the 29th are new. */
	assert_int_equal(shared(july, again), 2);
}

static void
blanks_do_not_matter(void **state)
{
	const struct statement *one = read_csv(*state, HEAD "28/07/2026,5,,, CK  tien rau \n");
	const struct statement *other = read_csv(*state, HEAD "28/07/2026,5,,,\"CK tien\nrau\"\n");

	assert_int_equal(shared(one, other), 1);
	assert_true(str_eq(one->events[0].content, STR("CK  tien rau")));
}

/* The bank's own reference of a line is enough: it may tell more or less of the note. */
static void
references_that_are_unique(void **state)
{
	static const char with[] = ":20:1\n:25:19990002\n:60F:C260728VND0,\n"
				   ":61:260728C5,NTRFX//FT26209000000077\n:86:%s\n"
				   ":61:260728C5,NTRFX//3516\n:86:%s\n:62F:C260728VND10,\n";
	char one[256], other[256];

	snprintf(one, sizeof(one), with, "CK tien rau", "CK tien rau");
	snprintf(other, sizeof(other), with, "CK TIEN RAU CUA", "CK TIEN RAU CUA");
	assert_int_equal(shared(read_as(*state, STATEMENT_MT940, NULL, one),
				 read_as(*state, STATEMENT_MT940, NULL, other)),
		1);
}

static void
formats(void **state)
{
	static const struct {
		const char *bytes;
		enum statement_format format;
		const char *what;
	} cases[] = {
		{"PK\x03\x04", STATEMENT_XLSX, NULL},
		{"\xef\xbb\xbf<?xml version=\"1.0\"?>", STATEMENT_CAMT053, NULL},
		{"\n<Document xmlns=\"x\">", STATEMENT_CAMT053, NULL},
		{"<ns2:Document>", STATEMENT_CAMT053, NULL},
		{":20:1", STATEMENT_MT940, NULL},
		{"\r\n{1:F01", STATEMENT_MT940, NULL},
		{"Ngày,Có", STATEMENT_CSV, NULL},
		{"\xff\xfeN", STATEMENT_CSV, NULL},
		{"", STATEMENT_UNKNOWN, "empty"},
		{" \n", STATEMENT_UNKNOWN, "empty"},
		{"\xd0\xcf\x11\xe0", STATEMENT_UNKNOWN, "old .xls"},
		{"%PDF-1.7", STATEMENT_UNKNOWN, "PDF"},
		{"<html><table>", STATEMENT_UNKNOWN, "web page"},
	};
	enum statement_format format;
	const char *what;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		format = statement_detect(str_from(cases[i].bytes), &what);
		if (format != cases[i].format || (what == NULL) != (cases[i].what == NULL) ||
			(what != NULL && strstr(what, cases[i].what) == NULL))
			fail_msg("\"%s\": %s", cases[i].bytes, statement_format_name(format));
	}
	for (int i = STATEMENT_CSV; i <= STATEMENT_CAMT053; i++) {
		assert_true(statement_format_parse(
			str_from(statement_format_name((enum statement_format)i)), &format));
		assert_int_equal((int)format, i);
		assert_ptr_equal(
			feed_find(str_from(statement_feed(format)->name)), statement_feed(format));
	}
	assert_false(statement_format_parse(STR("xls"), &format));
	assert_false(statement_format_parse(STR("unknown"), &format));
}

/* What `ledger verify` has: the kept bytes and the kept content type. */
static void
read_again_from_kept_bytes(void **state)
{
	const struct statement_source source = {
		.format = STATEMENT_CSV,
		.bytes = STR("Ngày;\"Có; 100%\";x\n28/07/2026;5;a\n"),
		.bank = STR("VCB"),
		.account = STR("19990002"),
		.mapping = STR("date=Ngày,credit=\"Có; 100%\",note=x"),
		.now_ms = NO_TIME,
	};
	struct statement *statement = arena_alloc(*state, sizeof(*statement));
	struct str type = statement_content_type(*state, &source);
	const struct feed_message message = {
		.now_ms = INT64_C(1785290000000), .content_type = type, .body = source.bytes};
	struct feed_events events;

	assert_int_equal(statement_read(*state, &source, statement).code, ERR_OK);
	assert_true(str_starts(type, STR("text/csv; bank=VCB; account=19990002; mapping=")));
	for (size_t i = 0; i < type.len; i++)
		assert_in_range(type.ptr[i], ' ', '~');
	assert_int_equal(statement_feed(STATEMENT_CSV)->parse(*state, &message, &events), FEED_OK);
	assert_int_equal(events.count, 1);
	assert_true(str_eq(events.items[0].provider_txn_id, statement->events[0].provider_txn_id));
	assert_true(str_eq(events.items[0].bank, STR("VCB")));
	assert_true(str_eq(events.items[0].account, STR("19990002")));
	assert_int_equal(events.items[0].amount.dong, 5);

	assert_int_equal(statement_feed(STATEMENT_CSV)
				 ->parse(*state,
					 &(struct feed_message){.content_type = STR("text/csv"),
						 .body = source.bytes},
					 &events),
		FEED_BAD_PAYLOAD);
	assert_int_equal(events.count, 0);
}

/* A busy account's year, within memory and time; the number of lines is bounded. */
static void
many_lines(void **state)
{
	struct buf bytes CLEANUP(buf_fini) = {0};
	struct statement *statement = arena_alloc(*state, sizeof(*statement));
	struct statement_source source = {
		.format = STATEMENT_CSV,
		.account = STR("1"),
		.mapping = STR("date=d,credit=c,note=x"),
		.now_ms = NO_TIME,
	};

	buf_adds(&bytes, "d,c,x\n");
	for (int i = 0; i < STATEMENT_LINES_MAX; i++)
		buf_addf(&bytes, "28/07/2026,%d,same\n", i % 100 + 1);
	source.bytes = buf_str(&bytes);
	assert_int_equal(statement_read(*state, &source, statement).code, ERR_OK);
	assert_int_equal(statement->count, STATEMENT_LINES_MAX);
	assert_true(
		str_ends(statement->events[STATEMENT_LINES_MAX - 1].provider_txn_id, STR("-2000")));
	buf_adds(&bytes, "28/07/2026,5,one more\n");
	source.bytes = buf_str(&bytes);
	assert_int_equal(statement_read(*state, &source, statement).code, ERR_INVALID);
	assert_int_equal(statement->problems[0].line, STATEMENT_LINES_MAX + 2);

	buf_clear(&bytes); /* nor are there any number of rows that are no lines */
	buf_adds(&bytes, "d,c,x\n28/07/2026,5,a\n");
	for (int i = 0; i < STATEMENT_LINES_MAX; i++)
		buf_adds(&bytes, ",,more of it\n");
	source.bytes = buf_str(&bytes);
	assert_int_equal(statement_read(*state, &source, statement).code, ERR_INVALID);
	assert_int_equal(statement->problem_count, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_has_an_id),
		cmocka_unit_test(overlapping_files),
		cmocka_unit_test(blanks_do_not_matter),
		cmocka_unit_test(references_that_are_unique),
		cmocka_unit_test(formats),
		cmocka_unit_test(read_again_from_kept_bytes),
		cmocka_unit_test(many_lines),
	};

	return cmocka_run_group_tests_name("statement_ids", tests, setup, teardown);
}
