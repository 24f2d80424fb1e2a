/* Adoption reports, rankings and work lists over /v1, in every form. */
#include "report_task.h"

/* A misspelt word would give another report than was meant, and nobody would see it. */
static const char *const words[] = {"unit", "market", "former", "period", "calendar", "boundary",
	"audience", "level", "format", "lang"};
#define WORDS (sizeof(words) / sizeof(words[0]))

static bool
said_once(struct str name, bool said[WORDS])
{
	for (size_t i = 0; i < WORDS; i++) {
		if (!str_eq(name, str_from(words[i])))
			continue;
		if (said[i])
			return false;
		return said[i] = true;
	}
	return false;
}

static bool
words_known(struct request *req)
{
	struct str rest = request_query_string(req), pair, name;
	bool said[WORDS] = {false};

	while (rest.len > 0) {
		str_split(&rest, '&', &pair);
		str_split(&pair, '=', &name);
		if (name.len == 0 || said_once(name, said))
			continue;
		return false;
	}
	return true;
}

static void
run(struct request *req, enum order_what what)
{
	struct report_task *task = report_task_new(req, what, query_word, req);

	if (!words_known(req))
		report_task_refuse(task,
			"each of unit, market, former, period, calendar, boundary, audience, "
			"level, format and lang may be said once, and nothing else");
	report_task_run(task);
}

void
report_adoption_get(struct request *req)
{
	run(req, ORDER_ADOPTION);
}

void
report_ranking_get(struct request *req)
{
	run(req, ORDER_RANKING);
}

void
report_work_get(struct request *req)
{
	run(req, ORDER_WORK);
}

/* ---- the fold, for a command that shows how far it is -------------------------------------------
 */

struct fold_request {
	struct fold_command fold; /* first */
	struct request *req;
};

static json_t *
place_json(const struct fold_place *place)
{
	json_t *json = json_object();

	json_set_i64(json, "day", place->day);
	json_set_i64(json, "stall_id", place->stall_id);
	json_set_i64(json, "sweep", place->sweep);
	json_object_set_new(json, "found", json_boolean(place->found));
	return json;
}

/* As the answer before had it; without one it begins. */
static void
read_place(const json_t *json, struct fold_place *place)
{
	int64_t day, sweep;

	if (json_member_i64(json, "day", &day).code != ERR_OK ||
		json_member_i64(json, "stall_id", &place->stall_id).code != ERR_OK ||
		json_member_i64(json, "sweep", &sweep).code != ERR_OK || day < DAY_FIRST ||
		day > DAY_LAST || sweep < 0 || sweep > FOLD_SWEEPS_MAX) {
		*place = (struct fold_place){0};
		return;
	}
	place->day = (int32_t)day;
	place->sweep = (int)sweep;
	place->found = json_is_true(json_object_get(json, "found"));
}

static void
folded(struct command *self)
{
	struct fold_request *asked = (struct fold_request *)self;
	json_t *json;

	if (self->result.code != ERR_OK) {
		reply_err(asked->req, self->result);
		return;
	}
	json = json_object();
	json_set_i64(json, "folded", (int64_t)asked->fold.folded);
	json_object_set_new(json, "more", json_boolean(asked->fold.more));
	json_object_set_new(json, "at", place_json(&asked->fold.left));
	reply_json(asked->req, 200, json);
}

/* One turn of it. */
void
control_adoption_fold(struct request *req)
{
	struct fold_request *asked = arena_alloc(request_arena(req), sizeof(*asked));
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct str day;

	if (body == NULL)
		return;
	*asked = (struct fold_request){.req = req};
	asked->fold.command = (struct command){
		fold_apply, folded, api_of(req)->config.mailbox, request_arena(req), OK};
	asked->fold.from_day = DAY_FIRST;
	read_place(json_object_get(body, "at"), &asked->fold.at);
	if (json_member_str(body, "to", &day).code != ERR_OK ||
		day_parse(day, &asked->fold.to_day).code != ERR_OK) {
		reply_problem(
			req, 400, "invalid-body", "A day is wrong", "to is a day: 2026-07-28");
		return;
	}
	asked->fold.to_day = due_until(asked->fold.to_day);
	submit_command(req, &asked->fold.command);
}
