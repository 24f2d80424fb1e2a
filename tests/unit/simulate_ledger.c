/*
 * simulate_ledger.c - the comparison finds what it is there to find: each row a thing that a
 * gateway can do to one credit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../gateway/simulate/ledger.h"

#define ID INT64_C(1001)
#define STALL "CHS00010GH"
#define CHARGE "CHC0001000042X"

struct row {
	const char *name;
	struct entry entry;
	unsigned payments, suspended; /* how often the books have it */
	struct booked booked;	      /* as a payment */
	size_t count;		      /* the offset of the counter that must be 1 */
};

#define PLACE(place_)                                                                   \
	{                                                                               \
		.id = ID, .amount_dong = 50000, .charge_dong = 50000, .stall = {STALL}, \
		.charge = {CHARGE}, .place = (place_), .acknowledged = true             \
	}
#define TEXT(literal)                           \
	{                                       \
		"" literal, sizeof(literal) - 1 \
	}
#define PAID(stall_, charge_, state_, amount_)                                                \
	{                                                                                     \
		.provider_id = ID, .amount_dong = (amount_), .stall_reference = TEXT(stall_), \
		.charge = TEXT(charge_), .state = TEXT(state_)                                \
	}
#define AT(member) offsetof(struct simulate_summary, member)

static const struct row rows[] = {
	{"a charge is paid", PLACE(ENTRY_CHARGE), 1, 0, PAID(STALL, CHARGE, "paid", 50000),
		AT(matched)},
	{"a clock ahead calls it late", PLACE(ENTRY_CHARGE), 1, 0,
		PAID(STALL, CHARGE, "paid_late", 50000), AT(matched)},
	{"a poster is paid", PLACE(ENTRY_STALL), 1, 0, PAID(STALL, "", "confirmed", 50000),
		AT(matched)},
	{"no reference, one stall on the account", PLACE(ENTRY_OPEN), 1, 0,
		PAID(STALL, "", "confirmed", 50000), AT(matched)},
	{"no reference, a person looks", PLACE(ENTRY_OPEN), 0, 1, {0}, AT(suspense_found)},

	{"nowhere", PLACE(ENTRY_CHARGE), 0, 0, {0}, AT(lost)},
	{"nowhere, without a reference", PLACE(ENTRY_OPEN), 0, 0, {0}, AT(lost)},
	{"twice", PLACE(ENTRY_STALL), 2, 0, PAID(STALL, "", "confirmed", 50000), AT(doubled)},
	{"a payment and in suspense", PLACE(ENTRY_OPEN), 1, 1, PAID(STALL, "", "confirmed", 50000),
		AT(doubled)},
	{"in suspense, though it had a reference", PLACE(ENTRY_STALL), 0, 1, {0}, AT(astray)},
	{"another amount", PLACE(ENTRY_STALL), 1, 0, PAID(STALL, "", "confirmed", 50001),
		AT(wrong)},
	{"another stall", PLACE(ENTRY_STALL), 1, 0, PAID("CHS00012GK", "", "confirmed", 50000),
		AT(wrong)},
	{"another stall, without a reference", PLACE(ENTRY_OPEN), 1, 0,
		PAID("CHS00012GK", "", "confirmed", 50000), AT(wrong)},
	{"another charge", PLACE(ENTRY_CHARGE), 1, 0, PAID(STALL, "CHC0001000043Z", "paid", 50000),
		AT(wrong)},
	{"the stall, but not the charge", PLACE(ENTRY_CHARGE), 1, 0,
		PAID(STALL, "", "confirmed", 50000), AT(wrong)},
	{"the whole amount called short", PLACE(ENTRY_CHARGE), 1, 0,
		PAID(STALL, CHARGE, "short", 50000), AT(wrong)},
	{"a charge for a poster", PLACE(ENTRY_STALL), 1, 0, PAID(STALL, CHARGE, "paid", 50000),
		AT(wrong)},
	{"a forgery is booked", PLACE(ENTRY_NOWHERE), 1, 0, PAID(STALL, "", "confirmed", 50000),
		AT(unearned)},
	{"money out waits in suspense", PLACE(ENTRY_NOWHERE), 0, 1, {0}, AT(unearned)},
};

static const size_t counters[] = {AT(matched), AT(suspense_found), AT(lost), AT(doubled), AT(wrong),
	AT(astray), AT(unearned)};

