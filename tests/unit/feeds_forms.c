/*
 * feeds_forms.c - SePay's bodies as forms: urlencoded and multipart, read strictly.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/feeds.h"

/* In tables; STR is for expressions. */
#define TEXT(literal)                           \
	{                                       \
		"" literal, sizeof(literal) - 1 \
	}

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

static struct str
no_header(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return (struct str){NULL, 0};
}

static enum feed_reason
parse(struct arena *arena, const char *content_type, struct str body, struct feed_events *events)
{
	const struct feed_message message = {
		.content_type = str_from(content_type),
		.body = body,
		.header = no_header,
	};

	return feed_find(STR("sepay"))->parse(arena, &message, events);
}

/* One row: the body, what becomes of it, and the memo that must come out. */
struct form_case {
	struct str body;
	enum feed_reason want;
	struct str content;
	const char *content_type;
};

static void
check(struct arena *arena, const struct form_case *cases, size_t count, const char *content_type)
{
	for (size_t i = 0; i < count; i++) {
		const char *type = cases[i].content_type;
		struct feed_events events;
		enum feed_reason reason = parse(
			arena, type != NULL ? type : content_type, cases[i].body, &events);

		if (reason != cases[i].want)
			fail_msg("row %zu: \"%s\"\n%.*s", i, feed_reason_name(reason),
				STR_FMT(cases[i].body));
		if (reason != FEED_OK)
			continue;
		assert_int_equal(events.items[0].amount.dong, 45000);
		assert_true(str_eq(events.items[0].provider_txn_id, STR("7")));
		assert_true(str_eq(events.items[0].account, STR("1999")));
		assert_int_equal(events.items[0].virtual_account.len, 0);
		if (!str_eq(events.items[0].content, cases[i].content))
			fail_msg("row %zu: memo \"%.*s\"", i, STR_FMT(events.items[0].content));
	}
}

#define FORM(MORE)                                                                      \
	TEXT("id=7&accountNumber=1999&subAccount=&transferType=in&transferAmount=45000" \
	     "&transactionDate=2026-07-28+14%3A30%3A45" MORE)

static const struct form_case urlencoded_cases[] = {
	{FORM("&content=CHK7+ok"), FEED_OK, TEXT("CHK7 ok"), NULL},
	{FORM("&content=CHK7+ok"), FEED_OK, TEXT("CHK7 ok"),
		"Application/X-WWW-Form-Urlencoded; charset=UTF-8"},
	{FORM("&content=a%00b%2B%2b%20"), FEED_OK, TEXT("a\0b++ "), NULL},
	{FORM("&content=Ch%E1%BB%A3"), FEED_OK, TEXT("Chợ"), NULL},
	{FORM("&content=Chợ=1"), FEED_OK, TEXT("Chợ=1"), NULL},
	{FORM("&content="), FEED_OK, TEXT(""), NULL},
	{FORM("&content"), FEED_OK, TEXT(""), NULL},
	{FORM("&&"), FEED_OK, TEXT(""), NULL},
	{FORM("&%63ontent=x"), FEED_OK, TEXT("x"), NULL},
	{FORM("&content=%"), FEED_BAD_PAYLOAD, {0}, NULL},
	{FORM("&content=%4"), FEED_BAD_PAYLOAD, {0}, NULL},
	{FORM("&content=%4g"), FEED_BAD_PAYLOAD, {0}, NULL},
	{FORM("&content=%u0041"), FEED_BAD_PAYLOAD, {0}, NULL},
	{FORM("&content=%FF"), FEED_BAD_PAYLOAD, {0}, NULL},	     /* not UTF-8 */
	{FORM("&content=%ED%A0%80"), FEED_BAD_PAYLOAD, {0}, NULL},   /* a surrogate */
	{FORM("&content=a&content=a"), FEED_BAD_PAYLOAD, {0}, NULL}, /* a name twice */
	{FORM("&content=a&%63ontent=a"), FEED_BAD_PAYLOAD, {0}, NULL},
	{FORM("&transferAmount=45000"), FEED_BAD_PAYLOAD, {0}, NULL},
	{FORM("&=x"), FEED_BAD_PAYLOAD, {0}, NULL},
	{FORM("&content=a"), FEED_BAD_PAYLOAD, {0}, "application/json"},
	{FORM("&content=a"), FEED_BAD_PAYLOAD, {0}, ""},
	{FORM("&content=a"), FEED_BAD_PAYLOAD, {0}, "application/x-www-form-urlencoded2"},
	{TEXT(""), FEED_BAD_PAYLOAD, {0}, NULL},
};

