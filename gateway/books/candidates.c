/* What a credit in suspense might be: the evidence, gathered by lookups that are all bounded. */
#include <string.h>

#include "books.h"
#include "chopay/charge.h"
#include "chopay/charge_commands.h"
#include "chopay/suspense_commands.h"

#define GATHER_MAX 192	     /* candidates before the best are chosen */
#define STALLS_MAX 32	     /* of the receiving account */
#define CHARGES_MAX 40	     /* of the amount, around the bank's time */
#define RECENT_NOTES_MAX 500 /* resolutions of the account whose words are compared */
#define OUT_MAX 4	     /* transfers that may have sent it back */
#define SENT_BACK_MAX_MS (30 * MS_PER_DAY)
#define CHARGE_LIFE_MAX_MS (CHARGE_TTL_MAX_S * MS_PER_SECOND)

struct gathering {
	struct db *db;
	struct arena *arena;
	struct str prefix;
	const struct suspense *item;
	const struct transfer *transfer;
	size_t stalls_on_account;
	struct candidate items[GATHER_MAX];
	size_t count;
};

static struct evidence
plain(enum evidence_kind kind)
{
	return (struct evidence){.kind = kind};
}

static struct evidence
counted(enum evidence_kind kind, int64_t number)
{
	return (struct evidence){.kind = kind, .number = number};
}

/* The candidate of that kind and these ids, made when it is new; NULL when there are too many. */
static struct candidate *
candidate_of(struct gathering *all, struct candidate like)
{
	for (size_t i = 0; i < all->count; i++) {
		struct candidate *one = &all->items[i];

		if (one->kind == like.kind && one->stall_id == like.stall_id &&
			one->charge_id == like.charge_id && one->transfer_id == like.transfer_id)
			return one;
	}
	if (all->count == GATHER_MAX)
		return NULL;
	all->items[all->count] = like;
	return &all->items[all->count++];
}

static void
note_evidence(struct gathering *all, struct candidate like, struct evidence evidence)
{
	struct candidate *one = candidate_of(all, like);

	if (one != NULL)
		candidate_add(one, evidence);
}

static struct candidate
a_stall(int64_t stall_id)
{
	return (struct candidate){.kind = CANDIDATE_STALL, .stall_id = stall_id};
}

static struct candidate
a_charge(const struct charge *charge)
{
	return (struct candidate){
		.kind = CANDIDATE_CHARGE, .stall_id = charge->stall_id, .charge_id = charge->id};
}

/* ---- charges ----------------------------------------------------------------------------------
 */

/* How the money fits the charge: the sum, the time, and whether it still waits for money. */
static void
weigh_charge(struct gathering *all, const struct charge *charge)
{
	const struct transfer *transfer = all->transfer;
	int64_t rest = charge->amount.dong - charge->paid.dong + charge->refunded.dong;
	enum charge_state state;
	struct evidence time;

	if (evidence_of_time(
		    transfer->booked_at_ms, charge->created_at_ms, charge->expires_at_ms, &time))
		note_evidence(all, a_charge(charge), time);
	if (!charge_state_parse(charge->state, &state))
		return;
	if (state == CHARGE_SHORT && rest == transfer->amount.dong)
		note_evidence(all, a_charge(charge), plain(EVIDENCE_REST));
	else if (charge->amount.dong == transfer->amount.dong)
		note_evidence(all, a_charge(charge), plain(EVIDENCE_AMOUNT));
	if (state == CHARGE_PAID || state == CHARGE_OVER || state == CHARGE_PAID_LATE)
		note_evidence(all, a_charge(charge), plain(EVIDENCE_PAID));
	else if (state == CHARGE_CANCELLED)
		note_evidence(all, a_charge(charge), plain(EVIDENCE_CANCELLED));
}

static struct err
gather_charges(struct gathering *all, struct str account_no)
{
	int64_t booked = all->transfer->booked_at_ms;
	struct charge *charges = arena_alloc(all->arena, CHARGES_MAX * sizeof(*charges));
	struct evidence time;
	size_t count;

	if (account_no.len == 0)
		return OK;
	TRY(charges_of_amount(all->db, all->arena, account_no, all->transfer->amount,
		booked - CHARGE_LIFE_MAX_MS - CHARGE_AFTER_MAX_MS, booked + CHARGE_BEFORE_MAX_MS,
		CHARGES_MAX, charges, &count));
	for (size_t i = 0; i < count; i++) {
		if (evidence_of_time(
			    booked, charges[i].created_at_ms, charges[i].expires_at_ms, &time))
			weigh_charge(all, &charges[i]);
	}
	return OK;
}

/* ---- references -------------------------------------------------------------------------------
 */

