/*
 * gzip.h - texts made smaller for the line (RFC 1952).
 *
 * Threads: any.
 */
#ifndef CHOPAY_GZIP_H
#define CHOPAY_GZIP_H

#include "chopay/err.h"
#include "chopay/str.h"

/* Append `text`, compressed.  ERR_BROKEN: zlib cannot; `out` is then as it was. */
MUST_CHECK struct err gzip_put(struct buf *out, struct str text);

#endif
