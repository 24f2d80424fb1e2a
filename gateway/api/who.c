/* Who asks: a key, a person who signed in, a stall's phone, or the control socket. */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "chopay/people.h"

/* A stall's phone keeps its own cookie, whoever else signs in on it. */
static const struct cookie {
	const char *secure, *plain; /* over plain HTTP, which is loopback only */
	const char *same_site;
} cookies[] = {
	[COOKIE_STALL] = {"__Host-chopay", "chopay", "Lax"}, /* opened from a chat program, too */
	[COOKIE_STAFF] = {"__Host-chopay-staff", "chopay-staff", "Strict"},
};
#define TOKEN_BYTES 20

static const char *
cookie_name(struct request *req, enum cookie_kind kind)
{
	return request_secure(req) ? cookies[kind].secure : cookies[kind].plain;
}

static bool
take_cookie(struct request *req, enum cookie_kind kind, unsigned char hash[SHA256_SIZE])
{
	struct str cookie;

	if (!request_cookie(req, cookie_name(req, kind), &cookie) || cookie.len == 0)
		return false;
	crypt_sha256(api_of(req)->config.crypt, cookie, hash);
	return true;
}

static bool
is_unsafe(struct request *req)
{
	struct str method = request_method(req);

	return !str_eq(method, STR("GET")) && !str_eq(method, STR("HEAD"));
}

/* The stall's own pages are the phone's, even where a person signed in on it too. */
static bool
is_of_stall(struct request *req)
{
	struct str path = request_path(req);

	return str_eq(path, STR("/stall")) || str_starts(path, STR("/stall/")) ||
	       str_starts(path, STR("/v1/stall/"));
}

struct proof
proof_of(struct request *req)
{
	const struct crypt *crypt = api_of(req)->config.crypt;
	struct str authorization = request_header(req, "Authorization");
	struct proof proof = {.local = request_local(req)};

	if (authorization.len > 7 && str_eq_nocase(str_cut(authorization, 0, 7), STR("Bearer "))) {
		proof.has_key = true;
		crypt_sha256(crypt, str_trim(str_cut(authorization, 7, authorization.len)),
			proof.key_hash);
		return proof;
	}
	/* A cookie goes wherever a browser is sent: what changes something comes from our own
	 * pages, or the cookie is not looked at. */
	if (is_unsafe(req) && !same_origin(req))
		return proof;
	proof.has_session = take_cookie(req, COOKIE_STALL, proof.session_hash);
	if (!is_of_stall(req))
		proof.has_staff = take_cookie(req, COOKIE_STAFF, proof.staff_hash);
	return proof;
}

/* ---- roles ------------------------------------------------------------------------------------
 */

static struct err
read_manager(struct db *db, struct arena *arena, struct str code, struct principal *who)
{
	struct market market;
	struct err err = markets_find(db, arena, code, &market);

	if (err.code == ERR_NOT_FOUND)
		return FAIL(ERR_NOT_FOUND, "manager: there is no market with that code");
	TRY(err);
	who->role = ROLE_MANAGER;
	who->market_id = market.id;
	who->market_code = market.code;
	who->place = market.name;
	return OK;
}

struct err
role_read(
	struct db *db, struct arena *arena, struct str text, int64_t now_ms, struct principal *who)
{
	static const struct {
		const char *name;
		enum role role;
	} plain[] = {
		{"operator", ROLE_OPERATOR}, {"auditor", ROLE_AUDITOR}, {"reader", ROLE_READER}};
	struct unit unit;
	struct err err;

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (str_eq(text, str_from(plain[i].name))) {
			who->role = plain[i].role;
			return OK;
		}
	}
	if (str_starts(text, STR(MANAGER_ROLE)))
		return read_manager(
			db, arena, str_cut(text, sizeof(MANAGER_ROLE) - 1, text.len), who);
	if (!str_starts(text, STR(OFFICIAL_ROLE)))
		return FAIL(ERR_INVALID, "a role is operator, auditor, official:UNIT,"
					 " manager:MARKET, or reader for a key");
	who->unit_code = str_cut(text, sizeof(OFFICIAL_ROLE) - 1, text.len);
	err = units_find(db, arena, who->unit_code, day_of(now_ms, 0), &unit);
	if (err.code == ERR_NOT_FOUND)
		return FAIL(ERR_NOT_FOUND, "official: there is no unit with that code today");
	TRY(err);
	who->role = ROLE_OFFICIAL;
	who->place = unit.name;
	return OK;
}

/* A role of before stays what it was made for: a unit that ended since, say. */
static struct err
role_kept(
	struct db *db, struct arena *arena, struct str text, int64_t now_ms, struct principal *who)
{
	struct err err = role_read(db, arena, text, now_ms, who);

	if (err.code == ERR_NOT_FOUND && str_starts(text, STR(OFFICIAL_ROLE))) {
		who->role = ROLE_OFFICIAL;
		return OK;
	}
	if (err.code == ERR_NOT_FOUND || err.code == ERR_INVALID)
		return FAIL(ERR_DENIED, "the role of this key or person is about a market that is"
					" no longer there");
	return err;
}

/* ---- who it is --------------------------------------------------------------------------------
 */

