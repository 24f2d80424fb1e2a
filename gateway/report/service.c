/* Accounts of the stalls, and how they agree with the bank: credits that wait, days that were
 * reconciled (S3, S4). */
#include <stdlib.h>

#include "chopay/report_rows.h"

#include "list.h"
#include "sums.h"

struct accounts {
	struct account {
		struct str no;
		size_t stall;  /* the first of its stalls: its money is counted once, there */
		uint64_t paid; /* days of this month with a valid payment on it */
	} * items;	       /* by number */
	size_t count, capacity;
	struct received { /* on an account, since then */
		size_t account;
		int64_t from_ms;
		size_t before; /* another one of the stall, or NOWHERE */
	} * received;
	size_t received_count, received_capacity;
	size_t *of_stall;     /* of each stall: one of these, or NOWHERE */
	uint64_t *reconciled; /* of each month and account: days */
	month_key first;
	size_t months;
};

static int
by_number(const void *a, const void *b)
{
	const struct account *left = a, *right = b;
	size_t len = left->no.len < right->no.len ? left->no.len : right->no.len;
	int order = len == 0 ? 0 : memcmp(left->no.ptr, right->no.ptr, len);

	return order != 0 ? order : (left->no.len > right->no.len) - (left->no.len < right->no.len);
}

static size_t
find(const struct accounts *accounts, struct str no)
{
	const struct account wanted = {.no = no};
	const struct account *found = NULL;

	if (accounts->count > 0)
		found = bsearch(
			&wanted, accounts->items, accounts->count, sizeof(wanted), by_number);
	return found == NULL ? NOWHERE : (size_t)(found - accounts->items);
}

/* ---- loading ----------------------------------------------------------------------------------
 */

static struct err
take_account(void *arg, struct str no, int64_t stall_id, int64_t from_ms)
{
	struct sums *sums = arg;
	struct accounts *accounts = sums->accounts;
	size_t stall = world_stall(sums->world, stall_id);

	(void)from_ms;
	if (stall == NOWHERE ||
		(accounts->count > 0 && str_eq(accounts->items[accounts->count - 1].no, no)))
		return OK;
	LIST_ROOM(sums->arena, accounts->items, accounts->count, accounts->capacity);
	accounts->items[accounts->count++] = (struct account){
		.no = arena_copy(sums->arena, no), .stall = stall};
	return OK;
}

static struct err
take_stall(void *arg, struct str no, int64_t stall_id, int64_t from_ms)
{
	struct sums *sums = arg;
	struct accounts *accounts = sums->accounts;
	size_t stall = world_stall(sums->world, stall_id);

	if (stall == NOWHERE)
		return OK;
	LIST_ROOM(sums->arena, accounts->received, accounts->received_count,
		accounts->received_capacity);
	accounts->received[accounts->received_count] = (struct received){
		find(accounts, no), from_ms, accounts->of_stall[stall]};
	accounts->of_stall[stall] = accounts->received_count++;
	return OK;
}

/* The account on which the stall received at the end of that day; before its first one, that. */
static struct account *
account_on(const struct accounts *accounts, size_t stall, int32_t day)
{
	int64_t end_ms = day_start_ms(day + 1, 0);
	const struct received *best = NULL;

	for (size_t i = accounts->of_stall[stall]; i != NOWHERE; i = accounts->received[i].before) {
		const struct received *one = &accounts->received[i];
		bool later = best == NULL || one->from_ms > best->from_ms;

		if (best == NULL ||
			(best->from_ms >= end_ms ? !later : later && one->from_ms < end_ms))
			best = one;
	}
	return &accounts->items[best->account];
}

/* A piece of the market where the account's stall stood on that day, or NULL. */
static struct report_service *
service_on(struct sums *sums, const struct account *account, int32_t day)
{
	const struct selection *selection = sums->selection;
	size_t market = world_place(&sums->world->stalls[account->stall], day);
	size_t first = selection->of_market[market].first;

	for (size_t i = first; i < first + selection->of_market[market].count; i++) {
		if (selection->pieces[i].from_day <= day && day <= selection->pieces[i].to_day)
			return &sums->pieces[i].figures.service;
	}
	return NULL;
}

