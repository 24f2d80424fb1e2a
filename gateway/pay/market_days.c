/* Patterns of market days: all, none, days of the week, days of the lunar month. */
#include "chopay/market_days.h"

#include "chopay/lunar.h"

#define WEEK_DAYS 7
#define LUNAR_DAYS 30
#define MASK_DAYS_MAX 64

/* The kinds of lists, by what stands before the numbers. */
static const struct {
	struct str head;
	int most;
} lists[] = {
	{{"week:", 5}, WEEK_DAYS},
	{{"lunar:", 6}, LUNAR_DAYS},
};
enum { WEEK, LUNAR, LISTS };

/* Bit n: the number n is in the list.  ERR_INVALID: not one, out of its range, or twice. */
static struct err
read_numbers(struct str text, int most, uint64_t *numbers)
{
	struct str one;
	int64_t number;
	bool more;

	*numbers = 0;
	do {
		more = str_split(&text, ',', &one);
		if (one.len > 2 || one.len == 0 || one.ptr[0] == '0' ||
			str_to_i64(one, &number).code != ERR_OK || number < 1 || number > most)
			return FAIL(ERR_INVALID, "a day of the list is no number in its range");
		if (*numbers >> number & 1)
			return FAIL(ERR_INVALID, "a day stands twice in the list");
		*numbers |= UINT64_C(1) << number;
	} while (more);
	return OK;
}

static struct err
read_list(struct str pattern, int *which, uint64_t *numbers)
{
	for (*which = 0; *which < LISTS; (*which)++) {
		if (str_starts(pattern, lists[*which].head))
			return read_numbers(str_cut(pattern, lists[*which].head.len, pattern.len),
				lists[*which].most, numbers);
	}
	return FAIL(ERR_INVALID, "market days are all, none, week:1,3,7 or lunar:2,7,12");
}

struct err
market_days_check(struct str pattern)
{
	uint64_t numbers;
	int which;

	if (str_eq(pattern, STR("all")) || str_eq(pattern, STR("none")))
		return OK;
	return read_list(pattern, &which, &numbers);
}

/* Monday is 1; 1970-01-01 was a Thursday. */
static int
week_day(int32_t day)
{
	int since_monday = (day + 3) % WEEK_DAYS;

	return (since_monday < 0 ? since_monday + WEEK_DAYS : since_monday) + 1;
}

/* The day's number in that kind of list; 0: the calendar does not know. */
static int
number_of(int which, int32_t day)
{
	struct lunar_date date;

	if (which == WEEK)
		return week_day(day);
	return lunar_date_of(day, &date) ? date.day : 0;
}

uint64_t
market_days_mask(struct str pattern, int32_t from, int count)
{
	uint64_t numbers, mask = 0;
	int which;

	if (str_eq(pattern, STR("all")))
		return days_mask(from, count, from, from + count - 1);
	if (read_list(pattern, &which, &numbers).code != ERR_OK)
		return 0; /* "none" */
	for (int i = 0; i < count && i < MASK_DAYS_MAX; i++)
		mask |= (numbers >> number_of(which, from + i) & 1) << i;
	return mask;
}

bool
market_days_open(struct str pattern, int32_t day)
{
	return market_days_mask(pattern, day, 1) != 0;
}

uint64_t
days_mask(int32_t first, int count, int32_t from, int32_t to)
{
	int64_t low = from < first ? 0 : (int64_t)from - first;
	int64_t high = (int64_t)to - first;
	uint64_t below;

	if (count > MASK_DAYS_MAX)
		count = MASK_DAYS_MAX;
	if (high > count - 1)
		high = count - 1;
	if (low > high)
		return 0;
	below = high == MASK_DAYS_MAX - 1 ? UINT64_MAX : (UINT64_C(1) << (high + 1)) - 1;
	return below & ~((UINT64_C(1) << low) - 1);
}