static struct err
find_key(struct db *db, struct arena *arena, const struct proof *proof, int64_t now_ms,
	struct principal *who)
{
	struct api_key key;
	struct err err = api_keys_find(
		db, arena, (struct str){(const char *)proof->key_hash, SHA256_SIZE}, &key);

	if (err.code == ERR_NOT_FOUND)
		return FAIL(ERR_DENIED, "the key is not valid; `chopay key add` makes one");
	TRY(err);
	TRY(role_kept(db, arena, key.role, now_ms, who));
	who->name = arena_printf(arena, "key:%.*s", STR_FMT(key.id));
	who->person = key.name;
	return OK;
}

/* `who` stays as it is when the cookie is nobody's any more: the page offers to sign in. */
static struct err
find_staff(struct db *db, struct arena *arena, const struct proof *proof, int64_t now_ms,
	struct principal *who)
{
	struct staff_session session;
	struct staff staff;
	struct err err = staff_sessions_find(db, arena,
		(struct str){(const char *)proof->staff_hash, SHA256_SIZE}, now_ms, &session,
		&staff);

	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	TRY(role_kept(db, arena, staff.role, now_ms, who));
	who->name = arena_printf(arena, "staff:%lld", (long long)staff.id);
	who->person = staff.name;
	who->staff_id = staff.id;
	who->session_id = session.id;
	who->seen_ms = session.seen_at_ms;
	return OK;
}

static struct err
find_phone(struct db *db, struct arena *arena, const struct proof *proof, int64_t now_ms,
	struct principal *who)
{
	struct stall_session session;
	struct err err = sessions_find(db, arena,
		(struct str){(const char *)proof->session_hash, SHA256_SIZE}, now_ms, &session);

	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	who->role = session.helper ? ROLE_STALL_HELPER : ROLE_STALL;
	who->stall_id = session.stall_id;
	who->name = arena_printf(arena, "stall:%lld", (long long)who->stall_id);
	who->session_id = session.id;
	who->seen_ms = session.seen_at_ms;
	return OK;
}

struct err
principal_find(struct db *db, struct arena *arena, const struct proof *proof, int64_t now_ms,
	struct principal *who)
{
	*who = (struct principal){.role = ROLE_ANYONE, .name = STR("anyone")};
	if (proof->local) {
		*who = (struct principal){.role = ROLE_OPERATOR, .name = STR("local")};
		return OK;
	}
	if (proof->has_key)
		return find_key(db, arena, proof, now_ms, who);
	if (proof->has_staff)
		TRY(find_staff(db, arena, proof, now_ms, who));
	if (proof->has_session && who->role == ROLE_ANYONE)
		TRY(find_phone(db, arena, proof, now_ms, who));
	return OK;
}

/* ---- when it was seen -------------------------------------------------------------------------
 */

struct seen {
	struct command command; /* first */
	bool staff;
	unsigned char hash[SHA256_SIZE];
};

static struct err
seen_apply(struct tx *tx, struct command *self)
{
	const struct seen *seen = (const struct seen *)self;
	struct str hash = {(const char *)seen->hash, SHA256_SIZE};

	return seen->staff ? staff_sessions_seen(tx->db, hash, tx->now_ms)
			   : sessions_seen(tx->db, hash, tx->now_ms);
}

static void
seen_done(struct command *self)
{
	free(self);
}

void
session_seen(
	struct api *api, const struct proof *proof, const struct principal *who, int64_t now_ms)
{
	struct seen *seen;

	if (who->seen_ms == 0 || now_ms - who->seen_ms < SEEN_EVERY_MS)
		return;
	seen = mem_alloc_zero(1, sizeof(*seen));
	seen->command = (struct command){.apply = seen_apply, .done = seen_done};
	seen->staff = who->staff_id != 0;
	memcpy(seen->hash, seen->staff ? proof->staff_hash : proof->session_hash, SHA256_SIZE);
	/* Nobody waits for it, and the next look tells the same. */
	if (books_submit(api->config.books, &seen->command).code != ERR_OK)
		free(seen);
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
set_cookie(struct request *req, enum cookie_kind kind, struct str token, int64_t max_age_s)
{
	request_add_header(req, "Set-Cookie",
		arena_printf(request_arena(req),
			"%s=%.*s; Path=/; Max-Age=%lld; HttpOnly; SameSite=%s%s",
			cookie_name(req, kind), STR_FMT(token), (long long)max_age_s,
			cookies[kind].same_site, request_secure(req) ? "; Secure" : ""));
}

/* ---- who may not -------------------------------------------------------------------------------
 */

struct err
principal_denied(const struct principal *who, const char *what)
{
	return FAIL(ERR_DENIED,
		who->role == ROLE_ANYONE ? "an API key (Authorization: Bearer) is needed" : what);
}

void
reply_refusal(struct request *req, const struct principal *who, struct err err)
{
	if (err.code == ERR_DENIED && who->role == ROLE_ANYONE) {
		request_add_header(req, "WWW-Authenticate", STR("Bearer"));
		reply_problem(req, 401, "unauthenticated", "Sign in first", "%s", err.what);
		return;
	}
	reply_err(req, err);
}
