/* options.c - can a run be made of these options? */
#include "chopay/simulate.h"

/* http or https, a host and perhaps a port; a slash at the end is forgiven. */
static bool
url_ok(struct str url)
{
	if (str_starts(url, STR("https://")))
		url = str_cut(url, 8, url.len);
	else if (str_starts(url, STR("http://")))
		url = str_cut(url, 7, url.len);
	else
		return false;
	if (str_ends(url, STR("/")))
		url.len--;
	for (size_t i = 0; i < url.len; i++) {
		char c = url.ptr[i];

		if (c <= ' ' || c > '~' || c == '/' || c == '?' || c == '#' || c == '@')
			return false;
	}
	return url.len > 0;
}

static bool
endpoint_ok(struct str endpoint)
{
	for (size_t i = 0; i < endpoint.len; i++) {
		if (endpoint.ptr[i] <= ' ' || endpoint.ptr[i] > '~')
			return false;
	}
	return str_starts(endpoint, STR("/webhooks/sepay/"));
}

struct err
simulate_check(const struct simulate_options *options)
{
	if (options->url == NULL)
		return FAIL(ERR_INVALID, "--url is missing: the gateway's address");
	if (!url_ok(str_from(options->url)))
		return FAIL(ERR_INVALID, "--url is http://HOST:PORT or https://HOST, no path");
	if (!endpoint_ok(str_from(options->endpoint)))
		return FAIL(ERR_INVALID,
			"--endpoint is /webhooks/sepay/ID, as chopay endpoint add says");
	if (options->mode == SIMULATE_NONE && options->forge > 0)
		return FAIL(ERR_INVALID,
			"--forge wants --mode hmac or apikey: without a proof there is no forgery");
	if (options->amount_short + options->amount_over > SIMULATE_ALWAYS)
		return FAIL(ERR_INVALID, "--short and --over are more than 100 together");
	return OK;
}
