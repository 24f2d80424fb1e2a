/*
 * clock.h - instants and days.  An instant is int64 milliseconds since 1970-01-01 UTC.
 *
 * Vietnam is UTC+7 the year round (no DST since 1975), so a day is arithmetic, not a database.
 * A day is an int32 count of days since 1970-01-01.  Threads: any.
 */
#ifndef CHOPAY_CLOCK_H
#define CHOPAY_CLOCK_H

#include "chopay/str.h"

#define MS_PER_SECOND INT64_C(1000)
#define MS_PER_DAY INT64_C(86400000)
#define VIETNAM_OFFSET_MS INT64_C(25200000)
#define NO_TIME INT64_MIN /* an instant that nobody told us */

/* Where the time comes from: the machine, a fixed offset from it (fixtures), or a simulation. */
struct clock {
	int64_t offset_ms; /* added to the machine's wall clock */
	const int64_t
		*fixed_ms; /* not NULL: the instant itself; its owner moves it between calls */
};

int64_t clock_now_ms(const struct clock *clock); /* wall clock */
int64_t clock_monotonic_ms(void);		 /* for deadlines; has no relation to dates */

/* "2026-07-28T14:30:45+07:00": always +07:00, seconds; buf gets 25 characters. */
void time_format_rfc3339(struct buf *out, int64_t ms);
MUST_CHECK struct err time_parse_rfc3339(struct str text, int64_t *ms);

/* "YYYY-MM-DD HH:MM:SS" (or with T), Vietnam time, or "YYYY-MM-DD" (midnight). */
MUST_CHECK struct err time_parse_local(struct str text, int64_t *ms);

/* The market day of an instant: date(local - day_cut).  day_cut_min 0..720 (ADOPTION section 1). */
int32_t day_of(int64_t ms, int32_t day_cut_min);
int64_t day_start_ms(int32_t day, int32_t day_cut_min);
MUST_CHECK struct err day_parse(struct str text, int32_t *day); /* "2026-06-30", a real date */
void day_format(struct buf *out, int32_t day);			/* "2026-06-30" */
/* The calendar date of a day and back; months and days of the month from 1. */
void day_civil(int32_t day, int *year, int *month, int *mday);
int32_t day_from_civil(int64_t year, int month, int mday);
int32_t day_month_start(int32_t day); /* the 1st of its month */
int32_t day_next_month_start(int32_t day);

#endif
