/*
 * candidate.c - what each piece of evidence weighs, as one table, and the order that follows.
 *
 * The weights are a judgement, not a probability: a reference in the note outweighs everything
 * else together but the account; an amount alone is worth little, with the right minute much.  A
 * person reads the evidence itself; the number only decides what is read first.
 */
#include <stdlib.h>
#include <string.h>

#include "chopay/candidate.h"

#define SCORE_MAX 100
#define WORDS_MIN 3 /* letters that a note needs before it can agree with another */
#define MINUTE_MS INT64_C(60000)

static const char *const kind_names[CANDIDATE_KINDS] = {
	[CANDIDATE_STALL] = "stall",
	[CANDIDATE_CHARGE] = "charge",
	[CANDIDATE_DUPLICATE] = "duplicate",
	[CANDIDATE_REFUNDED] = "refunded",
	[CANDIDATE_NOT_OURS] = "not_ours",
};

/* `most`: the weight up to `within` (of the evidence's number); above it, `least`. */
static const struct weight {
	const char *name;
	int most;
	int64_t within;
	int least;
} weights[EVIDENCE_KINDS] = {
	[EVIDENCE_NAMED] = {"named", 50, INT64_MAX, 0},
	[EVIDENCE_NEAR] = {"near_reference", 40, INT64_MAX, 0},
	[EVIDENCE_BEGUN] = {"begun_reference", 35, INT64_MAX, 0},
	[EVIDENCE_VIRTUAL_ACCOUNT] = {"virtual_account", 30, INT64_MAX, 0},
	[EVIDENCE_ACCOUNT] = {"account", 20, 3, 10},
	[EVIDENCE_AMOUNT] = {"same_amount_asked", 20, INT64_MAX, 0},
	[EVIDENCE_REST] = {"exactly_the_rest", 25, INT64_MAX, 0},
	[EVIDENCE_IN_TIME] = {"in_time", 20, 15, 10},
	[EVIDENCE_AFTER] = {"after_expiry", 10, 60, 4},
	[EVIDENCE_BEFORE] = {"before_asked", 8, INT64_MAX, 0},
	[EVIDENCE_SAME_WORDS] = {"same_words", 15, 1, 25},
	[EVIDENCE_REPEATS] = {"may_repeat", 40, INT64_MAX, 0},
	[EVIDENCE_SAME_AMOUNT] = {"same_amount", 10, INT64_MAX, 0},
	[EVIDENCE_SAME_REF] = {"same_bank_ref", 25, INT64_MAX, 0},
	[EVIDENCE_SAME_NOTE] = {"same_note", 10, INT64_MAX, 0},
	[EVIDENCE_CLOSE] = {"close_in_time", 15, 60, 5},
	[EVIDENCE_SENT] = {"sent_back", 30, 24 * 60, 15},
	[EVIDENCE_CLOSED] = {"closed_stall", -10, INT64_MAX, 0},
	[EVIDENCE_OTHER_ACCOUNT] = {"other_account", -10, INT64_MAX, 0},
	[EVIDENCE_PAID] = {"paid_already", -25, INT64_MAX, 0},
	[EVIDENCE_CANCELLED] = {"cancelled", -10, INT64_MAX, 0},
	[EVIDENCE_OTHER_AMOUNT] = {"other_amount", -15, INT64_MAX, 0},
	[EVIDENCE_OTHER_REF] = {"other_bank_ref", -15, INT64_MAX, 0},
};

const char *
candidate_kind_name(enum candidate_kind kind)
{
	return kind_names[kind];
}

const char *
evidence_kind_name(enum evidence_kind kind)
{
	return weights[kind].name;
}

int
evidence_weight(const struct evidence *evidence)
{
	const struct weight *weight = &weights[evidence->kind];

	return evidence->number <= weight->within ? weight->most : weight->least;
}

static struct evidence *
find_evidence(struct candidate *candidate, enum evidence_kind kind)
{
	for (size_t i = 0; i < candidate->evidence_count; i++) {
		if (candidate->evidence[i].kind == kind)
			return &candidate->evidence[i];
	}
	return NULL;
}

