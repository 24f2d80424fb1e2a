/* Words of quick links: what a shop's link may say, one row each, and one step outside each rule;
 * the pictures' sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/quick_picture.h"

#define A100                                                                                                   \
	"ĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂ" \
	"ĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂĂ"

static const struct {
	const char *name, *path, *amount, *memo, *account_name;
	const char *fault; /* its field; NULL: a picture */
	const char *bin, *account, *drawn_memo;
	int64_t dong;
	enum quick_template template;
} rows[] = {
	{"BIN", "970436-0011000123456-compact", NULL, NULL, NULL, NULL, "970436", "0011000123456",
		"", 0, QUICK_COMPACT},
	{"code", "vcb-0011000123456-compact2", "50000", "Don 12", "NGUYEN VAN A", NULL, "970436",
		"0011000123456", "Don 12", 50000, QUICK_COMPACT2},
	{"short name", "VietComBank-1-qr_only", "", "", "", NULL, "970436", "1", "", 0,
		QUICK_QR_ONLY},
	{"amount 0 is open", "MB-VQRQ0001abc-PRINT", "0", NULL, NULL, NULL, "970422", "VQRQ0001abc",
		"", 0, QUICK_PRINT},
	{"a bank with a hyphen", "IBK - HN-1-compact", NULL, NULL, NULL, NULL, "970455", "1", "", 0,
		QUICK_COMPACT},
	{"accents go", "vcb-1-compact", "1", "Thanh toán đơn, số 9", "Nguyễn Văn Á", NULL, "970436",
		"1", "Thanh toan don so 9", 1, QUICK_COMPACT},
	{"the most", "vcb-1234567890123456789-compact", "9999999999999",
		"abcdefghijklmnopqrstuvwxy", A100, NULL, "970436", "1234567890123456789",
		"abcdefghijklmnopqrstuvwxy", INT64_C(9999999999999), QUICK_COMPACT},

	{"no template", "vcb-1", NULL, NULL, NULL, "template", "", "", "", 0, 0},
	{"another template", "vcb-1-compact3", NULL, NULL, NULL, "template", "", "", "", 0, 0},
	{"no account", "vcb-compact", NULL, NULL, NULL, "bank", "", "", "", 0, 0},
	{"no bank", "-1-compact", NULL, NULL, NULL, "bank", "", "", "", 0, 0},
	{"unknown name", "nobody-1-compact", NULL, NULL, NULL, "bank", "", "", "", 0, 0},
	{"unknown BIN", "999999-1-compact", NULL, NULL, NULL, "bank", "", "", "", 0, 0},
	{"empty account", "vcb--compact", NULL, NULL, NULL, "account", "", "", "", 0, 0},
	{"20 characters", "vcb-12345678901234567890-compact", NULL, NULL, NULL, "account", "", "",
		"", 0, 0},
	{"a sign in it", "vcb-12_3-compact", NULL, NULL, NULL, "account", "", "", "", 0, 0},
	{"a fraction", "vcb-1-compact", "1.5", NULL, NULL, "amount", "", "", "", 0, 0},
	{"negative", "vcb-1-compact", "-1", NULL, NULL, "amount", "", "", "", 0, 0},
	{"a word", "vcb-1-compact", "50k", NULL, NULL, "amount", "", "", "", 0, 0},
	{"14 digits", "vcb-1-compact", "10000000000000", NULL, NULL, "amount", "", "", "", 0, 0},
	{"26 letters", "vcb-1-compact", NULL, "abcdefghijklmnopqrstuvwxyz", NULL, "addInfo", "", "",
		"", 0, 0},
	{"nothing is left", "vcb-1-compact", NULL, "!!!", NULL, "addInfo", "", "", "", 0, 0},
	{"101 letters", "vcb-1-compact", NULL, NULL, A100 "B", "accountName", "", "", "", 0, 0},
	{"no UTF-8", "vcb-1-compact", NULL, NULL, "\xC3", "accountName", "", "", "", 0, 0},
};

static struct banks *banks;

static struct str
given(const char *text)
{
	return text == NULL ? (struct str){NULL, 0} : str_from(text);
}

static bool
read_row(size_t i, struct quick_picture *picture, struct compose_refusal *refusal)
{
	const struct quick_words words = {given(rows[i].path), given(rows[i].amount),
		given(rows[i].memo), given(rows[i].account_name)};

	return quick_read(banks, &words, picture, refusal);
}

static void
links(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct compose_refusal refusal = {"", "", ""};
		struct quick_picture picture;
		bool good = read_row(i, &picture, &refusal);

		print_message("%s\n", rows[i].name);
		assert_int_equal(good, rows[i].fault == NULL);
		if (!good) {
			assert_string_equal(refusal.field, rows[i].fault);
			continue;
		}
		assert_int_equal(picture.template, rows[i].template);
		assert_string_equal(picture.code.bank_bin, rows[i].bin);
		assert_string_equal(picture.code.account_no, rows[i].account);
		assert_string_equal(picture.code.memo, rows[i].drawn_memo);
		assert_int_equal(picture.code.amount_dong, rows[i].dong);
	}
}

static uint32_t
big_endian(const char *bytes)
{
	const unsigned char *b = (const unsigned char *)bytes;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Width and height stand at 16 in a PNG; the same words give the same bytes. */
static void
sizes(void **state)
{
	static const uint32_t sizes[][2] = {{540, 540}, {540, 640}, {480, 480}, {600, 776}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct buf png CLEANUP(buf_fini) = {0}, again CLEANUP(buf_fini) = {0};
		struct compose_refusal refusal;
		struct quick_picture picture;

		assert_true(read_row(6, &picture, &refusal)); /* the most that it can hold */
		picture.template = (enum quick_template)i;
		assert_int_equal(quick_png(&picture, &png).code, ERR_OK);
		assert_int_equal(quick_png(&picture, &again).code, ERR_OK);
		assert_true(str_eq(buf_str(&png), buf_str(&again)));
		assert_int_equal(big_endian(png.ptr + 16), sizes[i][0]);
		assert_int_equal(big_endian(png.ptr + 20), sizes[i][1]);
	}
}

static int
load(void **state)
{
	(void)state;
	return banks_load(&banks).code == ERR_OK ? 0 : -1;
}

static int
unload(void **state)
{
	(void)state;
	banks_free(banks);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(links), cmocka_unit_test(sizes)};

	return cmocka_run_group_tests(tests, load, unload);
}
