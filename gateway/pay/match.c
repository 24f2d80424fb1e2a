/*
 * match.c - the decision table: whose money is this transfer?
 *
 * A reference that was never issued counts as none: the check characters let one chance text in
 * 1271 through.  "The account's stall" is the one whose virtual account it is or, without one,
 * the only stall of the account.  The first row that fits decides:
 *
 *   account      issued references name        the account's stall   decision
 *   unknown      anything                      -                     suspense unknown_account
 *   known        no stall                      one, open             virtual_account, sole_stall
 *   known        no stall                      one, closed           suspense closed_stall
 *   known        no stall; some never issued   none                  suspense unknown_reference
 *   known        no stall                      none                  suspense no_reference
 *   known        one that it does not serve    any                   suspense account_mismatch
 *   known        one                           another, virtual      suspense account_mismatch
 *   known        one, closed                   any                   suspense closed_stall
 *   known        one, no or one charge         any                   stall_reference, charge
 *   known        one, two of its charges       that one              virtual_account, sole_stall
 *   known        one, two of its charges       none or another       suspense two_references
 *   known        two or more                   one of them, open     virtual_account, sole_stall
 *   known        two or more                   one of them, closed   suspense closed_stall
 *   known        two or more, it serves none   none or another       suspense account_mismatch
 *   known        two or more                   none or another       suspense two_references
 *
 * A stall's own reference beside one of its charges is no conflict: it is that charge.  Where the
 * account decides between references, no charge is chosen: the stall is sure, the charge is not.
 * An account never overrules references that all name others: a person looks.  A virtual account
 * belongs to one stall whatever the account behind it serves, so a reference that names another
 * contradicts it; a sole stall does not contradict a stall that had the account before.
 */
#include "chopay/match.h"

const char *
matched_by_name(enum matched_by by)
{
	static const char *const names[] = {
		[MATCHED_NONE] = "none",
		[MATCHED_CHARGE] = "charge",
		[MATCHED_STALL_REFERENCE] = "stall_reference",
		[MATCHED_VIRTUAL_ACCOUNT] = "virtual_account",
		[MATCHED_SOLE_STALL] = "sole_stall",
		[MATCHED_BY_HAND] = "by_hand",
	};

	return names[by];
}

const char *
suspense_reason_name(enum suspense_reason reason)
{
	static const char *const names[] = {
		[SUSPENSE_NONE] = "none",
		[SUSPENSE_NO_REFERENCE] = "no_reference",
		[SUSPENSE_TWO_REFERENCES] = "two_references",
		[SUSPENSE_UNKNOWN_REFERENCE] = "unknown_reference",
		[SUSPENSE_UNKNOWN_ACCOUNT] = "unknown_account",
		[SUSPENSE_ACCOUNT_MISMATCH] = "account_mismatch",
		[SUSPENSE_CLOSED_STALL] = "closed_stall",
		[SUSPENSE_POSSIBLE_DUPLICATE] = "possible_duplicate",
		[SUSPENSE_AMOUNT_CONFLICT] = "amount_conflict",
	};

	return names[reason];
}

bool
suspense_reason_parse(struct str name, enum suspense_reason *reason)
{
	for (unsigned i = SUSPENSE_NONE + 1; i <= SUSPENSE_AMOUNT_CONFLICT; i++) {
		*reason = (enum suspense_reason)i;
		if (str_eq(name, str_from(suspense_reason_name(*reason))))
			return true;
	}
	return false;
}

/* What the issued references say, taken together. */
struct testimony {
	const struct match_reference *first; /* NULL: no issued reference */
	int64_t charge_id;		     /* the first charge named */
	bool many_stalls, many_charges;
	bool served; /* the account serves at least one stall named */
};

static struct match
suspense(enum suspense_reason reason)
{
	return (struct match){.by = MATCHED_NONE, .reason = reason};
}

