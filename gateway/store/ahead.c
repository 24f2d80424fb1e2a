/* What many credits of one transaction will ask, asked in a few statements: a database at the other
 * end of a wire is waited for by a group, not by each of them.
 *
 * Nothing is decided here.  A key that was free is put in by a statement that fails where another
 * writer was quicker (the unique keys decide, as ever), and then the group is undone. */
#include <string.h>

#include "ahead.h"

#define BUCKETS 2048
#define ROWS 16	      /* asked in one statement */
#define STALLS_MAX 64 /* of one account; more are not kept */

#define TRIPLES                                                                       \
	"($1, $2, $3), ($4, $5, $6), ($7, $8, $9), ($10, $11, $12), ($13, $14, $15)," \
	" ($16, $17, $18), ($19, $20, $21), ($22, $23, $24), ($25, $26, $27),"        \
	" ($28, $29, $30), ($31, $32, $33), ($34, $35, $36), ($37, $38, $39),"        \
	" ($40, $41, $42), ($43, $44, $45), ($46, $47, $48)"
#define SINGLES                                                                             \
	"($1), ($2), ($3), ($4), ($5), ($6), ($7), ($8), ($9), ($10), ($11), ($12), ($13)," \
	" ($14), ($15), ($16)"
#define LIST "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"

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

/* What is new to us of one kind; asked when a statement is full, the last one filled up with its
 * own first. */
struct asked {
	struct known *items[ROWS];
	size_t count;
};

typedef struct err (*ask_function)(struct db *db, const struct asked *asked);

static struct err
ask_all(struct db *db, struct asked *asked, ask_function ask)
{
	size_t count = asked->count;

	if (count == 0)
		return OK;
	for (size_t i = count; i < ROWS; i++)
		asked->items[i] = asked->items[0];
	asked->count = 0;
	return ask(db, asked);
}

static struct err
want(struct db *db, struct asked *asked, ask_function ask, struct known *known)
{
	if (known == NULL) /* somebody asked already */
		return OK;
	asked->items[asked->count++] = known;
	return asked->count == ROWS ? ask_all(db, asked, ask) : OK;
}

static void
bind_triples(struct db_stmt *stmt, const struct asked *asked)
{
	for (int i = 0; i < ROWS; i++) {
		db_bind_str(stmt, 1 + 3 * i, asked->items[i]->a);
		db_bind_str(stmt, 2 + 3 * i, asked->items[i]->b);
		db_bind_str(stmt, 3 + 3 * i, asked->items[i]->c);
	}
}

static struct err
ask_deliveries(struct db *db, const struct asked *asked)
{
	static const char TAKEN[] =
		"SELECT endpoint_id, raw_sha256 FROM delivery WHERE raw_sha256 IN " LIST;
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, TAKEN, &stmt));
	for (int i = 0; i < ROWS; i++)
		db_bind_blob(stmt, 1 + i, asked->items[i]->b);
	for (;;) {
		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		(void)take(db, FREE_DELIVERY, db_str(stmt, 0), db_str(stmt, 1));
	}
}

/* A look-up for each, whatever the planner thinks of a table that was empty when it was asked
 * first. */
static struct err
ask_keys(struct db *db, const struct asked *asked)
{
	static const char TAKEN[] =
		"WITH asked (account_no, key, bank_ref) AS (VALUES " TRIPLES ")"
		" SELECT account_no, key, bank_ref,"
		" (SELECT 1 FROM transfer_key k WHERE k.account_no = asked.account_no"
		"  AND k.key = asked.key),"
		" (SELECT 1 FROM transfer_key k WHERE k.account_no = asked.account_no"
		"  AND k.bank_ref = asked.bank_ref AND k.bank_ref <> '') FROM asked";
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, TAKEN, &stmt));
	bind_triples(stmt, asked);
	for (;;) {
		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		if (!db_is_null(stmt, 3))
			(void)take(db, FREE_KEY, db_str(stmt, 0), db_str(stmt, 1));
		if (!db_is_null(stmt, 4))
			(void)take(db, FREE_REF, db_str(stmt, 0), db_str(stmt, 2));
	}
}

