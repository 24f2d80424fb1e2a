/* Pulls managed over the control socket: add, list, new token, poll now, remove. */
#include "api.h"
#include "chopay/json.h"
#include "chopay/listing.h"

#define PULL_ID_BYTES 6
#define PULLS_MAX 1000 /* the poller's */
#define ACCOUNT_MAX 64
#define EVERY_DEFAULT_S 300
#define EVERY_MIN_S 60
#define EVERY_MAX_S 3600

struct pull_change {
	struct command command; /* first */
	struct request *req;
	struct pull pull;
	json_t *answer;
	int status;
};

static void
changed(struct command *self)
{
	struct pull_change *change = (struct pull_change *)self;
	const struct task *wake = &api_of(change->req)->config.wake_notifier;

	if (self->result.code != ERR_OK) {
		reply_err(change->req, self->result);
		return;
	}
	if (wake->run != NULL)
		wake->run(wake->arg);
	if (change->answer == NULL)
		change->answer = json_object();
	reply_json(change->req, change->status, change->answer);
}

static struct pull_change *
change_new(
	struct request *req, struct err (*apply)(struct tx *tx, struct command *self), int status)
{
	struct pull_change *change = arena_alloc(request_arena(req), sizeof(*change));

	change->req = req;
	change->status = status;
	change->command = (struct command){
		apply, changed, api_of(req)->config.mailbox, request_arena(req), OK};
	change->pull.id = request_param(req, "id");
	return change;
}

/* Sealed on the loop, before it waits in a queue.  False after replying. */
static bool
seal_token(struct pull_change *change, struct str token)
{
	struct api *api = api_of(change->req);
	const char *fault = feed_secret_fault(FEED_MODE_BEARER, token);
	struct buf sealed CLEANUP(buf_fini) = {0};

	if (fault != NULL) {
		reply_problem(change->req, 400, "invalid-secret", "The token cannot be used", "%s",
			fault);
		return false;
	}
	crypt_seal(api->config.crypt, books_sealing_key(api->config.books), change->pull.id, token,
		&sealed);
	change->pull.token = arena_copy(change->command.arena, buf_str(&sealed));
	return true;
}

/* ---- add ---------------------------------------------------------------------------------------
 */

static struct err
add_apply(struct tx *tx, struct command *self)
{
	struct pull_change *change = (struct pull_change *)self;
	struct pull *pulls = arena_alloc(self->arena, PULLS_MAX * sizeof(*pulls));
	size_t count;

	TRY(pulls_list(tx->db, self->arena, PULLS_MAX, pulls, &count));
	if (count == PULLS_MAX)
		return FAIL(ERR_CONFLICT, "there are 1000 pulls already; remove one");
	for (size_t i = 0; i < count; i++) {
		if (str_eq(pulls[i].source, change->pull.source) &&
			str_eq(pulls[i].account_no, change->pull.account_no))
			return FAIL(ERR_CONFLICT,
				"this account is pulled from this source already; rotate its token, or"
				" remove that pull first");
	}
	change->pull.created_at_ms = tx->now_ms;
	TRY(pulls_put(tx->db, &change->pull));
	if (change->answer == NULL)
		change->answer = json_object();
	json_set_str(change->answer, "id", change->pull.id);
	return OK;
}

static bool
refuse_field(struct request *req, const char *detail)
{
	reply_problem(req, 400, "invalid-body", "The pull cannot be added", "%s", detail);
	return false;
}

static bool
read_source(struct pull_change *change, struct str source, struct str url)
{
	struct request *req = change->req;
	const struct api_config *config = &api_of(req)->config;
	const struct listing *listing = listing_find(source);
	const char *fault;

	if (listing == NULL) {
		struct buf names CLEANUP(buf_fini) = {0};

		for (size_t i = 0; listing_list(i) != NULL; i++)
			buf_addf(&names, "%s%s", i == 0 ? "" : ", ", listing_list(i)->feed->name);
		reply_problem(req, 400, "unknown-source", "No such source", "the sources are %s",
			names.ptr);
		return false;
	}
	change->pull.source = str_from(listing->feed->name);
	if (url.len == 0)
		url = str_from(listing->base_url);
	while (str_ends(url, STR("/")))
		url.len--;
	fault = config->outgoing_url_fault(config->outgoing_arg, url);
	if (fault == NULL && str_find(url, STR("?")) >= 0)
		fault = "a base URL has no query (?)";
	if (fault != NULL)
		return refuse_field(req, fault);
	change->pull.base_url = arena_copy(change->command.arena, url);
	return true;
}

static bool
read_account(struct pull_change *change, struct str account)
{
	for (size_t i = 0; i < account.len; i++) {
		if (account.ptr[i] <= ' ' || account.ptr[i] > '~')
			return refuse_field(change->req,
				"an account number has no blanks, letters of ASCII only");
	}
	if (account.len == 0 || account.len > ACCOUNT_MAX)
		return refuse_field(change->req, "an account number has 1 to 64 characters");
	change->pull.account_no = arena_copy(change->command.arena, account);
	return true;
}

