/* gateway_client.c - the gateway's JSON routes, one call at a time. */
#include "gateway_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chopay/clock.h"
#include "chopay/json.h"
#include "sepay.h"
#include "wire.h"

#define PAGE_SIZE 500	   /* the gateway's maximum */
#define STANDS_MAX 1000000 /* of one register */

struct gateway {
	const struct simulate_options *options;
	struct wire wire;
	struct buf authorization;
	char fault[SIMULATE_FAULT_SIZE];
};

struct err
gateway_new(const struct simulate_options *options, struct gateway **gateway)
{
	struct gateway *made = mem_alloc_zero(1, sizeof(*made));
	struct err err = wire_init(&made->wire, options);

	made->options = options;
	if (options->api_key.len > 0) {
		buf_adds(&made->authorization, "Authorization: Bearer ");
		buf_add(&made->authorization, options->api_key);
	}
	if (err.code != ERR_OK) {
		gateway_free(made);
		return err;
	}
	*gateway = made;
	return OK;
}

void
gateway_free(struct gateway *gateway)
{
	if (gateway == NULL)
		return;
	wire_fini(&gateway->wire);
	buf_fini(&gateway->authorization);
	free(gateway);
}

const char *
gateway_fault(const struct gateway *gateway)
{
	return gateway->fault;
}

/* ---- calls --------------------------------------------------------------------------------- */

static struct err
err_of_status(long status)
{
	switch (status) {
	case 401:
	case 403:
		return FAIL(ERR_DENIED, "the gateway does not take the API key");
	case 404:
		return FAIL(ERR_NOT_FOUND, "the gateway does not know what it showed before");
	case 409:
	case 410:
		return FAIL(ERR_CONFLICT, "the gateway refuses in this state");
	case 429:
		return FAIL(ERR_BUSY, "the gateway is busy");
	default:
		break;
	}
	if (status >= 500)
		return FAIL(ERR_BUSY, "the gateway fails");
	return FAIL(ERR_INVALID, "the gateway refuses");
}

/* "POST /v1/...: 409 the detail of its problem document". */
static void
note_refusal(struct gateway *gateway, const char *method, const char *path, long status)
{
	json_t *problem CLEANUP(json_cleanup) = NULL;
	struct str detail = {NULL, 0};

	if (json_parse_strict(buf_str(&gateway->wire.answer), &problem, NULL).code == ERR_OK)
		(void)!json_member_str_opt(problem, "detail", &detail).code;
	snprintf(gateway->fault, sizeof(gateway->fault), "%s %s: %ld %.*s", method, path, status,
		(int)(detail.len < 200 ? detail.len : 200), detail.len == 0 ? "" : detail.ptr);
}

/* After wire_aim and whatever follows it. */
static struct err
perform(struct gateway *gateway, const char *method, const char *path)
{
	struct wire *wire = &gateway->wire;
	CURLcode code = curl_easy_perform(wire->easy);
	long status;

	if (code != CURLE_OK) {
		snprintf(gateway->fault, sizeof(gateway->fault), "%s %s: %s", method, path,
			wire->fault[0] == '\0' ? curl_easy_strerror(code) : wire->fault);
		return FAIL(ERR_BUSY, "the gateway cannot be reached");
	}
	status = wire_status(wire);
	if (status >= 200 && status < 300)
		return OK;
	note_refusal(gateway, method, path, status);
	return err_of_status(status);
}

/* The same, as the holder of the API key if there is one. */
static struct err
call(struct gateway *gateway, const char *method, const char *path)
{
	if (gateway->authorization.len > 0)
		TRY(wire_add_header(&gateway->wire, gateway->authorization.ptr));
	return perform(gateway, method, path);
}

static struct err
not_understood(struct gateway *gateway, const char *path, struct err err)
{
	snprintf(gateway->fault, sizeof(gateway->fault), "%s: the answer is not understood: %s",
		path, err.what);
	return FAIL(ERR_INVALID, "an answer of the gateway is not understood");
}

static struct err
get_json(struct gateway *gateway, const char *path, json_t **answer)
{
	struct err err;

	TRY(wire_aim(&gateway->wire, gateway->options, path));
	TRY(call(gateway, "GET", path));
	err = json_parse_strict(buf_str(&gateway->wire.answer), answer, NULL);
	return err.code == ERR_OK ? OK : not_understood(gateway, path, err);
}

/* ---- lists --------------------------------------------------------------------------------- */

typedef struct err list_row(void *arg, const json_t *row);