/* As transfers_others_tell asks it; ';' follows ':'. */
static struct err
ask_others(struct db *db, const struct asked *asked)
{
	static const char OTHERS_TELL[] =
		"WITH asked (account_no, low, high) AS (VALUES " TRIPLES ")"
		" SELECT account_no, low FROM asked WHERE coalesce("
		"(SELECT 1 FROM transfer_key k WHERE k.account_no = asked.account_no"
		" AND k.key < asked.low LIMIT 1),"
		" (SELECT 1 FROM transfer_key k WHERE k.account_no = asked.account_no"
		" AND k.key >= asked.high LIMIT 1), 0) = 1";
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, OTHERS_TELL, &stmt));
	bind_triples(stmt, asked);
	for (;;) {
		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		struct known *known = find(db, OTHERS, db_str(stmt, 0), db_str(stmt, 1));

		if (known != NULL)
			known->others = true;
	}
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

static struct err
ask_accounts(struct db *db, const struct asked *asked)
{
	static const char STALLS[] =
		"WITH asked (account_no) AS (VALUES " SINGLES ")"
		" SELECT a.account_no, a.bank_bin, s.id, s.reference, s.close_day, m.day_cut_min"
		" FROM account a JOIN stall_account sa ON sa.account_id = a.id"
		" JOIN stall s ON s.id = sa.stall_id JOIN market m ON m.id = s.market_id"
		" WHERE a.account_no IN (SELECT account_no FROM asked)";
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, STALLS, &stmt));
	for (int i = 0; i < ROWS; i++)
		db_bind_str(stmt, 1 + i, asked->items[i]->a);
	for (;;) {
		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		struct known *account = find(db, ACCOUNT, db_str(stmt, 0), STR(""));

		if (account != NULL)
			keep_stall(db, account, stmt);
	}
}

static struct err
read_deliveries(struct db *db, const struct ahead_question *question)
{
	struct asked asked = {.count = 0};

	for (size_t i = 0; i < question->delivery_count; i++)
		TRY(want(db, &asked, ask_deliveries,
			add(db, FREE_DELIVERY, question->deliveries[i].endpoint_id,
				question->deliveries[i].raw_sha256)));
	return ask_all(db, &asked, ask_deliveries);
}

static struct known *
with(struct known *known, struct str c)
{
	if (known != NULL)
		known->c = c;
	return known;
}

/* "sepay:" -> "sepay;", the first that is beyond its keys. */
static struct str
beyond(struct arena *arena, struct str key_prefix)
{
	return arena_join(arena,
		(const struct str[]){str_cut(key_prefix, 0, key_prefix.len - 1), STR(";")}, 2);
}

static struct err
read_credits(struct db *db, const struct ahead_question *question)
{
	struct asked keys = {.count = 0}, others = keys, accounts = keys;

	for (size_t i = 0; i < question->credit_count; i++) {
		const struct ahead_credit *credit = &question->credits[i];
		struct str high = beyond(db->ahead->arena, credit->key_prefix);

		if (credit->bank_ref.len > 0)
			(void)add(db, FREE_REF, credit->account_no, credit->bank_ref);
		TRY(want(db, &keys, ask_keys,
			with(add(db, FREE_KEY, credit->account_no, credit->key),
				credit->bank_ref)));
		TRY(want(db, &others, ask_others,
			with(add(db, OTHERS, credit->account_no, credit->key_prefix), high)));
		TRY(want(db, &accounts, ask_accounts,
			add(db, ACCOUNT, credit->account_no, STR(""))));
	}
	TRY(ask_all(db, &keys, ask_keys));
	TRY(ask_all(db, &others, ask_others));
	return ask_all(db, &accounts, ask_accounts);
}

bool
ahead_serves(const struct db *db)
{
	return db->driver->put != NULL;
}

struct err
ahead_read(struct db *db, const struct ahead_question *question)
{
	struct arena *arena = arena_new();

	ahead_forget(db);
	db->ahead = arena_alloc(arena, sizeof(*db->ahead));
	db->ahead->arena = arena;
	TRY(read_deliveries(db, question));
	return read_credits(db, question);
}
