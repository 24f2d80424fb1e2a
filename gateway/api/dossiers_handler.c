/* Charges of fee desks over /v1: what they are for, and finding them by it. */
#include "api.h"
#include "chopay/dossiers.h"

void
dossier_json(json_t *charge, const struct charge_dossier *dossier)
{
	json_set_str(charge, "dossier", dossier->dossier);
	json_set_str_or_null(charge, "procedure", dossier->procedure);
	json_object_set_new(charge, "online", json_boolean(dossier->online));
}

struct err
dossier_of_charge(struct db *db, struct arena *arena, const struct charge *charge, json_t *json)
{
	struct charge_dossier dossier;
	struct err err = dossiers_get(db, arena, charge->stall_id, charge->id, &dossier);

	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	dossier_json(json, &dossier);
	return OK;
}

static struct err
add_item(struct db *db, struct ask *ask, const struct dossier_charge *item, json_t *items)
{
	json_t *json;

	TRY(stalls_get(db, ask->query.arena, item->charge.stall_id, &ask->stall));
	json = charge_json(&item->charge, &ask->stall, ask->query.arena);
	dossier_json(json, &item->of);
	json_array_append_new(items, json);
	return OK;
}

static struct err
list_answer(struct db *db, struct ask *ask)
{
	struct dossier_charge *found = arena_alloc(ask->query.arena, ask->max * sizeof(*found));
	int64_t stall_id = ask->who.stall_id;
	json_t *items = json_array();
	struct err err = OK;
	size_t count = 0;

	if (!may(&ask->who, SEE_PAYMENTS, stall_id)) /* it is a history */
		err = ask_denied(ask);
	if (err.code == ERR_OK)
		err = dossiers_list(db, ask->query.arena, ask->word, stall_id, ask->after, ask->max,
			found, &count);
	for (size_t i = 0; i < count && err.code == ERR_OK; i++)
		err = add_item(db, ask, &found[i], items);
	if (err.code != ERR_OK) {
		json_decref(items);
		return err;
	}
	ask->json = list_json(
		"charges", items, count, ask->max, count == 0 ? 0 : found[count - 1].of.charge_id);
	return OK;
}

void
charges_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);

	request_query(req, "dossier", &ask->word);
	ask->answer = list_answer;
	if (ask_page(ask))
		ask_send(ask);
}
