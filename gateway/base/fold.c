/* Vietnamese folded by utf8proc: to the ASCII that banks keep, and to what makes a name one. */
#include <stdlib.h>
#include <utf8proc.h>

#include "chopay/fold.h"

/* The one letter of Vietnamese that Unicode does not decompose. */
static char
letter_of(utf8proc_int32_t c)
{
	if (c == 0x111) /* đ */
		return 'd';
	if (c == 0x110) /* Đ */
		return 'D';
	return c >= 0x20 && c < 0x7f ? (char)c : '\0';
}

/* The letters of a text, decomposed; the caller frees them. */
static struct err
decompose(
	struct str text, utf8proc_option_t how, utf8proc_int32_t **letters, utf8proc_ssize_t *count)
{
	const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text.ptr;
	utf8proc_ssize_t len = (utf8proc_ssize_t)text.len;

	how |= UTF8PROC_DECOMPOSE | UTF8PROC_STABLE;
	*letters = NULL;
	*count = 0;
	if (len == 0)
		return OK;
	*count = utf8proc_decompose(bytes, len, NULL, 0, how);
	if (*count < 0)
		return FAIL(ERR_INVALID, "the text is not UTF-8");
	*letters = mem_alloc((size_t)(*count + 1) * sizeof(**letters));
	*count = utf8proc_decompose(bytes, len, *letters, *count, how);
	return OK;
}

struct err
fold_ascii(struct buf *out, struct str text)
{
	utf8proc_int32_t *letters;
	utf8proc_ssize_t count;

	TRY(decompose(text, 0, &letters, &count));
	for (utf8proc_ssize_t i = 0; i < count; i++) {
		char c = letter_of(letters[i]);

		if (c != '\0')
			buf_addc(out, c);
		else if (letters[i] == '\n' || letters[i] == '\t' || letters[i] == '\r')
			buf_addc(out, ' ');
	}
	free(letters);
	return OK;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

struct err
fold_memo(struct buf *out, struct str text, size_t max)
{
	struct buf ascii CLEANUP(buf_fini) = {0};
	size_t start = out->len;
	bool blank = false;

	TRY(fold_ascii(&ascii, text));
	for (size_t i = 0; i < ascii.len && out->len - start < max; i++) {
		char c = ascii.ptr[i];

		if (!is_alnum(c)) {
			blank = out->len > start;
			continue;
		}
		if (blank) {
			if (out->len - start + 1 >= max)
				break;
			buf_addc(out, ' ');
			blank = false;
		}
		buf_addc(out, c);
	}
	return OK;
}

struct err
fold_search(struct buf *out, struct str text, size_t max)
{
	size_t start = out->len;

	TRY(fold_memo(out, text, max));
	for (size_t i = start; i < out->len; i++) {
		if (out->ptr[i] >= 'A' && out->ptr[i] <= 'Z')
			out->ptr[i] = (char)(out->ptr[i] - 'A' + 'a');
	}
	return OK;
}

static bool
begins_a_word(struct str text, struct str word)
{
	struct str one;
	bool more = true;

	while (more) {
		more = str_split(&text, ' ', &one);
		if (str_starts(one, word))
			return true;
	}
	return false;
}

bool
fold_finds(struct str text, struct str asked)
{
	struct str word;
	bool more = true;

	while (more) {
		more = str_split(&asked, ' ', &word);
		if (!begins_a_word(text, word))
			return false;
	}
	return true;
}

struct err
fold_name(struct buf *out, struct str text)
{
	const utf8proc_option_t how = UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
	utf8proc_int32_t *letters;
	utf8proc_ssize_t count;
	size_t start = out->len;
	bool blank = false;

	TRY(decompose(text, how, &letters, &count));
	for (utf8proc_ssize_t i = 0; i < count; i++) {
		utf8proc_uint8_t bytes[4];
		utf8proc_ssize_t len = utf8proc_encode_char(letters[i], bytes);

		if (utf8proc_category(letters[i]) == UTF8PROC_CATEGORY_ZS) {
			blank = out->len > start;
			continue;
		}
		if (blank)
			buf_addc(out, ' ');
		blank = false;
		buf_add(out, (struct str){(const char *)bytes, (size_t)len});
	}
	free(letters);
	return OK;
}
