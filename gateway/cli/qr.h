/* qr.h - what the `chopay qr` commands share. */
#ifndef CHOPAY_CLI_QR_H
#define CHOPAY_CLI_QR_H

#include "chopay/compose.h"

struct option; /* of getopt.h */

/* One JSON object without a line end: fields and warnings, or the error. */
void qr_put_json(struct buf *out, enum vietqr_status status, const struct vietqr_decoded *decoded);

struct qr_command {
	const char *name;
	const char *usage;
	const char *shorts; /* for getopt_long, from ":" on */
	const struct option *options;
	int (*run)(int argc, char **argv, const struct qr_command *command);
};

/* The next option, -1 at the end, '?' once it has been complained about. */
int qr_next_option(int argc, char **argv, const struct qr_command *command);

/* The one word beside the options: a code's text, or - for stdin.  An exit status. */
int qr_read_text(int argc, char **argv, const struct qr_command *command, struct buf *text);

/* To stdout; an exit status. */
int qr_print(const char *command, struct str text);
int qr_usage(const struct qr_command *command);

/* One line on stderr: "chopay qr encode: ..."; returns `status`. */
int qr_complain(int status, const char *command, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* To stdout; an exit status. */
int qr_flush(const char *command);

/* Commands; an exit status.  The batches go from stdin to stdout. */
int qr_render(int argc, char **argv);
int qr_batch_encode(void);
int qr_batch_decode(enum vietqr_mode mode);

#endif
