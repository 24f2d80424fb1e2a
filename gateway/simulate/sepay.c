/* sepay.c - SePay's JSON and SePay's headers. */
#include "sepay.h"

#include "chopay/clock.h"
#include "chopay/json.h"

#define STALE_MS (10 * 60 * MS_PER_SECOND) /* twice the drift that SePay's own guide allows */

static const struct {
	const char *bin, *name;
} banks[] = {
	{"970422", "MBBank"},
	{"970416", "ACB"},
	{"970436", "Vietcombank"},
	{"970415", "VietinBank"},
	{"970418", "BIDV"},
	{"970423", "TPBank"},
	{"970432", "VPBank"},
	{"970403", "Sacombank"},
	{"970448", "OCB"},
	{"970426", "MSB"},
	{"970452", "KienLongBank"},
	{"970407", "Techcombank"},
	{"970405", "Agribank"},
	{"970437", "HDBank"},
	{"970443", "SHB"},
	{"970449", "LPBank"},
	{"970441", "VIB"},
	{"970440", "SeABank"},
	{"970431", "Eximbank"},
};

/* SePay's name for a bank; the BIN itself for one that SePay does not serve. */
static struct str
sepay_bank_name(struct str bin)
{
	for (size_t i = 0; i < sizeof(banks) / sizeof(banks[0]); i++) {
		if (str_eq(bin, str_from(banks[i].bin)))
			return str_from(banks[i].name);
	}
	return bin;
}

/* "FT26209" and nine digits: year, day of the year, and a number that grows with the id. */
static void
put_bank_ref(struct buf *out, const struct bank_transaction *transaction)
{
	struct buf text CLEANUP(buf_fini) = {0};
	int32_t day = day_of(transaction->booked_at_ms, 0), new_year;

	day_format(&text, day);
	buf_addf(out, "FT%.2s", text.ptr + 2);
	text.len = 4;
	buf_adds(&text, "-01-01");
	if (day_parse(buf_str(&text), &new_year).code != ERR_OK)
		new_year = day;
	buf_addf(out, "%03d%09lld", day - new_year + 1,
		(long long)(transaction->id % INT64_C(1000000000)));
}

/* "2026-07-28 14:30:45", Vietnam time, no zone. */
static void
put_local_time(struct buf *out, int64_t ms)
{
	struct buf text CLEANUP(buf_fini) = {0};

	time_format_rfc3339(&text, ms);
	buf_addf(out, "%.10s %.8s", text.ptr, text.ptr + 11);
}

void
sepay_body(struct buf *out, const struct bank_transaction *transaction)
{
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf date CLEANUP(buf_fini) = {0}, ref CLEANUP(buf_fini) = {0};
	struct buf description CLEANUP(buf_fini) = {0};

	put_local_time(&date, transaction->booked_at_ms);
	put_bank_ref(&ref, transaction);
	buf_adds(&description, "BankAPINotify ");
	buf_add(&description, transaction->content);
	json_set_i64(body, "id", transaction->id);
	json_set_str(body, "gateway", sepay_bank_name(transaction->bank_bin));
	json_set_str(body, "transactionDate", buf_str(&date));
	json_set_str(body, "accountNumber", transaction->account_no);
	json_object_set_new(body, "subAccount", json_null());
	json_object_set_new(body, "code", json_null());
	json_set_str(body, "content", transaction->content);
	json_set_str(body, "transferType", transaction->outgoing ? STR("out") : STR("in"));
	json_set_str(body, "description", buf_str(&description));
	json_set_i64(body, "transferAmount", transaction->amount_dong);
	json_set_str(body, "referenceCode", buf_str(&ref));
	json_set_i64(body, "accumulated", 0);
	json_write(out, body);
}

bool
sepay_proof_applies(enum simulate_mode mode, enum sepay_proof proof)
{
	switch (proof) {
	case PROOF_GENUINE:
		return true;
	case PROOF_MISSING:
	case PROOF_WRONG_SECRET:
		return mode != SIMULATE_NONE;
	case PROOF_OTHER_BODY:
	case PROOF_STALE:
		break;
	}
	return mode == SIMULATE_HMAC;
}

static size_t
hmac_headers(const struct sepay_caller *caller, enum sepay_proof proof, int64_t now_ms,
	struct str body, struct buf *lines)
{
	struct str secret = proof == PROOF_WRONG_SECRET ? STR("not-the-secret") : caller->secret;
	struct buf stamp CLEANUP(buf_fini) = {0};
	unsigned char mac[SHA256_SIZE];

	buf_addf(&stamp, "%lld",
		(long long)((proof == PROOF_STALE ? now_ms - STALE_MS : now_ms) / MS_PER_SECOND));
	const struct str parts[] = {buf_str(&stamp), STR("."), body, STR(" ")};

	crypt_hmac_sha256(caller->crypt, secret, parts, proof == PROOF_OTHER_BODY ? 4 : 3, mac);
	buf_addf(&lines[0], "X-SePay-Timestamp: %s", stamp.ptr);
	buf_adds(&lines[1], "X-SePay-Signature: sha256=");
	hex_put(&lines[1], (struct str){(const char *)mac, sizeof(mac)});
	return 2;
}

size_t
sepay_headers(const struct sepay_caller *caller, enum sepay_proof proof, int64_t now_ms,
	struct str body, struct buf lines[SEPAY_HEADERS_MAX])
{
	if (caller->mode == SIMULATE_NONE || proof == PROOF_MISSING)
		return 0;
	if (caller->mode == SIMULATE_HMAC)
		return hmac_headers(caller, proof, now_ms, body, lines);
	buf_adds(&lines[0], "Authorization: Apikey ");
	buf_add(&lines[0], proof == PROOF_WRONG_SECRET ? STR("not-the-key") : caller->secret);
	return 1;
}

bool
sepay_acknowledged(long status, struct str answer)
{
	json_t *body CLEANUP(json_cleanup) = NULL;

	if (status != 200 && status != 201)
		return false;
	return json_parse_strict(answer, &body, NULL).code == ERR_OK &&
	       json_is_true(json_object_get(body, "success"));
}
