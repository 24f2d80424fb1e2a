/*
 * walk.h - one description of a struct, walked to write it as JSON and to read it back.
 *
 * Reading never stops: what is missing or cannot be marks the whole as bad, and leaves the member
 * as it was.  Memory: texts that are read are in the arena.
 */
#ifndef CHOPAY_REPORT_WALK_H
#define CHOPAY_REPORT_WALK_H

#include "chopay/json.h"
#include "chopay/money.h"

#define WALK_COUNT_MAX INT64_C(10000000000000)	   /* 10^13: cai.h's bound of a sum */
#define WALK_MONEY_MAX INT64_C(100000000000000000) /* 10^17 dong */

struct walk {
	json_t *value; /* an object or an array; NULL where reading found none */
	struct arena *arena;
	bool reading;
	bool *bad; /* what was read cannot be */
};

/* ---- members of an object; name NULL: the next item of an array ---- */
void walk_int(
	const struct walk *walk, const char *name, int64_t *value, int64_t least, int64_t most);
void walk_count(const struct walk *walk, const char *name, int64_t *count); /* 0..10^13 */
/* An id, 0 to 2^63-1, in digits: above 2^53 a reader's numbers are no longer whole. */
void walk_id(const struct walk *walk, const char *name, int64_t *id);
void walk_size(const struct walk *walk, const char *name, size_t *size);
void walk_flag(const struct walk *walk, const char *name, bool *flag);
void walk_text(const struct walk *walk, const char *name, struct str *text);
void walk_day(const struct walk *walk, const char *name, int32_t *day); /* "2026-06-30" */
/* Withheld money is null. */
void walk_money(const struct walk *walk, const char *name, struct vnd *amount, bool withheld);
/* One of the words; `choice` is its place. */
void walk_word(const struct walk *walk, const char *name, const char *const *words, int count,
	int *choice);
/* The same of an enum of any type, and an array of its words. */
#define WALK_ENUM(walk, name, words, place)                                                        \
	do {                                                                                       \
		int choice_ = (int)*(place);                                                       \
		walk_word(walk, name, words, (int)(sizeof(words) / sizeof((words)[0])), &choice_); \
		*(place) = (__typeof__(*(place)))choice_;                                          \
	} while (0)
/* An object or an array of its own. */
struct walk walk_object(const struct walk *walk, const char *name);
struct walk walk_array(const struct walk *walk, const char *name);
/* Is there one? `present` is written (null: no), or read. */
bool walk_present(const struct walk *walk, const char *name, bool *present);
/* The same of a member that came into the format later: a text without it says that there is none.
 */
bool walk_present_later(const struct walk *walk, const char *name, bool *present);
/* Items of an array that is read. */
size_t walk_length(const struct walk *array);
/* The item at that place of an array: an object. */
struct walk walk_item(const struct walk *array, size_t at);

/* ---- what follows from other members: written, and not read ---- */
void walk_said_int(const struct walk *walk, const char *name, int64_t value);
void walk_said_text(const struct walk *walk, const char *name, struct str text);
void walk_said_null(const struct walk *walk, const char *name);

#endif
