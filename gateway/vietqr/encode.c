/* encode.c - composes a VietQR: checks every field first, then writes the tags in order. */
#include "vietqr.h"

#include "chars.h"
#include "crc16.h"

#define VALUE_MAX 99 /* two digits of length */
#define AMOUNT_DIGITS 13

struct text_rule {
	size_t max;
	bool (*allowed)(char c);
};

static bool
is_alphanumeric(char c)
{
	return is_digit(c) || is_letter(c);
}

/* The NAPAS set for a memo: what every bank's statement keeps. */
static bool
is_memo(char c)
{
	return is_alphanumeric(c) || c == ' ';
}

/* Bytes before the NUL; `size` when a field has none, so that its rule refuses it. */
static size_t
text_length(const char *text, size_t size)
{
	size_t n = 0;

	while (n < size && text[n] != '\0')
		n++;
	return n;
}

static bool
fits(const char *text, size_t max, bool (*allowed)(char))
{
	size_t length = text_length(text, max + 1);

	for (size_t i = 0; i < length; i++)
		if (!allowed(text[i]))
			return false;
	return length <= max;
}

static size_t
object_length(const char *text, size_t max)
{
	size_t length = text_length(text, max);

	return length ? 4 + length : 0;
}

static bool
account_fits(const struct vietqr *code)
{
	size_t length = text_length(code->account_no, sizeof(code->account_no));

	if (code->service == VIETQR_TO_CARD)
		return fits(code->account_no, 19, is_digit) && (length == 16 || length == 19);
	return length >= 1 && fits(code->account_no, 19, is_alphanumeric);
}

static size_t
additional_length(const struct vietqr *code)
{
	return object_length(code->bill, 25) + object_length(code->store, 25) +
	       object_length(code->terminal, 25) + object_length(code->memo, 25);
}

static enum vietqr_status
check(const struct vietqr *code)
{
	if (text_length(code->bank_bin, 7) != 6 || !fits(code->bank_bin, 6, is_digit))
		return VIETQR_BAD_BIN;
	if (code->service != VIETQR_TO_ACCOUNT && code->service != VIETQR_TO_CARD &&
		code->service != VIETQR_PUSH)
		return VIETQR_BAD_SERVICE;
	if (!account_fits(code))
		return VIETQR_BAD_ACCOUNT;
	if (code->amount_dong < 0 || code->amount_dong > VIETQR_AMOUNT_MAX)
		return VIETQR_BAD_AMOUNT;
	if (!fits(code->memo, 25, is_memo))
		return VIETQR_BAD_MEMO;
	if (!fits(code->name, 25, is_printable))
		return VIETQR_BAD_NAME;
	if (!fits(code->city, 15, is_printable))
		return VIETQR_BAD_CITY;
	if (code->mcc[0] && (text_length(code->mcc, 5) != 4 || !fits(code->mcc, 4, is_digit)))
		return VIETQR_BAD_MCC;
	if (!fits(code->bill, 25, is_printable))
		return VIETQR_BAD_BILL;
	if (!fits(code->store, 25, is_printable))
		return VIETQR_BAD_STORE;
	if (!fits(code->terminal, 25, is_printable))
		return VIETQR_BAD_TERMINAL;
	if (additional_length(code) > VALUE_MAX)
		return VIETQR_BAD_SUM;
	return VIETQR_OK;
}

/* Everything together is 334 characters at most, so that no write needs a bound:
 * 00 6, 01 6, 38 70, 52 8, 53 7, 54 17, 58 6, 59 29, 60 19, 62 103, 63 8, and a NUL. */
struct out {
	char *text;
	size_t length;
};

static void
put_char(struct out *out, char c)
{
	out->text[out->length++] = c;
}

static void
put_length(struct out *out, size_t length)
{
	put_char(out, (char)('0' + length / 10));
	put_char(out, (char)('0' + length % 10));
}

static void
put_text(struct out *out, const char *text)
{
	while (*text)
		put_char(out, *text++);
}

static void
tlv_put(struct out *out, const char *id, const char *value)
{
	put_text(out, id);
	put_length(out, text_length(value, VALUE_MAX));
	put_text(out, value);
}

static void
tlv_put_given(struct out *out, const char *id, const char *value)
{
	if (value[0])
		tlv_put(out, id, value);
}

static void
tlv_put_amount(struct out *out, int64_t dong)
{
	char digits[AMOUNT_DIGITS + 1];
	size_t at = AMOUNT_DIGITS;

	digits[at] = '\0';
	for (; dong > 0; dong /= 10)
		digits[--at] = (char)('0' + dong % 10);
	tlv_put(out, "54", digits + at);
}

static void
put_beneficiary(struct out *out, const struct vietqr *code)
{
	const char *service = code->service == VIETQR_TO_ACCOUNT ? "QRIBFTTA"
			      : code->service == VIETQR_TO_CARD	 ? "QRIBFTTC"
								 : "QRPUSH";
	size_t account = 4 + 6 + object_length(code->account_no, 19);

	put_text(out, "38");
	put_length(out, 14 + 4 + account + object_length(service, 8));
	tlv_put(out, "00", "A000000727"); /* the NAPAS identifier */
	put_text(out, "01");
	put_length(out, account);
	tlv_put(out, "00", code->bank_bin);
	tlv_put(out, "01", code->account_no);
	tlv_put(out, "02", service);
}

static void
put_additional(struct out *out, const struct vietqr *code)
{
	if (additional_length(code) == 0)
		return;
	put_text(out, "62");
	put_length(out, additional_length(code));
	tlv_put_given(out, "01", code->bill);
	tlv_put_given(out, "03", code->store);
	tlv_put_given(out, "07", code->terminal);
	tlv_put_given(out, "08", code->memo);
}

static void
put_crc(struct out *out)
{
	static const char HEX[] = "0123456789ABCDEF";
	unsigned crc;

	put_text(out, "6304");
	crc = vq_crc16(out->text, out->length);
	for (int shift = 12; shift >= 0; shift -= 4)
		put_char(out, HEX[crc >> shift & 15]);
}

enum vietqr_status
vietqr_encode(const struct vietqr *code, char text[VIETQR_TEXT_SIZE])
{
	enum vietqr_status status = check(code);
	struct out out = {.text = text};

	if (status == VIETQR_OK) {
		tlv_put(&out, "00", "01");
		tlv_put(&out, "01", code->amount_dong > 0 ? "12" : "11"); /* dynamic, static */
		put_beneficiary(&out, code);
		tlv_put_given(&out, "52", code->mcc);
		tlv_put(&out, "53", "704"); /* ISO 4217 number of the dong */
		if (code->amount_dong > 0)
			tlv_put_amount(&out, code->amount_dong);
		tlv_put(&out, "58", "VN");
		tlv_put_given(&out, "59", code->name);
		tlv_put_given(&out, "60", code->city);
		put_additional(&out, code);
		put_crc(&out); /* last: it covers every byte before it and its own tag */
	}
	put_char(&out, '\0');
	return status;
}
