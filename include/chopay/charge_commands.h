/*
 * charge_commands.h - what is to be paid, which account takes it, and what was given back.
 *
 * Commands and questions of the books; books.h says how they run.
 */
#ifndef CHOPAY_CHARGE_COMMANDS_H
#define CHOPAY_CHARGE_COMMANDS_H

#include "chopay/books.h"
#include "chopay/people.h"

#define CHARGE_TTL_DEFAULT_S 900
#define CHARGE_TTL_MIN_S 60
#define CHARGE_TTL_MAX_S 86400

struct charge_create_command {
	struct command command;
	struct str stall; /* reference, code or MARKET.CODE */
	int64_t stall_id; /* when not 0, used instead of `stall` */
	struct vnd amount;
	int64_t ttl_s;		   /* 0: the default */
	struct str principal, key; /* Idempotency-Key, or empty */
	/* What a fee desk's charge is for: both empty, or a dossier with or without a procedure. */
	struct str dossier, procedure;
	bool online;
	/* The stall's phone minted it without a network (minted.h); empty: mint one. */
	struct str minted;
	int64_t minted_at_ms; /* by the phone's clock; 0: not told */
	struct charge charge; /* out */
	struct stall of;      /* out: the stall it is for */
	bool repeated; /* out: the key or the reference was known, this is the first answer */
};
#define DOSSIER_CHARS_MAX 64 /* letters, digits and . - _ / */
#define PROCEDURE_CHARS_MAX 32
/* ERR_INVALID: also a dossier at a stall that is no fee desk. */
struct err charge_create_apply(struct tx *tx, struct command *self);

/* Counters for charges that the stall's phone will mint without a network. */
struct block_lease_command {
	struct command command;
	int64_t stall_id;
	struct str principal;
	uint32_t first, left; /* the block it has and how many of it are unused (0: it has none);
				 out: the one it shall use, and that of it */
	bool fresh;	      /* out: it is a new one */
	struct stall of;      /* out: what its codes say */
	int64_t now_ms;	      /* out: our clock */
};
/* ERR_CONFLICT: the stall is closed, has no account, or too many blocks. */
struct err block_lease_apply(struct tx *tx, struct command *self);

struct charge_cancel_command {
	struct command command;
	struct str reference;
	int64_t stall_id;     /* 0: any; otherwise it must be that stall's charge */
	struct charge charge; /* out */
};
struct err charge_cancel_apply(struct tx *tx, struct command *self);

/* What time does: open charges that ran out, idempotency keys that are no longer kept, changes of
 * accounts that are due. */
#define CHARGES_EXPIRE_MAX 500
#define IDEMPOTENCY_KEPT_MS (30 * MS_PER_DAY)
struct charges_expire_command {
	struct command command;
	int64_t lease;	/* as of books_works */
	size_t expired; /* out */
};
struct err charges_expire_apply(struct tx *tx, struct command *self);

/* What is to be paid on a bill: the charge with that reference. */
MUST_CHECK struct err bill_find(struct db *db, struct arena *arena, struct str bill_id,
	int64_t now_ms, struct feed_bill *bill);

/* ---- which account a stall has: two persons, and a delay (people.h)
 * ------------------------------------------------------------------------------------- */

#define ACCOUNT_DELAY_HOURS_DEFAULT 24
#define ACCOUNT_DELAY_HOURS_MIN 1
#define ACCOUNT_DELAY_HOURS_MAX 720
struct account_change_command {
	struct command command;
	int64_t id; /* of approve and cancel */
	/* of propose */
	struct str stall; /* reference, code or MARKET.CODE */
	struct str bank_bin, account_no, holder;
	int64_t delay_hours;	/* 0: the default */
	struct str person, why; /* who does it; why: not of approve */
	struct str who;		/* for the audit log; empty: the person */
	/* out */
	struct account_change change;
	struct stall of;
};
/* ERR_CONFLICT: the stall has no account yet (an import gives it its first), has that one, or
 * another change of it is under way. */
struct err account_propose_apply(struct tx *tx, struct command *self);
/* ERR_CONFLICT: by the person who proposed it, or it was approved or cancelled before. */
struct err account_approve_apply(struct tx *tx, struct command *self);
/* Until it took effect. */
struct err account_cancel_apply(struct tx *tx, struct command *self);
/* Those whose time has come take effect; charges_expire_apply does it. */
MUST_CHECK struct err account_changes_take_effect(struct tx *tx, struct arena *arena);

/* ---- refunds
 * -------------------------------------------------------------------------------------- */

/* A person says that some of a payment was given back.  ERR_CONFLICT: more than is left of it, or
 * a transfer that did not do it. */
struct payment_refund_command {
	struct command command;
	int64_t payment_id;
	struct vnd amount;
	int64_t transfer_id; /* the money out; 0: no feed has told it */
	struct str person, why;
	struct payment payment;	      /* out: as it is now */
	struct adjustment adjustment; /* out */
};
struct err payment_refund_apply(struct tx *tx, struct command *self);

#endif
