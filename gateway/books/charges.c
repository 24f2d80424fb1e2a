/* Charges: ask, cancel, expire. */
#include <string.h>

#include "books.h"
#include "chopay/charge.h"
#include "chopay/charge_commands.h"
#include "chopay/dossiers.h"

#define MINT_TRIES_MAX 64	    /* about 1 counter in 5 is skipped for its check characters */
#define IDEMPOTENCY_FORGET_MAX 1000 /* keys at once: the writer has other things to do */

static struct err
mint(struct tx *tx, const struct stall *stall, struct reference *reference)
{
	uint32_t counter;
	struct err err;

	for (int tried = 0; tried < MINT_TRIES_MAX; tried++) {
		TRY(stalls_next_charge(tx->db, stall->id, &counter));
		err = reference_charge(
			tx->prefix, stall->number, counter % REFERENCE_CHARGE_COUNTERS, reference);
		if (err.code != ERR_CONFLICT)
			return err;
	}
	return FAIL(ERR_BROKEN, "no reference could be minted");
}

static struct err
find_stall(struct tx *tx, struct charge_create_command *create)
{
	struct arena *arena = create->command.arena;

	if (create->stall_id != 0)
		return stalls_get(tx->db, arena, create->stall_id, &create->of);
	return stalls_find(tx->db, arena, create->stall, &create->of);
}

/* A number as offices write it: "000.00.15.H60-260601-0001". */
static bool
is_number(struct str text, size_t max)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z');

		if (!alnum && (c == '\0' || strchr(".-_/", c) == NULL))
			return false;
	}
	return text.len <= max;
}

static struct err
check_dossier(const struct charge_create_command *create)
{
	if (create->dossier.len == 0)
		return create->procedure.len == 0 && !create->online
			       ? OK
			       : FAIL(ERR_INVALID, "a procedure, or paid online, goes with a"
						   " dossier: give its number");
	if (!str_eq(create->of.kind, STR(FEE_DESK)))
		return FAIL(ERR_INVALID, "only a fee desk's charge carries a dossier: this stall's"
					 " kind in the register is not fee_desk");
	if (!is_number(create->dossier, DOSSIER_CHARS_MAX))
		return FAIL(
			ERR_INVALID, "a dossier's number is at most 64 letters, digits, . - _ /");
	if (!is_number(create->procedure, PROCEDURE_CHARS_MAX))
		return FAIL(
			ERR_INVALID, "a procedure's code is at most 32 letters, digits, . - _ /");
	return OK;
}

static struct err
put_dossier(struct tx *tx, const struct charge_create_command *create)
{
	if (create->dossier.len == 0)
		return OK;
	return dossiers_put(
		tx->db, &(struct charge_dossier){create->charge.stall_id, create->charge.id,
				create->dossier, create->procedure, create->online});
}

static struct err
check(struct tx *tx, const struct charge_create_command *create)
{
	TRY(check_dossier(create));
	if (create->amount.dong <= 0)
		return FAIL(ERR_INVALID, "the amount must be above 0 đồng");
	if (create->amount.dong > VND_TRANSFER_MAX)
		return FAIL(ERR_INVALID,
			"the amount is too large: one transfer carries less than 500.000.000 đồng");
	if (create->ttl_s != 0 &&
		(create->ttl_s < CHARGE_TTL_MIN_S || create->ttl_s > CHARGE_TTL_MAX_S))
		return FAIL(ERR_INVALID, "expires_in is 60 to 86400 seconds");
	if (day_of(tx->now_ms, create->of.day_cut_min) >= create->of.close_day)
		return FAIL(ERR_CONFLICT, "the stall is closed in the register");
	if (create->of.account_id == 0)
		return FAIL(ERR_CONFLICT, STALL_WITHOUT_ACCOUNT);
	return OK;
}

/* What the key stands for: the same key with another of these is a mistake of the caller. */
static void
fingerprint_of(
	struct tx *tx, const struct charge_create_command *create, unsigned char out[SHA256_SIZE])
{
	struct str text = arena_printf(create->command.arena, "%lld %lld %lld",
		(long long)create->of.id, (long long)create->amount.dong, (long long)create->ttl_s);

	if (create->dossier.len > 0) /* else as it was before there were dossiers */
		text = arena_printf(create->command.arena, "%.*s %.*s %.*s %d", STR_FMT(text),
			STR_FMT(create->dossier), STR_FMT(create->procedure), create->online);
	if (create->minted.len > 0)
		text = arena_printf(create->command.arena, "%.*s minted %.*s", STR_FMT(text),
			STR_FMT(create->minted));
	crypt_sha256(tx->crypt, text, out);
}

