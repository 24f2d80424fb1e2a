/* Lists that we pull: what a page says, and that a poll misses no line however it is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/clock.h"
#include "chopay/listing.h"

#define ACCOUNT "0071000000001"
#define NOW INT64_C(1785224000000) /* 2026-07-28T14:33:20+07:00 */
#define HOUR (3600 * MS_PER_SECOND)

static struct str
no_header(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return (struct str){NULL, 0};
}

/* ---- what a page says ------------------------------------------------------------------------ */

#define V1(row) \
	"{\"status\":200,\"error\":null,\"messages\":{\"success\":true},\"transactions\":[" row "]}"
#define V1_ROW(id, in, out)                                                                            \
	"{\"id\":\"" id "\",\"bank_brand_name\":\"Vietcombank\",\"account_number\":\"" ACCOUNT         \
	"\",\"transaction_date\":\"2026-07-28 14:30:45\",\"amount_out\":\"" out                        \
	"\",\"amount_in\":\"" in                                                                       \
	"\",\"accumulated\":\"19077000.00\",\"transaction_content\":\"tien rau\","                     \
	"\"reference_number\":\"FT26209000000077\",\"code\":null,\"sub_account\":null,\"bank_account_" \
	"id\":\"19\"}"
#define V2(rows, more)                                                                       \
	"{\"status\":\"success\",\"data\":[" rows "],\"meta\":{\"pagination\":{\"total\":1," \
	"\"per_page\":100,\"current_page\":1,\"last_page\":1,\"has_more\":" more "}}}"
#define V2_ROW(type, in, out)                                                                    \
	"{\"id\":\"9f8b1c2d-0000-4000-8000-000000000001\",\"transaction_date\":"                 \
	"\"2026-07-28 14:30:45\",\"account_number\":\"" ACCOUNT                                  \
	"\",\"va\":null,\"transfer_type\":\"" type "\",\"amount_in\":" in ",\"amount_out\":" out \
	",\"accumulated\":1,\"transaction_content\":\"tien rau\",\"reference_number\":\"FT1\","  \
	"\"code\":null,\"bank_brand_name\":\"MBBank\",\"webhook_success\":1}"
#define CASSO(rows, next)                                                                              \
	"{\"error\":0,\"message\":\"success\",\"data\":{\"page\":1,\"pageSize\":50,\"nextPage\":" next \
	",\"prevPage\":null,\"totalPages\":1,\"totalRecords\":1,\"records\":[" rows "]}}"
#define CASSO_ROW(id, amount)                                                               \
	"{\"id\":" id ",\"tid\":\"246745\",\"description\":\"tien rau\",\"amount\":" amount \
	",\"cusumBalance\":1,\"when\":\"2026-07-28 14:30:45\",\"bankSubAccId\":\"" ACCOUNT  \
	"\",\"subAccId\":\"" ACCOUNT "\",\"bankAbbreviation\":\"VCB\",\"virtualAccount\":\"\"}"

