/*
 * near.c - references that a note nearly holds: one character wrong, missing, too many, or two
 * swapped.
 *
 * The note is read as its letters and digits; blanks and ASCII punctuation are left out, any other
 * byte keeps what is before it from what is behind.  From each place on, the edits that could make
 * a reference are tried: the first three characters (prefix and kind) must come out right, so all
 * edits are tried only where they stand already, and one edit where it would put them right.
 */
#include <string.h>

#include "alphabet.h"

#define NEAR_LETTERS_MAX 512 /* of one note; a longer one is a bank's narrative, not a buyer's */
#define HEAD_LEN (REFERENCE_KIND_AT + 1)
#define BEGINNING_LEN (HEAD_LEN + 5) /* and the five characters of a stall */
#define WALL '\0'		     /* no reference goes across it */

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

struct search {
	char head[HEAD_LEN + 1];
	size_t len; /* of a reference of this kind */
	struct references whole;
	struct near_references *near;
};

const char *
reference_slip_name(enum reference_slip slip)
{
	static const char *const names[] = {
		[SLIP_WRONG] = "wrong",
		[SLIP_MISSING] = "missing",
		[SLIP_EXTRA] = "extra",
		[SLIP_SWAPPED] = "swapped",
		[SLIP_BROKEN] = "broken",
	};

	return names[slip];
}

