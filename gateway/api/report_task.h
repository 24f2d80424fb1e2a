/*
 * report_task.h - a request about a report, from its words to its answer.
 *
 * May they?  Only who may is told that a word is wrong.  What is due in its days is folded; it is
 * read and made on the reader for long questions; what was given out is in the audit log before it
 * goes.
 */
#ifndef CHOPAY_API_REPORT_TASK_H
#define CHOPAY_API_REPORT_TASK_H

#include "api.h"
#include "chopay/report_order.h"

struct report_task {
	struct ask ask; /* first */
	struct report_order order;
	struct str wrong;  /* in the words of the request, for a program; empty: nothing is */
	enum action needs; /* beside being one of those who may see it: SEE_REPORTS, or more */
	struct buf why;	   /* when something failed: as report_why reads it, or a sentence */
	int64_t due;	   /* stall-days to be folded first */
	struct fold_due fold;
	int turns; /* of it */
	/* On the reader, in one transaction: leaves `bytes`, or what is to be frozen.  NULL: the
	 * order's bytes. */
	struct err (*make)(struct db *db, struct report_task *task);
	struct str bytes; /* in the arena */
	bool freezes;	  /* `snapshot` is to be written; otherwise a line of the audit log is */
	struct snapshot_command snapshot;
	bool exports; /* `export` is to be asked for: made later, and what is due folded by then */
	struct export_command export;
	struct audit_command audit;
	const char *seen_as; /* by the audit log; NULL: the media type of the order's form */
	/* On a reader, of a page: wrong words, what there can be no report of and another's place
	 * (ERR_DENIED) are a page too, with what to choose instead; leaves `ask.packed`.  NULL: a
	 * problem document. */
	struct err (*explain)(struct db *db, struct report_task *task, struct err err);
	int status;				 /* of that page, once it is made */
	void (*reply)(struct report_task *task); /* after the commit */
	void (*failed)(
		struct report_task *task); /* what is not explained; NULL: a problem document */
	void *more;
};

/* `word` and `arg` give the words of the order.  A task of wrong words is run like any other: it is
 * refused once it is known who asks, before anything is made. */
struct report_task *report_task_new(
	struct request *req, enum order_what what, order_word_fn word, void *arg);
void report_task_run(struct report_task *task);
/* Wrong for a reason of its own, unless it was before: 400 with `what` for who may ask. */
void report_task_refuse(struct report_task *task, const char *what);
/* 200 with the bytes as a file. */
void report_task_reply_file(struct report_task *task);

/* Words of the query, for report_task_new: arg is the request. */
bool query_word(void *arg, const char *name, struct str *value);
/* Of a JSON object. */
bool object_word(void *arg, const char *name, struct str *value);

/* Who asked, as the audit log names them. */
struct str audit_who(struct arena *arena, const struct principal *who);

/* May they see reports of this scope ("unit:23059"), for this audience?  `*yes`. */
/* Is the unit with that code, in force that day, `root` or below it? */
MUST_CHECK struct err unit_lies_in(struct db *db, struct arena *arena, struct str code, int32_t day,
	struct str root, bool *yes);
MUST_CHECK struct err may_see_scope(struct db *db, struct arena *arena, const struct principal *who,
	struct str scope, struct str audience, int32_t today, bool *yes);

/* A snapshot without its report, and with its signature. */
json_t *snapshot_json(const struct snapshot *snapshot);
json_t *difference_json(
	struct arena *arena, const struct report *before, const struct report *after);

#endif
