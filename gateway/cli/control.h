/*
 * control.h - a command asks the gateway of a data folder over its control socket.
 *
 * If one is running there, it is asked; if none is, one is started inside this process for the
 * time of the command, without a network address.  Either way the folder has one gateway.
 */
#ifndef CHOPAY_CLI_CONTROL_H
#define CHOPAY_CLI_CONTROL_H

#include "chopay/json.h"
#include "where.h"

struct control;

struct control_answer {
	int status;
	struct buf body;
	/* NULL, or told of the body so far, whenever more of it has come. */
	void (*came)(struct control_answer *answer, void *arg);
	void *came_arg;
};
void control_answer_fini(struct control_answer *answer);

/* Complains on stderr when it fails and returns the exit status; 0 when open.  A store that is
 * not there is made by `control_create` only: a mistyped folder must not look like an empty one. */
int control_open(const char *command, const struct where *where, struct control **control);
int control_create(const char *command, const struct where *where, struct control **control);
/* Only one that is running: it is never started. */
int control_join(const char *command, const char *data, struct control **control);
void control_close(struct control *control);
void control_cleanup(struct control **control);

/* `body` may be empty; `content_type` then NULL.  Non-zero: an exit status, after complaining. */
int control_send(struct control *control, const char *method, const char *path,
	const char *content_type, struct str body, struct control_answer *answer);
/* The same, and anything but 2xx is complained about in the words of its problem document. */
int control_json(struct control *control, const char *method, const char *path, json_t *body,
	json_t **answer);
int control_complain(
	struct control *control, const char *about, const struct control_answer *answer);

/* One JSON line on stdout for each item of the answer's list; 0. */
int control_print_lines(const json_t *answer, const char *name);
/* DELETE folder/id, and say "revoked".  An exit status, after complaining. */
int control_revoke(
	const char *command, const struct where *where, const char *folder, const char *id);

/* A path segment, percent-encoded. */
void path_add(struct buf *path, struct str segment);

#endif