static size_t
stalls_given(const struct match_evidence *evidence)
{
	return evidence->stall_count < MATCH_STALLS_MAX ? evidence->stall_count : MATCH_STALLS_MAX;
}

static struct testimony
hear_references(const struct match_evidence *evidence)
{
	struct testimony said = {0};

	for (size_t i = 0; i < evidence->reference_count && i < REFERENCE_FOUND_MAX; i++) {
		const struct match_reference *reference = &evidence->references[i];

		if (reference->stall_id == 0)
			continue;
		if (said.first == NULL)
			said.first = reference;
		if (reference->stall_id != said.first->stall_id)
			said.many_stalls = true;
		if (reference->serves_account)
			said.served = true;
		if (reference->charge_id == 0)
			continue;
		if (said.charge_id == 0)
			said.charge_id = reference->charge_id;
		if (reference->charge_id != said.charge_id)
			said.many_charges = true;
	}
	return said;
}

/* The one stall that the receiving account itself speaks for, or NULL. */
static const struct match_stall *
account_stall(const struct match_evidence *evidence)
{
	const struct match_stall *virtual_one = NULL;
	size_t virtual_count = 0;

	for (size_t i = 0; i < stalls_given(evidence); i++) {
		if (evidence->stalls[i].virtual_account) {
			virtual_one = &evidence->stalls[i];
			virtual_count++;
		}
	}
	if (virtual_count > 0)
		return virtual_count == 1 ? virtual_one : NULL;
	return evidence->stall_count == 1 ? &evidence->stalls[0] : NULL;
}

static struct match
by_account(const struct match_stall *stall)
{
	if (stall->closed)
		return suspense(SUSPENSE_CLOSED_STALL);
	return (struct match){
		.by = stall->virtual_account ? MATCHED_VIRTUAL_ACCOUNT : MATCHED_SOLE_STALL,
		.stall_id = stall->id,
	};
}

static bool
is_named(const struct match_evidence *evidence, const struct match_stall *stall)
{
	for (size_t i = 0; i < evidence->reference_count && i < REFERENCE_FOUND_MAX; i++) {
		if (evidence->references[i].stall_id == stall->id)
			return true;
	}
	return false;
}

static bool
contradicts(const struct match_stall *stall, const struct match_reference *named)
{
	return stall != NULL && stall->virtual_account && stall->id != named->stall_id;
}

/* No issued reference: only the account can tell. */
static struct match
match_unnamed(const struct match_evidence *evidence, const struct match_stall *stall)
{
	if (stall != NULL)
		return by_account(stall);
	return suspense(
		evidence->reference_count > 0 ? SUSPENSE_UNKNOWN_REFERENCE : SUSPENSE_NO_REFERENCE);
}

/* All issued references name one stall, and at most one charge. */
static struct match
match_named(const struct testimony *said)
{
	if (said->first->stall_closed)
		return suspense(SUSPENSE_CLOSED_STALL);
	return (struct match){
		.by = said->charge_id != 0 ? MATCHED_CHARGE : MATCHED_STALL_REFERENCE,
		.stall_id = said->first->stall_id,
		.charge_id = said->charge_id,
	};
}

struct match
match(const struct match_evidence *evidence)
{
	const struct match_stall *stall = account_stall(evidence);
	struct testimony said = hear_references(evidence);

	if (!evidence->account_known)
		return suspense(SUSPENSE_UNKNOWN_ACCOUNT);
	if (said.first == NULL)
		return match_unnamed(evidence, stall);
	if (!said.many_stalls && (!said.served || contradicts(stall, said.first)))
		return suspense(SUSPENSE_ACCOUNT_MISMATCH);
	if (!said.many_stalls && (said.first->stall_closed || !said.many_charges))
		return match_named(&said);
	if (stall != NULL && is_named(evidence, stall))
		return by_account(stall);
	return suspense(said.served ? SUSPENSE_TWO_REFERENCES : SUSPENSE_ACCOUNT_MISMATCH);
}
