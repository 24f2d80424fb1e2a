/*
 * javascript.h - JSON values as JavaScript writes them, byte for byte: Casso and payOS sign text
 * that their servers make with JSON.stringify and template literals (ECMA-262,
 * sections 6.1.6.1.20, 25.5.2).
 *
 * This is text for a signature: no amount is ever read from it.
 * Threads: any.  Memory: none of its own.
 */
#ifndef FEEDS_JAVASCRIPT_H
#define FEEDS_JAVASCRIPT_H

#include <jansson.h>

#include "chopay/str.h"

#define JS_KEYS_MAX 128 /* of one object; it is read before anyone has proved who he is */

struct js_member {
	struct str key;
	const json_t *value;
	size_t place; /* in the text */
};

/*
 * The members in the order of Object.keys: those that look like an array index first, by number;
 * then all others, as they stand in the text or, `sorted`, by UTF-16 code unit.
 * False: more than JS_KEYS_MAX.
 */
bool js_members(
	const json_t *object, bool sorted, struct js_member members[JS_KEYS_MAX], size_t *count);

/* "3000", "1.5", "1e+21": the shortest digits that give the same double. */
void js_put_number(struct buf *out, const json_t *number);

struct js_style {
	int sorted_levels;	/* of objects inside each other; INT_MAX: all */
	bool arrays_as_objects; /* [7] is written {"0":7} */
};

/* JSON.stringify.  False: an object with more than JS_KEYS_MAX keys. */
bool js_put_json(struct buf *out, const json_t *value, struct js_style style);

/*
 * JSON.stringify of the object into which all of Object.keys(value).sort() were copied: an object
 * sorted one level, an array or a text by its indexes ({"0":"a","1":"b"}), {} of a number or
 * boolean. False: null, of which JavaScript throws, or too many keys.
 */
bool js_put_key_copy(struct buf *out, const json_t *value);

#endif
