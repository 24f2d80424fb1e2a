/*
 * charge.c - what each event makes of a charge, as one table.
 *
 * Money is never refused: whatever the state, a credit that names the charge has an answer.  Only
 * a cancel can be: a charge that holds money is not undone by a button, but by a refund.
 */
#include "chopay/charge.h"

#include "chopay/clock.h"

#define FORBIDDEN CHARGE_STATES

static const char *const state_names[CHARGE_STATES] = {
	[CHARGE_OPEN] = "open",
	[CHARGE_PAID] = "paid",
	[CHARGE_SHORT] = "short",
	[CHARGE_OVER] = "over",
	[CHARGE_EXPIRED] = "expired",
	[CHARGE_CANCELLED] = "cancelled",
	[CHARGE_PAID_LATE] = "paid_late",
};

/* clang-format off */
static const unsigned char table[CHARGE_STATES][CHARGE_EVENTS] = {
	/* in order of enum charge_event:
	 *                     EXPIRE            CANCEL            SHORT             EXACT             OVER              LATE */
	[CHARGE_OPEN]      = {CHARGE_EXPIRED,   CHARGE_CANCELLED, CHARGE_SHORT,     CHARGE_PAID,      CHARGE_OVER,      CHARGE_PAID_LATE},
	/* Part of the money is here: the timer no longer closes it, and a second transfer may. */
	[CHARGE_SHORT]     = {CHARGE_SHORT,     FORBIDDEN,        CHARGE_SHORT,     CHARGE_PAID,      CHARGE_OVER,      CHARGE_PAID_LATE},
	/* Sums only grow, so SHORT and EXACT cannot come; if they did, paid stays paid. */
	[CHARGE_PAID]      = {CHARGE_PAID,      FORBIDDEN,        CHARGE_PAID,      CHARGE_PAID,      CHARGE_OVER,      CHARGE_OVER},
	[CHARGE_OVER]      = {CHARGE_OVER,      FORBIDDEN,        CHARGE_OVER,      CHARGE_OVER,      CHARGE_OVER,      CHARGE_OVER},
	/* Paid in time by the bank's clock, told to us after the timer: not the buyer's fault. */
	[CHARGE_EXPIRED]   = {CHARGE_EXPIRED,   CHARGE_EXPIRED,   CHARGE_SHORT,     CHARGE_PAID,      CHARGE_OVER,      CHARGE_PAID_LATE},
	/* The seller said no: whenever the money was sent, somebody must look at it. */
	[CHARGE_CANCELLED] = {CHARGE_CANCELLED, CHARGE_CANCELLED, CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE},
	[CHARGE_PAID_LATE] = {CHARGE_PAID_LATE, FORBIDDEN,        CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE},
};
/* clang-format on */

const char *
charge_state_name(enum charge_state state)
{
	return state_names[state];
}

bool
charge_state_parse(struct str name, enum charge_state *state)
{
	for (unsigned i = 0; i < CHARGE_STATES; i++) {
		if (str_eq(name, str_from(state_names[i]))) {
			*state = (enum charge_state)i;
			return true;
		}
	}
	return false;
}

struct err
charge_next(enum charge_state state, enum charge_event event, enum charge_state *next)
{
	unsigned to = table[state][event];

	if (to == FORBIDDEN)
		return FAIL(ERR_CONFLICT, "a charge that holds money cannot be cancelled");
	*next = (enum charge_state)to;
	return OK;
}

enum charge_event
charge_money_event(enum charge_state state, struct vnd amount, struct vnd paid,
	int64_t booked_at_ms, int64_t expires_at_ms)
{
	/* NO_TIME is the smallest instant: a bank that told no time is not held against the
	 * buyer; a charge without an expiry is never late. */
	bool late = expires_at_ms != NO_TIME && booked_at_ms > expires_at_ms;

	if (late || state == CHARGE_CANCELLED)
		return CHARGE_EVENT_MONEY_LATE;
	if (paid.dong < amount.dong)
		return CHARGE_EVENT_MONEY_SHORT;
	return paid.dong == amount.dong ? CHARGE_EVENT_MONEY_EXACT : CHARGE_EVENT_MONEY_OVER;
}
