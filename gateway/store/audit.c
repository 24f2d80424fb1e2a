/* Who looked at what and took what away: a chain for each writer, so that a line cannot be changed
 * or taken out without the next one saying so. */
#include <string.h>

#include "chopay/snapshots.h"

#include "seals_table.h"

/* ---- a line's hash ------------------------------------------------------------------------------
 */

static void
put_number(struct buf *out, int64_t number)
{
	char bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (char)((uint64_t)number >> (56 - 8 * i));
	buf_add(out, (struct str){bytes, sizeof(bytes)});
}

static void
put_text(struct buf *out, struct str text)
{
	put_number(out, (int64_t)text.len);
	buf_add(out, text);
}

/* Over the hash before it and each column: lengths first, so that no two lines read alike. */
static struct err
hash_line(struct db *db, struct str before, int64_t writer, const struct audit_line *line,
	unsigned char hash[SHA256_SIZE])
{
	struct buf text CLEANUP(buf_fini) = {0};

	if (db->seals == NULL)
		return FAIL(ERR_BROKEN, "an audit line needs the keys of the store");
	put_text(&text, before);
	put_number(&text, writer);
	put_number(&text, line->id);
	put_number(&text, line->at_ms);
	put_text(&text, line->who);
	put_text(&text, line->what);
	put_text(&text, line->subject);
	put_text(&text, line->detail);
	crypt_sha256(seals_crypt(db->seals), buf_str(&text), hash);
	return OK;
}

/* ---- writing ------------------------------------------------------------------------------------
 */

/* The end of our chain: its id and hash, 0 and "" where it has not begun. */
static struct err
chain_end(struct db *db, struct buf *hash, int64_t *id)
{
	static const char END[] =
		"SELECT id, hash FROM audit WHERE writer = $1 ORDER BY id DESC LIMIT 1";
	struct db_stmt *stmt;
	bool row;

	*id = 0;
	TRY(db_prepare(db, END, &stmt));
	db_bind_int(stmt, 1, db->writer);
	TRY(db_step(stmt, &row));
	if (!row)
		return OK;
	*id = db_int(stmt, 0);
	buf_add(hash, db_str(stmt, 1));
	db_reset(stmt);
	return OK;
}

struct err
audit_put(struct db *db, const struct audit_line *line)
{
	static const char PUT[] =
		"INSERT INTO audit (writer, id, at_ms, who, what, subject, detail, hash, seal)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
	struct buf before CLEANUP(buf_fini) = {0};
	unsigned char hash[SHA256_SIZE];
	struct db_stmt *stmt;
	int64_t last;

	TRY(chain_end(db, &before, &last));
	if (line->id <= last)
		return FAIL(ERR_INVALID, "an audit line's id is not after the one before it");
	TRY(hash_line(db, buf_str(&before), db->writer, line, hash));
	TRY(db_prepare(db, PUT, &stmt));
	db_seal_begin(stmt);
	db_bind_int(stmt, 1, db->writer);
	db_bind_int(stmt, 2, line->id);
	db_bind_int(stmt, 3, line->at_ms);
	db_bind_str(stmt, 4, line->who);
	db_bind_str(stmt, 5, line->what);
	db_bind_str(stmt, 6, line->subject);
	db_bind_str(stmt, 7, line->detail);
	db_bind_blob(stmt, 8, (struct str){(const char *)hash, sizeof(hash)});
	return db_run_sealed(stmt, 9, SEALED_AUDIT, NULL);
}

/* ---- reading ------------------------------------------------------------------------------------
 */

#define AUDIT_COLUMNS "id, at_ms, who, what, subject, detail"

static void
read_line(struct db_stmt *stmt, struct audit_line *line)
{
	*line = (struct audit_line){db_int(stmt, 0), db_int(stmt, 1), db_str(stmt, 2),
		db_str(stmt, 3), db_str(stmt, 4), db_str(stmt, 5)};
}

struct err
audit_list(struct db *db, struct arena *arena, const struct audit_filter *filter, int64_t before,
	size_t max, struct audit_line *lines, size_t *count)
{
	static const char LIST[] = "SELECT " AUDIT_COLUMNS " FROM audit"
				   " WHERE ($1 = 0 OR id < $1) AND ($3 = '' OR who = $3"
				   "  OR who = 'person:' || $3"
				   "  OR substr(who, length(who) - length($3)) = ' ' || $3)"
				   " AND ($4 = '' OR what = $4) AND ($5 = 0 OR at_ms < $5)"
				   " ORDER BY id DESC LIMIT $2";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, before);
	db_bind_int(stmt, 2, (int64_t)max);
	db_bind_str(stmt, 3, filter->who);
	db_bind_str(stmt, 4, filter->what);
	db_bind_int(stmt, 5, filter->until_ms);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++) {
		struct audit_line *line = &lines[*count];

		read_line(stmt, line);
		line->who = arena_copy(arena, line->who);
		line->what = arena_copy(arena, line->what);
		line->subject = arena_copy(arena, line->subject);
		line->detail = arena_copy(arena, line->detail);
	}
	return rows.err;
}

struct err
audit_verify(struct db *db, void (*found)(void *arg, int64_t id, const char *fault), void *arg)
{
	static const char ALL[] = "SELECT " AUDIT_COLUMNS
				  ", writer, hash FROM audit ORDER BY writer, id";
	struct buf before CLEANUP(buf_fini) = {0};
	int64_t writer = -1;
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, ALL, &stmt));
	db_walk(stmt);
	for (;;) {
		unsigned char hash[SHA256_SIZE];
		struct audit_line line;

		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		if (db_int(stmt, 6) != writer)
			buf_clear(&before);
		writer = db_int(stmt, 6);
		read_line(stmt, &line);
		TRY(hash_line(db, buf_str(&before), writer, &line, hash));
		if (!str_eq(db_str(stmt, 7), (struct str){(const char *)hash, sizeof(hash)}))
			found(arg, line.id,
				"this line or the one before it is not as it was written");
		/* Go on from what it says, so that one change is told once. */
		buf_clear(&before);
		buf_add(&before, db_str(stmt, 7));
	}
}
