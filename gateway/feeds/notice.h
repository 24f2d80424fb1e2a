/*
 * notice.h - the body that the generic feeds share, however it was signed.
 *
 * {type, timestamp, data: {txn_id, account, amount, currency, direction, content, time}}, and in
 * data also bank, virtual_account, code.  Source: FEEDS.md section 6.
 */
#ifndef FEEDS_NOTICE_H
#define FEEDS_NOTICE_H

#include "chopay/feeds.h"

/* One event, or none when the notice is of something else than money; its provider_txn_id is empty:
 * the caller knows what its sender repeats. */
enum feed_reason notice_parse(
	struct arena *arena, const struct feed_message *message, struct feed_events *events);

/* The same for senders whose message has no id of its own: the txn_id, which must be there, is what
 * they repeat.  They promise that it names one transfer of that account for good. */
enum feed_reason notice_parse_txn(
	struct arena *arena, const struct feed_message *message, struct feed_events *events);

#endif
