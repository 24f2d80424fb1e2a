/* One message that nobody sent, given to a feed as the server does, for the fuzz targets. */
#include "chopay/clock.h"
#include "chopay/json.h"

#include "feed_fuzz.h"
#include "fuzz.h"

#define AMOUNT_MAX INT64_C(1000000000000000)

static struct str
find_header(void *arg, const char *name)
{
	if (str_eq_nocase(str_from(name), STR("x-sepay-timestamp")) ||
		str_eq_nocase(str_from(name), STR("webhook-timestamp")))
		return STR("1785224000");
	if (str_eq_nocase(str_from(name), STR("webhook-id")))
		return STR(FEED_FUZZ_MESSAGE_ID);
	return *(const struct str *)arg;
}

static void
check_event(const struct feed_fuzz *fuzz, const struct feed_event *event)
{
	const struct str texts[] = {event->provider_txn_id, event->bank_txn_id, event->bank,
		event->account, event->virtual_account, event->content, event->code_hint,
		event->order_code, event->terminal};

	must(event->amount.dong > 0 && event->amount.dong <= AMOUNT_MAX);
	must(event->provider_txn_id.len > 0);
	/* Who pays a bill tells whose it is instead. */
	must(event->account.len > 0 || fuzz->feed->check_bill != NULL);
	must(event->time_ms != NO_TIME || !fuzz->tells_time);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		must(str_is_utf8(texts[i]));
}

static int
reply(struct arena *arena, const struct feed_fuzz *fuzz, const struct feed_answer *answer)
{
	json_t *json CLEANUP(json_cleanup) = NULL;
	struct str text;
	int status = fuzz->feed->reply(arena, answer, &text);

	must((status == 200) == feed_accepts(answer->reason));
	must(text.len == 0 || json_parse_strict(text, &json, NULL).code == ERR_OK);
	return status;
}

struct feed_fuzz_outcome
feed_fuzz(struct arena *arena, const struct feed_fuzz *fuzz)
{
	static const struct feed_bill bill = {.found = true, .open = true, .due = {FEED_FUZZ_DUE}};
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	struct feed_message message = fuzz->message;
	struct feed_fuzz_outcome out = {0};
	struct str line = fuzz->line;
	enum feed_reason verified;

	must(crypt_new(&crypt).code == ERR_OK);
	message.now_ms = FEED_FUZZ_NOW_MS;
	if (message.header == NULL) {
		message.header = find_header;
		message.header_arg = &line;
	}

	verified = fuzz->feed->verify(crypt, &fuzz->secret, &message);
	must(fuzz->believed ? verified == FEED_OK : !feed_accepts(verified));
	if (!fuzz->believed)
		out.refused_status = reply(arena, fuzz,
			&(struct feed_answer){.reason = verified, .message = &message});

	out.reason = fuzz->feed->parse(arena, &message, &out.events);
	must(out.events.count <= (out.reason == FEED_OK ? fuzz->events_max : 0));
	for (size_t i = 0; i < out.events.count; i++)
		check_event(fuzz, &out.events.items[i]);
	out.status = reply(arena, fuzz,
		&(struct feed_answer){
			.reason = out.reason,
			.message = &message,
			.events = &out.events,
			.bill = &bill,
			.token = STR("token"),
			.token_s = 300,
		});
	return out;
}
