/* The words of an endpoint: every mode knows which of them it needs. */
#include "endpoint_words.h"

#define NAME_MAX_CHOPAY 128 /* bytes of a client id, a user name */
#define HEADER_MAX 64

/* How a mode calls the sender's name; a mode that is not here has none. */
static const struct {
	enum feed_mode mode;
	const char *member, *option;
} names[] = {
	{FEED_MODE_OAUTH2, "client_id", "--client-id"},
	{FEED_MODE_VIETQR, "username", "--username"},
	{FEED_MODE_BIDV, "service_id", "--service-id"},
	{FEED_MODE_RFC9421_HMAC, "key_id", "--key-id"},
};
#define NAMES (sizeof(names) / sizeof(*names))

static bool
refuse(struct request *req, const char *slug, const char *title, const char *detail)
{
	reply_problem(req, 400, slug, title, "%s", detail);
	return false;
}

/* ---- feed and mode -------------------------------------------------------------------------- */

static bool
read_feed(struct request *req, const json_t *body, const struct feed **feed)
{
	struct buf known CLEANUP(buf_fini) = {0};
	struct str word;

	if (json_member_str(body, "feed", &word).code != ERR_OK)
		return refuse(req, "invalid-body", "No feed is named", "an endpoint has a feed");
	*feed = feed_find(word);
	if (*feed != NULL && (*feed)->mode_count > 0)
		return true;
	for (size_t i = 0; feed_list(i) != NULL; i++) {
		if (feed_list(i)->mode_count > 0)
			buf_addf(&known, "%s%s", known.len == 0 ? "" : ", ", feed_list(i)->name);
	}
	reply_problem(req, 400, "unknown-feed", "No such feed", "the feeds that call us are %s",
		known.ptr);
	return false;
}

static bool
read_mode(struct request *req, const json_t *body, const struct feed *feed, enum feed_mode *mode)
{
	struct buf known CLEANUP(buf_fini) = {0};
	struct str word;

	if (json_member_str(body, "mode", &word).code == ERR_OK && feed_mode_parse(word, mode) &&
		feed_allows(feed, *mode))
		return true;
	for (size_t i = 0; i < feed->mode_count; i++)
		buf_addf(&known, "%s%s", i == 0 ? "" : ", ", feed_mode_name(feed->modes[i]));
	reply_problem(req, 400, "invalid-body", "The mode does not fit the feed",
		"%s has the mode%s %s", feed->name, feed->mode_count == 1 ? "" : "s", known.ptr);
	return false;
}

/* ---- the sender's name and header ----------------------------------------------------------- */

static bool
is_name(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		/* A colon would end the user name of Basic credentials. */
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~' || text.ptr[i] == ':')
			return false;
	}
	return text.len > 0 && text.len <= NAME_MAX_CHOPAY;
}

static bool
read_name(struct request *req, const json_t *body, struct endpoint_words *words)
{
	const char *mode = feed_mode_name(words->mode);
	const char *needs = NULL;

	for (size_t i = 0; i < NAMES; i++) {
		if (names[i].mode == words->mode)
			needs = names[i].option;
	}
	for (size_t i = 0; i < NAMES; i++) {
		bool needed = names[i].mode == words->mode;
		struct str text;

		if (json_member_str_opt(body, names[i].member, &text).code != ERR_OK)
			text = STR("");
		if (needed && !is_name(text)) {
			reply_problem(req, 400, "invalid-body", "The sender's name is missing",
				"the mode %s needs %s: up to %d characters without blanks and colons",
				mode, needs, NAME_MAX_CHOPAY);
			return false;
		}
		if (!needed && text.len > 0) {
			reply_problem(req, 400, "invalid-body", "A word too many",
				"the mode %s takes %s, not %s", mode,
				needs == NULL ? "no name of the sender" : needs, names[i].option);
			return false;
		}
		if (needed)
			words->client_id = arena_copy(request_arena(req), text);
	}
	return true;
}