/* Every row of a paged list.  `path` ends so that "limit=..." can follow. */
static struct err
each_row(struct gateway *gateway, const char *path, const char *name, list_row *take, void *arg)
{
	struct buf cursor CLEANUP(buf_fini) = {0}, page CLEANUP(buf_fini) = {0};
	struct str next;

	do {
		json_t *list CLEANUP(json_cleanup) = NULL;
		const json_t *rows;
		struct err err;

		buf_clear(&page);
		buf_addf(&page, "%slimit=%d%s%s", path, PAGE_SIZE, cursor.len > 0 ? "&cursor=" : "",
			cursor.len > 0 ? cursor.ptr : "");
		TRY(get_json(gateway, page.ptr, &list));
		rows = json_object_get(list, name);
		err = json_is_array(rows) ? json_member_str_opt(list, "next_cursor", &next)
					  : FAIL(ERR_INVALID, "the list is missing");
		for (size_t i = 0; err.code == ERR_OK && i < json_array_size(rows); i++)
			err = take(arg, json_array_get(rows, i));
		if (err.code != ERR_OK)
			return not_understood(gateway, page.ptr, err);
		buf_clear(&cursor);
		buf_add(&cursor, next);
	} while (cursor.len > 0);
	return OK;
}

struct booked_reader {
	gateway_booked *booked;
	void *arg;
};

/* Rows of other feeds, and ids that are no numbers, are nobody's here. */
static struct err
read_booked(void *arg, const json_t *row)
{
	struct booked_reader *reader = arg;
	struct booked booked = {0};
	struct str feed, id;

	TRY(json_member_str(row, "feed", &feed));
	TRY(json_member_str(row, "provider_txn_id", &id));
	TRY(json_member_i64(row, "amount", &booked.amount_dong));
	TRY(json_member_str_opt(row, "stall_reference", &booked.stall_reference));
	TRY(json_member_str_opt(row, "charge", &booked.charge));
	TRY(json_member_str_opt(row, "charge_state", &booked.state));
	if (booked.state.len == 0) /* for no charge: its own */
		TRY(json_member_str_opt(row, "state", &booked.state));
	if (str_eq(feed, STR("sepay")) && str_to_i64(id, &booked.provider_id).code == ERR_OK)
		reader->booked(reader->arg, &booked);
	return OK;
}

struct err
gateway_payments(struct gateway *gateway, int64_t since_ms, gateway_booked *booked, void *arg)
{
	struct booked_reader reader = {booked, arg};
	struct buf time CLEANUP(buf_fini) = {0}, path CLEANUP(buf_fini) = {0};

	time_format_rfc3339(&time, since_ms);
	buf_addf(&path, "/v1/payments?since=%.19s%%2B07:00&", time.ptr);
	return each_row(gateway, path.ptr, "payments", read_booked, &reader);
}

struct err
gateway_suspense(struct gateway *gateway, gateway_booked *booked, void *arg)
{
	struct booked_reader reader = {booked, arg};

	return each_row(gateway, "/v1/suspense?", "suspense", read_booked, &reader);
}

/* ---- the register -------------------------------------------------------------------------- */

struct market_reader {
	struct market *market;
	size_t cap;
	int32_t today;
	bool *open; /* beside the stands */
};

/* Open today?  Dates may be null. */
static struct err
read_open(const json_t *row, int32_t today, bool *open)
{
	struct str from, to;
	int32_t day;

	*open = true;
	TRY(json_member_str_opt(row, "open_date", &from));
	TRY(json_member_str_opt(row, "close_date", &to));
	if (from.len > 0) {
		TRY(day_parse(from, &day));
		*open = *open && day <= today;
	}
	if (to.len > 0) {
		TRY(day_parse(to, &day));
		*open = *open && today < day;
	}
	return OK;
}

static struct err
read_stand(void *arg, const json_t *row)
{
	struct market_reader *reader = arg;
	struct market *market = reader->market;
	struct str market_code, code, reference, bin, account;
	bool open;

	TRY(json_member_str(row, "code", &code));
	TRY(json_member_str_opt(row, "market", &market_code));
	TRY(json_member_str(row, "reference", &reference));
	TRY(json_member_str(row, "bank_bin", &bin));
	TRY(json_member_str(row, "account_no", &account));
	TRY(read_open(row, reader->today, &open));
	if (market->count == STANDS_MAX)
		return FAIL(ERR_INVALID, "more stalls than a simulation takes");
	if (market->count == reader->cap) {
		reader->cap = reader->cap == 0 ? 512 : 2 * reader->cap;
		market->stands = mem_resize(market->stands, reader->cap * sizeof(*market->stands));
		reader->open = mem_resize(reader->open, reader->cap * sizeof(*reader->open));
	}
	reader->open[market->count] = open;
	market->stands[market->count++] = (struct stand){
		.market = arena_copy(market->arena, market_code),
		.code = arena_copy(market->arena, code),
		.reference = arena_copy(market->arena, reference),
		.bank_bin = arena_copy(market->arena, bin),
		.account_no = arena_copy(market->arena, account),
	};
	return OK;
}

static int
by_account(const void *a, const void *b)
{
	const struct stand *const *left = a, *const *right = b;
	struct str x = (*left)->account_no, y = (*right)->account_no;
	int order = memcmp(x.ptr, y.ptr, x.len < y.len ? x.len : y.len);

	return order != 0 ? order : (x.len > y.len) - (x.len < y.len);
}

