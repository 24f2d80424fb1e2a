/* view.c - a decoded VietQR as the struct it was composed from; names for its statuses. */
#include "vietqr.h"

#include "chars.h"

struct view {
	const struct vietqr_decoded *decoded;
	enum vietqr_status status; /* the first that did not fit */
};

/* Copy the text at `path`, if any, whole or not at all. */
static void
take(struct view *view, const char *path, char *into, size_t size, enum vietqr_status otherwise)
{
	const struct vietqr_field *field = vietqr_find(view->decoded, path);
	size_t n = 0;

	if (!field || view->status != VIETQR_OK)
		return;
	for (; n < field->length; n++) {
		if (n + 1 == size || !is_ascii(field->value[n])) {
			view->status = otherwise;
			return;
		}
		into[n] = field->value[n];
	}
	into[n] = '\0';
}

/* Digits and perhaps a '.' at the end: vietqr_decode refuses anything else in dong. */
static int64_t
amount_of(const struct vietqr_decoded *decoded)
{
	const struct vietqr_field *field = vietqr_find(decoded, "54");
	int64_t dong = 0;

	for (size_t i = 0; field && i < field->length && is_digit(field->value[i]); i++)
		dong = dong * 10 + (field->value[i] - '0');
	return dong;
}

/* Merchant codes may leave the service out. */
static enum vietqr_service
service_of(const struct vietqr_decoded *decoded)
{
	const struct vietqr_field *field = vietqr_find(decoded, "38.02");

	if (!field || vq_equal(field->value, field->length, "QRPUSH"))
		return VIETQR_PUSH;
	if (vq_equal(field->value, field->length, "QRCASH"))
		return VIETQR_CASH;
	return vq_equal(field->value, field->length, "QRIBFTTC") ? VIETQR_TO_CARD
								 : VIETQR_TO_ACCOUNT;
}

enum vietqr_status
vietqr_view(const struct vietqr_decoded *decoded, struct vietqr *code)
{
	const struct vietqr_field *currency = vietqr_find(decoded, "53");
	struct view view = {.decoded = decoded, .status = VIETQR_OK};

	*code = (struct vietqr){.amount_dong = 0};
	if (decoded->scheme != VIETQR_SCHEME_VIETQR)
		return VIETQR_BAD_SCHEME;
	if (!currency || !vq_equal(currency->value, currency->length, "704"))
		return VIETQR_BAD_CURRENCY;

	code->amount_dong = amount_of(decoded);
	code->service = service_of(decoded);
	take(&view, "38.01.00", code->bank_bin, sizeof(code->bank_bin), VIETQR_BAD_BIN);
	take(&view, "38.01.01", code->account_no, sizeof(code->account_no), VIETQR_BAD_ACCOUNT);
	take(&view, "62.08", code->memo, sizeof(code->memo), VIETQR_BAD_MEMO);
	take(&view, "59", code->name, sizeof(code->name), VIETQR_BAD_NAME);
	take(&view, "60", code->city, sizeof(code->city), VIETQR_BAD_CITY);
	take(&view, "52", code->mcc, sizeof(code->mcc), VIETQR_BAD_MCC);
	take(&view, "62.01", code->bill, sizeof(code->bill), VIETQR_BAD_BILL);
	take(&view, "62.03", code->store, sizeof(code->store), VIETQR_BAD_STORE);
	take(&view, "62.07", code->terminal, sizeof(code->terminal), VIETQR_BAD_TERMINAL);
	if (view.status != VIETQR_OK)
		*code = (struct vietqr){.amount_dong = 0};
	return view.status;
}

static const struct {
	const char *name;
	const char *text;
} STATUSES[] = {
	[VIETQR_OK] = {"ok", "fine"},
	[VIETQR_BAD_BIN] = {"bad_bin", "the bank's BIN must be 6 digits"},
	[VIETQR_BAD_ACCOUNT] = {"bad_account",
		"the account must be 1 to 19 letters or digits, a card 16 or 19 digits"},
	[VIETQR_BAD_SERVICE] = {"bad_service", "the service must be account, card or push"},
	[VIETQR_BAD_AMOUNT] = {"bad_amount", "the amount must be whole dong of at most 13 digits"},
	[VIETQR_BAD_MEMO] = {"bad_memo",
		"the memo must be at most 25 letters without accents, digits or blanks"},
	[VIETQR_BAD_NAME] = {"bad_name", "the name must be at most 25 characters of ASCII"},
	[VIETQR_BAD_CITY] = {"bad_city", "the city must be at most 15 characters of ASCII"},
	[VIETQR_BAD_MCC] = {"bad_mcc", "the merchant category must be 4 digits"},
	[VIETQR_BAD_BILL] = {"bad_bill", "the bill number must be at most 25 characters of ASCII"},
	[VIETQR_BAD_STORE] = {"bad_store",
		"the store label must be at most 25 characters of ASCII"},
	[VIETQR_BAD_TERMINAL] = {"bad_terminal",
		"the terminal label must be at most 25 characters of ASCII"},
	[VIETQR_BAD_SUM] = {"bad_sum",
		"memo, bill, store and terminal are too long together: shorten one"},
	[VIETQR_BAD_TEXT] = {"bad_text", "the text is not a valid code"},
	[VIETQR_BAD_SCHEME] = {"bad_scheme", "the code is not a VietQR"},
	[VIETQR_BAD_CURRENCY] = {"bad_currency", "the code does not ask for dong"},
};

static size_t
status_index(enum vietqr_status status)
{
	size_t count = sizeof(STATUSES) / sizeof(STATUSES[0]);

	return (size_t)status < count ? (size_t)status : VIETQR_BAD_TEXT;
}

const char *
vietqr_status_name(enum vietqr_status status)
{
	return STATUSES[status_index(status)].name;
}

const char *
vietqr_status_text(enum vietqr_status status)
{
	return STATUSES[status_index(status)].text;
}
