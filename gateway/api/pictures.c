/* Pictures that were drawn, the last asked for first; and the rations of drawing. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "pictures.h"

#define BUCKETS 1024 /* a power of two */
#define RATIONS 1024 /* addresses that fall into the same one share it */
#define THOUSANDTHS 1000
#define NETWORK_BYTES_V6 8 /* an IPv6 client commands a whole /64 */

struct kept {
	TAILQ_ENTRY(kept) by_use;
	LIST_ENTRY(kept) in_bucket;
	unsigned char tag[SHA256_SIZE];
	size_t len;
	char bytes[];
};

/* Fills with time; each picture takes one. */
struct ration {
	int64_t thousandths, at_ms;
};

struct pictures {
	TAILQ_HEAD(kept_list, kept) uses; /* the last asked for first */
	LIST_HEAD(, kept) buckets[BUCKETS];
	size_t bytes, count;
	uint64_t seed; /* an attacker chooses addresses, but not where they fall */
	struct ration rations[RATIONS], all;
};

struct pictures *
pictures_new(void)
{
	struct pictures *pictures = mem_alloc_zero(1, sizeof(*pictures));

	TAILQ_INIT(&pictures->uses);
	for (size_t i = 0; i < BUCKETS; i++)
		LIST_INIT(&pictures->buckets[i]);
	for (size_t i = 0; i < RATIONS; i++)
		pictures->rations[i].thousandths = PICTURES_BURST * THOUSANDTHS;
	pictures->all.thousandths = PICTURES_ALL_BURST * THOUSANDTHS;
	crypt_random((unsigned char *)&pictures->seed, sizeof(pictures->seed));
	return pictures;
}

static void
drop(struct pictures *pictures, struct kept *kept)
{
	TAILQ_REMOVE(&pictures->uses, kept, by_use);
	LIST_REMOVE(kept, in_bucket);
	pictures->bytes -= kept->len;
	pictures->count--;
	free(kept);
}

void
pictures_free(struct pictures *pictures)
{
	if (pictures == NULL)
		return;
	while (!TAILQ_EMPTY(&pictures->uses))
		drop(pictures, TAILQ_FIRST(&pictures->uses));
	free(pictures);
}

/* ---- kept -------------------------------------------------------------------------------------
 */

/* A digest's bytes are as good as chance. */
static size_t
bucket_of(const unsigned char tag[SHA256_SIZE])
{
	return ((size_t)tag[0] << 8 | tag[1]) & (BUCKETS - 1);
}

static struct kept *
find(struct pictures *pictures, const unsigned char tag[SHA256_SIZE])
{
	struct kept *kept;

	LIST_FOREACH(kept, &pictures->buckets[bucket_of(tag)], in_bucket)
	if (memcmp(kept->tag, tag, SHA256_SIZE) == 0)
		return kept;
	return NULL;
}

struct str
pictures_find(struct pictures *pictures, const unsigned char tag[SHA256_SIZE])
{
	struct kept *kept = find(pictures, tag);

	if (kept == NULL)
		return (struct str){NULL, 0};
	TAILQ_REMOVE(&pictures->uses, kept, by_use);
	TAILQ_INSERT_HEAD(&pictures->uses, kept, by_use);
	return (struct str){kept->bytes, kept->len};
}

void
pictures_keep(struct pictures *pictures, const unsigned char tag[SHA256_SIZE], struct str bytes)
{
	struct kept *kept;

	if (bytes.len > PICTURES_KEPT_BYTES || find(pictures, tag) != NULL)
		return;
	while (pictures->count == PICTURES_KEPT_MAX ||
		pictures->bytes + bytes.len > PICTURES_KEPT_BYTES)
		drop(pictures, TAILQ_LAST(&pictures->uses, kept_list));
	kept = mem_alloc(sizeof(*kept) + bytes.len);
	memcpy(kept->tag, tag, SHA256_SIZE);
	kept->len = bytes.len;
	memcpy(kept->bytes, bytes.ptr, bytes.len);
	TAILQ_INSERT_HEAD(&pictures->uses, kept, by_use);
	LIST_INSERT_HEAD(&pictures->buckets[bucket_of(tag)], kept, in_bucket);
	pictures->bytes += bytes.len;
	pictures->count++;
}

/* ---- rations ----------------------------------------------------------------------------------
 */

static void
fill(struct ration *ration, int64_t now_ms, int64_t per_second, int64_t burst)
{
	int64_t most = burst * THOUSANDTHS;
	int64_t passed_ms = now_ms - ration->at_ms;

	/* What is full stays full: no overflow after years. */
	if (passed_ms > most / per_second)
		passed_ms = most / per_second;
	ration->at_ms = now_ms;
	ration->thousandths += passed_ms * per_second;
	if (ration->thousandths > most)
		ration->thousandths = most;
}

static struct ration *
ration_of(struct pictures *pictures, struct str address)
{
	char text[INET6_ADDRSTRLEN] = {0};
	unsigned char network[sizeof(struct in6_addr)];
	uint64_t hash = pictures->seed;

	memcpy(text, address.ptr, address.len < sizeof(text) ? address.len : sizeof(text) - 1);
	if (inet_pton(AF_INET6, text, network) == 1)
		address = (struct str){(const char *)network, NETWORK_BYTES_V6};
	for (size_t i = 0; i < address.len; i++) /* FNV-1a from a seed */
		hash = (hash ^ (unsigned char)address.ptr[i]) * UINT64_C(0x100000001b3);
	return &pictures->rations[(hash ^ hash >> 32) & (RATIONS - 1)];
}

bool
pictures_may_draw(struct pictures *pictures, struct str address, int64_t now_ms)
{
	struct ration *own = ration_of(pictures, address), *all = &pictures->all;

	fill(own, now_ms, PICTURES_PER_SECOND, PICTURES_BURST);
	fill(all, now_ms, PICTURES_ALL_PER_SECOND, PICTURES_ALL_BURST);
	if (own->thousandths < THOUSANDTHS || all->thousandths < THOUSANDTHS)
		return false;
	own->thousandths -= THOUSANDTHS;
	all->thousandths -= THOUSANDTHS;
	return true;
}
