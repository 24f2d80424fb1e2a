/* The lunar calendar of Vietnam, from a table of years. */
#include "chopay/lunar.h"

#include "chopay/clock.h"

#define YEAR_FIRST 1999 /* whose last months begin the solar year 2000 */
#define YEAR_LAST 2100
#define NEW_YEAR_MDAY 20 /* no lunar year begins before that day of January */

/* A lunar year: bit n, its month n (from 0) has 30 days, not 29; bits 13..16, the month that occurs
 * twice, or 0; from bit 17, how many days after 20 January it begins.  tests/unit/lunar.c computes
 * the same from the sun and the moon. */
#define LEAP_SHIFT 13
#define LEAP_MASK 15u
#define NEW_YEAR_SHIFT 17

static const uint32_t years[YEAR_LAST - YEAR_FIRST + 1] = {
	/* clang-format off */
	0x360749, 0x200693, 0x08952b, 0x2e052b, 0x180a5b, 0x04555a,
	0x28056a, 0x12eb65, 0x380ba5, 0x240d49, 0x0cba95, 0x320a95,
	0x1c052d, 0x068aad, 0x2a0ab5, 0x1735aa, 0x3c05d2, 0x260da5,
	0x10dd4a, 0x360e4a, 0x200c96, 0x0a992e, 0x2e0556, 0x180ab5,
	0x0455b2, 0x2a06d2, 0x12cea5, 0x380725, 0x22064b, 0x0cac97,
	0x3004ab, 0x1a055b, 0x066ada, 0x2c0b6a, 0x177752, 0x3c0b92,
	0x260b25, 0x10da4b, 0x340a4d, 0x1e04ad, 0x08a95b, 0x2e05ad,
	0x180baa, 0x045b52, 0x2a0d92, 0x14fd25, 0x380d25, 0x220a55,
	0x0cb4ad, 0x3204b6, 0x1a06b5, 0x066daa, 0x2c0eca, 0x190e92,
	0x3a0e93, 0x260d26, 0x10ca56, 0x340a5b, 0x1e055a, 0x088ad5,
	0x2e0b55, 0x1a074a, 0x026e93, 0x280a93, 0x12f52b, 0x38052b,
	0x200a9b, 0x0cb55a, 0x32056a, 0x1c0b65, 0x06974a, 0x2c0d4a,
	0x171a95, 0x3c0a95, 0x24092d, 0x0ecaad, 0x340ab5, 0x2005aa,
	0x088ba5, 0x2e0ea5, 0x1a0d4a, 0x047d15, 0x280c96, 0x12f956,
	0x380556, 0x220ab5, 0x0cb6b4, 0x3206d4, 0x1c0ea5, 0x088e8a,
	0x2a068b, 0x151497, 0x3a04ab, 0x24095b, 0x0ecada, 0x340b6a,
	0x200754, 0x0a9725, 0x2e0b45, 0x180a8b, 0x02552b, 0x2804ad,
	/* clang-format on */
};

static int32_t
new_year(int year)
{
	return day_from_civil(year, 1, NEW_YEAR_MDAY) +
	       (int32_t)(years[year - YEAR_FIRST] >> NEW_YEAR_SHIFT);
}

static int
leap_month(int year)
{
	return (int)(years[year - YEAR_FIRST] >> LEAP_SHIFT & LEAP_MASK);
}

bool
lunar_date_of(int32_t day, struct lunar_date *date)
{
	int year, month, mday, leap, number, count;
	int32_t left;

	if (day < day_from_civil(YEAR_FIRST + 1, 1, 1) || day > day_from_civil(YEAR_LAST, 12, 31))
		return false;
	day_civil(day, &year, &month, &mday);
	if (day < new_year(year))
		year--;
	left = day - new_year(year);
	leap = leap_month(year);
	count = leap > 0 ? 13 : 12;
	for (number = 0; number < count - 1; number++) {
		int length = 29 + (int)(years[year - YEAR_FIRST] >> number & 1);

		if (left < length)
			break;
		left -= length;
	}
	*date = (struct lunar_date){
		.year = year,
		.month = number + 1 - (leap > 0 && number >= leap),
		.day = left + 1,
		.leap = leap > 0 && number == leap,
	};
	return true;
}

bool
tet_day(int year, int32_t *day)
{
	if (year <= YEAR_FIRST || year > YEAR_LAST)
		return false;
	*day = new_year(year);
	return true;
}
