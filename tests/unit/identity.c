/* identity.c - every row of the decision table and one step outside each; which references
 * identify; and that the spans of the search hold whatever the rule would take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/arena.h"
#include "chopay/clock.h"
#include "chopay/identity.h"

#define ACCOUNT "19990000001234"
#define VIRTUAL "990TCW000012"
#define NOON_MS INT64_C(1785214800000) /* 2026-07-28T12:00:00+07:00 */
#define HOUR 3600
#define DAY (24 * HOUR)

/* ---- references ----------------------------------------------------------------------------- */

#define NONE BANK_REF_NONE
#define WEAK BANK_REF_WEAK
#define STRONG BANK_REF_IDENTIFIES

static const struct {
	const char *told;
	enum bank_ref_strength want;
	const char *text;
} refs[] = {
	{"FT26209000000077", STRONG, "FT26209000000077"},
	{"ft26209000000077", STRONG, "FT26209000000077"},
	{"FT26209123456789\\BNK", STRONG, "FT26209123456789"}, /* Techcombank */
	{"FT 26209-123456789", STRONG, "FT26209123456789"},
	{"620914300001", STRONG, "620914300001"},
	{"062091430001", STRONG, "62091430001"}, /* a spreadsheet's zeros */
	{"164T2620900AAAA1", STRONG, "164T2620900AAAA1"},
	{"BIDV2620900001", STRONG, "BIDV2620900001"},
	{"6258IBT1cJMZ7VKH", STRONG, "6258IBT1CJMZ7VKH"}, /* 14 and more, letters mixed in */
	{"0a4cc317-3af3-4055-bc83-7296adb624bf", STRONG, "0A4CC3173AF34055BC837296ADB624BF"},
	{"6209143000", STRONG, "6209143000"}, /* 10 characters, */
	{"620914300", WEAK, "620914300"},     /* and one less */
	{"ABCD123456", STRONG, "ABCD123456"}, /* 6 digits, */
	{"ABCDE12345", WEAK, "ABCDE12345"},   /* and one less */
	{"ABCDEFGHI12345", STRONG, "ABCDEFGHI12345"},
	{"ABCDEFGHIJ1234", WEAK, "ABCDEFGHIJ1234"},
	{"3516", WEAK, "3516"}, /* ACB */
	{"10418", WEAK, "10418"},
	{"501690001", WEAK, "501690001"},
	{"000000003516", WEAK, "3516"},
	{"GD0000003516", WEAK, "GD0000003516"}, /* a running number, filled up */
	{"FT1", WEAK, "FT1"},
	{"20260728143045", WEAK, "20260728143045"},   /* a second of that day */
	{"20261328143045", STRONG, "20261328143045"}, /* there is no 13th month */
	{"20260728240000", STRONG, "20260728240000"},
	{"2026072814304", STRONG, "2026072814304"},
	{"", NONE, ""},
	{"NODATA", NONE, ""},
	{"---", NONE, ""},
	{"0", NONE, ""},
	{"0000000000", NONE, ""},
	{"9999999999", NONE, ""},
	{ACCOUNT "-20260728", NONE, ""}, /* MB's rows without data */
	{"1999 0000 0012 34 20260728", NONE, ""},
	{"KH " VIRTUAL " 280726", NONE, ""},
	{"12345678901234567890123456789012345678901234567890123456789012345", NONE, ""},
};

static void
references_are_measured(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]); i++) {
		struct bank_ref ref;

		bank_ref_read(str_from(refs[i].told), STR(ACCOUNT), STR(VIRTUAL), &ref);
		if (ref.strength != refs[i].want || strcmp(ref.text, refs[i].text) != 0)
			fail_msg("\"%s\": %d \"%s\"", refs[i].told, ref.strength, ref.text);
	}
}

static void
a_short_account_is_no_sign(void **state)
{
	struct bank_ref ref;

	(void)state;
	bank_ref_read(STR("FT26209000001005"), STR("1005"), STR(""), &ref);
	assert_int_equal(ref.strength, BANK_REF_IDENTIFIES);
	bank_ref_read(STR("FT26209000010055"), STR("10055"), STR(""), &ref);
	assert_int_equal(ref.strength, BANK_REF_NONE);
}

