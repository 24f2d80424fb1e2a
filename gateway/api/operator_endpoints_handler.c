/* /operator/endpoints: who may call us and how they are: the last delivery, refusals by reason. */
#include <string.h>

#include "chopay/alarms.h"
#include "chopay/silence.h"
#include "operator.h"
#include "refusals.h"

#define ENDPOINTS_MAX 1000
#define REFUSALS_SHOWN 20
#define REASONS_SHOWN 4 /* of an endpoint */

/* ---- how each is ---------------------------------------------------------------------------- */

struct health {
	struct ask *ask;
	json_t *items; /* of the list of endpoints */
};

static json_t *
find_item(const json_t *items, struct str id)
{
	json_t *item;
	size_t i;

	json_array_foreach(items, i, item)
	{
		if (str_eq(json_str(json_object_get(item, "id")), id))
			return item;
	}
	return NULL;
}

static struct err
take_day(void *arg, const struct endpoint_day *day)
{
	const struct health *health = arg;
	json_t *item = find_item(health->items, day->endpoint_id);

	if (item != NULL)
		json_set_time(item, "last_at", day->last_ms);
	return OK;
}

/* Of the last that were refused, since the start. */
static void
count_refusals(json_t *item, const struct refusal *refusals, size_t count)
{
	struct str id = json_str(json_object_get(item, "id"));
	int64_t counts[REFUSED_REASONS] = {0};
	json_t *reasons = json_array();

	for (size_t i = 0; i < count; i++)
		counts[refusals[i].reason] += str_eq(str_from(refusals[i].endpoint), id);
	for (int reason = 0; reason < REFUSED_REASONS; reason++) {
		json_t *one;

		if (counts[reason] == 0 || json_array_size(reasons) == REASONS_SHOWN)
			continue;
		one = json_object();
		json_set_str(one, "reason", str_from(refused_name(reason)));
		json_set_i64(one, "times", counts[reason]);
		json_array_append_new(reasons, one);
	}
	json_object_set_new(item, "refusals", reasons);
}

struct err
endpoints_health(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct refusal *refusals = arena_alloc(arena, REFUSALS_KEPT * sizeof(*refusals));
	struct endpoint_day *calls = arena_alloc(arena, ENDPOINTS_MAX * sizeof(*calls));
	int32_t today = day_of(ask->now_ms, 0);
	struct health health = {.ask = ask};
	size_t count, i;
	json_t *item;

	TRY(endpoints_answer(db, ask));
	health.items = json_object_get(ask->json, "endpoints");
	TRY(endpoint_days_walk(db, today - SILENCE_DAYS, take_day, &health));
	TRY(endpoint_calls_list(db, arena, books_before(day_start_ms(today, 0)),
		day_start_ms(today, 0), ENDPOINTS_MAX, calls, &count));
	for (i = 0; i < count; i++) {
		item = find_item(health.items, calls[i].endpoint_id);
		if (item == NULL)
			continue;
		json_set_time(item, "last_at", calls[i].last_ms);
		json_set_i64(item, "today", calls[i].deliveries);
	}
	count = refusals_before(ask->api->config.counts->refusals, 0, REFUSALS_KEPT, refusals);
	json_array_foreach(health.items, i, item) count_refusals(item, refusals, count);
	return OK;
}

/* ---- the page ------------------------------------------------------------------------------- */

/* "sepay hmac": one choice for two words. */
static void
add_choices(json_t *data)
{
	json_t *items = json_array();

	for (size_t i = 0; feed_list(i) != NULL; i++) {
		const struct feed *feed = feed_list(i);

		for (size_t n = 0; n < feed->mode_count; n++) {
			struct buf text CLEANUP(buf_fini) = {0};
			json_t *item = json_object();

			buf_addf(&text, "%s %s", feed->name, feed_mode_name(feed->modes[n]));
			json_set_str(item, "choice", buf_str(&text));
			json_array_append_new(items, item);
		}
	}
	json_object_set_new(data, "choices", items);
}

static struct err
answer(struct db *db, struct ask *ask)
{
	json_t *health CLEANUP(json_cleanup) = NULL;

	TRY(endpoints_health(db, ask));
	health = ask->json;
	ask->json = NULL;
	ask->max = REFUSALS_SHOWN;
	TRY(refusals_answer(db, ask));
	json_object_set(ask->json, "endpoints", json_object_get(health, "endpoints"));
	json_set_i64(
		ask->json, "repeated", (int64_t)atomic_load(&ask->api->config.counts->replays));
	add_choices(ask->json);
	return OK;
}

static const struct operator_page endpoints_page = {
	.action = SEE_ENDPOINTS,
	.template_path = "gateway/web/operator/endpoints.html",
	.answer = answer,
	.words = {{"reason", "operator.refused.", NULL}},
	.slow = true, /* it counts a day's deliveries */
};

void
operator_endpoints(struct request *req)
{
	struct ask *ask = ask_new(req);

	operator_page_at(ask);
	operator_page_send(ask, &endpoints_page);
}

/* ---- forms ---------------------------------------------------------------------------------- */

void
operator_endpoint_add(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_ENDPOINTS,
		.handler = control_endpoint_add,
		.back = "/operator/endpoints",
		.done = "added",
		.audit = "endpoint",
		.shown = "gateway/web/operator/endpoint.html",
	};

	operator_act(req, &act);
}

void
operator_endpoint_rotate(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_ENDPOINTS,
		.handler = control_endpoint_rotate,
		.back = "/operator/endpoints",
		.param = "id",
		.done = "rotated",
		.audit = "endpoint",
	};

	operator_act(req, &act);
}

void
operator_endpoint_revoke(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_ENDPOINTS,
		.handler = control_endpoint_revoke,
		.back = "/operator/endpoints",
		.param = "id",
		.done = "revoked",
		.audit = "endpoint",
	};

	operator_act(req, &act);
}