static const struct {
	const char *name, *source, *body;
	enum feed_reason reason;
	int events;
	const char *id;
	int64_t amount; /* negative: out */
} pages[] = {
	{"v1 credit", "sepay_list_v1", V1(V1_ROW("92704", "2000.00", "0.00")), FEED_OK, 1, "92704",
		2000},
	{"v1 debit", "sepay_list_v1", V1(V1_ROW("92704", "0.00", "2000.00")), FEED_OK, 1, "92704",
		-2000},
	{"v1 without decimals", "sepay_list_v1", V1(V1_ROW("1", "2000", "0")), FEED_OK, 1, "1",
		2000},
	{"v1 half a dong", "sepay_list_v1", V1(V1_ROW("1", "2000.50", "0.00")), FEED_PARTIAL, 0,
		NULL, 0},
	{"v1 one decimal", "sepay_list_v1", V1(V1_ROW("1", "2000.0", "0.00")), FEED_PARTIAL, 0,
		NULL, 0},
	{"v1 a point alone", "sepay_list_v1", V1(V1_ROW("1", ".00", "0.00")), FEED_PARTIAL, 0, NULL,
		0},
	{"v1 a sign", "sepay_list_v1", V1(V1_ROW("1", "-2000.00", "0.00")), FEED_PARTIAL, 0, NULL,
		0},
	{"v1 in and out", "sepay_list_v1", V1(V1_ROW("1", "2000.00", "1.00")), FEED_PARTIAL, 0,
		NULL, 0},
	{"v1 too much", "sepay_list_v1", V1(V1_ROW("1", "1000000000000001.00", "0.00")),
		FEED_PARTIAL, 0, NULL, 0},
	{"v1 no money", "sepay_list_v1", V1(V1_ROW("1", "0.00", "0.00")), FEED_OK, 0, NULL, 0},
	{"v1 no id", "sepay_list_v1", V1(V1_ROW("", "2000.00", "0.00")), FEED_PARTIAL, 0, NULL, 0},
	{"v1 id 0", "sepay_list_v1", V1(V1_ROW("0", "2000.00", "0.00")), FEED_PARTIAL, 0, NULL, 0},
	{"v1 good and bad", "sepay_list_v1",
		V1(V1_ROW("1", "0.5", "0.00") "," V1_ROW("2", "2000.00", "0.00")), FEED_PARTIAL, 1,
		"2", 2000},
	{"v1 nothing yet", "sepay_list_v1", V1(""), FEED_OK, 0, NULL, 0},
	{"v1 empty", "sepay_list_v1", "", FEED_BAD_PAYLOAD, 0, NULL, 0},
	{"v1 cut off", "sepay_list_v1", "{\"status\":200,\"transactions\":[", FEED_BAD_PAYLOAD, 0,
		NULL, 0},
	{"v1 no list", "sepay_list_v1", "{\"status\":200}", FEED_BAD_PAYLOAD, 0, NULL, 0},
	{"v1 another status", "sepay_list_v1", "{\"status\":500,\"transactions\":[]}",
		FEED_BAD_PAYLOAD, 0, NULL, 0},
	{"v2 credit", "sepay_list_v2", V2(V2_ROW("in", "2000", "0"), "false"), FEED_OK, 1,
		"9f8b1c2d-0000-4000-8000-000000000001", 2000},
	{"v2 as text", "sepay_list_v2", V2(V2_ROW("out", "\"0.00\"", "\"2000.00\""), "false"),
		FEED_OK, 1, "9f8b1c2d-0000-4000-8000-000000000001", -2000},
	{"v2 a fraction", "sepay_list_v2", V2(V2_ROW("in", "2000.5", "0"), "false"), FEED_PARTIAL,
		0, NULL, 0},
	{"v2 contradiction", "sepay_list_v2", V2(V2_ROW("out", "2000", "0"), "false"), FEED_PARTIAL,
		0, NULL, 0},
	{"v2 does not say more", "sepay_list_v2", "{\"status\":\"success\",\"data\":[]}",
		FEED_BAD_PAYLOAD, 0, NULL, 0},
	{"casso credit", "casso_list", CASSO(CASSO_ROW("1844887", "45000"), "null"), FEED_OK, 1,
		"1844887", 45000},
	{"casso debit", "casso_list", CASSO(CASSO_ROW("1844888", "-20000"), "null"), FEED_OK, 1,
		"1844888", -20000},
	{"casso a fraction", "casso_list", CASSO(CASSO_ROW("1", "1.5"), "null"), FEED_PARTIAL, 0,
		NULL, 0},
	{"casso the least of integers", "casso_list",
		CASSO(CASSO_ROW("1", "-9223372036854775808"), "null"), FEED_PARTIAL, 0, NULL, 0},
	{"casso an error", "casso_list", "{\"error\":401,\"data\":null}", FEED_BAD_PAYLOAD, 0, NULL,
		0},
	{"casso does not say more", "casso_list", "{\"error\":0,\"data\":{\"records\":[]}}",
		FEED_BAD_PAYLOAD, 0, NULL, 0},
};

