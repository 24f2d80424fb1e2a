/* Who may call an endpoint: lists of IPv4 and IPv6 networks, read and asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../gateway/api/address_list.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void
reads_and_writes_one_spelling(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: refused */
	} cases[] = {
		{"", ""},
		{"  ", ""},
		{"192.0.2.7", "192.0.2.7"},
		{" 192.0.2.7 ,10.0.0.0/8", "192.0.2.7,10.0.0.0/8"},
		{"192.0.2.7/32", "192.0.2.7"},
		{"0.0.0.0/0", "0.0.0.0/0"},
		{"192.0.2.128/25", "192.0.2.128/25"},
		{"2001:DB8::/32", "2001:db8::/32"},
		{"2001:db8:0::1/128", "2001:db8::1"},
		{"::/0", "::/0"},
		{"::ffff:192.0.2.7", "192.0.2.7"},
		{"::ffff:192.0.2.0/120", "192.0.2.0/24"},
		{"::ffff:0:0/96", "0.0.0.0/0"},
		{"192.0.2.7,", NULL},
		{",192.0.2.7", NULL},
		{"192.0.2.7;10.0.0.1", NULL},
		{"192.0.2", NULL},
		{"192.0.2.256", NULL},
		{"192.0.2.07", NULL},
		{"192.0.2.7/33", NULL},
		{"192.0.2.7/-1", NULL},
		{"192.0.2.0/-0", NULL},
		{"192.0.2.7/", NULL},
		{"192.0.2.0/2 4", NULL},
		{"/8", NULL},
		{"10.0.0.1/8", NULL},
		{"192.0.2.129/25", NULL},
		{"2001:db8::1/32", NULL},
		{"2001:db8::/129", NULL},
		{"fe80::1%eth0", NULL},
		{"localhost", NULL},
		{"1111:2222:3333:4444:5555:6666:255.255.255.2555", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out CLEANUP(buf_fini) = {0}, why CLEANUP(buf_fini) = {0};
		struct address_list list = {.count = 99};
		struct err err = address_list_parse(str_from(cases[i].text), &list, &why);

		if (cases[i].want == NULL) {
			if (err.code != ERR_INVALID || why.len == 0 || list.count != 99)
				fail_msg("\"%s\" is taken", cases[i].text);
			continue;
		}
		if (err.code != ERR_OK)
			fail_msg("\"%s\": %s", cases[i].text, why.ptr);
		address_list_write(&list, &out);
		if (!str_eq(buf_str(&out), str_from(cases[i].want)))
			fail_msg("\"%s\" became \"%s\"", cases[i].text, out.ptr);
	}
}

static void
admits(void **state)
{
	static const struct {
		const char *list, *peer;
		bool want;
	} cases[] = {
		{"", "192.0.2.7", true},
		{"", "local", true},
		{"192.0.2.7", "192.0.2.7", true},
		{"192.0.2.7", "192.0.2.6", false},
		{"192.0.2.7", "192.0.2.8", false},
		{"192.0.2.7", "local", false},
		{"192.0.2.7", "", false},
		{"10.0.0.0/8", "10.255.255.255", true},
		{"10.0.0.0/8", "11.0.0.0", false},
		{"10.0.0.0/8", "9.255.255.255", false},
		{"192.0.2.128/25", "192.0.2.128", true},
		{"192.0.2.128/25", "192.0.2.127", false},
		{"192.0.2.252/30", "192.0.2.255", true},
		{"192.0.2.252/30", "192.0.2.251", false},
		{"192.0.2.254/31", "192.0.2.255", true},
		{"192.0.2.254/31", "192.0.2.253", false},
		{"0.0.0.0/0", "203.0.113.9", true},
		{"0.0.0.0/0", "2001:db8::1", false},
		{"::/0", "2001:db8::1", true},
		{"::/0", "203.0.113.9", true},
		{"2001:db8::/32", "2001:db8:ffff::1", true},
		{"2001:db8::/32", "2001:db9::", false},
		{"2001:db8::/33", "2001:db8:7fff::1", true},
		{"2001:db8::/33", "2001:db8:8000::1", false},
		{"2001:db8::1", "2001:db8::1", true},
		{"2001:db8::1", "2001:db8::2", false},
		{"192.0.2.7", "::ffff:192.0.2.7", true},
		{"::ffff:192.0.2.7", "192.0.2.7", true},
		{"198.51.100.1,2001:db8::/32,10.0.0.0/8", "10.1.2.3", true},
		{"198.51.100.1,2001:db8::/32,10.0.0.0/8", "198.51.100.2", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf why CLEANUP(buf_fini) = {0};
		struct address_list list;

		assert_int_equal(
			address_list_parse(str_from(cases[i].list), &list, &why).code, ERR_OK);
		if (address_list_admits(&list, str_from(cases[i].peer)) != cases[i].want)
			fail_msg("%s of \"%s\"", cases[i].peer, cases[i].list);
	}
}

static void
is_bounded(void **state)
{
	struct buf text CLEANUP(buf_fini) = {0}, why CLEANUP(buf_fini) = {0};
	struct address_list list;

	(void)state;
	for (int i = 0; i < ADDRESS_LIST_MAX; i++)
		buf_addf(&text, "%s192.0.2.%d", i == 0 ? "" : ",", i);
	assert_int_equal(address_list_parse(buf_str(&text), &list, &why).code, ERR_OK);
	assert_int_equal(list.count, ADDRESS_LIST_MAX);
	buf_adds(&text, ",192.0.2.255");
	assert_int_equal(address_list_parse(buf_str(&text), &list, &why).code, ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes_one_spelling),
		cmocka_unit_test(admits),
		cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
