/* What a credit in suspense might be, over /v1, with the evidence in words and figures. */
#include "operator.h"
#include "suspense.h"

/* ---- words -------------------------------------------------------------------------------------
 */

static struct str
evidence_key(struct arena *arena, const struct evidence *evidence)
{
	if (evidence->kind == EVIDENCE_NEAR)
		return arena_printf(arena, "evidence.near_%s", reference_slip_name(evidence->slip));
	if (evidence->kind == EVIDENCE_ACCOUNT && evidence->number == 1)
		return STR("evidence.account_alone");
	return arena_printf(arena, "evidence.%s", evidence_kind_name(evidence->kind));
}

static void
put_evidence(struct buf *out, struct arena *arena, enum language language,
	const struct suspense_candidate *candidate, const struct evidence *evidence)
{
	const struct str values[] = {
		candidate->is.charge_id != 0 ? candidate->charge.reference
					     : candidate->stall.reference,
		str_from(evidence->seen),
		amount_text(arena, evidence->number),
		amount_text(arena, candidate->other.amount.dong),
		candidate->other.bank_ref,
	};

	words_fill(out, words_find(language, evidence_key(arena, evidence)), values,
		sizeof(values) / sizeof(values[0]));
}

/* A page's in its language; over /v1 in both. */
static struct str
evidence_text(const struct ask *ask, const struct suspense_candidate *candidate,
	const struct evidence *evidence)
{
	struct arena *arena = ask->query.arena;
	struct buf text CLEANUP(buf_fini) = {0};

	if (ask->page != NULL) {
		put_evidence(&text, arena, ask->lang, candidate, evidence);
		return arena_copy(arena, buf_str(&text));
	}
	put_evidence(&text, arena, VIETNAMESE, candidate, evidence);
	buf_adds(&text, " · ");
	put_evidence(&text, arena, ENGLISH, candidate, evidence);
	return arena_copy(arena, buf_str(&text));
}

/* ---- a candidate as JSON -----------------------------------------------------------------------
 */

static json_t *
evidence_json(const struct ask *ask, const struct suspense_candidate *candidate)
{
	json_t *items = json_array();

	for (size_t i = 0; i < candidate->is.evidence_count; i++) {
		const struct evidence *evidence = &candidate->is.evidence[i];
		json_t *item = json_object();

		json_set_str(item, "kind", str_from(evidence_kind_name(evidence->kind)));
		json_set_i64(item, "weight", evidence_weight(evidence));
		json_set_i64(item, "number", evidence->number);
		if (evidence->kind == EVIDENCE_NEAR) {
			json_set_str(item, "seen", str_from(evidence->seen));
			json_set_str(item, "slip", str_from(reference_slip_name(evidence->slip)));
		}
		json_set_str(item, "text", evidence_text(ask, candidate, evidence));
		json_array_append_new(items, item);
	}
	return items;
}

static json_t *
named_stall_json(const struct stall *stall)
{
	json_t *json = json_object();

	json_set_str(json, "reference", stall->reference);
	json_set_str(json, "code", stall->code);
	json_set_str(json, "name", stall->name);
	json_set_str(json, "market", stall->market_code);
	return json;
}

static json_t *
named_charge_json(const struct charge *charge)
{
	json_t *json = json_object();

	json_set_str(json, "reference", charge->reference);
	json_set_i64(json, "amount", charge->amount.dong);
	json_set_i64(json, "paid", charge->paid.dong);
	json_set_str(json, "state", charge->state);
	json_set_time(json, "created_at", charge->created_at_ms);
	json_set_time(json, "expires_at", charge->expires_at_ms);
	return json;
}

