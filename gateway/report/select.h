/*
 * select.h - what a report is about: its unit, market or former unit, the ones it is ranked among,
 * and what it is made of.
 *
 * A piece is a market over some of its days: all the days that go to the same groups.  Boundary
 * hien_hanh has one piece a market, tai_thoi_diem one for each unit it was attached to.
 * Private to this folder.  Source: ADOPTION sections 5 and 6.
 */
#ifndef CHOPAY_REPORT_SELECT_H
#define CHOPAY_REPORT_SELECT_H

#include "chopay/report.h"

#include "world.h"

/* What was asked for, found in the register. */
struct subject {
	enum report_scope scope;
	enum report_boundary boundary;
	int64_t now_ms;		/* the cut-off */
	int32_t today;		/* its day */
	size_t unit;		/* UNIT: its newest row (world_same_unit); NOWHERE: the country */
	size_t market;		/* MARKET */
	const bool *former;	/* FORMER: of each market, is it one of them? */
	size_t shown, parent;	/* the rows of the unit and the one above, as they are named */
	struct str peer_level;	/* UNIT: of those it is ranked among */
	struct str child_level; /* "market", or a unit's; empty: there is nothing below */
};
/* `why`: ERR_NOT_FOUND no such unit or market, or not in force; ERR_INVALID a future period. */
MUST_CHECK struct err subject_find(const struct world *world, struct arena *arena,
	const struct report_request *request, struct subject *subject, struct buf *why);

struct piece {
	size_t market;
	int32_t from_day, to_day;
	size_t peer, child; /* groups; NOWHERE: none */
	bool inside;	    /* of what was asked for */
};
struct group {
	size_t key; /* its unit's newest row, or the market */
	struct str code, name;
};
struct selection {
	const struct subject *subject;
	int32_t from_day, to_day; /* of the period; days after the cut-off are in no piece */
	struct piece *pieces;	  /* those of a market are neighbours, by their days */
	size_t piece_count;
	struct {
		size_t first, count;
	} * of_market;
	struct group *peers, *children;
	size_t peer_count, child_count;
	size_t self; /* its own place among the peers, or NOWHERE */
};
/* Only pieces that are inside, or, with `peers`, of a group to be ranked. */
void select_pieces(const struct world *world, struct arena *arena, const struct subject *subject,
	int32_t from_day, int32_t to_day, bool peers, struct selection *selection);

#endif
