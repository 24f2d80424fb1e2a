/* What the ways of signing in share: a password, an invite, a link of this machine. */
#ifndef CHOPAY_API_SIGN_IN_H
#define CHOPAY_API_SIGN_IN_H

#include "api.h"
#include "chopay/people.h"

#define LOGIN_BYTES_MAX STAFF_LOGIN_MAX

/* The digest of the {token} in the path, in the request's arena. */
struct str token_digest(struct request *req);
/* What a second factor's secret is sealed to: it opens for nobody else. */
struct str factor_context(struct arena *arena, int64_t staff_id);

/* A session that begins: in the command of whoever lets it begin. */
struct entrance {
	struct str token, device;
	unsigned char hash[SHA256_SIZE];
	bool had; /* a session before: it ends */
	unsigned char before[SHA256_SIZE];
};
void entrance_prepare(struct request *req, struct entrance *entrance);
MUST_CHECK struct err entrance_open(
	struct tx *tx, const struct entrance *entrance, const struct staff *staff, const char *how);
/* 303 with the cookie; `next` may be empty or anything a person sent. */
void entrance_reply(struct request *req, const struct entrance *entrance, struct str next);

/* One of our own pages, by its path; otherwise empty. */
struct str own_path(struct str next);
/* "staff:12 Nguyễn Thị Huệ", as the audit log names a person. */
struct str staff_who(struct arena *arena, const struct staff *staff);

#endif
