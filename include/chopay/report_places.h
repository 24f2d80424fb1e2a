/*
 * report_places.h - what a report can be asked of: where one is, and where one can go from there.
 *
 * Only what stands below a root that the asker may see: the caller says which, and this file knows
 * nothing of rights.  Threads: any; memory: the arena given.
 */
#ifndef CHOPAY_REPORT_PLACES_H
#define CHOPAY_REPORT_PLACES_H

#include "chopay/report.h"

struct places_request {
	struct str root;   /* a unit's code: nothing above it is told of; empty: the country */
	struct str market; /* not empty: this market alone, whatever the root */
	enum report_scope scope;
	struct str code; /* where one is; empty: nowhere yet */
	int32_t today;
};

struct place {
	enum report_scope scope;
	struct str code, name;
};

struct places {
	struct place *crumbs; /* from the root down to where one is; the last is that itself */
	size_t crumb_count;
	struct place *units; /* today's, that have a market below; those above first */
	size_t unit_count;
	struct place *markets; /* of the unit where one is, when nothing but markets is below it */
	size_t market_count;
	struct place *former; /* districts that ended and had a market */
	size_t former_count;
	struct place
		home; /* where to begin: the least that has all the markets; code empty: none */
};
MUST_CHECK struct err report_places(struct db *db, struct arena *arena,
	const struct places_request *request, struct places *places);

#endif
