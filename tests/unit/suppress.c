/* What may be shown: rows, and an attack by linear algebra on random trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/suppress.h"

#define NODES_MAX 40
#define SEEDS 20000
#define PRIME INT64_C(1000003)

/* A tree as its parents and leaves tell it; what is shown as a word of + and -. */
static const struct {
	const char *name;
	int count;
	int parents[8];
	int64_t leaves[8];
	const char *shown;
} rows[] = {
	{"enough everywhere", 3, {-1, 0, 0}, {0, 5, 7}, "+++"},
	{"one of few takes another along", 4, {-1, 0, 0, 0}, {0, 4, 9, 6}, "+-+-"},
	{"two of few are enough together", 4, {-1, 0, 0, 0}, {0, 2, 3, 8}, "+--+"},
	{"two of few are not enough", 4, {-1, 0, 0, 0}, {0, 2, 2, 8}, "+---"},
	{"a total of few", 3, {-1, 0, 0}, {0, 2, 2}, "---"},
	{"nobody paid", 3, {-1, 0, 0}, {0, 0, 7}, "+++"},
	{"few in one commune take the next and a market of it along", 7, {-1, 0, 0, 1, 1, 2, 2},
		{0, 0, 0, 2, 1, 6, 8}, "+-----+"},
	{"an only child is as its parent", 4, {-1, 0, 0, 1}, {0, 0, 9, 3}, "+---"},
};

static void
rows_hold(void **state)
{
	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		struct suppress_node nodes[8];
		char shown[9] = "";

		for (int i = 0; i < rows[r].count; i++)
			nodes[i] = (struct suppress_node){
				.parent = rows[r].parents[i], .contributors = rows[r].leaves[i]};
		suppress(nodes, (size_t)rows[r].count, CONTRIBUTORS_MIN);
		for (int i = 0; i < rows[r].count; i++)
			shown[i] = nodes[i].shown ? '+' : '-';
		if (strcmp(shown, rows[r].shown) != 0)
			fail_msg("%s: %s, not %s", rows[r].name, shown, rows[r].shown);
	}
}

/* ---- the attack ---------------------------------------------------------------------------------
 */

static uint64_t
next(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return *seed >> 33;
}

static bool
is_below(const struct suppress_node *nodes, int i, int top)
{
	for (; i >= 0; i = nodes[i].parent) {
		if (i == top)
			return true;
	}
	return false;
}

static int64_t
inverse(int64_t a)
{
	int64_t result = 1;

	for (int64_t e = PRIME - 2; e > 0; e >>= 1) {
		if (e & 1)
			result = result * a % PRIME;
		a = a * a % PRIME;
	}
	return result;
}

/* Rows of shown sums in echelon form; what is left of a row after taking them away. */
struct span {
	int64_t rows[NODES_MAX][NODES_MAX];
	int pivots[NODES_MAX];
	int count;
};

static bool
reduce(const struct span *span, int64_t *row)
{
	for (int r = 0; r < span->count; r++) {
		int64_t factor = row[span->pivots[r]];

		for (int c = 0; factor != 0 && c < NODES_MAX; c++)
			row[c] = (row[c] + (PRIME - factor) * span->rows[r][c]) % PRIME;
	}
	for (int c = 0; c < NODES_MAX; c++) {
		if (row[c] != 0)
			return true;
	}
	return false;
}

static void
learn(struct span *span, const int64_t *sum)
{
	int64_t row[NODES_MAX], scale;
	int pivot = 0;

	memcpy(row, sum, sizeof(row));
	if (!reduce(span, row))
		return;
	while (row[pivot] == 0)
		pivot++;
	scale = inverse(row[pivot]);
	for (int c = 0; c < NODES_MAX; c++)
		row[c] = row[c] * scale % PRIME;
	span->pivots[span->count] = pivot;
	memcpy(span->rows[span->count++], row, sizeof(row));
}

