/* What was booked, against the kept bytes that told it: deliveries, transfers, keys, payers. */
#include "books.h"
#include "chopay/adoption_commands.h"
#include "payers.h"
#include "verify.h"

struct err
verify_deliveries(struct db *db, const struct crypt *crypt, found_fn found, void *arg)
{
	int64_t after = 0;
	size_t count;

	do {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct delivery *deliveries = arena_alloc(
			arena, ROWS_AT_ONCE * sizeof(*deliveries));

		TRY(deliveries_list(db, arena, after, ROWS_AT_ONCE, deliveries, &count));
		for (size_t i = 0; i < count; i++) {
			unsigned char digest[SHA256_SIZE];

			after = deliveries[i].id;
			crypt_sha256(crypt, deliveries[i].raw, digest);
			if (!str_eq(deliveries[i].raw_sha256,
				    (struct str){(const char *)digest, sizeof(digest)}))
				found_id(found, arg, "delivery", after,
					"its bytes are not those that were signed for");
			if (deliveries[i].misplaced)
				found_id(found, arg, "delivery", after,
					"it lies among those of another month");
		}
	} while (count > 0);
	return OK;
}

/* ---- transfers, read again ------------------------------------------------------------------ */

static bool
says_the_same(const struct transfer *transfer, const struct feed_event *event)
{
	return str_eq(transfer->provider_txn_id, event->provider_txn_id) &&
	       str_eq(transfer->account_no, event_account(event)) &&
	       str_eq(transfer->virtual_account, event->virtual_account) &&
	       str_eq(transfer->bank_ref, event->bank_txn_id) &&
	       str_eq(transfer->bank, event->bank) && str_eq(transfer->note, event->content) &&
	       (transfer->code_hint.len == 0 || str_eq(transfer->code_hint, event->code_hint)) &&
	       transfer->amount.dong == event->amount.dong &&
	       transfer->outgoing == event->outgoing &&
	       (!transfer->booked_told || transfer->booked_at_ms == event->time_ms) &&
	       (transfer->booked_told || transfer->booked_at_ms == transfer->arrived_at_ms);
}

/* Messages that prove themselves by a header (Standard Webhooks) carry their id there, and headers
 * are not kept: then everything but the id is compared. */
static bool
is_told_by(const struct transfer *transfer, struct reread_one *told)
{
	for (size_t i = 0; i < told->events.count; i++) {
		size_t at = (told->next + i) % told->events.count;
		struct feed_event event = told->events.items[at];

		if (event.provider_txn_id.len == 0)
			event.provider_txn_id = transfer->provider_txn_id;
		if (says_the_same(transfer, &event)) {
			told->next = at + 1;
			return true;
		}
	}
	return false;
}

struct err
verify_transfers(struct db *db, found_fn found, void *arg)
{
	struct reread reread CLEANUP(reread_fini) = {0};
	int64_t after = 0;
	size_t count;

	do {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct transfer *transfers = arena_alloc(arena, ROWS_AT_ONCE * sizeof(*transfers));

		TRY(transfers_list(db, arena, after, ROWS_AT_ONCE, transfers, &count));
		for (size_t i = 0; i < count; i++) {
			struct reread_one *told;
			struct err err = reread_delivery(
				db, &reread, transfers[i].delivery_id, &told);

			after = transfers[i].id;
			if (err.code == ERR_NOT_FOUND)
				continue; /* store_verify names it */
			TRY(err);
			if (!is_told_by(&transfers[i], told))
				found_id(found, arg, "transfer", after,
					"it is not what the bank's bytes say");
		}
	} while (count > 0);
	return OK;
}

/* ---- merged keys: did those bytes tell that transfer? --------------------------------------- */

static bool
is_name_of(struct str account_no, struct str one, struct str other)
{
	return account_no.len > 0 && (str_eq(account_no, one) || str_eq(account_no, other));
}

/* "casso:7" is the event's id; "in:FT..." its bank's reference. */
static bool
is_key_of(const struct feed *feed, const struct transfer_key *key, const struct feed_event *event)
{
	struct buf own CLEANUP(buf_fini) = {0}, told CLEANUP(buf_fini) = {0};
	struct bank_ref ref;

	bank_ref_read(event->bank_txn_id, event->account, event->virtual_account, &ref);
	buf_addf(&told, "%s:%s", event->outgoing ? "out" : "in", ref.text);
	buf_addf(&own, "%s:%.*s", feed->key_prefix, STR_FMT(event->provider_txn_id));
	return (key->bank_ref.len == 0 || str_eq(key->bank_ref, buf_str(&told))) &&
	       /* or its id stood in a header */
	       (event->provider_txn_id.len == 0 || str_eq(key->key, buf_str(&own)));
}

static bool
leads_to(const struct transfer_key *key, const struct feed *feed, const struct feed_event *event,
	const struct transfer *transfer)
{
	struct str account = event_account(event), other = event->virtual_account;

	return event->amount.dong == key->amount.dong && event->outgoing == key->outgoing &&
	       is_key_of(feed, key, event) &&
	       (key->account_no.len == 0 || is_name_of(key->account_no, account, other)) &&
	       (is_name_of(transfer->account_no, account, other) ||
		       is_name_of(transfer->virtual_account, account, other));
}