static const struct {
	const char *note, *folded;
} notes[] = {
	{"Chợ Đồng Xuân, sạp 12", "CHODONGXUANSAP12"},
	{"CHO7K2M9QX4- Ma GD ACSP/ II296625", "CHO7K2M9QX4MAGDACSPII296625"},
	{"ch o7-k2", "CHO7K2"},
	{"\xff"
	 "ab1",
		"AB1"}, /* not UTF-8: what letters there are */
	{"", ""},
	{"🎉", ""},
};

static void
notes_are_folded(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		struct buf out CLEANUP(buf_fini) = {0};

		identity_fold_note(&out, str_from(notes[i].note));
		assert_true(str_eq(buf_str(&out), str_from(notes[i].folded)));
	}
}

/* ---- one candidate -------------------------------------------------------------------------- */

/* What is left out: 45.000 dong in, on ACCOUNT, at noon to the second, without a reference. */
struct side {
	const char *ref;
	int64_t seconds; /* from noon */
	const char *note;
	int64_t amount;
	enum told_time precision;
	const char *reference, *account, *virtual_account;
	bool outgoing;
};

#define FT1 "FT26209000000077"
#define FT2 "FT26209000000078"
#define VTB "164T2620900AAAA1"
#define ON_DAY .precision = TOLD_DAY
#define UNTIMED .precision = TOLD_NO_TIME
#define CHARGE_A .reference = "CHC0000000AAAA"
#define CHARGE_B .reference = "CHC0000000BBBB"

#define IS_NEW IDENTITY_NEW, ""
#define IS_SAME(by) IDENTITY_SAME, by
#define DOUBT IDENTITY_AMBIGUOUS, ""
#define CONFLICT IDENTITY_CONFLICT, ""
#define LIST true
#define HOOK false

