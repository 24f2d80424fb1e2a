/* ahead_known.h - what ahead.c keeps and ahead_ask.c finds out. */
#ifndef STORE_AHEAD_KNOWN_H
#define STORE_AHEAD_KNOWN_H

#include "ahead.h"

#define BUCKETS 2048

enum about { FREE_DELIVERY, FREE_KEY, FREE_REF, OTHERS, ACCOUNT, STALL };

struct kept_stall {
	struct kept_stall *next;
	struct str bank_bin;
	struct stall_days days;
};

/* One thing that is known: of `a` alone, or of `a` and `b`. */
struct known {
	struct known *next;
	enum about about;
	bool holds; /* no longer, once it is false */
	bool others;
	struct str a, b;
	struct str c; /* asked with it */
	struct kept_stall *stalls;
	size_t stall_count;
};

struct ahead {
	struct arena *arena;
	struct known *buckets[BUCKETS];
};

/* NULL: nobody asked. */
struct known *ahead_find(struct db *db, enum about about, struct str a, struct str b);
/* NULL when it is there already; `a` and `b` are copied. */
struct known *ahead_add(struct db *db, enum about about, struct str a, struct str b);
/* Did it hold?  It does no longer: whoever asks puts it in. */
bool ahead_take(struct db *db, enum about about, struct str a, struct str b);
/* The bytes of an id, which must live as long. */
struct str ahead_id(const int64_t *id);

#endif
