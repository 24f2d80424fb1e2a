/*
 * statement_build.h - a statement while its file is read: lines, faults, balances; then one id
 * for each line.
 */
#ifndef FEEDS_STATEMENT_BUILD_H
#define FEEDS_STATEMENT_BUILD_H

#include "chopay/statement.h"

struct statement_build {
	struct arena *arena;
	const struct statement_source *source;
	struct statement *out;
	struct str file_account; /* as the source says it must be, in our spelling; may be empty */
	size_t capacity;
	/* of each line, beside its event */
	struct statement_mark *marks;
};

/* What a line's id is made of, beside the event. */
struct statement_mark {
	size_t line;
	bool clock;	 /* its time of day was told */
	bool unique_ref; /* the bank's reference is this line's own: the note does not matter */
};

struct statement_line {
	size_t line;
	int64_t time_ms;
	bool clock, unique_ref;
	struct vnd amount; /* > 0 */
	bool outgoing;
	struct str account, ref, note; /* views: copied */
};

MUST_CHECK struct err statement_build_init(struct statement_build *build, struct arena *arena,
	const struct statement_source *source, struct statement *out);

/* A fault; the file will be refused, but reading goes on to find the others. */
void statement_fault(struct statement_build *build, size_t line, const char *column,
	const char *reason_fmt, ...) PRINTF_LIKE(4, 5);
/* A stranger's text, as it may be shown on a terminal: without what would steer it. */
struct str statement_plain(struct arena *arena, struct str text);
/* The beginning of a text, as a fault may quote it. */
struct str statement_excerpt(struct str text);
bool statement_gives_up(const struct statement_build *build); /* so many that no more matter */

/* False: not taken, a fault was noted. */
bool statement_add(struct statement_build *build, const struct statement_line *line);

/* opening + lines = closing?  Notes a fault with the figures when not. */
void statement_check_balance(struct statement_build *build, size_t line, int64_t opening,
	int64_t moved, int64_t closing);

/* Ids; ERR_INVALID when there were faults. */
MUST_CHECK struct err statement_finish(struct statement_build *build);

#endif
