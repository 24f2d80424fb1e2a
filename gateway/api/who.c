/* Who asks: a key, a stall's session, or the control socket. */
#include <string.h>

#include "api.h"

#define COOKIE_SECURE "__Host-chopay"
#define COOKIE_PLAIN "chopay" /* over plain HTTP, which is loopback only */
#define TOKEN_BYTES 20

static const char *
cookie_name(struct request *req)
{
	return request_secure(req) ? COOKIE_SECURE : COOKIE_PLAIN;
}

struct proof
proof_of(struct request *req)
{
	const struct crypt *crypt = api_of(req)->config.crypt;
	struct str authorization = request_header(req, "Authorization");
	struct proof proof = {.local = request_local(req)};
	struct str cookie;

	if (authorization.len > 7 && str_eq_nocase(str_cut(authorization, 0, 7), STR("Bearer "))) {
		proof.has_key = true;
		crypt_sha256(crypt, str_trim(str_cut(authorization, 7, authorization.len)),
			proof.key_hash);
	} else if (request_cookie(req, cookie_name(req), &cookie) && cookie.len > 0) {
		proof.has_session = true;
		crypt_sha256(crypt, cookie, proof.session_hash);
	}
	return proof;
}

static struct err
find_key(struct db *db, struct arena *arena, const struct proof *proof, struct principal *who)
{
	struct api_key key;
	struct err err = api_keys_find(
		db, arena, (struct str){(const char *)proof->key_hash, SHA256_SIZE}, &key);

	if (err.code == ERR_NOT_FOUND)
		return FAIL(ERR_DENIED, "the key is not valid; `chopay key add` makes one");
	TRY(err);
	who->role = str_eq(key.role, STR("operator")) ? ROLE_OPERATOR : ROLE_READER;
	if (str_starts(key.role, STR(OFFICIAL_ROLE))) {
		who->role = ROLE_OFFICIAL;
		who->unit_code = str_cut(key.role, sizeof(OFFICIAL_ROLE) - 1, key.role.len);
	}
	who->name = arena_printf(arena, "key:%.*s", STR_FMT(key.id));
	who->person = key.name;
	return OK;
}

struct err
principal_find(struct db *db, struct arena *arena, const struct proof *proof, int64_t now_ms,
	struct principal *who)
{
	struct err err;

	*who = (struct principal){.role = ROLE_ANYONE, .name = STR("anyone")};
	if (proof->local) {
		*who = (struct principal){.role = ROLE_OPERATOR, .name = STR("local")};
		return OK;
	}
	if (proof->has_key)
		return find_key(db, arena, proof, who);
	if (!proof->has_session)
		return OK;
	err = sessions_find(db, (struct str){(const char *)proof->session_hash, SHA256_SIZE},
		now_ms, &who->stall_id);
	if (err.code == ERR_NOT_FOUND)
		return OK; /* an old cookie is nobody's, not an error: the page offers to sign in */
	TRY(err);
	who->role = ROLE_STALL;
	who->name = arena_printf(arena, "stall:%lld", (long long)who->stall_id);
	return OK;
}

struct err
principal_person(const struct principal *who, struct str *person)
{
	if (who->person.len == 0)
		return OK; /* the books refuse an empty one */
	if (person->len > 0 && !str_eq(*person, who->person))
		return FAIL(ERR_DENIED, "a key acts as the person it was made for: leave"
					" \"person\" out, or use that person's own key");
	*person = who->person;
	return OK;
}

/* SameSite cookies and this: a form on another site cannot act for a stall.  A client without
 * cookies (a key, the command line) has nothing to abuse. */
bool
same_origin(struct request *req)
{
	struct str origin = request_header(req, "Origin");
	struct str host = request_header(req, "Host");
	struct str site = request_header(req, "Sec-Fetch-Site");
	ptrdiff_t at;

	if (request_local(req) || request_header(req, "Authorization").len > 0)
		return true;
	if (site.len > 0)
		return str_eq(site, STR("same-origin")) || str_eq(site, STR("none"));
	if (origin.len == 0)
		return true; /* not a browser's cross-site request: those always carry it */
	at = str_find(origin, STR("://"));
	return at >= 0 && str_eq_nocase(str_cut(origin, (size_t)at + 3, origin.len), host);
}

struct str
new_token(struct api *api, struct arena *arena, unsigned char hash[SHA256_SIZE])
{
	struct buf text CLEANUP(buf_fini) = {0};
	unsigned char bytes[TOKEN_BYTES];
	struct str token;

	crypt_random(bytes, sizeof(bytes));
	base64url_put(&text, (struct str){(const char *)bytes, sizeof(bytes)});
	token = arena_copy(arena, buf_str(&text));
	crypt_sha256(api->config.crypt, token, hash);
	return token;
}

void
set_session_cookie(struct request *req, struct str token, int64_t max_age_s)
{
	request_add_header(req, "Set-Cookie",
		arena_printf(request_arena(req),
			"%s=%.*s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s", cookie_name(req),
			STR_FMT(token), (long long)max_age_s,
			request_secure(req) ? "; Secure" : ""));
}
