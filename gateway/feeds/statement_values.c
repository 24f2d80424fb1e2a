/* What a bank writes into one cell, read strictly: an amount that could be two numbers, or a date
 * that does not exist, is refused. */
#include <string.h>

#include "chopay/fold.h"

#include "statement_values.h"

#define DONG_MAX INT64_C(1000000000000000)
#define GROUPS_MAX 12
#define ACCOUNT_MAX 34 /* as long as an IBAN */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* ---- text ----------------------------------------------------------------------------------- */

/* Blanks that spreadsheets and web pages put between digits. */
static const struct str blanks[] = {
	{" ", 1}, {"\t", 1}, {"\r", 1}, {"\n", 1}, {"\xc2\xa0", 2}, /* no-break space */
	{"\xe2\x80\x89", 3},					    /* thin space */
	{"\xe2\x80\xaf", 3},					    /* narrow no-break space */
	{"\xef\xbb\xbf", 3},					    /* byte order mark */
};

static size_t
blank_at_start(struct str text)
{
	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
		if (str_starts(text, blanks[i]))
			return blanks[i].len;
	}
	return 0;
}

static size_t
blank_at_end(struct str text)
{
	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
		if (str_ends(text, blanks[i]))
			return blanks[i].len;
	}
	return 0;
}

struct str
statement_trim(struct str text)
{
	size_t n;

	while ((n = blank_at_start(text)) > 0)
		text = str_cut(text, n, text.len);
	while ((n = blank_at_end(text)) > 0)
		text = str_cut(text, 0, text.len - n);
	return text;
}

struct str
statement_words(struct arena *arena, struct str text)
{
	struct buf ascii CLEANUP(buf_fini) = {0}, words CLEANUP(buf_fini) = {0};
	bool blank = false;

	if (fold_ascii(&ascii, text).code != ERR_OK)
		return STR("");
	for (size_t i = 0; i < ascii.len; i++) {
		char c = ascii.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!is_digit(c) && !(c >= 'a' && c <= 'z')) {
			blank = words.len > 0;
			continue;
		}
		if (blank)
			buf_addc(&words, ' ');
		blank = false;
		buf_addc(&words, c);
	}
	return arena_copy(arena, buf_str(&words));
}

bool
statement_is_vnd(struct str text)
{
	static const struct str names[] = {{"VND", 3}, {"vnd", 3}, {"VN\xc4\x90", 4},
		{"vn\xc4\x91", 4}, {"\xc4\x91", 2}, {"\xc4\x90", 2}, {"\xe2\x82\xab", 3},
		{"\xc4\x91\xe1\xbb\x93ng", 7}, {"\xc4\x90\xe1\xbb\x93ng", 7}};

	text = statement_trim(text);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_eq(text, names[i]))
			return true;
	}
	return false;
}

/* ---- amounts -------------------------------------------------------------------------------- */

static const char NOT_AN_AMOUNT[] = "not an amount";
static const char TOO_LARGE[] = "an amount that large cannot be paid";
static const char FRACTION[] = "the dong has no fractions";
static const char OTHER_UNIT[] = "a unit that is not the dong";
static const char TWO_READINGS[] =
	"cannot tell thousands from a fraction; write it as 1.234.567 or 1,234,567.00";

static const char *
digits_value(struct str digits, int64_t *value)
{
	for (size_t i = 0; i < digits.len; i++) {
		if (!is_digit(digits.ptr[i]))
			return NOT_AN_AMOUNT;
		if (*value > DONG_MAX)
			return TOO_LARGE;
		*value = *value * 10 + (digits.ptr[i] - '0');
	}
	return *value > DONG_MAX ? TOO_LARGE : NULL;
}

/* "1.234.567,00" as groups of digits and the separators between them. */
struct groups {
	struct str digits[GROUPS_MAX];
	char between[GROUPS_MAX]; /* before the n-th group; ' ' for blanks of any kind */
	size_t count;
};

