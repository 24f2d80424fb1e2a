/*
 * charge.h - the states of a charge, as one table (state x event).  Pure.
 *
 * Source: DESIGN section 6.  A state never goes backwards.
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
};
#define CHARGE_EVENTS 6

const char *charge_state_name(enum charge_state state); /* "open", "paid_late", ... */
bool charge_state_parse(struct str name, enum charge_state *state);

/* ERR_CONFLICT for the cancel of a charge that holds money, `next` untouched; nothing else fails:
 * money and the timer have an answer in every state. */
MUST_CHECK struct err charge_next(
	enum charge_state state, enum charge_event event, enum charge_state *next);

/* Which money event is it?  `paid` is the sum with this money in it.  A bank time of NO_TIME is not
 * late (give the arrival time instead where that should count); an expiry of NO_TIME never comes.
 */
enum charge_event charge_money_event(enum charge_state state, struct vnd amount, struct vnd paid,
	int64_t booked_at_ms, int64_t expires_at_ms);

#endif
