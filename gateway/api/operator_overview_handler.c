/* /operator: what needs somebody today, on one screen. */
#include "chopay/alarms.h"
#include "operator.h"

#define ALARMS_SHOWN 8
#define TRANSFERS_SHOWN 8

static struct err
add_alarms(struct db *db, struct ask *ask, json_t *data)
{
	static const struct alarm_filter open = {.kind = {"", 0}, .state = ALARMS_OPEN};
	json_t *list CLEANUP(json_cleanup) = NULL;
	int64_t count;

	ask->more = (void *)(uintptr_t)&open;
	ask->max = ALARMS_SHOWN;
	TRY(alarms_answer(db, ask));
	list = ask->json;
	ask->json = NULL;
	TRY(alarms_count_open(db, &count));
	json_object_set(data, "alarms", json_object_get(list, "alarms"));
	json_set_i64(data, "alarm_count", count);
	json_object_set_new(data, "any_alarm", json_boolean(count > 0));
	return OK;
}

static struct err
add_suspense(struct db *db, json_t *data)
{
	static const struct suspense_filter waiting = {.since_ms = INT64_MIN};
	json_t *suspense = json_object();
	struct vnd sum;
	int64_t count;

	json_object_set_new(data, "suspense", suspense);
	TRY(suspense_sum(db, &waiting, &count, &sum));
	json_object_set_new(data, "any_suspense", json_boolean(count > 0));
	json_set_i64(suspense, "count", count);
	json_set_i64(suspense, "sum", sum.dong);
	return OK;
}

static struct err
add_endpoints(struct db *db, struct ask *ask, json_t *data)
{
	json_t *list CLEANUP(json_cleanup) = NULL;
	json_t *used = json_array(), *item;
	size_t i;

	json_object_set_new(data, "endpoints", used);
	TRY(endpoints_health(db, ask));
	list = ask->json;
	ask->json = NULL;
	json_array_foreach(json_object_get(list, "endpoints"), i, item)
	{
		if (json_is_null(json_object_get(item, "revoked_at")))
			json_array_append(used, item);
	}
	return OK;
}

static struct err
add_transfers(struct db *db, struct ask *ask, json_t *data)
{
	struct transfer *rows = arena_alloc(ask->query.arena, TRANSFERS_SHOWN * sizeof(*rows));
	json_t *items = json_array();
	size_t count;

	json_object_set_new(data, "transfers", items);
	TRY(transfers_newest(db, ask->query.arena, TRANSFERS_SHOWN, rows, &count));
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();

		json_set_str(item, "feed", rows[i].feed);
		json_set_i64(item, "amount", rows[i].amount.dong);
		json_set_str(item, "account", rows[i].account_no);
		json_set_time(item, "arrived_at", rows[i].arrived_at_ms);
		json_array_append_new(items, item);
	}
	return OK;
}

/* ---- the machine ---------------------------------------------------------------------------- */

static void
add_disk(struct arena *arena, const struct gateway_facts *facts, json_t *data)
{
	int64_t percent = facts->disk_total == 0 ? 0
						 : facts->disk_free / (facts->disk_total / 100 + 1);
	json_t *disk = json_object();

	if (facts->disk_total > 0)
		json_object_set_new(data, "disk", disk);
	json_set_i64(disk, "percent", percent);
	json_set_str(disk, "free",
		arena_printf(arena, "%lld,%lld", (long long)(facts->disk_free / 1000000000),
			(long long)(facts->disk_free / 100000000 % 10)));
	json_object_set_new(disk, "low", json_boolean(percent < facts->disk_alarm_percent));
	if (facts->disk_total == 0)
		json_decref(disk);
}

static void
add_certificates(const struct gateway_facts *facts, int64_t now_ms, json_t *data)
{
	json_t *items = json_array();

	json_object_set_new(data, "certificates", items);
	for (int i = 0; i < facts->certificate_count; i++) {
		const struct gateway_certificate *one = &facts->certificates[i];
		json_t *item = json_object();

		json_set_str(item, "certificate", str_from(one->what));
		json_set_time(item, "until", one->until_ms);
		json_set_i64(item, "days", (one->until_ms - now_ms) / MS_PER_DAY);
		json_object_set_new(
			item, "soon", json_boolean(one->until_ms - now_ms < CERTIFICATE_ALARM_MS));
		json_array_append_new(items, item);
	}
}

static void
add_machine(struct ask *ask, json_t *data)
{
	const struct api_config *config = &ask->api->config;
	struct gateway_facts facts = {0};

	if (config->facts != NULL)
		config->facts(config->facts_arg, &facts);
	add_disk(ask->query.arena, &facts, data);
	add_certificates(&facts, ask->now_ms, data);
	json_object_set_new(data, "away", json_boolean(books_away(config->books)));
}

static struct err
answer(struct db *db, struct ask *ask)
{
	json_t *data = json_object();
	struct err err = add_alarms(db, ask, data);

	if (err.code == ERR_OK)
		err = add_suspense(db, data);
	if (err.code == ERR_OK)
		err = add_endpoints(db, ask, data);
	if (err.code == ERR_OK)
		err = add_transfers(db, ask, data);
	if (err.code == ERR_OK)
		err = store_check_schema(db);
	add_machine(ask, data);
	json_decref(ask->json);
	ask->json = data;
	return err;
}

static const struct operator_page overview_page = {
	.action = SEE_ALARMS,
	.template_path = "gateway/web/operator/overview.html",
	.answer = answer,
	.words = {{"kind", "operator.alarm.", NULL}, {"reason", "operator.refused.", NULL},
		{"certificate", "operator.certificate.", NULL}},
	.slow = true,
};

void
operator_overview(struct request *req)
{
	operator_page_send(ask_new(req), &overview_page);
}