/* clang-format off */
static const struct {
	const char *name;
	bool complete;
	struct side told, before;
	enum identity want;
	const char *by;
} rows[] = {
	/* a reference that identifies */
	{"equal references", HOOK, {.ref = FT1}, {.ref = FT1}, IS_SAME("reference")},
	{"... whatever the notes", HOOK, {.ref = FT1, .note = "mua ca"}, {.ref = FT1, .note = "ban rau"}, IS_SAME("reference")},
	{"... three days apart", HOOK, {.ref = FT1, .seconds = 3 * DAY}, {.ref = FT1}, IS_SAME("reference")},
	{"... and a second", HOOK, {.ref = FT1, .seconds = 3 * DAY + 1}, {.ref = FT1}, DOUBT},
	{"... a date only", HOOK, {.ref = FT1, ON_DAY}, {.ref = FT1}, IS_SAME("reference")},
	{"... no time", HOOK, {.ref = FT1, .seconds = 2 * DAY, UNTIMED}, {.ref = FT1}, IS_SAME("reference")},
	{"... no time, long after", HOOK, {.ref = FT1, .seconds = 4 * DAY, UNTIMED}, {.ref = FT1}, DOUBT},
	{"... seven hours off", HOOK, {.ref = FT1, .seconds = 7 * HOUR}, {.ref = FT1}, IS_SAME("reference")},
	{"... another amount", HOOK, {.ref = FT1, .amount = 46000}, {.ref = FT1}, CONFLICT},
	{"... another amount, long after", HOOK, {.ref = FT1, .seconds = 30 * DAY, .amount = 46000}, {.ref = FT1}, CONFLICT},
	{"... the other direction", HOOK, {.ref = FT1, .outgoing = true}, {.ref = FT1}, IS_NEW},
	{"... both out", HOOK, {.ref = FT1, .outgoing = true}, {.ref = FT1, .outgoing = true}, IS_SAME("reference")},
	{"... another account", HOOK, {.ref = FT1, .account = "777"}, {.ref = FT1}, IS_NEW},
	{"... the notes name two charges", HOOK, {.ref = FT1, CHARGE_A}, {.ref = FT1, CHARGE_B}, DOUBT},
	{"... the notes name one charge", HOOK, {.ref = FT1, CHARGE_A}, {.ref = FT1, CHARGE_A}, IS_SAME("reference")},
	{"... one note names a charge", HOOK, {.ref = FT1, CHARGE_A}, {.ref = FT1}, IS_SAME("reference")},
	{"... two virtual accounts", HOOK, {.ref = FT1, .virtual_account = "V1"}, {.ref = FT1, .virtual_account = "V2"}, DOUBT},
	{"... a sub-account of the note", HOOK, {.ref = FT1, .virtual_account = "TKP12"}, {.ref = FT1, .virtual_account = "V2"}, IS_SAME("reference")},
	{"... other spelling", HOOK, {.ref = "ft26209000000077\\BNK"}, {.ref = FT1}, IS_SAME("reference")},
	{"one numbering, another number", HOOK, {.ref = FT2}, {.ref = FT1}, IS_NEW},
	{"... the same note", HOOK, {.ref = FT2, .note = "mua rau ca"}, {.ref = FT1, .note = "mua rau ca"}, IS_NEW},
	{"... told by a list", LIST, {.ref = FT2, .note = "mua rau ca"}, {.ref = FT1, .note = "mua rau ca"}, IS_NEW},
	{"two numberings", HOOK, {.ref = VTB}, {.ref = FT1}, DOUBT},
	{"two numberings of one length", HOOK, {.ref = "721000000077"}, {.ref = "620914300001"}, DOUBT},
	{"two numberings, a list, one note", LIST, {.ref = VTB, .note = "mua rau ca"}, {.ref = FT1, .note = "mua rau ca"}, IS_SAME("list_note")},
	{"two numberings, two hours", HOOK, {.ref = VTB, .seconds = 2 * HOUR}, {.ref = FT1}, IS_NEW},

	/* the account's names */
	{"the virtual one and the main one", HOOK, {.ref = FT1, .account = VIRTUAL}, {.ref = FT1, .virtual_account = VIRTUAL}, IS_SAME("reference")},
	{"the main one and both", HOOK, {.ref = FT1}, {.ref = FT1, .virtual_account = VIRTUAL}, IS_SAME("reference")},
	{"only the virtual one in common", HOOK, {.ref = FT1, .account = "", .virtual_account = VIRTUAL}, {.ref = FT1, .virtual_account = VIRTUAL}, IS_SAME("reference")},
	{"nothing in common", HOOK, {.ref = FT1, .account = "", .virtual_account = "V1"}, {.ref = FT1, .virtual_account = VIRTUAL}, IS_NEW},
	{"no name is no common name", HOOK, {.ref = FT1, .account = ""}, {.ref = FT1, .account = ""}, IS_NEW},

	/* a weak reference */
	{"equal, a minute", HOOK, {.ref = "3516", .seconds = 60}, {.ref = "3516"}, IS_SAME("reference_time")},
	{"equal, a minute and a second", HOOK, {.ref = "3516", .seconds = 61}, {.ref = "3516"}, DOUBT},
	{"equal, two minutes", HOOK, {.ref = "3516", .seconds = -120}, {.ref = "3516"}, DOUBT},
	{"equal, more", HOOK, {.ref = "3516", .seconds = 121}, {.ref = "3516"}, IS_NEW},
	{"equal, another amount", HOOK, {.ref = "3516", .amount = 46000}, {.ref = "3516"}, IS_NEW},
	{"equal, another charge", HOOK, {.ref = "3516", CHARGE_A}, {.ref = "3516", CHARGE_B}, IS_NEW},
	{"equal, seven hours off", HOOK, {.ref = "3516", .seconds = -7 * HOUR}, {.ref = "3516"}, DOUBT},
	{"equal, the day and the note", HOOK, {.ref = "3516", .note = "mua rau", ON_DAY}, {.ref = "3516", .note = "mua rau"}, IS_SAME("reference_note")},
	{"... the note in a frame", HOOK, {.ref = "3516", .note = "IB LAN MUA RAU GD 1", ON_DAY}, {.ref = "3516", .note = "mua rau"}, IS_SAME("reference_note")},
	{"... the frame told before", HOOK, {.ref = "3516", .note = "mua rau", ON_DAY}, {.ref = "3516", .note = "IB LAN MUA RAU GD 1"}, IS_SAME("reference_note")},
	{"... a frame around too little", HOOK, {.ref = "3516", .note = "IB LAN MUA RAU", ON_DAY}, {.ref = "3516", .note = "lan m"}, DOUBT},
	{"... too little in a frame", HOOK, {.ref = "3516", .note = "lan m", ON_DAY}, {.ref = "3516", .note = "IB LAN MUA RAU"}, DOUBT},
	{"... another note", HOOK, {.ref = "3516", .note = "mua rau", ON_DAY}, {.ref = "3516", .note = "ban ca"}, DOUBT},
	{"... no note", HOOK, {.ref = "3516", .note = "", ON_DAY}, {.ref = "3516", .note = ""}, DOUBT},
	{"... both the day only", HOOK, {.ref = "3516", .note = "mua rau", ON_DAY}, {.ref = "3516", .note = "mua rau", ON_DAY}, IS_SAME("reference_note")},
	{"... the next day", HOOK, {.ref = "3516", .seconds = 12 * HOUR, .note = "mua rau", ON_DAY}, {.ref = "3516", .note = "mua rau"}, IS_NEW},
	{"... the last second of the day", HOOK, {.ref = "3516", .note = "mua rau", ON_DAY}, {.ref = "3516", .seconds = 12 * HOUR - 1, .note = "mua rau"}, IS_SAME("reference_note")},
	{"differ, to the second", HOOK, {.ref = "3517"}, {.ref = "3516"}, DOUBT},
	{"an account with a date", HOOK, {.ref = ACCOUNT "0728"}, {.ref = ACCOUNT "0728"}, DOUBT},

	/* no reference */
	{"one side, to the second", HOOK, {.ref = FT1}, {.ref = NULL}, DOUBT},
	{"none, one charge, to the second", HOOK, {CHARGE_A}, {CHARGE_A}, DOUBT},
	{"none, two minutes", HOOK, {.seconds = 120}, {.ref = NULL}, DOUBT},
	{"none, more", HOOK, {.seconds = 121}, {.ref = NULL}, IS_NEW},
	{"none, seven hours on", HOOK, {.seconds = 7 * HOUR + 120}, {.ref = NULL}, DOUBT},
	{"none, more than that", HOOK, {.seconds = 7 * HOUR + 121}, {.ref = NULL}, IS_NEW},
	{"none, less than that", HOOK, {.seconds = 7 * HOUR - 121}, {.ref = NULL}, IS_NEW},
	{"none, another amount", HOOK, {.amount = 44999}, {.ref = NULL}, IS_NEW},
	{"none, two virtual accounts", HOOK, {.virtual_account = "V1"}, {.virtual_account = "V2"}, IS_NEW},
	{"none, two charges", HOOK, {CHARGE_A}, {CHARGE_B}, IS_NEW},
	{"none, the day", HOOK, {ON_DAY}, {.seconds = 11 * HOUR}, DOUBT},
	{"none, the day before", HOOK, {ON_DAY}, {.seconds = -13 * HOUR}, IS_NEW},
	{"no time, told within a day", HOOK, {.seconds = DAY, UNTIMED}, {.ref = NULL}, DOUBT},
	{"no time, told later", HOOK, {.seconds = DAY + 1, UNTIMED}, {.ref = NULL}, IS_NEW},
	{"told before it happened: our clock was behind", HOOK, {.seconds = -3 * DAY, UNTIMED}, {.ref = NULL}, DOUBT},
	{"told too long before it happened", HOOK, {.seconds = -3 * DAY - 1, UNTIMED}, {.ref = NULL}, IS_NEW},
	{"no time, then one with", HOOK, {.ref = NULL}, {.seconds = DAY, UNTIMED}, DOUBT},
	{"no time, then one far from it", HOOK, {.ref = NULL}, {.seconds = DAY + 1, UNTIMED}, IS_NEW},
	{"no time, and a day", HOOK, {.seconds = DAY + 11 * HOUR, UNTIMED}, {ON_DAY}, DOUBT},
	{"no time, and an earlier day", HOOK, {.seconds = DAY + 13 * HOUR, UNTIMED}, {ON_DAY}, IS_NEW},
	{"no times", HOOK, {.seconds = DAY, UNTIMED}, {UNTIMED}, DOUBT},
	{"no times, days apart", HOOK, {.seconds = DAY + 1, UNTIMED}, {UNTIMED}, IS_NEW},

	/* a list leaves nothing out */
	{"a list, the note, running numbers that differ", LIST, {.ref = "3003", .note = "mua rau"}, {.ref = "3004", .note = "mua rau"}, DOUBT},
	{"a list, the note", LIST, {.note = "mua rau"}, {.ref = FT1, .note = "mua rau"}, IS_SAME("list_note")},
	{"a list, the day and the note", LIST, {.note = "mua rau", ON_DAY}, {.ref = FT1, .note = "mua rau"}, IS_SAME("list_note")},
	{"a list, another note", LIST, {.note = "mua rau"}, {.ref = FT1, .note = "ban ca"}, DOUBT},
	{"a list, no note", LIST, {.ref = NULL}, {.ref = FT1}, DOUBT},
	{"a list, another time", LIST, {.seconds = 121, .note = "mua rau"}, {.ref = FT1, .note = "mua rau"}, IS_NEW},
	{"a list, another amount", LIST, {.note = "mua rau", .amount = 1}, {.ref = FT1, .note = "mua rau"}, IS_NEW},
};
/* clang-format on */

