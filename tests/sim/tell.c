/* SePay's and Casso's calls and a list's page, through the gateway's own verify and parse. */
#include <stdio.h>
#include <string.h>

#include "chopay/json.h"
#include "tell.h"

#define SEPAY_SECRET STR("the-secret-of-the-simulated-sepay")
#define CASSO_SECRET STR("the-token-of-the-simulated-casso")
#define LIST_WINDOW_MS (48 * INT64_C(3600000))

/* ---- bodies
 * -------------------------------------------------------------------------------------- */

/* "2026-07-28 14:30:45" */
static struct str
local_time(struct arena *arena, int64_t ms)
{
	struct buf text CLEANUP(buf_fini) = {0};
	char *copy;

	time_format_rfc3339(&text, ms);
	copy = (char *)(uintptr_t)arena_copy(arena, str_cut(buf_str(&text), 0, 19)).ptr;
	copy[10] = ' ';
	return (struct str){copy, 19};
}

static json_t *
sepay_json(struct world *world, int n, int64_t id, int64_t amount)
{
	const struct bank_transfer *one = &world->transfers[n];
	const struct account_at_bank *account = &bank_accounts[one->account];
	json_t *body = json_object();

	json_set_i64(body, "id", id);
	json_set_str(body, "gateway", str_from(account->bank));
	json_set_str(body, "transactionDate", local_time(world->arena, one->at_ms));
	json_set_str(body, "accountNumber", str_from(account->number));
	json_set_str(body, "content", one->note);
	json_set_str(body, "transferType", one->outgoing ? STR("out") : STR("in"));
	json_set_i64(body, "transferAmount", amount);
	json_set_str(body, "referenceCode", str_from(one->ref));
	return body;
}

static json_t *
casso_json(struct world *world, const struct message *message)
{
	json_t *body = json_object(), *data = json_array();

	for (int i = 0; i < message->count; i++) {
		const struct bank_transfer *one = &world->transfers[message->transfers[i]];
		json_t *item = json_object();

		json_set_i64(item, "id", CASSO_FIRST + message->transfers[i]);
		json_set_str(item, "tid", str_from(one->ref));
		json_set_str(item, "description", one->note);
		json_set_i64(item, "amount", one->outgoing ? -one->amount : one->amount);
		json_set_str(item, "when", local_time(world->arena, one->at_ms));
		json_set_str(item, "bank_sub_acc_id", str_from(bank_accounts[one->account].number));
		if (one->payer[0] != '\0')
			json_set_str(item, "corresponsiveAccount", str_from(one->payer));
		json_array_append_new(data, item);
	}
	json_set_i64(body, "error", 0);
	json_object_set_new(body, "data", data);
	return body;
}

/* A page of SePay's list: what the account saw in the last 48 hours. */
static json_t *
list_json(struct world *world, struct message *message)
{
	json_t *body = json_object(), *rows = json_array();
	int account = message->transfers[0];

	message->count = 0;
	for (int n = 0; n < world->transfer_count; n++) {
		const struct bank_transfer *one = &world->transfers[n];
		json_t *row;

		if (one->account != account || one->at_ms < world->now_ms - LIST_WINDOW_MS)
			continue;
		row = json_object();
		json_set_str(row, "id", arena_printf(world->arena, "%d", SEPAY_FIRST + n));
		json_set_str(row, "bank_brand_name", str_from(bank_accounts[account].bank));
		json_set_str(row, "account_number", str_from(bank_accounts[account].number));
		json_set_str(row, "transaction_date", local_time(world->arena, one->at_ms));
		json_set_str(row, one->outgoing ? "amount_out" : "amount_in",
			arena_printf(world->arena, "%lld.00", (long long)one->amount));
		json_set_str(row, one->outgoing ? "amount_in" : "amount_out", STR("0.00"));
		json_set_str(row, "transaction_content", one->note);
		json_set_str(row, "reference_number", str_from(one->ref));
		json_array_append_new(rows, row);
	}
	json_set_i64(body, "status", 200);
	json_object_set_new(body, "transactions", rows);
	return body;
}

/* ---- calls
 * ---------------------------------------------------------------------------------------- */

struct call {
	struct str timestamp, signature, token;
};

static struct str
call_header(void *arg, const char *name)
{
	const struct call *call = arg;

	if (strcmp(name, "X-SePay-Timestamp") == 0)
		return call->timestamp;
	if (strcmp(name, "X-SePay-Signature") == 0)
		return call->signature;
	return strcmp(name, "Secure-Token") == 0 ? call->token : (struct str){NULL, 0};
}

