/*
 * pictures.h - pictures that were drawn, kept for who asks next; and how many more may be drawn.
 *
 * Each loop has its own: no lock, and what is kept is bounded for each loop alike.  A picture is
 * known by its tag, a digest of all that it shows; the one least asked for goes first.
 * Drawing is rationed: to each address, so that one cannot use up what all have, and in all, so
 * that pictures never keep the readers from the stalls' questions.  What is kept costs nothing.
 */
#ifndef CHOPAY_API_PICTURES_H
#define CHOPAY_API_PICTURES_H

#include "chopay/crypt.h"

#define PICTURES_KEPT_BYTES (4 * 1024 * 1024)
#define PICTURES_KEPT_MAX 512
#define PICTURES_BURST 30     /* of an address, at once */
#define PICTURES_PER_SECOND 3 /* ... and then */
#define PICTURES_ALL_BURST 60 /* of all addresses */
#define PICTURES_ALL_PER_SECOND 20

struct pictures;

struct pictures *pictures_new(void);
void pictures_free(struct pictures *pictures);

/* Empty when it is not kept; a view until the next call. */
struct str pictures_find(struct pictures *pictures, const unsigned char tag[SHA256_SIZE]);
/* Copied; one that is kept already stays. */
void pictures_keep(
	struct pictures *pictures, const unsigned char tag[SHA256_SIZE], struct str bytes);

/* May one more be drawn for that address?  If so, it is counted.  `now_ms` never goes back. */
bool pictures_may_draw(struct pictures *pictures, struct str address, int64_t now_ms);

#endif
