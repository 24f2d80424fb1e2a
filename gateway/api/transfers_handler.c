/* Transfers over /v1: what the banks told, by whom, and what became of it. */
#include "api.h"

#define NAMES_MAX 32 /* of one transfer: each feed's id of it */

static struct err
add_names(struct db *db, struct arena *arena, const struct transfer *transfer, json_t *json)
{
	struct transfer_name names[NAMES_MAX];
	json_t *told_by = json_array();
	size_t count;

	json_object_set_new(json, "told_by", told_by);
	TRY(transfers_names(db, arena, transfer->id, NAMES_MAX, names, &count));
	for (size_t i = 0; i < count; i++) {
		json_t *name = json_object();

		json_set_str(name, "id", names[i].key);
		json_set_str_or_null(name, "same_by", names[i].merged_by);
		json_array_append_new(told_by, name);
	}
	return OK;
}

static json_t *
transfer_json(const struct listed_transfer *item)
{
	const struct transfer *transfer = &item->transfer;
	json_t *json = json_object();

	json_set_id(json, "id", transfer->id);
	json_set_str(json, "feed", transfer->feed);
	json_set_str(json, "bank_ref", transfer->bank_ref);
	json_set_str(json, "account", transfer->account_no);
	json_set_str(json, "virtual_account", transfer->virtual_account);
	json_set_i64(json, "amount", transfer->amount.dong);
	json_set_str(json, "direction", transfer->outgoing ? STR("out") : STR("in"));
	json_set_str(json, "note", str_is_utf8(transfer->note) ? transfer->note : STR(""));
	json_set_time(json, "booked_at", transfer->booked_at_ms);
	json_set_time(json, "arrived_at", transfer->arrived_at_ms);
	json_set_id_or_null(json, "payment", item->payment_id);
	json_set_str_or_null(json, "suspense", item->suspense);
	json_set_i64(json, "given_back", item->given_back.dong);
	return json;
}

static struct err
transfers_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct listed_transfer *items = arena_alloc(arena, ask->max * sizeof(*items));
	json_t *array;
	size_t count;

	if (!may(&ask->who, SEE_ALL_PAYMENTS, 0))
		return ask_denied(ask);
	TRY(transfers_page(db, arena, ask->more, ask->after, ask->max, items, &count));
	array = json_array();
	ask->json = list_json(
		"transfers", array, count, ask->max, count == 0 ? 0 : items[count - 1].transfer.id);
	for (size_t i = 0; i < count; i++) {
		json_t *json = transfer_json(&items[i]);

		json_array_append_new(array, json);
		TRY(add_names(db, arena, &items[i].transfer, json));
	}
	return OK;
}

/* NULL, or what is wrong with the query. */
static const char *
read_filter(struct request *req, struct transfer_filter *filter)
{
	struct str text;

	*filter = (struct transfer_filter){.direction = -1, .since_ms = INT64_MIN};
	if (request_query(req, "direction", &text)) {
		filter->direction = str_eq(text, STR("out"));
		if (filter->direction == 0 && !str_eq(text, STR("in")))
			return "direction is in or out";
	}
	if (request_query(req, "unlinked", &text)) {
		filter->unlinked = str_eq(text, STR("true"));
		if (!filter->unlinked && !str_eq(text, STR("false")))
			return "unlinked is true (money out that nothing explains) or false";
	}
	if (request_query(req, "since", &text) &&
		time_parse_rfc3339(text, &filter->since_ms).code != ERR_OK &&
		time_parse_local(text, &filter->since_ms).code != ERR_OK)
		return "since is a time: 2026-07-28T14:30:45+07:00 or 2026-07-28";
	return NULL;
}

void
transfers_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct transfer_filter *filter = arena_alloc(request_arena(req), sizeof(*filter));
	const char *wrong = read_filter(req, filter);

	ask->answer = transfers_answer;
	ask->more = filter;
	ask->since_ms = filter->since_ms;
	if (wrong != NULL)
		ask_refuse(ask, wrong);
	else if (ask_page(ask))
		ask_send(ask);
}
