/*
 * report_task.h - a request about a report, from its words to its answer.
 *
 * May they?  What is due in its days is folded; it is read and made on the reader for long
 * questions; what was given out is in the audit log before it goes.
 */
#ifndef CHOPAY_API_REPORT_TASK_H
#define CHOPAY_API_REPORT_TASK_H

#include "api.h"
#include "chopay/report_order.h"

struct report_task {
	struct ask ask; /* first */
	struct report_order order;
	struct buf why; /* a sentence, when something failed */
	int64_t due;	/* stall-days to be folded first */
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
	void (*reply)(struct report_task *task); /* after the commit */
	/* `task->ask.query.result` says what; `why` may be empty.  NULL: a problem document. */
	void (*failed)(struct report_task *task, struct str why);
	void *more;
};

/* `word` and `arg` give the words of the order.  NULL after replying 400. */
struct report_task *report_task_new(
	struct request *req, enum order_what what, order_word_fn word, void *arg);
/* The same without a reply: `why` gets a sentence. */
struct report_task *report_task_read(
	struct request *req, enum order_what what, order_word_fn word, void *arg, struct buf *why);
void report_task_run(struct report_task *task);
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