/* A reference that the note holds, or nearly holds: nothing when it was never issued. */
static struct err
gather_reference(struct gathering *all, const struct reference *reference, struct evidence evidence)
{
	struct str text = str_from(reference->text);
	struct charge charge;
	struct stall stall;
	struct err err;

	if (!reference_is_charge(reference)) {
		err = stalls_find(all->db, all->arena, text, &stall);
		if (err.code == ERR_OK)
			note_evidence(all, a_stall(stall.id), evidence);
		return err.code == ERR_NOT_FOUND ? OK : err;
	}
	err = charges_find(all->db, all->arena, text, &charge);
	if (err.code != ERR_OK)
		return err.code == ERR_NOT_FOUND ? OK : err;
	note_evidence(all, a_charge(&charge), evidence);
	weigh_charge(all, &charge);
	return OK;
}

/* Is a reference of that stall there as a whole? */
static bool
is_whole(const struct references *whole, const struct reference *stall)
{
	for (size_t i = 0; i < whole->count; i++) {
		if (reference_stall_number(&whole->items[i]) == reference_stall_number(stall))
			return true;
	}
	return false;
}

static struct err
gather_references(struct gathering *all)
{
	struct transfer transfer = *all->transfer;
	struct references whole, begun;
	struct near_references near;

	evidence_references(all->prefix, &transfer, all->transfer->code_hint, &whole);
	for (size_t i = 0; i < whole.count; i++)
		TRY(gather_reference(all, &whole.items[i], plain(EVIDENCE_NAMED)));
	reference_begun(all->prefix, all->transfer->note, &begun);
	for (size_t i = 0; i < begun.count; i++) {
		if (!is_whole(&whole, &begun.items[i]))
			TRY(gather_reference(all, &begun.items[i], plain(EVIDENCE_BEGUN)));
	}
	reference_near(all->prefix, all->transfer->note, &near);
	for (size_t i = 0; i < near.count; i++) {
		struct evidence evidence = {.kind = EVIDENCE_NEAR, .slip = near.items[i].slip};

		memcpy(evidence.seen, near.items[i].seen, sizeof(evidence.seen));
		TRY(gather_reference(all, &near.items[i].reference, evidence));
	}
	return OK;
}

/* ---- the account -------------------------------------------------------------------------------
 */

/* The stalls that receive on the account, unless so many do that it says nothing. */
static struct err
gather_account(struct gathering *all, struct str account_no)
{
	struct stall_days stalls[STALLS_MAX];

	if (account_no.len == 0)
		return OK;
	TRY(accounts_stalls(all->db, all->arena, account_no, STR(""), STALLS_MAX, stalls,
		&all->stalls_on_account));
	for (size_t i = 0; i < all->stalls_on_account && all->stalls_on_account < STALLS_MAX; i++)
		candidate_of(all, a_stall(stalls[i].stall_id));
	return OK;
}

/* For each stall, and for the stall of each charge: does it receive on the account, was it open? */
static struct err
weigh_stalls(struct gathering *all)
{
	const struct transfer *transfer = all->transfer;
	struct str virtual_account = transfer->virtual_account;

	for (size_t i = 0; i < all->count; i++) {
		struct candidate *one = &all->items[i];
		bool is_virtual = false, is_own = false;
		struct stall stall;

		if (one->stall_id == 0)
			continue;
		TRY(stalls_get(all->db, all->arena, one->stall_id, &stall));
		if (virtual_account.len > 0)
			TRY(accounts_serve(all->db, stall.id, virtual_account, &is_virtual));
		TRY(accounts_serve(all->db, stall.id, transfer->account_no, &is_own));
		candidate_add(
			one, is_virtual ? plain(EVIDENCE_VIRTUAL_ACCOUNT)
			     : is_own	? counted(EVIDENCE_ACCOUNT, (int64_t)all->stalls_on_account)
					: plain(EVIDENCE_OTHER_ACCOUNT));
		if (day_of(transfer->booked_at_ms, stall.day_cut_min) >= stall.close_day)
			candidate_add(one, plain(EVIDENCE_CLOSED));
	}
	return OK;
}

/* ---- people, and other transfers ---------------------------------------------------------------
 */

static struct err
gather_words(struct gathering *all)
{
	struct resolved_note *notes = arena_alloc(all->arena, RECENT_NOTES_MAX * sizeof(*notes));
	size_t count;

	TRY(resolutions_recent(
		all->db, all->arena, all->transfer->account_no, RECENT_NOTES_MAX, notes, &count));
	for (size_t i = 0; i < count; i++) {
		bool nobodys = str_eq(notes[i].outcome, STR("not_ours"));
		struct candidate *one;

		if ((notes[i].stall_id == 0 && !nobodys) ||
			!notes_agree(notes[i].note, all->transfer->note))
			continue;
		one = candidate_of(all, nobodys ? (struct candidate){.kind = CANDIDATE_NOT_OURS}
						: a_stall(notes[i].stall_id));
		if (one != NULL)
			candidate_count(one, EVIDENCE_SAME_WORDS);
	}
	return OK;
}

