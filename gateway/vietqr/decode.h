/*
 * decode.h - what the steps of decoding share: the text, the result, and how a fault is told.
 */
#ifndef VIETQR_DECODE_H
#define VIETQR_DECODE_H

#include "vietqr.h"

#pragma GCC visibility push(hidden) /* not of the shared library */

struct decoder {
	const char *text;
	size_t length;
	size_t crc_at; /* of the tag 63: where the search for anything ends */
	struct vietqr_decoded *out;
};

/*
 * Fill `error`; a '#' in `code` stands for the path.  Always false, to be returned.
 */
bool vq_refuse(struct decoder *decoder, const char *code, const char *path, size_t offset);

/* The same, as a warning. */
void vq_warn(struct decoder *decoder, const char *code, const char *path, size_t offset);

/* "38" and 1 make "38.01"; "" and 38 make "38". */
void vq_path(char path[VIETQR_PATH_SIZE], const char *parent, unsigned id);

/* Step 1, shape.c: UTF-8, length, objects from end to end, CRC.  Nothing is believed before. */
bool vq_check_shape(struct decoder *decoder);

/* Step 2, fields.c: open the templates, list the fields. */
bool vq_list_fields(struct decoder *decoder);

/* Step 3, scheme.c: whose template it carries. */
enum vietqr_scheme vq_scheme_of(const struct vietqr_decoded *decoded);

/* Step 4, rules.c: what each value may be. */
bool vq_check_rules(struct decoder *decoder);

#pragma GCC visibility pop

#endif
