/*
 * reply.c - success or its opposite in JSON, or a bare status.
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