static struct err
take_reconciled(void *arg, struct str no, int32_t day, struct vnd difference)
{
	struct sums *sums = arg;
	struct accounts *accounts = sums->accounts;
	size_t at = find(accounts, no);
	month_key month = month_of(day, sums->period->calendar);
	struct report_service *service;

	if (at == NOWHERE)
		return OK;
	service = service_on(sums, &accounts->items[at], day);
	if (service == NULL)
		return OK;
	service->difference.dong += difference.dong;
	accounts->reconciled[(size_t)(month - accounts->first) * accounts->count + at] |=
		UINT64_C(1) << (day - month_first_day(month, sums->period->calendar));
	return OK;
}

struct err
accounts_load(struct sums *sums)
{
	const struct selection *selection = sums->selection;
	struct accounts *accounts = arena_alloc(sums->arena, sizeof(*accounts));

	sums->accounts = accounts;
	TRY(account_stalls_walk(sums->db, take_account, sums));
	if (accounts->count > 0)
		qsort(accounts->items, accounts->count, sizeof(*accounts->items), by_number);
	accounts->of_stall = arena_alloc(
		sums->arena, sums->world->stall_count * sizeof(*accounts->of_stall) + 1);
	for (size_t i = 0; i < sums->world->stall_count; i++)
		accounts->of_stall[i] = NOWHERE;
	TRY(account_stalls_walk(sums->db, take_stall, sums));
	accounts->first = month_of(selection->from_day, sums->period->calendar);
	accounts->months = sums->blocks / MONTH_BLOCKS;
	accounts->reconciled = arena_alloc(sums->arena,
		accounts->months * accounts->count * sizeof(*accounts->reconciled) + 1);
	return reconciled_walk(
		sums->db, selection->from_day, selection->to_day, take_reconciled, sums);
}

/* ---- along the cells ---------------------------------------------------------------------------
 */

void
accounts_see(struct sums *sums, const struct cell *cell)
{
	if (sums->accounts->of_stall[cell->stall] == NOWHERE)
		return;
	for (int day = 0; day < cell->month->count; day++) {
		if ((cell->paid >> day & 1) != 0)
			account_on(sums->accounts, cell->stall, cell->month->first + day)->paid |=
				UINT64_C(1) << day;
	}
}

void
accounts_month_over(struct sums *sums, const struct month_days *month)
{
	struct accounts *accounts = sums->accounts;
	const uint64_t *reconciled = accounts->reconciled +
				     (size_t)(month->month - accounts->first) * accounts->count;

	for (size_t at = 0; at < accounts->count; at++) {
		struct account *account = &accounts->items[at];

		for (int day = 0; account->paid >> day != 0; day++) {
			struct report_service *service = service_on(
				sums, account, month->first + day);

			if ((account->paid >> day & 1) == 0 || service == NULL)
				continue;
			service->account_days++;
			service->reconciled_days += (int64_t)(reconciled[at] >> day & 1);
		}
		account->paid = 0;
	}
}

/* ---- credits that wait -------------------------------------------------------------------------
 */

static struct err
take_unmatched(void *arg, struct str no, int64_t booked_at_ms, struct vnd amount)
{
	struct sums *sums = arg;
	size_t at = find(sums->accounts, no);
	const struct account *account;
	struct report_service *service;

	if (at == NOWHERE)
		return OK;
	account = &sums->accounts->items[at];
	service = service_on(sums, account,
		day_of(booked_at_ms,
			sums->world->markets[sums->world->stalls[account->stall].market]
				.day_cut_min));
	if (service == NULL)
		return OK;
	service->unmatched++;
	service->unmatched_value.dong += amount.dong;
	return OK;
}

struct err
accounts_finish(struct sums *sums)
{
	const struct selection *selection = sums->selection;

	/* A day more: a night market's goes on after midnight. */
	return unmatched_walk(sums->db, day_start_ms(selection->from_day, 0),
		day_start_ms(selection->to_day + 2, 0), take_unmatched, sums);
}
