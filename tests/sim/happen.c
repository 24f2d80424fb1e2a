/* What can happen: buyers pay, banks tell, people ask and answer, clocks jump, machines die. */
#include <stdio.h>
#include <string.h>

#include "../../gateway/simulate/memo.h"
#include "chopay/adoption_commands.h"
#include "chopay/charge.h"
#include "chopay/charge_commands.h"
#include "chopay/suspense_commands.h"
#include "disk.h"
#include "tell.h"

#define ALWAYS 10000
#define BURST_MAX 6
#define DEATH_CALLS 60 /* a crash strikes within so many calls of the disk */
#define BUYERS 3

static uint64_t
below(struct world *world, uint64_t n)
{
	return prng_below(&world->prng, n);
}

static bool
chance(struct world *world, int percent)
{
	return prng_chance(&world->prng, percent * (ALWAYS / 100));
}

/* ---- the bank
 * -------------------------------------------------------------------------------------- */

static void
queue_message(struct world *world, enum teller teller, int transfer)
{
	struct message *last = world->message_count == 0
				       ? NULL
				       : &world->messages[world->message_count - 1];

	/* Casso tells several at once. */
	if (teller == CASSO && last != NULL && last->teller == CASSO &&
		last->count < MESSAGE_ROOM && chance(world, 50)) {
		last->transfers[last->count++] = transfer;
		return;
	}
	if (world->message_count < MESSAGES_MAX)
		world->messages[world->message_count++] = (struct message){teller, {transfer}, 1};
}

static void
write_ref(struct world *world, struct bank_transfer *one)
{
	/* A running number that starts again: short references come back. */
	switch (bank_accounts[one->account].refs) {
	case REF_IDENTIFIES:
		snprintf(one->ref, sizeof(one->ref), "FT26209%09d", world->transfer_count);
		break;
	case REF_SHORT:
		snprintf(one->ref, sizeof(one->ref), "%d", 3000 + world->transfer_count);
		break;
	case REF_NONE:
		one->ref[0] = '\0';
		break;
	}
}

static struct str
mangled(struct world *world, const struct bank_transfer *one, struct str reference)
{
	struct buf note CLEANUP(buf_fini) = {0};
	const struct memo memo = {
		.text = reference,
		.reference = reference,
		.bank_bin = STR("970422"),
		.account_no = str_from(bank_accounts[one->account].number),
		.booked_at_ms = one->at_ms,
	};

	if (reference.len == 0)
		memo_lose(&note, &memo, &world->prng);
	else
		memo_mangle(&note, &memo, &world->prng);
	return arena_copy(world->arena, buf_str(&note));
}

/* A reference of that stall: its own, or of a charge that it asked. */
static struct str
reference_of(struct world *world, int stall, int64_t *amount)
{
	int n = world->charge_count == 0 ? 0 : (int)below(world, (uint64_t)world->charge_count);

	if (world->charge_count > 0 && world->charges[n].stall == stall && chance(world, 60)) {
		if (chance(world, 70))
			*amount = world->charges[n].amount;
		return world->charges[n].reference;
	}
	return world->references[stall];
}

static void
write_note(struct world *world, struct bank_transfer *one)
{
	const struct account_at_bank *account = &bank_accounts[one->account];
	struct str reference = reference_of(world, one->stall, &one->amount);

	const int sole = account->stall_count == 1 ? account->stalls[0] : -1;

	if (chance(world, 10)) { /* the buyer's app dropped it */
		one->note = mangled(world, one, STR(""));
		one->stall = sole;
	} else if (chance(world, 5)) { /* two stalls' references: only the account may decide */
		one->note = arena_printf(world->arena, "%.*s %.*s", STR_FMT(reference),
			STR_FMT(world->references[(one->stall + 1) % STALLS]));
		one->stall = sole;
	} else if (chance(world, 50)) {
		one->note = mangled(world, one, reference);
	} else {
		one->note = arena_printf(world->arena, "%.*s", STR_FMT(reference));
	}
}

/* A buyer, or the people of a stall: what they pay each other is none of the index's (R1, R2). */
static const char *
some_payer(struct world *world)
{
	static const char *const buyers[BUYERS] = {"", "1900-0001", "1900-0002"};

	return chance(world, 30) ? bank_accounts[below(world, ACCOUNTS)].number
				 : buyers[below(world, BUYERS)];
}

static void
somebody_pays(struct world *world)
{
	static const int64_t amounts[] = {10000, 20000, 50000, 70000};
	struct bank_transfer *one = &world->transfers[world->transfer_count];

	if (world->transfer_count == TRANSFERS_MAX)
		return;
	*one = (struct bank_transfer){
		.account = (int)below(world, ACCOUNTS),
		.amount = amounts[below(world, 4)],
		.at_ms = world->now_ms / MS_PER_SECOND * MS_PER_SECOND,
		.payer = some_payer(world),
	};
	one->stall = bank_accounts[one->account].stalls[below(
		world, (uint64_t)bank_accounts[one->account].stall_count)];
	if (world->transfer_count > 0 && chance(world, 15)) {
		/* The same second, amount and note as the one before: another transfer. */
		*one = world->transfers[world->transfer_count - 1];
		memset(one->told, 0, sizeof(one->told));
	} else {
		write_note(world, one);
	}
	one->outgoing = chance(world, 12); /* with a charge's reference: money given back */
	write_ref(world, one);
	if (chance(world, 85))
		queue_message(world, SEPAY, world->transfer_count);
	if (bank_accounts[one->account].casso && chance(world, 80))
		queue_message(world, CASSO, world->transfer_count);
	world->transfer_count++;
}