/* Upper case, walls between what must not be joined. */
static size_t
read_letters(struct str note, char letters[NEAR_LETTERS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < note.len && count < NEAR_LETTERS_MAX; i++) {
		char c = note.ptr[i];

		if (is_letter_or_digit(c))
			letters[count++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
		else if (((unsigned char)c & 0x80) != 0 || c == '\0')
			letters[count++] = WALL;
	}
	return count;
}

static bool
is_known(const struct search *search, struct str text)
{
	for (size_t i = 0; i < search->whole.count; i++) {
		if (str_eq(str_from(search->whole.items[i].text), text))
			return true;
	}
	for (size_t i = 0; i < search->near->count; i++) {
		if (str_eq(str_from(search->near->items[i].reference.text), text))
			return true;
	}
	return false;
}

/* Is `text`, of search->len characters, a reference?  Then it is kept with what was seen. */
static void
try_text(struct search *search, const char *text, enum reference_slip slip, const char *seen,
	size_t seen_len)
{
	struct near_reference *kept = &search->near->items[search->near->count];

	if (search->near->count == REFERENCE_NEAR_MAX ||
		memcmp(text, search->head, HEAD_LEN) != 0 ||
		!reference_check_ok((struct str){text, search->len}))
		return;
	for (size_t i = 0; i < search->len; i++) {
		if (reference_letter(text[i]) != text[i] || text[i] == WALL)
			return;
	}
	if (is_known(search, (struct str){text, search->len}))
		return;
	*kept = (struct near_reference){.slip = slip};
	memcpy(kept->reference.text, text, search->len);
	memcpy(kept->seen, seen, seen_len);
	search->near->count++;
}

/* Every letter at place `at` of `text`; in the head only the right one. */
static void
try_letters(struct search *search, char *text, size_t at, enum reference_slip slip,
	const char *seen, size_t seen_len)
{
	char before = text[at];

	if (at < HEAD_LEN) {
		text[at] = search->head[at];
		try_text(search, text, slip, seen, seen_len);
	} else if (memcmp(text, search->head, HEAD_LEN) == 0) {
		for (const char *letter = alphabet; *letter != '\0'; letter++) {
			text[at] = *letter;
			try_text(search, text, slip, seen, seen_len);
		}
	}
	text[at] = before;
}

static char
meant_by(char letter)
{
	switch (letter) {
	case 'I':
	case 'L':
		return '1';
	case 'O':
		return '0';
	case 'U':
		return 'V';
	default:
		return letter;
	}
}

static void
try_wrong(struct search *search, const char *seen)
{
	char text[REFERENCE_SIZE] = {0};

	for (size_t i = 0; i < search->len; i++)
		text[i] = meant_by(seen[i]);
	try_text(search, text, SLIP_WRONG, seen, search->len);
	memcpy(text, seen, search->len);
	for (size_t i = 0; i < search->len; i++)
		try_letters(search, text, i, SLIP_WRONG, seen, search->len);
}

static void
try_swapped(struct search *search, const char *seen)
{
	char text[REFERENCE_SIZE] = {0};

	for (size_t i = 0; i + 1 < search->len; i++) {
		memcpy(text, seen, search->len);
		text[i] = seen[i + 1];
		text[i + 1] = seen[i];
		try_text(search, text, SLIP_SWAPPED, seen, search->len);
	}
}

static void
try_missing(struct search *search, const char *seen)
{
	char text[REFERENCE_SIZE] = {0};

	for (size_t i = 0; i < search->len; i++) {
		memcpy(text, seen, i);
		memcpy(text + i + 1, seen + i, search->len - 1 - i);
		try_letters(search, text, i, SLIP_MISSING, seen, search->len - 1);
	}
}

static void
try_extra(struct search *search, const char *seen)
{
	char text[REFERENCE_SIZE] = {0};

	for (size_t i = 0; i <= search->len; i++) {
		memcpy(text, seen, i);
		memcpy(text + i, seen + i + 1, search->len - i);
		try_text(search, text, SLIP_EXTRA, seen, search->len + 1);
	}
}

/* Letters before the next wall, as many as matter. */
static size_t
run_length(const char *letters, size_t most)
{
	size_t len = 0;

	while (len < most && letters[len] != WALL)
		len++;
	return len;
}

/* What stands there, or (`edited`) what one edit makes of it. */
static void
search_kind(struct search *search, const char *letters, size_t count, bool edited)
{
	for (size_t at = 0; at < count && search->near->count < REFERENCE_NEAR_MAX; at++) {
		size_t most = search->len + 1 < count - at ? search->len + 1 : count - at;
		size_t run = run_length(letters + at, most);

		if (!edited) {
			if (run >= search->len)
				try_text(search, letters + at, SLIP_BROKEN, letters + at,
					search->len);
			continue;
		}
		if (run >= search->len) {
			try_wrong(search, letters + at);
			try_swapped(search, letters + at);
		}
		if (run + 1 >= search->len)
			try_missing(search, letters + at);
		if (run > search->len)
			try_extra(search, letters + at);
	}
}

void
reference_near(struct str prefix, struct str note, struct near_references *near)
{
	static const char kinds[] = {REFERENCE_KIND_CHARGE, REFERENCE_KIND_STALL};
	struct search search = {.near = near};
	char letters[NEAR_LETTERS_MAX];
	size_t count = read_letters(note, letters);

	near->count = 0;
	if (!reference_prefix_ok(prefix))
		return;
	reference_find(prefix, note, &search.whole);
	memcpy(search.head, prefix.ptr, REFERENCE_PREFIX_LEN);
	for (size_t i = 0; i < 2 * sizeof(kinds); i++) {
		char kind = kinds[i % sizeof(kinds)];

		search.head[REFERENCE_KIND_AT] = kind;
		search.len = reference_length(kind);
		search_kind(&search, letters, count, i >= sizeof(kinds));
	}
}

/* The stall whose references begin so; false when no stall can have that number. */
static bool
stall_of(struct str prefix, const char *seen, struct reference *stall)
{
	struct reference read = {0};

	if (memcmp(seen, prefix.ptr, REFERENCE_PREFIX_LEN) != 0 ||
		reference_length(seen[REFERENCE_KIND_AT]) == 0)
		return false;
	for (size_t i = 0; i < BEGINNING_LEN; i++) {
		read.text[i] = reference_letter(seen[i]);
		if (read.text[i] == '\0')
			return false;
	}
	return reference_stall(prefix, reference_stall_number(&read), stall).code == ERR_OK;
}

void
reference_begun(struct str prefix, struct str note, struct references *begun)
{
	char letters[NEAR_LETTERS_MAX];
	size_t count = read_letters(note, letters);

	begun->count = 0;
	if (!reference_prefix_ok(prefix))
		return;
	for (size_t at = 0; at + BEGINNING_LEN <= count; at++) {
		if (begun->count < REFERENCE_FOUND_MAX &&
			stall_of(prefix, letters + at, &begun->items[begun->count]))
			begun->count++;
	}
}
