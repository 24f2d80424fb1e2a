/* From a payment as a person writes it to the text of its code. */
#include <string.h>

#include "chopay/compose.h"
#include "chopay/fold.h"
#include "chopay/money.h"

#define FOLD_MAX 1000 /* beyond what any field holds: a memo is refused, not cut */

static bool
refuse(struct compose_refusal *refusal, enum vietqr_status status, const char *field,
	const char *text)
{
	*refusal = (struct compose_refusal){
		.code = vietqr_status_name(status),
		.field = field,
		.text = text ? text : vietqr_status_text(status),
	};
	return false;
}

/* The statuses of vietqr_encode that are about one field. */
static const char *
field_of(enum vietqr_status status)
{
	switch (status) {
	case VIETQR_BAD_BIN:
		return "bank";
	case VIETQR_BAD_ACCOUNT:
		return "account";
	case VIETQR_BAD_AMOUNT:
		return "amount";
	case VIETQR_BAD_NAME:
		return "name";
	case VIETQR_BAD_CITY:
		return "city";
	case VIETQR_BAD_MCC:
		return "mcc";
	case VIETQR_BAD_BILL:
		return "bill";
	case VIETQR_BAD_STORE:
		return "store";
	case VIETQR_BAD_TERMINAL:
		return "terminal";
	default:
		return "memo";
	}
}

/* Into a field of `size` bytes, whole or not at all. */
static bool
put(char *into, size_t size, struct str text)
{
	if (text.len >= size || (text.len > 0 && memchr(text.ptr, '\0', text.len)))
		return false;
	if (text.len > 0)
		memcpy(into, text.ptr, text.len);
	into[text.len] = '\0';
	return true;
}

/* Accents off; what folds to nothing was not meant to be nothing. */
static bool
put_folded(char *into, size_t size, struct str text)
{
	CLEANUP(buf_fini) struct buf folded = {0};

	return fold_ascii(&folded, text).code == ERR_OK && (folded.len > 0 || text.len == 0) &&
	       put(into, size, buf_str(&folded));
}

static bool
put_memo(struct vietqr *code, struct str memo, struct compose_refusal *refusal)
{
	CLEANUP(buf_fini) struct buf folded = {0};

	if (memo.len == 0)
		return true;
	if (fold_memo(&folded, memo, FOLD_MAX).code != ERR_OK)
		return refuse(refusal, VIETQR_BAD_MEMO, "memo", "it is not UTF-8");
	if (folded.len == 0)
		return refuse(refusal, VIETQR_BAD_MEMO, "memo",
			"nothing is left of it: banks keep only letters and digits");
	if (!put(code->memo, COMPOSE_MEMO_MAX + 1, buf_str(&folded)))
		return refuse(refusal, VIETQR_BAD_MEMO, "memo",
			"it is over 25 letters, accents and signs already dropped: shorten it");
	return true;
}

static bool
put_amount(struct vietqr *code, struct str amount, struct compose_refusal *refusal)
{
	struct vnd vnd;

	if (!amount.ptr)
		return true;
	if (vnd_parse(amount, &vnd).code != ERR_OK || vnd.dong < 1)
		return refuse(refusal, VIETQR_BAD_AMOUNT, "amount",
			"it must be whole dong, 1 or more, digits only; leave it out for an open amount");
	code->amount_dong = vnd.dong;
	return true;
}

bool
compose(const struct banks *banks, const struct compose_words *words, struct vietqr *code,
	char text[VIETQR_TEXT_SIZE], struct compose_refusal *refusal)
{
	enum vietqr_status status;

	*code = (struct vietqr){.service = words->service};

	if (banks_bin_of(banks, words->bank, code->bank_bin).code != ERR_OK) {
		*refusal = (struct compose_refusal){
			"unknown_bank", "bank", "no bank has this name; give its 6-digit BIN"};
		return false;
	}
	if (!put(code->account_no, sizeof(code->account_no), words->account))
		return refuse(refusal, VIETQR_BAD_ACCOUNT, "account", NULL);
	if (!put_amount(code, words->amount, refusal) || !put_memo(code, words->memo, refusal))
		return false;
	if (!put_folded(code->name, sizeof(code->name), words->name))
		return refuse(refusal, VIETQR_BAD_NAME, "name", NULL);
	if (!put_folded(code->city, sizeof(code->city), words->city))
		return refuse(refusal, VIETQR_BAD_CITY, "city", NULL);
	if (!put(code->mcc, sizeof(code->mcc), words->mcc))
		return refuse(refusal, VIETQR_BAD_MCC, "mcc", NULL);
	if (!put(code->bill, sizeof(code->bill), words->bill))
		return refuse(refusal, VIETQR_BAD_BILL, "bill", NULL);
	if (!put(code->store, sizeof(code->store), words->store))
		return refuse(refusal, VIETQR_BAD_STORE, "store", NULL);
	if (!put(code->terminal, sizeof(code->terminal), words->terminal))
		return refuse(refusal, VIETQR_BAD_TERMINAL, "terminal", NULL);

	status = vietqr_encode(code, text);
	return status == VIETQR_OK || refuse(refusal, status, field_of(status), NULL);
}
