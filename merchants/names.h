/* The whole register in memory: what the codes in a file mean, and the codes of ids. */
#ifndef MERCHANTS_NAMES_H
#define MERCHANTS_NAMES_H

#include "chopay/registers.h"

struct names {
	struct market *markets; /* by id */
	struct stall *stalls;	/* by id */
	struct unit *units;	/* by code and day */
	size_t market_count, stall_count, unit_count;
	/* by code; by market and code */
	const struct market **markets_by_code;
	const struct stall **stalls_by_code;
};
MUST_CHECK struct err names_load(struct db *db, struct arena *arena, struct names *names);
/* NULL: there is none. */
const struct market *names_market(const struct names *names, struct str code);
const struct stall *names_stall(const struct names *names, int64_t market_id, struct str code);
const struct market *names_market_of(const struct names *names, int64_t id);
const struct stall *names_stall_of(const struct names *names, int64_t id);
bool names_unit(const struct names *names, struct str code);
/* Is a unit of that code in force on some day of from..to; on each of them? */
bool names_unit_touches(
	const struct names *names, struct str code, int32_t from_day, int32_t to_day);
/* The first day, from `from_day` on, on which a unit of that code is in force; to_day + 1: none. */
int32_t names_unit_since(
	const struct names *names, struct str code, int32_t from_day, int32_t to_day);
bool names_unit_covers(
	const struct names *names, struct str code, int32_t from_day, int32_t to_day);

#endif