static void
a_page_says_what_it_says(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		const struct feed *feed = feed_find(str_from(pages[i].source));
		const struct feed_message message = {
			.body = str_from(pages[i].body), .header = no_header};
		struct feed_events events;
		enum feed_reason reason = feed->parse(arena, &message, &events);

		if (reason != pages[i].reason || events.count != (size_t)pages[i].events)
			fail_msg("%s: \"%s\" with %zu events", pages[i].name,
				feed_reason_name(reason), events.count);
		for (size_t n = 0; n < events.count; n++) {
			const struct feed_event *event = &events.items[n];

			assert_true(str_eq(event->provider_txn_id, str_from(pages[i].id)));
			assert_true(str_eq(event->account, STR(ACCOUNT)));
			assert_true(str_eq(event->content, STR("tien rau")));
			assert_int_equal(event->amount.dong, llabs(pages[i].amount));
			assert_int_equal(event->outgoing, pages[i].amount < 0);
			assert_int_equal(event->time_ms, INT64_C(1785223845000));
		}
	}
}

/* ---- what a refusal means ---------------------------------------------------------------------
 */

static struct str
one_header(void *arg, const char *name)
{
	const char *const *header = arg;

	return header[0] != NULL && strcmp(header[0], name) == 0 ? str_from(header[1])
								 : (struct str){NULL, 0};
}

static const struct {
	const char *name, *source;
	int status;
	const char *body;
	const char *header[2];
	enum listing_outcome outcome;
	int64_t wait_ms;
} answers[] = {
	{"v1 bad token", "sepay_list_v1", 200, "", {NULL}, LISTING_DENIED, 0},
	{"v2 bad token", "sepay_list_v2", 401, "{}", {NULL}, LISTING_DENIED, 0},
	{"v2 nothing", "sepay_list_v2", 200, "", {NULL}, LISTING_FAULT, 0},
	{"casso bad token", "casso_list", 401, "{}", {NULL}, LISTING_DENIED, 0},
	{"v1 too often", "sepay_list_v1", 429, "", {"x-sepay-userapi-retry-after", "7"},
		LISTING_WAIT, 7000},
	{"v2 too often", "sepay_list_v2", 429, "{}", {"Retry-After", "2"}, LISTING_WAIT, 2000},
	{"too often, not how long", "casso_list", 429, "", {NULL}, LISTING_WAIT, 60000},
	{"too often, for ever", "casso_list", 429, "", {"Retry-After", "99999999999"}, LISTING_WAIT,
		3600000},
	{"too often, before now", "casso_list", 429, "", {"Retry-After", "-5"}, LISTING_WAIT, 1000},
	{"fails", "casso_list", 502, "<html>", {NULL}, LISTING_FAULT, 0},
	{"moved", "casso_list", 302, "", {NULL}, LISTING_FAULT, 0},
	{"no such page", "sepay_list_v1", 404, "", {NULL}, LISTING_FAULT, 0},
	{"a sign-in page", "sepay_list_v2", 200, "<html>", {NULL}, LISTING_FAULT, 0},
	{"half an answer", "sepay_list_v1", 200, "{\"status\":200,\"tran", {NULL}, LISTING_FAULT,
		0},
};

static void
a_refusal_is_told_from_no_lines(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		const struct listing *listing = listing_find(str_from(answers[i].source));
		const struct listing_pull pull = {.account_no = STR(ACCOUNT)};
		const struct listing_answer answer = {answers[i].status, str_from(answers[i].body),
			one_header, (void *)(uintptr_t)answers[i].header};
		struct listing_walk walk;
		struct listing_page page;

		assert_int_equal(listing_start(listing, STR(""), NOW, &walk).code, ERR_OK);
		listing_read(arena, listing, &pull, &answer, &walk, &page);
		if (page.outcome != answers[i].outcome || page.wait_ms != answers[i].wait_ms)
			fail_msg("%s: outcome %d, wait %lld", answers[i].name, page.outcome,
				(long long)page.wait_ms);
		assert_non_null(page.fault);
		assert_false(page.last);
		assert_int_equal(page.events.count, 0);
		assert_string_equal(page.cursor, "");
	}
}

