/*
 * service_points.h - the online-payment indicators of Decision 766: from counts to points.  Pure.
 *
 *   3.5   procedures with a financial obligation that can be paid online / those with one
 *   3.5b  procedures in which somebody paid online in the period          / those with one
 *   3.6   dossiers paid online                                            / those that owe a fee
 *
 * The group "thanh toán trực tuyến" has 10 of the 100 points: 2, 2 and 6.  3.5 and 3.5b have their
 * full points from 80 % on, 3.6 at 100 %; below, points are in proportion.
 * Source: Decision 766/QD-TTg of 23 June 2022 as the National Public Service Portal computes it.
 * The Decision's annex was not at hand: numerators, denominators and the ceiling of 3.5 are from
 * the portal's published formulas, the split 2/2/6 and the ceilings of 3.5b and 3.6 from systems
 * that agree with the portal's charts.  ASSUMED: the denominator of 3.5b is all procedures with an
 * obligation (some read: those that had a dossier).
 */
#ifndef CHOPAY_SERVICE_POINTS_H
#define CHOPAY_SERVICE_POINTS_H

#include <stdbool.h>
#include <stdint.h>

enum service_indicator { SERVICE_OFFERED, SERVICE_USED, SERVICE_DOSSIERS }; /* 3.5, 3.5b, 3.6 */
#define SERVICE_INDICATORS 3
int64_t service_max_x100(enum service_indicator indicator);

struct service_figure {
	int64_t num, den; /* 0 and 0 when there is no figure */
	bool known;	  /* den > 0, and the parts are not more than the whole */
	int64_t pts_x100;
};
/* Counts from 0 to 10^13. */
void service_points(
	enum service_indicator indicator, int64_t num, int64_t den, struct service_figure *figure);

/* ---- money paid out: is it of so few persons that theirs could be told? ------------------------
 */

#define PAYOUT_PERSONS_MIN 5
/* Those paid by account and those who are not, of some rows: each nobody, or at least 5. */
bool payout_tells_nobody(int64_t recipients, int64_t by_account);

#endif
