/*
 * charge.c - what each event makes of a charge, as one table.
 *
 * Money is never refused: whatever the state, a credit that names the charge has an answer.  A
 * cancel can be: a charge that was paid something is not undone by a button, but by a refund.  And
 * nothing is given back that never came.
 */
#include "chopay/charge.h"

#include "chopay/clock.h"

#define FORBIDDEN CHARGE_STATES
#define DONE_SHOWN_MS (60 * 60 * MS_PER_SECOND) /* after the end */

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
	 *                     EXPIRE            CANCEL            SHORT             EXACT             OVER              LATE              REFUND            REVERSAL */
	[CHARGE_OPEN]      = {CHARGE_EXPIRED,   CHARGE_CANCELLED, CHARGE_SHORT,     CHARGE_PAID,      CHARGE_OVER,      CHARGE_PAID_LATE, FORBIDDEN,        FORBIDDEN},
	/* Part of the money is here: the timer no longer closes it, and a second transfer may. */
	[CHARGE_SHORT]     = {CHARGE_SHORT,     FORBIDDEN,        CHARGE_SHORT,     CHARGE_PAID,      CHARGE_OVER,      CHARGE_PAID_LATE, CHARGE_SHORT,     CHARGE_SHORT},
	/* SHORT and EXACT come when it was given back and paid again: paid stays paid. */
	[CHARGE_PAID]      = {CHARGE_PAID,      FORBIDDEN,        CHARGE_PAID,      CHARGE_PAID,      CHARGE_OVER,      CHARGE_OVER,      CHARGE_PAID,      CHARGE_PAID},
	[CHARGE_OVER]      = {CHARGE_OVER,      FORBIDDEN,        CHARGE_OVER,      CHARGE_OVER,      CHARGE_OVER,      CHARGE_OVER,      CHARGE_OVER,      CHARGE_OVER},
	/* Paid in time by the bank's clock, told to us after the timer: not the buyer's fault. */
	[CHARGE_EXPIRED]   = {CHARGE_EXPIRED,   CHARGE_EXPIRED,   CHARGE_SHORT,     CHARGE_PAID,      CHARGE_OVER,      CHARGE_PAID_LATE, FORBIDDEN,        FORBIDDEN},
	/* The seller said no: whenever the money was sent, somebody must look at it. */
	[CHARGE_CANCELLED] = {CHARGE_CANCELLED, CHARGE_CANCELLED, CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE, FORBIDDEN,        FORBIDDEN},
	[CHARGE_PAID_LATE] = {CHARGE_PAID_LATE, FORBIDDEN,        CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE},
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
		return FAIL(ERR_CONFLICT, event == CHARGE_EVENT_CANCEL
						  ? "a charge that holds money cannot be cancelled"
						  : "nothing came in that could be given back");
	*next = (enum charge_state)to;
	return OK;
}

enum charge_event
charge_money_event(enum charge_state state, struct vnd amount, struct vnd held,
	int64_t booked_at_ms, int64_t expires_at_ms)
{
	/* NO_TIME is the smallest instant: a bank that told no time is not held against the
	 * buyer; a charge without an expiry is never late. */
	bool late = expires_at_ms != NO_TIME && booked_at_ms > expires_at_ms;

	if (late || state == CHARGE_CANCELLED)
		return CHARGE_EVENT_MONEY_LATE;
	if (held.dong < amount.dong)
		return CHARGE_EVENT_MONEY_SHORT;
	return held.dong == amount.dong ? CHARGE_EVENT_MONEY_EXACT : CHARGE_EVENT_MONEY_OVER;
}

int64_t
charge_shown_until(enum charge_state state, int64_t expires_at_ms, int64_t last_money_ms)
{
	if (state == CHARGE_OPEN)
		return INT64_MAX;
	if (state == CHARGE_SHORT)
		return last_money_ms + CHARGE_SHORT_DAYS * MS_PER_DAY;
	return (last_money_ms > expires_at_ms ? last_money_ms : expires_at_ms) + DONE_SHOWN_MS;
}

/* ---- what to do next ------------------------------------------------------------------------ */

const char *
charge_action_name(enum charge_action action)
{
	static const char *const names[] = {
		[CHARGE_ACTION_NONE] = "none",
		[CHARGE_ACTION_WAIT] = "wait",
		[CHARGE_ACTION_COLLECT] = "collect",
		[CHARGE_ACTION_HAND_OVER] = "hand_over",
		[CHARGE_ACTION_GIVE_BACK] = "give_back",
		[CHARGE_ACTION_DECIDE] = "decide",
		[CHARGE_ACTION_ASK_AGAIN] = "ask_again",
	};

	return names[action];
}

/* Once something was given back, somebody has decided: only what is still too much is left to do,
 * and the rest of a part payment that is still here. */
enum charge_action
charge_next_action(enum charge_state state, struct vnd amount, struct vnd paid, struct vnd refunded)
{
	int64_t held = paid.dong - refunded.dong;
	bool decided = refunded.dong > 0;

	switch (state) {
	case CHARGE_OPEN:
		return CHARGE_ACTION_WAIT;
	case CHARGE_SHORT:
		return held > 0 ? CHARGE_ACTION_COLLECT : CHARGE_ACTION_NONE;
	case CHARGE_PAID:
		return decided && held < amount.dong ? CHARGE_ACTION_NONE : CHARGE_ACTION_HAND_OVER;
	case CHARGE_OVER:
		if (held > amount.dong)
			return CHARGE_ACTION_GIVE_BACK;
		return held == amount.dong ? CHARGE_ACTION_HAND_OVER : CHARGE_ACTION_NONE;
	case CHARGE_EXPIRED:
	case CHARGE_CANCELLED:
		return CHARGE_ACTION_ASK_AGAIN;
	case CHARGE_PAID_LATE:
		return decided ? CHARGE_ACTION_NONE : CHARGE_ACTION_DECIDE;
	}
	return CHARGE_ACTION_NONE;
}