static bool
cut_groups(struct str text, struct groups *groups)
{
	*groups = (struct groups){0};
	for (size_t at = 0; groups->count < GROUPS_MAX;) {
		size_t from = at, blank;

		while (at < text.len && is_digit(text.ptr[at]))
			at++;
		if (at == from)
			return false;
		groups->digits[groups->count++] = str_cut(text, from, at);
		if (at == text.len)
			return true;
		if (groups->count == GROUPS_MAX)
			return false;
		blank = blank_at_start(str_cut(text, at, text.len));
		if (blank == 0 && !is_one_of(text.ptr[at], ".,'"))
			return false;
		groups->between[groups->count] = blank > 0 ? ' ' : text.ptr[at];
		at += blank > 0 ? blank : 1;
	}
	return false;
}

/* Behind the last separator a fraction, or the last three of the thousands?  One or two digits can
 * only be a fraction; three behind a separator like all before it are thousands. */
static const char *
groups_value(struct groups *groups, int64_t *dong)
{
	size_t last = groups->count - 1;
	struct str tail = groups->digits[last];
	bool other = last >= 2 && groups->between[last] != groups->between[last - 1];

	if (last >= 1 && tail.len <= 2 &&
		(groups->between[last] == '.' || groups->between[last] == ',')) {
		if (last >= 2 && !other)
			return TWO_READINGS; /* 1,234,56 */
		for (size_t i = 0; i < tail.len; i++) {
			if (tail.ptr[i] != '0')
				return FRACTION;
		}
		last--;
	} else if (other) {
		return TWO_READINGS; /* 1,234.567 */
	}
	*dong = 0;
	for (size_t i = 0; i <= last; i++) {
		const char *fault;

		if (last > 0 && (i == 0 ? groups->digits[i].len > 3 : groups->digits[i].len != 3))
			return TWO_READINGS;
		if (i >= 2 && groups->between[i] != groups->between[1])
			return TWO_READINGS;
		fault = digits_value(groups->digits[i], dong);
		if (fault != NULL)
			return fault;
	}
	return NULL;
}

/* A sign on either side, or parentheses; what is left is the number. */
static const char *
take_sign(struct str *text, bool *is_signed, bool *negative)
{
	static const struct str minus[] = {{"-", 1}, {"\xe2\x88\x92", 3}, {"\xe2\x80\x93", 3}};
	bool before = false, after = false;

	*negative = false;
	if (text->len >= 2 && text->ptr[0] == '(' && text->ptr[text->len - 1] == ')') {
		*text = statement_trim(str_cut(*text, 1, text->len - 1));
		before = *negative = true;
	}
	for (size_t i = 0; i < 4; i++) {
		struct str sign = i == 3 ? STR("+") : minus[i];

		if (str_starts(*text, sign)) {
			if (before)
				return NOT_AN_AMOUNT;
			*text = statement_trim(str_cut(*text, sign.len, text->len));
			before = true;
			*negative = i < 3;
		} else if (str_ends(*text, sign)) {
			*text = statement_trim(str_cut(*text, 0, text->len - sign.len));
			after = true;
			*negative = i < 3;
		}
	}
	*is_signed = before || after;
	return before && after ? NOT_AN_AMOUNT : NULL;
}

static bool
is_long_minus(struct str text)
{
	return str_eq(text, STR("\xe2\x88\x92")) || str_eq(text, STR("\xe2\x80\x93"));
}

/* The unit on either side is dropped; another currency is not ours. */
static const char *
take_unit(struct str *text)
{
	size_t end = text->len, start = 0;
	struct str before, behind;

	while (end > 0 && !is_digit(text->ptr[end - 1]) && !is_one_of(text->ptr[end - 1], ")+-."))
		end--;
	while (start < end && !is_digit(text->ptr[start]) && !is_one_of(text->ptr[start], "(+-"))
		start++;
	if (start == end)
		return NOT_AN_AMOUNT;
	before = statement_trim(str_cut(*text, 0, start));
	behind = statement_trim(str_cut(*text, end, text->len));
	if (!is_long_minus(before)) {
		if (before.len > 0 && !statement_is_vnd(before))
			return OTHER_UNIT;
		end -= start;
		*text = str_cut(*text, start, text->len);
	}
	if (!is_long_minus(behind)) {
		if (behind.len > 0 && !statement_is_vnd(behind))
			return OTHER_UNIT;
		*text = str_cut(*text, 0, end);
	}
	*text = statement_trim(*text);
	return NULL;
}

