/* What was frozen, who looked at what, and exports: written on the writer. */
#include "books.h"
#include "chopay/report_commands.h"

struct err
audit_apply(struct tx *tx, struct command *self)
{
	struct audit_line line = ((struct audit_command *)self)->line;

	line.id = tx_next_id(tx);
	line.at_ms = tx->now_ms;
	return audit_put(tx->db, &line);
}

struct err
tx_audit(struct tx *tx, struct str who, const char *what, struct str subject, struct str detail)
{
	const struct audit_line line = {
		tx_next_id(tx), tx->now_ms, who, str_from(what), subject, detail};

	return audit_put(tx->db, &line);
}

/* ---- snapshots ----------------------------------------------------------------------------------
 */

void
books_sign_report(const struct books *books, struct str report, unsigned char sha256[SHA256_SIZE],
	unsigned char signature[ED25519_SIGNATURE_SIZE])
{
	const struct crypt *crypt = books->config.crypt;

	crypt_sha256(crypt, report, sha256);
	crypt_ed25519_sign(crypt, books->ledger_seed,
		(struct str){(const char *)sha256, SHA256_SIZE}, signature);
}

struct err
snapshot_apply(struct tx *tx, struct command *self)
{
	struct snapshot_command *asked = (struct snapshot_command *)self;
	struct snapshot *snapshot = &asked->snapshot, last;
	struct str why = STR("freezes a report");
	struct err err;

	TRY(words_check(&snapshot->person, &why));
	err = snapshots_last(tx->db, self->arena, snapshot, &last);
	if (err.code != ERR_OK && err.code != ERR_NOT_FOUND)
		return err;
	if ((err.code == ERR_OK ? last.id : 0) != asked->last_id)
		return FAIL(ERR_CONFLICT, "somebody froze the same report just now: ask again");
	snapshot->id = tx_next_id(tx);
	snapshot->revision = err.code == ERR_OK ? last.revision + 1 : 0;
	TRY(snapshots_put(tx->db, snapshot));
	return tx_audit(tx, asked->who, "snapshot",
		arena_printf(self->arena, "%.*s %.*s", STR_FMT(snapshot->scope),
			STR_FMT(snapshot->period)),
		arena_printf(self->arena, "snapshot=%lld revision=%lld person=%.*s",
			(long long)snapshot->id, (long long)snapshot->revision,
			STR_FMT(snapshot->person)));
}

/* ---- exports ------------------------------------------------------------------------------------
 */

static bool
is_open(const struct export_job *job)
{
	return str_eq(job->state, STR("waiting")) || str_eq(job->state, STR("running"));
}

struct err
export_ask_apply(struct tx *tx, struct command *self)
{
	struct export_command *asked = (struct export_command *)self;
	struct export_job *jobs = arena_alloc(self->arena, EXPORTS_KEPT_MAX * sizeof(*jobs));
	size_t count, open = 0;

	TRY(exports_list(tx->db, self->arena, 0, EXPORTS_KEPT_MAX, jobs, &count));
	for (size_t i = 0; i < count; i++)
		open += is_open(&jobs[i]);
	asked->full = open >= EXPORTS_OPEN_MAX || count == EXPORTS_KEPT_MAX;
	if (asked->full)
		return OK;
	asked->job.id = tx_next_id(tx);
	asked->job.state = STR("waiting");
	asked->job.created_at_ms = asked->job.updated_at_ms = tx->now_ms;
	TRY(exports_put(tx->db, &asked->job));
	return tx_audit(tx, asked->job.who, "export", asked->subject,
		arena_printf(self->arena, "export=%lld", (long long)asked->job.id));
}

struct err
export_step_apply(struct tx *tx, struct command *self)
{
	struct export_command *asked = (struct export_command *)self;
	struct export_job was;

	TRY(work_check(tx, asked->lease));
	TRY(exports_get(tx->db, self->arena, asked->job.id, &was));
	if (!is_open(&was)) {
		asked->job = was;
		return OK;
	}
	asked->job.updated_at_ms = tx->now_ms;
	return exports_set(tx->db, &asked->job);
}

struct err
export_cancel_apply(struct tx *tx, struct command *self)
{
	struct export_command *asked = (struct export_command *)self;

	TRY(exports_get(tx->db, self->arena, asked->job.id, &asked->job));
	if (!is_open(&asked->job))
		return FAIL(ERR_CONFLICT, "the export is over already");
	asked->job.state = STR("cancelled");
	asked->job.updated_at_ms = tx->now_ms;
	return exports_set(tx->db, &asked->job);
}

struct err
exports_forget_apply(struct tx *tx, struct command *self)
{
	struct exports_forget_command *asked = (struct exports_forget_command *)self;

	TRY(work_check(tx, asked->lease));
	return exports_forget(
		tx->db, tx->now_ms - EXPORT_KEPT_MS, EXPORTS_FORGET_MAX, asked->ids, &asked->count);
}
