/* chopay ledger verify, backup, restore. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "chopay/app.h"
#include "chopay/log.h"
#include "chopay/money.h"
#include "chopay/store.h"
#include "cli.h"
#include "control.h"
#include "options.h"

static const char LEDGER_HELP[] =
	"usage: chopay ledger verify [--json] --data DIR\n\n"
	"Checks the seal of every row of money, the kept bytes, and recomputes every sum from the\n"
	"rows, those of the index too.  Exit 0 when all agree; 65 names each row that somebody changed, or that disagrees.\n";

static int64_t
number(const json_t *answer, const char *name)
{
	return json_integer_value(json_object_get(answer, name));
}

static void
print_sum(const json_t *answer, const char *name, const char *words)
{
	struct buf text CLEANUP(buf_fini) = {0};

	vnd_format(&text, (struct vnd){number(answer, name)});
	printf("%-34s %20s đ\n", words, text.ptr);
}

static int
report(const json_t *answer)
{
	const json_t *faults = json_object_get(answer, "faults");

	printf("%lld transfers, %lld payments, %lld in suspense, %lld charges, %lld cells, %lld "
	       "alarms\n",
		(long long)number(answer, "transfers"), (long long)number(answer, "payments"),
		(long long)number(answer, "suspense"), (long long)number(answer, "charges"),
		(long long)number(answer, "cells"), (long long)number(answer, "alarms"));
	print_sum(answer, "received", "received from the banks");
	print_sum(answer, "attributed", "attributed to stalls");
	print_sum(answer, "refunded", "of these given back");
	print_sum(answer, "held", "in suspense, sent back or not ours");
	print_sum(answer, "repeated", "told twice, counted once");
	for (size_t i = 0; i < json_array_size(faults); i++) {
		const json_t *fault = json_array_get(faults, i);

		complain("ledger verify: %.*s %.*s: %.*s",
			STR_FMT(json_str(json_object_get(fault, "table"))),
			STR_FMT(json_str(json_object_get(fault, "key"))),
			STR_FMT(json_str(json_object_get(fault, "fault"))));
	}
	if (number(answer, "seals_unchecked") > 0)
		complain("ledger verify: %lld rows were sealed with a key that is not in DIR/keys: "
			 "their sums agree or not, but a changed row cannot be told",
			(long long)number(answer, "seals_unchecked"));
	if (number(answer, "index_due") > 0)
		complain("ledger verify: %lld market days are not folded into the index yet: they"
			 " were not checked",
			(long long)number(answer, "index_due"));
	puts(json_array_size(faults) == 0 ? "every sum agrees" : "SUMS DO NOT AGREE");
	return json_array_size(faults) == 0 ? EX_OK : EX_DATAERR;
}

int
cli_ledger(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	struct buf line CLEANUP(buf_fini) = {0};
	struct where where = {0};
	const char *words[1];
	bool json = false;
	const struct option_spec specs[] = {WHERE_OPTIONS(where), {"json", NULL, &json}};
	size_t count;
	int status;

	if (argc < 2 || strcmp(argv[1], "verify") != 0)
		return subcommand_missing("ledger", LEDGER_HELP, argc, argv);
	status = options_read(
		"ledger verify", LEDGER_HELP, argc - 1, argv + 1, specs, 4, words, 0, &count);
	if (status != -1)
		return status;
	status = control_open("ledger verify", &where, &control);
	if (status == 0)
		status = control_json(control, "GET", "/control/ledger", NULL, &answer);
	if (status != 0)
		return status;
	if (!json)
		return report(answer);
	json_write(&line, answer);
	puts(line.ptr);
	return json_is_true(json_object_get(answer, "ok")) ? EX_OK : EX_DATAERR;
}

/* ---- backup and restore
 * ---------------------------------------------------------------------------- */

static const char BACKUP_HELP[] =
	"usage: chopay backup FILE --data DIR\n\n"
	"A consistent copy of the store into a new FILE, while the gateway runs.  The keys in\n"
	"DIR/keys are not in it: keep a copy of them apart.  A PostgreSQL store is copied by its own\n"
	"tools (pg_dump, pg_basebackup).\n";

static bool
can_write_beside(const char *file)
{
	struct buf folder CLEANUP(buf_fini) = {0};
	const char *slash = strrchr(file, '/');

	if (slash != NULL)
		buf_add(&folder, (struct str){file, (size_t)(slash - file)});
	buf_adds(&folder, "/.");
	return access(slash == NULL ? "." : folder.ptr, W_OK) == 0;
}

