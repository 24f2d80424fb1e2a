/*
 * bytes.h - what each byte of HTTP may be part of.
 *
 * Pure.  Source: RFC 9110 section 5.6.2, RFC 3986, SAFETY section 1.
 */
#ifndef CHOPAY_HTTP_BYTES_H
#define CHOPAY_HTTP_BYTES_H

#include "chopay/str.h"

enum byte_class {
	BYTE_TOKEN = 0x01,  /* tchar: methods and header names */
	BYTE_TARGET = 0x02, /* 0x21-0x7e without '#' */
	BYTE_VALUE = 0x04,  /* HTAB, SP, VCHAR and obs-text */
	BYTE_HOST = 0x08,   /* a name or an IPv4 address */
	BYTE_DIGIT = 0x10,
	BYTE_HEX = 0x20,
};

bool byte_is(unsigned char c, enum byte_class class);

/* How many bytes from `from` on belong to the class, looking no further than `to`. */
size_t byte_run(struct str bytes, size_t from, size_t to, enum byte_class class);

/* Is there a byte at all, and does each belong to the class? */
bool byte_all(struct str text, enum byte_class class);

int hex_value(unsigned char c); /* or -1 */

/* The value of the two hex digits behind a '%' at `at`, or -1. */
int percent_value(struct str text, size_t at);

#endif