/* The transfer that settling pointed at: the same money told again, or not. */
static struct err
gather_repeated(struct gathering *all)
{
	const struct transfer *transfer = all->transfer;
	struct candidate like = {
		.kind = CANDIDATE_DUPLICATE, .transfer_id = all->item->other_transfer_id};
	struct transfer other;
	int64_t apart;

	if (like.transfer_id == 0)
		return OK;
	TRY(transfers_get(all->db, all->arena, like.transfer_id, &other));
	note_evidence(all, like, plain(EVIDENCE_REPEATS));
	note_evidence(all, like,
		plain(other.amount.dong == transfer->amount.dong ? EVIDENCE_SAME_AMOUNT
								 : EVIDENCE_OTHER_AMOUNT));
	if (other.bank_ref.len > 0 && transfer->bank_ref.len > 0)
		note_evidence(all, like,
			plain(str_eq(other.bank_ref, transfer->bank_ref) ? EVIDENCE_SAME_REF
									 : EVIDENCE_OTHER_REF));
	if (notes_agree(other.note, transfer->note))
		note_evidence(all, like, plain(EVIDENCE_SAME_NOTE));
	apart = other.booked_at_ms > transfer->booked_at_ms
			? other.booked_at_ms - transfer->booked_at_ms
			: transfer->booked_at_ms - other.booked_at_ms;
	note_evidence(all, like, counted(EVIDENCE_CLOSE, apart / MS_PER_SECOND));
	return OK;
}

static struct err
gather_sent_back(struct gathering *all)
{
	const struct transfer *transfer = all->transfer;
	struct transfer *out = arena_alloc(all->arena, OUT_MAX * sizeof(*out));
	size_t count;

	TRY(transfers_unused_out(all->db, all->arena, transfer->account_no, transfer->amount,
		transfer->booked_at_ms, transfer->booked_at_ms + SENT_BACK_MAX_MS, OUT_MAX, out,
		&count));
	for (size_t i = 0; i < count; i++)
		note_evidence(all,
			(struct candidate){.kind = CANDIDATE_REFUNDED, .transfer_id = out[i].id},
			counted(EVIDENCE_SENT, (out[i].booked_at_ms - transfer->booked_at_ms) /
						       (60 * MS_PER_SECOND)));
	return OK;
}

/* ---- all of it ---------------------------------------------------------------------------------
 */

/* Is it a payment by now, or does it lie in suspense (or was said to be nobody's)? */
static struct err
find_state(struct gathering *all, struct suspense_candidate *out)
{
	struct suspense held;
	struct err err = suspense_get(all->db, all->arena, out->other.id, &held);

	if (err.code != ERR_OK && err.code != ERR_NOT_FOUND)
		return err;
	out->other_is_payment = !out->other.outgoing &&
				(err.code == ERR_NOT_FOUND || held.resolution.payment_id != 0);
	return OK;
}

/* The rows that a candidate names, for whoever shows it. */
static struct err
fill(struct gathering *all, const struct candidate *is, struct suspense_candidate *out)
{
	out->is = *is;
	if (is->stall_id != 0)
		TRY(stalls_get(all->db, all->arena, is->stall_id, &out->stall));
	if (is->charge_id != 0)
		TRY(charges_get(all->db, all->arena, is->stall_id, is->charge_id, &out->charge));
	if (is->transfer_id == 0)
		return OK;
	TRY(transfers_get(all->db, all->arena, is->transfer_id, &out->other));
	return find_state(all, out);
}

static struct err
gather(struct gathering *all)
{
	struct str own = all->transfer->account_no, other = all->transfer->virtual_account;

	TRY(gather_account(all, other));
	TRY(gather_account(all, own));
	TRY(gather_references(all));
	TRY(gather_charges(all, other));
	TRY(gather_charges(all, own));
	TRY(gather_words(all));
	TRY(weigh_stalls(all));
	TRY(gather_repeated(all));
	return gather_sent_back(all);
}

struct err
suspense_candidates(struct db *db, struct arena *arena, struct str prefix, int64_t transfer_id,
	struct suspense_candidates *candidates)
{
	struct gathering *all = arena_alloc(arena, sizeof(*all));

	TRY(suspense_get(db, arena, transfer_id, &candidates->item));
	TRY(transfers_get(db, arena, transfer_id, &candidates->transfer));
	all->db = db;
	all->arena = arena;
	all->prefix = prefix;
	all->item = &candidates->item;
	all->transfer = &candidates->transfer;
	TRY(gather(all));
	candidates_rank(all->items, &all->count, CANDIDATES_MAX);
	candidates->count = all->count;
	candidates->found = arena_alloc(arena, (all->count + 1) * sizeof(*candidates->found));
	for (size_t i = 0; i < all->count; i++)
		TRY(fill(all, &all->items[i], &candidates->found[i]));
	return OK;
}