/* ---- a whole poll against a bank with many lines
 * ------------------------------------------------- */

#define LINES_MAX 4000

struct line {
	int64_t id, ms;
	bool ours, seen;
};

struct bank {
	struct line lines[LINES_MAX]; /* rising in time */
	size_t count;
	bool descending; /* how its list runs */
	int requests;
	bool bounded; /* ask for no line before this */
	int64_t least_ms;
};

static bool
query(struct str url, const char *name, struct str *value)
{
	struct str rest = url, head;

	str_split(&rest, '?', &head);
	while (rest.len > 0) {
		struct str pair, key;

		str_split(&rest, '&', &pair);
		str_split(&pair, '=', &key);
		if (str_eq(key, str_from(name))) {
			*value = pair;
			return true;
		}
	}
	return false;
}

static int64_t
query_number(struct str url, const char *name, int64_t absent)
{
	struct str text;
	int64_t value;

	if (!query(url, name, &text))
		return absent;
	assert_int_equal(str_to_i64(text, &value).code, ERR_OK);
	return value;
}

/* "2026-07-28%2014%3A30%3A45" or a date alone */
static int64_t
query_time(struct str url, const char *name, int64_t absent)
{
	struct buf plain CLEANUP(buf_fini) = {0};
	struct str text;
	int64_t ms;

	if (!query(url, name, &text))
		return absent;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '%') {
			buf_addc(&plain, text.ptr[i]);
			continue;
		}
		buf_addc(&plain, text.ptr[i + 1] == '2' ? ' ' : ':');
		i += 2;
	}
	assert_int_equal(time_parse_local(buf_str(&plain), &ms).code, ERR_OK);
	return ms;
}

static void
put_line(struct buf *out, const char *source, const struct line *line)
{
	struct buf time CLEANUP(buf_fini) = {0};
	const char *account = line->ours ? ACCOUNT : "999";

	time_format_rfc3339(&time, line->ms);
	time.ptr[10] = ' ';
	time.ptr[19] = '\0';
	if (strcmp(source, "casso_list") == 0)
		buf_addf(out,
			"{\"id\":%lld,\"amount\":1000,\"when\":\"%s\",\"bankSubAccId\":\"%s\"}",
			(long long)line->id, time.ptr, account);
	else
		buf_addf(out,
			"{\"id\":\"%lld\",\"amount_in\":\"1000.00\",\"amount_out\":\"0.00\","
			"\"transaction_date\":\"%s\",\"account_number\":\"%s\"}",
			(long long)line->id, time.ptr, account);
}

/* The page that the URL asks for, as the source would send it. */
static void
answer_page(struct bank *bank, const char *source, struct str url, struct buf *out)
{
	bool v1 = strcmp(source, "sepay_list_v1") == 0, casso = strcmp(source, "casso_list") == 0;
	bool descending = bank->descending && !casso;
	int64_t from = query_time(url,
		v1	? "transaction_date_min"
		: casso ? "fromDate"
			: "transaction_date_from",
		INT64_MIN);
	int64_t to = query_time(
		url, v1 ? "transaction_date_max" : "transaction_date_to", INT64_MAX);
	int64_t since_id = query_number(url, "since_id", 0);
	int64_t size = query_number(url, v1 ? "limit" : casso ? "pageSize" : "per_page", -1);
	int64_t skip = (query_number(url, "page", 1) - 1) * size, found = 0;
	bool more = false;

	bank->requests++;
	if (from != INT64_MIN && (!bank->bounded || from < bank->least_ms)) {
		bank->least_ms = from;
		bank->bounded = true;
	}
	assert_true(size > 0 && size <= FEED_EVENTS_MAX);
	buf_adds(out, v1      ? "{\"status\":200,\"transactions\":["
		      : casso ? "{\"error\":0,\"data\":{\"records\":["
			      : "{\"data\":[");
	for (size_t i = 0; i < bank->count; i++) {
		const struct line *line = &bank->lines[descending ? bank->count - 1 - i : i];

		if (line->ms < from || line->ms > to || line->id < since_id)
			continue;
		found++;
		if (found <= skip)
			continue;
		more = found > skip + size;
		if (more)
			break;
		if (found > skip + 1)
			buf_addc(out, ',');
		put_line(out, source, line);
	}
	if (v1)
		buf_adds(out, "]}");
	else if (casso)
		buf_addf(out, "],\"nextPage\":%s}}", more ? "9" : "null");
	else
		buf_addf(out, "],\"meta\":{\"pagination\":{\"has_more\":%s}}}",
			more ? "true" : "false");
}

