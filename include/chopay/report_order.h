/*
 * report_order.h - what is asked for: which report, of what, in which form.
 *
 * The same words on a command line, in a query and in an export that waits: unit, market or former;
 * period, calendar, boundary, audience; level of a ranking; snapshot instead of all these; format,
 * lang.  Threads: any; memory: the arena given.
 * Source: DESIGN section 7, ADOPTION sections 5 and 8.
 */
#ifndef CHOPAY_REPORT_ORDER_H
#define CHOPAY_REPORT_ORDER_H

#include "chopay/report.h"
#include "chopay/snapshots.h"

enum order_what { ORDER_ADOPTION, ORDER_RANKING, ORDER_WORK };

/* What is wrong with the words of an order, for whoever says it in words of their own. */
struct order_fault {
	const char *word; /* "period"; "scope": of nothing, or of two; NULL: nothing is wrong */
	struct str value; /* as it was said; empty: it was not, or cannot be repeated */
};

struct report_order {
	enum order_what what;
	struct report_request request;
	struct str level;    /* of ORDER_RANKING: province, district, commune or market */
	int64_t snapshot_id; /* not 0: that one, and `request` says nothing */
	enum report_form form;
	enum language language;
	struct order_fault fault;
};

/* A word by its name; false: it was not said. */
typedef bool (*order_word_fn)(void *arg, const char *name, struct str *value);
/* Everything but `what` and now_ms, which are set before.  ERR_INVALID: `why` gets a sentence for
 * programs, `fault` the first word that is wrong; wrong words are then as if they had not been
 * said: no unit, the month that runs, so that all of them can be chosen again. */
MUST_CHECK struct err report_order_read(struct arena *arena, order_word_fn word, void *arg,
	struct report_order *order, struct buf *why);
/* As one JSON object of these words, and back; with it what and now_ms are kept, so that it is the
 * same report whenever it is made. */
void report_order_write(const struct report_order *order, struct buf *json);
MUST_CHECK struct err report_order_parse(
	struct arena *arena, struct str json, struct report_order *order, struct buf *why);

/* "unit:23059", "market:MALAM", "former:597". */
void report_order_scope(const struct report_order *order, struct buf *scope);
/* "unit:23059 2026-06", "snapshot:1234": of what, for the audit log. */
void report_order_subject(const struct report_order *order, struct buf *subject);
/* A name for the file: "chopay-23059-2026-06.xlsx"; of a snapshot "chopay-1234-....pdf". */
void report_order_file(const struct report_order *order, struct buf *name);

/* The report, before it has a form: of a ranking its header and rows alone. */
MUST_CHECK struct err report_order_report(struct db *db, struct arena *arena,
	const struct report_order *order, const struct report_watch *watch, struct report **report,
	struct buf *why);
/* The bytes; errors as report_build's, ERR_NOT_FOUND for a snapshot too. */
MUST_CHECK struct err report_order_make(struct db *db, struct arena *arena,
	const struct report_order *order, const struct report_watch *watch, struct buf *bytes,
	struct buf *why);

/* A report that is about to be frozen, beside what was frozen of the same before: for officials it
 * shows no money that would tell, by subtraction, what changed at fewer than 5 stalls. */
MUST_CHECK struct err report_revise(
	struct db *db, struct arena *arena, const struct snapshot *same, struct report *report);

/* What the official signed, as it was: with its id, revision and hash. */
MUST_CHECK struct err report_of_snapshot(
	struct arena *arena, const struct snapshot *snapshot, struct report **report);

#endif
