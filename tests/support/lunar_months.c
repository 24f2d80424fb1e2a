/* Ho Ngoc Duc's algorithm, in floating point: months begin on the days of new moons in Vietnam, the
 * winter solstice is in month 11, and the month without a solar term is the leap month. */
#include "lunar_months.h"

#include <math.h>
#include <stdbool.h>

#include "chopay/clock.h"

#define RADIANS 0.017453292519943295
#define ZONE_DAYS (7.0 / 24.0)
#define JULIAN_DAY_OF_1970 2440588
#define MONTH_DAYS 29.530588853

static double
sin_deg(double degrees)
{
	return sin(degrees * RADIANS);
}

/* The k-th new moon since that of 1900-01-01, as a Julian date. */
static double
new_moon(int k)
{
	double t = k / 1236.85, t2 = t * t, t3 = t2 * t;
	double m = 359.2242 + 29.10535608 * k - 0.0000333 * t2 - 0.00000347 * t3;
	double mp = 306.0253 + 385.81691806 * k + 0.0107306 * t2 + 0.00001236 * t3;
	double f = 21.2964 + 390.67050646 * k - 0.0016528 * t2 - 0.00000239 * t3;
	double mean = 2415020.75933 + 29.53058868 * k + 0.0001178 * t2 - 0.000000155 * t3 +
		      0.00033 * sin_deg(166.56 + 132.87 * t - 0.009173 * t2);
	double shift = (0.1734 - 0.000393 * t) * sin_deg(m) + 0.0021 * sin_deg(2 * m) -
		       0.4068 * sin_deg(mp) + 0.0161 * sin_deg(2 * mp) - 0.0004 * sin_deg(3 * mp) +
		       0.0104 * sin_deg(2 * f) - 0.0051 * sin_deg(m + mp) -
		       0.0074 * sin_deg(m - mp) + 0.0004 * sin_deg(2 * f + m) -
		       0.0004 * sin_deg(2 * f - m) - 0.0006 * sin_deg(2 * f + mp) +
		       0.0010 * sin_deg(2 * f - mp) + 0.0005 * sin_deg(2 * mp + m);

	return mean + shift - (-0.000278 + 0.000265 * t + 0.000262 * t2);
}

static int
new_moon_day(int k)
{
	return (int)floor(new_moon(k) + 0.5 + ZONE_DAYS);
}

/* Which twelfth of the ecliptic the sun is in when that Julian day begins in Vietnam. */
static int
solar_term(int julian_day)
{
	double t = (julian_day - 0.5 - ZONE_DAYS - 2451545.0) / 36525, t2 = t * t;
	double m = 357.52910 + 35999.05030 * t - 0.0001559 * t2 - 0.00000048 * t * t2;
	double longitude = 280.46645 + 36000.76983 * t + 0.0003032 * t2 +
			   (1.914600 - 0.004817 * t - 0.000014 * t2) * sin_deg(m) +
			   (0.019993 - 0.000101 * t) * sin_deg(2 * m) + 0.000290 * sin_deg(3 * m) -
			   0.00569 - 0.00478 * sin_deg(125.04 - 1934.136 * t);

	return (int)floor((longitude - 360 * floor(longitude / 360)) / 30);
}

/* The new moon with which month 11 of that year begins. */
static int
month_11(int year)
{
	int k = (int)floor(
		(day_from_civil(year, 12, 31) + JULIAN_DAY_OF_1970 - 2415021) / MONTH_DAYS);

	return solar_term(new_moon_day(k)) >= 9 ? k - 1 : k;
}

/* How many months after month 11 the leap month comes: the first one in which the sun stays in its
 * twelfth. */
static int
leap_offset(int k11)
{
	int last, i = 1, term = solar_term(new_moon_day(k11 + 1));

	do {
		last = term;
		term = solar_term(new_moon_day(k11 + ++i));
	} while (term != last && i < 14);
	return i - 1;
}

struct lunar_year
lunar_year_compute(int year)
{
	struct lunar_year made = {0};
	int before = month_11(year - 1), after = month_11(year), next = month_11(year + 1);
	bool early = after - before == 13; /* a leap month between the two solstices */
	int offset = early ? leap_offset(before) : 0;
	/* A leap 11 or 12 of the year before comes before our month 1; ours may come late. */
	int first = before + 2 + (early && offset <= 2);
	int count = after - first + 2;

	made.new_year_day = new_moon_day(first) - JULIAN_DAY_OF_1970;
	if (early && offset > 2)
		made.leap = offset - 2;
	if (next - after == 13 && leap_offset(after) <= 2) {
		made.leap = 10 + leap_offset(after);
		count++;
	}
	made.months = count;
	for (int number = 0; number < count; number++)
		made.lengths[number] = new_moon_day(first + number + 1) -
				       new_moon_day(first + number);
	return made;
}
