/*
 * statement_formats.h - one reader for each format; faults are noted in `build`.
 */
#ifndef FEEDS_STATEMENT_FORMATS_H
#define FEEDS_STATEMENT_FORMATS_H

#include "statement_build.h"

/* False: a mapping is needed; what it may be stands in `build->out`. */
bool statement_read_csv(struct statement_build *build);
bool statement_read_xlsx(struct statement_build *build);
void statement_read_mt940(struct statement_build *build);
void statement_read_camt053(struct statement_build *build);

#endif
