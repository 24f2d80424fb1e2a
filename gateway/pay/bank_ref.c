/*
 * bank_ref.c - which bank references identify a transfer?
 *
 * FT26209000000077 and 620914300001 do; 3516 (a running number of the day), 20260728143045 (the
 * time), an account with a date (rows without a reference of their own) do not.
 */
#include <string.h>

#include "chopay/identity.h"

#define IDENTIFIES_LEN 10 /* characters that mean something, of which ... */
#define IDENTIFIES_DIGITS 6
#define LONG_LEN 14 /* ... or, where letters are mixed in, */
#define LONG_DIGITS 5
#define ACCOUNT_LEN_MIN 5 /* a shorter one stands in a reference by chance */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Upper case, letters and digits only; what follows a backslash names the bank (FT...\BNK).
 * False: too long to be a reference. */
static bool
squeeze(struct str told, char out[BANK_REF_SIZE])
{
	size_t len = 0;

	for (size_t i = 0; i < told.len && told.ptr[i] != '\\'; i++) {
		char c = told.ptr[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (!is_digit(c) && !(c >= 'A' && c <= 'Z'))
			continue;
		if (len == BANK_REF_SIZE - 1)
			return false;
		out[len++] = c;
	}
	out[len] = '\0';
	return true;
}

/* A spreadsheet drops the zeros in front of a number. */
static void
drop_leading_zeros(char text[BANK_REF_SIZE])
{
	size_t zeros = strspn(text, "0");

	if (strspn(text, "0123456789") == strlen(text))
		memmove(text, text + zeros, strlen(text + zeros) + 1);
}

static bool
holds_account(const char *text, struct str account_no)
{
	char account[BANK_REF_SIZE];

	if (!squeeze(account_no, account))
		return false;
	drop_leading_zeros(account);
	return strlen(account) >= ACCOUNT_LEN_MIN && strstr(text, account) != NULL;
}

static int
two_digits(const char *at)
{
	return (at[0] - '0') * 10 + at[1] - '0';
}

/* yyyymmddhhmmss: two transfers of one second share it. */
static bool
is_clock_time(const char *text)
{
	if (strlen(text) != 14 || strspn(text, "0123456789") != 14 || strncmp(text, "20", 2) != 0)
		return false;
	return two_digits(text + 4) >= 1 && two_digits(text + 4) <= 12 &&
	       two_digits(text + 6) >= 1 && two_digits(text + 6) <= 31 &&
	       two_digits(text + 8) < 24 && two_digits(text + 10) < 60 &&
	       two_digits(text + 12) < 60;
}

/* Zeros behind letters only fill a running number up (GD0000003516): they say nothing. */
static void
measure(const char *text, size_t *len, size_t *digits)
{
	bool filling = false;

	*len = *digits = 0;
	for (const char *at = text; *at != '\0'; at++) {
		if (!is_digit(*at))
			filling = true;
		else if (*at != '0')
			filling = false;
		if (filling && *at == '0')
			continue;
		(*len)++;
		*digits += is_digit(*at);
	}
}

static enum bank_ref_strength
strength_of(const char *text)
{
	size_t len, digits;

	if (strspn(text, (const char[]){text[0], '\0'}) == strlen(text) && strlen(text) > 4)
		return BANK_REF_NONE; /* 99999999: a field that must not be empty */
	if (is_clock_time(text))
		return BANK_REF_WEAK;
	measure(text, &len, &digits);
	if ((len >= IDENTIFIES_LEN && digits >= IDENTIFIES_DIGITS) ||
		(len >= LONG_LEN && digits >= LONG_DIGITS))
		return BANK_REF_IDENTIFIES;
	return digits > 0 ? BANK_REF_WEAK : BANK_REF_NONE; /* NODATA */
}

void
bank_ref_read(
	struct str told, struct str account_no, struct str virtual_account, struct bank_ref *ref)
{
	*ref = (struct bank_ref){0};
	if (!squeeze(told, ref->text)) {
		ref->text[0] = '\0';
		return;
	}
	drop_leading_zeros(ref->text);
	if (ref->text[0] != '\0' && !holds_account(ref->text, account_no) &&
		!holds_account(ref->text, virtual_account))
		ref->strength = strength_of(ref->text);
	if (ref->strength == BANK_REF_NONE)
		ref->text[0] = '\0';
}
