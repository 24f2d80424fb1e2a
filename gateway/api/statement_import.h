/*
 * statement_import.h - one statement file on its way into the books.
 *
 * It is read as a whole by a reader, then booked in slices by the writer, so that webhooks get
 * their turn in between.  A slice commits by itself: what ended half way is imported again, and
 * the lines that are in are known.
 */
#ifndef CHOPAY_API_STATEMENT_IMPORT_H
#define CHOPAY_API_STATEMENT_IMPORT_H

#include "api.h"
#include "chopay/statement.h"

struct statement_import {
	struct lines_command lines; /* first: the slice that is under way */
	struct api *api;
	struct arena *arena; /* its own, the import too: both outlive the request */
	/* what was asked */
	struct statement_source source;
	char bank_bin[7];
	bool names_account, names_mapping, dry_run;
	/* what was read, on a reader */
	struct statement *statement;
	struct err read;
	struct str content_type, endpoint_id;
	struct statement_file files[STATEMENT_ACCOUNTS_MAX]; /* the days it tells of, by account */
	/* how far the books are */
	size_t next;	     /* event */
	int64_t delivery_id; /* keeps the file's bytes; 0: not yet */
	size_t fresh, known, held, missed;
	struct err result; /* of the slice that failed */
	/* Who waits; on the loop.  `progress` after each slice but the last, `done` once. */
	void (*progress)(struct statement_import *import);
	void (*done)(struct statement_import *import);
	bool (*gone)(const struct statement_import *import); /* nobody waits any more: stop here */
	void *arg;
};

struct statement_import *statement_import_new(struct api *api);
void statement_import_free(struct statement_import *import);

/* On a reader: the mapping if none was given, the file, its accounts, its days. */
MUST_CHECK struct err statement_import_read(struct db *db, struct statement_import *import);
/* On the loop, after a reading without problems. */
void statement_import_book(struct statement_import *import);

#endif