static bool
read_pace(struct pull_change *change, const json_t *body)
{
	change->pull.every_s = EVERY_DEFAULT_S;
	if (json_object_get(body, "every") == NULL)
		return true;
	if (json_member_i64(body, "every", &change->pull.every_s).code != ERR_OK ||
		change->pull.every_s < EVERY_MIN_S || change->pull.every_s > EVERY_MAX_S)
		return refuse_field(change->req, "a pull comes every 60 to 3600 seconds");
	return true;
}

static struct str
new_pull_id(struct arena *arena)
{
	struct buf text CLEANUP(buf_fini) = {0};
	unsigned char bytes[PULL_ID_BYTES];

	crypt_random(bytes, sizeof(bytes));
	hex_put(&text, (struct str){(const char *)bytes, sizeof(bytes)});
	return arena_copy(arena, buf_str(&text));
}

void
control_pull_add(struct request *req)
{
	struct pull_change *change = change_new(req, add_apply, 201);
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct str source, account, url, token;

	if (body == NULL)
		return;
	if (json_member_str(body, "source", &source).code != ERR_OK ||
		json_member_str(body, "account", &account).code != ERR_OK ||
		json_member_str(body, "token", &token).code != ERR_OK ||
		json_member_str_opt(body, "url", &url).code != ERR_OK) {
		refuse_field(
			req, "a pull has source, account and token, and perhaps url and every");
		return;
	}
	change->pull.id = new_pull_id(request_arena(req));
	change->pull.cursor = STR("");
	if (read_source(change, source, url) && read_account(change, account) &&
		read_pace(change, body) && seal_token(change, token))
		submit_command(req, &change->command);
}

/* ---- list ---------------------------------------------------------------------------------------
 */

static json_t *
pull_json(const struct pull *pull)
{
	json_t *json = json_object();

	json_set_str(json, "id", pull->id);
	json_set_str(json, "source", pull->source);
	json_set_str(json, "account", pull->account_no);
	json_set_str(json, "url", pull->base_url);
	json_set_i64(json, "every", pull->every_s);
	json_set_str(json, "cursor", pull->cursor);
	json_set_time(json, "created_at", pull->created_at_ms);
	json_set_time_or_null(json, "asked_at", pull->asked_at_ms);
	json_set_time_or_null(json, "tried_at", pull->tried_at_ms);
	json_set_time_or_null(json, "last_ok_at", pull->last_ok_ms);
	json_set_str(json, "last_error", pull->last_error);
	json_set_time_or_null(json, "failing_since", pull->failing_since_ms);
	/* Was the poll that somebody asked for made? */
	json_object_set_new(json, "waiting",
		json_boolean(pull->asked_at_ms != 0 && pull->tried_at_ms < pull->asked_at_ms));
	return json;
}

static struct err
list_answer(struct db *db, struct ask *ask)
{
	struct pull *pulls = arena_alloc(ask->query.arena, PULLS_MAX * sizeof(*pulls));
	json_t *items = json_array();
	size_t count;

	ask->json = json_object();
	json_object_set_new(ask->json, "pulls", items);
	TRY(pulls_list(db, ask->query.arena, PULLS_MAX, pulls, &count));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, pull_json(&pulls[i]));
	return OK;
}

void
control_pull_list(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = list_answer;
	ask_send(ask);
}

/* ---- one of them
 * ---------------------------------------------------------------------------------- */

static struct err
rotate_apply(struct tx *tx, struct command *self)
{
	struct pull_change *change = (struct pull_change *)self;

	return pulls_rotate(tx->db, change->pull.id, change->pull.token);
}

void
control_pull_rotate(struct request *req)
{
	struct pull_change *change = change_new(req, rotate_apply, 200);
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct str token;

	if (body == NULL)
		return;
	if (json_member_str(body, "token", &token).code != ERR_OK) {
		refuse_field(req, "give the new token");
		return;
	}
	if (seal_token(change, token))
		submit_command(req, &change->command);
}

static struct err
remove_apply(struct tx *tx, struct command *self)
{
	return pulls_remove(tx->db, ((struct pull_change *)self)->pull.id, tx->now_ms);
}

void
control_pull_remove(struct request *req)
{
	struct pull_change *change = change_new(req, remove_apply, 200);

	submit_command(req, &change->command);
}

static struct err
now_apply(struct tx *tx, struct command *self)
{
	return pulls_ask(tx->db, ((struct pull_change *)self)->pull.id, tx->now_ms);
}

void
control_pull_now(struct request *req)
{
	struct pull_change *change = change_new(req, now_apply, 202);

	if (api_of(req)->config.wake_notifier.run == NULL)
		reply_problem(req, 503, "no-poller", "Nobody polls here",
			"no gateway is running on this data folder; start `chopay serve`");
	else
		submit_command(req, &change->command);
}
