/*
 * answer.c - an answer as JSON text.
 */
#include "answer.h"

struct str
answer_json(struct arena *arena, json_t *object)
{
	struct buf text CLEANUP(buf_fini) = {0};

	json_write(&text, object);
	json_decref(object);
	return arena_copy(arena, buf_str(&text));
}

struct str
answer_token(struct arena *arena, const struct feed_answer *answer)
{
	json_t *object = json_object();

	json_set_str(object, "access_token", answer->token);
	json_set_str(object, "token_type", STR("Bearer"));
	json_set_i64(object, "expires_in", answer->token_s);
	return answer_json(arena, object);
}
