/* The signed code of a receipt: written, and read back strictly. */
#include "chopay/receipt.h"

#define VERSION "R1"
#define REFERENCE_MAX 32

static void
put_facts(struct buf *out, const struct receipt_code *code)
{
	buf_addf(out, VERSION ".%.*s.%lld.%lld", STR_FMT(code->reference),
		(long long)code->received.dong, (long long)code->paid_at_ms);
}

void
receipt_put_message(struct buf *out, const struct receipt_code *code)
{
	buf_adds(out, "chopay receipt ");
	put_facts(out, code);
}

void
receipt_put(struct buf *out, const struct receipt_code *code)
{
	put_facts(out, code);
	buf_addf(out, ".%.*s", STR_FMT(code->signature));
}

static bool
is_reference(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9'))
			return false;
	}
	return text.len > 0 && text.len <= REFERENCE_MAX;
}

/* Digits without a sign or a leading zero: one number is written in one way only. */
static bool
read_number(struct str text, int64_t *value)
{
	return text.len > 0 && text.ptr[0] >= '1' && text.ptr[0] <= '9' &&
	       str_to_i64(text, value).code == ERR_OK;
}

struct err
receipt_read(struct str text, struct receipt_code *code)
{
	struct str version, received, paid_at;

	if (text.len > RECEIPT_CODE_MAX || !str_split(&text, '.', &version) ||
		!str_eq(version, STR(VERSION)) || !str_split(&text, '.', &code->reference) ||
		!is_reference(code->reference) || !str_split(&text, '.', &received) ||
		!read_number(received, &code->received.dong) || !str_split(&text, '.', &paid_at) ||
		!read_number(paid_at, &code->paid_at_ms) || text.len != RECEIPT_SIGNATURE_CHARS)
		return FAIL(ERR_INVALID, "not the code of a receipt: it begins with R1.");
	code->signature = text;
	return OK;
}
