/*
 * app.h - the running gateway: books, loops, signals, wired together.
 *
 * One struct app per process and data folder.
 */
#ifndef CHOPAY_APP_H
#define CHOPAY_APP_H

#include "chopay/books.h"

#define APP_WORKERS_MAX 64
#define APP_PREFIX_DEFAULT "CH"
#define APP_CONTROL_SOCKET "control.sock" /* in the data folder */

/* Text fields are owned by the config (config_fini). */
struct app_config {
	char *data;   /* folder */
	char *store;  /* postgresql:// URI; NULL: SQLite in the folder */
	char *listen; /* "127.0.0.1:8080"; NULL: the control socket only */
	char *tls_cert, *tls_key, *tls_client_ca;
	char *tls_outgoing_ca; /* whom we trust when we call others; NULL: the system's list */
	char *dev_ca; /* a development CA's certificate, in PEM, to give away; NULL: none */
	char *prefix;
	int workers;		     /* 0: one per processor, at most 4 */
	int readers;		     /* 0: 3 */
	int writers;		     /* on PostgreSQL; 0: BOOKS_WRITERS_DEFAULT */
	struct vnd two_person_above; /* of a credit in suspense; 0: TWO_PERSON_ABOVE_DEFAULT */
	int disk_alarm_percent;	     /* an alarm when less of the disk is free; 0: 10 */
	bool log_requests;
	bool images_off;	  /* pictures for quick links, of any account, are not served */
	bool allow_http_loopback; /* development: our own calls may go to this machine over http */
	int64_t clock_at_ms;	  /* development: the clock starts here; 0: the machine's */
};

void config_fini(struct app_config *config);
/* An INI file; `why` names the line and the key that is wrong.  Relative paths start at the file.
 */
MUST_CHECK struct err config_load(const char *file, struct app_config *config, struct buf *why);
/* The store's password stands in a file that any user of the machine may read. */
bool config_tells_password(const char *file, const struct app_config *config);
/* One setting by name ("listen", "workers", ...). */
MUST_CHECK struct err config_set(
	struct app_config *config, struct str name, struct str value, struct buf *why);
/* Without a data folder a PostgreSQL store's keys are in $XDG_STATE_HOME/chopay, or ~/.local/state;
 * the folders above it are made. */
MUST_CHECK struct err config_complete(struct app_config *config, struct buf *why);
/* What does not fit together (TLS without a key, plain HTTP on a public address, ...). */
MUST_CHECK struct err config_check(const struct app_config *config, struct buf *why);

struct app;

/* Opens the store, starts every thread, listens.  `url` gets "http://127.0.0.1:43121". */
MUST_CHECK struct err app_start(
	const struct app_config *config, struct app **app, struct buf *url, struct buf *why);
/* Until SIGINT, SIGTERM or a failed disk; SIGHUP reloads the certificates.  The exit status. */
int app_run(struct app *app);
/* From another thread: end app_run. */
void app_stop(struct app *app);
void app_free(struct app *app);

#endif
