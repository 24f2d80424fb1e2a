/* What many credits of one transaction will ask, asked in a few statements: a database at the other
 * end of a wire is waited for by a group, not by each of them.
 *
 * Nothing is decided here.  A key that was free is put in by a statement that fails where another
 * writer was quicker (the unique keys decide, as ever), and then the group is undone. */
#include <string.h>

#include "ahead.h"

#define BUCKETS 2048
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

enum about { FREE_DELIVERY, FREE_KEY, FREE_REF, OTHERS, ACCOUNT, STALL };

struct kept_stall {
	struct kept_stall *next;
	struct str bank_bin;
	struct stall_days days;
};

/* One thing that is known: of `a` alone, or of `a` and `b`. */
struct known {
	struct known *next;
	enum about about;
	bool holds; /* no longer, once it is false */
	bool others;
	struct str a, b;
	struct str c; /* asked with it */
	struct kept_stall *stalls;
	size_t stall_count;
};

struct ahead {
	struct arena *arena;
	struct known *buckets[BUCKETS];
};

/* ---- what is known --------------------------------------------------------------------------- */

static uint64_t
fnv(uint64_t hash, struct str bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		hash = (hash ^ (unsigned char)bytes.ptr[i]) * UINT64_C(1099511628211);
	return hash;
}

/* All feeds that tell of an account lie together. */
static struct known **
bucket_of(struct ahead *ahead, enum about about, struct str a, struct str b)
{
	uint64_t hash = fnv(UINT64_C(14695981039346656037) + about, a);

	if (about != OTHERS)
		hash = fnv(hash, b);
	return &ahead->buckets[(hash >> 20) % BUCKETS];
}

static bool
is_about(const struct known *known, enum about about, struct str a, struct str b)
{
	return known->about == about && str_eq(known->a, a) && str_eq(known->b, b);
}

static struct known *
find(struct db *db, enum about about, struct str a, struct str b)
{
	struct known *known = db->ahead == NULL ? NULL : *bucket_of(db->ahead, about, a, b);

	while (known != NULL && !is_about(known, about, a, b))
		known = known->next;
	return known;
}

static struct known *
find_holding(struct db *db, enum about about, struct str a, struct str b)
{
	struct known *known = find(db, about, a, b);

	return known != NULL && known->holds ? known : NULL;
}

/* NULL when it is there already. */
static struct known *
add(struct db *db, enum about about, struct str a, struct str b)
{
	struct ahead *ahead = db->ahead;
	struct known **bucket = bucket_of(ahead, about, a, b);
	struct known *made;

	if (find(db, about, a, b) != NULL)
		return NULL;
	made = arena_alloc(ahead->arena, sizeof(*made));
	*made = (struct known){.next = *bucket,
		.about = about,
		.holds = true,
		.a = arena_copy(ahead->arena, a),
		.b = arena_copy(ahead->arena, b)};
	*bucket = made;
	return made;
}

void
ahead_free(struct ahead *ahead)
{
	if (ahead != NULL)
		arena_free(ahead->arena);
}

void
ahead_forget(struct db *db)
{
	ahead_free(db->ahead);
	db->ahead = NULL;
}

/* ---- answers --------------------------------------------------------------------------------- */

/* Once: whoever asks puts it in. */
static bool
take(struct db *db, enum about about, struct str a, struct str b)
{
	struct known *known = find_holding(db, about, a, b);

	if (known == NULL)
		return false;
	known->holds = false;
	return true;
}

bool
ahead_free_delivery(struct db *db, struct str endpoint_id, struct str raw_sha256)
{
	return take(db, FREE_DELIVERY, endpoint_id, raw_sha256);
}

bool
ahead_nobody_has(struct db *db, struct str account_no, struct str key, struct str bank_ref)
{
	return find_holding(db, FREE_KEY, account_no, key) != NULL &&
	       (bank_ref.len == 0 || find_holding(db, FREE_REF, account_no, bank_ref) != NULL);
}

bool
ahead_free_key(struct db *db, struct str account_no, struct str key, struct str bank_ref)
{
	bool key_free = take(db, FREE_KEY, account_no, key);

	return (bank_ref.len == 0 || take(db, FREE_REF, account_no, bank_ref)) && key_free;
}

