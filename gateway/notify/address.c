/* The special-purpose addresses (IANA registries, RFC 6890), and those that carry one inside. */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "address.h"

struct range {
	unsigned char bytes[16];
	int bits;
	const char *what;
};

static const struct range ranges_v4[] = {
	{{0}, 8, "an unspecified address"},
	{{10}, 8, "a private address"},
	{{100, 64}, 10, "an address behind a provider's NAT"},
	{{127}, 8, "a loopback address"},
	{{169, 254}, 16, "a link-local address"},
	{{172, 16}, 12, "a private address"},
	{{192, 0, 0}, 24, "a reserved address"},
	{{192, 0, 2}, 24, "an address for documentation"},
	{{192, 88, 99}, 24, "a relay's address"},
	{{192, 168}, 16, "a private address"},
	{{198, 18}, 15, "an address for benchmarks"},
	{{198, 51, 100}, 24, "an address for documentation"},
	{{203, 0, 113}, 24, "an address for documentation"},
	{{224}, 4, "a multicast address"},
	{{255, 255, 255, 255}, 32, "a broadcast address"},
	{{240}, 4, "a reserved address"},
};

static const struct range ranges_v6[] = {
	{{[15] = 0}, 128, "an unspecified address"},
	{{[15] = 1}, 128, "a loopback address"},
	{{0xfc}, 7, "a private address"},
	{{0xfe, 0x80}, 10, "a link-local address"},
	{{0xfe, 0xc0}, 10, "a site-local address"},
	{{0xff}, 8, "a multicast address"},
	{{0x20, 0x01}, 23, "a reserved address"}, /* Teredo, ORCHID, benchmarks */
	{{0x20, 0x01, 0x0d, 0xb8}, 32, "an address for documentation"},
	{{0x3f, 0xff}, 20, "an address for documentation"},
};

/* An IPv4 address travels inside these, `at` bytes from the start: it is what is reached. */
static const struct carrier {
	struct range range;
	size_t at;
} carriers[] = {
	{{{[10] = 0xff, 0xff}, 96, NULL}, 12},	    /* IPv4-mapped */
	{{{0x00, 0x64, 0xff, 0x9b}, 96, NULL}, 12}, /* NAT64 */
	{{{0x20, 0x02}, 16, NULL}, 2},		    /* 6to4 */
};

static const struct range global_unicast = {{0x20}, 3, NULL};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
is_in(const unsigned char *bytes, const struct range *range)
{
	int whole = range->bits / 8, rest = range->bits % 8;

	if (memcmp(bytes, range->bytes, (size_t)whole) != 0)
		return false;
	return rest == 0 || (bytes[whole] ^ range->bytes[whole]) >> (8 - rest) == 0;
}

static const char *
fault_in(const unsigned char *bytes, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_in(bytes, &ranges[i]))
			return ranges[i].what;
	}
	return NULL;
}

static const char *
fault_v4(const unsigned char *bytes, bool allow_loopback)
{
	if (allow_loopback && bytes[0] == 127)
		return NULL;
	return fault_in(bytes, ranges_v4, COUNT(ranges_v4));
}

static const char *
fault_v6(const unsigned char *bytes, bool allow_loopback)
{
	const char *what;

	for (size_t i = 0; i < COUNT(carriers); i++) {
		if (is_in(bytes, &carriers[i].range))
			return fault_v4(bytes + carriers[i].at, allow_loopback);
	}
	if (allow_loopback && memcmp(bytes, &in6addr_loopback, 16) == 0)
		return NULL;
	what = fault_in(bytes, ranges_v6, COUNT(ranges_v6));
	if (what == NULL && !is_in(bytes, &global_unicast))
		return "a reserved address";
	return what;
}

const char *
address_fault(const struct sockaddr *address, bool allow_loopback)
{
	unsigned char bytes[16];

	if (address->sa_family == AF_INET) {
		memcpy(bytes, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
		return fault_v4(bytes, allow_loopback);
	}
	if (address->sa_family == AF_INET6) {
		memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
		return fault_v6(bytes, allow_loopback);
	}
	return "not an Internet address";
}
