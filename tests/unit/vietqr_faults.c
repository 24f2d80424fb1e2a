/*
 * vietqr_faults.c - what is refused or warned of, one step outside each rule, and where exactly.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/str.h"
#include "vietqr.h"

#define CRC_DUE "~~~~" /* stands for a right CRC */

#define HEAD "000201010211"
#define NAPAS "38570010A00000072701270006970436011300110001234560208QRIBFTTA"
#define TAIL "53037045802VN6304"

static struct vietqr_decoded decoded;

static enum vietqr_status
decode(struct str text, enum vietqr_mode mode)
{
	return vietqr_decode(text.ptr, text.len, mode, &decoded);
}

/* The text with a right CRC where CRC_DUE stands; computed bit by bit, unlike the library. */
static struct str
with_crc(struct buf *out, const char *text)
{
	static const char HEX[] = "0123456789ABCDEF";
	const char *due = strstr(text, CRC_DUE);
	unsigned crc = 0xFFFF;

	buf_adds(out, text);
	if (!due)
		return buf_str(out);
	for (const char *c = text; c < due; c++)
		for (int bit = 7; bit >= 0; bit--) {
			unsigned in = (unsigned)(unsigned char)*c >> bit & 1;

			crc = ((crc << 1) ^ (((crc >> 15) ^ in) & 1 ? 0x1021 : 0)) & 0xFFFF;
		}
	for (int i = 0; i < 4; i++)
		out->ptr[due - text + i] = HEX[crc >> (12 - 4 * i) & 15];
	return buf_str(out);
}

