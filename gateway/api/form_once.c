/* What tells a form that comes again from one that is sent anew. */
#include "form_once.h"

#define KEY_BYTES 16
#define KEY_CHARS 22 /* of them in base64url */

void
form_once_put(json_t *data)
{
	struct buf text CLEANUP(buf_fini) = {0};
	unsigned char bytes[KEY_BYTES];

	crypt_random(bytes, sizeof(bytes));
	base64url_put(&text, (struct str){(const char *)bytes, sizeof(bytes)});
	json_set_str(data, "form_key", buf_str(&text));
}

struct str
form_once_key(struct request *req, struct str said)
{
	struct arena *arena = request_arena(req);
	struct buf text CLEANUP(buf_fini) = {0};
	unsigned char digest[SHA256_SIZE];
	struct str key;

	if (!request_form(req, "key", &key) || key.len != KEY_CHARS)
		return STR("");
	crypt_sha256(api_of(req)->config.crypt,
		arena_printf(arena, "%.*s %.*s", STR_FMT(key), STR_FMT(said)), digest);
	buf_adds(&text, "form:");
	hex_put(&text, (struct str){(const char *)digest, sizeof(digest)});
	return arena_copy(arena, buf_str(&text));
}
