/* What must hold after every step: read past our own code, and by `ledger verify`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chopay/adoption_commands.h"
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

struct index_query {
	struct query query;
	struct world *world;
	char *fault;
	int64_t due;
};

static struct err
verify_index(struct db *db, struct query *query)
{
	struct index_query *asked = (struct index_query *)query;
	const struct adoption_check check = {
		.crypt = asked->world->crypt,
		.sealing_key = books_sealing_key(asked->world->books),
	};

	TRY(payers_verify(db, &check, fault_found, &asked->fault));
	return adoption_verify(db, &check, fault_found, &asked->fault, &asked->due);
}

/* What was folded is what the payments come to; what was not is due. */
static const char *
judge_index(struct world *world, bool at_the_end)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct index_query asked = {.query = {.run = verify_index, .arena = arena}, .world = world};

	if (!world->look_at_index && !at_the_end)
		return NULL;
	world->look_at_index = false;
	if (books_ask_wait(world->books, &asked.query).code != ERR_OK)
		return "the check of the index does not come to an end";
	if (asked.fault == NULL && at_the_end && asked.due > 0)
		return broken("all is folded, and market days are due", asked.due);
	return asked.fault;
}

/* ---- each transfer of the bank
 * ------------------------------------------------------------------- */

/* `sql` is static text. */
static struct db_stmt *
look(struct world *world, const char *sql)
{
	struct db_stmt *stmt;

	if (db_prepare(world->eye, sql, &stmt).code != ERR_OK)
		abort();
	return stmt;
}

static bool
next_row(struct db_stmt *stmt)
{
	struct err err;
	bool row;

	err = db_step(stmt, &row);
	if (err.code != ERR_OK) {
		fprintf(stderr, "sim: %s\n", err.what);
		abort();
	}
	return row;
}

static void
read_booked(struct world *world, struct booked *booked, int *count)
{
	static const char ALL[] =
		"SELECT t.id, t.amount, t.outgoing, coalesce(p.stall_id, 0),"
		" coalesce(p.matched_by, '') = 'by_hand', u.transfer_id IS NOT NULL,"
		" coalesce(u.reason, '') IN ('possible_duplicate', 'amount_conflict'),"
		" coalesce(r.outcome, '') = 'duplicate', r.transfer_id IS NOT NULL"
		" FROM transfer t LEFT JOIN payment p ON p.transfer_id = t.id"
		" LEFT JOIN suspense u ON u.transfer_id = t.id"
		" LEFT JOIN resolution r ON r.transfer_id = t.id ORDER BY t.id";
	struct db_stmt *stmt = look(world, ALL);

	for (*count = 0; next_row(stmt) && *count < BOOKED_MAX; (*count)++)
		booked[*count] = (struct booked){
			.id = db_int(stmt, 0),
			.amount = db_int(stmt, 1),
			.outgoing = db_int(stmt, 2) != 0,
			.stall_id = db_int(stmt, 3),
			.by_hand = db_int(stmt, 4) != 0,
			.held = db_int(stmt, 5) != 0,
			.doubtful = db_int(stmt, 6) != 0,
			.duplicate = db_int(stmt, 7) != 0,
			.resolved = db_int(stmt, 8) != 0,
			.truth = -1,
		};
	db_reset(stmt);
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
	static const char KEYS[] = "SELECT key, transfer_id FROM transfer_key";
	struct db_stmt *stmt = look(world, KEYS);
	const char *fault = NULL;

	while (fault == NULL && next_row(stmt)) {
		bool forged;
		int truth = truth_of_key(arena_cstr(world->arena, db_str(stmt, 0)), &forged);
		struct booked *one = find_booked(booked, count, db_int(stmt, 1));

		if (forged)
			fault = "a forged transfer is in the books";
		else if (one == NULL)
			fault = "a key without its transfer";
		else if (truth >= 0 && one->truth >= 0 && one->truth != truth)
			fault = broken("two transfers of the bank became one", truth);
		else if (truth >= 0)
			one->truth = truth;
	}
	db_reset(stmt);
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
	static const char ONE[] = "SELECT state, paid, refunded FROM charge WHERE reference = $1";
	struct db_stmt *stmt = look(world, ONE);
	const char *fault = NULL;

	for (int i = 0; i < world->charge_count && fault == NULL; i++) {
		struct open_charge *one = &world->charges[i];
		struct str state;

		db_reset(stmt);
		db_bind_str(stmt, 1, one->reference);
		if (!next_row(stmt)) {
			fault = broken("a charge that was asked is gone", i);
			break;
		}
		state = db_str(stmt, 0);
		if (!leads_to(one->state, state))
			fault = broken("a charge went backwards", i);
		else if (db_int(stmt, 1) < one->paid || db_int(stmt, 2) < one->refunded)
			fault = broken("a charge lost money", i);
		one->state = arena_copy(world->arena, state);
		one->paid = db_int(stmt, 1);
		one->refunded = db_int(stmt, 2);
	}
	db_reset(stmt);
	return fault;
}

/* Money given back: never more than came, never by a row without its transfer or its person. */
static const char *
judge_refunds(struct world *world)
{
	static const char WRONG[] =
		"SELECT p.id FROM payment p JOIN adjustment a ON a.stall_id = p.stall_id"
		" AND a.payment_id = p.id GROUP BY p.id, p.amount HAVING sum(a.amount) > p.amount"
		" UNION ALL SELECT a.id FROM adjustment a LEFT JOIN transfer t"
		" ON t.id = a.transfer_id WHERE a.person = '' AND coalesce(t.outgoing, 0) = 0";
	struct db_stmt *stmt = look(world, WRONG);
	const char *fault = NULL;

	if (next_row(stmt))
		fault = broken("more was given back than came, or nobody gave it", db_int(stmt, 0));
	db_reset(stmt);
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
	if (fault == NULL)
		fault = judge_ledger(world);
	return fault == NULL ? judge_index(world, at_the_end) : fault;
}

void
world_describe(struct world *world)
{
	static const char ALL[] =
		"SELECT t.id || ': ' || t.amount || ' at ' || t.booked_at_ms / 1000 || ', '"
		" || coalesce(p.matched_by, '') || coalesce(u.reason, '') || ' '"
		" || coalesce(u.other_transfer_id || '', '') FROM transfer t"
		" LEFT JOIN payment p ON p.transfer_id = t.id"
		" LEFT JOIN suspense u ON u.transfer_id = t.id ORDER BY t.id";
	static const char KEYS[] = "SELECT transfer_id || ' has the key ' || key FROM transfer_key"
				   " ORDER BY transfer_id, key";
	static const char *const both[] = {ALL, KEYS};

	for (int n = 0; n < world->transfer_count; n++) {
		const struct bank_transfer *one = &world->transfers[n];

		printf("bank %d: %s%lld to %s, ref \"%s\", at %lld, stall %d, told%s%s: %.*s\n", n,
			one->outgoing ? "-" : "", (long long)one->amount,
			bank_accounts[one->account].number, one->ref,
			(long long)(one->at_ms / MS_PER_SECOND), one->stall,
			one->told[SEPAY] ? " sepay" : "", one->told[CASSO] ? " casso" : "",
			STR_FMT(one->note));
	}
	for (int i = 0; i < 2; i++) {
		struct db_stmt *stmt = look(world, both[i]);

		while (next_row(stmt))
			printf("books %.*s\n", STR_FMT(db_str(stmt, 0)));
	}
}