/* `at` marks the place by a text that begins there; NULL is the end, "" the start. */
static const struct {
	const char *code;
	const char *path;
	const char *at;
	const char *text;
} faults[] = {
	{"not_emv", "", "", "https://example.com"},
	{"not_emv", "", "", "8938505974194"},
	{"not_emv", "", "", "0123456789"},
	{"not_emv", "", "", "010211020212"}, /* objects, but no 00 */
	{"not_emv", "", "", "01021102021234"},
	{"not_emv", "", "", "000"},
	{"not_emv", "", "", "00020163"},
	{"not_emv", "", "", "0002016304~~~~"},
	{"invalid_utf8", "", "\xC3(", HEAD NAPAS "6206\xC3(aa" TAIL CRC_DUE},
	{"invalid_utf8", "", "\xED\xA0", HEAD NAPAS "6204\xED\xA0\x80" TAIL CRC_DUE},
	{"invalid_utf8", "", "\xC0\x80", HEAD NAPAS "6204\xC0\x80" TAIL CRC_DUE},
	{"invalid_utf8", "", "\xF4\x90", HEAD NAPAS "6204\xF4\x90\x80\x80" TAIL CRC_DUE},
	{"invalid_utf8", "", "\xE0\x9F", HEAD NAPAS "6204\xE0\x9F\x80" TAIL CRC_DUE},
	{"invalid_utf8", "", "\xF0\x8F", HEAD NAPAS "6204\xF0\x8F\x80\x80" TAIL CRC_DUE},
	{"truncated", "01", NULL, "000201010"},
	{"truncated", "", NULL, HEAD NAPAS "5"},
	{"truncated", "38", NULL, HEAD "38570010A"},
	{"truncated", "53", NULL, HEAD NAPAS "530"},
	{"crc_missing", "63", NULL, HEAD NAPAS "53037045802VN"},
	{"crc_truncated", "63", NULL, HEAD NAPAS "53037045802VN63"},
	{"crc_truncated", "63", NULL, HEAD NAPAS "53037045802VN630"},
	{"crc_truncated", "63", NULL, HEAD NAPAS "53037045802VN6304ABC"},
	{"crc_length_wrong", "63", "05ABCDE", HEAD NAPAS "53037045802VN6305ABCDE"},
	{"crc_length_wrong", "63", "05ABCD", HEAD NAPAS "53037045802VN6305ABCD"},
	{"crc_not_hex", "63", "G4", HEAD NAPAS TAIL "E2G4"},
	{"crc_not_hex", "63", "é", HEAD NAPAS TAIL "E2Aé"},
	{"crc_mismatch", "63", "FFFF", HEAD NAPAS TAIL "FFFF"},
	{"trailing_garbage", "63", "\n", HEAD NAPAS TAIL CRC_DUE "\n"},
	{"trailing_garbage", "63", "5802VN5", HEAD NAPAS "53037046304~~~~5802VN5"},
	{"tag_not_digits", "", "-5", HEAD NAPAS "5303704-505250005802VN6304~~~~"},
	{"tag_not_digits", "", "X404", HEAD NAPAS "53037045X40425005802VN6304~~~~"},
	{"length_not_digits", "54", "A2", HEAD NAPAS "5303704540A250005802VN6304~~~~"},
	{"length_not_digits", "54", "+5", HEAD NAPAS "530370454+5250005802VN6304~~~~"},
	{"length_not_digits", "63", "O4", HEAD NAPAS "53037045802VN63O4ABCD"},
	{"length_past_end", "58", "99VN", HEAD NAPAS "53037045899VN6304~~~~"},
	{"root_tlv_malformed", "58", "99VN", HEAD NAPAS "53037045899VN63040000"},
	{"pfi_not_first", "00", "", "010211000201" NAPAS TAIL CRC_DUE},
	{"pfi_not_first", "00", "", "010211" NAPAS TAIL CRC_DUE},
	{"pfi_unsupported", "00", "0201", "000202010211" NAPAS TAIL CRC_DUE},
	{"pfi_unsupported", "00", "X126", "0002X126030015204000053037645802TH6304~~~~"},
	{"poi_invalid", "01", "1338", "000201010213" NAPAS TAIL CRC_DUE},
	{"duplicate_tag_58", "58", "5802LA", HEAD NAPAS "53037045802VN5802LA6304~~~~"},
	{"duplicate_subtag_62.08", "62.08", "0802cd",
		HEAD NAPAS "53037045802VN62120802ab0802cd6304~~~~"},
	{"duplicate_subtag_38.02", "38.02", "0206QRPUSH",
		HEAD "38670010A00000072701270006970436011300110001234560208QRIBFTTA0206QRPUSH" TAIL
			CRC_DUE},
	{"duplicate_subtag_26.01", "26.01", "0102cd",
		HEAD "26170001a0102ab0102cd5303704580"
		     "2VN6304~~~~"},
	{"nested_tlv_malformed_38.01", "38.01", "802",
		HEAD "38570010A00000072701270006970403011200110123456780208QRIBFTTA" TAIL CRC_DUE},
	{"nested_tlv_malformed_38.01", "38.01", "20001",
		HEAD "38570010A00000072701270006970436012000110001234560208QRIBFTTA" TAIL CRC_DUE},
	{"nested_tlv_malformed_38", "38", "08Q",
		HEAD "38550010A00000072701270006970436011300110001234560208QRIBFT" TAIL CRC_DUE},
	{"nested_tlv_malformed_62", "62", "20D", HEAD NAPAS "53037045802VN62100820DH20266304~~~~"},
	{"nested_tlv_malformed_62", "62", "Cam", HEAD NAPAS "53037045802VN6206Cam on6304~~~~"},
	{"missing_mandatory_53", "53", "6304", HEAD NAPAS "5802VN6304~~~~"},
	{"missing_mandatory_58", "58", "6304", HEAD NAPAS "53037046304~~~~"},
	{"missing_merchant_account", "", "6304", HEAD "53037045802VN6304~~~~"},
	{"control_character", "62.08", "\t", HEAD NAPAS "53037045802VN62070803a\tb6304~~~~"},
	{"control_character", "59", "\x7f",
		HEAD NAPAS "53037045802VN5902a\x7f"
			   "6304~~~~"},
	{"control_character", "62.08", "\xC2\x85",
		HEAD NAPAS "53037045802VN62060802a\xC2\x85"
			   "6304~~~~"},
	{"currency_format", "53", "ND5802", HEAD NAPAS "53037ND5802VN6304~~~~"},
	{"currency_format", "53", "58", HEAD NAPAS "5302705802VN6304~~~~"},
	{"currency_format", "53", "45802", HEAD NAPAS "530470445802VN6304~~~~"},
	{"country_format", "58", "6304", HEAD NAPAS "53037045801V6304~~~~"},
	{"country_format", "58", "4630", HEAD NAPAS "53037045802V46304~~~~"},
	{"amount_empty", "54", "5802", HEAD NAPAS "530370454005802VN6304~~~~"},
	{"amount_zero", "54", "0580", HEAD NAPAS "5303704540105802VN6304~~~~"},
	{"amount_zero", "54", "0.05802", HEAD NAPAS "530376454030.05802TH6304~~~~"},
	{"amount_format", "54", " 000", HEAD NAPAS "530370454051 0005802VN6304~~~~"},
	{"amount_format", "54", "e658", HEAD NAPAS "530370454031e65802VN6304~~~~"},
	{"amount_format", "54", ".505", HEAD NAPAS "53037645403.505802VN6304~~~~"},
	{"amount_format", "54", ".15", HEAD NAPAS "530376454041..15802VN6304~~~~"},
	{"amount_format", "54", ",73", HEAD NAPAS "5303764540598,735802VN6304~~~~"},
	{"amount_format", "54", "-15", HEAD NAPAS "53037645402-15802VN6304~~~~"},
	{"amount_format", "54", "१", HEAD NAPAS "53037045402१०5802VN6304~~~~"},
	{"amount_too_long", "54", "45802", HEAD NAPAS "53037045414123456789012345802VN6304~~~~"},
	{"amount_decimals_for_vnd", "54", "505802",
		HEAD NAPAS "53037045405"
			   "10.505802VN6304~~~~"},
	{"amount_decimals_for_vnd", "54", "05802", HEAD NAPAS "5303704540410.05802VN6304~~~~"},
	{"vietqr_beneficiary_missing", "38.01", "5303",
		HEAD "38260010A0000007270208QRIBFTTA" TAIL CRC_DUE},
	{"vietqr_beneficiary_missing", "38.01.00", "0208",
		HEAD "38470010A0000007270117011300110001234560208QRIBFTTA" TAIL CRC_DUE},
	{"vietqr_beneficiary_missing", "38.01.01", "0208",
		HEAD "38400010A000000727011000069704360208QRIBFTTA" TAIL CRC_DUE},
	{"vietqr_bin_invalid", "38.01.00", "60113",
		HEAD "38580010A0000007270128000797043660113"
		     "00110001234560208QRIBFTTA" TAIL CRC_DUE},
	{"vietqr_bin_invalid", "38.01.00", "011300",
		HEAD "38560010A000000727012600059704301130011000123456"
		     "0208QRIBFTTA" TAIL CRC_DUE},
	{"vietqr_bin_invalid", "38.01.00", "O436",
		HEAD "38570010A0000007270127000697O436011300110001234560208QRIBFTTA" TAIL CRC_DUE},
	{"vietqr_account_empty", "38.01.01", "0208",
		HEAD "38440010A0000007270114000697043601000208QRIBFTTA" TAIL CRC_DUE},
	{"vietqr_account_too_long", "38.01.01", "X0208",
		HEAD "38640010A000000727013400069704360120"
		     "1234567890123456789X0208QRIBFTTA" TAIL CRC_DUE},
	{"vietqr_account_charset", "38.01.01", " 2233",
		HEAD "38550010A0000007270125000697043601110011"
		     "00 22330208QRIBFTTA" TAIL CRC_DUE},
	{"vietqr_account_charset", "38.01.01", "é",
		HEAD "38470010A00000072701170006970436010312é0208QRIBFTTA" TAIL CRC_DUE},
	{"vietqr_service_unknown", "38.02", "qribftta",
		HEAD "38570010A00000072701270006970436011300110001234560208qribftta" TAIL CRC_DUE},
	{"vietqr_service_unknown", "38.02", "5303",
		HEAD "38490010A00000072701270006970436011300110001234560200" TAIL CRC_DUE},
};