/* A sum of leaves that have money: where nobody paid there is nothing to know. */
static void
sum_of(const struct suppress_node *nodes, int count, int top, int64_t *row)
{
	memset(row, 0, NODES_MAX * sizeof(*row));
	for (int i = 0; i < count; i++)
		row[i] = nodes[i].leaf && nodes[i].contributors > 0 && is_below(nodes, i, top);
}

static int
make_tree(uint64_t *seed, struct suppress_node *nodes)
{
	int count = 2 + (int)(next(seed) % (NODES_MAX - 2));

	for (int i = 0; i < count; i++) {
		int back = i < 4 ? i : i / 2 + 1; /* bushy, but not flat */

		nodes[i] = (struct suppress_node){
			.parent = i == 0 ? -1 : (int)(next(seed) % (uint64_t)back),
			.contributors = (int64_t)(next(seed) % 8)};
	}
	return count;
}

/* No set of one or two leaves, and no node, of 1 to 4 contributors is in the span of what is shown.
 */
static void
attack(uint64_t number, const struct suppress_node *nodes, int count)
{
	static struct span span;
	int64_t row[NODES_MAX];

	span.count = 0;
	for (int i = 0; i < count; i++) {
		sum_of(nodes, count, i, row);
		if (nodes[i].shown)
			learn(&span, row);
	}
	for (int a = 0; a < count; a++) {
		sum_of(nodes, count, a, row);
		if (nodes[a].contributors > 0 && nodes[a].contributors < CONTRIBUTORS_MIN &&
			!reduce(&span, row))
			fail_msg("seed %llu: node %d can be had", (unsigned long long)number, a);
		for (int b = 0; b < a; b++) {
			int64_t both = nodes[a].contributors + nodes[b].contributors;

			if (!nodes[a].leaf || !nodes[b].leaf || both == 0 ||
				both >= CONTRIBUTORS_MIN)
				continue;
			memset(row, 0, sizeof(row));
			row[a] = nodes[a].contributors > 0;
			row[b] = nodes[b].contributors > 0;
			if (!reduce(&span, row))
				fail_msg("seed %llu: %d and %d can be had",
					(unsigned long long)number, a, b);
		}
	}
}

static void
nothing_small_can_be_had(void **state)
{
	int shown = 0, all = 0;

	(void)state;
	for (uint64_t s = 0; s < SEEDS; s++) {
		struct suppress_node nodes[NODES_MAX];
		uint64_t seed = s;
		int count = make_tree(&seed, nodes);

		suppress(nodes, (size_t)count, CONTRIBUTORS_MIN);
		attack(s, nodes, count);
		for (int i = 0; i < count; i++) {
			shown += nodes[i].shown && nodes[i].contributors > 0;
			all += nodes[i].contributors >= CONTRIBUTORS_MIN;
		}
	}
	assert_true(shown > all / 2); /* hiding everything would be safe, too */
}

/* Any union of atoms may be shown, and it is within the span; one leaf more or less may not. */
static void
other_sets_are_unions_of_atoms(void **state)
{
	(void)state;
	for (uint64_t s = 0; s < SEEDS / 10; s++) {
		struct suppress_node nodes[NODES_MAX];
		bool chosen[NODES_MAX] = {false};
		uint64_t seed = s;
		int count = make_tree(&seed, nodes), atom, apart = 0;

		suppress(nodes, (size_t)count, CONTRIBUTORS_MIN);
		atom = nodes[count - 1].atom;
		for (int i = 0; i < count; i++)
			chosen[i] = nodes[i].leaf && nodes[i].atom == atom;
		assert_int_equal(suppress_may_show(nodes, (size_t)count, chosen),
			atom >= 0 || nodes[count - 1].contributors == 0);
		for (int i = 0; i < count; i++)
			apart += chosen[i] && nodes[i].contributors > 0;
		if (atom < 0 || apart < 2)
			continue;
		for (int i = 0; i < count; i++) {
			if (chosen[i] && nodes[i].contributors > 0) {
				chosen[i] = false;
				break;
			}
		}
		assert_false(suppress_may_show(nodes, (size_t)count, chosen));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_hold),
		cmocka_unit_test(nothing_small_can_be_had),
		cmocka_unit_test(other_sets_are_unions_of_atoms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
