/* Rows as JSON, and the words people read. */
#include <stdio.h>

#include "chopay/charge.h"
#include "operator.h"

struct str
amount_text(struct arena *arena, int64_t dong)
{
	struct buf text CLEANUP(buf_fini) = {0};

	vnd_format(&text, (struct vnd){dong});
	return arena_copy(arena, buf_str(&text));
}

struct str
clock_text(struct arena *arena, int64_t ms)
{
	struct buf text CLEANUP(buf_fini) = {0};

	time_format_rfc3339(&text, ms);
	return arena_copy(arena, str_cut(buf_str(&text), 11, 16));
}

struct str
date_time_text(struct arena *arena, int64_t ms)
{
	struct buf text CLEANUP(buf_fini) = {0};
	struct str all;

	time_format_rfc3339(&text, ms);
	all = buf_str(&text);
	return arena_printf(arena, "%.*s %.*s/%.*s/%.*s", STR_FMT(str_cut(all, 11, 16)),
		STR_FMT(str_cut(all, 8, 10)), STR_FMT(str_cut(all, 5, 7)),
		STR_FMT(str_cut(all, 0, 4)));
}

struct str
moment_text(struct arena *arena, int64_t ms, int64_t now_ms)
{
	return day_of(ms, 0) == day_of(now_ms, 0) ? clock_text(arena, ms)
						  : date_time_text(arena, ms);
}

struct str
charge_state_text(enum language language, struct str state)
{
	char key[32];
	int len = snprintf(key, sizeof(key), "charge.%.*s", STR_FMT(state));

	return words_find(language, (struct str){key, (size_t)len});
}

bool
charge_takes_money(const struct charge *charge)
{
	return str_eq(charge->state, STR("open")) || str_eq(charge->state, STR("short"));
}

static struct str
next_action_of(const struct charge *charge)
{
	enum charge_state state;

	if (!charge_state_parse(charge->state, &state))
		return STR("none");
	return str_from(charge_action_name(
		charge_next_action(state, charge->amount, charge->paid, charge->refunded)));
}

json_t *
charge_json(const struct charge *charge, const struct stall *stall, struct arena *arena)
{
	json_t *json = json_object();
	struct str text;

	json_set_str(json, "reference", charge->reference);
	json_set_str(json, "stall", stall->reference);
	json_set_i64(json, "amount", charge->amount.dong);
	json_set_i64(json, "paid", charge->paid.dong);
	json_set_i64(json, "refunded", charge->refunded.dong);
	json_set_str(json, "state", charge->state);
	json_set_str(json, "next_action", next_action_of(charge));
	json_set_time(json, "created_at", charge->created_at_ms);
	json_set_time(json, "expires_at", charge->expires_at_ms);
	if (charge_takes_money(charge) &&
		code_text(arena, stall, charge_missing(charge).dong, charge->reference, &text)
				.code == ERR_OK)
		json_set_str(json, "payload", text);
	else
		json_object_set_new(json, "payload", json_null());
	json_set_str(
		json, "qr_png", arena_printf(arena, "/q/%.*s.png", STR_FMT(charge->reference)));
	json_set_str(
		json, "qr_svg", arena_printf(arena, "/q/%.*s.svg", STR_FMT(charge->reference)));
	json_set_str(json, "pay_url", arena_printf(arena, "/pay/%.*s", STR_FMT(charge->reference)));
	return json;
}

json_t *
payment_json(const struct payment *payment)
{
	json_t *json = json_object();

	json_set_id(json, "id", payment->id);
	json_set_str(json, "bank_ref", payment->bank_ref);
	json_set_str(json, "provider_txn_id", payment->provider_txn_id);
	json_set_str(json, "feed", payment->feed);
	json_set_str(json, "account", payment->account_no);
	json_set_str(json, "stall", payment->stall_code);
	json_set_str(json, "stall_reference", payment->stall_reference);
	if (payment->charge_id == 0)
		json_object_set_new(json, "charge", json_null());
	else
		json_set_str(json, "charge", payment->charge_reference);
	json_set_i64(json, "amount", payment->amount.dong);
	json_set_time(json, "booked_at", payment->booked_at_ms);
	json_set_time(json, "arrived_at", payment->arrived_at_ms);
	json_set_str(json, "matched_by", payment->matched_by);
	json_set_i64(json, "rule_version", payment->rule_version);
	json_set_str(json, "state", str_from(payment_state(payment)));
	json_set_i64(json, "refunded", payment->refunded.dong);
	if (payment->charge_state.len == 0) /* no charge, or one that its phone has not told of */
		json_object_set_new(json, "charge_state", json_null());
	else
		json_set_str(json, "charge_state", payment->charge_state);
	return json;
}

json_t *
adjustment_json(const struct adjustment *adjustment)
{
	json_t *json = json_object();

	json_set_id(json, "id", adjustment->id);
	json_set_id(json, "payment", adjustment->payment_id);
	json_set_str(json, "kind", adjustment->kind);
	json_set_i64(json, "amount", adjustment->amount.dong);
	json_set_id_or_null(json, "transfer", adjustment->transfer_id);
	json_set_str(json, "matched_by", adjustment->matched_by);
	json_set_str_or_null(json, "person", adjustment->person);
	json_set_str(json, "why", adjustment->why);
	json_set_time(json, "created_at", adjustment->created_at_ms);
	return json;
}

json_t *
stall_json(const struct stall *stall)
{
	json_t *json = json_object();
	struct buf day CLEANUP(buf_fini) = {0};

	json_set_str(json, "reference", stall->reference);
	json_set_str(json, "code", stall->code);
	json_set_str(json, "name", stall->name);
	json_set_str(json, "kind", stall->kind);
	json_set_str(json, "goods", stall->goods);
	json_set_str(json, "market", stall->market_code);
	json_set_str(json, "market_name", stall->market_name);
	json_set_str(json, "bank_bin", stall->bank_bin);
	json_set_str(json, "account_no", stall->account_no);
	json_set_str(json, "account_holder", stall->account_holder);
	if (stall->open_day != DAY_FIRST)
		day_format(&day, stall->open_day);
	json_object_set_new(
		json, "open_date", day.len == 0 ? json_null() : json_from_str(buf_str(&day)));
	buf_clear(&day);
	if (stall->close_day != DAY_LAST)
		day_format(&day, stall->close_day);
	json_object_set_new(
		json, "close_date", day.len == 0 ? json_null() : json_from_str(buf_str(&day)));
	return json;
}

json_t *
body_object(struct request *req)
{
	struct str rest = request_header(req, "Content-Type"), type;
	json_t *object;
	size_t offset;
	struct err err;

	str_split(&rest, ';', &type); /* a charset may follow */
	if (request_face(req) != NULL &&
		str_eq_nocase(str_trim(type), STR("application/x-www-form-urlencoded")))
		return operator_form(req);
	if (!str_eq_nocase(str_trim(type), STR("application/json"))) {
		reply_problem(req, 415, "unsupported-media-type", "Not JSON",
			"send the body as application/json");
		return NULL;
	}
	err = json_parse_strict(request_body(req), &object, &offset);
	if (err.code != ERR_OK) {
		reply_problem(req, 400, "invalid-json", "The body is not valid JSON",
			"%s, at byte %zu", err.what, offset);
		return NULL;
	}
	if (!json_is_object(object)) {
		json_decref(object);
		reply_problem(req, 400, "invalid-json", "The body is not valid JSON",
			"the body must be one JSON object");
		return NULL;
	}
	return object;
}
