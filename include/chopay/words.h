/*
 * words.h - what pages say to people, in Vietnamese and English, by the name of the text.
 *
 * One catalogue, gateway/web/words.tsv, inside the binary: lines `key TAB Vietnamese TAB English`
 * in the byte order of their keys.  A key is "room.name": "stall.short", "signin.wrong".  %1 .. %9
 * in a text stand for what whoever uses it fills in.  Texts of reports are gateway/report's own
 * (catalogue.c): there the compiler checks that none is missing.
 *
 * Threads: any.  Memory: static.
 */
#ifndef CHOPAY_WORDS_H
#define CHOPAY_WORDS_H

#include "chopay/str.h"

enum language { VIETNAMESE, ENGLISH };

/* The text called `key`; the key itself where there is none, for a missing text to be seen. */
struct str words_find(enum language language, struct str key);

/* The n-th text (from 0) whose key starts with `prefix`; `*key` is what follows the prefix.  False
 * past the last. */
bool words_list(
	enum language language, struct str prefix, size_t n, struct str *key, struct str *text);

/* Append a text with `values[i]` in the place of %(i+1); a place without a value stays empty. */
void words_fill(struct buf *out, struct str text, const struct str *values, size_t count);

#endif
