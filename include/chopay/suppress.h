/*
 * suppress.h - which sums of money may be shown, when those of few must not be known.  Pure.
 *
 * Leaves (markets) are summed into nodes (communes, provinces, the country).  A sum to which fewer
 * than `least` contribute is not shown, nor is another one by whose side it could be had by
 * subtraction.  What is shown parts the leaves into atoms: those under a shown node that no shown
 * node below it covers.  Every sum that can be made of shown ones, by whatever adding and
 * subtracting, is one of whole atoms, and each atom has `least` contributors or none; so any other
 * set of leaves may be shown just when it is a union of atoms.
 * Source: ADOPTION section 8 (privacy); primary and complementary cell suppression of statistics.
 * Threads: any.  Memory: the caller's.
 */
#ifndef CHOPAY_SUPPRESS_H
#define CHOPAY_SUPPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTRIBUTORS_MIN 5 /* stalls */

struct suppress_node {
	int parent;	      /* its place in the array, before its own; -1: none */
	int64_t contributors; /* of a leaf; of others set to the sum of what is below */
	/* out */
	bool shown;
	int atom; /* of a leaf: the shown node it belongs to; -1: nothing is shown of it */
	/* its own */
	int next;     /* of a leaf with contributors: another such of its atom, round and round */
	int64_t open; /* contributors below that no shown node below covers */
	bool leaf;
};

void suppress(struct suppress_node *nodes, size_t count, int64_t least);
/* May the sum of the leaves for which `chosen` is true be shown?  `chosen` has `count` items; only
 * those of leaves count. */
bool suppress_may_show(const struct suppress_node *nodes, size_t count, const bool *chosen);

#endif
