/* Who told a transfer before?  Its keys are claimed, what may be the same is gathered for the rule
 * of identity.h. */
#include "books.h"

#define ANY_ACCOUNT STR("") /* of a key that stands for every account */
#define PAGE 64
#define LOOKED_AT_MAX \
	1024 /* transfers of a span on each side, the nearest; then a person decides */

struct told_names
told_names(const struct transfer *transfer)
{
	struct told_names names = {.items = {transfer->account_no}, .count = 1};

	if (transfer->virtual_account.len > 0 &&
		!str_eq(transfer->virtual_account, transfer->account_no))
		names.items[names.count++] = transfer->virtual_account;
	return names;
}

struct str
told_key(struct arena *arena, const struct feed *feed, struct str provider_txn_id)
{
	return arena_join(arena,
		(const struct str[]){str_from(feed->key_prefix), STR(":"), provider_txn_id}, 3);
}

struct str
told_ref(struct arena *arena, const struct transfer *transfer, bool outgoing)
{
	struct bank_ref ref;

	bank_ref_read(transfer->bank_ref, transfer->account_no, transfer->virtual_account, &ref);
	return ref.strength == BANK_REF_IDENTIFIES
		       ? arena_join(arena,
				 (const struct str[]){
					 outgoing ? STR("out:") : STR("in:"), str_from(ref.text)},
				 2)
		       : STR("");
}

struct err
told_merge(struct incoming *in, int64_t first_id, const char *by)
{
	for (size_t i = 0; i < in->claimed_count; i++) {
		in->claimed[i].transfer_id = first_id;
		TRY(transfers_merge(in->tx->db, &in->claimed[i], str_from(by)));
	}
	return OK;
}

/* An id that comes again for another order is no replay (FEEDS section 3): one buyer's reference
 * would pass for another one's payment.  The order stands in the bytes that told the id first. */
static struct err
same_order(const struct incoming *in, int64_t delivery_id, bool *same)
{
	struct reread reread CLEANUP(reread_fini) = {0};
	struct reread_one *first;
	struct err err;

	*same = true;
	if (in->order_code.len == 0)
		return OK;
	err = reread_delivery(in->tx->db, &reread, delivery_id, &first);
	if (err.code == ERR_NOT_FOUND)
		return OK; /* ledger verify names it */
	TRY(err);
	for (size_t i = 0; i < first->events.count && *same; i++) {
		const struct feed_event *event = &first->events.items[i];

		*same = event->order_code.len == 0 ||
			!str_eq(event->provider_txn_id, in->transfer.provider_txn_id) ||
			str_eq(event->order_code, in->order_code);
	}
	return OK;
}

static struct err
claim_key(struct incoming *in, struct str account_no, struct str key, struct str ref,
	struct transfer_claim *claim)
{
	struct transfer_key wanted = {
		.account_no = account_no,
		.key = key,
		.bank_ref = ref,
		.transfer_id = in->transfer.id,
		.delivery_id = in->transfer.delivery_id,
		.amount = in->transfer.amount,
		.outgoing = in->transfer.outgoing,
	};

	TRY(transfers_claim(in->tx->db, &wanted, claim));
	if (claim->fresh)
		in->claimed[in->claimed_count++] = wanted;
	else if (claim->same)
		TRY(same_order(in, claim->told_in, &claim->same));
	return OK;
}

/* The bank's reference is a key too: when two writers tell of one transfer at once, the unique
 * index shows the second one the first. */
static struct err
claim_names(struct incoming *in, const struct told_names *names, struct str key,
	struct transfer_claim *claim)
{
	struct str ref = told_ref(in->arena, &in->transfer, in->transfer.outgoing);
	struct transfer_claim one;

	for (size_t i = 0; i < names->count; i++) {
		TRY(claim_key(in, names->items[i], key, ref, &one));
		if (one.ref_id != 0)
			in->same_ref[in->same_ref_count++] = one.ref_id;
		if (i == 0 || !one.fresh)
			*claim = one;
	}
	return OK;
}

/* Whoever recorded a message whose account is not signed could send it with another one: so its id
 * is claimed for every account too. */
static struct err
claim_anywhere(struct incoming *in, struct str key)
{
	struct transfer_claim anywhere;

	if (!in->feed->account_unproved)
		return OK;
	TRY(claim_key(in, ANY_ACCOUNT, key, STR(""), &anywhere));
	if (!anywhere.fresh) {
		in->elsewhere_id = anywhere.first_id;
		in->elsewhere_same = anywhere.same;
	}
	return OK;
}

