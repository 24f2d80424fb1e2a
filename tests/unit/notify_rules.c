/* The pure rules of outgoing notices: when to try again, and where nothing may be sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#include "../../gateway/notify/address.h"
#include "../../gateway/notify/backoff.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define S MS_PER_SECOND
#define H (3600 * S)

/* ---- backoff ------------------------------------------------------------------------------ */

#define MIDDLE 0x80000000u /* no jitter */

static const struct {
	const char *name;
	struct backoff failed; /* first_ms 0 */
	int64_t want_ms;       /* the next try; -1: given up */
} waits[] = {
	{"after the first try", {1, 0, 0, false, 0, MIDDLE}, 2 * S},
	{"second", {2, 0, 2 * S, false, 0, MIDDLE}, 7 * S},
	{"third", {3, 0, 7 * S, false, 0, MIDDLE}, 22 * S},
	{"fourth", {4, 0, 22 * S, false, 0, MIDDLE}, 82 * S},
	{"fifth", {5, 0, 0, false, 0, MIDDLE}, 300 * S},
	{"sixth", {6, 0, 0, false, 0, MIDDLE}, 1800 * S},
	{"seventh", {7, 0, 0, false, 0, MIDDLE}, 2 * H},
	{"eighth", {8, 0, 0, false, 0, MIDDLE}, 5 * H},
	{"ninth", {9, 0, 0, false, 0, MIDDLE}, 10 * H},
	{"tenth", {10, 0, 0, false, 0, MIDDLE}, 14 * H},
	{"eleventh", {11, 0, 0, false, 0, MIDDLE}, 20 * H},
	{"the last step repeats", {40, 0, 0, false, 0, MIDDLE}, 20 * H},
	{"least jitter", {4, 0, 0, false, 0, 0}, 48 * S},
	{"most jitter", {4, 0, 0, false, 0, UINT32_MAX}, 71999},
	{"a slow receiver", {1, 0, 0, true, 0, MIDDLE}, 60 * S},
	{"a slow receiver later", {6, 0, 0, true, 0, MIDDLE}, 1800 * S},
	{"it says how long", {1, 0, 0, true, 90 * S, MIDDLE}, 90 * S},
	{"it says less than we would wait", {5, 0, 0, true, 1 * S, MIDDLE}, 300 * S},
	{"it says an hour", {1, 0, 0, false, 1 * H, MIDDLE}, 1 * H},
	{"it says a day", {1, 0, 0, false, 24 * H, MIDDLE}, 1 * H},
	{"the last try at 72 hours", {12, 0, 60 * H, false, 0, MIDDLE}, 72 * H},
	{"one millisecond before the end", {12, 0, 72 * H - 1, false, 0, MIDDLE}, 72 * H},
	{"72 hours are over", {12, 0, 72 * H, false, 0, MIDDLE}, -1},
	{"long over", {3, 0, 900 * H, true, 1 * H, MIDDLE}, -1},
	{"the clock went back", {1, 0, -50 * S, false, 0, MIDDLE}, -48 * S},
};

static void
each_wait(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(waits); i++) {
		int64_t got = backoff_next_ms(&waits[i].failed);
		int64_t want = waits[i].want_ms == -1 ? NO_TIME : waits[i].want_ms;

		if (got != want)
			fail_msg("%s: %lld, not %lld", waits[i].name, (long long)got,
				(long long)want);
	}
}

/* However the jitter falls: more than a dozen tries, none in vain after 72 hours. */
static void
a_notice_is_tried_for_72_hours(void **state)
{
	(void)state;
	for (uint32_t random = 0; random < UINT32_MAX - 0x10000000u; random += 0x08000000u) {
		struct backoff failed = {1, 5 * H, 5 * H, false, 0, random};
		int64_t next;

		while ((next = backoff_next_ms(&failed)) != NO_TIME) {
			assert_true(next > failed.now_ms);
			failed.now_ms = next;
			failed.tries++;
		}
		assert_int_equal(failed.now_ms, 77 * H);
		assert_in_range(failed.tries, 13, 16);
	}
}

/* ---- addresses ---------------------------------------------------------------------------- */

enum { NO, YES, DEV }; /* refused, allowed, allowed by the development switch */

