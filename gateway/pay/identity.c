/* clang-format off */
/*
 * identity.c - one bank transfer, told by many: the decision table.
 *
 * A candidate is somebody else's word on this account and direction; a feed's own two ids are two
 * transfers.  "Contradicts" is: the notes name different references, or the virtual accounts
 * differ.  The first row that fits says what a candidate is to the transfer:
 *
 *   reference (bank's)    amount  else                                       it is
 *   identifies, equal     other   -                                          its contradiction
 *   identifies, equal     equal   contradicts, or over 3 days apart          perhaps the same
 *   identifies, equal     equal   -                                          the same (reference)
 *   any                   other   -                                          another
 *   any                   equal   contradicts                                another
 *   both identify, differ equal   of one numbering                           another
 *   weak, equal           equal   within a minute                            the same (reference_time)
 *   weak, equal           equal   one knows the day only; notes agree        the same (reference_note)
 *   not both weak         equal   a list tells it; near; notes agree         the same (list_note)
 *   others                equal   near: two minutes, seven hours off, the    perhaps the same
 *                                 day where only that is known
 *   others                equal   not near                                   another
 *
 * Only what the bank itself wrote merges two tellings: money that was never the same must not
 * vanish in a merge, and money that may be the same must not count twice.  So several candidates
 * that fit equally well are a question for a person, except for a list: it leaves nothing out, so
 * taking them one by one gives the right count whichever is taken.
 */
/* clang-format on */
#include "chopay/identity.h"

#include <string.h>

#include "chopay/clock.h"
#include "chopay/fold.h"

#define MINUTE_MS (60 * MS_PER_SECOND)
#define NEAR_MS (2 * MINUTE_MS)
#define APART_MS (3 * MS_PER_DAY)
#define UNTOLD_MS MS_PER_DAY /* how long after the bank's time a feed without times may tell */
/* A time that lies in our future is not believed, and the arrival stands in: our clock may be what
 * is wrong, so the arrival may seem to come before the bank's time. */
#define BEHIND_MS APART_MS
#define NOTE_PART_MIN 6 /* a shorter note stands in a longer one by chance */
#define NUMBERING_LEN 4 /* FT26, 6209: one bank's numbering of about these days */

/* Rising: the strongest that any candidate has decides. */
enum relation { ANOTHER, PERHAPS, SAME_LIST_NOTE, CONTRARY, SAME_NOTE, SAME_TIME, SAME_REFERENCE };

enum nearness { FAR, SOME_DAYS, NEAR, SAME_DAY, SAME_MINUTE };

/* ---- notes ---------------------------------------------------------------------------------- */

void
identity_fold_note(struct buf *out, struct str note)
{
	struct buf ascii CLEANUP(buf_fini) = {0};
	struct str text = fold_ascii(&ascii, note).code == ERR_OK ? buf_str(&ascii) : note;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
			buf_addc(out, c);
	}
}

/* Feeds put frames around a note, so one may stand in the other. */
static bool
notes_agree(struct str a, struct str b)
{
	if (a.len == 0 || b.len == 0)
		return false;
	if (str_eq(a, b))
		return true;
	if (a.len < b.len)
		return a.len >= NOTE_PART_MIN && str_find(b, a) >= 0;
	return b.len >= NOTE_PART_MIN && str_find(a, b) >= 0;
}

/* ---- times ---------------------------------------------------------------------------------- */

static int64_t
distance(int64_t a_ms, int64_t b_ms)
{
	return a_ms < b_ms ? b_ms - a_ms : a_ms - b_ms;
}

/* Could it have happened at `at_ms` (or on that day) when somebody told it at `arrived_ms`? */
static bool
told_soon_after(const struct telling *timed, int64_t arrived_ms)
{
	int64_t first = timed->at_ms;
	int64_t last = timed->precision == TOLD_DAY ? first + MS_PER_DAY : first;

	return arrived_ms >= first - BEHIND_MS && arrived_ms <= last + UNTOLD_MS;
}

/* One of the two knows less than the second. */
static bool
same_day(const struct telling *a, const struct telling *b)
{
	if (a->precision == TOLD_NO_TIME && b->precision == TOLD_NO_TIME)
		return distance(a->at_ms, b->at_ms) <= UNTOLD_MS;
	if (a->precision == TOLD_NO_TIME)
		return told_soon_after(b, a->at_ms);
	if (b->precision == TOLD_NO_TIME)
		return told_soon_after(a, b->at_ms);
	return day_of(a->at_ms, 0) == day_of(b->at_ms, 0);
}

