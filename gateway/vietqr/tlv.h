/*
 * tlv.h - objects one after another: 2 digits of tag, 2 digits of length, that many characters.
 *
 * Offsets count from the start of the whole text, also inside a template, so that a fault deep
 * down is reported where it stands.  The text must be well-formed UTF-8.
 */
#ifndef VIETQR_TLV_H
#define VIETQR_TLV_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden) /* not of the shared library */

#define TLV_IDS 100   /* a tag is 0..99 ... */
#define TLV_NO_ID 100 /* ... or could not be read */
#define TLV_HEAD 4    /* characters of tag and length */

struct tlv_object {
	unsigned id;
	size_t at;   /* of the tag */
	size_t from; /* of the value */
	size_t to;   /* behind it */
};

struct tlv_reader {
	const char *text;
	size_t at;
	size_t end;
	size_t fault_at; /* the byte that stopped it */
};

enum tlv_step {
	TLV_OBJECT,
	TLV_END,
	TLV_SHORT,	/* 1..3 characters left over: no room for a tag and a length */
	TLV_BAD_ID,	/* a tag that is not digits */
	TLV_BAD_LENGTH, /* a length that is not digits */
	TLV_PAST_END,	/* a length that leaves the text or the template */
};

/* The next object.  On a fault, its id and `at` are as far as they could be read. */
enum tlv_step vq_tlv_next(struct tlv_reader *reader, struct tlv_object *object);

/* Does all of text[from, to) parse?  If not, `fault_at` (may be NULL) is where it stops. */
bool vq_tlv_parses(const char *text, size_t from, size_t to, size_t *fault_at);

#pragma GCC visibility pop

#endif
