/*
 * tally.c - the bytes of tallies and of payers, as nobody wrote them: what is taken for one,
 * written again, is the same.
 */
#include <stdlib.h>
#include <string.h>

#include "chopay/tally.h"

#include "../support/fuzz.h"

static void
check_tally(struct str bytes)
{
	struct tally tally CLEANUP(tally_fini) = {0};
	struct buf again CLEANUP(buf_fini) = {0};
	int64_t value;

	if (tally_decode(bytes, &tally).code != ERR_OK)
		return;
	tally_encode(&tally, &again);
	must(str_eq(buf_str(&again), bytes));
	must(histogram_median(&tally.amounts, &value) == (tally.amounts.total > 0));
	must(histogram_percentile(&tally.delays, 95, &value) == (tally.delays.total > 0));
}

static void
check_payers(struct str bytes)
{
	size_t room = payers_size(bytes), count;
	struct payer_count *payers = mem_alloc((2 * room + 1) * sizeof(*payers));
	struct payer_count *copy = mem_alloc((room + 1) * sizeof(*copy));
	struct buf again CLEANUP(buf_fini) = {0};

	if (payers_decode(bytes, payers, &count).code == ERR_OK) {
		must(count <= room);
		payers_encode(payers, count, &again);
		must(str_eq(buf_str(&again), bytes));
		memcpy(copy, payers, count * sizeof(*copy));
		must(payers_join(payers, count, copy, count) == count);
	}
	free(payers);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str bytes = {(const char *)data, size};

	check_tally(bytes);
	check_payers(bytes);
	return 0;
}
