/*
 * view.h - one period of what a report is about: its own figures, those of its parts, and of the
 * units that it is ranked among.
 *
 * Private to this folder.  Memory: the arena, but for what view_fini frees.
 */
#ifndef CHOPAY_REPORT_VIEW_H
#define CHOPAY_REPORT_VIEW_H

#include "sums.h"

/* What the parts of report_build share. */
struct build {
	struct db *db;
	struct arena *arena;
	const struct report_request *request;
	const struct report_watch *watch;
	struct report_progress progress;
	struct world *world;
	struct subject subject;
};

struct view {
	struct period period;
	struct selection selection;
	struct sums sums;
	struct total own, *children, *peers;
	size_t *child_ranks, *peer_ranks; /* 0: not ranked */
	size_t peers_ranked;
};
/* Who looks on: at each cell inside, and at the pieces before they are summed up. */
struct viewer {
	struct err (*look)(void *arg, const struct cell *cell);
	struct err (*looked)(void *arg, struct view *view);
	void *arg;
};
enum view_depth {
	VIEW_OWN,   /* its own figures */
	VIEW_RANKS, /* ... and ranks: of its parts and of its peers, without their tallies */
	VIEW_PARTS, /* ... and all figures of its parts */
};
/* `viewer` may be NULL. */
MUST_CHECK struct err view_make(struct build *build, const struct period *period,
	enum view_depth depth, const struct viewer *viewer, struct view *view);
void view_fini(struct view *view); /* for CLEANUP */
/* Has anybody shown a code or been paid in it?  Before that there is nothing to compare with. */
bool view_known(const struct view *view);

/* Why figures have no rank; "": they have. */
struct str rank_refused(struct arena *arena, const struct report_figures *figures);
/* Indices of the children, ranked ones first, ties by N, H and code. */
size_t *rank_order(struct arena *arena, const struct view *view);

#endif
