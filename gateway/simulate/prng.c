/*
 * prng.c - xoshiro256** by Blackman and Vigna, filled by splitmix64 as its authors advise.
 *
 * Not for secrets.  Integers only, so every machine draws the same.
 */
#include "prng.h"

static uint64_t
splitmix64(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static uint64_t
rotate_left(uint64_t x, int by)
{
	return (x << by) | (x >> (64 - by));
}

void
prng_seed(struct prng *prng, uint64_t seed, uint64_t stream)
{
	uint64_t state = seed;

	/* Hash the seed before the stream comes in: stream 1 of seed 1 is not stream 0 of seed 2.
	 */
	state = splitmix64(&state) ^ stream;
	for (int i = 0; i < 4; i++)
		prng->state[i] = splitmix64(&state);
}

uint64_t
prng_next(struct prng *prng)
{
	uint64_t *s = prng->state;
	uint64_t result = rotate_left(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate_left(s[3], 45);
	return result;
}

uint64_t
prng_below(struct prng *prng, uint64_t n)
{
	uint64_t rest = (UINT64_MAX % n + 1) %
			n; /* numbers at the top that would favour the small */
	uint64_t x;

	do
		x = prng_next(prng);
	while (x > UINT64_MAX - rest);
	return x % n;
}

bool
prng_chance(struct prng *prng, int share)
{
	return prng_below(prng, 10000) < (uint64_t)(share < 0 ? 0 : share);
}
