/* Instants and days: civil-date arithmetic for a country that never changes its clocks. */
#include <time.h>

#include "chopay/clock.h"

#define MINUTE_MS INT64_C(60000)

int64_t
clock_now_ms(const struct clock *clock)
{
	struct timespec now;

	if (clock->fixed_ms != NULL)
		return *clock->fixed_ms;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / 1000000 + clock->offset_ms;
}

int64_t
clock_monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / 1000000;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days since 1970-01-01 of a civil date, proleptic Gregorian; years count from March so that the
 * leap day is the last of its year. */
int32_t
day_from_civil(int64_t year, int month, int mday)
{
	int64_t era, year_of_era, day_of_year, day_of_era;

	year -= month <= 2;
	era = floor_div(year, 400);
	year_of_era = year - era * 400;
	day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + mday - 1;
	day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return (int32_t)(era * 146097 + day_of_era - 719468);
}

void
day_civil(int32_t day, int *year, int *month, int *mday)
{
	int64_t z = (int64_t)day + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*mday = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

int32_t
day_of(int64_t ms, int32_t day_cut_min)
{
	return (int32_t)floor_div(ms + VIETNAM_OFFSET_MS - day_cut_min * MINUTE_MS, MS_PER_DAY);
}

int64_t
day_start_ms(int32_t day, int32_t day_cut_min)
{
	return day * MS_PER_DAY - VIETNAM_OFFSET_MS + day_cut_min * MINUTE_MS;
}

int32_t
day_month_start(int32_t day)
{
	int year, month, mday;

	day_civil(day, &year, &month, &mday);
	return day - mday + 1;
}

int32_t
day_next_month_start(int32_t day)
{
	return day_month_start(day_month_start(day) + 31);
}

void
day_format(struct buf *out, int32_t day)
{
	int year, month, mday;

	day_civil(day, &year, &month, &mday);
	buf_addf(out, "%04d-%02d-%02d", year, month, mday);
}

void
time_format_rfc3339(struct buf *out, int64_t ms)
{
	int32_t day = day_of(ms, 0);
	int64_t second = (ms - day_start_ms(day, 0)) / MS_PER_SECOND;

	day_format(out, day);
	buf_addf(out, "T%02d:%02d:%02d+07:00", (int)(second / 3600), (int)(second / 60 % 60),
		(int)(second % 60));
}

/* Exactly `count` digits at `at`, within lo..hi. */
static bool
digits_at(struct str text, size_t at, size_t count, int lo, int hi, int *value)
{
	int sum = 0;

	if (at + count > text.len)
		return false;
	for (size_t i = at; i < at + count; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		sum = sum * 10 + (text.ptr[i] - '0');
	}
	*value = sum;
	return sum >= lo && sum <= hi;
}

struct err
day_parse(struct str text, int32_t *day)
{
	int year, month, mday, y, m, d;
	int32_t days;

	if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-' ||
		!digits_at(text, 0, 4, 1900, 9999, &year) ||
		!digits_at(text, 5, 2, 1, 12, &month) || !digits_at(text, 8, 2, 1, 31, &mday))
		return FAIL(ERR_INVALID, "a date is YYYY-MM-DD");
	days = day_from_civil(year, month, mday);
	day_civil(days, &y, &m, &d);
	if (d != mday)
		return FAIL(ERR_INVALID, "no such day in that month");
	*day = days;
	return OK;
}

static bool
clock_at(struct str text, size_t at, int64_t *ms)
{
	int hour, minute, second;

	if (!digits_at(text, at, 2, 0, 23, &hour) || text.len < at + 8 || text.ptr[at + 2] != ':' ||
		!digits_at(text, at + 3, 2, 0, 59, &minute) || text.ptr[at + 5] != ':' ||
		!digits_at(text, at + 6, 2, 0, 59, &second))
		return false;
	*ms = ((int64_t)hour * 3600 + minute * 60 + second) * MS_PER_SECOND;
	return true;
}

struct err
time_parse_local(struct str text, int64_t *ms)
{
	int64_t clock = 0;
	int32_t day;

	TRY(day_parse(str_cut(text, 0, 10), &day));
	if (text.len != 10 && (text.len != 19 || (text.ptr[10] != ' ' && text.ptr[10] != 'T') ||
				      !clock_at(text, 11, &clock)))
		return FAIL(ERR_INVALID, "a time is YYYY-MM-DD HH:MM:SS");
	*ms = day_start_ms(day, 0) + clock;
	return OK;
}

/* What follows the seconds: an optional fraction (read to the millisecond) and the zone. */
static bool
fraction_and_zone(struct str text, int64_t *fraction_ms, int64_t *offset_ms)
{
	size_t at = 0;
	int hour, minute;

	*fraction_ms = 0;
	if (text.len > 0 && text.ptr[0] == '.') {
		int64_t unit = 100;

		for (at = 1; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9'; at++) {
			*fraction_ms += (text.ptr[at] - '0') * unit;
			unit /= 10;
		}
		if (at == 1)
			return false;
	}
	if (text.len == at + 1 && (text.ptr[at] == 'Z' || text.ptr[at] == 'z')) {
		*offset_ms = 0;
		return true;
	}
	if (text.len != at + 6 || (text.ptr[at] != '+' && text.ptr[at] != '-') ||
		!digits_at(text, at + 1, 2, 0, 23, &hour) || text.ptr[at + 3] != ':' ||
		!digits_at(text, at + 4, 2, 0, 59, &minute))
		return false;
	*offset_ms = (hour * 60 + minute) * MINUTE_MS * (text.ptr[at] == '-' ? -1 : 1);
	return true;
}

struct err
time_parse_rfc3339(struct str text, int64_t *ms)
{
	int64_t clock, fraction, offset;
	int32_t day;

	TRY(day_parse(str_cut(text, 0, 10), &day));
	if (text.len < 20 || (text.ptr[10] != 'T' && text.ptr[10] != 't') ||
		!clock_at(text, 11, &clock) ||
		!fraction_and_zone(str_cut(text, 19, text.len), &fraction, &offset))
		return FAIL(ERR_INVALID, "a time is RFC 3339: 2026-07-28T14:30:45+07:00");
	*ms = day * MS_PER_DAY + clock + fraction - offset;
	return OK;
}
