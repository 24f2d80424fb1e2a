/* prng.h - chance that can be repeated: the same seed and stream, the same numbers, everywhere. */
#ifndef CHOPAY_SIMULATE_PRNG_H
#define CHOPAY_SIMULATE_PRNG_H

#include <stdbool.h>
#include <stdint.h>

struct prng {
	uint64_t state[4];
};

/* Streams of one seed are independent: one per purchase keeps them apart from timing. */
void prng_seed(struct prng *prng, uint64_t seed, uint64_t stream);
uint64_t prng_next(struct prng *prng);

/* 0 .. n-1, without bias; n > 0. */
uint64_t prng_below(struct prng *prng, uint64_t n);

/* True in `share` of 10000 cases.  Always draws, so that a share does not shift what follows. */
bool prng_chance(struct prng *prng, int share);

#endif
