/*
 * why.h - why there is no such report, in the lines that report_why (report.h) reads.
 */
#ifndef REPORT_WHY_H
#define REPORT_WHY_H

#include "sentence.h"

/* Adds the text of `which` in both languages, `parts` made plain (at most 3); `option`: what to ask
 * for instead on a command line, or NULL. */
void put_why(struct buf *why, enum word which, const struct str *parts, size_t count,
	const char *option);

#endif
