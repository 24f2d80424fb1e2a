/* The ledger against itself: every sum, the kept bytes against their digests, and each transfer
 * against what its bytes say when they are read again. */
#include "books.h"

#define ROWS_AT_ONCE 256

typedef void (*found_fn)(void *arg, const char *table, struct str key, const char *fault);

static void
found_id(found_fn found, void *arg, const char *table, int64_t id, const char *fault)
{
	struct buf key CLEANUP(buf_fini) = {0};

	buf_addf(&key, "%lld", (long long)id);
	found(arg, table, buf_str(&key), fault);
}

static struct err
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
		}
	} while (count > 0);
	return OK;
}

/* ---- transfers, read again ----------------------------------------------------------------------
 */

static struct str
no_header(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return (struct str){NULL, 0};
}

static bool
says_the_same(const struct transfer *transfer, const struct feed_event *event)
{
	return str_eq(transfer->provider_txn_id, event->provider_txn_id) &&
	       str_eq(transfer->account_no, event->account) &&
	       str_eq(transfer->virtual_account, event->virtual_account) &&
	       str_eq(transfer->bank_ref, event->bank_txn_id) &&
	       str_eq(transfer->bank, event->bank) && str_eq(transfer->note, event->content) &&
	       transfer->amount.dong == event->amount.dong &&
	       transfer->outgoing == event->outgoing &&
	       (!transfer->booked_told || transfer->booked_at_ms == event->time_ms) &&
	       (transfer->booked_told || transfer->booked_at_ms == transfer->arrived_at_ms);
}

/* Messages that prove themselves by a header (Standard Webhooks) carry their id there, and headers
 * are not kept: then everything but the id is compared. */
static bool
is_told_by(const struct transfer *transfer, const struct delivery *delivery, struct arena *arena)
{
	const struct feed *feed = feed_find(delivery->feed);
	struct feed_message message = {
		.now_ms = delivery->received_at_ms,
		.content_type = delivery->content_type,
		.body = delivery->raw,
		.header = no_header,
	};
	struct feed_events events = {0};

	if (feed == NULL || !feed_accepts(feed->parse(arena, &message, &events)))
		return false;
	for (size_t i = 0; i < events.count; i++) {
		if (events.items[i].provider_txn_id.len == 0)
			events.items[i].provider_txn_id = transfer->provider_txn_id;
		if (says_the_same(transfer, &events.items[i]))
			return true;
	}
	return false;
}

static struct err
verify_transfers(struct db *db, found_fn found, void *arg)
{
	int64_t after = 0;
	size_t count;

	do {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct transfer *transfers = arena_alloc(arena, ROWS_AT_ONCE * sizeof(*transfers));
		struct delivery *deliveries = arena_alloc(
			arena, ROWS_AT_ONCE * sizeof(*deliveries));

		TRY(transfers_list(db, arena, after, ROWS_AT_ONCE, transfers, deliveries, &count));
		for (size_t i = 0; i < count; i++) {
			after = transfers[i].id;
			if (!is_told_by(&transfers[i], &deliveries[i], arena))
				found_id(found, arg, "transfer", after,
					"it is not what the bank's bytes say");
		}
	} while (count > 0);
	return OK;
}

/* ---- payments: does what decided them still say so? ---------------------------------------------
 */

/* A reference in the note that names this stall, or exactly this charge. */
static bool
is_named(const struct payment *payment, struct str note, bool exactly)
{
	struct str prefix = str_cut(payment->stall_reference, 0, 2);
	struct reference stall;
	struct references found;

	if (!reference_is(prefix, payment->stall_reference, &stall))
		return false;
	reference_find(prefix, note, &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct reference *one = &found.items[i];

		if (exactly ? str_eq(str_from(one->text), payment->charge_reference)
			    : reference_stall_number(one) == reference_stall_number(&stall))
			return true;
	}
	return false;
}

static struct err
explained(struct db *db, const struct payment *payment, const struct transfer *transfer, bool *yes)
{
	struct str by = payment->matched_by;

	*yes = false;
	if (str_eq(by, str_from(matched_by_name(MATCHED_CHARGE)))) {
		*yes = is_named(payment, transfer->note, true);
	} else if (str_eq(by, str_from(matched_by_name(MATCHED_STALL_REFERENCE)))) {
		*yes = is_named(payment, transfer->note, false);
	} else if (str_eq(by, str_from(matched_by_name(MATCHED_BY_HAND)))) {
		*yes = true; /* its resolution is a rule of store_verify */
	} else if (str_eq(by, str_from(matched_by_name(MATCHED_VIRTUAL_ACCOUNT))) ||
		   str_eq(by, str_from(matched_by_name(MATCHED_SOLE_STALL)))) {
		TRY(accounts_serve(db, payment->stall_id, transfer->account_no, yes));
		if (!*yes && transfer->virtual_account.len > 0)
			TRY(accounts_serve(db, payment->stall_id, transfer->virtual_account, yes));
	}
	return OK;
}

static struct err
verify_payments(struct db *db, found_fn found, void *arg)
{
	int64_t after = 0;
	size_t count;

	do {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct payment *payments = arena_alloc(arena, ROWS_AT_ONCE * sizeof(*payments));

		TRY(payments_after(db, arena, after, INT64_MIN, ROWS_AT_ONCE, payments, &count));
		for (size_t i = 0; i < count; i++) {
			struct transfer transfer;
			bool yes;

			after = payments[i].id;
			TRY(transfers_get(db, arena, payments[i].transfer_id, &transfer));
			TRY(explained(db, &payments[i], &transfer, &yes));
			if (!yes)
				found_id(found, arg, "payment", after,
					"what it says it was matched by does not lead to its stall");
		}
	} while (count > 0);
	return OK;
}

/* Counts the rows named one by one; "*" is a whole table. */
struct named_rows {
	found_fn found;
	void *arg;
	size_t count;
};

static void
name_row(void *arg, const char *table, struct str key, const char *fault)
{
	struct named_rows *named = arg;

	named->count += !str_eq(key, STR("*"));
	named->found(named->arg, table, key, fault);
}

static struct err
verify_all(struct db *db, const struct crypt *crypt, found_fn found, void *arg, int64_t *unchecked)
{
	struct named_rows named = {found, arg, 0};

	TRY(store_verify_seals(db, name_row, &named, unchecked));
	TRY(verify_deliveries(db, crypt, name_row, &named));
	/* A row that somebody changed upsets sums elsewhere: name it alone.  What else is wrong
	 * shows when it is as it was. */
	if (named.count > 0)
		return OK;
	TRY(store_verify(db, found, arg));
	TRY(verify_transfers(db, found, arg));
	return verify_payments(db, found, arg);
}

struct err
ledger_verify(
	struct db *db, const struct crypt *crypt, found_fn found, void *arg, int64_t *unchecked)
{
	struct err err;

	TRY(store_begin(db)); /* one state of the books, whatever is written meanwhile */
	err = verify_all(db, crypt, found, arg, unchecked);
	store_rollback(db);
	return err;
}
