/* What the references in a note and the receiving account point at: the evidence for match(). */
#include "books.h"

static bool
closed_on(const struct stall_days *stall, int64_t booked_at_ms)
{
	return day_of(booked_at_ms, stall->day_cut_min) >= stall->close_day;
}

/* The stalls of the account that the money came in on. */
struct receiving {
	struct stall_days stalls[MATCH_STALLS_MAX];
	size_t count;
};

/* Whose account did the money come in on?  A virtual account names its stall more closely than
 * the account behind it. */
static struct err
gather_stalls(const struct incoming *in, struct str bank_bin, struct receiving *on,
	struct match_evidence *evidence)
{
	const struct transfer *transfer = &in->transfer;
	const struct {
		struct str account_no;
		bool is_virtual;
	} receiving[] = {{transfer->virtual_account, true}, {transfer->account_no, false}};

	for (size_t i = 0; i < 2 && on->count == 0; i++) {
		if (receiving[i].account_no.len == 0)
			continue;
		TRY(accounts_stalls(in->tx->db, in->arena, receiving[i].account_no, bank_bin,
			MATCH_STALLS_MAX, on->stalls, &on->count));
		/* Aggregators and registers name a bank differently (Timo, BVBank): the number
		 * alone is as good while one bank only has it. */
		if (on->count == 0 && bank_bin.len > 0)
			TRY(accounts_stalls(in->tx->db, in->arena, receiving[i].account_no, STR(""),
				MATCH_STALLS_MAX, on->stalls, &on->count));
		for (size_t n = 0; n < on->count; n++)
			evidence->stalls[n] = (struct match_stall){
				.id = on->stalls[n].stall_id,
				.closed = closed_on(&on->stalls[n], transfer->booked_at_ms),
				.virtual_account = receiving[i].is_virtual,
			};
	}
	evidence->stall_count = on->count;
	evidence->account_known = on->count > 0;
	return OK;
}

/* Most references name a stall of the account; `reference` empty: the stall with that id. */
static bool
find_receiving(const struct receiving *on, int64_t stall_id, struct str reference,
	struct stall_days *stall)
{
	for (size_t i = 0; i < on->count; i++) {
		if (on->stalls[i].stall_id == stall_id ||
			str_eq(on->stalls[i].reference, reference)) {
			*stall = on->stalls[i];
			return true;
		}
	}
	return false;
}

/* A charge that a stall's phone minted without a network may be paid before we are told of it. */
static struct err
find_minted(const struct incoming *in, const struct receiving *on, struct match_reference *found,
	struct stall_days *stall)
{
	struct reference of;

	TRY(minted_stall(in->tx, &found->reference, &of));
	found->serves_account = find_receiving(on, 0, str_from(of.text), stall);
	if (!found->serves_account)
		TRY(stalls_days_named(in->tx->db, in->arena, str_from(of.text), stall));
	return minted_find(
		in->tx, in->arena, stall->stall_id, &found->reference, &found->charge_id);
}

/* The stall that it names, or whose charge it names. */
static struct err
find_named(const struct incoming *in, const struct receiving *on, struct match_reference *found,
	struct stall_days *stall)
{
	struct str text = str_from(found->reference.text);
	struct charge charge;
	struct err err;

	if (!reference_is_charge(&found->reference)) {
		found->serves_account = find_receiving(on, 0, text, stall);
		return found->serves_account
			       ? OK
			       : stalls_days_named(in->tx->db, in->arena, text, stall);
	}
	err = charges_find(in->tx->db, in->arena, text, &charge);
	if (err.code == ERR_NOT_FOUND)
		return find_minted(in, on, found, stall);
	TRY(err);
	found->charge_id = charge.id;
	found->serves_account = find_receiving(on, charge.stall_id, STR(""), stall);
	return found->serves_account ? OK
				     : stalls_days(in->tx->db, in->arena, charge.stall_id, stall);
}

static struct err
gather_reference(
	const struct incoming *in, const struct receiving *on, struct match_reference *found)
{
	const struct transfer *transfer = &in->transfer;
	struct stall_days stall;
	struct err err = find_named(in, on, found, &stall);

	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	found->stall_id = stall.stall_id;
	found->stall_closed = closed_on(&stall, transfer->booked_at_ms);
	if (!found->serves_account)
		TRY(accounts_serve(
			in->tx->db, stall.stall_id, transfer->account_no, &found->serves_account));
	if (!found->serves_account && transfer->virtual_account.len > 0)
		TRY(accounts_serve(in->tx->db, stall.stall_id, transfer->virtual_account,
			&found->serves_account));
	return OK;
}

void
evidence_references(struct str prefix, struct transfer *transfer, struct str code_hint,
	struct references *found)
{
	reference_find(prefix, transfer->note, found);
	transfer->code_hint = STR("");
	if (found->count == 0 && reference_is(prefix, code_hint, &found->items[0])) {
		found->count = 1;
		transfer->code_hint = code_hint;
	}
}

struct err
evidence_gather(const struct incoming *in, struct str bank_bin, struct match_evidence *evidence)
{
	struct receiving on = {.count = 0};

	*evidence = (struct match_evidence){0};
	TRY(gather_stalls(in, bank_bin, &on, evidence));
	for (size_t i = 0; i < in->found.count; i++) {
		struct match_reference *one = &evidence->references[evidence->reference_count++];

		one->reference = in->found.items[i];
		TRY(gather_reference(in, &on, one));
	}
	return OK;
}
