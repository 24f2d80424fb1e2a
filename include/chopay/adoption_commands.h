/*
 * adoption_commands.h - the index of adoption: payments folded into its cells (adoption_rows.h),
 * flags let go, and the cells checked.
 *
 * Commands and questions of the books; books.h says how they run.
 */
#ifndef CHOPAY_ADOPTION_COMMANDS_H
#define CHOPAY_ADOPTION_COMMANDS_H

#include "chopay/adoption_rows.h"
#include "chopay/books.h"

/* Market days that are due, the newest first, those of one market and month together: at least one,
 * then more until they had so many payments or were so many days.
 *
 * From command to command it goes through all that is due once, and again while there was some: the
 * payments of owners make other days due (R2).  But not for ever: what is booked meanwhile may be
 * left. */
#define FOLD_PAYMENTS_MAX 8000
#define FOLD_DAYS_MAX 62
#define FOLD_SWEEPS_MAX 3
struct fold_place {
	int32_t day;
	int64_t stall_id;
	int sweep;  /* 0: to begin */
	bool found; /* some was due in this sweep */
};
struct fold_command {
	struct command command;
	int32_t from_day, to_day; /* inclusive */
	int32_t unmarked_from;	  /* not 0: days since then are looked through first, for what
				     nodes of an older version booked */
	int64_t lease;		  /* as of books_works; 0: somebody asks */
	struct fold_place at;	  /* where the command before it ended */
	/* out */
	size_t folded; /* market days */
	bool more;     /* another command goes on at `left` */
	struct fold_place left;
};
struct err fold_apply(struct tx *tx, struct command *self);

/* Until nothing of from..to is due: before a report or a snapshot reads the cells. */
struct fold_due {
	int32_t from_day, to_day; /* inclusive */
	struct mailbox *mailbox;  /* NULL: `done` runs on the writer */
	void (*done)(struct fold_due *self);
	void (*progress)(struct fold_due *self); /* between commands; may be NULL */
	void *arg;
	bool cancelled; /* set in `progress`: then no more */
	/* out */
	struct err result;
	size_t folded; /* market days so far */
	/* its own */
	struct books *books;
	struct fold_command command;
};
/* ERR_BUSY: as books_submit. */
MUST_CHECK struct err books_fold_due(struct books *books, struct fold_due *fold);
/* The same, waiting. */
MUST_CHECK struct err books_fold_due_wait(struct books *books, int32_t from_day, int32_t to_day);

/* A flag that was raised wrongly: one person proposes to release it, another one confirms.
 * ERR_NOT_FOUND: there is no such flag; ERR_CONFLICT: the same person again, or it is released. */
struct flag_release_command {
	struct command command;
	int64_t stall_id; /* 0: `stall` */
	struct str stall; /* reference, code or MARKET.CODE */
	struct str rule;  /* "R1" to "R8" */
	int64_t subject;  /* the payment; of R5 and R6 the month_key */
	struct str person, why;
	/* out */
	struct flag_release release;
	bool proposed; /* a second person is awaited */
};
struct err flag_release_apply(struct tx *tx, struct command *self);

/* ---- verify ------------------------------------------------------------------------------------
 */

/* The cells of the index against the payments, computed anew market day by market day: names each
 * row that differs.  `*due`: market days passed over, since they are not folded yet. */
struct adoption_check {
	const struct crypt *crypt;
	const struct sealing_key *sealing_key;
	struct str (*bank_bin)(void *arg, struct str name); /* of a payer's bank, as it was told */
	void *arg;
};
/* Names each payment whose payer is not whom its kept bytes name. */
MUST_CHECK struct err payers_verify(
	struct db *db, const struct adoption_check *check, found_fn found, void *arg);
MUST_CHECK struct err adoption_verify(
	struct db *db, const struct adoption_check *check, found_fn found, void *arg, int64_t *due);

#endif
