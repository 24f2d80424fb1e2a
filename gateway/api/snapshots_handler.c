/* Reports that were frozen: listed, shown in every form, compared, checked. */
#include "chopay/report_difference.h"
#include "report_task.h"

/* ---- JSON ---------------------------------------------------------------------------------------
 */

static void
set_hex(json_t *json, const char *name, struct str bytes)
{
	struct buf text CLEANUP(buf_fini) = {0};

	hex_put(&text, bytes);
	json_set_str(json, name, buf_str(&text));
}

json_t *
snapshot_json(const struct snapshot *snapshot)
{
	json_t *json = json_object();
	struct buf signature CLEANUP(buf_fini) = {0};

	json_set_id(json, "id", snapshot->id);
	json_set_str(json, "scope", snapshot->scope);
	json_set_str(json, "period", snapshot->period);
	json_set_str(json, "calendar", snapshot->calendar);
	json_set_str(json, "boundary", snapshot->boundary);
	json_set_str(json, "audience", snapshot->audience);
	json_set_str(json, "parameter_set", snapshot->parameter_set);
	json_set_i64(json, "revision", snapshot->revision);
	json_set_str(json, "status", snapshot->status);
	json_set_id(json, "position", snapshot->position);
	json_set_time(json, "cut_at", snapshot->cut_at_ms);
	json_set_str(json, "person", snapshot->person);
	set_hex(json, "sha256", snapshot->sha256);
	base64_put(&signature, snapshot->signature);
	json_set_str(json, "signature", buf_str(&signature));
	return json;
}

static json_t *
side_json(const struct difference_side *side)
{
	json_t *json = json_object();

	if (side->known && side->of.den > 0) {
		json_set_i64(json, "num", side->of.num);
		json_set_i64(json, "den", side->of.den);
	} else if (side->known) {
		json_set_i64(json, "value", side->of.num);
	}
	json_set_str(json, "text", side->text);
	return json;
}

json_t *
difference_json(struct arena *arena, const struct report *before, const struct report *after)
{
	json_t *list = json_array();
	struct difference *items;
	size_t count;

	report_difference(arena, before, after, VIETNAMESE, &items, &count);
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();

		json_set_str(item, "code", items[i].code);
		json_set_str(item, "name", items[i].name);
		json_set_str(item, "indicator", items[i].indicator);
		json_object_set_new(item, "before", side_json(&items[i].before));
		json_object_set_new(item, "after", side_json(&items[i].after));
		json_array_append_new(list, item);
	}
	return list;
}

/* ---- the list -----------------------------------------------------------------------------------
 */

static struct err
list_answer(struct db *db, struct ask *ask)
{
	struct snapshot *rows = arena_alloc(ask->query.arena, ask->max * sizeof(*rows));
	int32_t today = day_of(ask->now_ms, 0);
	json_t *items;
	size_t count;

	if (!may(&ask->who, SEE_REPORTS, 0))
		return ask_denied(ask);
	TRY(snapshots_list(db, ask->query.arena, ask->word, ask->after, ask->max, rows, &count));
	items = json_array();
	ask->json = list_json(
		"snapshots", items, count, ask->max, count == 0 ? 0 : rows[count - 1].id);
	for (size_t i = 0; i < count; i++) {
		bool yes;

		TRY(may_see_scope(db, ask->query.arena, &ask->who, rows[i].scope, rows[i].audience,
			today, &yes));
		if (yes)
			json_array_append_new(items, snapshot_json(&rows[i]));
	}
	return OK;
}

void
snapshots_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);

	if (!request_query(req, "scope", &ask->word))
		ask->word = STR("");
	ask->answer = list_answer;
	if (ask_page(ask))
		ask_send(ask);
}

/* ---- one of them --------------------------------------------------------------------------------
 */

/* A snapshot's words: its id is in the path, the rest in the query. */
static bool
one_word(void *arg, const char *name, struct str *value)
{
	if (!str_eq(str_from(name), STR("snapshot")))
		return request_query(arg, name, value);
	*value = request_param(arg, name);
	return true;
}

/* What the caller has already is not sent again; that they may see it was found out. */
static void
reply_kept(struct report_task *task)
{
	request_add_header(task->ask.req, "ETag", *(struct str *)task->more);
	if (str_find(request_header(task->ask.req, "If-None-Match"), *(struct str *)task->more) >=
		0)
		reply_empty(task->ask.req, 304);
	else
		report_task_reply_file(task);
}

