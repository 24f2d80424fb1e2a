/* Reports of any figures, to hold promises against that must hold for all. */
#ifndef TESTS_RANDOM_REPORT_H
#define TESTS_RANDOM_REPORT_H

#include "chopay/report.h"

/* The same seed gives the same report: figures at random, some of them missing, some zero; names
 * without digits, so that each digit of a text is a figure's. */
struct report *random_report(struct arena *arena, uint64_t seed);

#endif
