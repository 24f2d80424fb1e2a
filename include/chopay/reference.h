/*
 * reference.h - the short code in a transfer note by which money finds its stall or charge.
 *
 * prefix (2) kind (1: S|C) stall (5) [counter (4) for a charge] check (2): 10 or 14 characters of
 * A-Z 0-9 without I O L U.  check = ISO 7064 MOD 1271-36 over all that stands before it.
 * Source: DESIGN section 6.  Pure.  Threads: any.
 */
#ifndef CHOPAY_REFERENCE_H
#define CHOPAY_REFERENCE_H

#include "chopay/str.h"

#define REFERENCE_STALL_LEN 10
#define REFERENCE_CHARGE_LEN 14
#define REFERENCE_SIZE 15			      /* the longest, and a NUL */
#define REFERENCE_STALL_NUMBERS (UINT32_C(1) << 25)   /* 32^5 */
#define REFERENCE_CHARGE_COUNTERS (UINT32_C(1) << 20) /* 32^4 */
#define REFERENCE_FOUND_MAX 8

struct reference {
	char text[REFERENCE_SIZE]; /* upper case, NUL-terminated */
};

/* Two letters or digits of the alphabet of references? */
bool reference_prefix_ok(struct str prefix);

/*
 * Mint.  ERR_CONFLICT: this number's check characters would hold a look-alike (about 1 in 5):
 * take the next number.  ERR_INVALID: out of range, or a bad prefix.
 */
MUST_CHECK struct err reference_stall(
	struct str prefix, uint32_t stall_number, struct reference *reference);
MUST_CHECK struct err reference_charge(
	struct str prefix, uint32_t stall_number, uint32_t counter, struct reference *reference);

/* Exactly one reference and nothing else, in either letter case? */
bool reference_is(struct str prefix, struct str text, struct reference *reference);
bool reference_is_charge(const struct reference *reference);
uint32_t reference_stall_number(const struct reference *reference);
uint32_t reference_charge_counter(const struct reference *reference); /* of a charge's */

/*
 * Every different valid reference in a note that banks have upper-cased, stripped, glued, cut,
 * wrapped at 35 or split once (FEEDS section 7); in order of place, at most REFERENCE_FOUND_MAX.
 * A chance text of the right shape passes one time in 1271: whether a reference was ever issued
 * is for the register to say.  Linear in the note; no allocation; any bytes, NUL and all.
 */
struct references {
	struct reference items[REFERENCE_FOUND_MAX];
	size_t count;
};
void reference_find(struct str prefix, struct str note, struct references *found);

/*
 * What a note may have meant that holds no whole reference: every valid reference one slip of the
 * hand away from what stands there, whatever separators are in between.  For a person to look at,
 * never to match by.  Ones that reference_find finds are not among them.  The check characters
 * leave about one chance text in three for each place where prefix and kind are, so the caller
 * looks each up in the register.  At most REFERENCE_NEAR_MAX, from the first 512 letters and
 * digits of the note; no allocation.
 */
#define REFERENCE_NEAR_MAX 64
enum reference_slip {
	SLIP_WRONG,   /* one character is another one, or look-alikes (I O L U) stand for 1 0 1 V */
	SLIP_MISSING, /* one was left out, */
	SLIP_EXTRA,   /* one put in, */
	SLIP_SWAPPED, /* or two neighbours changed places; */
	SLIP_BROKEN,  /* all is there, with more separators in it than a bank puts */
};
struct near_reference {
	struct reference reference;
	enum reference_slip slip;
	char seen[REFERENCE_SIZE + 1]; /* as the note has it, upper case, without separators */
};
struct near_references {
	struct near_reference items[REFERENCE_NEAR_MAX];
	size_t count;
};
void reference_near(struct str prefix, struct str note, struct near_references *near);
const char *reference_slip_name(enum reference_slip slip); /* "wrong", "missing", ... */

/* The stalls' references (at most REFERENCE_FOUND_MAX) whose beginning the note holds, or that of
 * one of their charges: prefix, kind and the stall's five characters, whatever follows.  (Banks cut
 * notes.)  Nothing checks these: the register and the account must speak for them as well. */
void reference_begun(struct str prefix, struct str note, struct references *begun);

#endif