static json_t *
transfer_json(const struct suspense_candidate *candidate)
{
	const struct transfer *transfer = &candidate->other;
	json_t *json = json_object();

	json_set_id(json, "id", transfer->id);
	json_set_str(json, "state",
		transfer->outgoing	      ? STR("outgoing")
		: candidate->other_is_payment ? STR("payment")
					      : STR("suspense"));
	json_set_str(json, "feed", transfer->feed);
	json_set_str(json, "provider_txn_id", transfer->provider_txn_id);
	json_set_str(json, "bank_ref", transfer->bank_ref);
	json_set_str(json, "account", transfer->account_no);
	json_set_i64(json, "amount", transfer->amount.dong);
	json_set_str(json, "note", str_is_utf8(transfer->note) ? transfer->note : STR(""));
	json_set_time(json, "booked_at", transfer->booked_at_ms);
	return json;
}

/* The members in which the two tell different things. */
static json_t *
differences_json(const struct transfer *a, const struct transfer *b)
{
	const struct {
		const char *name;
		bool differs;
	} members[] = {
		{"feed", !str_eq(a->feed, b->feed)},
		{"provider_txn_id", !str_eq(a->provider_txn_id, b->provider_txn_id)},
		{"bank_ref", !str_eq(a->bank_ref, b->bank_ref)},
		{"account", !str_eq(a->account_no, b->account_no)},
		{"amount", a->amount.dong != b->amount.dong},
		{"note", !str_eq(a->note, b->note)},
		{"booked_at", a->booked_at_ms != b->booked_at_ms},
	};
	json_t *items = json_array();

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (members[i].differs)
			json_array_append_new(items, json_string(members[i].name));
	}
	return items;
}

/* What to send to the resolution's route to accept it; `why` is for the person to say. */
static json_t *
acceptance_json(const struct candidate *is, const json_t *stall, const json_t *charge)
{
	json_t *json = json_object();

	if (is->kind == CANDIDATE_STALL || is->kind == CANDIDATE_CHARGE)
		json_set_str(json, "outcome", STR("attributed"));
	else
		json_set_str(json, "outcome", str_from(candidate_kind_name(is->kind)));
	if (is->stall_id != 0)
		json_object_set(json, "stall", json_object_get(stall, "reference"));
	if (is->charge_id != 0)
		json_object_set(json, "charge", json_object_get(charge, "reference"));
	if (is->transfer_id != 0)
		json_set_id(json, "transfer", is->transfer_id);
	return json;
}

static json_t *
candidate_json(const struct ask *ask, const struct suspense_candidates *all, size_t n)
{
	const struct suspense_candidate *one = &all->found[n];
	json_t *json = json_object(), *stall, *charge;

	stall = one->is.stall_id == 0 ? json_null() : named_stall_json(&one->stall);
	charge = one->is.charge_id == 0 ? json_null() : named_charge_json(&one->charge);
	json_set_str(json, "kind", str_from(candidate_kind_name(one->is.kind)));
	json_set_i64(json, "score", one->is.score);
	json_object_set_new(json, "resolution", acceptance_json(&one->is, stall, charge));
	json_object_set_new(json, "stall", stall);
	json_object_set_new(json, "charge", charge);
	json_object_set_new(
		json, "transfer", one->is.transfer_id == 0 ? json_null() : transfer_json(one));
	json_object_set_new(json, "differences",
		one->is.kind == CANDIDATE_DUPLICATE ? differences_json(&all->transfer, &one->other)
						    : json_array());
	json_object_set_new(json, "evidence", evidence_json(ask, one));
	return json;
}

struct err
candidates_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct suspense_candidates *all = arena_alloc(arena, sizeof(*all));
	json_t *items, *credit;

	if (!may(&ask->who, SEE_SUSPENSE, 0))
		return ask_denied(ask);
	TRY(suspense_candidates(db, arena, ask->api->config.prefix, ask->after, all));
	TRY(suspense_json(db, arena, &all->item, &credit));
	items = json_array();
	for (size_t i = 0; i < all->count; i++)
		json_array_append_new(items, candidate_json(ask, all, i));
	ask->json = json_object();
	json_object_set_new(ask->json, "credit", credit);
	json_object_set_new(ask->json, "candidates", items);
	return OK;
}

void
suspense_get_candidates(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = candidates_answer;
	if (suspense_id(req, &ask->after))
		ask_send(ask);
}
