/*
 * notice.c - a notice of money in dotted words and plain members.
 */
#include "chopay/clock.h"
#include "chopay/json.h"

#include "fields.h"
#include "notice.h"

/* "bank.credit": dotted words of letters, digits and underscores. */
static bool
is_type(struct str type)
{
	bool word = false; /* at least one character since the last dot */

	for (size_t i = 0; i < type.len; i++) {
		char c = type.ptr[i];

		if (c == '.' && !word)
			return false;
		if (c != '.' && c != '_' && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
			!(c >= 'a' && c <= 'z'))
			return false;
		word = c != '.';
	}
	return word;
}

/* The type and the direction may each say it; if both do, they agree. */
static struct err
read_direction(struct str type, struct str direction, bool *outgoing)
{
	bool credit = str_eq(type, STR("bank.credit")), debit = str_eq(type, STR("bank.debit"));
	bool in = str_eq(direction, STR("in")), out = str_eq(direction, STR("out"));

	if (direction.len > 0 && !in && !out)
		return FAIL(ERR_INVALID, "direction is neither in nor out");
	if ((credit && out) || (debit && in))
		return FAIL(ERR_INVALID, "type and direction contradict each other");
	*outgoing = debit || out;
	return OK;
}

static struct err
read_event(struct arena *arena, const struct fields *data, struct feed_event *event)
{
	struct str currency, time;

	TRY(fields_text(data, "currency", &currency));
	if (currency.len > 0 && !str_eq(currency, STR("VND")))
		return FAIL(ERR_INVALID, "not in dong");
	TRY(fields_amount(data, "amount", &event->amount));
	TRY(fields_token(arena, data, "txn_id", &event->bank_txn_id));
	TRY(fields_token(arena, data, "account", &event->account));
	TRY(fields_token(arena, data, "virtual_account", &event->virtual_account));
	TRY(fields_token(arena, data, "bank", &event->bank));
	TRY(fields_token(arena, data, "code", &event->code_hint));
	TRY(fields_text(data, "content", &event->content));
	if (event->account.len == 0)
		return FAIL(ERR_INVALID, "the transaction names no account");
	TRY(fields_text(data, "time", &time));
	event->time_ms = NO_TIME;
	return time.len == 0 ? OK : time_parse_rfc3339(time, &event->time_ms);
}

/* `*count` is 0 for a notice of something else than money: theirs to send, not ours to refuse. */
static struct err
read_notice(struct arena *arena, struct str body, struct feed_event *event, size_t *count)
{
	json_t *notice CLEANUP(json_cleanup) = NULL;
	struct fields data = {0};
	struct str type, direction;

	TRY(fields_parse_json(body, &notice));
	TRY(json_member_str(notice, "type", &type));
	if (!is_type(type))
		return FAIL(ERR_INVALID, "type is not made of dotted words");
	*count = 0;
	if (!str_starts(type, STR("bank.")))
		return OK;
	TRY(fields_from_object(arena, json_object_get(notice, "data"), &data));
	TRY(fields_text(&data, "direction", &direction));
	if (direction.len == 0 && !str_eq(type, STR("bank.credit")) &&
		!str_eq(type, STR("bank.debit")))
		return OK;
	TRY(read_direction(type, direction, &event->outgoing));
	TRY(read_event(arena, &data, event));
	*count = 1;
	return OK;
}

enum feed_reason
notice_parse(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	struct feed_event *event = arena_alloc(arena, sizeof(*event));
	size_t count;

	*events = (struct feed_events){0};
	if (read_notice(arena, message->body, event, &count).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	if (count == 0)
		return FEED_OK;
	if (event->amount.dong == 0)
		return FEED_ZERO_AMOUNT;
	*events = (struct feed_events){.items = event, .count = count};
	return FEED_OK;
}

enum feed_reason
notice_parse_txn(
	struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	enum feed_reason reason = notice_parse(arena, message, events);

	for (size_t i = 0; i < events->count; i++) {
		struct feed_event *event = &events->items[i];

		if (event->bank_txn_id.len == 0) {
			*events = (struct feed_events){0};
			return FEED_BAD_PAYLOAD;
		}
		event->provider_txn_id = event->bank_txn_id;
	}
	return reason;
}
