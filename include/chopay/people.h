/*
 * people.h - who signs in: staff, their invites, sessions and wrong tries; a stall's phones; and
 * the changes of a stall's account that two persons make.
 *
 * Only digests of what people hold are kept; a second factor's secret comes and goes sealed.
 * Threads and errors: as store.h.  Memory: the arena's.  Times: ms since 1970.
 * Source: SAFETY section 5.
 */
#ifndef CHOPAY_PEOPLE_H
#define CHOPAY_PEOPLE_H

#include "chopay/store.h"

/* ---- staff ----------------------------------------------------------------------------------- */

/* A session is over when nobody used it for so long, and so long after its beginning. */
#define STAFF_IDLE_MS (30 * 60 * 1000)
#define STAFF_SESSION_MS (12 * 3600 * 1000)
#define STAFF_DEVICE_MS (30 * MS_PER_DAY) /* a browser is known after it, for counting tries */

#define STAFF_LOGIN_MAX 64 /* of a-z 0-9 . _ - */
#define STAFF_MAX 1000	   /* listed */

struct staff {
	int64_t id;
	struct str login, name;
	struct str role;     /* operator | auditor | official:UNIT | manager:MARKET */
	struct str password; /* salt and scrypt; empty: none was set */
	struct str totp;     /* sealed; empty: none was set */
	int64_t totp_step;   /* the last that was used */
	int64_t created_at_ms, revoked_at_ms; /* 0: in use */
};
MUST_CHECK struct err staff_put(struct db *db, const struct staff *staff);
/* Revoked ones too.  ERR_NOT_FOUND. */
MUST_CHECK struct err staff_find(
	struct db *db, struct arena *arena, struct str login, struct staff *staff);
MUST_CHECK struct err staff_get(
	struct db *db, struct arena *arena, int64_t id, struct staff *staff);
/* Is there one in use of that name? */
MUST_CHECK struct err staff_name_taken(struct db *db, struct str name, bool *taken);
MUST_CHECK struct err staff_list(
	struct db *db, struct arena *arena, size_t max, struct staff *staff, size_t *count);
MUST_CHECK struct err staff_enrol(
	struct db *db, int64_t id, struct str password, struct str totp, int64_t totp_step);
/* ERR_NOT_FOUND: that step or a later one was used. */
MUST_CHECK struct err staff_use_step(struct db *db, int64_t id, int64_t totp_step);
/* With every session and invite.  ERR_NOT_FOUND: nobody in use. */
MUST_CHECK struct err staff_revoke(struct db *db, int64_t id, int64_t now_ms);

struct staff_invite {
	struct str hash;
	int64_t staff_id;
	struct str purpose; /* enrol | sign-in */
	struct str totp;    /* sealed: what an enrolment offers */
	int64_t created_at_ms, expires_at_ms;
};
/* Those of the same person and purpose that were not used end with it. */
MUST_CHECK struct err staff_invites_put(struct db *db, const struct staff_invite *invite);
/* Not used, not expired, of somebody in use.  ERR_NOT_FOUND. */
MUST_CHECK struct err staff_invites_find(struct db *db, struct arena *arena, struct str hash,
	int64_t now_ms, struct staff_invite *invite);
MUST_CHECK struct err staff_invites_use(struct db *db, struct str hash, int64_t now_ms);

struct staff_session {
	struct str hash;
	int64_t id, staff_id;
	struct str device;
	int64_t created_at_ms, seen_at_ms;
};
MUST_CHECK struct err staff_sessions_put(struct db *db, const struct staff_session *session);
/* Still good, of somebody in use.  ERR_NOT_FOUND. */
MUST_CHECK struct err staff_sessions_find(struct db *db, struct arena *arena, struct str hash,
	int64_t now_ms, struct staff_session *session, struct staff *staff);
/* Did somebody sign in there as that login, and neither sign out nor lose the right?  A session
 * that is idle or old counts: it tells a device that is known, and opens nothing. */
MUST_CHECK struct err staff_sessions_known(
	struct db *db, struct str hash, struct str login, bool *known);
/* Of that person, still good, newest first. */
MUST_CHECK struct err staff_sessions_list(struct db *db, struct arena *arena, int64_t staff_id,
	int64_t now_ms, size_t max, struct staff_session *sessions, size_t *count);