static struct telling
telling_of(struct arena *arena, const struct side *side)
{
	struct buf folded CLEANUP(buf_fini) = {0};
	struct telling told = {
		.account_no = side->account == NULL ? STR(ACCOUNT) : str_from(side->account),
		.virtual_account = str_from(side->virtual_account),
		.amount = {side->amount == 0 ? 45000 : side->amount},
		.outgoing = side->outgoing,
		.precision = side->precision,
		.at_ms = NOON_MS + side->seconds * MS_PER_SECOND,
		.reference = str_from(side->reference),
	};

	if (told.precision == TOLD_DAY)
		told.at_ms = day_start_ms(day_of(told.at_ms, 0), 0);
	bank_ref_read(str_from(side->ref), told.account_no, told.virtual_account, &told.ref);
	identity_fold_note(&folded, str_from(side->note));
	told.note = arena_copy(arena, buf_str(&folded));
	return told;
}

static void
each_row_decides(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct telling told = telling_of(arena, &rows[i].told);
		struct identity_candidate before = {
			.told = telling_of(arena, &rows[i].before), .transfer_id = 7};
		struct identity_verdict got = identity(&told, rows[i].complete, &before, 1, false);

		if (got.is != rows[i].want || strcmp(got.by, rows[i].by) != 0)
			fail_msg("%s: %d \"%s\"", rows[i].name, got.is, got.by);
		/* Whoever looks before the note is read keeps all that the note may confirm. */
		before.told.note = before.told.reference = (struct str){NULL, 0};
		if (got.is != IDENTITY_NEW && !identity_may_be(&told, rows[i].complete, &before))
			fail_msg("%s: dropped before its note was read", rows[i].name);
		/* What this feed has told under another id is another transfer. */
		before.named = true;
		assert_int_equal(
			identity(&told, rows[i].complete, &before, 1, false).is, IDENTITY_NEW);
	}
	assert_true(sizeof(rows) / sizeof(rows[0]) >= 60);
}

