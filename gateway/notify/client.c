/* HTTP calls over libcurl's multi interface. */
#include "client.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chopay/clock.h"

#define CONNECT_TIMEOUT_MS 5000
#define HEADERS_TOTAL_MAX (64 * 1024) /* of an answer */

struct client {
	CURLM *multi;
	struct client_config config;
	struct client_call *calls; /* under way */
	int call_count;
	bool closing;
};

struct client_call {
	struct client *client;
	struct client_call *next, **at;
	CURL *easy;
	struct curl_slist *headers;
	struct buf url, sent, body;
	size_t body_max, headers_len;
	bool plain, refused, too_long;
	int64_t started_ms;
	void (*done)(void *arg, const struct client_answer *answer);
	void *arg;
	char fault[CURL_ERROR_SIZE];
};

/* ---- what may be called -------------------------------------------------------------------- */

static bool
is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const void *)address;

		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	}
	if (address->sa_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const void *)address;

		return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) ||
		       (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) && v6->sin6_addr.s6_addr[12] == 127);
	}
	return false;
}

static bool
may_connect(const struct client_call *call, const struct sockaddr *address)
{
	const struct client_config *config = &call->client->config;

	if (call->plain && !is_loopback(address))
		return false;
	if (config->address_allowed != NULL)
		return config->address_allowed(address, config->allow_loopback);
	return config->allow_loopback || !is_loopback(address);
}

/* curl asks here for the socket of exactly the address it is about to connect to. */
static curl_socket_t
socket_wanted(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct client_call *call = arg;

	if (purpose != CURLSOCKTYPE_IPCXN || !may_connect(call, &address->addr)) {
		call->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
		address->protocol);
}

static bool
host_is_loopback(const char *host)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};

	return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	       (inet_pton(AF_INET, host, &v4.sin_addr) == 1 &&
		       is_loopback((const struct sockaddr *)&v4));
}

static const char *
url_parts_fault(CURLU *parts, bool allow_loopback)
{
	char *scheme = NULL, *host = NULL, *user = NULL, *fragment = NULL;
	const char *fault = NULL;

	if (curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
		curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		fault = "the URL names no host";
	else if (curl_url_get(parts, CURLUPART_USER, &user, 0) == CURLUE_OK)
		fault = "the URL holds a user name";
	else if (curl_url_get(parts, CURLUPART_FRAGMENT, &fragment, 0) == CURLUE_OK)
		fault = "the URL holds a fragment (#)";
	else if (strcmp(scheme, "http") == 0)
		fault = allow_loopback && host_is_loopback(host)
				? NULL
				: "the URL must begin with https:// (http only to this machine, with"
				  " --allow-http-loopback)";
	else if (strcmp(scheme, "https") != 0)
		fault = "the URL must begin with https://";
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_free(fragment);
	return fault;
}

const char *
client_url_fault(struct str url, bool allow_loopback)
{
	struct buf text CLEANUP(buf_fini) = {0};
	const char *fault = "the URL is malformed";
	CURLU *parts;

	for (size_t i = 0; i < url.len; i++) {
		if (url.ptr[i] <= ' ' || url.ptr[i] > '~')
			return "the URL holds a blank or a character outside ASCII";
	}
	parts = curl_url();
	buf_add(&text, url);
	if (parts != NULL && url.len > 0 &&
		curl_url_set(parts, CURLUPART_URL, text.ptr, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
		fault = url_parts_fault(parts, allow_loopback);
	curl_url_cleanup(parts);
	return fault;
}

/* ---- the answer ---------------------------------------------------------------------------- */

static size_t
body_came(char *bytes, size_t one, size_t count, void *arg)
{
	struct client_call *call = arg;

	(void)one; /* always 1 */
	if (call->body.len + count > call->body_max) {
		call->too_long = true;
		return 0; /* ends the transfer */
	}
	buf_add(&call->body, (struct str){bytes, count});
	return count;
}

static size_t
header_came(char *bytes, size_t one, size_t count, void *arg)
{
	struct client_call *call = arg;

	(void)bytes;
	(void)one;
	call->headers_len += count;
	return call->headers_len > HEADERS_TOTAL_MAX ? 0 : count;
}

struct str
client_header(const struct client_answer *answer, const char *name)
{
	struct curl_header *header;

	if (curl_easy_header(answer->call->easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
		return (struct str){NULL, 0};
	return str_from(header->value);
}

static const char *
fault_of(const struct client_call *call, CURLcode code)
{
	if (call->refused)
		return "the address is not allowed";
	if (code == CURLE_OPERATION_TIMEDOUT)
		return "no whole answer in time";
	if (call->headers_len > HEADERS_TOTAL_MAX)
		return "the answer's headers are too long";
	return call->fault[0] != '\0' ? call->fault : curl_easy_strerror(code);
}

static void
call_free(struct client_call *call)
{
	*call->at = call->next;
	if (call->next != NULL)
		call->next->at = call->at;
	call->client->call_count--;
	curl_multi_remove_handle(call->client->multi, call->easy);
	curl_easy_cleanup(call->easy);
	curl_slist_free_all(call->headers);
	buf_fini(&call->url);
	buf_fini(&call->sent);
	buf_fini(&call->body);
	free(call);
}

static void
finish(struct client_call *call, CURLcode code, const char *fault)
{
	struct client_answer answer = {
		.took_ms = clock_monotonic_ms() - call->started_ms,
		.body = buf_str(&call->body),
		.call = call,
	};
	long status = 0;

	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	if (call->too_long && code == CURLE_WRITE_ERROR) {
		answer.body_too_long = true;
		answer.body = (struct str){"", 0};
		code = CURLE_OK;
	}
	if (fault == NULL && code != CURLE_OK)
		fault = fault_of(call, code);
	answer.fault = fault;
	answer.status = fault == NULL ? (int)status : 0;
	call->done(call->arg, &answer);
	call_free(call);
}

/* ---- a call --------------------------------------------------------------------------------- */

static bool
is_plain_text(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
			return false;
	}
	return true;
}

static void
set_request(struct client_call *call, const struct client_request *request)
{
	CURL *easy = call->easy;
	bool get = strcmp(request->method, "GET") == 0;

	curl_easy_setopt(easy, CURLOPT_URL, call->url.ptr);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	if (get)
		return;
	curl_easy_setopt(easy, CURLOPT_POST, 1L);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->sent.ptr == NULL ? "" : call->sent.ptr);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->sent.len);
}

static void
set_rules(struct client_call *call)
{
	CURL *easy = call->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, call->plain ? "http" : "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* an environment must not redirect money talk */
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (call->client->config.ca_file != NULL)
		curl_easy_setopt(easy, CURLOPT_CAINFO, call->client->config.ca_file);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->fault);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, socket_wanted);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_came);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header_came);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
}