/* Does the finding say `code` at the place? */
static bool
found_at(const struct vietqr_finding *found, const char *code, const char *path, ptrdiff_t offset)
{
	if (strcmp(found->code, code) == 0 && strcmp(found->path, path) == 0 &&
		(ptrdiff_t)found->offset == offset)
		return true;
	print_error("want %s %s at %td, got %s %s at %zu\n", code, path, offset, found->code,
		found->path, found->offset);
	return false;
}

static void
fault_offsets(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		CLEANUP(buf_fini) struct buf built = {0};
		struct str text = with_crc(&built, faults[i].text);
		ptrdiff_t want = (ptrdiff_t)text.len;

		if (faults[i].at)
			want = strstr(faults[i].text, faults[i].at) - faults[i].text;
		decode(text, VIETQR_LENIENT);
		wrong += !found_at(&decoded.error, faults[i].code, faults[i].path, want);
	}
	assert_int_equal(wrong, 0);
}

#define FOREIGN "26050001a"

/* Accepted with this one warning; strict refuses for it, at the same place. */
static const struct {
	const char *code;
	const char *path;
	const char *at;
	const char *text;
} quirks[] = {
	{"crc_lowercase", "63", "24dc", HEAD NAPAS "53037045802VN62080804CHK8630424dc"},
	{"poi_absent", "01", "6304", "000201" NAPAS TAIL CRC_DUE},
	{"pfi_not_01", "00", "02260", "000202" FOREIGN TAIL CRC_DUE},
	{"zero_length_62", "62", "6304", HEAD NAPAS "53037045802VN62006304~~~~"},
	{"zero_length_62.08", "62.08", "6304", HEAD NAPAS "53037045802VN620408006304~~~~"},
	{"zero_length_62.50", "62.50", "6304", HEAD NAPAS "53037045802VN620450006304~~~~"},
	{"zero_length_83", "83", "6304", HEAD NAPAS "53037045802VN83006304~~~~"},
	{"template_83_not_tlv", "83", "raw", HEAD NAPAS "53037045802VN8303raw6304~~~~"},
	{"template_80_not_tlv", "80", "0101a", HEAD NAPAS "53037045802VN80050101a6304~~~~"},
	{"template_26_not_tlv", "26", "raw", HEAD "2603raw" TAIL CRC_DUE},
	{"template_38_not_tlv", "38", "0101a", HEAD "38050101a" TAIL CRC_DUE},
	{"template_64_not_tlv", "64", "vi", HEAD NAPAS "53037045802VN6402vi6304~~~~"},
	{"mcc_format", "52", "X530", HEAD NAPAS "5204541X" TAIL CRC_DUE},
	{"merchant_name_too_long", "59", "Z63",
		HEAD NAPAS "53037045802VN5926ABCDEFGHIJKLMNOPQRSTUVWXYZ6304~~~~"},
	{"merchant_city_too_long", "60", "P63",
		HEAD NAPAS "53037045802VN6016ABCDEFGHIJKLMNOP6304~~~~"},
	{"postal_code_too_long", "61", "163",
		HEAD NAPAS "53037045802VN6111"
			   "12345678901"
			   "6304~~~~"},
	{"62.01_too_long", "62.01", "Z63",
		HEAD NAPAS "53037045802VN62300126ABCDEFGHIJKLMNOPQRSTUVWXYZ6304~~~~"},
	{"62.08_too_long", "62.08", "Z63",
		HEAD NAPAS "53037045802VN62300826ABCDEFGHIJKLMNOPQRSTUVWXYZ6304~~~~"},
	{"non_ascii_62.08", "62.08", "ề", HEAD NAPAS "53037045802VN62080804Tiền6304~~~~"},
	{"non_ascii_59", "59", "à Đ", HEAD NAPAS "53037045802VN5906Bà Đào6304~~~~"},
	{"non_ascii_26.01", "26.01", "é", HEAD "26130001a0104café" NAPAS TAIL CRC_DUE},
};

