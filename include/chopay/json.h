/*
 * json.h - the strict way in and short ways out, over jansson.
 *
 * Values are jansson's json_t; what is added here is what jansson leaves open: the depth bound,
 * exact integers, typed members.  Strings are length-counted and may hold U+0000.
 */
#ifndef CHOPAY_JSON_H
#define CHOPAY_JSON_H

#include <jansson.h>

#include "chopay/arena.h"

#define JSON_DEPTH_MAX_CHOPAY 32 /* SAFETY section 4 */

/* Once, first thing in a program: memory that cannot be had ends the process, as in str.h, so
 * that no value is silently missing a member. */
void json_use_memory(void);

void json_cleanup(json_t **value); /* for CLEANUP */

/*
 * Parse a whole document: UTF-8, no duplicate member, depth <= 32, nothing behind it.
 * `*value` is the caller's (json_decref).  ERR_INVALID says what is wrong; `*offset` (may be
 * NULL) the byte where.
 */
MUST_CHECK struct err json_parse_strict(struct str text, json_t **value, size_t *offset);

/* Members of an object.  The str borrows from the value. */
MUST_CHECK struct err json_member_str(const json_t *object, const char *name, struct str *text);
/* Absent, null, or a string; an absent or null one gives {NULL, 0}. */
MUST_CHECK struct err json_member_str_opt(const json_t *object, const char *name, struct str *text);
/* An exact integer; a fraction, an exponent or a string is ERR_INVALID. */
MUST_CHECK struct err json_member_i64(const json_t *object, const char *name, int64_t *value);

json_t *json_from_str(struct str text);	   /* a string value, embedded NUL kept */
struct str json_str(const json_t *string); /* the view of a string value */
void json_set_str(json_t *object, const char *name, struct str text);
void json_set_i64(json_t *object, const char *name, int64_t value);
void json_set_id(json_t *object, const char *name, int64_t id);	  /* 64-bit: as a string */
void json_set_time(json_t *object, const char *name, int64_t ms); /* RFC 3339; NO_TIME: null */
/* Null for the empty text, for no id (0), for what has not been (0). */
void json_set_str_or_null(json_t *object, const char *name, struct str text);
void json_set_id_or_null(json_t *object, const char *name, int64_t id);
void json_set_time_or_null(json_t *object, const char *name, int64_t ms);

/* Compact text; member order as built. */
void json_write(struct buf *out, const json_t *value);
/* The same with the members of each object sorted: one spelling, to be signed. */
void json_write_sorted(struct buf *out, const json_t *value);

#endif
