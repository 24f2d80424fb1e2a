/* wire.c - curl handles, set up once and aimed at one path after the other. */
#include "wire.h"

#define CONNECT_MAX_MS 15000L /* SePay's own limits */
#define CALL_MAX_MS 30000L

static size_t
take_answer(char *ptr, size_t size, size_t count, void *arg)
{
	struct wire *wire = arg;

	if (wire->answer.len + size * count > WIRE_ANSWER_MAX)
		return 0; /* curl ends the call */
	buf_add(&wire->answer, (struct str){ptr, size * count});
	return size * count;
}

struct err
wire_init(struct wire *wire, const struct simulate_options *options)
{
	*wire = (struct wire){.easy = curl_easy_init()};
	if (wire->easy == NULL)
		return FAIL(ERR_BROKEN, "libcurl cannot be set up");
	if (curl_easy_setopt(wire->easy, CURLOPT_WRITEFUNCTION, take_answer) != CURLE_OK ||
		curl_easy_setopt(wire->easy, CURLOPT_WRITEDATA, wire) != CURLE_OK ||
		curl_easy_setopt(wire->easy, CURLOPT_PRIVATE, wire) != CURLE_OK ||
		curl_easy_setopt(wire->easy, CURLOPT_ERRORBUFFER, wire->fault) != CURLE_OK ||
		curl_easy_setopt(wire->easy, CURLOPT_PROTOCOLS_STR, "http,https") != CURLE_OK ||
		curl_easy_setopt(wire->easy, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1") !=
			CURLE_OK ||
		curl_easy_setopt(wire->easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) !=
			CURLE_OK ||
		curl_easy_setopt(wire->easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MAX_MS) !=
			CURLE_OK ||
		curl_easy_setopt(wire->easy, CURLOPT_TIMEOUT_MS, CALL_MAX_MS) != CURLE_OK ||
		curl_easy_setopt(wire->easy, CURLOPT_TCP_NODELAY, 1L) != CURLE_OK ||
		curl_easy_setopt(wire->easy, CURLOPT_USERAGENT, "chopay-simulate") != CURLE_OK ||
		(options->ca_file != NULL &&
			curl_easy_setopt(wire->easy, CURLOPT_CAINFO, options->ca_file) != CURLE_OK))
		return FAIL(ERR_BROKEN, "libcurl is too old for this");
	return OK;
}

void
wire_fini(struct wire *wire)
{
	if (wire->easy != NULL)
		curl_easy_cleanup(wire->easy);
	curl_slist_free_all(wire->headers);
	buf_fini(&wire->answer);
	*wire = (struct wire){0};
}

struct err
wire_aim(struct wire *wire, const struct simulate_options *options, const char *path)
{
	struct str base = str_from(options->url);
	struct buf url CLEANUP(buf_fini) = {0};

	buf_clear(&wire->answer);
	wire->fault[0] = '\0';
	curl_slist_free_all(wire->headers);
	wire->headers = NULL;
	if (str_ends(base, STR("/")))
		base.len--;
	buf_add(&url, base);
	buf_adds(&url, path);
	if (curl_easy_setopt(wire->easy, CURLOPT_URL, url.ptr) != CURLE_OK ||
		curl_easy_setopt(wire->easy, CURLOPT_HTTPHEADER, NULL) != CURLE_OK ||
		curl_easy_setopt(wire->easy, CURLOPT_HTTPGET, 1L) != CURLE_OK)
		return FAIL(ERR_BROKEN, "libcurl has no memory for a call");
	return OK;
}

struct err
wire_add_header(struct wire *wire, const char *line)
{
	struct curl_slist *longer = curl_slist_append(wire->headers, line);

	if (longer == NULL)
		return FAIL(ERR_BROKEN, "libcurl has no memory for a header");
	wire->headers = longer;
	if (curl_easy_setopt(wire->easy, CURLOPT_HTTPHEADER, longer) != CURLE_OK)
		return FAIL(ERR_BROKEN, "libcurl takes no headers");
	return OK;
}

struct err
wire_set_body(struct wire *wire, struct str body)
{
	if (curl_easy_setopt(wire->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len) !=
			CURLE_OK ||
		curl_easy_setopt(wire->easy, CURLOPT_POSTFIELDS, body.len == 0 ? "" : body.ptr) !=
			CURLE_OK)
		return FAIL(ERR_BROKEN, "libcurl takes no body");
	return wire_add_header(wire, "Content-Type: application/json");
}

long
wire_status(const struct wire *wire)
{
	long status = 0;

	if (curl_easy_getinfo(wire->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
		return 0;
	return status;
}