static void
habits_are_warnings_or_refused(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(quirks) / sizeof(quirks[0]); i++) {
		CLEANUP(buf_fini) struct buf built = {0};
		struct str text = with_crc(&built, quirks[i].text);
		ptrdiff_t want = strstr(quirks[i].text, quirks[i].at) - quirks[i].text;

		if (decode(text, VIETQR_LENIENT) != VIETQR_OK || decoded.warning_count != 1) {
			print_error("%s: %zu warnings, error \"%s\"\n", quirks[i].code,
				decoded.warning_count, decoded.error.code);
			wrong++;
			continue;
		}
		wrong += !found_at(&decoded.warnings[0], quirks[i].code, quirks[i].path, want);
		assert_int_equal(decode(text, VIETQR_STRICT), VIETQR_BAD_TEXT);
		wrong += !found_at(&decoded.error, quirks[i].code, quirks[i].path, want);
	}
	assert_int_equal(wrong, 0);
}

/* Accepted by the strict, too; the scheme is told by the identifier, whatever its tag or case. */
static const struct {
	enum vietqr_scheme scheme;
	const char *text;
} clean[] = {
	{VIETQR_SCHEME_VIETQR, HEAD NAPAS "53037045405"
					  "5000.5802VN6304~~~~"},
	{VIETQR_SCHEME_VIETQR, HEAD NAPAS "53037045802VN64200002vi0110Cô Hai Huế6304~~~~"},
	{VIETQR_SCHEME_VIETQR, HEAD NAPAS "53037045802VN80130001a0104café6304~~~~"},
	{VIETQR_SCHEME_VIETQR, HEAD "26110007vn.momo" NAPAS TAIL CRC_DUE},
	{VIETQR_SCHEME_OTHER, HEAD "26130001a0104café" TAIL CRC_DUE},
	{VIETQR_SCHEME_OTHER, HEAD "26140010A000000727" TAIL CRC_DUE},
	{VIETQR_SCHEME_OTHER, HEAD "38140010A000000728" TAIL CRC_DUE},
	{VIETQR_SCHEME_OTHER, HEAD "38190001x0110A000000727" TAIL CRC_DUE},
	{VIETQR_SCHEME_VNPAY, HEAD "40140010A000000775" TAIL CRC_DUE},
	{VIETQR_SCHEME_PROMPTPAY, HEAD "30200016A000000677010112" TAIL CRC_DUE},
	{VIETQR_SCHEME_QRIS, HEAD "51190015ID.OR.GPNQR.WWW" TAIL CRC_DUE},
	{VIETQR_SCHEME_PIX, HEAD "26180014Br.Gov.Bcb.Pix" TAIL CRC_DUE},
	{VIETQR_SCHEME_QRPH, HEAD "27160012com.p2pqrpay" TAIL CRC_DUE},
	{VIETQR_SCHEME_QRPH, HEAD "28150011ph.ppmi.p2m" TAIL CRC_DUE},
	{VIETQR_SCHEME_DUITNOW, HEAD "26180014A0000006150001" TAIL CRC_DUE},
	{VIETQR_SCHEME_SGQR, HEAD "26130009SG.PAYNOW" TAIL CRC_DUE},
	{VIETQR_SCHEME_SGQR, HEAD "51110007SG.SGQR" TAIL CRC_DUE},
	{VIETQR_SCHEME_KHQR, HEAD "29130009shop@abaa" TAIL CRC_DUE},
	{VIETQR_SCHEME_OTHER, HEAD "26120008SG.PAYNO" TAIL CRC_DUE},
	{VIETQR_SCHEME_OTHER, HEAD "26140010SG.PAYNOWX" TAIL CRC_DUE},
	{VIETQR_SCHEME_OTHER, HEAD "80130009SG.PAYNOW25"
				   "04abcd" TAIL CRC_DUE},
};

