/* The Vietnamese lunar calendar from the sun and the moon: what the table of gateway/pay/lunar.c
 * was made from, and is held against. */
#ifndef TEST_LUNAR_MONTHS_H
#define TEST_LUNAR_MONTHS_H

#include <stdint.h>

#define LUNAR_YEAR_MONTHS_MAX 13

struct lunar_year {
	int32_t new_year_day; /* since 1970-01-01 */
	int months;	      /* 12 or 13 */
	int leap;	      /* the number that occurs twice; 0: none */
	int lengths[LUNAR_YEAR_MONTHS_MAX];
};
/* Source: Ho Ngoc Duc, "Tính lịch âm bằng thuật toán" (Meeus' new moons, UTC+7). */
struct lunar_year lunar_year_compute(int year);

#endif