/* ---- several candidates --------------------------------------------------------------------- */

#define MAX_BEFORE 3

/* clang-format off */
static const struct {
	const char *name;
	bool complete, more;
	struct side told;
	struct { struct side side; int64_t repeats; } before[MAX_BEFORE]; /* transfers 1, 2, 3 */
	size_t count;
	enum identity want;
	size_t which;
} crowds[] = {
	{"nobody", HOOK, false, {.ref = FT1}, {{{.ref = NULL}, 0}}, 0, IDENTITY_NEW, 0},
	{"only strangers", HOOK, false, {.ref = FT1}, {{{.ref = FT2}, 0}, {{.ref = FT1, .account = "777"}, 0}}, 2, IDENTITY_NEW, 2},
	{"only strangers, and more unseen", HOOK, true, {.ref = FT1}, {{{.ref = FT2}, 0}}, 1, IDENTITY_AMBIGUOUS, 0},
	{"the reference beats the circumstances", HOOK, false, {.ref = FT1}, {{{.ref = NULL}, 0}, {{.ref = FT1, .seconds = 3 * HOUR}, 0}}, 2, IDENTITY_SAME, 1},
	{"two with the reference", HOOK, false, {.ref = FT1}, {{{.ref = FT1, .seconds = 50}, 0}, {{.ref = FT1, .seconds = 10}, 0}}, 2, IDENTITY_AMBIGUOUS, 1},
	{"two with the reference, a list", LIST, false, {.ref = FT1}, {{{.ref = FT1, .seconds = 50}, 0}, {{.ref = FT1, .seconds = 10}, 0}}, 2, IDENTITY_SAME, 1},
	{"equal, and equal with another amount", HOOK, false, {.ref = FT1}, {{{.ref = FT1, .amount = 1}, 0}, {{.ref = FT1}, 0}}, 2, IDENTITY_SAME, 1},
	{"a conflict beats a doubt", HOOK, false, {.ref = FT1}, {{{.ref = NULL}, 0}, {{.ref = FT1, .amount = 1}, 0}}, 2, IDENTITY_CONFLICT, 1},
	{"a conflict beats a list's note", LIST, false, {.ref = FT1, .note = "mua rau"}, {{{.note = "mua rau"}, 0}, {{.ref = FT1, .amount = 1}, 0}}, 2, IDENTITY_CONFLICT, 1},
	{"weak, the nearer of two", HOOK, false, {.ref = "3516"}, {{{.ref = "3516", .seconds = 40}, 0}, {{.ref = "3516", .seconds = 2}, 0}}, 2, IDENTITY_SAME, 1},
	{"weak, two as near", HOOK, false, {.ref = "3516"}, {{{.ref = "3516", .seconds = 5}, 0}, {{.ref = "3516", .seconds = -5}, 0}}, 2, IDENTITY_AMBIGUOUS, 0},
	{"weak, two as near, a list", LIST, false, {.ref = "3516"}, {{{.ref = "3516", .seconds = 5}, 0}, {{.ref = "3516", .seconds = -5}, 0}}, 2, IDENTITY_SAME, 0},
	{"weak, two of that day", HOOK, false, {.ref = "3516", .note = "mua rau", ON_DAY}, {{{.ref = "3516", .seconds = 5, .note = "mua rau"}, 0}, {{.ref = "3516", .seconds = 900, .note = "mua rau"}, 0}}, 2, IDENTITY_AMBIGUOUS, 0},
	{"a line of a list, two of that day", LIST, false, {.note = "mua rau", ON_DAY}, {{{.ref = FT1, .seconds = 5, .note = "mua rau"}, 0}, {{.ref = FT2, .seconds = -5, .note = "mua rau"}, 0}}, 2, IDENTITY_SAME, 1},
	{"two doubts: the nearer is named", HOOK, false, {.ref = NULL}, {{{.seconds = 100}, 0}, {{.seconds = -20}, 0}}, 2, IDENTITY_AMBIGUOUS, 1},
	{"a possible repeat beside its first", HOOK, false, {.ref = FT1}, {{{.ref = FT1, .seconds = -50}, 0}, {{.ref = FT1}, 1}}, 2, IDENTITY_SAME, 0},
	{"a possible repeat that fits better", HOOK, false, {.ref = VTB}, {{{.ref = FT1}, 0}, {{.ref = VTB}, 1}}, 2, IDENTITY_SAME, 1},
	{"a possible repeat without its first", HOOK, false, {.ref = FT1}, {{{.ref = FT1}, 9}}, 1, IDENTITY_SAME, 0},
	{"a contradiction held before", HOOK, false, {.ref = FT1, .amount = 46000}, {{{.ref = FT1}, 0}, {{.ref = FT1, .amount = 46000}, 1}}, 2, IDENTITY_SAME, 1},
	{"a third amount", HOOK, false, {.ref = FT1, .amount = 47000}, {{{.ref = FT1}, 0}, {{.ref = FT1, .amount = 46000}, 1}}, 2, IDENTITY_CONFLICT, 0},
	{"doubts that repeat each other", HOOK, false, {.ref = NULL}, {{{.ref = NULL}, 0}, {{.seconds = 1}, 1}, {{.seconds = 2}, 1}}, 3, IDENTITY_AMBIGUOUS, 0},
};
/* clang-format on */

