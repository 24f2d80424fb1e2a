/*
 * atoms.h - of which markets together money may be shown, half-month by half-month.
 *
 * All markets there are, in the tree of today's units, whoever asks for whichever report: so what
 * is shown in one report, or of one period, cannot be taken from what is shown in another
 * (suppress.h). Groups of other units (as they were then, former ones) show money when they are
 * made of whole atoms of that tree.  Private to this folder.  Source: ADOPTION section 8.
 */
#ifndef CHOPAY_REPORT_ATOMS_H
#define CHOPAY_REPORT_ATOMS_H

#include "chopay/suppress.h"

#include "view.h"

struct atoms {
	size_t blocks; /* half-months, as in the view's sums */
	size_t count;  /* nodes of each */
	struct suppress_node **nodes;
	size_t *leaf_of; /* the node of each market */
	struct atom_days {
		int32_t from, to; /* inclusive; `to` no later than the cut-off */
	} * days;
};
MUST_CHECK struct err atoms_make(struct build *build, const struct view *view, struct atoms *atoms);

/* Some pieces of a view, by a child of it; NOWHERE: all that is inside. */
bool piece_belongs(const struct piece *piece, size_t child);
/* Is the group in each half-month a union of atoms? */
bool atoms_show(const struct atoms *atoms, const struct view *view, size_t child);
/* T: and in each atom those who declared, and those who did not, are none or enough. */
bool atoms_show_turnover(const struct atoms *atoms, const struct view *view, size_t child);

#endif
