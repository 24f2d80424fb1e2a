/* What a day of a market tells beside its cells, as a value, and as bytes that are the same for the
 * same content: numbers of 7 bits a byte, the low ones first, as short as they can be. */
#include "chopay/tally.h"

#include <stdlib.h>
#include <string.h>

#define TALLY_VERSION 1
#define NUMBER_MAX \
	(INT64_C(1) << 53) /* of one number in bytes; sums of a thousand fit in 64 bits */
#define NUMBER_BYTES_MAX 8 /* 56 bits */
#define PAYER_BYTES 8
#define PAYER_ROW_MIN (PAYER_BYTES + 1)
#define BINS_FIRST 16

#define BURST_PAYMENTS_MIN 10 /* R5: more than 60% in the last days */
#define BURST_PERCENT 60
#define ONE_PAYER_PAYMENTS_MIN 20 /* R6: more than 50% by one */

/* ---- histograms ------------------------------------------------------------------------------ */

void
histogram_fini(struct histogram *histogram)
{
	free(histogram->bins);
	*histogram = (struct histogram){0};
}

/* The place of the first bin from `at` on whose value is not below. */
static size_t
halve_from(const struct histogram *histogram, size_t at, int64_t value)
{
	size_t to = histogram->count;

	while (at < to) {
		size_t middle = at + (to - at) / 2;

		if (histogram->bins[middle].value < value)
			at = middle + 1;
		else
			to = middle;
	}
	return at;
}

static bool
is_at(const struct histogram *histogram, size_t place, int64_t value)
{
	return place < histogram->count && histogram->bins[place].value == value;
}

static void
make_room(struct histogram *histogram, size_t more)
{
	if (histogram->capacity - histogram->count >= more)
		return;
	while (histogram->capacity - histogram->count < more)
		histogram->capacity = histogram->capacity == 0 ? BINS_FIRST
							       : 2 * histogram->capacity;
	histogram->bins = mem_resize(
		histogram->bins, histogram->capacity * sizeof(*histogram->bins));
}

void
histogram_add(struct histogram *histogram, int64_t value, int64_t count)
{
	size_t at = halve_from(histogram, 0, value);

	histogram->total += count;
	if (is_at(histogram, at, value)) {
		histogram->bins[at].count += count;
		return;
	}
	make_room(histogram, 1);
	memmove(&histogram->bins[at + 1], &histogram->bins[at],
		(histogram->count - at) * sizeof(*histogram->bins));
	histogram->bins[at] = (struct histogram_bin){value, count};
	histogram->count++;
}

#define NEAR_BINS 4 /* are looked at one by one before the rest is halved */

/* The same of a value that is not before `at`: two like ones are walked along together. */
static size_t
place_from(const struct histogram *histogram, size_t at, int64_t value)
{
	for (int i = 0; i < NEAR_BINS; i++, at++) {
		if (at == histogram->count || histogram->bins[at].value >= value)
			return at;
	}
	return halve_from(histogram, at, value);
}

static void
add_counts(struct histogram *to, const struct histogram *from)
{
	size_t at = 0;

	for (size_t i = 0; i < from->count; i++) {
		at = place_from(to, at, from->bins[i].value);
		to->bins[at].count += from->bins[i].count;
	}
}

static size_t
count_missing(const struct histogram *to, const struct histogram *from)
{
	size_t missing = 0, at = 0;

	for (size_t i = 0; i < from->count; i++) {
		at = place_from(to, at, from->bins[i].value);
		missing += !is_at(to, at, from->bins[i].value);
	}
	return missing;
}

/* A year of a province joins many small ones into a large one: values that are there already cost a
 * look each, and only new ones have the large one moved. */
static void
histogram_merge(struct histogram *to, const struct histogram *from)
{
	size_t missing = count_missing(to, from), mine, end;

	if (missing == 0) {
		to->total += from->total;
		add_counts(to, from);
		return;
	}
	make_room(to, missing);
	mine = to->count;
	end = to->count += missing;
	to->total += from->total;
	for (size_t i = from->count; i > 0; i--) {
		const struct histogram_bin *bin = &from->bins[i - 1];

		while (mine > 0 && to->bins[mine - 1].value > bin->value)
			to->bins[--end] = to->bins[--mine];
		if (mine > 0 && to->bins[mine - 1].value == bin->value) {
			to->bins[mine - 1].count += bin->count;
			continue;
		}
		to->bins[--end] = *bin;
	}
}

