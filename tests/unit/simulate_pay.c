/* simulate_pay.c - one purchase by hand: what is refused before any money moves, and whom a run
 * favours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../../gateway/simulate/buyer.h"
#include "../../gateway/simulate/purchase.h"
#include "../../gateway/simulate/sepay.h"
#include "chopay/picture.h"

/* Nobody listens on port 1: whoever gets that far learns that the gateway is away. */
static const struct simulate_options options = {
	.url = "http://127.0.0.1:1",
	.endpoint = "/webhooks/sepay/1",
	.secret = {"secret", 6},
	.stop_fd = -1,
};

static void
draw(const char *text, struct buf *png)
{
	struct picture *picture CLEANUP(picture_cleanup) = NULL;

	assert_int_equal(picture_new(str_from(text), &picture).code, ERR_OK);
	assert_int_equal(picture_png(picture, 4, png).code, ERR_OK);
}

static void
draw_code(int64_t amount_dong, struct buf *png)
{
	const struct vietqr code = {
		.bank_bin = "970436",
		.account_no = "0011000123456",
		.amount_dong = amount_dong,
		.memo = "CHS00010GH",
	};
	char text[VIETQR_TEXT_SIZE];

	assert_int_equal(vietqr_encode(&code, text), VIETQR_OK);
	draw(text, png);
}

static void
a_picture_is_judged_before_the_gateway_is_called(void **state)
{
	static const struct {
		const char *name;
		int64_t asked, typed; /* asked -1: no VietQR at all */
		enum err_code want;
		const char *fault;
	} cases[] = {
		{"the code's amount", 50000, 0, ERR_BUSY, "/webhooks/sepay/1: "},
		{"the buyer's amount", 0, 35000, ERR_BUSY, "/webhooks/sepay/1: "},
		{"no amount", 0, 0, ERR_INVALID, "--amount"},
		{"the most that a bank sends", VIETQR_AMOUNT_MAX, 499999999, ERR_BUSY, "/webhooks"},
		{"more than a bank sends", 500000000, 0, ERR_INVALID, "at most 499.999.999"},
		{"not a VietQR", -1, 0, ERR_INVALID, "no VietQR"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf png CLEANUP(buf_fini) = {0};
		struct simulate_purchase purchase = {.amount_dong = cases[i].typed};
		struct simulate_receipt receipt;
		struct err err;

		if (cases[i].asked < 0)
			draw("https://example.vn/menu", &png);
		else
			draw_code(cases[i].asked, &png);
		purchase.picture = buf_str(&png);
		err = simulate_pay(&options, &purchase, &receipt);
		if (err.code != cases[i].want || strstr(receipt.fault, cases[i].fault) == NULL)
			fail_msg("%s: %s, \"%s\"", cases[i].name, err_code_name(err.code),
				receipt.fault);
		assert_string_equal(receipt.account_no, "");
	}
}

static void
a_reference_wants_the_gateway(void **state)
{
	const struct simulate_purchase purchase = {.reference = STR("CHS00010GH")};
	struct simulate_receipt receipt;

	(void)state;
	assert_int_equal(simulate_pay(&options, &purchase, &receipt).code, ERR_BUSY);
	assert_non_null(strstr(receipt.fault, "GET /q/CHS00010GH.png: "));
}

static void
only_pictures_are_scanned(void **state)
{
	static const char *const files[] = {"", "x", "GIF89a", "%PDF-1.7", "\x89PNX", "\xff\xd8"};
	struct vietqr seen;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct err err = buyer_read(str_from(files[i]), &seen);

		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.what, "neither a PNG nor a JPEG picture");
	}
}

static void
success_is_said_in_json(void **state)
{
	static const struct {
		long status;
		const char *body;
		bool want;
	} cases[] = {
		{200, "{\"success\":true}", true},
		{201, "{\"success\": true, \"id\": 1}", true},
		{202, "{\"success\":true}", false},
		{200, "{\"success\":false}", false},
		{200, "{\"success\":\"true\"}", false},
		{200, "{\"success\":true", false},
		{200, "OK", false},
		{200, "", false},
		{0, "{\"success\":true}", false},
		{500, "{\"success\":true}", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(sepay_acknowledged(cases[i].status, str_from(cases[i].body)),
			cases[i].want);
}

static void
a_favourite_gets_its_share(void **state)
{
	struct simulate_options favouring = {.seed = 4, .favour = 800};
	struct simulate_options plain = {.seed = 4};
	unsigned favoured = 0;

	(void)state;
	for (uint64_t n = 0; n < 5000; n++) {
		struct fate fate, other;

		fate_draw(&favouring, 340, n, &fate);
		fate_draw(&plain, 340, n, &other);
		assert_int_equal(fate.stand, other.stand); /* nothing else shifts */
		assert_true(fate.amount_dong == other.amount_dong);
		assert_false(other.favoured);
		favoured += fate.favoured;
	}
	assert_in_range(favoured, 340, 460);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_picture_is_judged_before_the_gateway_is_called),
		cmocka_unit_test(a_reference_wants_the_gateway),
		cmocka_unit_test(only_pictures_are_scanned),
		cmocka_unit_test(success_is_said_in_json),
		cmocka_unit_test(a_favourite_gets_its_share),
	};

	return cmocka_run_group_tests_name("simulate_pay", tests, NULL, NULL);
}
