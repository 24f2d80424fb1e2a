/* former.h - units that have ended, whose area is still reported of ("vùng huyện ... (cũ)"). */
#ifndef CHOPAY_REPORT_FORMER_H
#define CHOPAY_REPORT_FORMER_H

#include "world.h"

/* The last row of that code that ended for good before today; NOWHERE: there is none. */
size_t former_unit(const struct world *world, struct str code, int32_t today);
/* Did the market belong to it, or to a unit below it, on its last day? */
bool former_held(const struct world *world, size_t unit, size_t market);

#endif