const char *
statement_amount_text(struct str text, struct statement_amount *amount)
{
	struct groups groups;
	const char *fault;
	bool negative;

	*amount = (struct statement_amount){0};
	text = statement_trim(text);
	if (text.len == 0 || str_eq(text, STR("-")) || str_eq(text, STR("\xe2\x80\x93")))
		return NULL;
	fault = take_unit(&text);
	if (fault == NULL)
		fault = take_sign(&text, &amount->is_signed, &negative);
	if (fault == NULL && !cut_groups(text, &groups))
		fault = NOT_AN_AMOUNT;
	if (fault == NULL)
		fault = groups_value(&groups, &amount->dong);
	if (fault != NULL)
		return fault;
	amount->told = true;
	if (negative)
		amount->dong = -amount->dong;
	return NULL;
}

/* Digits, and behind a point or comma nothing but zeros. */
static const char *
plain_value(struct str text, char point, bool point_needed, int64_t *dong)
{
	struct str rest = text, whole;
	bool has_point = str_split(&rest, point, &whole);

	*dong = 0;
	if (whole.len == 0 || (point_needed && !has_point))
		return NOT_AN_AMOUNT;
	for (size_t i = 0; i < rest.len; i++) {
		if (!is_digit(rest.ptr[i]))
			return NOT_AN_AMOUNT;
		if (rest.ptr[i] != '0')
			return FRACTION;
	}
	return digits_value(whole, dong);
}

const char *
statement_amount_number(struct str text, struct statement_amount *amount)
{
	bool negative = str_starts(text, STR("-"));
	const char *fault;

	*amount = (struct statement_amount){.told = true, .is_signed = negative};
	fault = plain_value(str_cut(text, negative, text.len), '.', false, &amount->dong);
	if (negative)
		amount->dong = -amount->dong;
	return fault;
}

const char *
statement_amount_swift(struct str text, int64_t *dong)
{
	return plain_value(text, ',', true, dong);
}

const char *
statement_amount_decimal(struct str text, int64_t *dong)
{
	return plain_value(text, '.', false, dong);
}

/* ---- directions and accounts ---------------------------------------------------------------- */

const char *
statement_direction_text(struct str text, bool *outgoing)
{
	static const char *const words[2][16] = {
		{"+", "c", "cr", "credit", "co", "ghi co", "phat sinh co", "thu", "tien vao", "vao",
			"nhan tien", "in", "crdt", "deposit"},
		{"-", "d", "dr", "debit", "no", "ghi no", "phat sinh no", "chi", "tien ra", "ra",
			"chuyen tien", "out", "dbit", "withdrawal"},
	};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str word;

	text = statement_trim(text);
	word = text.len == 1 && (*text.ptr == '+' || *text.ptr == '-')
		       ? text
		       : statement_words(arena, text);
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; words[side][i] != NULL; i++) {
			if (str_eq(word, str_from(words[side][i]))) {
				*outgoing = side == 1;
				return NULL;
			}
		}
	}
	return "neither credit nor debit (C, D, +, -, Ghi có, Ghi nợ)";
}

const char *
statement_account_text(struct arena *arena, struct str text, struct str *account)
{
	struct buf kept CLEANUP(buf_fini) = {0};

	text = statement_trim(text);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
			buf_addc(&kept, c);
		else if (c != ' ' && c != '.' && c != '-' && c != '\'')
			return "an account number is letters and digits";
	}
	if (kept.len == 0 || kept.len > ACCOUNT_MAX)
		return "an account number has 1 to 34 letters and digits";
	*account = arena_copy(arena, buf_str(&kept));
	return NULL;
}
