/* Is it quiet where it is usually busy?  Against its own habit, and against its neighbours. */
#include "chopay/silence.h"

#define HOURS 24

int
silence_count(uint32_t hours)
{
	int count = 0;

	for (; hours != 0; hours &= hours - 1)
		count++;
	return count;
}

uint32_t
silence_busy(const uint32_t *days, size_t count)
{
	size_t heard[HOURS] = {0}, had = 0;
	uint32_t busy = 0;

	for (size_t i = 0; i < count; i++) {
		had += days[i] != 0;
		for (int hour = 0; hour < HOURS; hour++)
			heard[hour] += days[i] >> hour & 1;
	}
	if (had < SILENCE_DAYS_MIN)
		return 0;
	for (int hour = 0; hour < HOURS; hour++) {
		if (heard[hour] * 100 >= had * SILENCE_USUAL)
			busy |= UINT32_C(1) << hour;
	}
	return busy;
}

uint32_t
silence_missed(uint32_t busy, uint32_t today, int hour)
{
	uint32_t over = (UINT32_C(1) << hour) - 1; /* hours that have passed */

	/* A sale in the hour that runs ends the silence. */
	if (today >> hour != 0)
		return 0;
	for (int h = hour - 1; h >= 0; h--) {
		if (today >> h & 1)
			return busy & over & ~((UINT32_C(2) << h) - 1);
	}
	return busy & over;
}

uint32_t
silence_turn(uint32_t hours, int cut_min)
{
	int cut = cut_min / 60 % HOURS;

	return (hours >> cut | hours << (HOURS - cut)) & ((UINT32_C(1) << HOURS) - 1);
}

/* Were enough of the others paid while it was not? */
static bool
others_sell(const struct silence *stalls, size_t count, size_t which)
{
	uint32_t hours = stalls[which].missed;
	size_t asked = 0, sold = 0;

	for (size_t i = 0; i < count; i++) {
		if (i == which || !stalls[i].open || (stalls[i].busy & hours) == 0)
			continue;
		asked++;
		sold += (stalls[i].today & hours) != 0;
	}
	return asked >= NEIGHBOURS_MIN && sold * 2 >= asked;
}

void
silence_judge(struct silence *stalls, size_t count, int hour)
{
	for (size_t i = 0; i < count; i++)
		stalls[i].missed = stalls[i].open
					   ? silence_missed(stalls[i].busy, stalls[i].today, hour)
					   : 0;
	for (size_t i = 0; i < count; i++) {
		struct silence *one = &stalls[i];
		int missed = silence_count(one->missed);
		bool all_day = one->today == 0;

		one->silent = missed >= SILENT_HOURS && others_sell(stalls, count, i);
		if (all_day)
			missed += one->hours_before;
		one->swap = one->silent && missed >= SWAP_HOURS;
	}
}
