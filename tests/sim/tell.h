/* tell.h - messages as feeds send them, and what the gateway makes of one. */
#ifndef TESTS_SIM_TELL_H
#define TESTS_SIM_TELL_H

#include <semaphore.h>

#include "world.h"

struct telling {
	struct lines_command lines; /* settle_command, for webhooks, is its first member */
	sem_t *done;
	struct message message;
	bool refused; /* not believed or not understood: nothing was submitted */
};

enum honesty { HONEST, FORGED, OTHER_AMOUNT };

/* Composed, verified and parsed; in the world's arena. */
struct telling *tell_prepare(
	struct world *world, const struct message *message, enum honesty honesty);
/* To the writer; `done` is posted when it was answered.  False: refused before. */
bool tell_submit(struct world *world, struct telling *telling, sem_t *done);
/* After `done`: was it acknowledged?  Remembers what was told; an answer that must not be is the
 * world's fault. */
bool tell_answered(struct world *world, const struct telling *telling);

#endif
