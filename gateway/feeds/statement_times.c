/* The ways in which banks write a day and a time of day. */
#include "statement_values.h"

#define PARTS_MAX 12

static const char NOT_A_DATE[] = "not a date (28/07/2026, 2026-07-28 14:30:45)";
static const char NOT_A_TIME[] = "not a time of day (14:30:45)";

/* A run of digits or of letters, and the byte before it. */
struct part {
	int value; /* of digits; -1: letters */
	size_t digits;
	struct str text;
	char before;
};

struct parts {
	struct part items[PARTS_MAX];
	size_t count;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Between two parts stands one of / - . : or blanks, a comma and blanks, or nothing (between
 * letters and digits). */
static bool
cut_parts(struct str text, struct parts *parts)
{
	size_t at = 0;

	*parts = (struct parts){0};
	while (at < text.len) {
		struct part *part = &parts->items[parts->count];
		size_t from;
		bool number;

		if (parts->count == PARTS_MAX)
			return false;
		*part = (struct part){.before = '\0'};
		while (at < text.len && !is_digit(text.ptr[at]) && !is_letter(text.ptr[at])) {
			char c = text.ptr[at++];

			if (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',')
				part->before = part->before == '\0' ? ' ' : part->before;
			else if ((c == '/' || c == '-' || c == '.' || c == ':') &&
				 (part->before == '\0' || part->before == ' '))
				part->before = c;
			else
				return false;
		}
		if (at == text.len)
			return false; /* nothing behind the last separator */
		number = is_digit(text.ptr[at]);
		from = at;
		while (at < text.len && (number ? is_digit(text.ptr[at]) : is_letter(text.ptr[at])))
			at++;
		part->text = str_cut(text, from, at);
		part->digits = number ? part->text.len : 0;
		part->value = number ? 0 : -1;
		for (size_t i = 0; number && i < part->text.len && i < 8; i++)
			part->value = part->value * 10 + (part->text.ptr[i] - '0');
		parts->count++;
	}
	return parts->count > 0;
}

/* ---- a time of day -------------------------------------------------------------------------- */

/* hh:mm, hh:mm:ss, hh:mm:ss.fff at `*at`, then perhaps AM or PM; false: none is there. */
static bool
take_clock(const struct parts *parts, size_t *at, int64_t *ms, const char **fault)
{
	const struct part *p = parts->items + *at;
	size_t left = parts->count - *at, used = 2;
	int second = 0, hour;

	if (left < 2 || p[0].digits < 1 || p[0].digits > 2 || p[1].digits != 2 ||
		p[1].before != ':')
		return false;
	hour = p[0].value;
	if (left > 2 && p[2].digits == 2 && p[2].before == ':') {
		second = p[2].value;
		used = 3;
		if (left > 3 && p[3].digits > 0 && p[3].before == '.')
			used = 4; /* a fraction of a second: no feed tells it */
	}
	if (left > used && (str_eq_nocase(p[used].text, STR("AM")) ||
				   str_eq_nocase(p[used].text, STR("PM")))) {
		if (hour < 1 || hour > 12)
			*fault = NOT_A_TIME;
		hour = hour % 12 + (str_eq_nocase(p[used].text, STR("PM")) ? 12 : 0);
		used++;
	}
	if (hour > 23 || p[1].value > 59 || second > 59)
		*fault = NOT_A_TIME;
	*ms = ((int64_t)hour * 3600 + p[1].value * 60 + second) * MS_PER_SECOND;
	*at += used;
	return true;
}

const char *
statement_clock_text(struct str text, int64_t *ms)
{
	const char *fault = NULL;
	struct parts parts;
	size_t at = 0;

	if (!cut_parts(statement_trim(text), &parts) || !take_clock(&parts, &at, ms, &fault) ||
		at != parts.count)
		return NOT_A_TIME;
	return fault;
}

/* ---- a day ---------------------------------------------------------------------------------- */

const char *
statement_day(int year, int month, int day, int64_t *ms)
{
	struct buf text CLEANUP(buf_fini) = {0};
	int32_t days;

	buf_addf(&text, "%04d-%02d-%02d", year, month, day);
	if (day_parse(buf_str(&text), &days).code != ERR_OK)
		return "no such day";
	*ms = day_start_ms(days, 0);
	return NULL;
}

static int
month_of(struct str word)
{
	static const char *const names[] = {
		"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

	for (int i = 0; word.len >= 3 && i < 12; i++) {
		if (str_eq_nocase(str_cut(word, 0, 3), str_from(names[i])))
			return i + 1;
	}
	return 0;
}

/* 20260728, 20260728143045 */
static const char *
packed_day(struct str digits, struct statement_time *time)
{
	int number[6] = {0};
	static const size_t widths[] = {4, 2, 2, 2, 2, 2};
	const char *fault;
	size_t at = 0;

	for (size_t i = 0; i < 6 && at < digits.len; i++) {
		for (size_t n = 0; n < widths[i]; n++)
			number[i] = number[i] * 10 + (digits.ptr[at++] - '0');
	}
	fault = statement_day(number[0], number[1], number[2], &time->ms);
	if (fault != NULL || digits.len == 8)
		return fault;
	if (number[3] > 23 || number[4] > 59 || number[5] > 59)
		return NOT_A_TIME;
	time->clock = true;
	time->ms += ((int64_t)number[3] * 3600 + number[4] * 60 + number[5]) * MS_PER_SECOND;
	return NULL;
}

static const char *
three_parts(const struct part *p, enum statement_dates order, struct statement_time *time)
{
	int month_word = p[1].value < 0 ? month_of(p[1].text) : 0;
	int year, month, day;
	const char *fault;

	if (p[1].before != p[2].before || p[1].before == ':' || p[0].value < 0 || p[2].value < 0 ||
		(p[1].value < 0 && month_word == 0) || p[1].digits > 2)
		return NOT_A_DATE;
	if (p[0].digits == 4 || (order == STATEMENT_YMD && month_word == 0)) {
		if (p[0].digits != 4 || p[2].digits > 2)
			return NOT_A_DATE;
		return month_word != 0
			       ? NOT_A_DATE
			       : statement_day(p[0].value, p[1].value, p[2].value, &time->ms);
	}
	if (p[0].digits > 2 || (p[2].digits != 4 && p[2].digits != 2))
		return NOT_A_DATE;
	year = p[2].digits == 2 ? 2000 + p[2].value : p[2].value;
	day = order == STATEMENT_MDY && month_word == 0 ? p[1].value : p[0].value;
	month = month_word != 0 ? month_word : order == STATEMENT_MDY ? p[0].value : p[1].value;
	fault = statement_day(year, month, day, &time->ms);
	if (fault != NULL && month > 12 && day <= 12)
		return order == STATEMENT_DMY ? "no such month; if the file writes the month first,"
						" add dates=mdy to the mapping"
					      : "no such month; is the day first in this file?";
	return fault;
}

const char *
statement_time_text(struct str text, enum statement_dates order, struct statement_time *time)
{
	const char *fault = NULL;
	struct parts parts;
	int64_t clock = 0;
	size_t at = 0;

	*time = (struct statement_time){0};
	text = statement_trim(text);
	if (time_parse_rfc3339(text, &time->ms).code == ERR_OK) {
		time->clock = true;
		return NULL;
	}
	if (!cut_parts(text, &parts))
		return NOT_A_DATE;
	if (parts.count == 1 && (text.len == 8 || text.len == 14) && parts.items[0].digits > 0)
		return packed_day(text, time);
	time->clock = take_clock(&parts, &at, &clock, &fault);
	if (fault == NULL && parts.count - at >= 3) {
		fault = three_parts(parts.items + at, order, time);
		at += 3;
	} else {
		return fault == NULL ? NOT_A_DATE : fault;
	}
	if (fault == NULL && !time->clock && at < parts.count) {
		if (str_eq(parts.items[at].text, STR("T")))
			at++;
		time->clock = take_clock(&parts, &at, &clock, &fault);
	}
	if (fault == NULL && at != parts.count)
		return NOT_A_DATE;
	time->ms += clock;
	return fault;
}
