/*
 * alphabet.h - the letters of a reference and their check characters, for minting and finding.
 *
 * Private to gateway/pay.  Pure.  Threads: any.
 */
#ifndef PAY_ALPHABET_H
#define PAY_ALPHABET_H

#include "chopay/reference.h"

#define REFERENCE_CHECK_LEN 2
#define REFERENCE_PREFIX_LEN 2
#define REFERENCE_KIND_AT 2
#define REFERENCE_KIND_STALL 'S'
#define REFERENCE_KIND_CHARGE 'C'

/* The 32 characters that a reference is made of, upper case; a lower-case letter is folded.
 * 0 for everything else: the look-alikes I L O U, punctuation, each byte of UTF-8. */
char reference_letter(char c);

/* A-Z a-z 0-9, look-alikes included. */
bool is_letter_or_digit(char c);

/* The length that a kind letter announces, or 0 when it is none. */
size_t reference_length(char kind);

/* Are the last two characters of `text` (already folded) the check of all before them? */
bool reference_check_ok(struct str text);

#endif
