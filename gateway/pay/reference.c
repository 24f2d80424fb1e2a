/* reference.c - mint a reference, take one apart, and tell a true one by its check characters. */
#include <string.h>

#include "alphabet.h"

/* ISO 7064 MOD 1271-36, a pure system with two check characters: it catches every single
 * substitution and every transposition of neighbours. */
#define CHECK_MODULUS 1271u
#define CHECK_RADIX 36u

#define STALL_DIGITS 5
#define COUNTER_DIGITS 4
#define NUMBER_BASE 32u

/* Position is value: digits, then the letters that nobody mistakes for a digit. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

bool
is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

char
reference_letter(char c)
{
	if (c >= '0' && c <= '9')
		return c;
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c < 'A' || c > 'Z' || c == 'I' || c == 'L' || c == 'O' || c == 'U')
		return 0;
	return c;
}

size_t
reference_length(char kind)
{
	if (kind == REFERENCE_KIND_STALL)
		return REFERENCE_STALL_LEN;
	return kind == REFERENCE_KIND_CHARGE ? REFERENCE_CHARGE_LEN : 0;
}

/* The standard's character values: 0-9 are 0..9, A-Z are 10..35; I L O U keep their places. */
static unsigned
check_value(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'A' + 10);
}

/* The number that `text` spells in base 36, shifted up one place, modulo 1271. */
static unsigned
check_sum(struct str text)
{
	unsigned sum = 0;

	for (size_t i = 0; i < text.len; i++)
		sum = (sum + check_value(text.ptr[i])) * CHECK_RADIX % CHECK_MODULUS;
	return sum;
}

bool
reference_check_ok(struct str text)
{
	unsigned head;

	if (text.len <= REFERENCE_CHECK_LEN)
		return false;
	head = check_sum((struct str){text.ptr, text.len - 1});
	return (head + check_value(text.ptr[text.len - 1])) % CHECK_MODULUS == 1;
}

static void
put_number(char *out, size_t digits, uint32_t number)
{
	while (digits-- > 0) {
		out[digits] = alphabet[number % NUMBER_BASE];
		number /= NUMBER_BASE;
	}
}

/* Write the check of the first `len` characters behind them; false when it holds a look-alike. */
static bool
put_check(char *text, size_t len)
{
	unsigned sum = check_sum((struct str){text, len}) * CHECK_RADIX % CHECK_MODULUS;
	unsigned check = (CHECK_MODULUS + 1 - sum) % CHECK_MODULUS;
	const unsigned values[REFERENCE_CHECK_LEN] = {check / CHECK_RADIX, check % CHECK_RADIX};

	for (size_t i = 0; i < REFERENCE_CHECK_LEN; i++) {
		char c = (char)(values[i] < 10 ? '0' + values[i] : 'A' + values[i] - 10);

		if (reference_letter(c) == 0)
			return false;
		text[len + i] = c;
	}
	text[len + REFERENCE_CHECK_LEN] = '\0';
	return true;
}

bool
reference_prefix_ok(struct str prefix)
{
	if (prefix.len != REFERENCE_PREFIX_LEN)
		return false;
	for (size_t i = 0; i < prefix.len; i++) {
		if (prefix.ptr[i] == '\0' || reference_letter(prefix.ptr[i]) != prefix.ptr[i])
			return false;
	}
	return true;
}

static MUST_CHECK struct err
mint(struct str prefix, char kind, uint32_t stall_number, uint32_t counter,
	struct reference *reference)
{
	struct reference made = {0};
	size_t len = REFERENCE_KIND_AT + 1;

	if (!reference_prefix_ok(prefix))
		return FAIL(ERR_INVALID, "a reference prefix is two of 0-9 A-Z without I L O U");
	if (stall_number >= REFERENCE_STALL_NUMBERS)
		return FAIL(ERR_INVALID, "stall number out of range");
	if (counter >= REFERENCE_CHARGE_COUNTERS)
		return FAIL(ERR_INVALID, "charge counter out of range");

	memcpy(made.text, prefix.ptr, REFERENCE_PREFIX_LEN);
	made.text[REFERENCE_KIND_AT] = kind;
	put_number(made.text + len, STALL_DIGITS, stall_number);
	len += STALL_DIGITS;
	if (kind == REFERENCE_KIND_CHARGE) {
		put_number(made.text + len, COUNTER_DIGITS, counter);
		len += COUNTER_DIGITS;
	}
	if (!put_check(made.text, len))
		return FAIL(ERR_CONFLICT, "this number's check characters hold a look-alike");
	*reference = made;
	return OK;
}

struct err
reference_stall(struct str prefix, uint32_t stall_number, struct reference *reference)
{
	return mint(prefix, REFERENCE_KIND_STALL, stall_number, 0, reference);
}

struct err
reference_charge(
	struct str prefix, uint32_t stall_number, uint32_t counter, struct reference *reference)
{
	return mint(prefix, REFERENCE_KIND_CHARGE, stall_number, counter, reference);
}

bool
reference_is(struct str prefix, struct str text, struct reference *reference)
{
	struct reference read = {0};

	if (!reference_prefix_ok(prefix) ||
		(text.len != REFERENCE_STALL_LEN && text.len != REFERENCE_CHARGE_LEN))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		read.text[i] = reference_letter(text.ptr[i]);
		if (read.text[i] == '\0')
			return false;
	}
	if (memcmp(read.text, prefix.ptr, prefix.len) != 0 ||
		reference_length(read.text[REFERENCE_KIND_AT]) != text.len ||
		!reference_check_ok((struct str){read.text, text.len}))
		return false;
	*reference = read;
	return true;
}

bool
reference_is_charge(const struct reference *reference)
{
	return reference->text[REFERENCE_KIND_AT] == REFERENCE_KIND_CHARGE;
}

static uint32_t
read_number(const char *digits, size_t count)
{
	uint32_t number = 0;

	for (size_t i = 0; i < count && digits[i] != '\0'; i++) {
		const char *place = strchr(alphabet, digits[i]);

		number = number * NUMBER_BASE + (place != NULL ? (uint32_t)(place - alphabet) : 0);
	}
	return number;
}

uint32_t
reference_stall_number(const struct reference *reference)
{
	return read_number(reference->text + REFERENCE_KIND_AT + 1, STALL_DIGITS);
}

uint32_t
reference_charge_counter(const struct reference *reference)
{
	return read_number(reference->text + REFERENCE_KIND_AT + 1 + STALL_DIGITS, COUNTER_DIGITS);
}
