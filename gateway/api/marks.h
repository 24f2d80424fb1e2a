/*
 * marks.h - how far a live page has come: the newest id that it was sent of each writer.
 *
 * The ids of one writer are committed in their order; among several, a smaller one may come later.
 * So one id alone does not say what a page has seen.  In the text that a page gives back after a
 * lost line ("123-120") the ids are joined; where one process writes, it is one id.
 * Threads: the caller's.
 */
#ifndef CHOPAY_API_MARKS_H
#define CHOPAY_API_MARKS_H

#include "chopay/str.h"

#define MARKS_MAX 16	    /* writers that wrote for one stall within MARKS_LATE_MS */
#define MARKS_LATE_MS 60000 /* so long after a newer id may an id be committed */
#define MARKS_TEXT_MAX (MARKS_MAX * 20)

struct marks {
	size_t count;
	int64_t ids[MARKS_MAX]; /* each of another writer */
};

/* True when it is new to the page; then it is marked. */
bool marks_take(struct marks *marks, int64_t id);
/* What the page may lack has an id above this one; what has one and is not lacked, marks_take
 * knows. */
int64_t marks_floor(const struct marks *marks);
int64_t marks_newest(const struct marks *marks); /* 0: none */

void marks_write(const struct marks *marks, struct buf *text);
/* ERR_INVALID: no such text. */
MUST_CHECK struct err marks_read(struct str text, struct marks *marks);

#endif
