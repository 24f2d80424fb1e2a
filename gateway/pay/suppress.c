/* Which sums may be shown: from the leaves up, each node settles what is below it. */
#include "chopay/suppress.h"

static bool
too_few(int64_t contributors, int64_t least)
{
	return contributors > 0 && contributors < least;
}

static void
sum_up(struct suppress_node *nodes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		nodes[i].leaf = true;
		if (nodes[i].parent >= 0)
			nodes[nodes[i].parent].leaf = false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!nodes[i].leaf)
			nodes[i].contributors = 0;
	}
	for (size_t i = count; i-- > 0;) {
		if (nodes[i].parent >= 0)
			nodes[nodes[i].parent].contributors += nodes[i].contributors;
	}
}

/* Shown, below `top`, and under no other shown node there. */
static bool
is_outermost(const struct suppress_node *nodes, size_t i, int top)
{
	if (!nodes[i].shown)
		return false;
	for (int up = nodes[i].parent; up >= 0; up = nodes[up].parent) {
		if (up == top)
			return true;
		if (nodes[up].shown)
			return false;
	}
	return false;
}

/* The outermost shown node below `top` with the fewest contributors, the first of equals. */
static size_t
smallest_below(const struct suppress_node *nodes, size_t count, int top)
{
	size_t smallest = count;

	for (size_t i = (size_t)top + 1; i < count; i++) {
		if (nodes[i].contributors > 0 && is_outermost(nodes, i, top) &&
			(smallest == count || nodes[i].contributors < nodes[smallest].contributors))
			smallest = i;
	}
	return smallest;
}

/* What is left when the shown ones below are taken away must not be of few: one of them at a time
 * is hidden with it, until it is of enough. */
static void
cover_rest(struct suppress_node *nodes, size_t count, int top, int64_t least)
{
	while (too_few(nodes[top].open, least)) {
		size_t with = smallest_below(nodes, count, top);

		nodes[with].shown = false;
		nodes[top].open += nodes[with].open;
	}
}

static void
settle(struct suppress_node *nodes, size_t count, size_t i, int64_t least)
{
	struct suppress_node *node = &nodes[i];

	node->shown = !too_few(node->contributors, least);
	if (node->shown && !node->leaf)
		cover_rest(nodes, count, (int)i, least);
}

static int
shown_above(const struct suppress_node *nodes, size_t i)
{
	for (int up = (int)i; up >= 0; up = nodes[up].parent) {
		if (nodes[up].shown)
			return up;
	}
	return -1;
}

/* The leaves of an atom in a ring: `open` of its shown node is the last one put in, while this
 * runs. */
static void
tie_rings(struct suppress_node *nodes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		nodes[i].open = -1;
	for (size_t i = 0; i < count; i++) {
		struct suppress_node *leaf = &nodes[i], *shown;

		leaf->next = (int)i;
		if (!leaf->leaf || leaf->contributors == 0 || leaf->atom < 0)
			continue;
		shown = &nodes[leaf->atom];
		if (shown->open >= 0) {
			leaf->next = nodes[shown->open].next;
			nodes[shown->open].next = (int)i;
		}
		shown->open = (int64_t)i;
	}
}

void
suppress(struct suppress_node *nodes, size_t count, int64_t least)
{
	sum_up(nodes, count);
	for (size_t i = 0; i < count; i++)
		nodes[i].open = nodes[i].leaf ? nodes[i].contributors : 0;
	for (size_t i = count; i-- > 0;) {
		settle(nodes, count, i, least);
		if (nodes[i].parent >= 0 && !nodes[i].shown)
			nodes[nodes[i].parent].open += nodes[i].open;
	}
	for (size_t i = 0; i < count; i++)
		nodes[i].atom = nodes[i].leaf ? shown_above(nodes, i) : -1;
	tie_rings(nodes, count);
}

bool
suppress_may_show(const struct suppress_node *nodes, size_t count, const bool *chosen)
{
	for (size_t i = 0; i < count; i++) {
		if (!nodes[i].leaf || nodes[i].contributors == 0 || !chosen[i])
			continue;
		if (nodes[i].atom < 0 || !chosen[nodes[i].next])
			return false;
	}
	return true;
}
