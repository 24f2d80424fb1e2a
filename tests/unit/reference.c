/* reference.c - minting: the alphabet, the ranges, and what the check characters promise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/reference.h"

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* ISO 7064 from its definition, apart from the code under test: the sum of value times weight,
 * weights the powers of 36 from the right, must leave 1 modulo 1271. */
static unsigned
iso7064_remainder(const char *text)
{
	unsigned weight = 1, sum = 0;

	for (size_t i = strlen(text); i-- > 0; weight = weight * 36 % 1271) {
		unsigned value = (unsigned)(text[i] <= '9' ? text[i] - '0' : text[i] - 'A' + 10);
		sum = (sum + value * weight) % 1271;
	}
	return sum;
}

static struct reference
mint(bool charge, uint32_t number)
{
	struct reference reference;
	struct err e;

	do { /* about one number in five is skipped */
		number = number * 2654435761u + 40503u;
		if (charge)
			e = reference_charge(STR("CH"), number % REFERENCE_STALL_NUMBERS,
				(number >> 7) % REFERENCE_CHARGE_COUNTERS, &reference);
		else
			e = reference_stall(
				STR("CH"), number % REFERENCE_STALL_NUMBERS, &reference);
	} while (e.code == ERR_CONFLICT);
	assert_int_equal(e.code, ERR_OK);
	return reference;
}

static void
the_standard_agrees(void **state)
{
	(void)state;
	/* The published example of MOD 1271-36: ISO79 has the check 3W. */
	assert_int_equal(iso7064_remainder("ISO793W"), 1);
	for (uint32_t i = 0; i < 5000; i++) {
		assert_int_equal(iso7064_remainder(mint(false, i).text), 1);
		assert_int_equal(iso7064_remainder(mint(true, i).text), 1);
	}
}

static void
known_references(void **state)
{
	struct reference reference;

	(void)state;
	assert_int_equal(reference_stall(STR("CH"), 0, &reference).code, ERR_OK);
	assert_string_equal(reference.text, "CHS00000YT");
	assert_int_equal(
		reference_stall(STR("CH"), REFERENCE_STALL_NUMBERS - 1, &reference).code, ERR_OK);
	assert_string_equal(reference.text, "CHSZZZZZFK");
	assert_false(reference_is_charge(&reference));
	assert_int_equal(reference_stall_number(&reference), REFERENCE_STALL_NUMBERS - 1);
}

static void
ranges_are_refused(void **state)
{
	struct reference reference = {"untouched"};

	(void)state;
	assert_int_equal(
		reference_stall(STR("CH"), REFERENCE_STALL_NUMBERS, &reference).code, ERR_INVALID);
	assert_int_equal(reference_charge(STR("CH"), 1, REFERENCE_CHARGE_COUNTERS, &reference).code,
		ERR_INVALID);
	assert_int_equal(reference_stall(STR("C"), 1, &reference).code, ERR_INVALID);
	assert_int_equal(reference_stall(STR("CHO"), 1, &reference).code, ERR_INVALID);
	assert_int_equal(reference_stall(STR("CO"), 1, &reference).code, ERR_INVALID);
	assert_string_equal(reference.text, "untouched");
}

static void
prefixes(void **state)
{
	static const struct {
		struct str prefix;
		bool ok;
	} cases[] = {
		{{"CH", 2}, true},
		{{"9Z", 2}, true},
		{{"ch", 2}, false},
		{{"CI", 2}, false},
		{{"L0", 2}, false},
		{{"C ", 2}, false},
		{{"C\0", 2}, false},
		{{"", 0}, false},
		{{"CHX", 3}, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(reference_prefix_ok(cases[i].prefix), cases[i].ok);
}

static void
numbers_come_back(void **state)
{
	size_t skipped = 0;

	(void)state;
	for (uint32_t i = 0; i < 20000; i++) {
		uint32_t stall = i * 1677u;
		struct reference reference, again;
		struct err e = reference_charge(STR("CH"), stall, i, &reference);

		if (e.code == ERR_CONFLICT) {
			skipped++;
			continue;
		}
		assert_int_equal(e.code, ERR_OK);
		assert_int_equal(strlen(reference.text), REFERENCE_CHARGE_LEN);
		assert_int_equal(
			strspn(reference.text, letters), REFERENCE_CHARGE_LEN); /* no I L O U */
		assert_true(reference_is_charge(&reference));
		assert_int_equal(reference_stall_number(&reference), stall);
		assert_true(reference_is(STR("CH"), str_from(reference.text), &again));
		assert_string_equal(again.text, reference.text);
	}
	/* 1 - (32/36)^2 is 21 in a hundred. */
	assert_in_range(skipped, 20000 * 17 / 100, 20000 * 25 / 100);
}

static void
is_exactly_one(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} cases[] = {
		{"CHS00000YT", true},
		{"chs00000yt", true},
		{"ChS00000yT", true},
		{"CHS00000YT ", false},
		{" CHS00000YT", false},
		{"CHS00000Y", false},
		{"CHS00000YTX", false},
		{"CHS00000YS", false},
		{"CHC00000YT", false}, /* a charge's letter on a stall's length */
		{"CHS0000OYT", false}, /* a look-alike is not read as its twin */
		{"XHS00000YT", false},
		{"CHCG77GCS390QS", true},
		{"CHCG77GCS390QT", false},
		{"", false},
	};
	struct reference reference;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(
			reference_is(STR("CH"), str_from(cases[i].text), &reference), cases[i].is);
	assert_false(reference_is(STR("CK"), STR("CHS00000YT"), &reference));
}

/* One wrong character, or two neighbours exchanged, never pass, wherever they are. */
static void
single_errors_are_caught(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < 400; n++) {
		struct reference good = mint(n % 2 == 1, n), bad, read;
		size_t len = strlen(good.text);

		for (size_t i = 0; i < len; i++) {
			for (size_t k = 0; k < sizeof letters - 1; k++) {
				bad = good;
				bad.text[i] = letters[k];
				assert_int_equal(reference_is(STR("CH"), str_from(bad.text), &read),
					letters[k] == good.text[i]);
			}
			if (i + 1 == len || good.text[i] == good.text[i + 1])
				continue;
			bad = good;
			bad.text[i] = good.text[i + 1];
			bad.text[i + 1] = good.text[i];
			assert_false(reference_is(STR("CH"), str_from(bad.text), &read));
			assert_int_equal(iso7064_remainder(bad.text) == 1, false);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standard_agrees),
		cmocka_unit_test(known_references),
		cmocka_unit_test(ranges_are_refused),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(numbers_come_back),
		cmocka_unit_test(is_exactly_one),
		cmocka_unit_test(single_errors_are_caught),
	};

	return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
