/*
 * statement_values.h - what a bank writes into one cell: an amount, a time, a direction.
 *
 * Each reader returns NULL, or what is wrong (static text).  Nothing is rounded or guessed.
 */
#ifndef FEEDS_STATEMENT_VALUES_H
#define FEEDS_STATEMENT_VALUES_H

#include "chopay/arena.h"
#include "chopay/clock.h"
#include "chopay/money.h"

struct statement_amount {
	bool told;	/* false: the cell is empty, or a dash that stands for nothing */
	bool is_signed; /* a +, a - or parentheses were there */
	int64_t dong;
};

/* "1.234.567", "1,234,567.00", "+45,000", "(45,000)", "45,000- VND", "1 234". */
const char *statement_amount_text(struct str text, struct statement_amount *amount);
/* A number of a spreadsheet: "45000", "-45000", "45000.5" (refused). */
const char *statement_amount_number(struct str text, struct statement_amount *amount);
/* SWIFT: "50000,", "50000,00". */
const char *statement_amount_swift(struct str text, int64_t *dong);
/* XML: "50000", "50000.00". */
const char *statement_amount_decimal(struct str text, int64_t *dong);

enum statement_dates { STATEMENT_DMY, STATEMENT_MDY, STATEMENT_YMD };

struct statement_time {
	int64_t ms; /* midnight (Vietnam) when only the day is told */
	bool clock; /* a time of day was there */
};

/* "28/07/2026", "28-07-26 14:30", "14:30:45 28/07/2026", "2026-07-28T14:30:45+07:00",
 * "28 Jul 2026", "20260728", "28/07/2026 02:30:45 PM". */
const char *statement_time_text(
	struct str text, enum statement_dates order, struct statement_time *time);
/* "14:30", "14:30:45", "02:30 PM": milliseconds of the day. */
const char *statement_clock_text(struct str text, int64_t *ms);
/* YYYY, MM, DD as numbers: a real date, or the fault. */
const char *statement_day(int year, int month, int day, int64_t *ms);

/* "C", "Có", "Ghi nợ", "+", "DR", "Tiền vào". */
const char *statement_direction_text(struct str text, bool *outgoing);
/* "VND", "VNĐ", "đ", "đồng". */
bool statement_is_vnd(struct str text);
/* Letters and digits of an account number; blanks, dots and dashes between them go. */
const char *statement_account_text(struct arena *arena, struct str text, struct str *account);

/* Words of a header or label: accents, letter case and punctuation away, single blanks. */
struct str statement_words(struct arena *arena, struct str text);
/* Blanks (of Unicode too) and line ends off both ends. */
struct str statement_trim(struct str text);

#endif
