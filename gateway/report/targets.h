/* targets.h - what the indicators that have targets are counted in. */
#ifndef REPORT_TARGETS_H
#define REPORT_TARGETS_H

#include "chopay/str.h"

enum measure { MEASURE_POINTS, MEASURE_PERCENT, MEASURE_PAYMENTS, MEASURE_DONG };
enum measure measure_of(struct str indicator);

#endif