static void
a_crowd_is_told_apart(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(crowds) / sizeof(crowds[0]); i++) {
		struct telling told = telling_of(arena, &crowds[i].told);
		struct identity_candidate before[MAX_BEFORE];
		struct identity_verdict got;

		for (size_t n = 0; n < crowds[i].count; n++)
			before[n] = (struct identity_candidate){
				.told = telling_of(arena, &crowds[i].before[n].side),
				.transfer_id = (int64_t)n + 1,
				.repeats = crowds[i].before[n].repeats,
			};
		got = identity(&told, crowds[i].complete, before, crowds[i].count, crowds[i].more);
		if (got.is != crowds[i].want ||
			(got.is != IDENTITY_NEW && got.which != crowds[i].which))
			fail_msg("%s: %d of %zu", crowds[i].name, got.is, got.which);
	}
}

/* ---- the search ----------------------------------------------------------------------------- */

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static bool
holds(const struct identity_span *span, const struct telling *told)
{
	return told->at_ms >= span->from_ms && told->at_ms <= span->to_ms &&
	       (!span->untold || told->precision == TOLD_NO_TIME);
}

/* No reference leads to it, so only the spans can: what the rule would take must lie in them. */
static void
spans_hold_what_the_rule_takes(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	uint32_t seed = 20260728;
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < 200000; i++) {
		struct side sides[2] = {{.ref = "3516"}, {.ref = "3516"}};
		struct identity_span spans[IDENTITY_SPANS_MAX];
		struct identity_candidate before = {.transfer_id = 1};
		struct telling told;
		bool within = false;
		size_t count;

		for (size_t n = 0; n < 2; n++) {
			static const int64_t around[] = {
				0, 7 * HOUR, -7 * HOUR, DAY, -DAY, 12 * HOUR, -12 * HOUR, 2 * DAY};

			sides[n].precision = (enum told_time)(next_random(&seed) % 3);
			sides[n].seconds = around[next_random(&seed) % 8] +
					   (int64_t)(next_random(&seed) % 400) - 200;
		}
		told = telling_of(arena, &sides[0]);
		before.told = telling_of(arena, &sides[1]);
		if (identity(&told, false, &before, 1, false).is == IDENTITY_NEW)
			continue;
		taken++;
		count = identity_spans(&told, spans);
		assert_in_range(count, 1, IDENTITY_SPANS_MAX);
		for (size_t n = 0; n < count; n++)
			within = within || holds(&spans[n], &before.told);
		if (!within)
			fail_msg("told %d at %+lld s, before %d at %+lld s", told.precision,
				(long long)((told.at_ms - NOON_MS) / MS_PER_SECOND),
				before.told.precision,
				(long long)((before.told.at_ms - NOON_MS) / MS_PER_SECOND));
	}
	assert_true(taken > 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(references_are_measured),
		cmocka_unit_test(a_short_account_is_no_sign),
		cmocka_unit_test(notes_are_folded),
		cmocka_unit_test(each_row_decides),
		cmocka_unit_test(a_crowd_is_told_apart),
		cmocka_unit_test(spans_hold_what_the_rule_takes),
	};

	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
