/*
 * structured_fields.h - a dictionary of HTTP structured fields (RFC 8941, section 3.2).
 *
 * Read as strictly as a serialiser writes: what RFC 8941 lets a reader forgive inside a member
 * (blanks after "(" or ";"), or decides for it (a key twice), is refused, so that the text of a
 * member is the one text that can have been signed.  Threads: any.  Memory: all text borrows from
 * the header.
 */
#ifndef FEEDS_STRUCTURED_FIELDS_H
#define FEEDS_STRUCTURED_FIELDS_H

#include "chopay/str.h"

#define SF_MEMBERS_MAX 8
#define SF_ITEMS_MAX 32 /* of an inner list */
#define SF_PARAMS_MAX 16

enum sf_kind { SF_INTEGER, SF_DECIMAL, SF_STRING, SF_TOKEN, SF_BYTES, SF_BOOLEAN };

struct sf_item {
	enum sf_kind kind;
	/* Between the quotes (backslashes still there), between the colons (base64), or all of it.
	 */
	struct str text;
	int64_t integer; /* of SF_INTEGER */
	bool with_params;
};

struct sf_param {
	struct str key;
	struct sf_item value;
};

struct sf_member {
	struct str key;
	struct str text; /* what stands behind "=", parameters too */
	bool is_list;
	struct sf_item items[SF_ITEMS_MAX]; /* one, unless it is a list */
	size_t item_count;
	struct sf_param params[SF_PARAMS_MAX]; /* of the member; those of items are not kept */
	size_t param_count;
};

struct sf_dictionary {
	struct sf_member members[SF_MEMBERS_MAX];
	size_t count;
};

/* False: not a dictionary, empty, or too large. */
bool sf_read_dictionary(struct str header, struct sf_dictionary *dictionary);

const struct sf_member *sf_find(const struct sf_dictionary *dictionary, struct str key);
const struct sf_item *sf_param(const struct sf_member *member, const char *key);

#endif