static enum nearness
nearness_of(const struct telling *a, const struct telling *b)
{
	int64_t apart = distance(a->at_ms, b->at_ms);

	if (a->precision != TOLD_SECOND || b->precision != TOLD_SECOND) {
		if (same_day(a, b))
			return SAME_DAY;
	} else if (apart <= MINUTE_MS) {
		return SAME_MINUTE;
	} else if (apart <= NEAR_MS || distance(apart, VIETNAM_OFFSET_MS) <= NEAR_MS) {
		return NEAR; /* one of them takes Vietnam's clock for UTC (FEEDS section 4) */
	}
	return apart <= APART_MS ? SOME_DAYS : FAR;
}

size_t
identity_spans(const struct telling *told, struct identity_span spans[IDENTITY_SPANS_MAX])
{
	int64_t at = told->at_ms;
	int64_t midnight = day_start_ms(day_of(at, 0), 0);

	switch (told->precision) {
	case TOLD_SECOND:
		spans[0] = (struct identity_span){at - NEAR_MS, at + NEAR_MS, false};
		spans[1] = (struct identity_span){
			at - VIETNAM_OFFSET_MS - NEAR_MS, at - VIETNAM_OFFSET_MS + NEAR_MS, false};
		spans[2] = (struct identity_span){
			at + VIETNAM_OFFSET_MS - NEAR_MS, at + VIETNAM_OFFSET_MS + NEAR_MS, false};
		spans[3] = (struct identity_span){midnight, midnight, false};
		spans[4] = (struct identity_span){at - BEHIND_MS, at + UNTOLD_MS, true};
		return 5;
	case TOLD_DAY:
		spans[0] = (struct identity_span){midnight, midnight + MS_PER_DAY, false};
		spans[1] = (struct identity_span){
			midnight - BEHIND_MS, midnight + MS_PER_DAY + UNTOLD_MS, true};
		return 2;
	case TOLD_NO_TIME:
		break;
	}
	/* It may have happened a day before, on a day of which another feed told the midnight. */
	spans[0] = (struct identity_span){at - UNTOLD_MS - MS_PER_DAY, at + BEHIND_MS, false};
	spans[1] = (struct identity_span){at, at + UNTOLD_MS, true};
	return 2;
}

/* ---- one candidate -------------------------------------------------------------------------- */

static bool
same_name(struct str a, struct str b)
{
	return a.len > 0 && str_eq(a, b);
}

/* One feed names the virtual account, another the account behind it, a third one both. */
static bool
same_account(const struct telling *a, const struct telling *b)
{
	return same_name(a->account_no, b->account_no) ||
	       same_name(a->account_no, b->virtual_account) ||
	       same_name(a->virtual_account, b->account_no) ||
	       same_name(a->virtual_account, b->virtual_account);
}

/* SePay tells a sub-account of the note in the virtual account's place (FEEDS section 1). */
static bool
is_virtual_account(struct str text)
{
	return text.len > 0 && !str_starts(text, STR("TKP"));
}

static bool
contradicts(const struct telling *a, const struct telling *b)
{
	if (a->reference.len > 0 && b->reference.len > 0 && !str_eq(a->reference, b->reference))
		return true;
	return is_virtual_account(a->virtual_account) && is_virtual_account(b->virtual_account) &&
	       !str_eq(a->virtual_account, b->virtual_account);
}

static bool
one_numbering(const struct bank_ref *a, const struct bank_ref *b)
{
	return strlen(a->text) == strlen(b->text) && strncmp(a->text, b->text, NUMBERING_LEN) == 0;
}

static bool
same_ref(const struct bank_ref *a, const struct bank_ref *b)
{
	return a->strength != BANK_REF_NONE && strcmp(a->text, b->text) == 0;
}

static enum relation
by_identifying_ref(const struct telling *a, const struct telling *b)
{
	if (a->amount.dong != b->amount.dong)
		return CONTRARY;
	if (contradicts(a, b) || nearness_of(a, b) == FAR)
		return PERHAPS;
	return SAME_REFERENCE;
}

/* Same amount, nothing that contradicts, no reference that decides. */
static enum relation
by_circumstances(const struct telling *a, const struct telling *b, bool complete)
{
	const struct bank_ref *told_ref = &a->ref, *other_ref = &b->ref;
	enum nearness near = nearness_of(a, b);
	bool agree = notes_agree(a->note, b->note);

	if (near < NEAR)
		return ANOTHER;
	if (same_ref(told_ref, other_ref)) {
		if (near == SAME_MINUTE)
			return SAME_TIME;
		if (near == SAME_DAY && agree)
			return SAME_NOTE;
	}
	/* Two running numbers of one bank are two transfers; of two systems they say nothing. */
	if (told_ref->strength == BANK_REF_WEAK && other_ref->strength == BANK_REF_WEAK)
		return PERHAPS;
	return complete && agree ? SAME_LIST_NOTE : PERHAPS;
}

