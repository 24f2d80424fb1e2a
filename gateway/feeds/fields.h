/*
 * fields.h - a message body as one flat list of fields, whichever of three ways it was written.
 *
 * JSON, application/x-www-form-urlencoded and multipart/form-data are read strictly: what is
 * ambiguous (a name twice, a broken escape, a missing end) is refused, never guessed at.
 * Memory: the arena's.  Text is UTF-8 and may hold NUL.  Threads: any.
 */
#ifndef FEEDS_FIELDS_H
#define FEEDS_FIELDS_H

#include <jansson.h>

#include "chopay/arena.h"
#include "chopay/money.h"

#define FIELDS_MAX 128	    /* of one message */
#define FIELD_TOKEN_MAX 128 /* bytes of a bank's or provider's identifier */

enum field_kind {
	FIELD_TEXT,
	FIELD_INTEGER,
	FIELD_OTHER, /* a fraction, a boolean, a list, an object: nobody may read it */
};

struct field {
	struct str name;
	enum field_kind kind;
	struct str text;
	int64_t integer;
};

struct fields {
	struct field *items;
	size_t count;
};

/* The content type chooses the reader; absent or unknown, the body must be a JSON object. */
MUST_CHECK struct err fields_read(
	struct arena *arena, struct str content_type, struct str body, struct fields *fields);

/* The body as JSON, strictly; a raw NUL byte is refused, which jansson reads over behind a number.
 * `*value` is the caller's. */
MUST_CHECK struct err fields_parse_json(struct str body, json_t **value);

/* The members of an object; those that are null are left out, as if absent. */
MUST_CHECK struct err fields_from_object(
	struct arena *arena, const json_t *object, struct fields *fields);
MUST_CHECK struct err fields_from_form(struct arena *arena, struct str body, struct fields *fields);
MUST_CHECK struct err fields_from_multipart(
	struct arena *arena, struct str content_type, struct str body, struct fields *fields);

/* One more field, while a form is read; FIELDS_MAX and a name used twice are refused. */
MUST_CHECK struct err fields_add(
	struct arena *arena, struct fields *fields, struct str name, struct str text);

/*
 * What a field says.  Absent, null and "" are the same: {NULL, 0}.
 * text: any text.  token: an identifier: text or an integer, printable ASCII or UTF-8 without
 * control characters, at most FIELD_TOKEN_MAX bytes.
 */
MUST_CHECK struct err fields_text(const struct fields *fields, const char *name, struct str *text);
MUST_CHECK struct err fields_token(
	struct arena *arena, const struct fields *fields, const char *name, struct str *token);
/* A transaction's number, sent as a number or as text: a token of printable ASCII, not empty, not
 * 0, not negative. */
MUST_CHECK struct err fields_id(
	struct arena *arena, const struct fields *fields, const char *name, struct str *id);
/* A token that some senders spell in another way; both, and they differ: refused. */
MUST_CHECK struct err fields_token_either(struct arena *arena, const struct fields *fields,
	const char *name, const char *other_name, struct str *token);
/* "yyyyMMddHHmmss", Vietnam time; must be there. */
MUST_CHECK struct err fields_compact_time(
	const struct fields *fields, const char *name, int64_t *time_ms);
/* Whole dong, 0 .. 10^15, as an integer or in decimal digits; must be there. */
MUST_CHECK struct err fields_amount(
	const struct fields *fields, const char *name, struct vnd *amount);
/* The same with a sign, which says where the money went: negative is out of the account. */
MUST_CHECK struct err fields_signed_amount(
	const struct fields *fields, const char *name, struct vnd *amount, bool *outgoing);

#endif