/* ---- feeds
 * ------------------------------------------------------------------------------------------ */

static void
drop_message(struct world *world, const struct message *told)
{
	for (int i = 0; i < world->message_count; i++) {
		if (memcmp(&world->messages[i], told, sizeof(*told)) != 0)
			continue;
		world->messages[i] = world->messages[--world->message_count];
		return;
	}
}

/* Holds the writer until all of a burst is queued: one batch, the same in every run. */
struct gate {
	struct command command;
	sem_t open, done;
};

static struct err
gate_apply(struct tx *tx, struct command *self)
{
	struct gate *gate = (struct gate *)self;

	(void)tx;
	while (sem_wait(&gate->open) != 0)
		;
	sem_post(&gate->open); /* a batch that is tried again finds it open */
	return OK;
}

static void
gate_done(struct command *self)
{
	sem_post(&((struct gate *)self)->done);
}

static void
tell_together(struct world *world, struct telling **tellings, int count)
{
	struct gate gate = {.command = {gate_apply, gate_done, NULL, world->arena, OK}};
	bool submitted[BURST_MAX];
	sem_t done;

	sem_init(&gate.open, 0, 0);
	sem_init(&gate.done, 0, 0);
	sem_init(&done, 0, 0);
	if (books_submit(world->books, &gate.command).code == ERR_OK) {
		for (int i = 0; i < count; i++)
			submitted[i] = tell_submit(world, tellings[i], &done);
		sem_post(&gate.open);
		while (sem_wait(&gate.done) != 0)
			;
		for (int i = 0; i < count; i++)
			while (submitted[i] && sem_wait(&done) != 0)
				;
		for (int i = 0; i < count; i++)
			if (tell_answered(world, tellings[i]) && chance(world, 80))
				drop_message(world, &tellings[i]->message);
	}
	sem_destroy(&gate.open);
	sem_destroy(&gate.done);
	sem_destroy(&done);
}

static void
feeds_tell(struct world *world, int most)
{
	struct telling *tellings[BURST_MAX];
	int count = 0;

	while (count < most && world->message_count > 0)
		tellings[count++] = tell_prepare(world,
			&world->messages[below(world, (uint64_t)world->message_count)], HONEST);
	if (count > 0)
		tell_together(world, tellings, count);
}

static void
list_is_pulled(struct world *world, int account)
{
	struct telling *telling = tell_prepare(
		world, &(struct message){SEPAY_LIST, {account}, 1}, HONEST);

	tell_together(world, &telling, 1);
}

static void
somebody_forges(struct world *world)
{
	struct telling *telling;

	if (world->transfer_count == 0)
		return;
	telling = tell_prepare(world,
		&(struct message){chance(world, 50) ? SEPAY : CASSO,
			{(int)below(world, (uint64_t)world->transfer_count)}, 1},
		FORGED);
	if (!telling->refused)
		world->fault = "a forged call was believed";
}

/* The same id, another amount: the first stays. */
static void
feed_contradicts_itself(struct world *world)
{
	struct telling *telling;
	int n;

	if (world->transfer_count == 0)
		return;
	n = (int)below(world, (uint64_t)world->transfer_count);
	if (!world->transfers[n].told[SEPAY])
		return;
	telling = tell_prepare(world, &(struct message){SEPAY, {n}, 1}, OTHER_AMOUNT);
	tell_together(world, &telling, 1);
	if (telling->lines.settle.command.result.code == ERR_OK &&
		!telling->lines.settle.settlements[0].conflict)
		world->fault = "the same id with another amount raised no conflict";
}

/* ---- people
 * ------------------------------------------------------------------------------------------ */

static void
stall_asks(struct world *world)
{
	struct open_charge *one = &world->charges[world->charge_count];
	int stall = (int)below(world, STALLS);
	struct charge_create_command create = {
		.command = {.apply = charge_create_apply, .arena = world->arena},
		.stall_id = world->stall_ids[stall],
		.amount = {(int64_t)(1 + below(world, 7)) * 10000},
		.ttl_s = 600,
	};

	if (world->charge_count == CHARGES_MAX ||
		books_submit_wait(world->books, &create.command).code != ERR_OK)
		return;
	*one = (struct open_charge){
		.reference = create.charge.reference,
		.stall = stall,
		.amount = create.charge.amount.dong,
		.state = create.charge.state,
	};
	world->charge_count++;
}

