/* masks.c - the eight masks, and the penalty by which the best of them is chosen. */
#include "matrix.h"

#define PENALTY_RUN 3 /* five in a row of one colour, and 1 for each more */
#define PENALTY_BLOCK 3
#define PENALTY_FINDER 40
#define PENALTY_BALANCE 10 /* for each 5 % that dark is off one half */

static bool
chooses(unsigned mask, unsigned x, unsigned y)
{
	switch (mask) {
	case 0:
		return (x + y) % 2 == 0;
	case 1:
		return y % 2 == 0;
	case 2:
		return x % 3 == 0;
	case 3:
		return (x + y) % 3 == 0;
	case 4:
		return (x / 3 + y / 2) % 2 == 0;
	case 5:
		return x * y % 2 + x * y % 3 == 0;
	case 6:
		return (x * y % 2 + x * y % 3) % 2 == 0;
	default:
		return ((x + y) % 2 + x * y % 3) % 2 == 0;
	}
}

void
vq_mask(struct matrix *matrix, unsigned mask)
{
	for (unsigned y = 0; y < matrix->side; y++)
		for (unsigned x = 0; x < matrix->side; x++)
			if (!(matrix->modules[y][x] & MODULE_PATTERN) && chooses(mask, x, y))
				matrix->modules[y][x] ^= MODULE_DARK;
}

/* The module at place `i` of a row, or of a column. */
static unsigned
at(const struct matrix *matrix, bool is_row, unsigned line, unsigned i)
{
	return (is_row ? matrix->modules[line][i] : matrix->modules[i][line]) & MODULE_DARK;
}

static unsigned
penalty_of_runs(const struct matrix *matrix, bool is_row, unsigned line)
{
	unsigned penalty = 0, run = 1;

	for (unsigned i = 1; i <= matrix->side; i++) {
		if (i < matrix->side &&
			at(matrix, is_row, line, i) == at(matrix, is_row, line, i - 1)) {
			run++;
			continue;
		}
		if (run >= 5)
			penalty += PENALTY_RUN + run - 5;
		run = 1;
	}
	return penalty;
}

/* What a scanner could take for a finder: 1:1:3:1:1 with four light modules on one side. */
static unsigned
penalty_of_finders(const struct matrix *matrix, bool is_row, unsigned line)
{
	unsigned penalty = 0, window = 0;

	for (unsigned i = 0; i < matrix->side; i++) {
		window = (window << 1 | at(matrix, is_row, line, i)) & 0x7FF;
		if (i >= 10 && (window == 0x05D || window == 0x5D0))
			penalty += PENALTY_FINDER;
	}
	return penalty;
}

static unsigned
penalty_of_blocks(const struct matrix *matrix)
{
	unsigned penalty = 0;

	for (unsigned y = 0; y + 1 < matrix->side; y++)
		for (unsigned x = 0; x + 1 < matrix->side; x++) {
			unsigned dark = at(matrix, true, y, x) + at(matrix, true, y, x + 1) +
					at(matrix, true, y + 1, x) + at(matrix, true, y + 1, x + 1);

			if (dark % 4 == 0)
				penalty += PENALTY_BLOCK;
		}
	return penalty;
}

static unsigned
penalty_of_balance(const struct matrix *matrix)
{
	unsigned dark = 0, all = matrix->side * matrix->side, off;

	for (unsigned y = 0; y < matrix->side; y++)
		for (unsigned x = 0; x < matrix->side; x++)
			dark += at(matrix, true, y, x);
	off = dark * 2 > all ? dark * 2 - all : all - dark * 2; /* of 2 * all */
	return off * 10 / all * PENALTY_BALANCE;
}

unsigned
vq_penalty(const struct matrix *matrix)
{
	unsigned penalty = penalty_of_blocks(matrix) + penalty_of_balance(matrix);

	for (unsigned line = 0; line < matrix->side; line++)
		penalty += penalty_of_runs(matrix, true, line) +
			   penalty_of_runs(matrix, false, line) +
			   penalty_of_finders(matrix, true, line) +
			   penalty_of_finders(matrix, false, line);
	return penalty;
}