void
candidate_add(struct candidate *candidate, struct evidence evidence)
{
	if (find_evidence(candidate, evidence.kind) == NULL &&
		candidate->evidence_count < EVIDENCE_MAX)
		candidate->evidence[candidate->evidence_count++] = evidence;
}

void
candidate_count(struct candidate *candidate, enum evidence_kind kind)
{
	struct evidence *known = find_evidence(candidate, kind);

	if (known != NULL)
		known->number++;
	else
		candidate_add(candidate, (struct evidence){.kind = kind, .number = 1});
}

bool
evidence_of_time(int64_t booked_at_ms, int64_t created_at_ms, int64_t expires_at_ms,
	struct evidence *evidence)
{
	int64_t since = booked_at_ms - created_at_ms, late = booked_at_ms - expires_at_ms;

	if (since < -CHARGE_BEFORE_MAX_MS || late > CHARGE_AFTER_MAX_MS)
		return false;
	if (since <= -MINUTE_MS) /* less is a bank's whole seconds, or two clocks */
		*evidence = (struct evidence){
			.kind = EVIDENCE_BEFORE, .number = -since / MINUTE_MS};
	else if (late > 0)
		*evidence = (struct evidence){.kind = EVIDENCE_AFTER, .number = late / MINUTE_MS};
	else
		*evidence = (struct evidence){
			.kind = EVIDENCE_IN_TIME, .number = since < 0 ? 0 : since / MINUTE_MS};
	return true;
}

/* ---- the order -------------------------------------------------------------------------------
 */

static int
score_of(const struct candidate *candidate)
{
	int sum = 0;

	for (size_t i = 0; i < candidate->evidence_count; i++)
		sum += evidence_weight(&candidate->evidence[i]);
	return sum < 0 ? 0 : sum > SCORE_MAX ? SCORE_MAX : sum;
}

/* Minutes between the charge and the money; far for what is no charge. */
static int64_t
distance_of(const struct candidate *candidate)
{
	for (size_t i = 0; i < candidate->evidence_count; i++) {
		enum evidence_kind kind = candidate->evidence[i].kind;

		if (kind == EVIDENCE_IN_TIME || kind == EVIDENCE_AFTER || kind == EVIDENCE_BEFORE)
			return candidate->evidence[i].number;
	}
	return INT64_MAX;
}

static int
compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
in_order(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	int order = compare(b->score, a->score);

	if (order == 0)
		order = compare(b->kind == CANDIDATE_CHARGE, a->kind == CANDIDATE_CHARGE);
	if (order == 0)
		order = compare(distance_of(a), distance_of(b));
	if (order == 0)
		order = compare((int64_t)a->kind, (int64_t)b->kind);
	if (order == 0)
		order = compare(a->stall_id, b->stall_id);
	if (order == 0)
		order = compare(a->charge_id, b->charge_id);
	return order == 0 ? compare(a->transfer_id, b->transfer_id) : order;
}

void
candidates_rank(struct candidate *items, size_t *count, size_t max)
{
	size_t kept = 0;

	for (size_t i = 0; i < *count; i++) {
		items[i].score = score_of(&items[i]);
		if (items[i].score > 0)
			items[kept++] = items[i];
	}
	if (kept > 1)
		qsort(items, kept, sizeof(*items), in_order);
	*count = kept < max ? kept : max;
}

/* ---- notes -------------------------------------------------------------------------------------
 */

/* The next letter that counts, upper case: a byte of UTF-8 is one; 0 at the end. */
static char
next_letter(struct str *note)
{
	while (note->len > 0) {
		char c = note->ptr[0];

		*note = str_cut(*note, 1, note->len);
		if (c >= 'a' && c <= 'z')
			return (char)(c - 'a' + 'A');
		if ((c >= 'A' && c <= 'Z') || ((unsigned char)c & 0x80) != 0)
			return c;
	}
	return '\0';
}

bool
notes_agree(struct str a, struct str b)
{
	size_t letters = 0;
	char left, right;

	do {
		left = next_letter(&a);
		right = next_letter(&b);
		if (left != right)
			return false;
		letters++;
	} while (left != '\0');
	return letters > WORDS_MIN;
}
