/* What must hold after every step: read past our own code, and by `ledger verify`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chopay/charge.h"
#include "disk.h"
#include "world.h"

#define BOOKED_MAX (TRANSFERS_MAX * 3)

/* A transfer in the books. */
struct booked {
	int64_t id, amount, stall_id; /* stall 0: no payment */
	bool outgoing, by_hand, held, doubtful, duplicate, resolved;
	int truth; /* the bank's transfer it is; -1: nobody said so yet */
};

struct ledger_query {
	struct query query;
	struct world *world;
	char *fault;
};

static char fault_text[512];

static const char *
broken(const char *rule, int64_t which)
{
	snprintf(fault_text, sizeof(fault_text), "%s (%lld)", rule, (long long)which);
	return fault_text;
}

/* ---- the books' own verdict
 * ---------------------------------------------------------------------- */

static void
fault_found(void *arg, const char *table, struct str key, const char *fault)
{
	const char **first = arg;

	if (*first != NULL)
		return;
	snprintf(fault_text, sizeof(fault_text), "ledger verify: %s %.*s: %s", table, STR_FMT(key),
		fault);
	*first = fault_text;
}

static struct err
verify(struct db *db, struct query *query)
{
	struct ledger_query *asked = (struct ledger_query *)query;
	int64_t unchecked;

	return ledger_verify(db, asked->world->crypt, fault_found, &asked->fault, &unchecked);
}

static const char *
judge_ledger(struct world *world)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct ledger_query asked = {.query = {.run = verify, .arena = arena}, .world = world};

	if (books_ask_wait(world->books, &asked.query).code != ERR_OK)
		return "ledger verify does not come to an end";
	return asked.fault;
}

/* ---- each transfer of the bank
 * ------------------------------------------------------------------- */

static sqlite3_stmt *
look(struct world *world, const char *sql)
{
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v2(world->eye, sql, -1, &stmt, NULL) != SQLITE_OK) {
		fprintf(stderr, "sim: %s\n", sqlite3_errmsg(world->eye));
		abort();
	}
	return stmt;
}

static void
read_booked(struct world *world, struct booked *booked, int *count)
{
	sqlite3_stmt *stmt = look(world,
		"SELECT t.id, t.amount, t.outgoing, coalesce(p.stall_id, 0),"
		" coalesce(p.matched_by = 'by_hand', 0), u.transfer_id IS NOT NULL,"
		" coalesce(u.reason IN ('possible_duplicate', 'amount_conflict'), 0),"
		" coalesce(r.outcome = 'duplicate', 0), r.transfer_id IS NOT NULL"
		" FROM transfer t LEFT JOIN payment p ON p.transfer_id = t.id"
		" LEFT JOIN suspense u ON u.transfer_id = t.id"
		" LEFT JOIN resolution r ON r.transfer_id = t.id ORDER BY t.id");

	for (*count = 0; sqlite3_step(stmt) == SQLITE_ROW && *count < BOOKED_MAX; (*count)++)
		booked[*count] = (struct booked){
			.id = sqlite3_column_int64(stmt, 0),
			.amount = sqlite3_column_int64(stmt, 1),
			.outgoing = sqlite3_column_int(stmt, 2) != 0,
			.stall_id = sqlite3_column_int64(stmt, 3),
			.by_hand = sqlite3_column_int(stmt, 4) != 0,
			.held = sqlite3_column_int(stmt, 5) != 0,
			.doubtful = sqlite3_column_int(stmt, 6) != 0,
			.duplicate = sqlite3_column_int(stmt, 7) != 0,
			.resolved = sqlite3_column_int(stmt, 8) != 0,
			.truth = -1,
		};
	sqlite3_finalize(stmt);
}

static struct booked *
find_booked(struct booked *booked, int count, int64_t id)
{
	for (int i = 0; i < count; i++) {
		if (booked[i].id == id)
			return &booked[i];
	}
	return NULL;
}

/* "sepay:100007" -> 7; -1: not a feed's number (a bank reference). */
static int
truth_of_key(const char *key, bool *forged)
{
	int n;

	*forged = false;
	if (sscanf(key, "sepay:%d", &n) == 1) {
		*forged = n >= FORGED_FIRST;
		return n - SEPAY_FIRST;
	}
	return sscanf(key, "casso:%d", &n) == 1 ? n - CASSO_FIRST : -1;
}

