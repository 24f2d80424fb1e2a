/* Reporting periods: from their names to days and back. */
#include "chopay/period.h"

#include "chopay/clock.h"

#define YEAR_MIN 2000
#define YEAR_MAX 2100
#define ND09_FIRST 15 /* of the month before */
#define LEAP_MONTH 2

static const char *const calendar_names[] = {
	[CALENDAR_SOLAR] = "duong_lich", [CALENDAR_ND09] = "nd09"};

const char *
period_calendar_name(enum period_calendar calendar)
{
	return calendar_names[calendar];
}

bool
period_calendar_parse(struct str name, enum period_calendar *calendar)
{
	for (int i = CALENDAR_SOLAR; i <= CALENDAR_ND09; i++) {
		if (str_eq(name, str_from(calendar_names[i]))) {
			*calendar = (enum period_calendar)i;
			return true;
		}
	}
	return false;
}

/* ---- dates ---------------------------------------------------------------------------------- */

struct date {
	int year, month, day;
};

static struct date
date_of(int32_t day)
{
	struct date date;

	day_civil(day, &date.year, &date.month, &date.day);
	return date;
}

/* The first of a month, however far its number runs over the year. */
static int32_t
first_of(month_key month)
{
	return day_from_civil(month / 12, month % 12 + 1, 1);
}

month_key
month_of(int32_t day, enum period_calendar calendar)
{
	struct date date = date_of(day);

	return date.year * 12 + date.month - 1 +
	       (calendar == CALENDAR_ND09 && date.day >= ND09_FIRST);
}

int32_t
month_first_day(month_key month, enum period_calendar calendar)
{
	return calendar == CALENDAR_ND09 ? first_of(month - 1) + ND09_FIRST - 1 : first_of(month);
}

int32_t
month_last_day(month_key month, enum period_calendar calendar)
{
	return month_first_day(month + 1, calendar) - 1;
}

/* ---- kinds ---------------------------------------------------------------------------------- */

static const struct {
	const char *mark; /* between the year and the number, or the whole end */
	int months, most; /* of a period; periods of a year */
} kinds[] = {
	[PERIOD_MONTH] = {"-", 1, 12},
	[PERIOD_QUARTER] = {"-Q", 3, 4},
	[PERIOD_HALF] = {"-H", 6, 2},
	[PERIOD_NINE_MONTHS] = {"-9M", 9, 1},
	[PERIOD_YEAR] = {"", 12, 1},
};

static struct period
period_of(enum period_kind kind, enum period_calendar calendar, int year, int number)
{
	month_key first = year * 12 + (number - 1) * kinds[kind].months;

	return (struct period){
		.kind = kind,
		.calendar = calendar,
		.year = year,
		.number = number,
		.from_day = month_first_day(first, calendar),
		.to_day = month_last_day(first + kinds[kind].months - 1, calendar),
	};
}

struct period
period_month(month_key month, enum period_calendar calendar)
{
	return period_of(PERIOD_MONTH, calendar, month / 12, month % 12 + 1);
}

static struct period
range_of(enum period_calendar calendar, int32_t from_day, int32_t to_day)
{
	return (struct period){
		.kind = PERIOD_RANGE, .calendar = calendar, .from_day = from_day, .to_day = to_day};
}

/* ---- reading and writing ----------------------------------------------------------------------
 */

static bool
read_digits(struct str text, int least, int most, int *number)
{
	*number = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		*number = *number * 10 + text.ptr[i] - '0';
	}
	return text.len > 0 && *number >= least && *number <= most;
}

static bool
read_number(struct str rest, enum period_kind kind, int *number)
{
	struct str mark = str_from(kinds[kind].mark);

	*number = 1;
	if (!str_starts(rest, mark))
		return false;
	rest = str_cut(rest, mark.len, rest.len);
	if (kind == PERIOD_YEAR || kind == PERIOD_NINE_MONTHS)
		return rest.len == 0;
	return rest.len == (kind == PERIOD_MONTH ? 2 : 1) &&
	       read_digits(rest, 1, kinds[kind].most, number);
}

static struct err
read_range(struct str text, size_t dots, enum period_calendar calendar, struct period *period)
{
	int32_t from, to;

	TRY(day_parse(str_cut(text, 0, dots), &from));
	TRY(day_parse(str_cut(text, dots + 2, text.len), &to));
	if (from > to)
		return FAIL(ERR_INVALID, "the period ends before it begins");
	if (date_of(from).year < YEAR_MIN || date_of(to).year > YEAR_MAX)
		return FAIL(ERR_INVALID, "the period is not within the years 2000 to 2100");
	*period = range_of(calendar, from, to);
	return OK;
}

