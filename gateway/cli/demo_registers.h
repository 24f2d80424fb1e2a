/* What the market board of the sample market entered, so that its report has all its parts. */
#ifndef CHOPAY_CLI_DEMO_REGISTERS_H
#define CHOPAY_CLI_DEMO_REGISTERS_H

#include "control.h"

/* Calendar, targets, this month's turnover and today's fees, unless there is a calendar already (a
 * store of one's own).  An exit status, after complaining. */
int demo_registers(struct control *control);

#endif
