/* Is it quiet where it is usually busy?  Rows of habits, of a day, of a market. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chopay/silence.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define H(n) (UINT32_C(1) << (n))

static const struct {
	const char *name;
	size_t days, had; /* so many days, of which so many had these hours */
	uint32_t hours;
	size_t also; /* and of these so many had hour 9, too */
	uint32_t busy;
} habits[] = {
	{"eight days alike", 28, 8, H(6) | H(7), 0, H(6) | H(7)},
	{"seven days are no habit", 28, 7, H(6), 0, 0},
	{"60 of 100", 20, 20, H(6), 12, H(6) | H(9)},
	{"59 of 100", 28, 22, H(6), 13, H(6)},
	{"nothing ever", 28, 0, 0, 0, 0},
	{"the last hour", 10, 10, H(23), 0, H(23)},
};

static void
habits_are_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(habits); i++) {
		uint32_t days[SILENCE_DAYS] = {0};

		for (size_t d = 0; d < habits[i].had; d++)
			days[d] = habits[i].hours | (d < habits[i].also ? H(9) : 0);
		if (silence_busy(days, habits[i].days) != habits[i].busy)
			fail_msg("%s: %x", habits[i].name,
				(unsigned)silence_busy(days, habits[i].days));
	}
}

static const struct {
	const char *name;
	uint32_t busy, today;
	int hour;
	uint32_t missed;
} days[] = {
	{"nothing yet, two hours over", H(6) | H(7) | H(8), 0, 8, H(6) | H(7)},
	{"the hour that runs has not passed", H(8), 0, 8, 0},
	{"paid after it", H(6) | H(7), H(9), 12, 0},
	{"paid before", H(6) | H(7) | H(8), H(6), 12, H(7) | H(8)},
	{"paid in the hour that runs", H(6) | H(7), H(10), 10, 0},
	{"before the day began to be busy", H(6), 0, 0, 0},
	{"the whole day", H(6) | H(22), 0, 23, H(6) | H(22)},
};

static void
missed_hours_are_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(days); i++) {
		uint32_t missed = silence_missed(days[i].busy, days[i].today, days[i].hour);

		if (missed != days[i].missed)
			fail_msg("%s: %x", days[i].name, (unsigned)missed);
	}
}

static void
hours_turn_with_the_day_cut(void **state)
{
	(void)state;
	assert_int_equal(silence_turn(H(6), 0), H(6));
	assert_int_equal(silence_turn(H(6) | H(2), 360), H(0) | H(20));
	assert_int_equal(silence_turn(H(0), 720), H(12));
	assert_int_equal(silence_turn(H(12), 720), H(0));
}

/* The first stall among its neighbours, which are all busy from 6 to 11; at half past eleven. */
#define MORNING (H(6) | H(7) | H(8) | H(9) | H(10))
static const struct {
	const char *name;
	uint32_t busy, today;
	bool open;
	int hours_before;
	size_t neighbours, selling;
	bool silent, swap;
} markets[] = {
	{"silent while the others sell", MORNING, 0, true, 0, 4, 4, true, false},
	{"half of them are enough", MORNING, 0, true, 0, 4, 2, true, false},
	{"less than half", MORNING, 0, true, 0, 5, 2, false, false},
	{"too few to be asked", MORNING, 0, true, 0, 2, 2, false, false},
	{"one busy hour missed", H(10), 0, true, 0, 4, 4, false, false},
	{"two", H(9) | H(10), 0, true, 0, 4, 4, true, false},
	{"sold this morning", MORNING, H(9), true, 0, 4, 4, false, false},
	{"sold at six", MORNING, H(6), true, 0, 4, 4, true, false},
	{"on leave", MORNING, 0, false, 0, 4, 4, false, false},
	{"since yesterday", MORNING, 0, true, 5, 4, 4, true, true},
	{"one hour before", MORNING, 0, true, 1, 4, 4, true, true},
	{"before counts only without a sale today", MORNING, H(6), true, 20, 4, 4, true, false},
	{"no habit", 0, 0, true, 50, 4, 4, false, false},
};

static void
stalls_are_judged_among_neighbours(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(markets); i++) {
		struct silence stalls[8] = {{.busy = markets[i].busy,
			.today = markets[i].today,
			.open = markets[i].open,
			.hours_before = markets[i].hours_before}};

		for (size_t n = 0; n < markets[i].neighbours; n++)
			stalls[1 + n] = (struct silence){.busy = MORNING,
				.today = n < markets[i].selling ? H(9) | H(10) : 0,
				.open = true};
		silence_judge(stalls, 1 + markets[i].neighbours, 11);
		if (stalls[0].silent != markets[i].silent || stalls[0].swap != markets[i].swap)
			fail_msg("%s: silent %d, swap %d", markets[i].name, stalls[0].silent,
				stalls[0].swap);
	}
}

/* A dead market is one fault, not three hundred. */
static void
a_silent_market_is_no_stalls_fault(void **state)
{
	struct silence stalls[6];

	(void)state;
	for (size_t i = 0; i < COUNT(stalls); i++)
		stalls[i] = (struct silence){.busy = MORNING, .open = true, .hours_before = 99};
	silence_judge(stalls, COUNT(stalls), 12);
	for (size_t i = 0; i < COUNT(stalls); i++) {
		assert_false(stalls[i].silent);
		assert_false(stalls[i].swap);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(habits_are_known),
		cmocka_unit_test(missed_hours_are_counted),
		cmocka_unit_test(hours_turn_with_the_day_cut),
		cmocka_unit_test(stalls_are_judged_among_neighbours),
		cmocka_unit_test(a_silent_market_is_no_stalls_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
