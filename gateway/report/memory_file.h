/* memory_file.h - for a library that knows files only: one that is never on a disk. */
#ifndef REPORT_MEMORY_FILE_H
#define REPORT_MEMORY_FILE_H

#include "chopay/str.h"

/* `write` makes the file at `path`; its bytes are added to `out`. */
MUST_CHECK struct err memory_file(
	struct err (*write)(void *arg, const char *path), void *arg, struct buf *out);

#endif
