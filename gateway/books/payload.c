/* What a receiver is told: the notice as it was when it was made, and whose it is. */
#include <string.h>

#include "books.h"
#include "chopay/json.h"

#define PAYLOAD_VERSION 1 /* members are only ever added within a version */

/* "payment.confirmed", "charge.paid": the kind of the notice and what it says. */
static struct str
type_of(struct arena *arena, const struct notice *notice, const json_t *body)
{
	struct str state = json_str(json_object_get(body, "state"));

	/* A payment's state is its charge's; that the money came is all the type says. */
	if (str_eq(notice->kind, STR("payment")))
		return STR("payment.confirmed");
	if (str_eq(notice->kind, STR("refund")))
		return STR("payment.refunded");
	return arena_printf(arena, "%.*s.%.*s", STR_FMT(notice->kind), STR_FMT(state));
}

/* The payment that it is about: itself, or the one that went back. */
static json_t *
payment_of(const struct notice *notice, const json_t *body)
{
	if (str_eq(notice->kind, STR("payment")))
		return json_object_get(body, "id");
	return str_eq(notice->kind, STR("refund")) ? json_object_get(body, "payment") : NULL;
}

/* The rest of the snapshot: what the notice says, under names that say whose they are. */
static void
add_snapshot(json_t *data, const struct notice *notice, json_t *body)
{
	/* Told already, by other names. */
	static const char *const told[] = {"id", "payment", "amount", "reference"};
	bool is_payment = str_eq(notice->kind, STR("payment"));
	const char *name;
	json_t *value;

	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		json_object_del(body, told[i]);
	json_object_foreach(body, name, value)
	{
		if (!is_payment || strcmp(name, "state") != 0)
			json_object_set(data, name, value);
		else if (json_object_get(body, "charge_amount") != NULL) /* a charge we know */
			json_object_set(data, "charge_state", value);
	}
}

/* First the members that every receiver reads, in the order of FEEDS section 6's fixture. */
static json_t *
data_of(const struct notice *notice, const struct stall *stall, json_t *body)
{
	json_t *data = json_object();

	if (payment_of(notice, body) != NULL)
		json_object_set(data, "payment_id", payment_of(notice, body));
	json_set_str(
		data, "code", notice->reference.len > 0 ? notice->reference : stall->reference);
	json_object_set(data, "amount", json_object_get(body, "amount"));
	json_set_str(data, "currency", STR("VND"));
	json_set_str(data, "stall", stall->code);
	json_set_i64(data, "version", PAYLOAD_VERSION);
	json_set_str(data, "market", stall->market_code);
	json_set_str(data, "stall_reference", stall->reference);
	add_snapshot(data, notice, body);
	return data;
}

struct err
notice_payload(const struct notice *notice, const struct stall *stall, struct buf *payload)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	json_t *body CLEANUP(json_cleanup) = NULL;
	json_t *message CLEANUP(json_cleanup) = json_object();

	TRY(json_parse_strict(notice->body, &body, NULL));
	json_set_str(message, "type", type_of(arena, notice, body));
	json_set_time(message, "timestamp", notice->created_at_ms);
	json_object_set_new(message, "data", data_of(notice, stall, body));
	json_write(payload, message);
	return OK;
}
