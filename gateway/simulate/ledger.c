/* ledger.c - the comparison: each credit once, at the right stall, with the right amount. */
#include "ledger.h"

#include <stdio.h>
#include <stdlib.h>

size_t
ledger_add(struct ledger *ledger, const struct entry *entry)
{
	if (ledger->count == ledger->cap) {
		ledger->cap = ledger->cap == 0 ? 256 : 2 * ledger->cap;
		ledger->entries = mem_resize(
			ledger->entries, ledger->cap * sizeof(*ledger->entries));
	}
	ledger->entries[ledger->count] = *entry;
	return ledger->count++;
}

void
ledger_fini(struct ledger *ledger)
{
	free(ledger->entries);
	*ledger = (struct ledger){0};
}

void
summary_fault(struct simulate_summary *summary, const char *fmt, ...)
{
	va_list args;

	if (summary->fault[0] != '\0')
		return;
	va_start(args, fmt);
	vsnprintf(summary->fault, sizeof(summary->fault), fmt, args);
	va_end(args);
}

static struct entry *
find(const struct ledger *ledger, int64_t id)
{
	size_t from = 0, to = ledger->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (ledger->entries[middle].id == id)
			return &ledger->entries[middle];
		if (ledger->entries[middle].id < id)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

/* Right after one payment; a gateway whose clock runs ahead of ours may call it late. */
static bool
state_fits(const struct entry *entry, struct str state)
{
	const char *want = entry->amount_dong < entry->charge_dong   ? "short"
			   : entry->amount_dong > entry->charge_dong ? "over"
								     : "paid";

	return str_eq(state, str_from(want)) || str_eq(state, STR("paid_late"));
}

static bool
payment_fits(const struct entry *entry, const struct booked *booked)
{
	if (booked->amount_dong != entry->amount_dong)
		return false;
	switch (entry->place) {
	case ENTRY_CHARGE:
		return str_eq(booked->stall_reference, str_from(entry->stall.text)) &&
		       str_eq(booked->charge, str_from(entry->charge.text)) &&
		       state_fits(entry, booked->state);
	case ENTRY_STALL:
		return str_eq(booked->stall_reference, str_from(entry->stall.text)) &&
		       booked->charge.len == 0;
	case ENTRY_OPEN:
		return str_eq(booked->stall_reference, str_from(entry->stall.text));
	case ENTRY_NOWHERE:
		break;
	}
	return true;
}

void
ledger_note_payment(void *arg, const struct booked *booked)
{
	struct entry *entry = find(arg, booked->provider_id);

	if (entry == NULL)
		return; /* of another run, or another bank */
	entry->payments++;
	entry->wrong = entry->wrong || !payment_fits(entry, booked);
}

void
ledger_note_suspense(void *arg, const struct booked *booked)
{
	struct entry *entry = find(arg, booked->provider_id);

	if (entry == NULL)
		return;
	entry->suspended++;
	entry->wrong = entry->wrong || booked->amount_dong != entry->amount_dong;
}

/* What is wrong with a genuine credit, as the counter to raise; NULL when all is well. */
static int64_t *
verdict(const struct entry *entry, struct simulate_summary *summary, const char **word)
{
	unsigned times = entry->payments + entry->suspended;

	if (times > 1) {
		*word = "more than once in the books";
		return &summary->doubled;
	}
	if (entry->wrong) {
		*word = "booked with another amount, stall, charge or state";
		return &summary->wrong;
	}
	if (times == 0 && entry->acknowledged) {
		*word = "acknowledged, but not in the books";
		return &summary->lost;
	}
	if (entry->suspended == 1 && entry->place != ENTRY_OPEN) {
		*word = "in suspense, though its note has the reference";
		return &summary->astray;
	}
	return NULL;
}

static void
judge(const struct entry *entry, struct simulate_summary *summary)
{
	const char *word = "";
	int64_t *count;

	if (entry->place == ENTRY_NOWHERE) {
		if (entry->payments + entry->suspended == 0)
			return;
		summary->unearned++;
		summary_fault(summary, "transaction %lld is forged or money out, but in the books",
			(long long)entry->id);
		return;
	}
	if (entry->place == ENTRY_OPEN && entry->shared)
		summary->suspense_expected++;
	count = verdict(entry, summary, &word);
	if (count != NULL) {
		(*count)++;
		summary_fault(summary, "transaction %lld of %lld đ for %s is %s",
			(long long)entry->id, (long long)entry->amount_dong,
			entry->place == ENTRY_CHARGE ? entry->charge.text : entry->stall.text,
			word);
		return;
	}
	summary->matched += entry->payments;
	summary->suspense_found += entry->suspended;
}

void
ledger_judge(const struct ledger *ledger, struct simulate_summary *summary)
{
	for (size_t i = 0; i < ledger->count; i++)
		judge(&ledger->entries[i], summary);
	summary->checked = true;
}
