/* A statement as text, for tests: a line per transfer, or the faults. */
#ifndef TESTS_STATEMENT_TEXT_H
#define TESTS_STATEMENT_TEXT_H

#include "chopay/statement.h"

/*
 * "2026-07-28T14:30:45 in 50000 0071000000001 FT1 | the note" for each transfer, then
 * "left out 2" and "balanced" where they hold; or "line 5, credit: reason" for each fault; or
 * "proposal: ..." with "ambiguous credit: #4 X, #5 Y".
 */
void statement_put(struct buf *out, const struct statement *statement, struct err err);

#endif