static int64_t
value_at_rank(const struct histogram *histogram, int64_t rank)
{
	size_t i = 0;

	while (rank > histogram->bins[i].count)
		rank -= histogram->bins[i++].count;
	return histogram->bins[i].value;
}

bool
histogram_percentile(const struct histogram *histogram, int percent, int64_t *value)
{
	int64_t rank = (histogram->total * percent + 99) / 100;

	if (histogram->total == 0)
		return false;
	*value = value_at_rank(histogram, rank < 1 ? 1 : rank);
	return true;
}

bool
histogram_median(const struct histogram *histogram, int64_t *value)
{
	int64_t low, high;

	if (histogram->total == 0)
		return false;
	low = value_at_rank(histogram, (histogram->total + 1) / 2);
	high = value_at_rank(histogram, histogram->total / 2 + 1);
	*value = low + (high - low + 1) / 2;
	return true;
}

/* ---- tallies --------------------------------------------------------------------------------- */

void
tally_fini(struct tally *tally)
{
	histogram_fini(&tally->amounts);
	histogram_fini(&tally->delays);
	*tally = (struct tally){0};
}

void
tally_merge(struct tally *to, const struct tally *from)
{
	histogram_merge(&to->amounts, &from->amounts);
	histogram_merge(&to->delays, &from->delays);
	for (int i = 0; i < HOURS; i++)
		to->hours[i] += from->hours[i];
	for (int i = 0; i < CODE_KINDS; i++)
		to->kinds[i] += from->kinds[i];
	for (int i = 0; i < ADOPTION_RULES; i++) {
		to->removed[i].payments += from->removed[i].payments;
		to->removed[i].value.dong += from->removed[i].value.dong;
	}
	to->unplaced += from->unplaced;
}

/* ---- numbers as bytes ------------------------------------------------------------------------ */

static void
put_number(struct buf *bytes, int64_t number)
{
	uint64_t rest = (uint64_t)number;

	for (; rest > 0x7f; rest >>= 7)
		buf_addc(bytes, (char)(0x80 | (rest & 0x7f)));
	buf_addc(bytes, (char)rest);
}

static struct err
not_ours(void)
{
	return FAIL(ERR_INVALID, "the bytes are no tally");
}

/* From `least` to NUMBER_MAX, as short as it can be. */
static struct err
take_number(struct str *bytes, int64_t least, int64_t *number)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < NUMBER_BYTES_MAX && i < bytes->len; i++) {
		unsigned char byte = (unsigned char)bytes->ptr[i];

		sum |= (uint64_t)(byte & 0x7f) << (7 * i);
		if ((byte & 0x80) != 0)
			continue;
		if ((byte == 0 && i > 0) || sum > (uint64_t)NUMBER_MAX || (int64_t)sum < least)
			return not_ours();
		*bytes = str_cut(*bytes, i + 1, bytes->len);
		*number = (int64_t)sum;
		return OK;
	}
	return not_ours();
}

static void
put_histogram(struct buf *bytes, const struct histogram *histogram)
{
	int64_t before = 0;

	put_number(bytes, (int64_t)histogram->count);
	for (size_t i = 0; i < histogram->count; i++) {
		put_number(bytes, histogram->bins[i].value - before);
		put_number(bytes, histogram->bins[i].count);
		before = histogram->bins[i].value;
	}
}

static struct err
take_histogram(struct str *bytes, struct histogram *histogram)
{
	int64_t bins, step, count, value = 0;

	TRY(take_number(bytes, 0, &bins));
	if ((size_t)bins > bytes->len / 2) /* each takes two bytes or more */
		return not_ours();
	make_room(histogram, (size_t)bins);
	for (int64_t i = 0; i < bins; i++) {
		TRY(take_number(bytes, i == 0 ? 0 : 1, &step));
		TRY(take_number(bytes, 1, &count));
		value += step;
		histogram->total += count;
		if (value > NUMBER_MAX || histogram->total > NUMBER_MAX)
			return not_ours();
		histogram->bins[histogram->count++] = (struct histogram_bin){value, count};
	}
	return OK;
}

