/* mangle.c - the steps of FEEDS section 0, in the order it gives. */
#include "mangle.h"

#include <string.h>

#define WRAP 35

/* Steps that only describe the memo: nothing is done for them. */
static const char *const descriptions[] = {"hyphen_stripped", "punct_to_space", "prefixed",
	"suffixed", "glued_left", "glued_right", "repeated", "two_codes", "absent", "none"};
static const char *const actions[] = {"lower", "truncated", "split_by_space", "split_by_newline",
	"split_by_hyphen", "spaces_stripped", "upper", "wrap35_space", "wrap35_join"};

/* Find `name`; `place` becomes the number behind its '@', or 0. */
static bool
step_find(struct str steps, const char *name, size_t *place)
{
	struct str step;
	bool more = true;

	while (more) {
		struct str head;
		int64_t number = 0;

		more = str_split(&steps, '|', &step);
		bool placed = str_split(&step, '@', &head);

		if (!str_eq(head, str_from(name)))
			continue;
		if (placed && str_to_i64(step, &number).code != ERR_OK)
			return false;
		*place = (size_t)number;
		return true;
	}
	return false;
}

bool
mangle_has(struct str steps, const char *step)
{
	size_t place;

	return step_find(steps, step, &place);
}

static bool
is_among(struct str word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(word, str_from(words[i])))
			return true;
	}
	return false;
}

static bool
steps_known(struct str steps)
{
	bool more = steps.len > 0;

	while (more) {
		struct str step, head;

		more = str_split(&steps, '|', &step);
		str_split(&step, '@', &head);
		if (!is_among(head, descriptions, sizeof descriptions / sizeof *descriptions) &&
			!is_among(head, actions, sizeof actions / sizeof *actions))
			return false;
	}
	return true;
}

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static char
upper(char c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Steps 1 and 2. */
static bool
put_code(struct buf *out, struct str code, struct str steps)
{
	static const struct {
		const char *step, *with;
	} splits[] = {
		{"split_by_space", " "}, {"split_by_newline", "\n"}, {"split_by_hyphen", " - "}};
	bool low = mangle_has(steps, "lower");
	size_t place, split = code.len;
	const char *with = "";

	if (step_find(steps, "truncated", &place)) {
		if (place == 0 || place >= code.len)
			return false;
		code.len = place;
		split = code.len;
	}
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
		if (!step_find(steps, splits[i].step, &place))
			continue;
		if (place == 0 || place >= code.len)
			return false;
		split = place;
		with = splits[i].with;
	}
	for (size_t i = 0; i < code.len; i++) {
		if (i == split)
			buf_adds(out, with);
		buf_addc(out, low ? lower(code.ptr[i]) : code.ptr[i]);
	}
	return true;
}

/* Step 3. */
static bool
put_memo(struct buf *out, const struct mangle *mangle)
{
	static const struct str marks[] = {{"{REF}", 5}, {"{REF2}", 6}};
	struct str rest = mangle->memo;

	while (rest.len > 0) {
		size_t mark = 0;

		while (mark < 2 && !str_starts(rest, marks[mark]))
			mark++;
		if (mark < 2) {
			if (!put_code(out, mangle->codes[mark], mangle->steps))
				return false;
			rest = str_cut(rest, marks[mark].len, rest.len);
		} else {
			buf_addc(out, rest.ptr[0]);
			rest = str_cut(rest, 1, rest.len);
		}
	}
	return true;
}

static void
strip_and_raise(struct buf *text, struct str steps)
{
	bool strip = mangle_has(steps, "spaces_stripped"), raise = mangle_has(steps, "upper");
	size_t left = 0;

	for (size_t i = 0; i < text->len; i++) {
		if (strip && text->ptr[i] == ' ')
			continue;
		text->ptr[left++] = raise ? upper(text->ptr[i]) : text->ptr[i];
	}
	text->len = left;
}

/* Bytes of the first WRAP characters. */
static size_t
piece_size(struct str text)
{
	size_t size = 0, characters = 0;

	for (; size < text.len; size++) {
		if (((unsigned char)text.ptr[size] & 0xC0) != 0x80 && characters++ == WRAP)
			break;
	}
	return size;
}

static void
put_wrapped(struct buf *out, struct str text, bool join)
{
	for (bool first = true; text.len > 0; first = false) {
		size_t size = piece_size(text), from = 0, to = size;

		while (join && from < to && is_blank(text.ptr[from]))
			from++;
		while (join && from < to && is_blank(text.ptr[to - 1]))
			to--;
		if (!join && !first)
			buf_addc(out, ' ');
		buf_add(out, str_cut(text, from, to));
		text = str_cut(text, size, text.len);
	}
}

bool
mangle_render(struct buf *note, const struct mangle *mangle)
{
	CLEANUP(buf_fini) struct buf text = {0};
	bool join = mangle_has(mangle->steps, "wrap35_join");

	if (!steps_known(mangle->steps) || !put_memo(&text, mangle))
		return false;
	strip_and_raise(&text, mangle->steps);
	if (join || mangle_has(mangle->steps, "wrap35_space"))
		put_wrapped(note, buf_str(&text), join);
	else
		buf_add(note, buf_str(&text));
	return true;
}
