/* What the handlers about suspense share. */
#ifndef CHOPAY_API_SUSPENSE_H
#define CHOPAY_API_SUSPENSE_H

#include "api.h"

/* A credit with its resolution, or the proposals that stand. */
MUST_CHECK struct err suspense_json(
	struct db *db, struct arena *arena, const struct suspense *item, json_t **json);

/* The path's {transfer}; false after replying 404. */
bool suspense_id(struct request *req, int64_t *transfer_id);

#endif
