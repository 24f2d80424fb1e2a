/* What must hold of any bytes that are read as a statement, for the fuzz targets. */
#ifndef TESTS_STATEMENT_FUZZ_H
#define TESTS_STATEMENT_FUZZ_H

#include "chopay/statement.h"

/* Aborts when a rule is broken: faults have lines of the file and are text, a refused file tells
 * nothing, each transfer is whole and has an id of its own, and the feed reads the same again. */
void statement_fuzz(const struct statement_source *source);

#endif
