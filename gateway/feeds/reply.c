/*
 * reply.c - success or its opposite in JSON, a bare status, a token.
 */
#include "reply.h"

int
reply_success(struct arena *arena, const struct feed_answer *answer, struct str *body)
{
	if (feed_accepts(answer->reason))
		*body = STR("{\"success\":true}");
	else
		*body = arena_printf(arena, "{\"success\":false,\"message\":\"%s\"}",
			feed_reason_name(answer->reason));
	return feed_status(answer->reason);
}

int
reply_status(struct arena *arena, const struct feed_answer *answer, struct str *body)
{
	(void)arena;
	*body = STR("");
	return feed_status(answer->reason);
}

struct str
reply_text(struct arena *arena, json_t *object)
{
	struct buf text CLEANUP(buf_fini) = {0};

	json_write(&text, object);
	json_decref(object);
	return arena_copy(arena, buf_str(&text));
}

struct str
reply_token(struct arena *arena, const struct feed_answer *answer)
{
	json_t *object = json_object();

	json_set_str(object, "access_token", answer->token);
	json_set_str(object, "token_type", STR("Bearer"));
	json_set_i64(object, "expires_in", answer->token_s);
	return reply_text(arena, object);
}
