/* reference_find.c - finding references: each rule of the finder, and the kept notes of banks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/csv.h"
#include "chopay/reference.h"

#include "../support/mangle.h"

#define S1 "CHS00000YT"
#define S2 "CHS00001Y4"
#define C1 "CHCG77GCS390QS"
#define C2 "CHCD9TFW0N8J82"

/* "REF1|REF2", or "-". */
static void
spell(struct buf *out, const struct references *found)
{
	if (found->count == 0)
		buf_addc(out, '-');
	for (size_t i = 0; i < found->count; i++) {
		if (i > 0)
			buf_addc(out, '|');
		buf_adds(out, found->items[i].text);
	}
}

static void
expect(const char *name, struct str prefix, struct str note, const char *want)
{
	CLEANUP(buf_fini) struct buf got = {0};
	struct references found;

	reference_find(prefix, note, &found);
	spell(&got, &found);
	if (!str_eq(buf_str(&got), str_from(want)))
		fail_msg("%s: want %s, got %s, in \"%.*s\"", name, want, got.ptr, STR_FMT(note));
}

/* The note is everything between the quotes, NUL bytes too. */
#define ROW(name, note, want)                        \
	{                                            \
		name, {note, sizeof(note) - 1}, want \
	}
static const struct {
	const char *name;
	struct str note;
	const char *want;
} rules[] = {
	ROW("empty", "", "-"),
	ROW("alone", S1, S1),
	ROW("lower case", "chs00000yt", S1),
	ROW("mixed case", "ck cHs00000Yt ck", S1),
	ROW("charge", C1, C1),
	ROW("glued to both sides", "SEVQR" C1 "VRC", C1),
	ROW("glued to digits", "09900051034" S1 "2025", S1),
	ROW("glued to itself", S1 S1, S1),
	ROW("two glued", S1 C1, S1 "|" C1),
	ROW("in order of place", C1 " " S2 " " S1, C1 "|" S2 "|" S1),
	ROW("the same three times", S1 " chs00000yt-" S1, S1),
	ROW("prefix said twice", "CHCHS00000YT", S1),
	ROW("prefix behind a word that ends in it", "khach " S1, S1),
	/* what may stand inside */
	ROW("a blank", "CHS00 000YT", S1),
	ROW("three blanks", "CHS00   000YT", S1),
	ROW("a line end", "CHS00\n000YT", S1),
	ROW("a line end of another house", "CHS00\r\n000YT", S1),
	ROW("a hyphen", "CHS00-000YT", S1),
	ROW("a hyphen with blanks", "CHS00 - 000YT", S1),
	ROW("a tab", "CHS00\t000YT", S1),
	ROW("behind the first character", "C HS00000YT", S1),
	ROW("before the last character", "CHS00000Y T", S1),
	ROW("a blank and glued", "CHS00 000YTVRC", S1),
	/* ... and what may not */
	ROW("two breaks", "CHS 00 000YT", "-"),
	ROW("two hyphens", "CHS00--000YT", "-"),
	ROW("five blanks", "CHS00     000YT", "-"),
	ROW("a dot", "CHS00.000YT", "-"),
	ROW("a slash", "CHS00/000YT", "-"),
	ROW("a NUL",
		"CHS00\0"
		"000YT",
		"-"),
	ROW("a letter with a mark",
		"CHS00\xc3\xaa"
		"000YT",
		"-"),
	ROW("half a UTF-8 letter",
		"CHS00\xc3"
		"000YT",
		"-"),
	ROW("a look-alike", "CHS0000OYT", "-"),
	/* a code is whole or it is nothing */
	ROW("cut by one", "CHS00000Y", "-"),
	ROW("head cut", "HS00000YT", "-"),
	ROW("cut, and the note goes on", "CHS0000. 0YT", "-"),
	ROW("a wrong check", "CHS00000YS", "-"),
	ROW("another kind", "CHX00000YT", "-"),
	/* around it: every separator ends nothing but itself */
	ROW("NUL before and behind", "\0" S1 "\0", S1),
	ROW("marks before and behind", "ch\xe1\xbb\xa3 " S1 "\xc4\x91", S1),
	ROW("marks glued", "\xc4\x91" S1 "\xc3\xb4", S1),
	ROW("broken UTF-8 around", "\xff\xfe" S1 "\x80", S1),
	ROW("a backslash", "FT26209536396600\\BNK " S1, S1),
	/* the words of banks' frames */
	ROW("cut before Ma GD", "CHS0V4- Ma GD ACSP/ II100628", "-"),
	ROW("cut before Ma GD, no blanks", "CHS0V4-MaGDACSP/", "-"),
	ROW("cut before Trace", "CHSJW Trace 124700", "-"),
	ROW("cut before CKN", "CHS00FB CKN 458901 D2K5350A", "-"),
	ROW("cut before FT", "CHS00G0 FT26209536396600", "-"),
	ROW("whole, ends as they do", "CHS00FBCKN CKN 458901", "CHS00FBCKN"),
	ROW("split, ends as they do, no number behind", "CHS00FB CKN", "CHS00FBCKN"),
	ROW("cut before a whole one: no borrowed head", "CHS01EW " S1, S1),
	ROW("cut before a whole one, the borrowed code elsewhere", "CHS01EWCHS, CHS01EW " S1,
		"CHS01EWCHS|" S1),
	ROW("split, then a whole one", "CHS01EW CHS " S1, "CHS01EWCHS|" S1),
	/* two intact ones in the same characters: nobody can tell, both are told */
	ROW("overlapping", "CHCJXCHS00134AA", "CHCJXCHS00134A|CHS00134AA"),
	/* MoMo's own token */
	ROW("MoMo token", "CHUYEN TIEN-OQ" S1 "-MOMO", "-"),
	ROW("MoMo token at the start", "OQ" S1, "-"),
	ROW("MoMo token, wrapped before CH", "MAU-OQ " S1 "-MOMO", "-"),
	ROW("MoMo token, wrapped before Q", "MAU-O Q" S1 "-MOMO", "-"),
	ROW("MoMo token, stripped of hyphens", "CHUYENTIENOQ" S1 "MOMO", "-"),
	ROW("a word that ends in OQ", "XOQ" S1, S1),
	ROW("a code before a MoMo token", "1084-" C1 "-CHUYEN TIEN-OQCHS00000YT-MOMO1084MOMO", C1),
	ROW("behind a MoMo token", "OQCH39133000 " S1, S1),
};

