/*
 * person.h - the names of people who answer for something, and their words, as they may be kept.
 *
 * Threads: any.  Memory: none.
 */
#ifndef CHOPAY_PERSON_H
#define CHOPAY_PERSON_H

#include "chopay/str.h"

#define PERSON_CHARS_MAX 100
#define WHY_CHARS_MAX 500

/* Characters of a text that may be shown in a line: UTF-8 without control characters.  -1: it may
 * not. */
int64_t line_length(struct str text);

/* 1 to PERSON_CHARS_MAX such characters, and something of them can be seen. */
bool person_is_name(struct str name);

/* "Huệ" and "HUỆ ", composed or not, are one person.  So is, with anybody, a name that is not
 * UTF-8: where two must agree it is refused. */
bool person_same(struct str a, struct str b);

#endif
