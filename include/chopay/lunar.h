/*
 * lunar.h - the Vietnamese lunar calendar, for market days and Tet.  Pure; integers from a table.
 *
 * Source: the calendar of Vietnam (UTC+7), years 2000 to 2100; ADOPTION section 5 gives the days of
 * Tet 2025 to 2030, which are test rows.  Threads: any.  Memory: none.
 */
#ifndef CHOPAY_LUNAR_H
#define CHOPAY_LUNAR_H

#include <stdbool.h>
#include <stdint.h>

struct lunar_date {
	int year, month, day; /* months 1 to 12, days 1 to 30 */
	bool leap;	      /* the second month of that number */
};
/* False: outside the table. */
bool lunar_date_of(int32_t day, struct lunar_date *date);
/* The first day of the lunar year that begins in that solar year; false: outside the table. */
bool tet_day(int year, int32_t *day);

#endif