static void
urlencoded(void **state)
{
	check(*state, urlencoded_cases, sizeof(urlencoded_cases) / sizeof(*urlencoded_cases),
		"application/x-www-form-urlencoded");
}

static void
urlencoded_many(void **state)
{
	const struct str base = FORM("");

	/* FORM has six fields, and 128 is the most that is read. */
	for (size_t more = 122; more <= 123; more++) {
		struct buf body CLEANUP(buf_fini) = {0};
		struct feed_events events;

		buf_add(&body, base);
		for (size_t i = 0; i < more; i++)
			buf_addf(&body, "&x%zu=1", i);
		assert_int_equal(
			parse(*state, "application/x-www-form-urlencoded", buf_str(&body), &events),
			more == 122 ? FEED_OK : FEED_BAD_PAYLOAD);
	}
}

#define PART(NAME, TEXT) \
	"--b1\r\nContent-Disposition: form-data; name=\"" NAME "\"\r\n\r\n" TEXT "\r\n"
#define PARTS                           \
	PART("id", "7")                 \
	PART("accountNumber", "1999")   \
	PART("subAccount", "")          \
	PART("transferType", "in")      \
	PART("transferAmount", "45000") \
	PART("transactionDate", "2026-07-28 14:30:45")
#define END "--b1--\r\n"
#define HEAD "--b1\r\nContent-Disposition: form-data; "

static const struct form_case multipart_cases[] = {
	{TEXT(PARTS PART("content", "CHK7+ok") END), FEED_OK, TEXT("CHK7+ok"), NULL},
	{TEXT(PARTS "--b1--"), FEED_OK, TEXT(""), NULL},
	{TEXT(PARTS PART("content", "a\r\nb\n--b\r\n--") END), FEED_OK, TEXT("a\r\nb\n--b\r\n--"),
		NULL},
	{TEXT(PARTS PART("content", "a\0b") END), FEED_OK, TEXT("a\0b"), NULL},
	{TEXT(PARTS PART("content", "Chợ") END), FEED_OK, TEXT("Chợ"), NULL},
	{TEXT(PARTS END), FEED_OK, TEXT(""), "multipart/form-data; boundary=\"b1\""},
	{TEXT(PARTS END), FEED_OK, TEXT(""), "Multipart/Form-Data;charset=utf-8;Boundary=b1"},
	{TEXT(PARTS END), FEED_OK, TEXT(""), "multipart/form-data; boundary=b1;"},
	{TEXT(PARTS
		 "--b1\r\ncontent-disposition:form-data;name=content\r\n"
		 "Content-Type: text/plain; charset=UTF-8\r\nContent-Length: 1\r\n\r\nx\r\n" END),
		FEED_OK, TEXT("x"), NULL},
	{TEXT(PARTS "--b1\r\nContent-Transfer-Encoding: 8bit\r\n"
		    "Content-Disposition: form-data; name=\"content\"\r\n\r\nx\r\n" END),
		FEED_OK, TEXT("x"), NULL},

	/* the boundary */
	{TEXT(PARTS END), FEED_BAD_PAYLOAD, {0}, "multipart/form-data"},
	{TEXT(PARTS END), FEED_BAD_PAYLOAD, {0}, "multipart/form-data; boundary="},
	{TEXT(PARTS END), FEED_BAD_PAYLOAD, {0}, "multipart/form-data; boundary=\"\""},
	{TEXT(PARTS END), FEED_BAD_PAYLOAD, {0}, "multipart/form-data; boundary=b2"},
	{TEXT(PARTS END), FEED_BAD_PAYLOAD, {0}, "multipart/form-data; boundary=\"b1"},
	{TEXT(PARTS END), FEED_BAD_PAYLOAD, {0}, "multipart/form-data; boundary=b1; boundary=b1"},
	{TEXT(PARTS END), FEED_BAD_PAYLOAD, {0}, "multipart/form-data; boundary=b1 b2"},
	{TEXT(PARTS END), FEED_BAD_PAYLOAD, {0}, "multipart/form-data; b1"},
	{TEXT(PARTS END), FEED_BAD_PAYLOAD, {0},
		"multipart/form-data; boundary="
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}, /* 71 */
	{TEXT(""), FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT("--b1"), FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT("preamble\r\n" PARTS END), FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS), FEED_BAD_PAYLOAD, {0}, NULL}, /* cut off */
	{TEXT(PARTS "--b1\r\n"), FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS "--b1 \r\n" END), FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS "--b1-"
		    "\r\n"),
		FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS PART("content", "a\r\n--b1x") END), FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS END "epilogue"), FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS END PARTS END), FEED_BAD_PAYLOAD, {0}, NULL},

	/* a part's headers */
	{TEXT(PARTS PART("content", "a") PART("content", "a") END), FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS PART("", "a") END), FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS PART("a\\\"b", "a") END), FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS PART("content", "\xff") END), FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS HEAD "name=\"content\"; filename=\"x\"\r\n\r\na\r\n" END), FEED_BAD_PAYLOAD,
		{0}, NULL},
	{TEXT(PARTS HEAD "name=\"content\"; FileName*=x\r\n\r\na\r\n" END), FEED_BAD_PAYLOAD, {0},
		NULL},
	{TEXT(PARTS HEAD "name=\"content\"; name=\"code\"\r\n\r\na\r\n" END), FEED_BAD_PAYLOAD, {0},
		NULL},
	{TEXT(PARTS HEAD "name=\"content\r\n\r\na\r\n" END), FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS HEAD "name=\"content\"x\r\n\r\na\r\n" END), FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS HEAD "name=\"content\"\r\n"
			 "Content-Disposition: form-data; name=\"code\"\r\n\r\na\r\n" END),
		FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS "--b1\r\nContent-Disposition: attachment; name=\"content\"\r\n\r\na\r\n" END),
		FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS "--b1\r\nContent-Disposition: form-data\r\n\r\na\r\n" END), FEED_BAD_PAYLOAD,
		{0}, NULL},
	{TEXT(PARTS "--b1\r\nContent-Type: text/plain\r\n\r\na\r\n" END), FEED_BAD_PAYLOAD, {0},
		NULL},
	{TEXT(PARTS HEAD
		 "name=\"content\"\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==\r\n" END),
		FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS HEAD "name=\"content\"\r\nno colon\r\n\r\na\r\n" END), FEED_BAD_PAYLOAD, {0},
		NULL},
	{TEXT(PARTS HEAD "name=\"content\"\r\na\r\n" END), FEED_BAD_PAYLOAD, {0}, NULL},
	{TEXT(PARTS "--b1\nContent-Disposition: form-data; name=\"content\"\n\na\n" END),
		FEED_BAD_PAYLOAD, {0}, NULL},
};

