/*
 * period.h - what a report is about: its days, its reporting months, what it is compared with.
 * Pure.
 *
 * Days are those of clock.h (since 1970-01-01, Vietnam), both ends inclusive.
 * Source: ADOPTION sections 1 (calendars of reporting months) and 6; Decree 09/2019/ND-CP closes
 * the data of an administrative report on the 14th. Threads: any.  Memory: none.
 */
#ifndef CHOPAY_PERIOD_H
#define CHOPAY_PERIOD_H

#include "chopay/str.h"

enum period_calendar {
	CALENDAR_SOLAR, /* "duong_lich": the 1st to the last day */
	CALENDAR_ND09,	/* "nd09": the 15th of the month before to the 14th */
};
const char *period_calendar_name(enum period_calendar calendar);
bool period_calendar_parse(struct str name, enum period_calendar *calendar);

/* A reporting month: years * 12 + months, from 0; January of 2026 is 2026 * 12. */
typedef int32_t month_key;
month_key month_of(int32_t day, enum period_calendar calendar);
int32_t month_first_day(month_key month, enum period_calendar calendar);
int32_t month_last_day(month_key month, enum period_calendar calendar);

enum period_kind {
	PERIOD_MONTH,
	PERIOD_QUARTER,
	PERIOD_HALF,
	PERIOD_NINE_MONTHS,
	PERIOD_YEAR,
	PERIOD_RANGE
};
struct period {
	enum period_kind kind;
	enum period_calendar calendar;
	int year, number; /* the month, quarter or half, from 1; 1 of the others; 0 of a range */
	int32_t from_day, to_day;
};

struct period period_month(month_key month, enum period_calendar calendar);
/* "2026-06", "2026-Q2", "2026-H1", "2026-9M", "2026", "2026-06-01..2026-06-14"; years 2000 to 2100.
 * ERR_INVALID: none of these, or a range that ends before it begins. */
MUST_CHECK struct err period_parse(
	struct str text, enum period_calendar calendar, struct period *period);
/* As it is parsed. */
void period_format(struct buf *out, const struct period *period);
/* "tháng 6 năm 2026", "quý II năm 2026", "6 tháng đầu năm 2026", "từ 01/06/2026 đến 14/06/2026". */
void period_title_vi(struct buf *out, const struct period *period);
void period_title_en(struct buf *out, const struct period *period);
/* "30/06/2026" */
void day_format_vi(struct buf *out, int32_t day);

/* The same dates one year before (29 February: the 28th). */
struct period period_year_before(const struct period *period);
/* The one before of the same kind; of a range: as many days. */
struct period period_before(const struct period *period);

#endif