/* Closed stalls count: their accounts still name them. */
static void
mark_shared(struct market *market)
{
	CLEANUP(mem_free)
	struct stand **sorted = mem_alloc_zero(market->count + 1, sizeof(struct stand *));

	for (size_t i = 0; i < market->count; i++)
		sorted[i] = &market->stands[i];
	qsort(sorted, market->count, sizeof(struct stand *), by_account);
	for (size_t i = 1; i < market->count; i++) {
		if (str_eq(sorted[i]->account_no, sorted[i - 1]->account_no))
			sorted[i]->shared = sorted[i - 1]->shared = true;
	}
}

struct err
gateway_market(struct gateway *gateway, struct market *market)
{
	const struct clock clock = {0};
	struct market_reader reader = {
		.market = market,
		.today = day_of(clock_now_ms(&clock), 0),
	};
	size_t open = 0;
	struct err err;

	*market = (struct market){.arena = arena_new()};
	err = each_row(gateway, "/v1/stalls?", "stalls", read_stand, &reader);
	if (err.code == ERR_OK) {
		mark_shared(market);
		for (size_t i = 0; i < market->count; i++) {
			if (reader.open[i])
				market->stands[open++] = market->stands[i];
		}
		market->count = open;
	}
	free(reader.open);
	if (err.code != ERR_OK)
		market_fini(market);
	return err;
}

void
market_fini(struct market *market)
{
	arena_free(market->arena);
	free(market->stands);
	*market = (struct market){0};
}

/* ---- a stall's code ------------------------------------------------------------------------ */

struct err
gateway_charge(struct gateway *gateway, const struct stand *stand, int64_t amount_dong,
	const char *key, struct reference *reference)
{
	struct buf path CLEANUP(buf_fini) = {0}, body CLEANUP(buf_fini) = {0};
	struct buf header CLEANUP(buf_fini) = {0};
	json_t *charge CLEANUP(json_cleanup) = NULL;
	int64_t asked = 0;
	struct str text;
	struct err err;

	buf_addf(&path, "/v1/stalls/%.*s/charges", STR_FMT(stand->reference));
	buf_addf(&body, "{\"amount\":%lld}", (long long)amount_dong);
	buf_addf(&header, "Idempotency-Key: %s", key);
	TRY(wire_aim(&gateway->wire, gateway->options, path.ptr));
	TRY(wire_set_body(&gateway->wire, buf_str(&body)));
	TRY(wire_add_header(&gateway->wire, header.ptr));
	TRY(call(gateway, "POST", path.ptr));
	err = json_parse_strict(buf_str(&gateway->wire.answer), &charge, NULL);
	if (err.code == ERR_OK)
		err = json_member_str(charge, "reference", &text);
	if (err.code == ERR_OK)
		err = json_member_i64(charge, "amount", &asked);
	if (err.code == ERR_OK && (!reference_is(str_cut(text, 0, 2), text, reference) ||
					  !reference_is_charge(reference) || asked != amount_dong))
		err = FAIL(ERR_INVALID, "not the charge that was asked for");
	return err.code == ERR_OK ? OK : not_understood(gateway, path.ptr, err);
}

struct err
gateway_picture(struct gateway *gateway, struct str reference, struct buf *png)
{
	struct buf path CLEANUP(buf_fini) = {0};

	buf_addf(&path, "/q/%.*s.png", STR_FMT(reference));
	TRY(wire_aim(&gateway->wire, gateway->options, path.ptr));
	TRY(call(gateway, "GET", path.ptr));
	buf_add(png, buf_str(&gateway->wire.answer));
	return OK;
}

/* ---- the bank's call ----------------------------------------------------------------------- */

struct err
gateway_tell(struct gateway *gateway, struct str body, const struct buf *lines, size_t line_count)
{
	struct wire *wire = &gateway->wire;
	const char *path = gateway->options->endpoint;
	struct err err;

	TRY(wire_aim(wire, gateway->options, path));
	TRY(wire_set_body(wire, body));
	for (size_t i = 0; i < line_count; i++)
		TRY(wire_add_header(wire, lines[i].ptr));
	err = perform(gateway, "POST", path);
	if (err.code == ERR_DENIED) {
		snprintf(gateway->fault, sizeof(gateway->fault),
			"POST %s: %ld the bank's proof is not taken: another secret or mode?", path,
			wire_status(wire));
		return FAIL(ERR_DENIED, "the gateway does not take the bank's proof");
	}
	TRY(err);
	if (sepay_acknowledged(wire_status(wire), buf_str(&wire->answer)))
		return OK;
	note_refusal(gateway, "POST", path, wire_status(wire));
	return FAIL(ERR_CONFLICT, "the gateway does not acknowledge the payment");
}
