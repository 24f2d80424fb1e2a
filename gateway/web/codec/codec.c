/*
 * codec.c - what a phone without a network asks of the gateway's own C: WebAssembly exports.
 *
 * The same sources as in the gateway (gateway/pay/reference.c, gateway/vietqr), so that a code made
 * at the stall is, byte for byte, the one the gateway would have made.  Called by codec.js alone,
 * which gives every buffer, in the memory behind __heap_base: nothing here keeps state.
 * Texts are ASCII and end with a NUL.
 */
#include "chopay/reference.h"
#include "matrix.h"
#include "vietqr.h"

#define EXPORT(name) __attribute__((export_name(#name)))

enum mint_answer { MINTED, MINT_NEXT, MINT_INVALID };

/*
 * The reference of the stall's charge number `counter` into out[REFERENCE_SIZE].
 * MINT_NEXT: its check characters hold a look-alike; the next number will do.
 */
EXPORT(mint) int codec_mint(const char *stall_reference, uint32_t counter, char *out);

/*
 * The VietQR text into out[VIETQR_TEXT_SIZE]: 0, or the rule that is broken.  The amount in two
 * halves: not every phone's scripts know 64-bit numbers.
 */
EXPORT(payload)
int codec_payload(const char *bank_bin, const char *account_no, uint32_t amount_high,
	uint32_t amount_low, const char *memo, char *out);

/*
 * The modules of the QR code of `text`, a byte each, row by row, into
 * out[MATRIX_SIDE_MAX * MATRIX_SIDE_MAX].  Returns the side, 0: too long.
 */
EXPORT(draw) unsigned codec_draw(const char *text, unsigned char *out);

static size_t
length_of(const char *text)
{
	size_t length = 0;

	while (text[length] != '\0')
		length++;
	return length;
}

static void
copy_field(char *to, size_t size, const char *from)
{
	size_t length = length_of(from);

	/* One too long to fit has no NUL, and is refused for that. */
	for (size_t i = 0; i < size; i++)
		to[i] = i < length ? from[i] : '\0';
}

int
codec_mint(const char *stall_reference, uint32_t counter, char *out)
{
	struct str text = {stall_reference, length_of(stall_reference)};
	struct str prefix = {stall_reference, text.len < 2 ? text.len : 2};
	struct reference stall, made;
	struct err err;

	if (!reference_is(prefix, text, &stall) || reference_is_charge(&stall))
		return MINT_INVALID;
	err = reference_charge(prefix, reference_stall_number(&stall), counter, &made);
	if (err.code == ERR_CONFLICT)
		return MINT_NEXT;
	if (err.code != ERR_OK)
		return MINT_INVALID;
	copy_field(out, sizeof(made.text), made.text);
	return MINTED;
}

int
codec_payload(const char *bank_bin, const char *account_no, uint32_t amount_high,
	uint32_t amount_low, const char *memo, char *out)
{
	struct vietqr code = {.amount_dong = (int64_t)((uint64_t)amount_high << 32 | amount_low)};

	copy_field(code.bank_bin, sizeof(code.bank_bin), bank_bin);
	copy_field(code.account_no, sizeof(code.account_no), account_no);
	copy_field(code.memo, sizeof(code.memo), memo);
	return (int)vietqr_encode(&code, out);
}

unsigned
codec_draw(const char *text, unsigned char *out)
{
	struct matrix matrix;

	if (!vq_matrix(text, length_of(text), &matrix))
		return 0;
	for (unsigned y = 0; y < matrix.side; y++)
		for (unsigned x = 0; x < matrix.side; x++)
			out[y * matrix.side + x] = matrix.modules[y][x] & MODULE_DARK;
	return matrix.side;
}
