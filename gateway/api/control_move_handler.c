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

struct holding {
	struct hold_command hold; /* first */
	struct request *req;
};

static json_t *
touched_json(const struct touched *touched)
{
	json_t *tables = json_array();

	for (size_t i = 0; i < touched->count; i++) {
		const struct touched_table *table = &touched->items[i];
		json_t *rows = json_array(), *json = json_object();

		for (size_t n = 0; n < table->row_count; n++)
			json_array_append_new(rows, json_integer(table->rows[n]));
		json_set_str(json, "table", table->table);
		json_object_set_new(json, "rows", rows);
		json_object_set_new(json, "gone", json_boolean(table->gone));
		json_array_append_new(tables, json);
	}
	return tables;
}

/* Whoever copies waits at last for this process to end. */
static void
drained(struct command *self)
{
	struct holding *asked = (struct holding *)self;
	json_t *json;

	if (self->result.code != ERR_OK) {
		reply_err(asked->req, self->result);
		return;
	}
	json = json_object();
	json_set_i64(json, "pid", getpid());
	if (asked->hold.touched.known)
		json_object_set_new(json, "touched", touched_json(&asked->hold.touched));
	reply_json(asked->req, 200, json);
}

static struct command
asked_of(struct request *req, void (*done)(struct command *self))
{
	return (struct command){NULL, done, api_of(req)->config.mailbox, request_arena(req), OK};
}

static struct moving *
moving_new(struct request *req)
{
	struct moving *asked = arena_alloc(request_arena(req), sizeof(*asked));

	asked->req = req;
	asked->move.command = asked_of(req, moved);
	return asked;
}

void
control_watch(struct request *req)
{
	struct err err = books_watch(api_of(req)->config.books, &moving_new(req)->move.command);

	if (err.code != ERR_OK)
		reply_err(req, err);
}

void
control_hold(struct request *req)
{
	struct holding *asked = arena_alloc(request_arena(req), sizeof(*asked));
	struct err err;

	asked->req = req;
	asked->hold.command = asked_of(req, drained);
	err = books_hold(api_of(req)->config.books, &asked->hold);
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
	struct moving *asked = moving_new(req);
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
