/* What the ways of signing in share. */
#include <string.h>

#include "sign_in.h"

#define NEXT_BYTES_MAX 2000

struct str
token_digest(struct request *req)
{
	unsigned char *hash = arena_alloc(request_arena(req), SHA256_SIZE);

	crypt_sha256(api_of(req)->config.crypt, request_param(req, "token"), hash);
	return (struct str){(const char *)hash, SHA256_SIZE};
}

struct str
factor_context(struct arena *arena, int64_t staff_id)
{
	return arena_printf(arena, "staff:%lld", (long long)staff_id);
}

struct str
staff_who(struct arena *arena, const struct staff *staff)
{
	return arena_printf(arena, "staff:%lld %.*s", (long long)staff->id, STR_FMT(staff->name));
}

void
entrance_prepare(struct request *req, struct entrance *entrance)
{
	struct proof proof = proof_of(req);

	*entrance = (struct entrance){
		.device = device_name(request_arena(req), request_header(req, "User-Agent")),
		.had = proof.has_staff,
	};
	entrance->token = new_token(api_of(req), request_arena(req), entrance->hash);
	memcpy(entrance->before, proof.staff_hash, SHA256_SIZE);
}

struct err
entrance_open(
	struct tx *tx, const struct entrance *entrance, const struct staff *staff, const char *how)
{
	struct buf who CLEANUP(buf_fini) = {0};
	struct str before = {(const char *)entrance->before, SHA256_SIZE};

	if (entrance->had)
		TRY(staff_sessions_end(tx->db, before, tx->now_ms));
	TRY(staff_sessions_put(tx->db, &(struct staff_session){
					       .hash = {(const char *)entrance->hash, SHA256_SIZE},
					       .id = tx_next_id(tx),
					       .staff_id = staff->id,
					       .device = entrance->device,
					       .created_at_ms = tx->now_ms,
					       .seen_at_ms = tx->now_ms,
				       }));
	buf_addf(&who, "staff:%lld %.*s", (long long)staff->id, STR_FMT(staff->name));
	return tx_audit(tx, buf_str(&who), how, staff->login, entrance->device);
}

struct str
own_path(struct str next)
{
	if (next.len == 0 || next.len > NEXT_BYTES_MAX || next.ptr[0] != '/')
		return STR("");
	/* "//host" and "/\host" are other places to a browser, which also drops TAB and line ends.
	 */
	if (next.len > 1 && (next.ptr[1] == '/' || next.ptr[1] == '\\'))
		return STR("");
	for (size_t i = 0; i < next.len; i++) {
		if ((unsigned char)next.ptr[i] <= ' ' || (unsigned char)next.ptr[i] >= 0x7f)
			return STR("");
	}
	return next;
}

void
entrance_reply(struct request *req, const struct entrance *entrance, struct str next)
{
	struct str path = own_path(next);

	/* Longer than the session: then it opens nothing, but tells that the device is known. */
	set_cookie(req, COOKIE_STAFF, entrance->token, STAFF_DEVICE_MS / MS_PER_SECOND);
	page_headers(req);
	reply_redirect(req, path.len > 0 ? path : STR("/"));
}
