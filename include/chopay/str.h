/*
 * str.h - counted text: views that own nothing, and buffers that grow.
 *
 * A `struct str` may hold NUL bytes (a bank's memo can).  Threads: any.
 * Allocation failure ends the process: a gateway that cannot allocate a line of text cannot
 * keep a promise either, and the books are safe on disk.
 */
#ifndef CHOPAY_STR_H
#define CHOPAY_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chopay/err.h"

struct str {
	const char *ptr; /* borrowed; not NUL-terminated */
	size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_FMT(s) (int)(s).len, (s).ptr /* for "%.*s" */

struct str str_from(const char *text); /* a C string, or NULL for the empty str */
bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only */
bool str_starts(struct str text, struct str head);
bool str_ends(struct str text, struct str tail);
struct str str_trim(struct str text); /* ASCII blanks, tabs and line ends off both ends */
struct str str_cut(struct str text, size_t from, size_t to); /* clamped to the text */

/* Split at the first `sep`: `head` before it, `text` becomes what follows.  False (and `head` all,
 * `text` empty) when there is no `sep`. */
bool str_split(struct str *text, char sep, struct str *head);

/* The place of `needle`, or -1. */
ptrdiff_t str_find(struct str text, struct str needle);

/* Whole text as a decimal integer: digits with an optional leading '-', no blanks, no overflow. */
MUST_CHECK struct err str_to_i64(struct str text, int64_t *value);

/* Is it well-formed UTF-8 (RFC 3629: no overlong form, no surrogate)? */
bool str_is_utf8(struct str text);

/* A buffer that grows.  Zero-initialise; free with buf_fini (usable with CLEANUP). */
struct buf {
	char *ptr; /* owned; NUL-terminated when not NULL */
	size_t len;
	size_t cap;
};

void buf_fini(struct buf *buf);
void buf_clear(struct buf *buf); /* length 0, memory kept */
void buf_add(struct buf *buf, struct str text);
void buf_adds(struct buf *buf, const char *text);
void buf_addc(struct buf *buf, char c);
/* As a part of a URL: all but letters, digits and -._~ as %XX. */
void buf_add_percent(struct buf *buf, struct str text);
void buf_addf(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vaddf(struct buf *buf, const char *fmt, va_list args) PRINTF_LIKE(2, 0);
struct str buf_str(const struct buf *buf); /* a view; valid until the next change */

/* malloc and friends that never return NULL. */
void *mem_alloc(size_t size);
void *mem_alloc_zero(size_t count, size_t size);
void *mem_resize(void *ptr, size_t size);
/* Room for one more of `count` items of `size` bytes: twice as much when it is full. */
void *mem_room(void *items, size_t size, size_t count, size_t *capacity);
char *mem_copy_str(struct str text); /* NUL-terminated; free() */
void mem_free(void *ptr_to_ptr);     /* for CLEANUP on any pointer variable */

#endif
