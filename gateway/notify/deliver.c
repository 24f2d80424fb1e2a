/* One delivery: signed headers before, a judgement after. */
#include <curl/curl.h>

#include "chopay/clock.h"
#include "chopay/feeds.h"
#include "deliver.h"

#define RETRY_AFTER_TEXT_MAX 64

struct err
deliver_request(const struct crypt *crypt, struct arena *arena, const struct sending *sending,
	struct client_request *request)
{
	struct buf signature CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < DELIVER_SECRETS_MAX; i++) {
		if (sending->secrets[i].len == 0)
			continue;
		if (i > 0)
			buf_addc(&signature, ' ');
		TRY(feed_sign_standard_webhook(crypt, sending->secrets[i], sending->id,
			sending->unix_s, sending->body, &signature));
	}
	*request = (struct client_request){
		.method = "POST",
		.url = sending->url,
		.headers =
			{
				STR("Content-Type: application/json"),
				STR("User-Agent: chopay"),
				arena_printf(arena, "webhook-id: %.*s", STR_FMT(sending->id)),
				arena_printf(arena, "webhook-timestamp: %lld",
					(long long)sending->unix_s),
				arena_printf(arena, "webhook-signature: %.*s",
					STR_FMT(buf_str(&signature))),
			},
		.header_count = 5,
		.body = sending->body,
		.timeout_ms = DELIVER_TIMEOUT_MS,
		.body_max = DELIVER_ANSWER_MAX,
	};
	return OK;
}

/* Seconds, or a date (RFC 9110, 10.2.3); nonsense is as if it were not there. */
static int64_t
retry_after_ms(struct str text, int64_t now_ms)
{
	char date[RETRY_AFTER_TEXT_MAX + 1];
	int64_t seconds;
	time_t at;

	if (text.len == 0 || text.len > RETRY_AFTER_TEXT_MAX)
		return 0;
	if (str_to_i64(text, &seconds).code == ERR_OK)
		return seconds > 0 && seconds <= INT32_MAX ? seconds * MS_PER_SECOND : 0;
	for (size_t i = 0; i < text.len; i++)
		date[i] = text.ptr[i];
	date[text.len] = '\0';
	at = curl_getdate(date, NULL);
	return at > 0 && at * MS_PER_SECOND > now_ms ? at * MS_PER_SECOND - now_ms : 0;
}

struct judgement
deliver_judge(int status, const char *fault, struct str retry_after, int64_t now_ms)
{
	struct judgement judgement = {.verdict = NOT_TAKEN, .error = "refused"};

	if (status == 0) {
		judgement.error = fault == NULL ? "no answer" : fault;
		return judgement;
	}
	if (status >= 200 && status <= 299)
		return (struct judgement){.verdict = TAKEN, .error = ""};
	if (status == 410)
		return (struct judgement){.verdict = NOT_WANTED, .error = "gone"};
	if (status >= 300 && status <= 399)
		judgement.error = "redirected; we do not follow";
	judgement.slow = status == 429 || status == 502 || status == 504;
	if (judgement.slow || status == 503)
		judgement.retry_after_ms = retry_after_ms(retry_after, now_ms);
	return judgement;
}