/* Which of the bank's transfers is each one in the books, by the feeds' numbers? */
static const char *
judge_keys(struct world *world, struct booked *booked, int count)
{
	sqlite3_stmt *stmt = look(world, "SELECT key, transfer_id FROM transfer_key");
	const char *fault = NULL;

	while (fault == NULL && sqlite3_step(stmt) == SQLITE_ROW) {
		bool forged;
		int truth = truth_of_key((const char *)sqlite3_column_text(stmt, 0), &forged);
		struct booked *one = find_booked(booked, count, sqlite3_column_int64(stmt, 1));

		if (forged)
			fault = "a forged transfer is in the books";
		else if (one == NULL)
			fault = "a key without its transfer";
		else if (truth >= 0 && one->truth >= 0 && one->truth != truth)
			fault = broken("two transfers of the bank became one", truth);
		else if (truth >= 0)
			one->truth = truth;
	}
	sqlite3_finalize(stmt);
	return fault;
}

/* A doubtful one counts only once a person says that it is a transfer of its own. */
static bool
counts(const struct booked *one)
{
	return one->stall_id != 0 || (one->held && !one->doubtful && !one->duplicate);
}

static const char *
judge_one(struct world *world, const struct booked *one, int *counted, int *present)
{
	const struct bank_transfer *truth;

	if (one->truth < 0)
		return broken("a transfer that no feed told", one->id);
	truth = &world->transfers[one->truth];
	if (one->amount != truth->amount || one->outgoing != truth->outgoing)
		return broken("not what the bank saw", one->truth);
	present[one->truth]++;
	if (one->outgoing)
		return one->stall_id != 0 || one->held ? "money out was booked as a credit" : NULL;
	if (one->stall_id == 0 && !one->held)
		return broken("neither a payment nor in suspense", one->truth);
	counted[one->truth] += counts(one);
	if (one->stall_id == 0 || one->by_hand)
		return NULL;
	if (truth->stall < 0)
		return broken("a payment though nobody can say whose it is", one->truth);
	return one->stall_id == world->stall_ids[truth->stall]
		       ? NULL
		       : broken("a payment at another stall", one->truth);
}

static const char *
judge_transfers(struct world *world, bool at_the_end)
{
	struct booked booked[BOOKED_MAX];
	int counted[TRANSFERS_MAX] = {0}, present[TRANSFERS_MAX] = {0}, count;
	const char *fault;

	read_booked(world, booked, &count);
	fault = judge_keys(world, booked, count);
	for (int i = 0; i < count && fault == NULL; i++)
		fault = judge_one(world, &booked[i], counted, present);
	for (int n = 0; n < world->transfer_count && fault == NULL; n++) {
		const struct bank_transfer *one = &world->transfers[n];
		bool told = one->told[SEPAY] || one->told[CASSO];

		if (told && present[n] == 0)
			fault = broken("acknowledged, and lost", n);
		else if (counted[n] > 1)
			fault = broken("counted twice", n);
		else if (at_the_end && present[n] == 0)
			fault = broken("told at the end, and not there", n);
		else if (at_the_end && !one->outgoing && counted[n] != 1)
			fault = broken("all is told and resolved, and it does not count", n);
	}
	return fault;
}

bool
world_waiting(struct world *world, int64_t after, struct waiting *waiting)
{
	struct booked booked[BOOKED_MAX];
	int count;

	read_booked(world, booked, &count);
	if (judge_keys(world, booked, count) != NULL)
		return false;
	for (int i = 0; i < count; i++) {
		const struct booked *one = &booked[i];
		const struct bank_transfer *truth;

		if (!one->held || one->resolved || one->stall_id != 0 || one->id <= after)
			continue;
		truth = &world->transfers[one->truth];
		*waiting = (struct waiting){one->id, 0,
			truth->stall >= 0 ? truth->stall : bank_accounts[truth->account].stalls[0]};
		for (int k = 0; k < count; k++) {
			if (k != i && booked[k].truth == one->truth && counts(&booked[k]))
				waiting->same_id = booked[k].id;
		}
		return true;
	}
	return false;
}

/* ---- charges
 * ---------------------------------------------------------------------------------------- */

/* Can a charge come from one state to the other, by any events? */
static bool
leads_to(struct str from, struct str to)
{
	enum charge_state start, goal, next;
	bool reached[CHARGE_STATES] = {false};

	if (!charge_state_parse(from, &start) || !charge_state_parse(to, &goal))
		return false;
	reached[start] = true;
	for (int pass = 0; pass < CHARGE_STATES; pass++)
		for (int state = 0; state < CHARGE_STATES; state++)
			for (int event = 0; reached[state] && event < CHARGE_EVENTS; event++)
				if (charge_next((enum charge_state)state, (enum charge_event)event,
					    &next)
						.code == ERR_OK)
					reached[next] = true;
	return reached[goal];
}

