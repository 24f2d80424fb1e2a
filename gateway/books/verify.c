/* The ledger against itself: every sum, and the kept bytes against their digests. */
#include "books.h"

#define DELIVERIES_AT_ONCE 256

struct err
ledger_verify(struct db *db, const struct crypt *crypt,
	void (*found)(void *arg, const char *table, struct str key, const char *fault), void *arg)
{
	int64_t after = 0;
	size_t count;

	TRY(store_verify(db, found, arg));
	do {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct delivery *deliveries = arena_alloc(
			arena, DELIVERIES_AT_ONCE * sizeof(*deliveries));

		TRY(deliveries_list(db, arena, after, DELIVERIES_AT_ONCE, deliveries, &count));
		for (size_t i = 0; i < count; i++) {
			unsigned char digest[SHA256_SIZE];

			after = deliveries[i].id;
			crypt_sha256(crypt, deliveries[i].raw, digest);
			if (!str_eq(deliveries[i].raw_sha256,
				    (struct str){(const char *)digest, sizeof(digest)}))
				found(arg, "delivery",
					arena_printf(arena, "%lld", (long long)after),
					"its bytes are not those that were signed for");
		}
	} while (count > 0);
	return OK;
}