static struct err
make_about(struct db *db, struct report_task *task)
{
	struct snapshot snapshot;
	struct buf bytes CLEANUP(buf_fini) = {0};
	json_t *json CLEANUP(json_cleanup) = NULL;

	TRY(snapshots_get(db, task->ask.query.arena, task->order.snapshot_id, &snapshot));
	json = snapshot_json(&snapshot);
	set_hex(json, "public_key", books_ledger_key(task->ask.api->config.books));
	json_set_str(json, "report", snapshot.report); /* as it was signed, to the byte */
	json_write(&bytes, json);
	task->bytes = arena_copy(task->ask.query.arena, buf_str(&bytes));
	return OK;
}

void
snapshot_get(struct request *req)
{
	struct report_task *task = report_task_new(req, ORDER_ADOPTION, one_word, req);
	struct str format, *tag = arena_alloc(request_arena(req), sizeof(*tag));
	bool about = !request_query(req, "format", &format);

	/* The same bytes for ever: a form in a language is another file. */
	*tag = arena_printf(request_arena(req), "\"%lld-%d-%d\"",
		(long long)task->order.snapshot_id, about ? -1 : (int)task->order.form,
		(int)task->order.language);
	task->more = tag;
	task->reply = reply_kept;
	if (about)
		task->make = make_about;
	report_task_run(task);
}

/* ---- differences --------------------------------------------------------------------------------
 */

/* Of the order's snapshot and another one, whose id is in `more`. */
static struct err
make_difference(struct db *db, struct report_task *task)
{
	struct arena *arena = task->ask.query.arena;
	json_t *json CLEANUP(json_cleanup) = json_object();
	struct buf bytes CLEANUP(buf_fini) = {0};
	struct snapshot one, other;
	struct report *before, *after;
	bool yes;

	TRY(snapshots_get(db, arena, task->order.snapshot_id, &one));
	TRY(snapshots_get(db, arena, *(int64_t *)task->more, &other));
	TRY(may_see_scope(db, arena, &task->ask.who, other.scope, other.audience,
		day_of(task->ask.now_ms, 0), &yes));
	if (!yes)
		return ask_denied(&task->ask);
	TRY(report_of_snapshot(arena, &one, &before));
	TRY(report_of_snapshot(arena, &other, &after));
	json_object_set_new(json, "before", snapshot_json(&one));
	json_object_set_new(json, "after", snapshot_json(&other));
	json_object_set_new(json, "difference", difference_json(arena, before, after));
	json_write(&bytes, json);
	task->bytes = arena_copy(arena, buf_str(&bytes));
	return OK;
}

void
snapshot_get_difference(struct request *req)
{
	struct report_task *task = report_task_new(req, ORDER_ADOPTION, one_word, req);
	int64_t *other = arena_alloc(request_arena(req), sizeof(*other));

	if (str_to_i64(request_param(req, "other"), other).code != ERR_OK)
		*other = 0; /* which none has */
	task->more = other;
	task->make = make_difference;
	report_task_run(task);
}

/* ---- are they as they were signed? --------------------------------------------------------------
 */

static const char *
fault_of(struct api *api, const struct snapshot *snapshot)
{
	unsigned char sha256[SHA256_SIZE];
	struct str digest = {(const char *)sha256, sizeof(sha256)};

	crypt_sha256(api->config.crypt, snapshot->report, sha256);
	if (!str_eq(snapshot->sha256, digest))
		return "its report is not the one that was frozen";
	if (!crypt_ed25519_verify(api->config.crypt, books_ledger_key(api->config.books), digest,
		    snapshot->signature))
		return "its signature is not by the key of this store";
	return NULL;
}

static struct err
verify_answer(struct db *db, struct ask *ask)
{
	struct snapshot *rows = arena_alloc(ask->query.arena, PAGE_SIZE_MAX * sizeof(*rows));
	json_t *faults = json_array();
	int64_t before = 0, checked = 0;
	size_t count;

	ask->json = json_object();
	json_object_set_new(ask->json, "faults", faults);
	do {
		TRY(snapshots_list(
			db, ask->query.arena, STR(""), before, PAGE_SIZE_MAX, rows, &count));
		for (size_t i = 0; i < count; i++) {
			struct arena *arena CLEANUP(arena_cleanup) = arena_new();
			struct snapshot one;
			const char *fault;

			before = rows[i].id;
			TRY(snapshots_get(db, arena, before, &one));
			fault = fault_of(ask->api, &one);
			if (fault == NULL)
				continue;
			json_t *item = json_object();

			json_set_id(item, "id", before);
			json_set_str(item, "fault", str_from(fault));
			json_array_append_new(faults, item);
		}
		checked += (int64_t)count;
	} while (count == PAGE_SIZE_MAX);
	json_set_i64(ask->json, "snapshots", checked);
	return OK;
}

void
control_snapshots_verify(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = verify_answer;
	ask_send_long(ask);
}