static const char *
judge_charges(struct world *world)
{
	sqlite3_stmt *stmt = look(world, "SELECT state, paid, refunded FROM charge"
					 " WHERE reference = ?");
	const char *fault = NULL;

	for (int i = 0; i < world->charge_count && fault == NULL; i++) {
		struct open_charge *one = &world->charges[i];
		struct str state;

		sqlite3_reset(stmt);
		sqlite3_bind_text(stmt, 1, one->reference.ptr, (int)one->reference.len, NULL);
		if (sqlite3_step(stmt) != SQLITE_ROW) {
			fault = broken("a charge that was asked is gone", i);
			break;
		}
		state = str_from((const char *)sqlite3_column_text(stmt, 0));
		if (!leads_to(one->state, state))
			fault = broken("a charge went backwards", i);
		else if (sqlite3_column_int64(stmt, 1) < one->paid ||
			 sqlite3_column_int64(stmt, 2) < one->refunded)
			fault = broken("a charge lost money", i);
		one->state = arena_copy(world->arena, state);
		one->paid = sqlite3_column_int64(stmt, 1);
		one->refunded = sqlite3_column_int64(stmt, 2);
	}
	sqlite3_finalize(stmt);
	return fault;
}

/* Money given back: never more than came, never by a row without its transfer or its person. */
static const char *
judge_refunds(struct world *world)
{
	sqlite3_stmt *stmt = look(world,
		"SELECT p.id FROM payment p JOIN adjustment a ON a.stall_id = p.stall_id"
		" AND a.payment_id = p.id GROUP BY p.id, p.amount HAVING sum(a.amount) > p.amount"
		" UNION ALL SELECT a.id FROM adjustment a LEFT JOIN transfer t"
		" ON t.id = a.transfer_id WHERE a.person = '' AND coalesce(t.outgoing, 0) = 0");
	const char *fault = NULL;

	if (sqlite3_step(stmt) == SQLITE_ROW)
		fault = broken("more was given back than came, or nobody gave it",
			sqlite3_column_int64(stmt, 0));
	sqlite3_finalize(stmt);
	return fault;
}

const char *
world_judge(struct world *world, bool at_the_end)
{
	const char *fault = world->fault;

	world->fault = NULL;
	if (fault == NULL)
		fault = judge_transfers(world, at_the_end);
	if (fault == NULL)
		fault = judge_charges(world);
	if (fault == NULL)
		fault = judge_refunds(world);
	return fault == NULL ? judge_ledger(world) : fault;
}

void
world_describe(struct world *world)
{
	sqlite3_stmt *stmt;

	for (int n = 0; n < world->transfer_count; n++) {
		const struct bank_transfer *one = &world->transfers[n];

		printf("bank %d: %s%lld to %s, ref \"%s\", at %lld, stall %d, told%s%s: %.*s\n", n,
			one->outgoing ? "-" : "", (long long)one->amount,
			bank_accounts[one->account].number, one->ref,
			(long long)(one->at_ms / MS_PER_SECOND), one->stall,
			one->told[SEPAY] ? " sepay" : "", one->told[CASSO] ? " casso" : "",
			STR_FMT(one->note));
	}
	stmt = look(world,
		"SELECT t.id, t.amount, t.booked_at_ms / 1000, coalesce(p.matched_by, ''),"
		" coalesce(u.reason, ''), coalesce(u.other_transfer_id, ''),"
		" (SELECT group_concat(k.key, ' ') FROM transfer_key k"
		"  WHERE k.transfer_id = t.id) FROM transfer t"
		" LEFT JOIN payment p ON p.transfer_id = t.id"
		" LEFT JOIN suspense u ON u.transfer_id = t.id ORDER BY t.id");
	while (sqlite3_step(stmt) == SQLITE_ROW)
		printf("books %s: %s at %s, %s%s %s, keys %s\n", sqlite3_column_text(stmt, 0),
			sqlite3_column_text(stmt, 1), sqlite3_column_text(stmt, 2),
			sqlite3_column_text(stmt, 3), sqlite3_column_text(stmt, 4),
			sqlite3_column_text(stmt, 5), sqlite3_column_text(stmt, 6));
	sqlite3_finalize(stmt);
}
