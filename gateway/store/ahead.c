/* What is known of the credits of a group before the first of them is booked (ahead_ask.c asks): a
 * database at the other end of a wire is waited for by a group, not by each of them.
 *
 * Nothing is decided here.  A key that was free is put in by a statement that fails where another
 * writer was quicker (the unique keys decide, as ever), and then the group is undone. */
#include "ahead_known.h"

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

struct known *
ahead_find(struct db *db, enum about about, struct str a, struct str b)
{
	struct known *known = db->ahead == NULL ? NULL : *bucket_of(db->ahead, about, a, b);

	while (known != NULL && !is_about(known, about, a, b))
		known = known->next;
	return known;
}

static struct known *
find_holding(struct db *db, enum about about, struct str a, struct str b)
{
	struct known *known = ahead_find(db, about, a, b);

	return known != NULL && known->holds ? known : NULL;
}

struct known *
ahead_add(struct db *db, enum about about, struct str a, struct str b)
{
	struct ahead *ahead = db->ahead;
	struct known **bucket = bucket_of(ahead, about, a, b);
	struct known *made;

	if (ahead_find(db, about, a, b) != NULL)
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

bool
ahead_take(struct db *db, enum about about, struct str a, struct str b)
{
	struct known *known = find_holding(db, about, a, b);

	if (known == NULL)
		return false;
	known->holds = false;
	return true;
}

struct str
ahead_id(const int64_t *id)
{
	return (struct str){(const char *)id, sizeof(*id)};
}

/* ---- answers --------------------------------------------------------------------------------- */

bool
ahead_free_delivery(struct db *db, struct str endpoint_id, struct str raw_sha256)
{
	return ahead_take(db, FREE_DELIVERY, endpoint_id, raw_sha256);
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
	bool key_free = ahead_take(db, FREE_KEY, account_no, key);

	return (bank_ref.len == 0 || ahead_take(db, FREE_REF, account_no, bank_ref)) && key_free;
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
			!stall_days_have(stalls, *count, kept->days.stall_id))
			stalls[(*count)++] = copy_days(arena, &kept->days);
	}
	return true;
}

bool
ahead_stall(struct db *db, struct arena *arena, int64_t stall_id, struct stall_days *stall)
{
	const struct known *known = find_holding(db, STALL, ahead_id(&stall_id), STR(""));

	if (known != NULL)
		*stall = copy_days(arena, &known->stalls->days);
	return known != NULL;
}