static struct err
verify_merged_key(struct db *db, struct arena *arena, struct reread *reread,
	const struct transfer_key *key, bool *in_order)
{
	struct transfer transfer;
	struct reread_one *told;
	struct err err = transfers_get(db, arena, key->transfer_id, &transfer);

	*in_order = err.code == ERR_NOT_FOUND; /* store_verify names that key */
	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	err = reread_delivery(db, reread, key->delivery_id, &told);
	if (err.code == ERR_NOT_FOUND)
		return OK; /* its bytes are gone */
	TRY(err);
	for (size_t i = 0; i < told->events.count && !*in_order; i++) {
		size_t at = (told->next + i) % told->events.count;

		*in_order = leads_to(key, told->feed, &told->events.items[at], &transfer);
		told->next = *in_order ? at + 1 : told->next;
	}
	return OK;
}

struct err
verify_merged(struct db *db, found_fn found, void *arg)
{
	struct arena *last CLEANUP(arena_cleanup) = arena_new();
	struct reread reread CLEANUP(reread_fini) = {0};
	struct transfer_key after = {0};
	size_t count;

	do {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct transfer_key *keys = arena_alloc(arena, ROWS_AT_ONCE * sizeof(*keys));

		TRY(transfers_merged(db, arena, &after, ROWS_AT_ONCE, keys, &count));
		for (size_t i = 0; i < count; i++) {
			bool in_order;

			TRY(verify_merged_key(db, arena, &reread, &keys[i], &in_order));
			if (!in_order)
				found(arg, "transfer_key",
					arena_printf(arena, "%.*s %.*s",
						STR_FMT(keys[i].account_no), STR_FMT(keys[i].key)),
					"the bytes that told it do not lead to its transfer");
		}
		if (count > 0) {
			after.delivery_id = keys[count - 1].delivery_id;
			after.account_no = arena_copy(last, keys[count - 1].account_no);
			after.key = arena_copy(last, keys[count - 1].key);
		}
	} while (count > 0);
	return OK;
}

/* ---- payers: are they whom the bytes name? --------------------------------------------------- */

/* A bank's name may lead to another BIN in a newer table: without it is right as well. */
static struct err
is_payer(struct db *db, const struct adoption_check *check, struct payer_keys *keys,
	const struct feed_event *event, const struct payment *payment, bool *yes)
{
	struct payer_account account = {
		.bank_bin = check->bank_bin == NULL
				    ? STR("")
				    : check->bank_bin(check->arg, event->payer_bank),
		.account_no = event->payer_account,
		.year = payer_year(payment->booked_at_ms),
	};
	payer_id named, unnamed;

	TRY(payer_find(keys, db, &account, &named));
	account.bank_bin = STR("");
	TRY(payer_find(keys, db, &account, &unnamed));
	*yes = payment->payer == named || payment->payer == unnamed;
	return OK;
}

/* 0 is nobody: not told, or booked by a version that did not ask. */
static struct err
check_payer(struct db *db, struct arena *arena, const struct adoption_check *check,
	struct payer_keys *keys, struct reread *reread, const struct payment *payment, bool *yes)
{
	struct transfer transfer;
	struct reread_one *told;
	struct err err;

	*yes = true;
	if (payment->payer == PAYER_UNKNOWN)
		return OK;
	TRY(transfers_get(db, arena, payment->transfer_id, &transfer));
	err = reread_delivery(db, reread, transfer.delivery_id, &told);
	if (err.code == ERR_NOT_FOUND)
		return OK; /* its bytes are gone */
	TRY(err);
	if (!is_told_by(&transfer, told))
		return OK; /* named already */
	err = is_payer(db, check, keys, &told->events.items[told->next - 1], payment, yes);
	if (err.code != ERR_NOT_FOUND)
		return err;
	*yes = true; /* that year's key was destroyed */
	return OK;
}

struct err
payers_verify(struct db *db, const struct adoption_check *check, found_fn found, void *arg)
{
	struct payer_keys *keys CLEANUP(payer_keys_cleanup) = payer_keys_new(
		check->crypt, check->sealing_key);
	struct reread reread CLEANUP(reread_fini) = {0};
	int64_t after = 0;
	size_t count;

	do {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct payment *payments = arena_alloc(arena, ROWS_AT_ONCE * sizeof(*payments));

		TRY(payments_after(db, arena, after, INT64_MIN, ROWS_AT_ONCE, payments, &count));
		for (size_t i = 0; i < count; i++) {
			bool yes;

			after = payments[i].id;
			TRY(check_payer(db, arena, check, keys, &reread, &payments[i], &yes));
			if (!yes)
				found_id(found, arg, "payment", after,
					"its payer is not whom the bank's bytes name");
		}
	} while (count > 0);
	return OK;
}