static const struct {
	const char *text;
	int want;
} addresses[] = {
	{"8.8.8.8", YES},
	{"1.1.1.1", YES},
	{"113.161.1.2", YES},
	{"203.162.4.190", YES},
	{"0.0.0.0", NO},
	{"0.255.255.255", NO},
	{"1.0.0.0", YES},
	{"9.255.255.255", YES},
	{"10.0.0.0", NO},
	{"10.255.255.255", NO},
	{"11.0.0.0", YES},
	{"100.63.255.255", YES},
	{"100.64.0.0", NO},
	{"100.127.255.255", NO},
	{"100.128.0.0", YES},
	{"126.255.255.255", YES},
	{"127.0.0.0", DEV},
	{"127.0.0.1", DEV},
	{"127.255.255.255", DEV},
	{"128.0.0.0", YES},
	{"169.253.255.255", YES},
	{"169.254.0.0", NO},
	{"169.254.169.254", NO}, /* a cloud's secrets */
	{"169.255.0.0", YES},
	{"172.15.255.255", YES},
	{"172.16.0.0", NO},
	{"172.31.255.255", NO},
	{"172.32.0.0", YES},
	{"192.0.0.1", NO},
	{"192.0.1.0", YES},
	{"192.0.2.1", NO},
	{"192.88.99.1", NO},
	{"192.167.255.255", YES},
	{"192.168.0.1", NO},
	{"192.168.255.255", NO},
	{"192.169.0.0", YES},
	{"198.17.255.255", YES},
	{"198.18.0.0", NO},
	{"198.19.255.255", NO},
	{"198.20.0.0", YES},
	{"198.51.100.7", NO},
	{"203.0.113.7", NO},
	{"203.0.114.0", YES},
	{"223.255.255.255", YES},
	{"224.0.0.1", NO},
	{"239.255.255.255", NO},
	{"240.0.0.1", NO},
	{"255.255.255.255", NO},
	{"2001:4860:4860::8888", YES},
	{"2400:cb00:2048:1::c629:d7a2", YES},
	{"2606:4700:4700::1111", YES},
	{"::", NO},
	{"::1", DEV},
	{"::2", NO},
	{"::8.8.8.8", NO}, /* IPv4-compatible: long dead */
	{"::ffff:8.8.8.8", YES},
	{"::ffff:127.0.0.1", DEV},
	{"::ffff:10.1.2.3", NO},
	{"::ffff:169.254.169.254", NO},
	{"::ffff:0.0.0.0", NO},
	{"::ffff:0:8.8.8.8", NO}, /* translated */
	{"64:ff9b::8.8.8.8", YES},
	{"64:ff9b::192.168.1.1", NO},
	{"64:ff9b::127.0.0.1", DEV},
	{"64:ff9b:1::8.8.8.8", NO}, /* this network's own NAT64 */
	{"2002:808:808::1", YES},
	{"2002:7f00:1::1", DEV},
	{"2002:c0a8:101::1", NO},
	{"2002:a9fe:a9fe::", NO},
	{"2001::1", NO}, /* Teredo */
	{"2001:2::1", NO},
	{"2001:10::1", NO},
	{"2001:1ff:ffff::", NO},
	{"2001:200::1", YES},
	{"2001:db7:ffff::1", YES},
	{"2001:db8::1", NO},
	{"2001:db9::1", YES},
	{"3fff::1", NO},
	{"3fff:fff:ffff::1", NO},
	{"3fff:1000::1", YES},
	{"4000::1", NO}, /* nobody's */
	{"100::1", NO},
	{"fc00::1", NO},
	{"fdff:ffff::1", NO},
	{"fe80::1", NO},
	{"febf::1", NO},
	{"fec0::1", NO},
	{"ff02::1", NO},
	{"ff0e::1", NO},
};

static void
each_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(addresses); i++) {
		struct sockaddr_in v4 = {.sin_family = AF_INET};
		struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
		const struct sockaddr *address = (const struct sockaddr *)&v6;
		const char *fault, *dev;

		if (inet_pton(AF_INET, addresses[i].text, &v4.sin_addr) == 1)
			address = (const struct sockaddr *)&v4;
		else
			assert_int_equal(inet_pton(AF_INET6, addresses[i].text, &v6.sin6_addr), 1);
		fault = address_fault(address, false);
		dev = address_fault(address, true);
		if ((fault == NULL) != (addresses[i].want == YES) ||
			(dev == NULL) != (addresses[i].want != NO))
			fail_msg("%s: %s, %s with the switch", addresses[i].text,
				fault == NULL ? "allowed" : fault, dev == NULL ? "allowed" : dev);
	}
}