static void
stall_cancels(struct world *world)
{
	struct charge_cancel_command cancel = {
		.command = {.apply = charge_cancel_apply, .arena = world->arena}};

	if (world->charge_count == 0)
		return;
	cancel.reference = world->charges[below(world, (uint64_t)world->charge_count)].reference;
	if (books_submit_wait(world->books, &cancel.command).code == ERR_NOT_FOUND)
		world->fault = "a charge that was asked is not there";
}

/* A person who knows what happened at the bank says what one waiting credit is. */
static bool
somebody_resolves(struct world *world, int64_t after, int64_t *which)
{
	static const char *const codes[STALLS] = {"A01", "A02", "A03", "A04"};
	struct suspense_resolve_command resolve = {
		.command = {.apply = suspense_resolve_apply, .arena = world->arena},
		.person = STR("An"),
		.why = STR("the bank's own list"),
	};
	struct waiting waiting;
	enum err_code code;

	if (!world_waiting(world, after, &waiting))
		return false;
	*which = waiting.transfer_id;
	resolve.transfer_id = waiting.transfer_id;
	if (waiting.same_id != 0) {
		resolve.outcome = STR("duplicate");
		resolve.other_transfer_id = waiting.same_id;
	} else {
		resolve.stall = str_from(codes[waiting.stall]);
	}
	code = books_submit_wait(world->books, &resolve.command).code;
	if (code != ERR_OK && code != ERR_BUSY)
		world->fault = resolve.command.result.what;
	world->resolved += code == ERR_OK;
	return true;
}

static void
time_passes(struct world *world)
{
	struct charges_expire_command expire = {
		.command = {.apply = charges_expire_apply, .arena = world->arena}};

	if (chance(world, 3)) /* somebody sets the clock */
		world->now_ms += (chance(world, 50) ? 1 : -1) * MS_PER_DAY;
	else
		world->now_ms += (int64_t)below(world, chance(world, 10) ? 3600000 : 4000);
	if (books_submit_wait(world->books, &expire.command).code == ERR_INVALID)
		world->fault = "charges do not expire";
}

/* The index: days that are over as time passes, all of them when somebody asks for a report. */
static void
somebody_reports(struct world *world)
{
	int32_t today = day_of(world->now_ms, 0);
	struct fold_command fold = {
		.command = {.apply = fold_apply, .arena = world->arena},
		.from_day = DAY_FIRST,
		.to_day = chance(world, 80) ? DAY_LAST : today - 1,
	};
	enum err_code code = books_submit_wait(world->books, &fold.command).code;

	if (code != ERR_OK && code != ERR_BUSY)
		world->fault = fold.command.result.what;
	world->folded += code == ERR_OK && fold.folded > 0;
	world->look_at_index = true;
}

/* ---- machines
 * ------------------------------------------------------------------------------------------ */

/* A fault that strikes while something is under way. */
static void
machine_fails(struct world *world)
{
	static const enum disk_fault faults[] = {DISK_DIES, DISK_DIES, DISK_FULL, DISK_EIO};
	enum disk_fault fault = faults[below(world, 4)];
	bool power = chance(world, 70);

	world_plan(world, fault, 1 + (long)below(world, DEATH_CALLS));
	if (chance(world, 30))
		somebody_reports(world);
	feeds_tell(world, BURST_MAX);
	if (chance(world, 30))
		somebody_reports(world);
	feeds_tell(world, 1);
	world->look_at_index = world->folded > 0;
	if (fault == DISK_FULL && chance(world, 50)) {
		world_heal(world); /* somebody made room: it goes on without a restart */
		return;
	}
	world_crash(world, power);
}

void
world_step(struct world *world)
{
	uint64_t dice = below(world, 100);
	int64_t ignored;

	world->steps++;
	if (dice < 30)
		somebody_pays(world);
	else if (dice < 48)
		feeds_tell(world, 1);
	else if (dice < 58)
		feeds_tell(world, (int)(1 + below(world, BURST_MAX)));
	else if (dice < 65)
		stall_asks(world);
	else if (dice < 67)
		stall_cancels(world);
	else if (dice < 77)
		time_passes(world);
	else if (dice < 81)
		list_is_pulled(world, (int)below(world, ACCOUNTS));
	else if (dice < 84)
		somebody_forges(world);
	else if (dice < 86)
		feed_contradicts_itself(world);
	else if (dice < 88)
		somebody_resolves(world, 0, &ignored);
	else if (dice < 93)
		somebody_reports(world);
	else
		machine_fails(world);
}

/* ---- the end
 * -------------------------------------------------------------------------------------------- */

void
world_settle_down(struct world *world)
{
	for (int n = 0; n < world->transfer_count; n++) {
		const struct message whole = {SEPAY, {n}, 1};
		struct telling *telling = tell_prepare(world, &whole, HONEST);

		tell_together(world, &telling, 1);
	}
	for (int account = 0; account < ACCOUNTS; account++)
		list_is_pulled(world, account);
	for (int64_t after = 0; somebody_resolves(world, after, &after);)
		;
	if (books_fold_due_wait(world->books, DAY_FIRST, DAY_LAST).code != ERR_OK)
		world->fault = "the index is not folded";
}
