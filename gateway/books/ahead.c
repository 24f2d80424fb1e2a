/* What a group of credits will ask of the store, gathered before the first of them is booked. */
#include "books.h"

#define CREDITS_MAX 1024 /* of a group; the others ask for themselves */

struct gathering {
	struct tx *tx;
	struct arena *arena;
	struct ahead_delivery *deliveries;
	struct ahead_credit *credits;
	size_t delivery_count, credit_count;
};

static void
gather_delivery(struct gathering *all, const struct settle_command *settle)
{
	unsigned char digest[SHA256_SIZE];

	if (settle->delivery_id != 0)
		return;
	crypt_sha256(all->tx->crypt, settle->raw, digest);
	all->deliveries[all->delivery_count++] = (struct ahead_delivery){
		settle->endpoint_id,
		arena_copy(all->arena, (struct str){(const char *)digest, sizeof(digest)}),
	};
}

/* As told.c claims it. */
static void
gather_event(
	struct gathering *all, const struct settle_command *settle, const struct feed_event *event)
{
	const struct transfer transfer = {
		.bank_ref = event->bank_txn_id,
		.account_no = event_account(event),
		.virtual_account = event->virtual_account,
	};
	const struct told_names names = told_names(&transfer);
	const struct ahead_credit credit = {
		.key = told_key(all->arena, settle->feed, event->provider_txn_id),
		.key_prefix = told_key(all->arena, settle->feed, STR("")),
		.bank_ref = told_ref(all->arena, &transfer, event->outgoing),
	};

	for (size_t i = 0; i < names.count; i++) {
		all->credits[all->credit_count] = credit;
		all->credits[all->credit_count++].account_no = names.items[i];
	}
}

struct err
settle_ahead(struct tx *tx, const struct task *tasks, size_t count)
{
	struct arena *arena CLEANUP(arena_cleanup) = NULL;
	struct gathering all = {.tx = tx};

	if (!ahead_serves(tx->db)) /* none to save */
		return OK;
	all.arena = arena = arena_new();
	all.deliveries = arena_alloc(arena, count * sizeof(*all.deliveries));
	all.credits = arena_alloc(arena, (CREDITS_MAX + ACCOUNT_NAMES_MAX) * sizeof(*all.credits));
	for (size_t i = 0; i < count; i++) {
		const struct settle_command *settle = tasks[i].arg;

		gather_delivery(&all, settle);
		for (size_t n = 0; n < settle->event_count && all.credit_count < CREDITS_MAX; n++)
			gather_event(&all, settle, &settle->events[n]);
	}
	return ahead_read(tx->db, &(struct ahead_question){all.deliveries, all.delivery_count,
					  all.credits, all.credit_count});
}
