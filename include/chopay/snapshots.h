/*
 * snapshots.h - reports that were frozen, who looked at what, and exports under way (schema 0009).
 *
 * Source: ADOPTION sections 5 (snapshot, revisions) and 8 (audit log).
 */
#ifndef CHOPAY_SNAPSHOTS_H
#define CHOPAY_SNAPSHOTS_H

#include "chopay/store.h"

struct snapshot {
	int64_t id;
	struct str scope;  /* "unit:23059", "market:MALAM", "former:597" */
	struct str period; /* as it is typed */
	struct str calendar, boundary, audience, parameter_set;
	int64_t revision;  /* from 0 */
	struct str status; /* provisional | official | unmatched */
	int64_t position;  /* the last id in the books when it was taken */
	int64_t cut_at_ms;
	struct str person;
	struct str report; /* JSON; empty in lists */
	struct str sha256, signature;
};
/* ERR_CONFLICT: that revision is there already. */
MUST_CHECK struct err snapshots_put(struct db *db, const struct snapshot *snapshot);
MUST_CHECK struct err snapshots_get(
	struct db *db, struct arena *arena, int64_t id, struct snapshot *snapshot);
/* The newest revision of the same; ERR_NOT_FOUND: none yet. */
MUST_CHECK struct err snapshots_last(
	struct db *db, struct arena *arena, const struct snapshot *same, struct snapshot *snapshot);
/* The same without its report, which may be large. */
MUST_CHECK struct err snapshots_newest(
	struct db *db, struct arena *arena, const struct snapshot *same, struct snapshot *snapshot);
/* The newest revision of the same below `revision`; ERR_NOT_FOUND: none. */
MUST_CHECK struct err snapshots_before(struct db *db, struct arena *arena,
	const struct snapshot *same, int64_t revision, struct snapshot *snapshot);
/* Newest first below `before` (0: from the newest); scope empty: all. */
MUST_CHECK struct err snapshots_list(struct db *db, struct arena *arena, struct str scope,
	int64_t before, size_t max, struct snapshot *snapshots, size_t *count);

/* Stalls that were paid, or gave back, on market days of a period since a position in the books. */
struct late_stalls {
	int64_t stalls, least; /* `least`: of a market that has any */
};
/* Of that market, or of the markets that ever were in that unit or in one below it. */
MUST_CHECK struct err late_stalls_count(struct db *db, bool market, struct str code,
	int64_t position, int32_t from_day, int32_t to_day, struct late_stalls *late);

struct audit_line {
	int64_t id, at_ms;
	struct str who, what, subject,
		detail; /* what: view export snapshot release register book */
};
/* At the end of this writer's chain. */
MUST_CHECK struct err audit_put(struct db *db, const struct audit_line *line);
struct audit_filter {
	struct str who; /* as written, or the name at its end: "Huệ" of "staff:7 Huệ"; empty: any */
	struct str what;  /* empty: any */
	int64_t until_ms; /* only lines of before; 0: all */
};
MUST_CHECK struct err audit_list(struct db *db, struct arena *arena,
	const struct audit_filter *filter, int64_t before, size_t max, struct audit_line *lines,
	size_t *count);
/* Each chain from its beginning; `found` for a line that is not as it was written. */
MUST_CHECK struct err audit_verify(
	struct db *db, void (*found)(void *arg, int64_t id, const char *fault), void *arg);

struct export_job {
	int64_t id;
	struct str who, request, state; /* waiting | running | done | failed | cancelled */
	int64_t done, total;
	struct str error; /* of one that failed: as report_why (report.h) reads it, or a sentence */
	int64_t created_at_ms, updated_at_ms;
};
MUST_CHECK struct err exports_put(struct db *db, const struct export_job *job);
MUST_CHECK struct err exports_set(struct db *db, const struct export_job *job);
MUST_CHECK struct err exports_get(
	struct db *db, struct arena *arena, int64_t id, struct export_job *job);
MUST_CHECK struct err exports_list(struct db *db, struct arena *arena, int64_t before, size_t max,
	struct export_job *jobs, size_t *count);
/* Those asked for before that time, at most `max`: they are no more, and `ids` gets their ids. */
MUST_CHECK struct err exports_forget(
	struct db *db, int64_t before_ms, size_t max, int64_t *ids, size_t *count);

#endif
