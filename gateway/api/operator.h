/* What the pages of the console share with the answers of /v1. */
#ifndef CHOPAY_API_OPERATOR_H
#define CHOPAY_API_OPERATOR_H

#include "api.h"

/* Answers that /v1 and a page both show: `answer` of an ask. */
struct err alarms_answer(struct db *db, struct ask *ask);
/* Fills in `more`; false after replying 400. */
bool alarms_read_filter(struct ask *ask);

#endif