static void
nothing_to_complain_of(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(clean) / sizeof(clean[0]); i++) {
		CLEANUP(buf_fini) struct buf built = {0};
		enum vietqr_status status = decode(with_crc(&built, clean[i].text), VIETQR_STRICT);

		if (status == VIETQR_OK && decoded.scheme == clean[i].scheme)
			continue;
		print_error("%s: %s, %s\n", clean[i].text, decoded.error.code,
			vietqr_scheme_name(decoded.scheme));
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void
one_character_too_many(void **state)
{
	CLEANUP(buf_fini) struct buf text = {0};

	(void)state;
	buf_adds(&text, "000201");
	for (int i = 6; i < VIETQR_TEXT_MAX; i++)
		buf_adds(&text, "đ");
	assert_int_equal(decode(buf_str(&text), VIETQR_LENIENT), VIETQR_BAD_TEXT);
	assert_string_not_equal(decoded.error.code, "too_long");
	buf_adds(&text, "x");
	assert_int_equal(decode(buf_str(&text), VIETQR_LENIENT), VIETQR_BAD_TEXT);
	assert_string_equal(decoded.error.code, "too_long");
	assert_int_equal(decoded.error.offset, text.len - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fault_offsets),
		cmocka_unit_test(habits_are_warnings_or_refused),
		cmocka_unit_test(nothing_to_complain_of),
		cmocka_unit_test(one_character_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