static void
multipart(void **state)
{
	check(*state, multipart_cases, sizeof(multipart_cases) / sizeof(*multipart_cases),
		"multipart/form-data; boundary=b1");
}

/* A memo of half a megabyte is money too; headers of that size are not. */
static void
multipart_large(void **state)
{
	struct buf memo CLEANUP(buf_fini) = {0};
	struct buf body CLEANUP(buf_fini) = {0};
	struct feed_events events;

	for (size_t i = 0; i < 65536; i++)
		buf_adds(&memo, "\r\n--b CH");
	buf_adds(&body, PARTS HEAD "name=\"content\"\r\n\r\n");
	buf_add(&body, buf_str(&memo));
	buf_adds(&body, "\r\n" END);
	assert_int_equal(parse(*state, "multipart/form-data; boundary=b1", buf_str(&body), &events),
		FEED_OK);
	assert_true(str_eq(events.items[0].content, buf_str(&memo)));

	buf_clear(&body);
	buf_adds(&body, PARTS HEAD "name=\"content\"\r\nX: ");
	for (size_t i = 0; i < 2048; i++)
		buf_addc(&body, 'x');
	buf_adds(&body, "\r\n\r\na\r\n" END);
	assert_int_equal(parse(*state, "multipart/form-data; boundary=b1", buf_str(&body), &events),
		FEED_BAD_PAYLOAD);
}

/* Cut at every byte: only the whole message is a message. */
static void
multipart_cut(void **state)
{
	const struct str body = STR(PARTS PART("content", "CHK7") "--b1--");
	struct feed_events events;

	for (size_t len = 0; len < body.len; len++)
		assert_int_equal(parse(*state, "multipart/form-data; boundary=b1",
					 str_cut(body, 0, len), &events),
			FEED_BAD_PAYLOAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urlencoded),
		cmocka_unit_test(urlencoded_many),
		cmocka_unit_test(multipart),
		cmocka_unit_test(multipart_large),
		cmocka_unit_test(multipart_cut),
	};

	return cmocka_run_group_tests_name("feeds_forms", tests, setup, teardown);
}
