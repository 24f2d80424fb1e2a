/* Which addresses may call an endpoint. */
#include <arpa/inet.h>
#include <string.h>

#include "address_list.h"

#define V4_PREFIX_BITS 96 /* of ::ffff:0:0/96, where IPv4 lies */

static const unsigned char v4_mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool
is_v4(const unsigned char bytes[16])
{
	return memcmp(bytes, v4_mapped, sizeof(v4_mapped)) == 0;
}

static bool
read_address(struct str text, unsigned char bytes[16])
{
	char word[INET6_ADDRSTRLEN];

	if (text.len == 0 || text.len >= sizeof(word) || memchr(text.ptr, '\0', text.len) != NULL)
		return false;
	memcpy(word, text.ptr, text.len);
	word[text.len] = '\0';
	if (inet_pton(AF_INET6, word, bytes) == 1)
		return true;
	memcpy(bytes, v4_mapped, sizeof(v4_mapped));
	return inet_pton(AF_INET, word, bytes + sizeof(v4_mapped)) == 1;
}

/* Do the first `bits` of both agree? */
static bool
same_network(const unsigned char a[16], const unsigned char b[16], int bits)
{
	size_t whole = (size_t)bits / 8;
	int mask = 0xff00 >> bits % 8 & 0xff;

	return memcmp(a, b, whole) == 0 && (mask == 0 || ((a[whole] ^ b[whole]) & mask) == 0);
}

/* "10.0.0.1/8" is a slip of the pen: somebody meant the one address, or the network. */
static bool
has_bits_behind(const struct network *network)
{
	unsigned char zeros[16] = {0};
	size_t whole = (size_t)network->bits / 8;

	if (network->bits == 128)
		return false;
	memcpy(zeros, network->bytes, whole);
	zeros[whole] = (unsigned char)(network->bytes[whole] & (0xff00 >> network->bits % 8));
	return memcmp(zeros, network->bytes, sizeof(zeros)) != 0;
}

static const char *
read_network(struct str word, struct network *network)
{
	struct str rest = word, address;
	bool has_prefix = str_split(&rest, '/', &address);
	bool mapped = str_find(address, STR(":")) < 0;
	int64_t bits = mapped ? 32 : 128;

	if (!read_address(address, network->bytes))
		return "is no IPv4 or IPv6 address";
	if (has_prefix && (str_to_i64(rest, &bits).code != ERR_OK || rest.ptr[0] == '-' ||
				  bits > (mapped ? 32 : 128)))
		return "has a prefix that is no number of bits";
	network->bits = (int)bits + (mapped ? V4_PREFIX_BITS : 0);
	return has_bits_behind(network) ? "has address bits behind its prefix" : NULL;
}

struct err
address_list_parse(struct str text, struct address_list *list, struct buf *why)
{
	struct address_list read = {.count = 0};
	bool more = str_trim(text).len > 0;

	while (more) {
		const char *fault;
		struct str word;

		more = str_split(&text, ',', &word);
		word = str_trim(word);
		if (read.count == ADDRESS_LIST_MAX) {
			buf_addf(why, "more than %d networks", ADDRESS_LIST_MAX);
			return FAIL(ERR_INVALID, "a list of addresses is too long");
		}
		fault = read_network(word, &read.items[read.count++]);
		if (fault != NULL) {
			buf_addf(why, "\"%.*s\" %s", STR_FMT(word), fault);
			return FAIL(ERR_INVALID, "a list of addresses is malformed");
		}
	}
	*list = read;
	return OK;
}

void
address_list_write(const struct address_list *list, struct buf *out)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct network *network = &list->items[i];
		bool v4 = is_v4(network->bytes) && network->bits >= V4_PREFIX_BITS;
		char text[INET6_ADDRSTRLEN];

		inet_ntop(v4 ? AF_INET : AF_INET6, network->bytes + (v4 ? sizeof(v4_mapped) : 0),
			text, sizeof(text));
		buf_addf(out, "%s%s", i == 0 ? "" : ",", text);
		if (network->bits < 128)
			buf_addf(out, "/%d", network->bits - (v4 ? V4_PREFIX_BITS : 0));
	}
}

bool
address_list_admits(const struct address_list *list, struct str peer)
{
	unsigned char bytes[16];

	if (list->count == 0)
		return true;
	if (!read_address(peer, bytes))
		return false;
	for (size_t i = 0; i < list->count; i++) {
		if (same_network(bytes, list->items[i].bytes, list->items[i].bits))
			return true;
	}
	return false;
}
