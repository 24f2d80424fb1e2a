/* Whole đồng: add without overflow, read strictly, write as Vietnam writes. */
#include "chopay/money.h"

#define VND_PARSE_MAX INT64_C(1000000000000000)

struct err
vnd_add(struct vnd a, struct vnd b, struct vnd *sum)
{
	int64_t dong;

	if (__builtin_add_overflow(a.dong, b.dong, &dong))
		return FAIL(ERR_INVALID, "sum of money out of range");
	sum->dong = dong;
	return OK;
}

struct err
vnd_parse(struct str text, struct vnd *amount)
{
	int64_t dong;

	if (text.len == 0 || text.ptr[0] < '0' || text.ptr[0] > '9')
		return FAIL(ERR_INVALID, "an amount is whole đồng, digits only (50000)");
	if (str_to_i64(text, &dong).code != ERR_OK)
		return FAIL(ERR_INVALID, "an amount is whole đồng, digits only (50000)");
	if (dong <= 0)
		return FAIL(ERR_INVALID, "an amount must be above 0 đồng");
	if (dong > VND_PARSE_MAX)
		return FAIL(ERR_INVALID, "an amount that large cannot be paid");
	amount->dong = dong;
	return OK;
}

void
grouped_format(struct buf *out, int64_t number, char separator)
{
	char digits[32]; /* 19 digits and 6 separators */
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	size_t at = sizeof(digits), count = 0;

	do {
		if (count > 0 && count % 3 == 0)
			digits[--at] = separator;
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
		count++;
	} while (rest > 0);
	if (number < 0)
		buf_addc(out, '-');
	buf_add(out, (struct str){digits + at, sizeof(digits) - at});
}

void
vnd_format(struct buf *out, struct vnd amount)
{
	grouped_format(out, amount.dong, '.');
}