static void
mark_seen(struct bank *bank, const struct feed_events *events)
{
	for (size_t i = 0; i < events->count; i++) {
		int64_t id;

		assert_int_equal(str_to_i64(events->items[i].provider_txn_id, &id).code, ERR_OK);
		assert_in_range(id, 1, bank->count);
		assert_true(bank->lines[id - 1].ours);
		bank->lines[id - 1].seen = true;
	}
}

/* The cursor behind the last page. */
static struct str
poll(struct arena *arena, struct bank *bank, const char *source, struct str cursor, int64_t now_ms)
{
	const struct listing *listing = listing_find(str_from(source));
	const struct listing_pull pull = {STR("https://x"), STR(ACCOUNT), STR("token")};
	struct listing_walk walk;
	struct listing_page page = {0};

	assert_int_equal(listing_start(listing, cursor, now_ms, &walk).code, ERR_OK);
	while (!page.last) {
		struct buf body CLEANUP(buf_fini) = {0};
		struct listing_request request;
		struct listing_answer answer = {200, {NULL, 0}, no_header, NULL};

		listing->request(arena, &pull, &walk, &request);
		assert_true(str_starts(request.url, STR("https://x/transactions")));
		answer_page(bank, source, request.url, &body);
		answer.body = buf_str(&body);
		listing_read(arena, listing, &pull, &answer, &walk, &page);
		if (page.outcome != LISTING_PAGE)
			fail_msg("%s: %s", source, page.fault);
		mark_seen(bank, &page.events);
		assert_true(page.last == (page.cursor[0] != '\0'));
	}
	return arena_copy(arena, str_from(page.cursor));
}

/* `count` lines over `hours` until NOW, every third of another account. */
static struct bank *
bank_new(size_t count, int64_t hours, bool descending)
{
	struct bank *bank = mem_alloc_zero(1, sizeof(*bank));

	bank->count = count;
	bank->descending = descending;
	for (size_t i = 0; i < count; i++)
		bank->lines[i] = (struct line){.id = (int64_t)i + 1,
			.ms = (NOW - hours * HOUR + (int64_t)i * hours * HOUR / (int64_t)count) /
			      MS_PER_SECOND * MS_PER_SECOND,
			.ours = i % 3 != 0};
	return bank;
}

static const char *const sources[] = {"sepay_list_v1", "sepay_list_v2", "casso_list"};
static const size_t counts[] = {0, 1, 99, 100, 101, 500, 501, 1500, 4000};

static void
a_poll_misses_no_line(void **state)
{
	(void)state;
	for (size_t s = 0; s < 3; s++) {
		for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]) * 4; i++) {
			struct arena *arena CLEANUP(arena_cleanup) = arena_new();
			struct bank *bank CLEANUP(mem_free) = bank_new(
				counts[i / 4], (i & 2) != 0 ? 3 : 47, (i & 1) != 0);
			struct str cursor = poll(arena, bank, sources[s], STR(""), NOW);

			for (size_t n = 0; n < bank->count; n++) {
				if (bank->lines[n].ours && !bank->lines[n].seen)
					fail_msg("%s, %zu lines, %s: the %zu-th is missing",
						sources[s], bank->count,
						bank->descending ? "new to old" : "old to new", n);
			}
			/* The next poll begins 48 h before what this one saw last. */
			bank->bounded = false;
			(void)poll(arena, bank, sources[s], cursor, NOW);
			assert_true(bank->least_ms <= NOW - 47 * HOUR);
		}
	}
}