MUST_CHECK struct err staff_sessions_seen(struct db *db, struct str hash, int64_t now_ms);
MUST_CHECK struct err staff_sessions_end(struct db *db, struct str hash, int64_t now_ms);
/* ERR_NOT_FOUND: that person has no such session. */
MUST_CHECK struct err staff_sessions_revoke(
	struct db *db, int64_t staff_id, int64_t id, int64_t now_ms);
MUST_CHECK struct err staff_sessions_end_all(struct db *db, int64_t staff_id, int64_t now_ms);

/* ---- wrong tries -------------------------------------------------------------------------------
 */

struct sign_in_try {
	struct str subject; /* a digest */
	int64_t tries, last_at_ms, until_ms;
};
/* All 0 when there was none. */
MUST_CHECK struct err sign_in_tries_find(
	struct db *db, struct str subject, struct sign_in_try *found);
MUST_CHECK struct err sign_in_tries_put(struct db *db, const struct sign_in_try *one);
MUST_CHECK struct err sign_in_tries_forget(struct db *db, struct str subject);
/* Those whose last was before. */
MUST_CHECK struct err sign_in_tries_prune(struct db *db, int64_t before_ms);

/* ---- a stall's phones ---------------------------------------------------------------------------
 */

struct stall_invite {
	struct str hash;
	int64_t stall_id;
	bool helper; /* otherwise the owner */
	int64_t created_at_ms, expires_at_ms;
};
MUST_CHECK struct err invites_put(struct db *db, const struct stall_invite *invite);
/* Not used, not expired. */
MUST_CHECK struct err invites_find(
	struct db *db, struct str hash, int64_t now_ms, struct stall_invite *invite);
MUST_CHECK struct err invites_use(struct db *db, struct str hash, int64_t now_ms);

struct stall_session {
	struct str hash;
	int64_t id, stall_id;
	bool helper;
	struct str device;
	int64_t created_at_ms, expires_at_ms, seen_at_ms;
};
MUST_CHECK struct err sessions_put(struct db *db, const struct stall_session *session);
/* Not revoked, not expired.  ERR_NOT_FOUND. */
MUST_CHECK struct err sessions_find(struct db *db, struct arena *arena, struct str hash,
	int64_t now_ms, struct stall_session *session);
/* Of that stall, still good, newest first. */
MUST_CHECK struct err sessions_list(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t now_ms, size_t max, struct stall_session *sessions, size_t *count);
MUST_CHECK struct err sessions_seen(struct db *db, struct str hash, int64_t now_ms);
MUST_CHECK struct err sessions_end(struct db *db, struct str hash, int64_t now_ms);
/* ERR_NOT_FOUND: that stall has no such phone. */
MUST_CHECK struct err sessions_revoke(struct db *db, int64_t stall_id, int64_t id, int64_t now_ms);

/* ---- which account a stall has --------------------------------------------------------------- */

struct account_change {
	int64_t id, stall_id;
	struct str bank_bin, account_no, holder; /* the new one */
	int64_t from_account_id;		 /* which it had when this was proposed */
	struct str state;			 /* proposed | approved | done | cancelled */
	struct str why, person;
	int64_t proposed_at_ms, delay_ms; /* the delay counts from its approval */
	struct str second_person;
	int64_t approved_at_ms, due_at_ms; /* 0: not yet */
	struct str ended_by;		   /* who cancelled it */
	int64_t ended_at_ms;
};
MUST_CHECK struct err account_changes_put(struct db *db, const struct account_change *change);
/* ERR_NOT_FOUND: it is no longer in the state `from`. */
MUST_CHECK struct err account_changes_move(
	struct db *db, const struct account_change *change, struct str from);
MUST_CHECK struct err account_changes_get(
	struct db *db, struct arena *arena, int64_t id, struct account_change *change);
/* The one of a stall that is neither done nor cancelled.  ERR_NOT_FOUND. */
MUST_CHECK struct err account_changes_open(
	struct db *db, struct arena *arena, int64_t stall_id, struct account_change *change);
/* Newest first; `before` 0: from the newest. */
MUST_CHECK struct err account_changes_list(struct db *db, struct arena *arena, int64_t before,
	size_t max, struct account_change *changes, size_t *count);
MUST_CHECK struct err account_changes_due(struct db *db, struct arena *arena, int64_t now_ms,
	size_t max, struct account_change *changes, size_t *count);

#endif