struct err
period_parse(struct str text, enum period_calendar calendar, struct period *period)
{
	ptrdiff_t dots = str_find(text, STR(".."));
	int year, number;

	if (dots >= 0)
		return read_range(text, (size_t)dots, calendar, period);
	if (text.len < 4 || !read_digits(str_cut(text, 0, 4), YEAR_MIN, YEAR_MAX, &year))
		return FAIL(ERR_INVALID, "a period is 2026-06, 2026-Q2, 2026-H1, 2026-9M, 2026 or"
					 " 2026-06-01..2026-06-14");
	for (int kind = PERIOD_MONTH; kind < PERIOD_RANGE; kind++) {
		if (read_number(str_cut(text, 4, text.len), (enum period_kind)kind, &number)) {
			*period = period_of((enum period_kind)kind, calendar, year, number);
			return OK;
		}
	}
	return FAIL(ERR_INVALID, "a period is 2026-06, 2026-Q2, 2026-H1, 2026-9M, 2026 or"
				 " 2026-06-01..2026-06-14");
}

void
period_format(struct buf *out, const struct period *period)
{
	switch (period->kind) {
	case PERIOD_RANGE:
		day_format(out, period->from_day);
		buf_adds(out, "..");
		day_format(out, period->to_day);
		break;
	case PERIOD_MONTH:
		buf_addf(out, "%04d-%02d", period->year, period->number);
		break;
	case PERIOD_QUARTER:
	case PERIOD_HALF:
		buf_addf(out, "%04d%s%d", period->year, kinds[period->kind].mark, period->number);
		break;
	case PERIOD_NINE_MONTHS:
	case PERIOD_YEAR:
		buf_addf(out, "%04d%s", period->year, kinds[period->kind].mark);
		break;
	}
}

void
day_format_vi(struct buf *out, int32_t day)
{
	struct date date = date_of(day);

	buf_addf(out, "%02d/%02d/%04d", date.day, date.month, date.year);
}

static void
put_range(struct buf *out, const char *from, const char *to, const struct period *period)
{
	buf_adds(out, from);
	day_format_vi(out, period->from_day);
	buf_adds(out, to);
	day_format_vi(out, period->to_day);
}

void
period_title_vi(struct buf *out, const struct period *period)
{
	static const char *const quarters[] = {"I", "II", "III", "IV"};

	switch (period->kind) {
	case PERIOD_MONTH:
		buf_addf(out, "tháng %d năm %d", period->number, period->year);
		break;
	case PERIOD_QUARTER:
		buf_addf(out, "quý %s năm %d", quarters[period->number - 1], period->year);
		break;
	case PERIOD_HALF:
		buf_addf(out, "6 tháng %s năm %d", period->number == 1 ? "đầu" : "cuối",
			period->year);
		break;
	case PERIOD_NINE_MONTHS:
		buf_addf(out, "9 tháng đầu năm %d", period->year);
		break;
	case PERIOD_YEAR:
		buf_addf(out, "năm %d", period->year);
		break;
	case PERIOD_RANGE:
		put_range(out, "từ ", " đến ", period);
		break;
	}
}

void
period_title_en(struct buf *out, const struct period *period)
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"};

	switch (period->kind) {
	case PERIOD_MONTH:
		buf_addf(out, "%s %d", months[period->number - 1], period->year);
		break;
	case PERIOD_QUARTER:
		buf_addf(out, "quarter %d of %d", period->number, period->year);
		break;
	case PERIOD_HALF:
		buf_addf(out, "%s half of %d", period->number == 1 ? "first" : "second",
			period->year);
		break;
	case PERIOD_NINE_MONTHS:
		buf_addf(out, "first nine months of %d", period->year);
		break;
	case PERIOD_YEAR:
		buf_addf(out, "%d", period->year);
		break;
	case PERIOD_RANGE:
		put_range(out, "", " to ", period);
		break;
	}
}

/* ---- comparison ------------------------------------------------------------------------------ */

static int32_t
day_year_before(int32_t day)
{
	struct date date = date_of(day);

	if (date.month == LEAP_MONTH && date.day == 29)
		date.day = 28;
	return day_from_civil(date.year - 1, date.month, date.day);
}

struct period
period_year_before(const struct period *period)
{
	if (period->kind != PERIOD_RANGE)
		return period_of(period->kind, period->calendar, period->year - 1, period->number);
	return range_of(period->calendar, day_year_before(period->from_day),
		day_year_before(period->to_day));
}

struct period
period_before(const struct period *period)
{
	int32_t days = period->to_day - period->from_day + 1;

	if (period->kind == PERIOD_RANGE)
		return range_of(period->calendar, period->from_day - days, period->to_day - days);
	if (period->number > 1)
		return period_of(period->kind, period->calendar, period->year, period->number - 1);
	return period_of(
		period->kind, period->calendar, period->year - 1, kinds[period->kind].most);
}
