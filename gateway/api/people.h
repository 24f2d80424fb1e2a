/* Changes of who may come in: staff, their links and devices; a stall's invites and phones.  For
 * /v1, the pages and the command line alike: fill in a task, send it, reply in `reply`. */
#ifndef CHOPAY_API_PEOPLE_H
#define CHOPAY_API_PEOPLE_H

#include "api.h"
#include "chopay/people.h"

#define STAFF_INVITE_HOURS 48
#define DEVICES_SHOWN 100

struct people_task {
	struct command command; /* first */
	struct request *req;
	struct api *api;
	struct proof proof;
	struct err (*change)(struct tx *tx, struct people_task *task);
	void (*reply)(struct people_task *task); /* `command.result` says what became of it */
	/* in */
	struct str login, name, role; /* of staff */
	bool sign_in;		      /* a link that signs in at once: on this machine only */
	struct str stall;	      /* reference, code or MARKET.CODE; empty: one's own */
	bool helper;		      /* of a stall's invite */
	int64_t device;
	/* out */
	struct principal who;
	struct staff staff;
	struct stall of;  /* of a stall's invite */
	struct str token; /* of a link; shown once */
	int64_t expires_at_ms;
	unsigned char hash[SHA256_SIZE];
};
struct people_task *people_task_new(struct request *req,
	struct err (*change)(struct tx *tx, struct people_task *task),
	void (*reply)(struct people_task *task));
void people_task_send(struct people_task *task);

/* A person, and the link that sets a password.  ERR_CONFLICT: the login or the name is somebody's.
 */
MUST_CHECK struct err user_add(struct tx *tx, struct people_task *task);
/* A new link: for a lost password or phone.  What was valid stays so until it is used. */
MUST_CHECK struct err user_link(struct tx *tx, struct people_task *task);
MUST_CHECK struct err user_revoke(struct tx *tx, struct people_task *task);
MUST_CHECK struct err user_device_revoke(struct tx *tx, struct people_task *task);
/* One's own: of whoever signed in. */
MUST_CHECK struct err own_device_revoke(struct tx *tx, struct people_task *task);
MUST_CHECK struct err stall_invite(struct tx *tx, struct people_task *task);
MUST_CHECK struct err stall_device_revoke(struct tx *tx, struct people_task *task);

/* Rows of lists, as JSON. */
json_t *staff_json(const struct staff *staff);
json_t *staff_device_json(const struct staff_session *session);
json_t *phone_json(const struct stall_session *session);

#endif
