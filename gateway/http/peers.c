/* How many connections each address has: a hash table as large as the connection limit. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "peers.h"

#define NETWORK_BYTES_V6 8 /* a /64 */

static const unsigned char v4_mapped[12] = {[10] = 0xff, [11] = 0xff};

struct peer {
	struct peer *next;
	unsigned char network[16];
	int connections;
};

struct peers {
	uint64_t seed;	     /* an attacker chooses addresses, but not where they fall */
	size_t bucket_count; /* a power of two */
	struct peer *buckets[];
};

struct peers *
peers_new(int connections_max)
{
	size_t count = 64;
	struct peers *peers;

	while (count < (size_t)connections_max)
		count *= 2;
	peers = mem_alloc_zero(1, sizeof(*peers) + count * sizeof(peers->buckets[0]));
	peers->bucket_count = count;
	if (getrandom(&peers->seed, sizeof(peers->seed), 0) != sizeof(peers->seed))
		abort(); /* cannot be: the kernel has had its entropy before we start */
	return peers;
}

void
peers_free(struct peers *peers)
{
	if (peers == NULL)
		return;
	for (size_t i = 0; i < peers->bucket_count; i++) {
		while (peers->buckets[i] != NULL) {
			struct peer *peer = peers->buckets[i];

			peers->buckets[i] = peer->next;
			free(peer);
		}
	}
	free(peers);
}

static struct peer **
bucket(struct peers *peers, const unsigned char network[16])
{
	uint64_t high, low, hash;

	memcpy(&high, network, sizeof(high));
	memcpy(&low, network + sizeof(high), sizeof(low));
	hash = (high ^ peers->seed) * UINT64_C(0x9e3779b97f4a7c15);
	hash = (hash ^ hash >> 32 ^ low) * (peers->seed | 1);
	return &peers->buckets[(hash >> 32) & (peers->bucket_count - 1)];
}

struct peer *
peers_enter(struct peers *peers, const struct address *address, int limit)
{
	unsigned char network[16] = {0};
	bool v4 = memcmp(address->bytes, v4_mapped, sizeof(v4_mapped)) == 0;
	struct peer **head, *peer;

	memcpy(network, address->bytes, v4 ? sizeof(network) : NETWORK_BYTES_V6);
	head = bucket(peers, network);
	for (peer = *head; peer != NULL; peer = peer->next) {
		if (memcmp(peer->network, network, sizeof(network)) == 0)
			break;
	}
	if (peer == NULL) {
		peer = mem_alloc_zero(1, sizeof(*peer));
		memcpy(peer->network, network, sizeof(network));
		peer->next = *head;
		*head = peer;
	} else if (peer->connections >= limit) {
		return NULL;
	}
	peer->connections++;
	return peer;
}

void
peers_leave(struct peers *peers, struct peer *peer)
{
	struct peer **at;

	if (peer == NULL || --peer->connections > 0)
		return;
	for (at = bucket(peers, peer->network); *at != peer; at = &(*at)->next)
		continue;
	*at = peer->next;
	free(peer);
}

/* ---- addresses ---------------------------------------------------------------------------- */

struct address
address_from(const struct sockaddr_storage *from)
{
	struct address address = {.local = from->ss_family == AF_UNIX};

	if (from->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)from;

		memcpy(address.bytes, v4_mapped, sizeof(v4_mapped));
		memcpy(address.bytes + sizeof(v4_mapped), &in->sin_addr, sizeof(in->sin_addr));
	} else if (from->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;

		memcpy(address.bytes, &in6->sin6_addr, sizeof(address.bytes));
	}
	return address;
}

bool
address_is_loopback(const struct address *address)
{
	static const unsigned char v6_loopback[16] = {[15] = 1};

	if (memcmp(address->bytes, v4_mapped, sizeof(v4_mapped)) == 0)
		return address->bytes[12] == 127;
	return memcmp(address->bytes, v6_loopback, sizeof(v6_loopback)) == 0;
}

void
address_format(const struct address *address, char text[ADDRESS_TEXT_SIZE])
{
	if (address->local)
		snprintf(text, ADDRESS_TEXT_SIZE, "local");
	else if (memcmp(address->bytes, v4_mapped, sizeof(v4_mapped)) == 0)
		inet_ntop(AF_INET, address->bytes + 12, text, ADDRESS_TEXT_SIZE);
	else
		inet_ntop(AF_INET6, address->bytes, text, ADDRESS_TEXT_SIZE);
}
