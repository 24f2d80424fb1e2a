/* pay.c - one purchase by hand: a code is scanned and paid, and its bank tells the gateway. */
#include <stdio.h>

#include <curl/curl.h>

#include "buyer.h"
#include "chopay/clock.h"
#include "chopay/money.h"
#include "gateway_client.h"
#include "purchase.h"
#include "sepay.h"

struct payer {
	const struct simulate_options *options;
	struct gateway *gateway;
	struct simulate_receipt *receipt;
};

/* The gateway's own sentence, or ours. */
static struct err
told(const struct payer *payer, struct err err)
{
	const char *fault = payer->gateway == NULL ? "" : gateway_fault(payer->gateway);

	if (err.code != ERR_OK)
		snprintf(payer->receipt->fault, sizeof(payer->receipt->fault), "%s",
			fault[0] != '\0' ? fault : err.what);
	return err;
}

static struct err
see_code(struct payer *payer, const struct simulate_purchase *purchase, struct vietqr *code)
{
	struct buf png CLEANUP(buf_fini) = {0};

	if (purchase->picture.len > 0)
		return told(payer, buyer_read(purchase->picture, code));
	TRY(told(payer, gateway_picture(payer->gateway, purchase->reference, &png)));
	return told(payer, buyer_read(buf_str(&png), code));
}

static struct err
choose_amount(const struct simulate_purchase *purchase, const struct vietqr *code, int64_t *amount)
{
	*amount = purchase->amount_dong > 0 ? purchase->amount_dong : code->amount_dong;
	if (*amount == 0)
		return FAIL(ERR_INVALID, "the code names no amount: say it with --amount");
	if (*amount > VND_TRANSFER_MAX)
		return FAIL(ERR_INVALID, "a bank sends at most 499.999.999 đ at once");
	return OK;
}

static struct err
send_money(struct payer *payer, const struct vietqr *code, int64_t amount_dong)
{
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	struct buf body CLEANUP(buf_fini) = {0};
	struct buf lines[SEPAY_HEADERS_MAX] = {0};
	const struct clock clock = {0};
	struct bank_transaction transaction;
	struct sepay_caller caller;
	struct numbers numbers = {0};
	size_t count;
	struct err err;

	TRY(crypt_new(&crypt));
	crypt_random(&numbers.salt, sizeof(numbers.salt));
	transaction = (struct bank_transaction){
		.booked_at_ms = clock_now_ms(&clock),
		.bank_bin = str_from(code->bank_bin),
		.account_no = str_from(code->account_no),
		.content = str_from(code->memo),
		.amount_dong = amount_dong,
	};
	transaction.id = numbers_next(&numbers, transaction.booked_at_ms);
	sepay_body(&body, &transaction);
	caller = (struct sepay_caller){crypt, payer->options->mode, payer->options->secret};
	count = sepay_headers(
		&caller, PROOF_GENUINE, transaction.booked_at_ms, buf_str(&body), lines);
	err = gateway_tell(payer->gateway, buf_str(&body), lines, count);
	for (size_t i = 0; i < SEPAY_HEADERS_MAX; i++)
		buf_fini(&lines[i]);
	return told(payer, err);
}

static struct err
buy(struct payer *payer, const struct simulate_purchase *purchase)
{
	struct vietqr code = {0};
	int64_t amount_dong;

	TRY(told(payer, gateway_new(payer->options, &payer->gateway)));
	TRY(see_code(payer, purchase, &code));
	TRY(told(payer, choose_amount(purchase, &code, &amount_dong)));
	TRY(send_money(payer, &code, amount_dong));
	payer->receipt->amount_dong = amount_dong;
	snprintf(payer->receipt->account_no, sizeof(payer->receipt->account_no), "%s",
		code.account_no);
	snprintf(payer->receipt->note, sizeof(payer->receipt->note), "%s", code.memo);
	return OK;
}

struct err
simulate_pay(const struct simulate_options *options, const struct simulate_purchase *purchase,
	struct simulate_receipt *receipt)
{
	struct payer payer = {.options = options, .receipt = receipt};
	struct err err;

	*receipt = (struct simulate_receipt){0};
	TRY(simulate_check(options));
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return FAIL(ERR_BROKEN, "libcurl cannot be set up");
	err = buy(&payer, purchase);
	gateway_free(payer.gateway);
	curl_global_cleanup();
	return err;
}