struct charge
charge_of(const struct charge_create_command *create, int64_t id, struct str reference,
	int64_t created_at_ms)
{
	int64_t ttl_s = create->ttl_s == 0 ? CHARGE_TTL_DEFAULT_S : create->ttl_s;

	return (struct charge){
		.id = id,
		.stall_id = create->of.id,
		.account_id = create->of.account_id,
		.reference = reference,
		.state = str_from(charge_state_name(CHARGE_OPEN)),
		.amount = create->amount,
		.created_at_ms = created_at_ms,
		.expires_at_ms = created_at_ms + ttl_s * MS_PER_SECOND,
	};
}

static struct err
make(struct tx *tx, struct charge_create_command *create)
{
	struct reference reference;

	if (create->minted.len > 0)
		return minted_tell(tx, create);
	TRY(mint(tx, &create->of, &reference));
	create->charge = charge_of(create, tx_next_id(tx),
		arena_copy(create->command.arena, str_from(reference.text)), tx->now_ms);
	return charges_put(tx->db, &create->charge);
}

struct err
charge_create_apply(struct tx *tx, struct command *self)
{
	struct charge_create_command *create = (struct charge_create_command *)self;
	unsigned char digest[SHA256_SIZE];
	struct str fingerprint = {(const char *)digest, sizeof(digest)};
	struct str first;
	struct err err;

	create->repeated = false;
	TRY(find_stall(tx, create));
	if (create->key.len > 0) {
		fingerprint_of(tx, create, digest);
		err = idempotency_find(
			tx->db, self->arena, create->principal, create->key, fingerprint, &first);
		create->repeated = err.code == ERR_OK;
		if (create->repeated)
			return charges_find(tx->db, self->arena, first, &create->charge);
		if (err.code != ERR_NOT_FOUND)
			return err;
	}
	TRY(check(tx, create));
	TRY(make(tx, create));
	if (create->repeated) /* the phone's reference was told before */
		return OK;
	TRY(put_dossier(tx, create));
	if (create->key.len > 0)
		TRY(idempotency_put(tx->db, create->principal, create->key, fingerprint,
			create->charge.reference, tx->now_ms));
	return charge_notice(tx, &create->charge);
}

static struct err
move(struct tx *tx, struct charge *charge, enum charge_event event)
{
	enum charge_state state, next;

	if (!charge_state_parse(charge->state, &state))
		return FAIL(ERR_BROKEN, "a charge has a state that does not exist");
	TRY(charge_next(state, event, &next));
	if (next == state)
		return OK;
	charge->state = str_from(charge_state_name(next));
	TRY(charges_set(tx->db, charge));
	return charge_notice(tx, charge);
}

struct err
charge_cancel_apply(struct tx *tx, struct command *self)
{
	struct charge_cancel_command *cancel = (struct charge_cancel_command *)self;

	TRY(charges_find(tx->db, self->arena, cancel->reference, &cancel->charge));
	if (cancel->stall_id != 0 && cancel->stall_id != cancel->charge.stall_id)
		return FAIL(
			ERR_NOT_FOUND, "no such charge"); /* another stall's: not even its name */
	return move(tx, &cancel->charge, CHARGE_EVENT_CANCEL);
}

struct err
charges_expire_apply(struct tx *tx, struct command *self)
{
	struct charges_expire_command *expire = (struct charges_expire_command *)self;
	struct charge *charges = arena_alloc(
		self->arena, CHARGES_EXPIRE_MAX * sizeof(struct charge));

	TRY(work_check(tx, expire->lease));
	TRY(charges_overdue(
		tx->db, self->arena, tx->now_ms, CHARGES_EXPIRE_MAX, charges, &expire->expired));
	for (size_t i = 0; i < expire->expired; i++)
		TRY(move(tx, &charges[i], CHARGE_EVENT_EXPIRE));
	TRY(account_changes_take_effect(tx, self->arena));
	return idempotency_forget(tx->db, tx->now_ms - IDEMPOTENCY_KEPT_MS, IDEMPOTENCY_FORGET_MAX);
}

static bool
takes_money(const struct charge *charge, int64_t now_ms)
{
	return str_eq(charge->state, str_from(charge_state_name(CHARGE_SHORT))) ||
	       (str_eq(charge->state, str_from(charge_state_name(CHARGE_OPEN))) &&
		       now_ms <= charge->expires_at_ms);
}

struct err
bill_find(struct db *db, struct arena *arena, struct str bill_id, int64_t now_ms,
	struct feed_bill *bill)
{
	struct charge charge;
	struct err err = charges_find(db, arena, bill_id, &charge);

	*bill = (struct feed_bill){.bill_id = bill_id};
	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	bill->bill_id = charge.reference;
	bill->found = true;
	bill->open = takes_money(&charge, now_ms);
	bill->due = charge_missing(&charge);
	return OK;
}
