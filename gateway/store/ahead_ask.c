/* What many credits of one transaction will ask, asked in a few statements, which all go out before
 * the first is waited for. */
#include "ahead_known.h"

/* Asked in one statement: a parameter costs though it is NULL. */
#define ROWS_FEW 4
#define ROWS_MANY 32
#define STALLS_MAX 64 /* of one account; more are not kept */

#define TRIPLES_FEW "($1, $2, $3), ($4, $5, $6), ($7, $8, $9), ($10, $11, $12)"
#define TRIPLES_MANY                                                           \
	"($1, $2, $3), ($4, $5, $6), ($7, $8, $9), ($10, $11, $12), "          \
	"($13, $14, $15), ($16, $17, $18), ($19, $20, $21), ($22, $23, $24), " \
	"($25, $26, $27), ($28, $29, $30), ($31, $32, $33), ($34, $35, $36), " \
	"($37, $38, $39), ($40, $41, $42), ($43, $44, $45), ($46, $47, $48), " \
	"($49, $50, $51), ($52, $53, $54), ($55, $56, $57), ($58, $59, $60), " \
	"($61, $62, $63), ($64, $65, $66), ($67, $68, $69), ($70, $71, $72), " \
	"($73, $74, $75), ($76, $77, $78), ($79, $80, $81), ($82, $83, $84), " \
	"($85, $86, $87), ($88, $89, $90), ($91, $92, $93), ($94, $95, $96)"
#define LIST_FEW "($1, $2, $3, $4)"
#define LIST_MANY                                                                  \
	"($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, " \
	"$17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, "   \
	"$31, $32)"

/* ---- questions ------------------------------------------------------------------------------- */

/* What is new to us, asked when there is enough for a statement. */
struct asked {
	struct known *items[ROWS_MANY];
	int count;
};

/* A list is filled up with its last one: with NULLs it would be planned anew each time. */
static const struct known *
nth_of(const struct asked *asked, int n)
{
	return asked->items[n < asked->count ? n : asked->count - 1];
}

static void
bind_deliveries(struct db_stmt *stmt, const struct asked *asked, int rows)
{
	for (int i = 0; i < rows; i++)
		db_bind_blob(stmt, 1 + i, nth_of(asked, i)->b);
}

static void
bind_accounts(struct db_stmt *stmt, const struct asked *asked, int rows)
{
	for (int i = 0; i < rows; i++)
		db_bind_str(stmt, 1 + i, nth_of(asked, i)->a);
}

/* Rows are filled up with NULLs, which are nobody's key and cost no look-up. */
static void
bind_triples(struct db_stmt *stmt, const struct asked *asked, int rows)
{
	for (int i = 0; i < rows; i++) {
		const struct known *known = nth_of(asked, i);
		const struct str parts[] = {known->a, known->b, known->c};

		for (int n = 0; n < 3; n++) {
			if (i < asked->count)
				db_bind_str(stmt, 1 + 3 * i + n, parts[n]);
			else
				db_bind_null(stmt, 1 + 3 * i + n);
		}
	}
}

static void
read_delivery(struct db *db, struct db_stmt *stmt)
{
	(void)ahead_take(db, FREE_DELIVERY, db_str(stmt, 0), db_str(stmt, 1));
}

static void
read_key(struct db *db, struct db_stmt *stmt)
{
	if (!db_is_null(stmt, 3))
		(void)ahead_take(db, FREE_KEY, db_str(stmt, 0), db_str(stmt, 1));
	if (!db_is_null(stmt, 4))
		(void)ahead_take(db, FREE_REF, db_str(stmt, 0), db_str(stmt, 2));
}

static void
read_others(struct db *db, struct db_stmt *stmt)
{
	struct known *known = ahead_find(db, OTHERS, db_str(stmt, 0), db_str(stmt, 1));

	if (known != NULL)
		known->others = true;
}

static void
keep_stall(struct db *db, struct known *account, struct db_stmt *stmt)
{
	struct arena *arena = db->ahead->arena;
	struct kept_stall *kept = arena_alloc(arena, sizeof(*kept));
	struct known *alone;

	*kept = (struct kept_stall){
		.next = account->stalls,
		.bank_bin = arena_copy(arena, db_str(stmt, 1)),
		.days = {.stall_id = db_int(stmt, 2),
			.reference = arena_copy(arena, db_str(stmt, 3)),
			.close_day = (int32_t)db_int(stmt, 4),
			.day_cut_min = (int32_t)db_int(stmt, 5)},
	};
	account->stalls = kept;
	account->holds = ++account->stall_count <= STALLS_MAX;
	alone = ahead_add(db, STALL, ahead_id(&kept->days.stall_id), STR(""));
	if (alone != NULL)
		alone->stalls = kept;
}

static void
read_account(struct db *db, struct db_stmt *stmt)
{
	struct known *account = ahead_find(db, ACCOUNT, db_str(stmt, 0), STR(""));

	if (account != NULL)
		keep_stall(db, account, stmt);
}

/* A look-up for each, whatever the planner thinks of a table that was empty when it was asked
 * first. */
#define TAKEN_DELIVERIES "SELECT endpoint_id, raw_sha256 FROM delivery WHERE raw_sha256 IN "
#define TAKEN_KEYS(triples)                                                    \
	"WITH asked (account_no, key, bank_ref) AS (VALUES " triples ")"       \
	" SELECT account_no, key, bank_ref,"                                   \
	" (SELECT 1 FROM transfer_key k WHERE k.account_no = asked.account_no" \
	"  AND k.key = asked.key),"                                            \
	" (SELECT 1 FROM transfer_key k WHERE k.account_no = asked.account_no" \
	"  AND k.bank_ref = asked.bank_ref AND k.bank_ref <> '') FROM asked"
