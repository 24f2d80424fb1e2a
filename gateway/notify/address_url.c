/* The URL of a receiver, as a person gave it: what can be refused before anything is resolved. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include <curl/curl.h>

#include "address.h"

#define URL_MAX 2000

struct url_parts {
	CURLU *handle;
	char *scheme, *user, *password, *fragment, *host, *zone;
};

static void
parts_fini(struct url_parts *parts)
{
	char *const texts[] = {parts->scheme, parts->user, parts->password, parts->fragment,
		parts->host, parts->zone};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		curl_free(texts[i]);
	curl_url_cleanup(parts->handle);
}

static bool
parse(struct url_parts *parts, struct str url)
{
	char text[URL_MAX + 1];

	memcpy(text, url.ptr, url.len);
	text[url.len] = '\0';
	parts->handle = curl_url();
	if (parts->handle == NULL ||
		curl_url_set(parts->handle, CURLUPART_URL, text, 0) != CURLUE_OK)
		return false;
	/* Absent ones stay NULL. */
	curl_url_get(parts->handle, CURLUPART_USER, &parts->user, 0);
	curl_url_get(parts->handle, CURLUPART_PASSWORD, &parts->password, 0);
	curl_url_get(parts->handle, CURLUPART_FRAGMENT, &parts->fragment, 0);
	curl_url_get(parts->handle, CURLUPART_ZONEID, &parts->zone, 0);
	return curl_url_get(parts->handle, CURLUPART_SCHEME, &parts->scheme, 0) == CURLUE_OK &&
	       curl_url_get(parts->handle, CURLUPART_HOST, &parts->host, 0) == CURLUE_OK;
}

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

/* Names that by their definition are of this machine or this network (RFC 6761, 6762, 8375, 9476).
 */
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
		       : "the host is not a public address; notices go to the Internet only";
}

/* Refused but for the switch. */
static bool
is_loopback(const char *host)
{
	return host_fault(host, false) != NULL && host_fault(host, true) == NULL;
}

const char *
address_url_fault(struct str url, bool allow_loopback)
{
	struct url_parts parts CLEANUP(parts_fini) = {0};

	if (url.len > URL_MAX)
		return "the URL is longer than 2000 bytes";
	for (size_t i = 0; i < url.len; i++) {
		if (url.ptr[i] <= ' ' || url.ptr[i] > '~')
			return "the URL holds a blank, a control character or a letter beyond "
			       "ASCII; write it percent-encoded";
	}
	if (!parse(&parts, url))
		return "this is not a URL; it begins with https://";
	if (strcmp(parts.scheme, "https") != 0 &&
		!(allow_loopback && strcmp(parts.scheme, "http") == 0 && is_loopback(parts.host)))
		return "the URL does not begin with https://";
	if (parts.user != NULL || parts.password != NULL)
		return "the URL holds a user or password; the signature proves who we are";
	if (parts.fragment != NULL)
		return "the URL has a part behind #, which is never sent";
	if (parts.zone != NULL)
		return "the host is an address of one network link; give a public one";
	return host_fault(parts.host, allow_loopback);
}