static struct call
prove(struct world *world, struct str body, enum honesty honesty)
{
	struct buf signature CLEANUP(buf_fini) = {0};
	struct call call = {
		.timestamp = arena_printf(
			world->arena, "%lld", (long long)(world->now_ms / MS_PER_SECOND)),
		.token = honesty == FORGED ? STR("a-guess") : CASSO_SECRET,
	};
	const struct str parts[] = {call.timestamp, STR("."), body};
	unsigned char mac[SHA256_SIZE];

	crypt_hmac_sha256(
		world->crypt, honesty == FORGED ? STR("a-guess") : SEPAY_SECRET, parts, 3, mac);
	buf_adds(&signature, "sha256=");
	hex_put(&signature, (struct str){(const char *)mac, sizeof(mac)});
	call.signature = arena_copy(world->arena, buf_str(&signature));
	return call;
}

static const struct feed *
feed_of(enum teller teller)
{
	static const char *const names[] = {"sepay", "casso_v1", "sepay_list_v1"};

	return feed_find(str_from(names[teller]));
}

static json_t *
compose(struct world *world, struct message *message, enum honesty honesty)
{
	const int n = message->transfers[0];

	switch (message->teller) {
	case SEPAY:
		return sepay_json(world, n, (honesty == FORGED ? FORGED_FIRST : SEPAY_FIRST) + n,
			world->transfers[n].amount + (honesty == OTHER_AMOUNT));
	case CASSO:
		return casso_json(world, message);
	case SEPAY_LIST:
		break;
	}
	return list_json(world, message);
}

static void
told(struct command *command)
{
	sem_post(((struct telling *)command)->done);
}

static struct str *
no_bins(struct world *world, size_t count)
{
	struct str *bins = arena_alloc(world->arena, (count + 1) * sizeof(*bins));

	for (size_t i = 0; i < count; i++)
		bins[i] = STR("");
	return bins;
}

struct telling *
tell_prepare(struct world *world, const struct message *message, enum honesty honesty)
{
	struct telling *telling = arena_alloc(world->arena, sizeof(*telling));
	const struct feed *feed = feed_of(message->teller);
	const struct feed_secret secret = {
		.mode = message->teller == CASSO ? FEED_MODE_SECURE_TOKEN : FEED_MODE_HMAC,
		.values[0] = message->teller == CASSO ? CASSO_SECRET : SEPAY_SECRET,
	};
	struct buf text CLEANUP(buf_fini) = {0};
	struct feed_events events = {0};
	struct feed_message sent;
	struct call call;
	json_t *body CLEANUP(json_cleanup) = NULL;

	*telling = (struct telling){.message = *message};
	body = compose(world, &telling->message, honesty);
	json_write(&text, body);
	sent = (struct feed_message){
		.now_ms = world->now_ms,
		.method = STR("POST"),
		.path = STR("/webhooks/x/y"),
		.content_type = STR("application/json"),
		.body = arena_copy(world->arena, buf_str(&text)),
		.header = call_header,
		.header_arg = &call,
	};
	call = prove(world, sent.body, honesty);
	telling->refused = (message->teller != SEPAY_LIST &&
				   feed->verify(world->crypt, &secret, &sent) != FEED_OK) ||
			   feed->parse(world->arena, &sent, &events) != FEED_OK;
	telling->lines.settle = (struct settle_command){
		.command = {message->teller == SEPAY_LIST ? lines_apply : settle_apply, told, NULL,
			world->arena, OK},
		.feed = feed,
		.endpoint_id = STR("e"),
		.content_type = sent.content_type,
		.raw = sent.body,
		.events = events.items,
		.bank_bins = no_bins(world, events.count),
		.event_count = events.count,
	};
	return telling;
}

bool
tell_submit(struct world *world, struct telling *telling, sem_t *done)
{
	telling->done = done;
	if (telling->refused)
		return false;
	if (books_submit(world->books, &telling->lines.settle.command).code == ERR_OK)
		return true;
	telling->lines.settle.command.result = FAIL(ERR_BUSY, "not taken");
	return false;
}

bool
tell_answered(struct world *world, const struct telling *telling)
{
	const struct message *message = &telling->message;
	enum err_code code = telling->lines.settle.command.result.code;

	if (telling->refused || code == ERR_BUSY)
		return false; /* the feed comes again */
	if (code != ERR_OK) {
		world->fault = telling->lines.settle.command.result.what;
		return false;
	}
	if (message->teller == SEPAY_LIST) {
		for (int n = 0; n < world->transfer_count; n++) {
			struct bank_transfer *one = &world->transfers[n];

			if (one->account == message->transfers[0] &&
				one->at_ms >= world->now_ms - LIST_WINDOW_MS)
				one->told[SEPAY] = true;
		}
		return true;
	}
	for (int i = 0; i < message->count; i++)
		world->transfers[message->transfers[i]].told[message->teller] = true;
	return true;
}
