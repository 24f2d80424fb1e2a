/* One message that nobody sent, given to a feed as the server does, for the fuzz targets. */
#ifndef SUPPORT_FEED_FUZZ_H
#define SUPPORT_FEED_FUZZ_H

#include "chopay/feeds.h"

#define FEED_FUZZ_NOW_MS INT64_C(1785224000000)
#define FEED_FUZZ_MESSAGE_ID "msg_fuzz"
#define FEED_FUZZ_DUE 45000 /* of the bill, where a feed asks for one */

/* Two that no fuzzer finds. */
#define FEED_FUZZ_SECRETS                                                            \
	{                                                                            \
		STR("a secret that no fuzzer finds 1"), STR("nor this one 22222222") \
	}

struct feed_fuzz {
	const struct feed *feed;
	struct feed_secret secret;
	struct feed_message message; /* the time is filled in; the headers unless it has some */
	struct str line;	     /* stands for each header, but those that tell time and id */
	bool believed;		     /* verify() believes it; it refuses all others */
	bool tells_time;	     /* each event has the bank's */
	size_t events_max;
};

struct feed_fuzz_outcome {
	enum feed_reason reason; /* of parse() */
	struct feed_events events;
	int refused_status, status; /* of the answers to what verify() and parse() said */
};

/* Aborts when a rule that holds of every feed is broken: only the message above is believed,
 * nothing comes of one that is refused, each event is whole and its texts are UTF-8, an answer is
 * JSON or empty, and says 200 to what is accepted only.  What came of it lives in the arena, for
 * the feed's own rules. */
struct feed_fuzz_outcome feed_fuzz(struct arena *arena, const struct feed_fuzz *fuzz);

#endif
