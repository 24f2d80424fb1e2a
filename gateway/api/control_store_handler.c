/* The store: where it is; its parts by month, made ahead, taken out. */
#include "api.h"

#define AHEAD_MAX 120

/* A command that names a store learns whether it is this one. */
void
control_store_place(struct request *req)
{
	struct buf place CLEANUP(buf_fini) = {0};
	const char *store = api_of(req)->config.store;
	json_t *json = json_object();

	store_place(store == NULL ? "SQLite" : store, &place);
	json_set_str(json, "place", buf_str(&place));
	reply_json(req, 200, json);
}

static void
part_done(void *arg, const struct month_part *part)
{
	json_t *item = json_object();

	json_set_str(item, "table", str_from(part->table));
	json_set_i64(item, "month", part->month);
	json_set_i64(item, "rows", part->rows);
	json_array_append_new(arg, item);
}

/* `after`: how many months ahead; or, below 0, the month before which all are taken out. */
static struct err
months_answer(struct db *db, struct ask *ask)
{
	const struct books *books = ask->api->config.books;
	struct months_wish wish = {.now_ms = ask->now_ms, .done = part_done, .arg = json_array()};
	struct err err;

	ask->json = json_object();
	json_object_set_new(ask->json, "parts", wish.arg);
	/* It has transactions of its own, and may take minutes (run_ask ends this one). */
	store_rollback(db);
	if (ask->after >= 0) {
		wish.ahead = (int)ask->after;
		err = books_prepare_months(books, &wish);
	} else {
		err = books_archive_months(books, (int32_t)-ask->after, &wish);
	}
	TRY(store_begin(db));
	return err;
}

static void
ask_months(struct request *req, const char *name, int64_t min, int64_t max, int64_t sign)
{
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct ask *ask;
	int64_t value;

	if (body == NULL)
		return;
	if (json_member_i64(body, name, &value).code != ERR_OK || value < min || value > max) {
		reply_problem(req, 400, "invalid-body", "A number is missing or out of bounds",
			"\"%s\" is a number from %lld to %lld", name, (long long)min,
			(long long)max);
		return;
	}
	ask = ask_new(req);
	ask->after = sign * value;
	ask->answer = months_answer;
	ask_send_long(ask);
}

void
control_store_partition(struct request *req)
{
	ask_months(req, "ahead", 0, AHEAD_MAX, 1);
}

void
control_store_archive(struct request *req)
{
	ask_months(req, "before", 202401, 299912, -1);
}