static bool
is_header(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c != '-' && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
			!(c >= 'a' && c <= 'z'))
			return false;
	}
	return text.len > 0 && text.len <= HEADER_MAX;
}

static bool
read_header(struct request *req, const json_t *body, struct endpoint_words *words)
{
	struct str text;

	words->header = STR("");
	if (json_object_get(body, "header") == NULL)
		return true;
	if (words->mode != FEED_MODE_T_V1) {
		reply_problem(req, 400, "invalid-body", "A word too many",
			"--header is of the mode %s; the mode %s has its own",
			feed_mode_name(FEED_MODE_T_V1), feed_mode_name(words->mode));
		return false;
	}
	if (json_member_str(body, "header", &text).code != ERR_OK || !is_header(text))
		return refuse(req, "invalid-body", "The header has no valid name",
			"--header is a name of up to 64 letters, digits and hyphens");
	words->header = arena_copy(request_arena(req), text);
	return true;
}

/* ---- whom it lets in ------------------------------------------------------------------------ */

static bool
read_addresses(struct request *req, const json_t *body, struct endpoint_words *words)
{
	struct buf why CLEANUP(buf_fini) = {0}, text CLEANUP(buf_fini) = {0};
	struct address_list list;
	struct str word;

	words->addresses = STR("");
	words->tells_addresses = json_object_get(body, "allow_from") != NULL;
	if (!words->tells_addresses)
		return true;
	if (json_member_str(body, "allow_from", &word).code != ERR_OK ||
		address_list_parse(word, &list, &why).code != ERR_OK) {
		reply_problem(req, 400, "invalid-body", "The addresses cannot be used",
			"%s; write 192.0.2.7,10.0.0.0/8,2001:db8::/32",
			why.len == 0 ? "allow_from is no text" : why.ptr);
		return false;
	}
	address_list_write(&list, &text);
	words->addresses = arena_copy(request_arena(req), buf_str(&text));
	return true;
}

static bool
read_client_cert(struct request *req, const json_t *body, struct endpoint_words *words)
{
	struct buf text CLEANUP(buf_fini) = {0};
	unsigned char digest[SHA256_SIZE];
	struct str pem;

	words->client_cert = STR("");
	words->tells_client_cert = json_object_get(body, "client_cert") != NULL;
	if (!words->tells_client_cert)
		return true;
	if (json_member_str(body, "client_cert", &pem).code != ERR_OK)
		return refuse(req, "invalid-body", "The certificate cannot be used",
			"client_cert is no text");
	if (pem.len == 0)
		return true;
	if (crypt_certificate_digest(pem, digest).code != ERR_OK)
		return refuse(req, "invalid-body", "The certificate cannot be used",
			"it is not in PEM (-----BEGIN CERTIFICATE-----)");
	hex_put(&text, (struct str){(const char *)digest, sizeof(digest)});
	words->client_cert = arena_copy(request_arena(req), buf_str(&text));
	return true;
}

bool
endpoint_words_read_callers(struct request *req, const json_t *body, struct endpoint_words *words)
{
	return read_addresses(req, body, words) && read_client_cert(req, body, words);
}

/* ---- all of it ------------------------------------------------------------------------------ */

bool
endpoint_words_check_secret(struct request *req, enum feed_mode mode, struct str secret)
{
	const char *fault = feed_secret_fault(mode, secret);

	return fault == NULL || refuse(req, "invalid-secret", "The secret cannot be used", fault);
}

bool
endpoint_words_read(struct request *req, const json_t *body, struct endpoint_words *words)
{
	*words = (struct endpoint_words){.client_id = STR("")};
	if (json_member_str_opt(body, "secret", &words->secret).code != ERR_OK)
		return refuse(req, "invalid-body", "A member is wrong", "the secret is no text");
	return read_feed(req, body, &words->feed) &&
	       read_mode(req, body, words->feed, &words->mode) && read_name(req, body, words) &&
	       read_header(req, body, words) && endpoint_words_read_callers(req, body, words) &&
	       endpoint_words_check_secret(req, words->mode, words->secret);
}
