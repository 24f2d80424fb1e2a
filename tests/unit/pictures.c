/* Pictures that are kept: the one least asked for goes first; and the rations of drawing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../gateway/api/pictures.h"

#define NOW 1000000

static void
make_tag(unsigned n, unsigned char tag[SHA256_SIZE])
{
	memset(tag, 0, SHA256_SIZE);
	tag[1] = (unsigned char)(n % 7); /* some fall into one bucket */
	memcpy(tag + 2, &n, sizeof(n));
}

static void
keep(struct pictures *pictures, unsigned n, struct str bytes)
{
	unsigned char tag[SHA256_SIZE];

	make_tag(n, tag);
	pictures_keep(pictures, tag, bytes);
}

static struct str
find(struct pictures *pictures, unsigned n)
{
	unsigned char tag[SHA256_SIZE];

	make_tag(n, tag);
	return pictures_find(pictures, tag);
}

static void
least_asked_for_goes_first(void **state)
{
	struct pictures *pictures = pictures_new();

	(void)state;
	for (unsigned n = 0; n < PICTURES_KEPT_MAX; n++)
		keep(pictures, n, STR("some bytes"));
	assert_true(str_eq(find(pictures, 0), STR("some bytes")));
	keep(pictures, PICTURES_KEPT_MAX, STR("one more"));
	assert_int_equal(find(pictures, 1).len, 0);
	assert_true(str_eq(find(pictures, 0), STR("some bytes")));
	assert_true(str_eq(find(pictures, PICTURES_KEPT_MAX), STR("one more")));
	keep(pictures, 0, STR("another"));
	assert_true(str_eq(find(pictures, 0), STR("some bytes")));
	pictures_free(pictures);
}

static void
bytes_are_bounded(void **state)
{
	const size_t third = PICTURES_KEPT_BYTES / 3 + 1;
	char *bytes CLEANUP(mem_free) = mem_alloc_zero(1, PICTURES_KEPT_BYTES + 1);
	struct pictures *pictures = pictures_new();

	(void)state;
	for (unsigned n = 0; n < 3; n++)
		keep(pictures, n, (struct str){bytes, third});
	assert_int_equal(find(pictures, 0).len, 0);
	assert_int_equal(find(pictures, 1).len, third);
	assert_int_equal(find(pictures, 2).len, third);
	keep(pictures, 3, (struct str){bytes, PICTURES_KEPT_BYTES + 1});
	assert_int_equal(find(pictures, 3).len, 0);
	assert_int_equal(find(pictures, 2).len, third);
	pictures_free(pictures);
}

static int
draw_all(struct pictures *pictures, const char *address, int64_t now_ms)
{
	int drawn = 0;

	while (drawn < 1000 && pictures_may_draw(pictures, str_from(address), now_ms))
		drawn++;
	return drawn;
}

static void
each_address_has_its_ration(void **state)
{
	struct pictures *pictures = pictures_new();

	(void)state;
	assert_int_equal(draw_all(pictures, "192.0.2.1", NOW), PICTURES_BURST);
	assert_int_equal(draw_all(pictures, "192.0.2.1", NOW + 1000), PICTURES_PER_SECOND);
	/* After years it has a whole ration, and no more. */
	assert_int_equal(
		draw_all(pictures, "192.0.2.1", NOW + INT64_C(100000000000)), PICTURES_BURST);
	pictures_free(pictures);
}

static void
a_network_of_ipv6_is_one_address(void **state)
{
	struct pictures *pictures = pictures_new();

	(void)state;
	assert_int_equal(draw_all(pictures, "2001:db8::1", NOW), PICTURES_BURST);
	assert_int_equal(draw_all(pictures, "2001:db8::2:3", NOW), 0);
	pictures_free(pictures);
}

static void
all_together_have_one_too(void **state)
{
	struct pictures *pictures = pictures_new();
	int drawn = 0;

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct buf address CLEANUP(buf_fini) = {0};

		buf_addf(&address, "192.0.2.%d", i);
		drawn += draw_all(pictures, address.ptr, NOW);
	}
	assert_int_equal(drawn, PICTURES_ALL_BURST);
	pictures_free(pictures);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(least_asked_for_goes_first),
		cmocka_unit_test(bytes_are_bounded),
		cmocka_unit_test(each_address_has_its_ration),
		cmocka_unit_test(a_network_of_ipv6_is_one_address),
		cmocka_unit_test(all_together_have_one_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