/* Read ahead: nothing that could contradict is there. */
static bool
nobody_has(const struct incoming *in, const struct told_names *names, struct str key)
{
	struct str ref = told_ref(in->arena, &in->transfer, in->transfer.outgoing);

	for (size_t i = 0; i < names->count; i++) {
		if (!ahead_nobody_has(in->tx->db, names->items[i], key, ref))
			return false;
	}
	return true;
}

struct err
told_claim(struct incoming *in, struct transfer_claim *claim)
{
	struct told_names names = told_names(&in->transfer);
	struct str key = told_key(in->arena, in->feed, in->transfer.provider_txn_id);
	struct err err;

	if (!in->feed->account_unproved && (names.count == 1 || nobody_has(in, &names, key)))
		return claim_names(in, &names, key, claim);
	/* Known under one name of its account only: the other one leads there too, unless they
	 * contradict; then nothing is claimed. */
	TRY(store_begin(in->tx->db));
	err = claim_names(in, &names, key, claim);
	if (err.code == ERR_OK)
		err = claim_anywhere(in, key);
	if (err.code == ERR_OK && !claim->fresh && claim->same)
		err = told_merge(in, claim->first_id, "id");
	if (err.code == ERR_OK && claim->same)
		return store_commit(in->tx->db);
	store_rollback(in->tx->db);
	return err;
}

/* ---- candidates ----------------------------------------------------------------------------- */

struct search {
	const struct incoming *in;
	struct arena *arena; /* of this search alone */
	struct str key_prefix;
	bool complete; /* the teller leaves nothing out */
	struct telling told;
	struct told_before *page;
	struct identity_candidate found[IDENTITY_CANDIDATES_MAX];
	size_t count;
	bool more;
	int64_t unsure_id; /* what it may be when nothing was found, and not all was looked at */
};

/* A feed that knows the day only tells its midnight. */
static enum told_time
precision_of(const struct transfer *transfer)
{
	if (!transfer->booked_told)
		return TOLD_NO_TIME;
	return transfer->booked_at_ms == day_start_ms(day_of(transfer->booked_at_ms, 0), 0)
		       ? TOLD_DAY
		       : TOLD_SECOND;
}

/* All but what its note says. */
static struct telling
telling_of(const struct transfer *transfer)
{
	struct telling told = {
		.account_no = transfer->account_no,
		.virtual_account = transfer->virtual_account,
		.amount = transfer->amount,
		.outgoing = transfer->outgoing,
		.precision = precision_of(transfer),
		.at_ms = transfer->booked_at_ms,
	};

	bank_ref_read(
		transfer->bank_ref, transfer->account_no, transfer->virtual_account, &told.ref);
	return told;
}

static void
read_note(
	struct arena *arena, struct str note, const struct references *found, struct telling *told)
{
	struct buf folded CLEANUP(buf_fini) = {0};

	identity_fold_note(&folded, note);
	told->note = arena_copy(arena, buf_str(&folded));
	if (found->count == 1)
		told->reference = arena_copy(arena, str_from(found->items[0].text));
}

static bool
may_be(const struct search *search, const struct identity_candidate *one)
{
	return identity_may_be(&search->told, search->complete, one);
}

/* Only what may be the same is kept: at a gate where all pay one price, others are many.  Most of
 * them another reference of the bank tells apart, before their notes are read. */
static void
add_candidate(struct search *search, const struct told_before *before)
{
	struct transfer transfer = before->transfer;
	struct identity_candidate one = {
		.told = telling_of(&transfer),
		.transfer_id = transfer.id,
		.named = before->named,
		.repeats = before->repeats,
	};
	struct references found;

	for (size_t i = 0; i < search->count; i++) {
		if (search->found[i].transfer_id == transfer.id)
			return;
	}
	if (!may_be(search, &one))
		return;
	evidence_references(search->in->tx->prefix, &transfer, transfer.code_hint, &found);
	read_note(search->arena, transfer.note, &found, &one.told);
	if (!may_be(search, &one))
		return;
	if (search->count == IDENTITY_CANDIDATES_MAX)
		search->more = true;
	else
		search->found[search->count++] = one;
}

static struct err
add_first(struct search *search, int64_t first_id)
{
	TRY(told_get(
		search->in->tx->db, search->arena, search->key_prefix, first_id, search->page));
	add_candidate(search, search->page);
	return OK;
}

/* In some minutes so many are a flood.  In the days that a feed without times leaves open they are
 * the tickets of a gate: there the nearest are enough, or every one would wait. */
static bool
minutes_only(const struct search *search, const struct told_query *query)
{
	return search->told.precision == TOLD_SECOND && !query->untold;
}

