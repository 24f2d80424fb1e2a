/*
 * receiver_commands.h - who is told over the network, and what came of it.
 *
 * Commands and questions of the books; books.h says how they run.
 */
#ifndef CHOPAY_RECEIVER_COMMANDS_H
#define CHOPAY_RECEIVER_COMMANDS_H

#include "chopay/books.h"

#define RECEIVERS_MAX 10000
#define RECEIVER_SEAL_CONTEXT "receiver:%lld" /* what its secrets are sealed to, with its id */
#define RECEIVER_ROLL_HOURS_DEFAULT 24
#define RECEIVER_ROLL_HOURS_MAX 720

struct receiver_add_command {
	struct command command;
	/* In: id, url, and the secret sealed to the id.  Out: all of it, or the first answer's. */
	struct receiver receiver;
	struct str stall;	   /* reference, code or MARKET.CODE; empty: every stall */
	struct str principal, key; /* Idempotency-Key, or empty */
	struct str fingerprint;	   /* of what was asked for, with the key */
	bool repeated;		   /* out: the key was known */
};
struct err receiver_add_apply(struct tx *tx, struct command *self);

struct receiver_change_command {
	struct command command;
	int64_t id;
	struct str secret; /* roll: sealed to the id */
	int64_t roll_hours;
	struct str why;		  /* disable */
	struct receiver receiver; /* out: as it now is (before, when it was removed) */
};
/* A new secret; the old one signs too, for some hours. */
struct err receiver_roll_apply(struct tx *tx, struct command *self);
/* What comes meanwhile waits. */
struct err receiver_disable_apply(struct tx *tx, struct command *self);
struct err receiver_enable_apply(struct tx *tx, struct command *self);
struct err receiver_remove_apply(struct tx *tx, struct command *self);

/* Send again: one notice, or those of a time; delivered and dead ones too. */
#define DISPATCHES_REPEAT_MAX 10000
struct dispatch_repeat_command {
	struct command command;
	int64_t receiver_id;
	int64_t notice_id;	/* 0: by time */
	int64_t from_ms, to_ms; /* inclusive */
	int64_t count;		/* out */
};
struct err dispatch_repeat_apply(struct tx *tx, struct command *self);

/* What came of a try. */
struct dispatch_tried_command {
	struct command command;
	struct dispatch dispatch; /* as it is now */
	struct dispatch_attempt attempt;
	struct str disable; /* why the receiver wants no more, or empty */
	int64_t lease;	    /* as of books_works, when it was tried */
};
struct err dispatch_tried_apply(struct tx *tx, struct command *self);

/* Delivered long ago: forgotten with their log, some at a time.  Dead ones stay. */
#define DISPATCH_KEPT_MS (90 * MS_PER_DAY)
#define DISPATCHES_PRUNE_MAX 500
struct dispatches_prune_command {
	struct command command;
	int64_t lease; /* as of books_works */
	size_t gone;   /* out */
};
struct err dispatches_prune_apply(struct tx *tx, struct command *self);

#endif
