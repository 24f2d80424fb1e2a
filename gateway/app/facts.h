/* What the machine says of itself: room on the disk, certificates that end. */
#ifndef APP_FACTS_H
#define APP_FACTS_H

#include <stdatomic.h>

#include "chopay/api.h"
#include "chopay/app.h"

#define FACTS_CERTIFICATES 3

struct facts {
	const struct app_config *config;
	/* Of the server, of callers' CA, of whom we trust when we call; 0: not used, or not
	 * readable. */
	atomic_int_fast64_t until_ms[FACTS_CERTIFICATES];
};

/* Reads the certificates; again when they are reloaded. */
void facts_load(struct facts *facts, const struct app_config *config);
/* Any thread.  `facts` is a struct facts. */
void facts_read(void *facts, struct gateway_facts *read);

#endif
