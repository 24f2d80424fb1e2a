/*
 * silence.h - is it quiet where it is usually busy?  Pure.
 *
 * A swapped sticker, a feed that stopped, a code that fell off: nothing comes, so nothing tells of
 * it.  What tells is a habit that breaks: hours in which something usually came, and came at the
 * neighbours' today.  Source: SAFETY section 6 (sticker swap), ADOPTION section 8 (work list).
 *
 * Hours are those of a market day: hour 0 begins with it (its day cut), 23 ends it.
 */
#ifndef CHOPAY_SILENCE_H
#define CHOPAY_SILENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SILENCE_DAYS 28	   /* looked back upon */
#define SILENCE_DAYS_MIN 8 /* with fewer days that had something there is no habit yet */
#define SILENCE_USUAL 60   /* percent of these days that must have had it in an hour */
#define SILENT_HOURS 2	   /* busy hours in a row that passed without */
#define SWAP_HOURS 6	   /* so many, and a swapped sticker is likelier than bad luck */
#define NEIGHBOURS_MIN 3   /* who are busy at that hour too, to be asked */

/* The busy hours of one who was heard of in these hours on each of `count` days: bits. */
uint32_t silence_busy(const uint32_t *days, size_t count);

/* The busy hours of today that passed since it was last heard of: bits.  `hour`: the one that runs,
 * which has not passed. */
uint32_t silence_missed(uint32_t busy, uint32_t today, int hour);

/* An hour of a clock's day as one of a day that begins at `cut_min` minutes. */
uint32_t silence_turn(uint32_t hours, int cut_min);

int silence_count(uint32_t hours); /* of bits */

/* A stall in its market. */
struct silence {
	uint32_t busy, today;
	bool open;	  /* it should be selling today */
	int hours_before; /* busy hours that passed in vain on days before, since the last sale */
	/* out */
	uint32_t missed; /* today */
	bool silent;
	bool swap; /* for so long that somebody should look at the sticker */
};
/* Judges each against the others: `silent` where enough of those who are busy in the missed hours
 * were paid in them today. */
void silence_judge(struct silence *stalls, size_t count, int hour);

#endif
