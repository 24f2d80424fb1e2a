/* The URL of a receiver, as a person gave it: what can be refused before anything is resolved. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <curl/curl.h>

#include "address.h"
#include "client.h"

#define URL_MAX 2000

/* A number in any of the ways the resolver reads one: 127.1, 2130706433, 0x7f000001, 0177.0.0.1. */
static bool
read_number(const char *host, struct sockaddr_storage *address)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)address;
	struct str bare = str_from(host);
	char text[INET6_ADDRSTRLEN + 1];

	*address = (struct sockaddr_storage){0};
	if (inet_aton(host, &v4->sin_addr) != 0) {
		v4->sin_family = AF_INET;
		return true;
	}
	if (bare.len < 2 || host[0] != '[' || bare.len - 2 >= sizeof(text))
		return false;
	memcpy(text, host + 1, bare.len - 2);
	text[bare.len - 2] = '\0';
	v6->sin6_family = AF_INET6;
	return inet_pton(AF_INET6, text, &v6->sin6_addr) == 1;
}

/* Names that by their definition are of this machine or this network (RFC 6761, 6762, 8375), and
 * those that networks give themselves. */
static const char *
name_fault(struct str name, bool allow_loopback)
{
	static const char *const local[] = {".localhost", ".local", ".internal", ".home.arpa",
		".intranet", ".lan", ".corp", ".home", ".private", ".test", ".invalid", ".example",
		".onion"};

	if (str_ends(name, STR(".")))
		name.len--;
	if (str_eq_nocase(name, STR("localhost")))
		return allow_loopback ? NULL : "the host is this machine; give a public address";
	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++) {
		struct str tail = str_from(local[i]);

		if (name.len > tail.len &&
			str_eq_nocase(str_cut(name, name.len - tail.len, name.len), tail))
			return "the host is a name of a local network; give a public one";
	}
	if (str_find(name, STR(".")) < 0)
		return "the host has no domain; give its whole public name";
	return NULL;
}

static const char *
host_fault(const char *host, bool allow_loopback)
{
	struct sockaddr_storage address;

	if (!read_number(host, &address))
		return host[0] == '[' ? "the host is not an address"
				      : name_fault(str_from(host), allow_loopback);
	return address_fault((struct sockaddr *)(void *)&address, allow_loopback) == NULL
		       ? NULL
		       : "the host is not a public address; we call the Internet only";
}

static const char *
parts_fault(CURLU *parts, const char *url, bool allow_loopback)
{
	char *password = NULL, *zone = NULL, *host = NULL;
	const char *fault;

	if (curl_url_set(parts, CURLUPART_URL, url, 0) != CURLUE_OK ||
		curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		fault = "this is not a URL";
	else if (curl_url_get(parts, CURLUPART_PASSWORD, &password, 0) == CURLUE_OK)
		fault = "the URL holds a password";
	else if (curl_url_get(parts, CURLUPART_ZONEID, &zone, 0) == CURLUE_OK)
		fault = "the host is an address of one network link; give a public one";
	else
		fault = host_fault(host, allow_loopback);
	curl_free(password);
	curl_free(zone);
	curl_free(host);
	return fault;
}

const char *
address_url_fault(struct str url, bool allow_loopback)
{
	const char *fault = client_url_fault(url, allow_loopback);
	char text[URL_MAX + 1];
	CURLU *parts;

	if (fault != NULL)
		return fault;
	if (url.len > URL_MAX)
		return "the URL is longer than 2000 bytes";
	memcpy(text, url.ptr, url.len);
	text[url.len] = '\0';
	parts = curl_url();
	fault = parts == NULL ? "no memory" : parts_fault(parts, text, allow_loopback);
	curl_url_cleanup(parts);
	return fault;
}
