/*
 * find.c - find the references in a transfer note, after what banks do to notes.
 *
 * Every place of the note where prefix and kind stand is read as one candidate, forward, with
 * nothing kept aside: time is linear in the note and no memory is needed.  Letter case is
 * ignored and characters may be glued to either end, but what may stand INSIDE a candidate is
 * bounded, or the words of the note would be joined into codes that nobody wrote:
 *
 *   - one break: a short run of blanks and line ends, with at most one hyphen in it;
 *   - for free, the blank that a bank's 35-column wrap put there (FEEDS section 7: MB Bank).
 *
 * Any other byte ends the candidate; so a Vietnamese letter with a mark, a NUL, a dot do.
 * Look-alikes that the frames of banks are known to hold are refused (FEEDS section 7).
 */
#include <string.h>

#include "alphabet.h"

#define WRAP_WIDTH 35	     /* characters on a line of the wrapped narrative */
#define BREAK_SIZE_MAX 4     /* " - " and a wrap's blank */
#define MOMO_TOKEN_SIZE 12   /* OQCH and 8 more */
#define MAC_SIZE 16	     /* hex digits of ACB's MAC */
#define READINGS_OPEN_MAX 16 /* more than the places where a 14-character reading can overlap */

/* One candidate that passed its check. */
struct reading {
	struct reference reference;
	size_t start, end; /* bytes of the note */
	bool broken;	   /* it needed the one break */
};

struct finder {
	struct str prefix, note;
	bool wrapped; /* the whole note carries the blanks of a 35-column wrap */
	struct reading
		open[READINGS_OPEN_MAX]; /* broken ones that a later intact one may overlap */
	size_t open_count;
	size_t intact_end; /* where the last intact one ended */
	struct references *found;
};

/* What stands behind the memo in banks' frames.  A word of these that begins right behind a
 * break is not the rest of a code: "CHS1234- Ma GD ACSP" is a code cut at 7.  '#' is a digit.
 * They are so long that a split code, which may well end in "MA" or "FT2", meets the whole of one
 * by chance less than once in a million. */
static const char *const frame_words[] = {"MAGDACSP", "MAGIAODICH", "TRACE####", "CTTU####",
	"CTLNH", "CHUYENTIEN", "THANHTOAN", "TAINAPAS", "CKN######", "TU:", "TU######", "GD######",
	"FT######", "OQCH", "MOMO"};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