static void
each_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		expect(rules[i].name, STR("CH"), rules[i].note, rules[i].want);
}

static void
other_prefixes(void **state)
{
	(void)state;
	expect("a prefix of our own", STR("AC"), STR("ck ACC1185F5E6C5E."), "ACC1185F5E6C5E");
	expect("the default is not special", STR("AC"), STR(S1), "-");
	expect("in ACB's MAC", STR("AC"), STR("/CTR/MAU/MAC/0ACC1185F5E6C5E1"), "-");
	expect("not a MAC: no such word", STR("AC"), STR("/CTR/MAU/0ACC1185F5E6C5E1"),
		"ACC1185F5E6C5E");
	expect("not a MAC: 15 digits", STR("AC"), STR("MAC/0ACC1185F5E6C5E"), "ACC1185F5E6C5E");
	expect("not a MAC: no hex", STR("AC"), STR("MAC/0ACC1185F5E6C5EX"), "ACC1185F5E6C5E");
	expect("in a MoMo token", STR("AC"), STR("OQCACC1185F5E6C5E"), "-");
	expect("lower-case prefix", STR("ch"), STR(S1), "-");
	expect("no prefix", STR(""), STR(S1), "-");
}

#define PAD10 "MBVCB.1234"
#define PAD30 PAD10 PAD10 PAD10
#define PAD35 PAD30 "VCB.8"
#define BROKEN_TWICE "CHS-0 0000YT" /* the blank is 5 behind its start */

/* In a wrapped note the blank at character 35, 71, ... costs no break; elsewhere it does, and
 * also there when another border of the note has none. */
static void
wrapped_notes(void **state)
{
	(void)state;
	expect("at 35", STR("CH"), STR(PAD30 BROKEN_TWICE), S1);
	expect("at 34", STR("CH"), STR("BVCB." PAD10 PAD10 "1234" BROKEN_TWICE), "-");
	expect("at 36", STR("CH"), STR(PAD30 "." BROKEN_TWICE), "-");
	expect("at 71", STR("CH"), STR(PAD35 " " PAD30 BROKEN_TWICE), S1);
	expect("at 71, none at 35", STR("CH"), STR(PAD35 "." PAD30 BROKEN_TWICE), "-");
	expect("at 35, then 71", STR("CH"), STR(PAD30 BROKEN_TWICE PAD10 PAD10 ".BCDE MAU"), S1);
	expect("at 35, none at 71", STR("CH"), STR(PAD30 BROKEN_TWICE PAD35), "-");
	expect("a run of blanks there", STR("CH"), STR(PAD30 "CHS-0  0000YT"), "-");
	expect("columns are characters", STR("CH"),
		STR("\xc4\x90"
		    "BVCB.123" PAD10 PAD10 "." BROKEN_TWICE),
		S1);
	expect("... not bytes", STR("CH"),
		STR("\xc4\x90"
		    "BVCB.123" PAD10 PAD10 BROKEN_TWICE),
		"-");
}

