/*
 * charge.h - the states of a charge, as one table (state x event).  Pure.
 *
 * Source: DESIGN section 6.  A state never goes backwards: what was given back is a sum of its own.
 */
#ifndef CHOPAY_CHARGE_H
#define CHOPAY_CHARGE_H

#include "chopay/money.h"

enum charge_state {
	CHARGE_OPEN,
	CHARGE_PAID,
	CHARGE_SHORT,
	CHARGE_OVER,
	CHARGE_EXPIRED,
	CHARGE_CANCELLED,
	CHARGE_PAID_LATE,
};
#define CHARGE_STATES 7

enum charge_event {
	CHARGE_EVENT_EXPIRE,
	CHARGE_EVENT_CANCEL,
	CHARGE_EVENT_MONEY_SHORT, /* the sum of its payments is now below the amount, */
	CHARGE_EVENT_MONEY_EXACT, /* equal to it, */
	CHARGE_EVENT_MONEY_OVER,  /* or above it; paid by the bank's time before the expiry */
	CHARGE_EVENT_MONEY_LATE,  /* money (any sum) by the bank's time after the expiry, or after
				     cancel */
	CHARGE_EVENT_REFUND,	  /* some or all of it was given back */
	CHARGE_EVENT_REVERSAL,	  /* the bank took a payment back */
};
#define CHARGE_EVENTS 8

const char *charge_state_name(enum charge_state state); /* "open", "paid_late", ... */
bool charge_state_parse(struct str name, enum charge_state *state);

/* ERR_CONFLICT for the cancel of a charge that was paid something, and for giving back what never
 * came; `next` untouched.  Nothing else fails: money and the timer have an answer in every state.
 */
MUST_CHECK struct err charge_next(
	enum charge_state state, enum charge_event event, enum charge_state *next);

/* Which money event is it?  `held` is what is in it with this money: all that came in, without what
 * was given back.  A bank time of NO_TIME is not
 * late (give the arrival time instead where that should count); an expiry of NO_TIME never comes.
 */
enum charge_event charge_money_event(enum charge_state state, struct vnd amount, struct vnd held,
	int64_t booked_at_ms, int64_t expires_at_ms);

/*
 * How long whoever has its reference is shown a charge; later its address tells nothing, so that
 * nobody can read a stall's sales off its references.  One that was paid short: CHARGE_SHORT_DAYS
 * after money last came or went, its buyer may still bring the rest (which is booked to it later,
 * too).  One that takes no more money: an hour after its expiry, or after that money where it came
 * later.  One that is open: until the timer closes it (INT64_MAX).
 */
#define CHARGE_SHORT_DAYS 3 /* over a weekend */
int64_t charge_shown_until(enum charge_state state, int64_t expires_at_ms, int64_t last_money_ms);

/* What somebody should do next: one answer for each state and its sums. */
enum charge_action {
	CHARGE_ACTION_NONE,
	CHARGE_ACTION_WAIT,	 /* for the buyer */
	CHARGE_ACTION_COLLECT,	 /* the rest of the amount */
	CHARGE_ACTION_HAND_OVER, /* the goods: all is paid */
	CHARGE_ACTION_GIVE_BACK, /* what is too much */
	CHARGE_ACTION_DECIDE,	 /* it came late: hand over, or give back */
	CHARGE_ACTION_ASK_AGAIN, /* with a new charge */
};
const char *charge_action_name(enum charge_action action); /* "collect", "give_back", ... */
enum charge_action charge_next_action(
	enum charge_state state, struct vnd amount, struct vnd paid, struct vnd refunded);

#endif