static int64_t
counter(const struct simulate_summary *summary, size_t offset)
{
	int64_t value;

	memcpy(&value, (const char *)summary + offset, sizeof(value));
	return value;
}

static void
judge(const struct row *row, struct simulate_summary *summary)
{
	struct booked held = {.provider_id = ID, .amount_dong = 50000};
	struct booked other = {.provider_id = 999, .amount_dong = 1};
	struct ledger ledger = {0};

	*summary = (struct simulate_summary){0};
	assert_int_equal(ledger_add(&ledger, &row->entry), 0);
	for (unsigned i = 0; i < row->payments; i++)
		ledger_note_payment(&ledger, &row->booked);
	for (unsigned i = 0; i < row->suspended; i++)
		ledger_note_suspense(&ledger, &held);
	ledger_note_payment(&ledger, &other); /* of another bank: nobody's */
	ledger_judge(&ledger, summary);
	ledger_fini(&ledger);
}

static void
each_fault_is_called_by_its_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct simulate_summary summary;

		judge(&rows[i], &summary);
		for (size_t n = 0; n < sizeof(counters) / sizeof(counters[0]); n++) {
			int64_t want = counters[n] == rows[i].count;

			if (counter(&summary, counters[n]) != want)
				fail_msg("%s: counter %zu is not %d", rows[i].name, n, (int)want);
		}
		if (rows[i].count == AT(matched) || rows[i].count == AT(suspense_found))
			assert_string_equal(summary.fault, "");
		else
			assert_non_null(strstr(summary.fault, "transaction 1001"));
	}
}

static void
short_and_over_have_their_states(void **state)
{
	static const struct {
		int64_t paid;
		const char *want;
	} cases[] = {{49000, "short"}, {50000, "paid"}, {51000, "over"}};

	(void)state;
	for (size_t i = 0; i < 9; i++) {
		struct row row = {"", PLACE(ENTRY_CHARGE), 1, 0, PAID(STALL, CHARGE, "", 0), 0};
		struct simulate_summary summary;

		row.entry.amount_dong = row.booked.amount_dong = cases[i / 3].paid;
		row.booked.state = str_from(cases[i % 3].want);
		judge(&row, &summary);
		assert_int_equal(summary.matched, i / 3 == i % 3);
		assert_int_equal(summary.wrong, i / 3 != i % 3);
	}
}

/* What the gateway never acknowledged may be in the books or not: its answer may have been lost. */
static void
an_unanswered_credit_is_not_lost(void **state)
{
	struct row row = {"", PLACE(ENTRY_STALL), 0, 0, PAID(STALL, "", "confirmed", 50000), 0};
	struct simulate_summary summary;

	(void)state;
	row.entry.acknowledged = false;
	judge(&row, &summary);
	assert_int_equal(summary.lost, 0);
	row.payments = 1;
	judge(&row, &summary);
	assert_int_equal(summary.matched, 1);
	row.payments = 2;
	judge(&row, &summary);
	assert_int_equal(summary.doubled, 1);
}

static void
every_entry_is_found_again(void **state)
{
	struct simulate_summary summary = {0};
	struct ledger ledger = {0};
	struct entry entry = PLACE(ENTRY_STALL);
	struct booked booked = PAID(STALL, "", "confirmed", 50000);

	(void)state;
	for (int64_t i = 0; i < 1000; i++) {
		entry.id = ID + 3 * i;
		assert_int_equal(ledger_add(&ledger, &entry), i);
	}
	for (int64_t i = 999; i >= 0; i--) {
		booked.provider_id = ID + 3 * i;
		ledger_note_payment(&ledger, &booked);
		booked.provider_id++; /* between two of ours */
		ledger_note_payment(&ledger, &booked);
	}
	ledger_judge(&ledger, &summary);
	assert_int_equal(summary.matched, 1000);
	assert_string_equal(summary.fault, "");
	ledger_fini(&ledger);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_is_called_by_its_name),
		cmocka_unit_test(short_and_over_have_their_states),
		cmocka_unit_test(an_unanswered_credit_is_not_lost),
		cmocka_unit_test(every_entry_is_found_again),
	};

	return cmocka_run_group_tests_name("simulate_ledger", tests, NULL, NULL);
}
