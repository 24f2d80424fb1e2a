/* summary.c - what a run has shown, for people and for programs. */
#include "chopay/json.h"
#include "chopay/money.h"
#include "chopay/simulate.h"

static int64_t
answer_ms_mean(const struct simulate_summary *said)
{
	return said->answers == 0 ? 0 : said->answer_ms_sum / said->answers;
}

void
simulate_put_text(struct buf *out, const struct simulate_summary *said)
{
	struct buf amount CLEANUP(buf_fini) = {0};

	vnd_format(&amount, (struct vnd){said->sent_dong});
	buf_addf(out, "purchases   %lld in %lld.%lld s\n", (long long)said->purchases,
		(long long)(said->elapsed_ms / 1000), (long long)(said->elapsed_ms % 1000 / 100));
	buf_addf(out, "sent        %lld credits, %s đ\n", (long long)said->sent, amount.ptr);
	buf_addf(out, "delivered   %lld, given up %lld, retries %lld\n", (long long)said->delivered,
		(long long)said->undelivered, (long long)said->retries);
	buf_addf(out, "answers     after %lld ms, at most %lld ms\n",
		(long long)answer_ms_mean(said), (long long)said->answer_ms_max);
	buf_addf(out, "duplicates  %lld of %lld answered like the first\n",
		(long long)said->duplicates_answered, (long long)said->duplicates);
	buf_addf(out, "forgeries   %lld of %lld refused\n", (long long)said->forgeries_refused,
		(long long)said->forged);
	buf_addf(out, "money out   %lld\n", (long long)said->outgoing);
	buf_addf(out, "refused     %lld purchases, %lld unreadable codes, %lld wrong codes\n",
		(long long)said->refused, (long long)said->unreadable,
		(long long)said->wrong_codes);
	if (said->checked) {
		buf_addf(out, "matched     %lld\n", (long long)said->matched);
		buf_addf(out, "suspense    %lld, expected %lld\n", (long long)said->suspense_found,
			(long long)said->suspense_expected);
		buf_addf(out,
			"lost        %lld, doubled %lld, wrong %lld, astray %lld, unearned %lld\n",
			(long long)said->lost, (long long)said->doubled, (long long)said->wrong,
			(long long)said->astray, (long long)said->unearned);
	}
}

void
simulate_put_json(struct buf *out, const struct simulate_options *run,
	const struct simulate_summary *said, struct err err)
{
	json_t *json CLEANUP(json_cleanup) = json_object();

	json_object_set_new(json, "ok", json_boolean(err.code == ERR_OK));
	json_set_str(json, "result", str_from(err_code_name(err.code)));
	if (said->fault[0] == '\0' || !str_is_utf8(str_from(said->fault)))
		json_object_set_new(json, "fault", json_null());
	else
		json_set_str(json, "fault", str_from(said->fault));
	json_set_i64(json, "seed", (int64_t)run->seed);
	json_set_i64(json, "elapsed_ms", said->elapsed_ms);
	json_set_i64(json, "purchases", said->purchases);
	json_set_i64(json, "sent", said->sent);
	json_set_i64(json, "sent_dong", said->sent_dong);
	json_set_i64(json, "delivered", said->delivered);
	json_set_i64(json, "undelivered", said->undelivered);
	json_set_i64(json, "retries", said->retries);
	json_set_i64(json, "answer_ms_mean", answer_ms_mean(said));
	json_set_i64(json, "answer_ms_max", said->answer_ms_max);
	json_set_i64(json, "duplicates", said->duplicates);
	json_set_i64(json, "duplicates_answered", said->duplicates_answered);
	json_set_i64(json, "forged", said->forged);
	json_set_i64(json, "forgeries_refused", said->forgeries_refused);
	json_set_i64(json, "forgeries_accepted", said->forgeries_accepted);
	json_set_i64(json, "outgoing", said->outgoing);
	json_set_i64(json, "refused", said->refused);
	json_set_i64(json, "unreadable", said->unreadable);
	json_set_i64(json, "wrong_codes", said->wrong_codes);
	json_object_set_new(json, "checked", json_boolean(said->checked));
	json_set_i64(json, "matched", said->matched);
	json_set_i64(json, "suspense_expected", said->suspense_expected);
	json_set_i64(json, "suspense_found", said->suspense_found);
	json_set_i64(json, "lost", said->lost);
	json_set_i64(json, "doubled", said->doubled);
	json_set_i64(json, "wrong", said->wrong);
	json_set_i64(json, "astray", said->astray);
	json_set_i64(json, "unearned", said->unearned);
	json_write(out, json);
	buf_addc(out, '\n');
}