/* The first codes are kept; what comes after the last place is dropped. */
static void
many_codes(void **state)
{
	CLEANUP(buf_fini) struct buf note = {0};
	struct references found;
	struct reference minted[12];
	size_t count = 0;

	(void)state;
	for (uint32_t n = 0; count < 12; n++) {
		if (reference_stall(STR("CH"), n, &minted[count]).code != ERR_OK)
			continue;
		buf_adds(&note, minted[count++].text);
		buf_addc(&note, ' ');
	}
	reference_find(STR("CH"), buf_str(&note), &found);
	assert_int_equal(found.count, REFERENCE_FOUND_MAX);
	for (size_t i = 0; i < found.count; i++)
		assert_string_equal(found.items[i].text, minted[i].text);
}

/* Notes made to be slow: work grows with the length, not with its square. */
static void
long_notes(void **state)
{
	static const char *const fillers[] = {
		"C", "CH", "CHC", "CHS0 ", "CHCHSCHC", " ", "-", "OQCH", "\xc4\x91", "A"};

	(void)state;
	for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++) {
		CLEANUP(buf_fini) struct buf note = {0};
		struct references found;

		while (note.len < 1000000)
			buf_adds(&note, fillers[i]);
		buf_adds(&note, " . " S1);
		reference_find(STR("CH"), buf_str(&note), &found);
		assert_int_equal(found.count, 1);
		assert_string_equal(found.items[0].text, S1);
	}
}

/* {REF}, {REF2} of the expected column become the codes. */
static void
expected_text(struct buf *out, struct str expected, const char *const codes[2])
{
	struct str one;
	bool more = expected.len > 0;

	if (!more)
		buf_addc(out, '-');
	while (more) {
		more = str_split(&expected, '|', &one);
		buf_adds(out, str_eq(one, STR("{REF}")) ? codes[0] : codes[1]);
		if (more)
			buf_addc(out, '|');
	}
}

static size_t
check_memo(const struct str *fields, size_t line, const char *const codes[2])
{
	CLEANUP(buf_fini) struct buf note = {0}, want = {0};
	char name[32];
	const struct mangle mangle = {
		.memo = fields[0],
		.codes = {str_from(codes[0]), str_from(codes[1])},
		.steps = fields[4],
	};

	if (!mangle_render(&note, &mangle))
		return 0; /* a split that a code of 10 does not reach */
	expected_text(&want, fields[1], codes);
	snprintf(name, sizeof name, "memos.csv row %zu", line);
	expect(name, STR("CH"), buf_str(&note), want.ptr);
	return 1;
}

/* The kept notes, each with many codes of both lengths. */
static void
memos_of_banks(void **state)
{
	static char text[65536];
	struct str fields[CSV_FIELDS_MAX];
	struct csv csv;
	size_t count, rows = 0, checked = 0;
	FILE *file = fopen("tests/fixtures/memos.csv", "rb");

	(void)state;
	assert_non_null(file);
	size_t len = fread(text, 1, sizeof text, file);
	fclose(file);
	csv_init(&csv, (struct str){text, len});

	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	assert_int_equal(csv_next(&csv, arena, fields, &count).code, ERR_OK); /* the header */
	while (csv_next(&csv, arena, fields, &count).code == ERR_OK) {
		assert_int_equal(count, 5);
		rows++;
		for (uint32_t n = 0; n < 200; n++) {
			struct reference stall, charge;

			if (reference_stall(STR("CH"), n * 9973u, &stall).code != ERR_OK ||
				reference_charge(STR("CH"), n * 7919u, n * 31u, &charge).code !=
					ERR_OK)
				continue;
			checked += check_memo(
				fields, csv.line, (const char *const[]){stall.text, charge.text});
			checked += check_memo(
				fields, csv.line, (const char *const[]){charge.text, stall.text});
		}
	}
	assert_null(csv.fault);
	assert_int_equal(rows, 41);
	assert_true(checked > 41 * 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule),
		cmocka_unit_test(other_prefixes),
		cmocka_unit_test(wrapped_notes),
		cmocka_unit_test(many_codes),
		cmocka_unit_test(long_notes),
		cmocka_unit_test(memos_of_banks),
	};

	return cmocka_run_group_tests_name("reference_find", tests, NULL, NULL);
}
