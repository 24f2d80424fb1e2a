/* codewords.c - a text as the bytes of a QR code: its segment, padding, Reed-Solomon, interleaved.
 */
#include <stdint.h>

#include "matrix.h"

#include "chars.h"

#define CORRECTION_MAX 30 /* codewords of one block */
#define ALPHANUMERIC_MODE 2u
#define BYTE_MODE 4u
#define FIRST_LONG_VERSION 10 /* from here on the count of characters has more bits */

/* Level M: 15 % of the codewords may be lost. */
static const unsigned char correction_of[MATRIX_VERSION_MAX + 1] = {
	0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24};
static const unsigned char blocks_of[MATRIX_VERSION_MAX + 1] = {
	0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10};

unsigned
vq_raw_codewords(unsigned version)
{
	unsigned modules = (16 * version + 128) * version + 64;

	if (version >= 2) {
		unsigned aligned = version / 7 + 2;

		modules -= (25 * aligned - 10) * aligned - 55;
	}
	if (version >= 7)
		modules -= 36; /* the version's own bits, twice */
	return modules / 8;
}

static unsigned
data_codewords(unsigned version)
{
	return vq_raw_codewords(version) - (unsigned)correction_of[version] * blocks_of[version];
}

/* ---- the segment ---------------------------------------------------------------------------- */

/* 45 characters, two of which take 11 bits: -1 for any other one. */
static int
alphanumeric_value(char c)
{
	static const char SIGNS[] = " $%*+-./:";

	if (is_digit(c))
		return c - '0';
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	for (int i = 0; SIGNS[i] != '\0'; i++)
		if (SIGNS[i] == c)
			return 36 + i;
	return -1;
}

static bool
is_alphanumeric(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (alphanumeric_value(text[i]) < 0)
			return false;
	return true;
}

static unsigned
count_bits(unsigned mode, unsigned version)
{
	if (mode == ALPHANUMERIC_MODE)
		return version < FIRST_LONG_VERSION ? 9 : 11;
	return version < FIRST_LONG_VERSION ? 8 : 16;
}

static size_t
segment_bits(unsigned mode, size_t length, unsigned version)
{
	size_t text = mode == ALPHANUMERIC_MODE ? length / 2 * 11 + length % 2 * 6 : length * 8;

	return 4 + count_bits(mode, version) + text;
}

struct bits {
	unsigned char *bytes; /* zeroed */
	size_t count;
};

static void
put_bits(struct bits *bits, unsigned value, unsigned count)
{
	while (count-- > 0) {
		if (value >> count & 1)
			bits->bytes[bits->count / 8] |= (unsigned char)(0x80u >> bits->count % 8);
		bits->count++;
	}
}

static void
put_text(struct bits *bits, unsigned mode, const char *text, size_t length)
{
	size_t i = 0;

	if (mode == BYTE_MODE) {
		for (; i < length; i++)
			put_bits(bits, (unsigned char)text[i], 8);
		return;
	}
	for (; i + 1 < length; i += 2)
		put_bits(bits,
			(unsigned)(alphanumeric_value(text[i]) * 45 +
				   alphanumeric_value(text[i + 1])),
			11);
	if (i < length)
		put_bits(bits, (unsigned)alphanumeric_value(text[i]), 6);
}

/* A terminator of up to four zeros, zeros to a whole byte, then two bytes in turn. */
static void
put_padding(struct bits *bits, size_t capacity)
{
	size_t room = capacity * 8 - bits->count;

	put_bits(bits, 0, room < 4 ? (unsigned)room : 4);
	put_bits(bits, 0, (unsigned)(8 - bits->count % 8) % 8);
	for (unsigned pad = 0xEC; bits->count < capacity * 8; pad ^= 0xEC ^ 0x11)
		put_bits(bits, pad, 8);
}

/* ---- Reed-Solomon over GF(256), x^8 + x^4 + x^3 + x^2 + 1 ------------------------------------ */

static unsigned
multiply(unsigned a, unsigned b)
{
	unsigned product = 0;

	for (int i = 7; i >= 0; i--) {
		product = product << 1 ^ (product >> 7) * 0x11D;
		if (b >> i & 1)
			product ^= a;
	}
	return product;
}

/* The generator (x - 1)(x - 2)(x - 4)..., without its leading 1. */
static void
make_generator(unsigned degree, unsigned char generator[CORRECTION_MAX])
{
	unsigned root = 1;

	for (unsigned i = 0; i < degree; i++)
		generator[i] = i + 1 == degree;
	for (unsigned i = 0; i < degree; i++) {
		for (unsigned j = 0; j < degree; j++)
			generator[j] = (unsigned char)(multiply(generator[j], root) ^
						       (j + 1 < degree ? generator[j + 1] : 0u));
		root = multiply(root, 2);
	}
}

static void
correct(const unsigned char *data, size_t length, const unsigned char *generator, unsigned degree,
	unsigned char remainder[CORRECTION_MAX])
{
	for (unsigned i = 0; i < degree; i++)
		remainder[i] = 0;
	for (size_t i = 0; i < length; i++) {
		unsigned factor = data[i] ^ remainder[0];

		for (unsigned j = 0; j < degree; j++)
			remainder[j] = (unsigned char)((j + 1 < degree ? remainder[j + 1] : 0u) ^
						       multiply(generator[j], factor));
	}
}

/* The blocks' codewords in turn, so that a stain hurts each of them a little: first their data
 * (the later blocks may have one more), then their correction. */
static void
interleave(unsigned version, const unsigned char *data, unsigned char *out)
{
	unsigned degree = correction_of[version], blocks = blocks_of[version];
	unsigned size = data_codewords(version) / blocks;
	unsigned longer = data_codewords(version) % blocks; /* blocks with one more, at the end */
	unsigned char generator[CORRECTION_MAX], correction[CORRECTION_MAX];
	const unsigned char *block = data;

	make_generator(degree, generator);
	for (unsigned b = 0; b < blocks; b++) {
		bool is_longer = b >= blocks - longer;

		for (unsigned i = 0; i < size; i++)
			out[i * blocks + b] = block[i];
		if (is_longer)
			out[size * blocks + b - (blocks - longer)] = block[size];
		correct(block, size + is_longer, generator, degree, correction);
		for (unsigned i = 0; i < degree; i++)
			out[data_codewords(version) + i * blocks + b] = correction[i];
		block += size + is_longer;
	}
}

bool
vq_codewords(const char *text, size_t length, unsigned *version,
	unsigned char codewords[MATRIX_CODEWORDS_MAX])
{
	unsigned mode = is_alphanumeric(text, length) ? ALPHANUMERIC_MODE : BYTE_MODE;
	unsigned char data[MATRIX_CODEWORDS_MAX] = {0};
	struct bits bits = {.bytes = data};
	unsigned v = 1;

	if (length == 0 || length > MATRIX_CODEWORDS_MAX)
		return false;
	while (v <= MATRIX_VERSION_MAX && segment_bits(mode, length, v) > data_codewords(v) * 8)
		v++;
	if (v > MATRIX_VERSION_MAX)
		return false;
	put_bits(&bits, mode, 4);
	put_bits(&bits, (unsigned)length, count_bits(mode, v));
	put_text(&bits, mode, text, length);
	put_padding(&bits, data_codewords(v));
	interleave(v, data, codewords);
	*version = v;
	return true;
}