upper(char c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

static bool
is_break_byte(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '-';
}

/* Does the note from `at` on spell `word`?  Blanks and hyphens between its letters do not matter.
 */
static bool
word_at(struct str note, size_t at, const char *word)
{
	for (; *word != '\0'; word++, at++) {
		while (at < note.len && (note.ptr[at] == ' ' || note.ptr[at] == '-'))
			at++;
		if (at >= note.len)
			return false;
		if (*word == '#' ? !is_digit(note.ptr[at]) : upper(note.ptr[at]) != *word)
			return false;
	}
	return true;
}

static bool
frame_word_at(struct str note, size_t at)
{
	for (size_t i = 0; i < sizeof frame_words / sizeof frame_words[0]; i++) {
		if (word_at(note, at, frame_words[i]))
			return true;
	}
	return false;
}

/* The character before `at`, over at most one blank; 0 when another separator is there. */
static char
letter_before(struct str note, size_t *at)
{
	size_t i = *at;

	if (i > 1 && note.ptr[i - 1] == ' ')
		i--;
	if (i == 0 || !is_letter_or_digit(note.ptr[i - 1]))
		return 0;
	*at = i - 1;
	return upper(note.ptr[i - 1]);
}

static bool
token_starts_at(struct str note, size_t at)
{
	return at == 0 || !is_letter_or_digit(note.ptr[at - 1]);
}

/*
 * MoMo ends its notes with a token of its own, "OQCH39133000": with the prefix CH it would pass
 * for one of our codes 19 times in a million.  A wrap may have put a blank into it, and a bank
 * that strips punctuation glues it to the words CHUYEN TIEN.
 */
static bool
in_momo_token(struct str note, size_t start)
{
	size_t at = start;

	if (letter_before(note, &at) == 'Q' && letter_before(note, &at) == 'O' &&
		(token_starts_at(note, at) || (at >= 4 && word_at(note, at - 4, "TIENOQ"))))
		return true;

	/* For other prefixes: anywhere else in such a token. */
	at = start;
	while (at > 0 && start - at < MOMO_TOKEN_SIZE && is_letter_or_digit(note.ptr[at - 1]))
		at--;
	return start - at < MOMO_TOKEN_SIZE && start > at && word_at(note, at, "OQC");
}

/* ACB prints a message authentication code, "MAC/0123456789ABCDEF". */
static bool
in_mac(struct str note, size_t start)
{
	size_t from = start, to = start;

	while (from > 0 && start - from < MAC_SIZE && is_letter_or_digit(note.ptr[from - 1]))
		from--;
	while (to < note.len && to - from <= MAC_SIZE && is_letter_or_digit(note.ptr[to]))
		to++;
	if (to - from != MAC_SIZE || from < 4 || !word_at(note, from - 4, "MAC/"))
		return false;
	for (size_t i = from; i < to; i++) {
		if (!is_digit(note.ptr[i]) &&
			(upper(note.ptr[i]) < 'A' || upper(note.ptr[i]) > 'F'))
			return false;
	}
	return true;
}

/* Length of the break at `at`, or 0 when what stands there may not be inside a code. */
static size_t
break_size(struct str note, size_t at)
{
	size_t size = 0, hyphens = 0;

	while (at + size < note.len && is_break_byte(note.ptr[at + size])) {
		if (note.ptr[at + size] == '-')
			hyphens++;
		if (++size > BREAK_SIZE_MAX)
			return 0;
	}
	return hyphens <= 1 ? size : 0;
}

/* May the reading step over the gap at byte `at`, character `column`? */
static bool
step_over(const struct finder *finder, struct reading *reading, size_t at, size_t column,
	size_t *size)
{
	*size = break_size(finder->note, at);
	if (*size == 0)
		return false;
	if (finder->wrapped && *size == 1 && finder->note.ptr[at] == ' ' &&
		column % (WRAP_WIDTH + 1) == WRAP_WIDTH)
		return true;
	if (reading->broken || frame_word_at(finder->note, at + *size))
		return false;
	reading->broken = true;
	return true;
}

/* Read the candidate that starts at byte `start`, character `column`. */
static bool
read_candidate(const struct finder *finder, size_t start, size_t column, struct reading *reading)
{
	char *text = reading->reference.text;
	size_t len = 0, want = REFERENCE_CHARGE_LEN;

	*reading = (struct reading){.start = start, .end = start};
	while (len < want) {
		size_t at = reading->end, gap;

		if (at >= finder->note.len)
			return false;
		text[len] = reference_letter(finder->note.ptr[at]);
		if (text[len] == '\0') { /* a look-alike is no break either */
			if (!step_over(finder, reading, at, column + at - start, &gap))
				return false;
			reading->end += gap;
			continue;
		}
		if (len < REFERENCE_PREFIX_LEN && text[len] != finder->prefix.ptr[len])
			return false;
		if (len == REFERENCE_KIND_AT && (want = reference_length(text[len])) == 0)
			return false;
		len++;
		reading->end++;
	}
	return reference_check_ok((struct str){text, len}) && !in_momo_token(finder->note, start) &&
	       !in_mac(finder->note, start);
}

static void
keep(struct references *found, const struct reference *reference)
{
	for (size_t i = 0; i < found->count; i++) {
		if (strcmp(found->items[i].text, reference->text) == 0)
			return;
	}
	if (found->count < REFERENCE_FOUND_MAX)
		found->items[found->count++] = *reference;
}

/* Keep the open readings that nothing from byte `from` on can overlap; `drop` forgets the rest. */
static void
settle_open(struct finder *finder, size_t from, bool drop)
{
	size_t left = 0;

	for (size_t i = 0; i < finder->open_count; i++) {
		if (finder->open[i].end <= from)
			keep(finder->found, &finder->open[i].reference);
		else if (!drop)
			finder->open[left++] = finder->open[i];
	}
	finder->open_count = left;
}

/* A reading that needs no repair wins over one that does, where they share characters: a code cut
 * short before a whole one must not borrow its head.  Two intact ones are both kept. */
static void
take(struct finder *finder, const struct reading *reading)
{
	settle_open(finder, reading->start, !reading->broken);
	if (!reading->broken) {
		keep(finder->found, &reading->reference);
		finder->intact_end = reading->end;
	} else if (reading->start >= finder->intact_end && finder->open_count < READINGS_OPEN_MAX) {
		finder->open[finder->open_count++] = *reading;
	}
}

/* Columns are characters, not bytes: a byte that continues a UTF-8 character is not counted. */
static bool
starts_character(char c)
{
	return ((unsigned char)c & 0xC0) != 0x80;
}

/* Is there a blank at every column where a wrap would have put one? */
static bool
is_wrapped(struct str note)
{
	size_t column = 0;

	for (size_t i = 0; i < note.len; i++) {
		if (!starts_character(note.ptr[i]))
			continue;
		if (column % (WRAP_WIDTH + 1) == WRAP_WIDTH && note.ptr[i] != ' ')
			return false;
		column++;
	}
	return column > WRAP_WIDTH;
}

void
reference_find(struct str prefix, struct str note, struct references *found)
{
	struct finder finder = {.prefix = prefix, .note = note, .found = found};
	struct reading reading;
	size_t column = 0;

	*found = (struct references){.count = 0};
	if (!reference_prefix_ok(prefix))
		return;
	finder.wrapped = is_wrapped(note);
	for (size_t i = 0; i < note.len; i++) {
		if (upper(note.ptr[i]) == prefix.ptr[0] &&
			read_candidate(&finder, i, column, &reading))
			take(&finder, &reading);
		if (starts_character(note.ptr[i]))
			column++;
	}
	settle_open(&finder, note.len, false);
}
