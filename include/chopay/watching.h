/*
 * watching.h - the background task that raises alarms: what holds now, and whether that is new.
 *
 * A condition raises its alarm when it begins, once, and again only after it was over.
 * Source: SAFETY section 6; threads as books.h says.
 */
#ifndef CHOPAY_WATCHING_H
#define CHOPAY_WATCHING_H

#include "chopay/alarms.h"
#include "chopay/books.h"

#define WATCHED_MAX 2000 /* of a kind at once; the rest wait until some are over */

/* Kinds that the task raises; others are raised where they happen. */
#define ALARM_SILENT_FEED "silent_feed"
#define ALARM_SILENT_STALL "silent_stall"
#define ALARM_STICKER_SWAP "sticker_swap"
#define ALARM_DISK "disk_nearly_full"
#define ALARM_CERTIFICATE "certificate_expiry"

/* Who is silent (silence.h), of all that is folded.  In the arena; on a reader that may take long.
 */
struct silences {
	int64_t now_ms;
	struct watched *found;
	size_t count;
};
MUST_CHECK struct err silences_find(struct db *db, struct arena *arena, struct silences *silences);

/* What holds: new ones raise an alarm, and what is over is forgotten. */
struct watch_command {
	struct command command;
	int64_t lease;		  /* as of books_works */
	const char *const *kinds; /* what was looked at: of these, what is not in `holds` is over */
	size_t kind_count;
	const struct watched *holds;
	size_t count;
	bool raised; /* out: there is a new alarm */
};
struct err watch_apply(struct tx *tx, struct command *self);

/* Before silences_find: who called when. */
struct count_deliveries_command {
	struct command command;
	int64_t lease;
};
struct err count_deliveries_apply(struct tx *tx, struct command *self);

/* A person has looked at it.  ERR_NOT_FOUND, ERR_CONFLICT (closed already), ERR_INVALID (words). */
struct alarm_close_command {
	struct command command;
	int64_t id;
	struct str person, why;
	struct alarm alarm; /* out: as it is now */
};
struct err alarm_close_apply(struct tx *tx, struct command *self);

#endif
