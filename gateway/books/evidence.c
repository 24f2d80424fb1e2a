/* What the references in a note and the receiving account point at: the evidence for match(). */
#include "books.h"

static bool
closed_on(const struct account_stall *stall, int64_t booked_at_ms)
{
	return day_of(booked_at_ms, stall->day_cut_min) >= stall->close_day;
}

/* Whose account did the money come in on?  A virtual account names its stall more closely than
 * the account behind it. */
static struct err
gather_stalls(struct db *db, const struct transfer *transfer, struct str bank_bin,
	struct match_evidence *evidence)
{
	const struct {
		struct str account_no;
		bool is_virtual;
	} receiving[] = {{transfer->virtual_account, true}, {transfer->account_no, false}};
	struct account_stall stalls[MATCH_STALLS_MAX];

	for (size_t i = 0; i < 2 && evidence->stall_count == 0; i++) {
		bool known = false;

		if (receiving[i].account_no.len == 0)
			continue;
		TRY(accounts_stalls(db, receiving[i].account_no, bank_bin, MATCH_STALLS_MAX, stalls,
			&evidence->stall_count, &known));
		/* Aggregators and registers name a bank differently (Timo, BVBank): the number
		 * alone is as good while one bank only has it. */
		if (!known && bank_bin.len > 0)
			TRY(accounts_stalls(db, receiving[i].account_no, (struct str){NULL, 0},
				MATCH_STALLS_MAX, stalls, &evidence->stall_count, &known));
		evidence->account_known = evidence->account_known || known;
		for (size_t n = 0; n < evidence->stall_count; n++)
			evidence->stalls[n] = (struct match_stall){
				.id = stalls[n].stall_id,
				.closed = closed_on(&stalls[n], transfer->booked_at_ms),
				.virtual_account = receiving[i].is_virtual,
			};
	}
	return OK;
}

static struct err
gather_reference(struct tx *tx, struct arena *arena, const struct transfer *transfer,
	struct match_reference *found)
{
	struct str text = str_from(found->reference.text);
	struct stall stall;
	struct charge charge;
	struct err err;

	if (reference_is_charge(&found->reference)) {
		err = charges_find(tx->db, arena, text, &charge);
		if (err.code == ERR_OK) {
			found->charge_id = charge.id;
			err = stalls_get(tx->db, arena, charge.stall_id, &stall);
		}
	} else {
		err = stalls_find(tx->db, arena, text, &stall);
	}
	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	found->stall_id = stall.id;
	found->stall_closed = day_of(transfer->booked_at_ms, stall.day_cut_min) >= stall.close_day;
	TRY(accounts_serve(tx->db, stall.id, transfer->account_no, &found->serves_account));
	if (!found->serves_account && transfer->virtual_account.len > 0)
		TRY(accounts_serve(
			tx->db, stall.id, transfer->virtual_account, &found->serves_account));
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
	*evidence = (struct match_evidence){0};
	TRY(gather_stalls(in->tx->db, &in->transfer, bank_bin, evidence));
	for (size_t i = 0; i < in->found.count; i++) {
		struct match_reference *one = &evidence->references[evidence->reference_count++];

		one->reference = in->found.items[i];
		TRY(gather_reference(in->tx, in->arena, &in->transfer, one));
	}
	return OK;
}