/* Enough is enough where more candidates than a person could compare were found. */
static struct err
look_through(struct search *search, struct told_query *query)
{
	int64_t nearest_id = 0;
	size_t count;

	for (query->skip = 0; query->skip < LOOKED_AT_MAX; query->skip += PAGE) {
		if (search->more)
			return OK;
		TRY(told_near(
			search->in->tx->db, search->arena, query, PAGE, search->page, &count));
		for (size_t i = 0; i < count; i++)
			add_candidate(search, &search->page[i]);
		if (count < PAGE)
			return OK;
		if (query->skip == 0)
			nearest_id = search->page[0].transfer.id;
	}
	search->more = true;
	if (minutes_only(search, query))
		search->unsure_id = nearest_id;
	return OK;
}

/* From the transfer's own time onwards, then from there backwards. */
static struct err
add_near(struct search *search, const struct told_query *query)
{
	int64_t at_ms = search->told.at_ms;
	struct told_query later = *query, earlier = *query;

	later.from_ms = query->from_ms > at_ms ? query->from_ms : at_ms;
	earlier.to_ms = query->to_ms < at_ms ? query->to_ms : at_ms - 1;
	earlier.latest_first = true;
	if (later.from_ms <= later.to_ms)
		TRY(look_through(search, &later));
	if (earlier.from_ms <= earlier.to_ms)
		TRY(look_through(search, &earlier));
	return OK;
}

static struct identity_verdict
decide(const struct search *search)
{
	return identity(
		&search->told, search->complete, search->found, search->count, search->more);
}

static struct err
search_all(struct search *search, const struct told_names *names)
{
	struct identity_span spans[IDENTITY_SPANS_MAX];
	size_t span_count = identity_spans(&search->told, spans);

	for (size_t i = 0; i < search->in->same_ref_count; i++)
		TRY(add_first(search, search->in->same_ref[i]));
	/* Line by line a list may take the first that the reference leads to. */
	if (search->complete && decide(search).is == IDENTITY_SAME)
		return OK;
	for (size_t n = 0; n < names->count; n++) {
		/* Each span among the accounts, and among the virtual ones. */
		for (size_t i = 0; i < 2 * span_count; i++)
			TRY(add_near(search, &(struct told_query){
						     .key_prefix = search->key_prefix,
						     .account_no = names->items[n],
						     .by_virtual = i % 2 == 1,
						     .untold = spans[i / 2].untold,
						     .amount = search->told.amount,
						     .outgoing = search->told.outgoing,
						     .from_ms = spans[i / 2].from_ms,
						     .to_ms = spans[i / 2].to_ms,
					     }));
	}
	return OK;
}

/* ---- the rule ------------------------------------------------------------------------------- */

static struct err
others_tell(const struct incoming *in, const struct told_names *names, bool *others)
{
	*others = false;
	for (size_t i = 0; i < names->count && !*others; i++)
		TRY(transfers_others_tell(in->tx->db, in->arena, names->items[i],
			str_from(in->feed->key_prefix), others));
	return OK;
}

static struct err
search_told(const struct incoming *in, const struct told_names *names,
	struct identity_verdict *verdict, int64_t *other_id)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct search *search = arena_alloc(arena, sizeof(*search));

	search->in = in;
	search->arena = arena;
	search->key_prefix = arena_printf(arena, "%s:", in->feed->key_prefix);
	/* Without a way to prove itself it is no webhook: a list, or a statement. */
	search->complete = in->feed->mode_count == 0;
	search->told = telling_of(&in->transfer);
	read_note(arena, in->transfer.note, &in->found, &search->told);
	search->page = arena_alloc(arena, PAGE * sizeof(*search->page));
	TRY(search_all(search, names));
	*verdict = decide(search);
	if (verdict->is != IDENTITY_NEW) {
		*other_id = search->found[verdict->which].transfer_id;
	} else if (search->unsure_id != 0) {
		verdict->is = IDENTITY_AMBIGUOUS;
		*other_id = search->unsure_id;
	}
	return OK;
}

struct err
told_identify(const struct incoming *in, struct identity_verdict *verdict, int64_t *other_id)
{
	struct told_names names = told_names(&in->transfer);
	bool others;

	*verdict = (struct identity_verdict){IDENTITY_NEW, 0, ""};
	*other_id = 0;
	if (in->elsewhere_id != 0) { /* not claimed here, so told of another account */
		verdict->is = in->elsewhere_same ? IDENTITY_AMBIGUOUS : IDENTITY_CONFLICT;
		*other_id = in->elsewhere_id;
		return OK;
	}
	TRY(others_tell(in, &names, &others));
	if (!others) /* most accounts: one feed tells of it, and its ids are enough */
		return OK;
	return search_told(in, &names, verdict, other_id);
}