static void
add_header(struct client_call *call, struct str line)
{
	struct buf text CLEANUP(buf_fini) = {0};
	struct curl_slist *longer;

	buf_add(&text, line);
	longer = curl_slist_append(call->headers, text.ptr);
	if (longer == NULL)
		abort(); /* no memory: as str.h */
	call->headers = longer;
}

struct err
client_send(struct client *client, const struct client_request *request)
{
	const char *fault = client_url_fault(request->url, client->config.allow_loopback);
	struct client_call *call;

	if (fault != NULL)
		return FAIL(ERR_INVALID, fault);
	for (size_t i = 0; i < request->header_count; i++) {
		if (!is_plain_text(request->headers[i]))
			return FAIL(ERR_INVALID, "a header with a control character");
	}
	if (client->closing)
		return FAIL(ERR_BUSY, "stopping");
	if (client->call_count == CLIENT_CALLS_MAX)
		return FAIL(ERR_BUSY, "too many calls under way");
	call = mem_alloc_zero(1, sizeof(*call));
	call->client = client;
	call->done = request->done;
	call->arg = request->arg;
	call->body_max = request->body_max;
	call->started_ms = clock_monotonic_ms();
	buf_add(&call->url, request->url);
	buf_add(&call->sent, request->body);
	call->plain = str_eq_nocase(str_cut(request->url, 0, 7), STR("http://"));
	for (size_t i = 0; i < request->header_count; i++)
		add_header(call, request->headers[i]);
	add_header(call, STR("Expect:")); /* no 100-continue: one more round trip for nothing */
	call->easy = curl_easy_init();
	if (call->easy == NULL)
		abort(); /* no memory: as str.h */
	set_request(call, request);
	set_rules(call);

	call->next = client->calls;
	call->at = &client->calls;
	if (call->next != NULL)
		call->next->at = &call->next;
	client->calls = call;
	client->call_count++;
	curl_multi_add_handle(client->multi, call->easy);
	return OK;
}

/* ---- all of them ----------------------------------------------------------------------------- */

struct err
client_new(const struct client_config *config, struct client **client)
{
	struct client *made = mem_alloc_zero(1, sizeof(*made));

	made->config = *config;
	/* Counted inside curl: balanced in client_free. */
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(made);
		return FAIL(ERR_BROKEN, "libcurl cannot start");
	}
	made->multi = curl_multi_init();
	if (made->multi == NULL)
		abort(); /* no memory: as str.h */
	*client = made;
	return OK;
}

void
client_free(struct client *client)
{
	if (client == NULL)
		return;
	client->closing = true;
	while (client->calls != NULL)
		finish(client->calls, CURLE_OK, "stopped");
	curl_multi_cleanup(client->multi);
	curl_global_cleanup();
	free(client);
}

/* Moves every call on and ends those that are over: how many? */
static int
move_on(struct client *client)
{
	struct CURLMsg *message;
	int running, left, over = 0;

	curl_multi_perform(client->multi, &running);
	while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
		struct client_call *call;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
		finish(call, message->data.result, NULL);
		over++;
	}
	return over;
}

void
client_run(struct client *client, int wake_fd, int timeout_ms)
{
	struct curl_waitfd wake = {.fd = wake_fd, .events = CURL_WAIT_POLLIN};

	/* What was just sent may be over at once; nothing would wake us for it. */
	if (move_on(client) > 0)
		timeout_ms = 0;
	curl_multi_poll(client->multi, &wake, 1, timeout_ms, NULL);
	(void)move_on(client);
}