void
tally_encode(const struct tally *tally, struct buf *bytes)
{
	buf_addc(bytes, TALLY_VERSION);
	put_histogram(bytes, &tally->amounts);
	put_histogram(bytes, &tally->delays);
	for (int i = 0; i < HOURS; i++)
		put_number(bytes, tally->hours[i]);
	for (int i = 0; i < CODE_KINDS; i++)
		put_number(bytes, tally->kinds[i]);
	for (int i = 0; i < ADOPTION_RULES; i++) {
		put_number(bytes, tally->removed[i].payments);
		put_number(bytes, tally->removed[i].value.dong);
	}
	put_number(bytes, tally->unplaced);
}

static struct err
take_tally(struct str *bytes, struct tally *tally)
{
	int64_t version;

	TRY(take_number(bytes, TALLY_VERSION, &version));
	if (version != TALLY_VERSION)
		return not_ours();
	TRY(take_histogram(bytes, &tally->amounts));
	TRY(take_histogram(bytes, &tally->delays));
	for (int i = 0; i < HOURS; i++)
		TRY(take_number(bytes, 0, &tally->hours[i]));
	for (int i = 0; i < CODE_KINDS; i++)
		TRY(take_number(bytes, 0, &tally->kinds[i]));
	for (int i = 0; i < ADOPTION_RULES; i++) {
		TRY(take_number(bytes, 0, &tally->removed[i].payments));
		TRY(take_number(bytes, 0, &tally->removed[i].value.dong));
	}
	TRY(take_number(bytes, 0, &tally->unplaced));
	return bytes->len == 0 ? OK : not_ours();
}

struct err
tally_decode(struct str bytes, struct tally *tally)
{
	struct tally told CLEANUP(tally_fini) = {0};

	TRY(take_tally(&bytes, &told));
	tally_merge(tally, &told);
	return OK;
}

/* ---- payers of a stall's day ------------------------------------------------------------------
 */

void
payers_encode(const struct payer_count *payers, size_t count, struct buf *bytes)
{
	for (size_t i = 0; i < count; i++) {
		for (int shift = 8 * (PAYER_BYTES - 1); shift >= 0; shift -= 8)
			buf_addc(bytes, (char)(payers[i].payer >> shift));
		put_number(bytes, payers[i].payments);
	}
}

size_t
payers_size(struct str bytes)
{
	return bytes.len / PAYER_ROW_MIN;
}

struct err
payers_decode(struct str bytes, struct payer_count *payers, size_t *count)
{
	payer_id before = PAYER_UNKNOWN;

	for (*count = 0; bytes.len > 0; (*count)++) {
		struct payer_count one = {0};

		if (bytes.len < PAYER_ROW_MIN)
			return not_ours();
		for (int i = 0; i < PAYER_BYTES; i++)
			one.payer = one.payer << 8 | (unsigned char)bytes.ptr[i];
		bytes = str_cut(bytes, PAYER_BYTES, bytes.len);
		TRY(take_number(&bytes, 1, &one.payments));
		if (one.payer <= before)
			return not_ours();
		payers[*count] = one;
		before = one.payer;
	}
	return OK;
}

/* From the end, so that what is there already need not be kept elsewhere. */
size_t
payers_join(struct payer_count *all, size_t count, const struct payer_count *payers, size_t more)
{
	size_t end = count + more, mine = count, theirs = more, gap;

	while (theirs > 0) {
		const struct payer_count *last = &payers[theirs - 1];

		if (mine > 0 && all[mine - 1].payer > last->payer) {
			all[--end] = all[--mine];
			continue;
		}
		all[--end] = *last;
		if (mine > 0 && all[mine - 1].payer == last->payer)
			all[end].payments += all[--mine].payments;
		theirs--;
	}
	gap = end - mine;
	if (gap == 0) /* where they are already, or none at all */
		return count + more;
	memmove(&all[mine], &all[end], (count + more - end) * sizeof(*all));
	return count + more - gap;
}

/* ---- what a person should look at --------------------------------------------------------------
 */

bool
burst_flag(const struct month_look *look)
{
	return look->payments >= BURST_PAYMENTS_MIN &&
	       look->in_last_days * 100 > look->payments * BURST_PERCENT;
}

bool
one_payer_flag(const struct month_look *look)
{
	return look->payments >= ONE_PAYER_PAYMENTS_MIN && look->of_one_payer * 2 > look->payments;
}