/* Down for ten days: the cursor is old, all since then is read. */
static void
a_long_silence_is_made_up_for(void **state)
{
	(void)state;
	for (size_t s = 0; s < 3; s++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct bank *bank CLEANUP(mem_free) = bank_new(3000, 240, true);

		(void)poll(arena, bank, sources[s], STR("2026-07-18T14:33:20+07:00"), NOW);
		for (size_t n = 0; n < bank->count; n++)
			assert_true(!bank->lines[n].ours || bank->lines[n].seen);
	}
}

/* What a bank books today with a date of last week is found by its id. */
static void
a_line_dated_back_is_found_by_its_id(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct bank *bank CLEANUP(mem_free) = bank_new(10, 10, true);
	struct str cursor = poll(arena, bank, "sepay_list_v1", STR(""), NOW);

	(void)state;
	assert_true(str_ends(cursor, STR(" 10")) || str_ends(cursor, STR(" 9")));
	bank->lines[10] = (struct line){.id = 11, .ms = NOW - 200 * HOUR, .ours = true};
	bank->count++;
	(void)poll(arena, bank, "sepay_list_v1", cursor, NOW);
	assert_true(bank->lines[10].seen);
}

/* A line that the bank dates tomorrow must not carry the cursor away. */
static void
the_cursor_does_not_follow_a_clock_that_is_ahead(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct bank *bank CLEANUP(mem_free) = bank_new(2, 2, true);
	struct str cursor;

	(void)state;
	bank->lines[1].ms = NOW + 1000 * HOUR;
	cursor = poll(arena, bank, "sepay_list_v2", STR(""), NOW);
	assert_true(bank->lines[1].seen);
	assert_true(str_eq(cursor, STR("2026-07-28T14:33:20+07:00")));
}

/* More lines in one second than a page holds: said, not skipped. */
static void
a_page_of_one_second_is_a_fault(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct bank *bank CLEANUP(mem_free) = bank_new(600, 1, true);
	const struct listing *listing = listing_find(STR("sepay_list_v1"));
	const struct listing_pull pull = {STR("https://x"), STR(ACCOUNT), STR("token")};
	struct listing_walk walk;
	struct listing_page page = {0};

	(void)state;
	for (size_t i = 0; i < bank->count; i++)
		bank->lines[i].ms = NOW - HOUR;
	assert_int_equal(listing_start(listing, STR(""), NOW, &walk).code, ERR_OK);
	while (!page.last && page.outcome == LISTING_PAGE) {
		struct buf body CLEANUP(buf_fini) = {0};
		struct listing_request request;
		struct listing_answer answer = {200, {NULL, 0}, no_header, NULL};

		listing->request(arena, &pull, &walk, &request);
		answer_page(bank, "sepay_list_v1", request.url, &body);
		answer.body = buf_str(&body);
		listing_read(arena, listing, &pull, &answer, &walk, &page);
	}
	assert_int_equal(page.outcome, LISTING_FAULT);
}

static void
a_cursor_is_read_strictly(void **state)
{
	static const char *const bad[] = {"x", "2026-07-28", "2026-07-28T14:33:20+07:00 x",
		"2026-07-28T14:33:20+07:00 0", " 7"};
	struct listing_walk walk;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(listing_start(listing_list(0), str_from(bad[i]), NOW, &walk).code,
			ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_says_what_it_says),
		cmocka_unit_test(a_refusal_is_told_from_no_lines),
		cmocka_unit_test(a_poll_misses_no_line),
		cmocka_unit_test(a_long_silence_is_made_up_for),
		cmocka_unit_test(a_line_dated_back_is_found_by_its_id),
		cmocka_unit_test(the_cursor_does_not_follow_a_clock_that_is_ahead),
		cmocka_unit_test(a_page_of_one_second_is_a_fault),
		cmocka_unit_test(a_cursor_is_read_strictly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
