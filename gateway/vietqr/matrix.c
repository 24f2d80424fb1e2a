/* matrix.c - draws a QR code: its patterns, its data in a zigzag, the mask that scans best. */
#include "matrix.h"

#define FORMAT_MASK 0x5412u /* so that no format is all light */

static void
set(struct matrix *matrix, unsigned x, unsigned y, bool is_dark)
{
	matrix->modules[y][x] = (unsigned char)(MODULE_PATTERN | (is_dark ? MODULE_DARK : 0));
}

static unsigned
distance(unsigned a, unsigned b)
{
	return a > b ? a - b : b - a;
}

/* Rings round (x, y), dark and light, with a light one outside where there is room. */
static void
draw_finder(struct matrix *matrix, unsigned x, unsigned y)
{
	for (unsigned v = 0; v < matrix->side; v++)
		for (unsigned u = 0; u < matrix->side; u++) {
			unsigned across = distance(u, x), down = distance(v, y);
			unsigned ring = across > down ? across : down;

			if (ring <= 4)
				set(matrix, u, v, ring != 2 && ring != 4);
		}
}

static void
draw_alignment(struct matrix *matrix, unsigned x, unsigned y)
{
	for (unsigned v = y - 2; v <= y + 2; v++)
		for (unsigned u = x - 2; u <= x + 2; u++) {
			unsigned across = distance(u, x), down = distance(v, y);

			set(matrix, u, v, (across > down ? across : down) != 1);
		}
}

/* In a grid that begins at 6 and ends 7 before the edge, without the three finders' corners. */
static void
draw_alignments(struct matrix *matrix)
{
	unsigned count = matrix->version / 7 + 2, last = matrix->side - 7;
	unsigned step = (matrix->version * 4 + count * 2 + 1) / (count * 2 - 2) * 2;

	if (matrix->version == 1)
		return;
	for (unsigned i = 0; i < count; i++)
		for (unsigned j = 0; j < count; j++) {
			unsigned x = i == 0 ? 6 : last - (count - 1 - i) * step;
			unsigned y = j == 0 ? 6 : last - (count - 1 - j) * step;

			if ((i == 0 && j == 0) || (i == 0 && j == count - 1) ||
				(i == count - 1 && j == 0))
				continue;
			draw_alignment(matrix, x, y);
		}
}

/* Level M and the mask, protected, in two places. */
static void
draw_format(struct matrix *matrix, unsigned mask)
{
	unsigned side = matrix->side, remainder = mask, bits;

	for (int i = 0; i < 10; i++)
		remainder = remainder << 1 ^ (remainder >> 9) * 0x537;
	bits = (mask << 10 | remainder) ^ FORMAT_MASK; /* level M is 00 */

	for (unsigned i = 0; i < 15; i++) {
		bool dark = bits >> i & 1;

		if (i < 6)
			set(matrix, 8, i, dark);
		else if (i < 8)
			set(matrix, 8, i + 1, dark);
		else if (i == 8)
			set(matrix, 7, 8, dark);
		else
			set(matrix, 14 - i, 8, dark);
		if (i < 8)
			set(matrix, side - 1 - i, 8, dark);
		else
			set(matrix, 8, side - 15 + i, dark);
	}
	set(matrix, 8, side - 8, true);
}

static void
draw_version(struct matrix *matrix)
{
	unsigned remainder = matrix->version, bits;

	if (matrix->version < 7)
		return;
	for (int i = 0; i < 12; i++)
		remainder = remainder << 1 ^ (remainder >> 11) * 0x1F25;
	bits = matrix->version << 12 | remainder;
	for (unsigned i = 0; i < 18; i++) {
		unsigned far = matrix->side - 11 + i % 3, near = i / 3;

		set(matrix, far, near, bits >> i & 1);
		set(matrix, near, far, bits >> i & 1);
	}
}

static void
draw_patterns(struct matrix *matrix)
{
	unsigned side = matrix->side;

	for (unsigned i = 0; i < side; i++) {
		set(matrix, 6, i, i % 2 == 0); /* the clock of the grid */
		set(matrix, i, 6, i % 2 == 0);
	}
	draw_finder(matrix, 3, 3);
	draw_finder(matrix, side - 4, 3);
	draw_finder(matrix, 3, side - 4);
	draw_alignments(matrix);
	draw_format(matrix, 0); /* its place; the mask is chosen when all is drawn */
	draw_version(matrix);
}

/* Two columns at a time, up and down, from the right; the clock's column is left out. */
static void
draw_data(struct matrix *matrix, const unsigned char *codewords)
{
	unsigned bits = vq_raw_codewords(matrix->version) * 8, bit = 0, side = matrix->side;

	for (unsigned pair = 0; pair < side / 2; pair++) {
		unsigned right = side - 1 - 2 * pair;

		if (right <= 6)
			right--;
		for (unsigned i = 0; i < side * 2; i++) {
			unsigned x = right - i % 2;
			unsigned y = pair % 2 == 0 ? side - 1 - i / 2 : i / 2;

			if (matrix->modules[y][x] & MODULE_PATTERN || bit >= bits)
				continue;
			matrix->modules[y][x] = codewords[bit / 8] >> (7 - bit % 8) & 1;
			bit++;
		}
	}
}

static void
draw_best_mask(struct matrix *matrix)
{
	unsigned best = 0, least = ~0u;

	for (unsigned mask = 0; mask < MASKS; mask++) {
		unsigned penalty;

		vq_mask(matrix, mask);
		draw_format(matrix, mask);
		penalty = vq_penalty(matrix);
		if (penalty < least) {
			least = penalty;
			best = mask;
		}
		vq_mask(matrix, mask);
	}
	vq_mask(matrix, best);
	draw_format(matrix, best);
}

bool
vq_matrix(const char *text, size_t length, struct matrix *matrix)
{
	unsigned char codewords[MATRIX_CODEWORDS_MAX];

	if (!vq_codewords(text, length, &matrix->version, codewords))
		return false;
	matrix->side = 17 + 4 * matrix->version;
	for (unsigned y = 0; y < matrix->side; y++)
		for (unsigned x = 0; x < matrix->side; x++)
			matrix->modules[y][x] = 0;
	draw_patterns(matrix);
	draw_data(matrix, codewords);
	draw_best_mask(matrix);
	return true;
}