int
cli_backup(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf file CLEANUP(buf_fini) = {0};
	struct where where = {0};
	const char *words[1];
	const struct option_spec specs[] = {WHERE_OPTIONS(where)};
	char here[PATH_MAX];
	size_t count;
	int status = options_read(
		"backup", BACKUP_HELP, argc, argv, specs, WHERE_OPTION_COUNT, words, 1, &count);

	if (status != -1)
		return status;
	if (count == 0) {
		complain("backup: into which file?");
		return EX_USAGE;
	}
	if (access(words[0], F_OK) == 0) {
		complain("backup: %s exists; name a new file", words[0]);
		return EX_CANTCREAT;
	}
	if (!can_write_beside(words[0])) {
		complain("backup: cannot write %s: %s", words[0], strerror(errno));
		return EX_IOERR;
	}
	if (words[0][0] != '/' && getcwd(here, sizeof(here)) != NULL)
		buf_addf(&file, "%s/", here);
	buf_adds(&file, words[0]);
	json_set_str(body, "file", buf_str(&file));
	status = control_open("backup", &where, &control);
	if (status == 0)
		status = control_json(control, "POST", "/control/backup", body, &answer);
	if (status == 0)
		printf("%s\n", file.ptr);
	return status;
}

static const char RESTORE_HELP[] =
	"usage: chopay restore FILE --data DIR\n\n"
	"Puts a backup into a new or empty data folder, after checking it.  Put the keys you kept\n"
	"into DIR/keys first: without them the endpoints' secrets cannot be opened.\n";

static int
check_backup(const char *file)
{
	struct db *db = NULL;
	struct err err = store_open_sqlite(file, STORE_READ, &db);

	if (err.code == ERR_OK)
		err = store_check_schema(db);
	store_close(db);
	if (err.code == ERR_OK)
		return 0;
	complain("restore: %s: %s", file, err.what);
	return EX_DATAERR;
}

static int
copy_backup(const char *file, const char *data)
{
	struct db *db = NULL;
	struct buf target CLEANUP(buf_fini) = {0};
	struct err err;

	buf_addf(&target, "%s/chopay.db", data);
	if (mkdir(data, 0700) != 0 && errno != EEXIST) {
		complain("restore: cannot make %s: %s", data, strerror(errno));
		return EX_CANTCREAT;
	}
	if (access(target.ptr, F_OK) == 0) {
		complain("restore: %s holds a store already; restore into an empty folder", data);
		return EX_CANTCREAT;
	}
	err = store_open_sqlite(file, STORE_READ, &db);
	if (err.code == ERR_OK)
		err = store_backup(db, target.ptr);
	store_close(db);
	if (err.code != ERR_OK) {
		unlink(target.ptr);
		complain("restore: %s", err.what);
		return EX_IOERR;
	}
	return 0;
}

/* The next command on the folder would make new ones, which open nothing of what was kept. */
static void
tell_of_keys(const char *data)
{
	struct buf keys CLEANUP(buf_fini) = {0};

	buf_addf(&keys, "%s/keys/master.key", data);
	if (access(keys.ptr, F_OK) != 0)
		complain(
			"restore: there is no %s: put the keys you kept there before anything else, "
			"or no endpoint can be opened and no row's seal checked",
			keys.ptr);
}

int
cli_restore(int argc, char **argv)
{
	struct app_config config CLEANUP(config_fini) = {0};
	struct where where = {0};
	const char *words[1];
	const struct option_spec specs[] = {WHERE_OPTIONS(where)};
	size_t count;
	int status = options_read(
		"restore", RESTORE_HELP, argc, argv, specs, WHERE_OPTION_COUNT, words, 1, &count);

	if (status != -1)
		return status;
	if (count == 0 || !where_given(&where)) {
		complain("restore: give the backup FILE and --data DIR");
		return EX_USAGE;
	}
	status = where_config("restore", &where, &config);
	if (status != 0)
		return status;
	if (config.store != NULL) {
		complain("restore: a PostgreSQL store is restored by PostgreSQL's own tools "
			 "(pg_restore, a pg_basebackup)");
		return EX_USAGE;
	}
	if (access(words[0], R_OK) != 0) {
		complain("restore: cannot read %s: %s", words[0], strerror(errno));
		return EX_IOERR;
	}
	log_quiet(); /* one line for a person */
	status = check_backup(words[0]);
	if (status == 0)
		status = copy_backup(words[0], config.data);
	if (status == 0)
		tell_of_keys(config.data);
	if (status == 0)
		printf("restored into %s; `chopay ledger verify --data %s` checks every sum\n",
			config.data, config.data);
	return status;
}
