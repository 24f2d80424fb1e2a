/* payer.h - who paid, where a feed says so. */
#ifndef FEEDS_PAYER_H
#define FEEDS_PAYER_H

#include "chopay/feeds.h"
#include "fields.h"

/* The payer's account and bank from fields of these names (`bank` may be NULL).  What cannot be
 * read is left out: a credit is worth more than the name of its payer. */
void payer_read(struct arena *arena, const struct fields *fields, const char *account,
	const char *bank, struct feed_event *event);

#endif
