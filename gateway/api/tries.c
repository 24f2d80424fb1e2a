/* How often somebody may try to sign in. */
#include <arpa/inet.h>
#include <string.h>

#include "chopay/people.h"

#include "tries.h"

#define IPV6_NETWORK 8 /* bytes: one household's or office's */

static struct str
digest(const unsigned char hash[SHA256_SIZE])
{
	return (struct str){(const char *)hash, SHA256_SIZE};
}

/* Of IPv6 the network: a caller has 2^64 addresses of its own. */
static struct str
network_of(struct str peer, unsigned char bytes[16])
{
	char text[INET6_ADDRSTRLEN];

	if (peer.len >= sizeof(text))
		return peer;
	memcpy(text, peer.ptr, peer.len);
	text[peer.len] = '\0';
	return inet_pton(AF_INET6, text, bytes) == 1
		       ? (struct str){(const char *)bytes, IPV6_NETWORK}
		       : peer;
}

void
trier_of(const struct crypt *crypt, struct str login, struct str peer, struct trier *trier)
{
	struct buf text CLEANUP(buf_fini) = {0};
	unsigned char bytes[16];

	buf_adds(&text, "login ");
	buf_add(&text, login);
	crypt_sha256(crypt, buf_str(&text), trier->login);
	buf_clear(&text);
	buf_adds(&text, "address ");
	buf_add(&text, network_of(peer, bytes));
	crypt_sha256(crypt, buf_str(&text), trier->address);
}

void
trier_at(const struct crypt *crypt, const unsigned char session[SHA256_SIZE], struct trier *trier)
{
	struct buf text CLEANUP(buf_fini) = {0};

	buf_adds(&text, "device ");
	buf_add(&text, digest(session));
	crypt_sha256(crypt, buf_str(&text), trier->address);
}

int64_t
try_wait_ms(int64_t tries)
{
	int64_t wait = TRY_WAIT_FIRST_MS;

	if (tries < TRIES_FREE)
		return 0;
	for (int64_t i = TRIES_FREE; i < tries && wait < TRY_WAIT_MAX_MS; i++)
		wait *= 2;
	return wait < TRY_WAIT_MAX_MS ? wait : TRY_WAIT_MAX_MS;
}

/* What is known of one of the two, and how long it must wait. */
static struct err
look(struct tx *tx, struct str subject, struct sign_in_try *one, int64_t *wait_ms)
{
	TRY(sign_in_tries_find(tx->db, subject, one));
	if (one->last_at_ms < tx->now_ms - TRIES_KEPT_MS)
		one->tries = 0;
	if (one->until_ms > tx->now_ms && one->until_ms - tx->now_ms > *wait_ms)
		*wait_ms = one->until_ms - tx->now_ms;
	return OK;
}

static struct err
count(struct tx *tx, struct sign_in_try *one, int64_t more)
{
	one->tries += more;
	one->last_at_ms = tx->now_ms;
	one->until_ms = more > 0 ? tx->now_ms + try_wait_ms(one->tries) : 0;
	return one->tries > 0 ? sign_in_tries_put(tx->db, one)
			      : sign_in_tries_forget(tx->db, one->subject);
}

struct err
tries_begin(struct tx *tx, const struct trier *trier, int64_t *wait_ms)
{
	struct sign_in_try login, address;

	*wait_ms = 0;
	TRY(sign_in_tries_prune(tx->db, tx->now_ms - TRIES_KEPT_MS));
	TRY(look(tx, digest(trier->login), &login, wait_ms));
	TRY(look(tx, digest(trier->address), &address, wait_ms));
	if (*wait_ms > 0)
		return OK;
	TRY(count(tx, &login, 1));
	return count(tx, &address, 1);
}

struct err
tries_good(struct tx *tx, const struct trier *trier)
{
	struct sign_in_try address;
	int64_t wait_ms = 0;

	TRY(sign_in_tries_forget(tx->db, digest(trier->login)));
	TRY(look(tx, digest(trier->address), &address, &wait_ms));
	return count(tx, &address, -1);
}
