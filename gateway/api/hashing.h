/*
 * hashing.h - questions that hash a password: one at a time in a process.
 *
 * Each takes 128 MiB and a third of a second, so a flood of them must neither fill the memory nor
 * take the readers from everybody else: the others wait in a line of HASHING_WAITING_MAX, on no
 * thread.  Threads: each function on the asking loop.
 */
#ifndef CHOPAY_API_HASHING_H
#define CHOPAY_API_HASHING_H

#include "api.h"

#define HASHING_WAITING_MAX 16

struct hashing {
	struct ask ask; /* first; `answer` and `hashed` are the asker's, `reply` is set here */
	void (*hashed)(struct ask *ask); /* replies */
	struct hashing *next;
};

struct hashing_line *hashing_line_new(void);
void hashing_line_free(struct hashing_line *line);

/* False: too many wait; nothing was sent, and nothing replied. */
bool hashing_send(struct hashing *hashing);

#endif