static void
other_families_are_refused(void **state)
{
	const struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "/run/x"};

	(void)state;
	assert_non_null(address_fault((const struct sockaddr *)&local, true));
}

/* ---- URLs --------------------------------------------------------------------------------- */

static const struct {
	const char *url;
	int want;
} urls[] = {
	{"https://pos.example.com/notify", YES},
	{"https://pos.example.com:8443/a/b?c=d&e=%20", YES},
	{"HTTPS://POS.EXAMPLE.COM", YES},
	{"https://8.8.8.8/x", YES},
	{"https://[2606:4700:4700::1111]/x", YES},
	{"https://xn--ch-yja.vn/", YES},
	{"", NO},
	{"pos.example.com/notify", NO},
	{"//pos.example.com/notify", NO},
	{"https://", NO},
	{"https:///x", NO},
	{"http://pos.example.com/notify", NO},
	{"ftp://pos.example.com/", NO},
	{"file:///etc/passwd", NO},
	{"javascript:alert(1)", NO},
	{"gopher://127.0.0.1:6379/", NO},
	{"https://me:secret@pos.example.com/", NO},
	{"https://me@pos.example.com/", NO},
	{"https://pos.example.com/#part", NO},
	{"https://pos.example.com/a b", NO},
	{"https://pos.example.com/\r\nX: y", NO},
	{"https://ch\xe1\xbb\xa3.vn/", NO},
	{"https://pos.example.com:99999/", NO},
	{"https://pos.example.com:port/", NO},
	{"https://pos/notify", NO},
	{"https://pos.local/", NO},
	{"https://pos.localhost/", NO},
	{"https://api.internal/", NO},
	{"https://api.internal./", NO},
	{"https://localhost.example.com/", YES}, /* its address is judged when it is known */
	{"https://localhost/", DEV},
	{"https://LOCALHOST:8443/", DEV},
	{"http://localhost:8080/", DEV},
	{"http://127.0.0.1:8080/", DEV},
	{"https://127.0.0.1/", DEV},
	{"https://127.1/", DEV},
	{"https://2130706433/", DEV},
	{"https://0x7f000001/", DEV},
	{"https://0x7f.0.0.1/", DEV},
	{"https://0177.0.0.1/", DEV},
	{"https://[::1]/", DEV},
	{"https://[::ffff:127.0.0.1]/", DEV},
	{"https://[::ffff:7f00:1]/", DEV},
	{"https://[0:0:0:0:0:ffff:127.0.0.1]/", DEV},
	{"http://[::1]:80/", DEV},
	{"https://0/", NO},
	{"https://0.0.0.0/", NO},
	{"https://10.0.0.1/", NO},
	{"https://012.0.0.1/", NO},
	{"https://167772161/", NO},
	{"https://192.168.1.1/", NO},
	{"https://169.254.169.254/latest/meta-data/", NO},
	{"https://0xa9fea9fe/", NO},
	{"https://[fd00::1]/", NO},
	{"https://[fe80::1%25eth0]/", NO},
	{"https://[::]/", NO},
	{"https://[64:ff9b::10.0.0.1]/", NO},
	{"https://[not-an-address]/", NO},
	{"http://8.8.8.8/", NO}, /* in clear to this machine only, switch or not */
	{"http://localhost.example.com/", NO},
};

static void
each_url(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++) {
		const char *fault = address_url_fault(str_from(urls[i].url), false);
		const char *dev = address_url_fault(str_from(urls[i].url), true);

		if ((fault == NULL) != (urls[i].want == YES) ||
			(dev == NULL) != (urls[i].want != NO))
			fail_msg("%s: %s, %s with the switch", urls[i].url,
				fault == NULL ? "allowed" : fault, dev == NULL ? "allowed" : dev);
	}
}

static void
a_url_has_a_bound(void **state)
{
	char url[2100];

	(void)state;
	memset(url, 'a', sizeof(url));
	memcpy(url, "https://a.vn/", 13);
	assert_null(address_url_fault((struct str){url, 2000}, false));
	assert_non_null(address_url_fault((struct str){url, 2001}, false));
	/* A NUL must not hide the rest. */
	assert_non_null(address_url_fault(STR("https://a.vn\0.evil/"), false));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_wait),
		cmocka_unit_test(a_notice_is_tried_for_72_hours),
		cmocka_unit_test(each_address),
		cmocka_unit_test(other_families_are_refused),
		cmocka_unit_test(each_url),
		cmocka_unit_test(a_url_has_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
