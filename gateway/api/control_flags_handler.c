/* Flags of the index: listed, released by two persons; and what is due folded before the ledger is
 * checked. */
#include "chopay/json.h"
#include "operator.h"

#define FLAGS_MAX 5000 /* in one answer */
#define DAYS_SHOWN 62  /* back from today, unless it is said */
#define FOLDS_MAX 500  /* commands before the ledger is checked; what is left is said */

/* ---- list ---------------------------------------------------------------------------------------
 */

struct listing {
	json_t *items;
	struct str rule; /* empty: any */
	bool more;
};

static struct err
add_flag(void *arg, const struct adoption_flag *flag)
{
	struct listing *listing = arg;
	struct buf day CLEANUP(buf_fini) = {0};
	json_t *item;

	if (listing->rule.len > 0 && !str_eq(flag->rule, listing->rule))
		return OK;
	listing->more = json_array_size(listing->items) == FLAGS_MAX;
	if (listing->more)
		return OK;
	item = json_object();
	day_format(&day, flag->day);
	json_set_id(item, "stall_id", flag->stall_id);
	json_set_str(item, "rule", flag->rule);
	json_set_id(item, "subject", flag->subject);
	json_set_str(item, "day", buf_str(&day));
	json_set_i64(item, "amount", flag->amount.dong);
	json_set_str(item, "evidence", flag->evidence);
	json_set_i64(item, "version", flag->version);
	json_object_set_new(item, "released", json_boolean(flag->released));
	json_array_append_new(listing->items, item);
	return OK;
}

static struct err
name_stalls(struct db *db, struct arena *arena, json_t *items)
{
	struct stall stall = {0};
	size_t i;
	json_t *item;

	json_array_foreach(items, i, item)
	{
		int64_t id;

		TRY(str_to_i64(json_str(json_object_get(item, "stall_id")), &id));
		if (stall.id != id)
			TRY(stalls_get(db, arena, id, &stall));
		json_set_str(item, "market", stall.market_code);
		json_set_str(item, "stall", stall.code);
		json_set_str(item, "stall_name", stall.name);
		json_set_str(item, "reference", stall.reference);
	}
	return OK;
}

struct err
flags_answer(struct db *db, struct ask *ask)
{
	struct listing listing = {.items = json_array()};
	int32_t to_day = day_of(ask->now_ms, 0), from_day = to_day - DAYS_SHOWN;
	struct stall stall = {0};
	struct str text;

	ask->json = json_object();
	json_object_set_new(ask->json, "flags", listing.items);
	if (request_query(ask->req, "from", &text))
		TRY(day_parse(text, &from_day));
	if (request_query(ask->req, "to", &text))
		TRY(day_parse(text, &to_day));
	else if (to_day < from_day + DAYS_SHOWN)
		to_day = from_day + DAYS_SHOWN;
	if (request_query(ask->req, "stall", &text))
		TRY(stalls_find(db, ask->query.arena, text, &stall));
	if (request_query(ask->req, "rule", &text))
		listing.rule = text;
	/* A month's flags stand on its last day, which may not have come yet. */
	TRY(flags_walk(
		db, stall.id, from_day, day_next_month_start(to_day) - 1, add_flag, &listing));
	json_object_set_new(ask->json, "more", json_boolean(listing.more));
	return name_stalls(db, ask->query.arena, listing.items);
}

void
control_flag_list(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = flags_answer;
	ask_send(ask);
}

/* ---- release
 * ------------------------------------------------------------------------------------- */

struct releasing {
	struct flag_release_command release; /* first */
	struct request *req;
};

static void
released(struct command *self)
{
	const struct releasing *asked = (const struct releasing *)self;
	json_t *answer;

	if (self->result.code != ERR_OK) {
		reply_err(asked->req, self->result);
		return;
	}
	answer = json_object();
	json_set_str(answer, "state", asked->release.proposed ? STR("proposed") : STR("released"));
	json_set_str(answer, "person", asked->release.release.person);
	json_set_str(answer, "second_person", asked->release.release.second_person);
	reply_json(asked->req, asked->release.proposed ? 202 : 201, answer);
}

static bool
read_release(struct arena *arena, const json_t *body, struct flag_release_command *release)
{
	struct str subject;
	struct {
		const char *name;
		struct str *text;
	} members[] = {{"stall", &release->stall}, {"rule", &release->rule}, {"subject", &subject},
		{"person", &release->person}, {"why", &release->why}};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (json_member_str(body, members[i].name, members[i].text).code != ERR_OK)
			return false;
		*members[i].text = arena_copy(arena, *members[i].text);
	}
	return str_to_i64(subject, &release->subject).code == ERR_OK;
}

void
control_flag_release(struct request *req)
{
	struct arena *arena = request_arena(req);
	struct releasing *asked = arena_alloc(arena, sizeof(*asked));
	json_t *body CLEANUP(json_cleanup) = body_object(req);

	if (body == NULL)
		return;
	if (!read_release(arena, body, &asked->release)) {
		reply_problem(req, 400, "invalid-body", "The release cannot be read",
			"send {\"stall\", \"rule\", \"subject\", \"person\", \"why\"}, all texts;"
			" the subject is the number that the list of flags shows");
		return;
	}
	asked->req = req;
	asked->release.command = (struct command){
		flag_release_apply, released, api_of(req)->config.mailbox, arena, OK};
	submit_command(req, &asked->release.command);
}

/* ---- folded first
 * -------------------------------------------------------------------------------- */

struct folding {
	struct fold_due fold;
	struct ask *ask;
	int commands;
};

static void
one_more(struct fold_due *fold)
{
	struct folding *folding = fold->arg;

	fold->cancelled = ++folding->commands >= FOLDS_MAX;
}

/* What could not be folded is left out of the check, and said. */
static void
all_folded(struct fold_due *fold)
{
	ask_send_long(((struct folding *)fold->arg)->ask);
}

void
ask_folded(struct ask *ask)
{
	struct folding *folding = arena_alloc(ask->query.arena, sizeof(*folding));

	folding->ask = ask;
	folding->fold = (struct fold_due){
		.from_day = DAY_FIRST,
		.to_day = DAY_LAST,
		.mailbox = ask->api->config.mailbox,
		.done = all_folded,
		.progress = one_more,
		.arg = folding,
	};
	if (books_fold_due(ask->api->config.books, &folding->fold).code != ERR_OK)
		ask_send_long(ask);
}
