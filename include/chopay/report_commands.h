/*
 * report_commands.h - who looked at what, reports frozen, and exports.
 *
 * Commands and questions of the books; books.h says how they run.
 */
#ifndef CHOPAY_REPORT_COMMANDS_H
#define CHOPAY_REPORT_COMMANDS_H

#include "chopay/books.h"
#include "chopay/snapshots.h"

/* ---- the stall's own book: nobody takes it unseen ----------------------------------------------
 */

/* A line of the audit log, before the book is made. */
struct book_look_command {
	struct command command;
	int64_t stall_id;
	bool for_holder;    /* an operator, on the holder's wish: says who it is */
	struct str person;  /* of an operator */
	struct str who;	    /* otherwise: "stall:ID" */
	struct str subject; /* the stall's reference */
	struct str detail;  /* which days, which form */
};
/* ERR_INVALID: an operator that names no person. */
struct err book_look_apply(struct tx *tx, struct command *self);

/* ---- reports: what was frozen, who looked at what, exports ----------------------------------
 */

/* A line of the audit log; its id and time are set. */
struct audit_command {
	struct command command;
	struct audit_line line;
};
struct err audit_apply(struct tx *tx, struct command *self);

/* SHA-256 of a report and its signature, by the key of proofs.  Any thread. */
void books_sign_report(const struct books *books, struct str report,
	unsigned char sha256[SHA256_SIZE], unsigned char signature[ED25519_SIGNATURE_SIZE]);

/* A report is frozen, and the audit log says so.  ERR_CONFLICT: somebody froze the same one since
 * `last_id` was the newest revision (0: there was none). */
struct snapshot_command {
	struct command command;
	struct snapshot snapshot; /* out: its id and revision */
	int64_t last_id;
	struct str who;
};
struct err snapshot_apply(struct tx *tx, struct command *self);

#define EXPORTS_OPEN_MAX 20 /* that wait or run */
#define EXPORTS_KEPT_MAX 200
#define EXPORT_KEPT_MS (7 * MS_PER_DAY)
struct export_command {
	struct command command;
	struct export_job job; /* out: as it is now */
	struct str subject;    /* asked for: for the audit log */
	int64_t lease;	       /* of steps, as of books_works */
	bool full;	       /* out: too many wait, this one was not taken */
};
struct err export_ask_apply(struct tx *tx, struct command *self);
/* What came of it so far; one that was cancelled stays so, `job` says it. */
struct err export_step_apply(struct tx *tx, struct command *self);
/* ERR_CONFLICT: it is over already. */
struct err export_cancel_apply(struct tx *tx, struct command *self);

/* Those that are too old, some at a time. */
#define EXPORTS_FORGET_MAX 50
struct exports_forget_command {
	struct command command;
	int64_t lease;
	int64_t ids[EXPORTS_FORGET_MAX]; /* out */
	size_t count;
};
struct err exports_forget_apply(struct tx *tx, struct command *self);

/* Its file in the folder of the books, which other nodes do not share; not on a loop.
 * ERR_NOT_FOUND: it is not there. */
#define EXPORT_BYTES_MAX (INT64_C(512) * 1024 * 1024)
MUST_CHECK struct err export_file_read(const struct books *books, int64_t id, struct buf *bytes);
/* Whole and on the disk, or not at all. */
MUST_CHECK struct err export_file_write(const struct books *books, int64_t id, struct str bytes);
void export_file_remove(const struct books *books, int64_t id);

#endif