static enum relation
relation_of(const struct telling *told, const struct identity_candidate *candidate, bool complete)
{
	const struct telling *other = &candidate->told;
	bool identify = told->ref.strength == BANK_REF_IDENTIFIES &&
			other->ref.strength == BANK_REF_IDENTIFIES;

	if (candidate->named || told->outgoing != other->outgoing || !same_account(told, other))
		return ANOTHER;
	if (identify && same_ref(&told->ref, &other->ref))
		return by_identifying_ref(told, other);
	if (told->amount.dong != other->amount.dong || contradicts(told, other) ||
		(identify && one_numbering(&told->ref, &other->ref)))
		return ANOTHER;
	return by_circumstances(told, other, complete);
}

bool
identity_may_be(
	const struct telling *told, bool complete, const struct identity_candidate *candidate)
{
	return relation_of(told, candidate, complete) != ANOTHER;
}

/* ---- all together --------------------------------------------------------------------------- */

/* What waits as a possible repeat does not stand beside the one it repeats. */
static bool
is_repeat_of_one(const struct identity_candidate *candidates, const enum relation *relations,
	size_t count, size_t which)
{
	if (candidates[which].repeats == 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (candidates[i].transfer_id == candidates[which].repeats &&
			relations[i] >= relations[which])
			return true;
	}
	return false;
}

/* The nearest in time of those with that relation; `*rivals`: how many are as near. */
static size_t
nearest(const struct telling *told, const struct identity_candidate *candidates,
	const enum relation *relations, size_t count, enum relation wanted, size_t *rivals)
{
	int64_t best = INT64_MAX;
	size_t which = count;

	*rivals = 0;
	for (size_t i = 0; i < count; i++) {
		int64_t apart = distance(told->at_ms, candidates[i].told.at_ms);

		if (relations[i] != wanted)
			continue;
		if (apart < best) {
			best = apart;
			which = i;
			*rivals = 0;
		}
		*rivals += apart == best;
	}
	return which;
}

static size_t
count_of(const enum relation *relations, size_t count, enum relation wanted)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += relations[i] == wanted;
	return found;
}

/* The same one, or one of several: only a minute's nearness tells those apart. */
static struct identity_verdict
settle_same(const struct telling *told, bool complete, const struct identity_candidate *candidates,
	const enum relation *relations, size_t count, enum relation kind)
{
	static const char *const by[] = {
		[SAME_LIST_NOTE] = "list_note",
		[SAME_NOTE] = "reference_note",
		[SAME_TIME] = "reference_time",
		[SAME_REFERENCE] = "reference",
	};
	size_t rivals;
	size_t which = nearest(told, candidates, relations, count, kind, &rivals);
	bool sure = complete || count_of(relations, count, kind) == 1 ||
		    (kind == SAME_TIME && rivals == 1);

	return sure ? (struct identity_verdict){IDENTITY_SAME, which, by[kind]}
		    : (struct identity_verdict){IDENTITY_AMBIGUOUS, which, ""};
}

struct identity_verdict
identity(const struct telling *told, bool complete, const struct identity_candidate *candidates,
	size_t count, bool more)
{
	enum relation all[IDENTITY_CANDIDATES_MAX], relations[IDENTITY_CANDIDATES_MAX];
	enum relation best = ANOTHER;
	size_t rivals;

	if (count > IDENTITY_CANDIDATES_MAX)
		count = IDENTITY_CANDIDATES_MAX;
	for (size_t i = 0; i < count; i++)
		all[i] = relation_of(told, &candidates[i], complete);
	for (size_t i = 0; i < count; i++) {
		relations[i] = is_repeat_of_one(candidates, all, count, i) ? ANOTHER : all[i];
		best = relations[i] > best ? relations[i] : best;
	}
	switch (best) {
	case ANOTHER:
		if (more && count > 0) /* one of those not looked at may be it */
			return (struct identity_verdict){IDENTITY_AMBIGUOUS, 0, ""};
		return (struct identity_verdict){IDENTITY_NEW, count, ""};
	case PERHAPS:
	case CONTRARY:
		return (struct identity_verdict){
			best == PERHAPS ? IDENTITY_AMBIGUOUS : IDENTITY_CONFLICT,
			nearest(told, candidates, relations, count, best, &rivals), ""};
	default:
		return settle_same(told, complete, candidates, relations, count, best);
	}
}