/* As transfers_others_tell asks it. */
#define OTHERS_TELL(triples)                                                   \
	"WITH asked (account_no, low, high) AS (VALUES " triples ")"           \
	" SELECT account_no, low FROM asked WHERE coalesce("                   \
	"(SELECT 1 FROM transfer_key k WHERE k.account_no = asked.account_no"  \
	" AND k.key < asked.low LIMIT 1),"                                     \
	" (SELECT 1 FROM transfer_key k WHERE k.account_no = asked.account_no" \
	" AND k.key >= asked.high LIMIT 1), 0) = 1"
#define STALLS_OF_ACCOUNTS                                                               \
	"SELECT a.account_no, a.bank_bin, s.id, s.reference, s.close_day, m.day_cut_min" \
	" FROM account a JOIN stall_account sa ON sa.account_id = a.id"                  \
	" JOIN stall s ON s.id = sa.stall_id JOIN market m ON m.id = s.market_id"        \
	" WHERE a.account_no IN "

enum question { DELIVERIES, KEYS, OTHER_FEEDS, ACCOUNTS, QUESTIONS };

static const struct {
	const char *few, *many;
	void (*bind)(struct db_stmt *stmt, const struct asked *asked, int rows);
	void (*read)(struct db *db, struct db_stmt *stmt); /* a row */
} questions[QUESTIONS] = {
	[DELIVERIES] = {TAKEN_DELIVERIES LIST_FEW, TAKEN_DELIVERIES LIST_MANY, bind_deliveries,
		read_delivery},
	[KEYS] = {TAKEN_KEYS(TRIPLES_FEW), TAKEN_KEYS(TRIPLES_MANY), bind_triples, read_key},
	[OTHER_FEEDS] = {OTHERS_TELL(TRIPLES_FEW), OTHERS_TELL(TRIPLES_MANY), bind_triples,
		read_others},
	[ACCOUNTS] = {STALLS_OF_ACCOUNTS LIST_FEW, STALLS_OF_ACCOUNTS LIST_MANY, bind_accounts,
		read_account},
};

static struct err
send(struct db *db, enum question about, const struct asked *asked, struct db_stmt **stmt)
{
	bool few = asked->count <= ROWS_FEW;

	TRY(db_prepare(db, few ? questions[about].few : questions[about].many, stmt));
	questions[about].bind(*stmt, asked, few ? ROWS_FEW : ROWS_MANY);
	return db_ask(*stmt);
}

static struct err
read_rows(struct db *db, enum question about, struct db_stmt *stmt)
{
	struct db_rows rows = db_rows(stmt);

	while (db_rows_next(&rows))
		questions[about].read(db, stmt);
	return rows.err;
}

/* All kinds go out before the first is waited for. */
static struct err
ask(struct db *db, struct asked asked[QUESTIONS])
{
	struct db_stmt *stmts[QUESTIONS] = {NULL};

	for (int about = 0; about < QUESTIONS; about++) {
		if (asked[about].count > 0)
			TRY(send(db, (enum question)about, &asked[about], &stmts[about]));
	}
	for (int about = 0; about < QUESTIONS; about++) {
		if (stmts[about] != NULL)
			TRY(read_rows(db, (enum question)about, stmts[about]));
		asked[about].count = 0;
	}
	return OK;
}

static void
want(struct asked *asked, struct known *known, struct str c)
{
	if (known == NULL) /* somebody asked already */
		return;
	known->c = c;
	asked->items[asked->count++] = known;
}

/* "sepay:" -> "sepay;", the first that is beyond its keys: ';' follows ':'. */
static struct str
beyond(struct arena *arena, struct str key_prefix)
{
	return arena_join(arena,
		(const struct str[]){str_cut(key_prefix, 0, key_prefix.len - 1), STR(";")}, 2);
}

static void
want_credit(struct db *db, struct asked asked[QUESTIONS], const struct ahead_credit *credit)
{
	struct str high = beyond(db->ahead->arena, credit->key_prefix);

	if (credit->bank_ref.len > 0)
		(void)ahead_add(db, FREE_REF, credit->account_no, credit->bank_ref);
	want(&asked[KEYS], ahead_add(db, FREE_KEY, credit->account_no, credit->key),
		credit->bank_ref);
	want(&asked[OTHER_FEEDS], ahead_add(db, OTHERS, credit->account_no, credit->key_prefix),
		high);
	want(&asked[ACCOUNTS], ahead_add(db, ACCOUNT, credit->account_no, STR("")), STR(""));
}

bool
ahead_serves(const struct db *db)
{
	return db->driver->put != NULL;
}

struct err
ahead_read(struct db *db, const struct ahead_question *question)
{
	struct asked asked[QUESTIONS] = {{.count = 0}};
	struct arena *arena = arena_new();

	ahead_forget(db);
	db->ahead = arena_alloc(arena, sizeof(*db->ahead));
	db->ahead->arena = arena;
	for (size_t i = 0; i < question->delivery_count || i < question->credit_count; i++) {
		if (i % ROWS_MANY == 0)
			TRY(ask(db, asked));
		if (i < question->delivery_count)
			want(&asked[DELIVERIES],
				ahead_add(db, FREE_DELIVERY, question->deliveries[i].endpoint_id,
					question->deliveries[i].raw_sha256),
				STR(""));
		if (i < question->credit_count)
			want_credit(db, asked, &question->credits[i]);
	}
	return ask(db, asked);
}
