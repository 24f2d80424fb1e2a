/* near.c - the references that a note nearly holds, and none that it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/reference.h"

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* {S} and {C} stand for one stall's reference and one of its charges'. */
static struct reference stall, charge;

static int
set_up(void **state)
{
	uint32_t number = 12345678;

	(void)state;
	while (reference_stall(STR("CH"), number, &stall).code != ERR_OK ||
		reference_charge(STR("CH"), number, 77, &charge).code != ERR_OK)
		number++;
	return 0;
}

/* The slip by which the search found `want` in the note, or NULL. */
static const char *
slip_of(struct str note, const struct reference *want)
{
	struct near_references near;

	reference_near(STR("CH"), note, &near);
	for (size_t i = 0; i < near.count; i++) {
		if (strcmp(near.items[i].reference.text, want->text) == 0)
			return reference_slip_name(near.items[i].slip);
	}
	return NULL;
}

static bool
finds(struct str note, const struct reference *want, const char *slip)
{
	const char *found = slip_of(note, want);

	return found != NULL && strcmp(found, slip) == 0;
}

/* Every single slip of both kinds is found; the reference itself is not "near". */
static void
every_slip_is_found(void **state)
{
	const struct reference *const both[] = {&stall, &charge};
	char text[32], note[96];

	(void)state;
	for (size_t b = 0; b < 2; b++) {
		const char *whole = both[b]->text;
		size_t len = strlen(whole);
		struct near_references near;

		for (size_t i = 0; i < len; i++) {
			for (const char *letter = letters; *letter != '\0'; letter++) {
				snprintf(text, sizeof(text), "%.*s%c%s", (int)i, whole, *letter,
					whole + i + 1);
				snprintf(note, sizeof(note), "tien rau %s cam on", text);
				if (*letter != whole[i] && !finds(str_from(note), both[b], "wrong"))
					fail_msg("%s for %s", text, whole);
				snprintf(text, sizeof(text), "%.*s%c%s", (int)i, whole, *letter,
					whole + i);
				if (*letter != whole[i] && i > 0 && *letter != whole[i - 1] &&
					slip_of(str_from(text), both[b]) == NULL)
					fail_msg("%s for %s", text, whole);
			}
			snprintf(text, sizeof(text), "%.*s%s", (int)i, whole, whole + i + 1);
			if (!finds(str_from(text), both[b], "missing"))
				fail_msg("%s for %s", text, whole);
			if (i + 1 == len || whole[i] == whole[i + 1])
				continue;
			snprintf(text, sizeof(text), "%.*s%c%c%s", (int)i, whole, whole[i + 1],
				whole[i], whole + i + 2);
			if (!finds(str_from(text), both[b], "swapped"))
				fail_msg("%s for %s", text, whole);
		}
		reference_near(STR("CH"), str_from(whole), &near);
		for (size_t i = 0; i < near.count; i++)
			assert_string_not_equal(near.items[i].reference.text, whole);
	}
}

/* The stall's reference written in ways that no single edit covers. */
static void
how_people_write(void **state)
{
	char note[96], small[16] = {0};
	const char *s = stall.text;

	(void)state;
	for (size_t i = 0; s[i] != '\0'; i++)
		small[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] - 'A' + 'a' : s[i]);
	snprintf(note, sizeof(note), "ma %.2s %.1s.%.2s-%.2s %s", s, s + 2, s + 3, s + 5, s + 7);
	assert_true(finds(str_from(note), &stall, "broken"));
	snprintf(note, sizeof(note), "%.4s %.3s", small, small + 5); /* two are missing */
	assert_false(finds(str_from(note), &stall, "missing"));
	snprintf(note, sizeof(note), "%.5s%s", small, small + 6);
	assert_true(finds(str_from(note), &stall, "missing"));
	/* Nothing reaches over a letter with a mark, or a NUL. */
	snprintf(note, sizeof(note), "%.4s\xc3\xa0%s", s, s + 5);
	assert_false(finds(str_from(note), &stall, "wrong"));
	assert_false(finds((struct str){"CHS\0", 4}, &stall, "wrong"));
}

static void
look_alikes_are_one_slip(void **state)
{
	struct reference with = {0};
	char note[REFERENCE_SIZE] = {0};

	(void)state;
	for (uint32_t number = 0; strchr(with.text, '0') == NULL || strchr(with.text, '1') == NULL;
		number = number * 31 + 7) {
		if (reference_stall(STR("CH"), number % REFERENCE_STALL_NUMBERS, &with).code !=
			ERR_OK)
			with.text[0] = '\0';
	}
	for (size_t i = 0; with.text[i] != '\0'; i++) {
		char c = with.text[i];

		note[i] = (char)(c == '0' ? 'o' : c == '1' ? 'I' : c);
	}
	assert_true(finds(str_from(note), &with, "wrong"));
}

/* Whatever the note holds: only valid references, none twice, never more than the bound. */
static void
hostile_notes_are_bounded(void **state)
{
	static const char *const patterns[] = {"CHS", "CHC", "CHSCHC", "C", "HS0", "CH S-0 1"};
	char note[3000];

	(void)state;
	for (size_t p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++) {
		size_t len = strlen(patterns[p]);
		struct near_references near;

		for (size_t i = 0; i < sizeof(note); i++)
			note[i] = patterns[p][i % len];
		reference_near(STR("CH"), (struct str){note, sizeof(note)}, &near);
		assert_true(near.count <= REFERENCE_NEAR_MAX);
		for (size_t i = 0; i < near.count; i++) {
			struct str text = str_from(near.items[i].reference.text);
			struct reference read;

			assert_true(reference_is(STR("CH"), text, &read));
			for (size_t j = 0; j < i; j++)
				assert_false(str_eq(text, str_from(near.items[j].reference.text)));
		}
	}
}

static void
a_cut_reference_still_names_its_stall(void **state)
{
	/* The stall's or the charge's reference, cut at so many characters. */
	static const struct {
		const char *before, *behind;
		bool of_charge, begun;
		int kept;
	} rows[] = {
		{"CT DEN ", "", false, true, 8},
		{"CT DEN ", "", true, true, 8},
		{"CT DEN ", "", true, true, 14},
		{"", ", cam on", false, false, 7},
		{"", "", false, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = rows[i].of_charge ? charge.text : stall.text;
		struct buf note CLEANUP(buf_fini) = {0};
		struct references begun;
		bool found = false;

		buf_addf(&note, "%s%.*s%s", rows[i].before, rows[i].kept, text, rows[i].behind);
		reference_begun(STR("CH"), buf_str(&note), &begun);
		for (size_t n = 0; n < begun.count; n++)
			found = found || strcmp(begun.items[n].text, stall.text) == 0;
		if (found != rows[i].begun)
			fail_msg("%s", note.ptr);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_slip_is_found, set_up),
		cmocka_unit_test_setup(how_people_write, set_up),
		cmocka_unit_test(look_alikes_are_one_slip),
		cmocka_unit_test(hostile_notes_are_bounded),
		cmocka_unit_test_setup(a_cut_reference_still_names_its_stall, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