void
ahead_claimed(struct db *db, struct str account_no, struct str key)
{
	struct known *known;

	if (db->ahead == NULL)
		return;
	known = *bucket_of(db->ahead, OTHERS, account_no, STR(""));
	for (; known != NULL; known = known->next) {
		if (known->about == OTHERS && str_eq(known->a, account_no) &&
			!str_starts(key, known->b))
			known->others = true;
	}
}

bool
ahead_others_tell(struct db *db, struct str account_no, struct str prefix, bool *others)
{
	const struct known *known = find_holding(db, OTHERS, account_no, prefix);

	if (known != NULL)
		*others = known->others;
	return known != NULL;
}

static struct stall_days
copy_days(struct arena *arena, const struct stall_days *days)
{
	struct stall_days copy = *days;

	copy.reference = arena_copy(arena, days->reference);
	return copy;
}

static bool
has_stall(const struct stall_days *stalls, size_t count, int64_t stall_id)
{
	for (size_t i = 0; i < count; i++) {
		if (stalls[i].stall_id == stall_id)
			return true;
	}
	return false;
}

bool
ahead_stalls(struct db *db, struct arena *arena, struct str account_no, struct str bank_bin,
	size_t max, struct stall_days *stalls, size_t *count)
{
	const struct known *known = find_holding(db, ACCOUNT, account_no, STR(""));

	*count = 0;
	if (known == NULL)
		return false;
	for (const struct kept_stall *kept = known->stalls; kept != NULL && *count < max;
		kept = kept->next) {
		if ((bank_bin.len == 0 || str_eq(bank_bin, kept->bank_bin)) &&
			!has_stall(stalls, *count, kept->days.stall_id))
			stalls[(*count)++] = copy_days(arena, &kept->days);
	}
	return true;
}

static struct str
id_bytes(const int64_t *id)
{
	return (struct str){(const char *)id, sizeof(*id)};
}

bool
ahead_stall(struct db *db, struct arena *arena, int64_t stall_id, struct stall_days *stall)
{
	const struct known *known = find_holding(db, STALL, id_bytes(&stall_id), STR(""));

	if (known != NULL)
		*stall = copy_days(arena, &known->stalls->days);
	return known != NULL;
}

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
	(void)take(db, FREE_DELIVERY, db_str(stmt, 0), db_str(stmt, 1));
}

static void
read_key(struct db *db, struct db_stmt *stmt)
{
	if (!db_is_null(stmt, 3))
		(void)take(db, FREE_KEY, db_str(stmt, 0), db_str(stmt, 1));
	if (!db_is_null(stmt, 4))
		(void)take(db, FREE_REF, db_str(stmt, 0), db_str(stmt, 2));
}

static void
read_others(struct db *db, struct db_stmt *stmt)
{
	struct known *known = find(db, OTHERS, db_str(stmt, 0), db_str(stmt, 1));

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
	alone = add(db, STALL, id_bytes(&kept->days.stall_id), STR(""));
	if (alone != NULL)
		alone->stalls = kept;
}

static void
read_account(struct db *db, struct db_stmt *stmt)
{
	struct known *account = find(db, ACCOUNT, db_str(stmt, 0), STR(""));

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
	bool row;

	for (;;) {
		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		questions[about].read(db, stmt);
	}
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
		(void)add(db, FREE_REF, credit->account_no, credit->bank_ref);
	want(&asked[KEYS], add(db, FREE_KEY, credit->account_no, credit->key), credit->bank_ref);
	want(&asked[OTHER_FEEDS], add(db, OTHERS, credit->account_no, credit->key_prefix), high);
	want(&asked[ACCOUNTS], add(db, ACCOUNT, credit->account_no, STR("")), STR(""));
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
				add(db, FREE_DELIVERY, question->deliveries[i].endpoint_id,
					question->deliveries[i].raw_sha256),
				STR(""));
		if (i < question->credit_count)
			want_credit(db, asked, &question->credits[i]);
	}
	return ask(db, asked);
}
