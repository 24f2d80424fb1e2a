/*
 * matrix.h - the dark and light modules of a QR code, for the phone that has no network.
 *
 * The gateway itself draws with libqrencode (picture.c); this one goes into WebAssembly, where
 * there is no libc.  Level M, as there; one mode for the whole text (letters and digits, or
 * bytes), versions 1 to 15, which hold any text that vietqr_encode makes.
 * Source: ISO/IEC 18004:2015.  Threads: any.  Memory: the caller's; no allocation.
 */
#ifndef VIETQR_MATRIX_H
#define VIETQR_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden) /* not of the shared library */

#define MATRIX_VERSION_MAX 15
#define MATRIX_SIDE_MAX (17 + 4 * MATRIX_VERSION_MAX)
#define MATRIX_CODEWORDS_MAX 655 /* of version 15, data and correction together */

#define MODULE_DARK 1u	  /* bits of a module */
#define MODULE_PATTERN 2u /* part of a pattern: carries no data, is never masked */

struct matrix {
	unsigned version; /* 1..15 */
	unsigned side;	  /* modules; there is no quiet zone in here */
	unsigned char modules[MATRIX_SIDE_MAX][MATRIX_SIDE_MAX]; /* [y][x] */
};

/* Draw `text`.  False: it is empty or does not fit version 15; `matrix` is then unusable. */
bool vq_matrix(const char *text, size_t length, struct matrix *matrix);

/* ---- what matrix.c asks of codewords.c and masks.c ------------------------------------------- */

/* Level M of a version. */
unsigned vq_raw_codewords(unsigned version); /* data and correction together */

/* The codewords of `text` in the smallest version that holds it, in the order in which they are
 * drawn; false when none does. */
bool vq_codewords(const char *text, size_t length, unsigned *version,
	unsigned char codewords[MATRIX_CODEWORDS_MAX]);

#define MASKS 8

/* Turn round every module of no pattern that mask 0..7 chooses; a second time undoes it. */
void vq_mask(struct matrix *matrix, unsigned mask);

/* How hard the symbol is to scan, by the standard's four rules: less is better. */
unsigned vq_penalty(const struct matrix *matrix);

#pragma GCC visibility pop

#endif
