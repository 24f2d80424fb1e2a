/* The books move to another store: writing is held, goes on, or has moved for good. */
#include <unistd.h>

#include "api.h"

struct moving {
	struct move_command move; /* first */
	struct request *req;
};

static void
moved(struct command *self)
{
	struct moving *asked = (struct moving *)self;

	if (self->result.code != ERR_OK)
		reply_err(asked->req, self->result);
	else
		reply_empty(asked->req, 204);
}

/* Whoever copies waits at last for this process to end. */
static void
drained(struct command *self)
{
	struct moving *asked = (struct moving *)self;
	json_t *json;

	if (self->result.code != ERR_OK) {
		reply_err(asked->req, self->result);
		return;
	}
	json = json_object();
	json_set_i64(json, "pid", getpid());
	reply_json(asked->req, 200, json);
}

static struct moving *
moving_new(struct request *req, void (*done)(struct command *self))
{
	struct moving *asked = arena_alloc(request_arena(req), sizeof(*asked));

	asked->req = req;
	asked->move.command = (struct command){
		NULL, done, api_of(req)->config.mailbox, request_arena(req), OK};
	return asked;
}

void
control_hold(struct request *req)
{
	struct err err = books_hold(
		api_of(req)->config.books, &moving_new(req, drained)->move.command);

	if (err.code != ERR_OK)
		reply_err(req, err);
}

void
control_release(struct request *req)
{
	books_release(api_of(req)->config.books);
	reply_empty(req, 204);
}

void
control_move(struct request *req)
{
	struct moving *asked = moving_new(req, moved);
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct store_note *note = &asked->move.note;
	struct err err;
	struct str place;

	if (body == NULL)
		return;
	if (json_member_str(body, "place", &place).code != ERR_OK || place.len == 0) {
		reply_problem(req, 400, "invalid-body", "The books cannot move",
			"\"place\" is the store that has them now");
		return;
	}
	*note = (struct store_note){STR("moved"), arena_copy(request_arena(req), place),
		json_integer_value(json_object_get(body, "token")),
		books_now_ms(api_of(req)->config.books)};
	err = books_move(api_of(req)->config.books, &asked->move);
	if (err.code != ERR_OK)
		reply_err(req, err);
}
