/*
 * simulate.c - chance that repeats, notes that keep their reference, SePay's signature, a scan.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../gateway/simulate/buyer.h"
#include "../../gateway/simulate/memo.h"
#include "../../gateway/simulate/prng.h"
#include "../../gateway/simulate/purchase.h"
#include "../../gateway/simulate/sepay.h"
#include "chopay/clock.h"
#include "chopay/feeds.h"
#include "chopay/json.h"
#include "chopay/picture.h"

#define NOTES 20000

/* ---- chance -------------------------------------------------------------------------------- */

static void
the_same_seed_draws_the_same_numbers(void **state)
{
	struct prng a, b, other;
	unsigned same = 0;

	(void)state;
	prng_seed(&a, 1, 7);
	prng_seed(&b, 1, 7);
	prng_seed(&other, 1, 8);
	for (int i = 0; i < 1000; i++) {
		uint64_t x = prng_next(&a);

		assert_true(x == prng_next(&b));
		same += x == prng_next(&other);
	}
	assert_int_equal(same, 0);
}

/* The first numbers of xoshiro256** from the state 1, 2, 3, 4: known from its reference code. */
static void
the_generator_is_xoshiro(void **state)
{
	static const uint64_t want[] = {11520, 0, 1509978240, UINT64_C(1215971899390074240),
		UINT64_C(1216172134540287360), UINT64_C(607988272756665600)};
	struct prng prng = {{1, 2, 3, 4}};

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_true(prng_next(&prng) == want[i]);
}

static void
below_is_even_and_below(void **state)
{
	unsigned counts[7] = {0};
	struct prng prng;

	(void)state;
	prng_seed(&prng, 3, 0);
	for (int i = 0; i < 70000; i++) {
		uint64_t x = prng_below(&prng, 7);

		assert_true(x < 7);
		counts[x]++;
	}
	for (int i = 0; i < 7; i++)
		assert_in_range(counts[i], 9600, 10400);
	for (int i = 0; i < 100; i++) {
		assert_true(prng_below(&prng, 1) == 0);
		assert_false(prng_chance(&prng, 0));
		assert_true(prng_chance(&prng, 10000));
	}
}

/* ---- notes --------------------------------------------------------------------------------- */

static const char *const bins[] = {"970422", "970436", "970416", "970415", "970418", "970432",
	"970403", "970407", "970423", "970405", "970449"};

/* A stall's or a charge's; the numbers whose check would hold a look-alike are passed over. */
static struct reference
some_reference(struct prng *prng)
{
	struct reference reference;
	struct err err;

	do {
		uint32_t stall = (uint32_t)prng_below(prng, REFERENCE_STALL_NUMBERS);
		uint32_t counter = (uint32_t)prng_below(prng, REFERENCE_CHARGE_COUNTERS);

		err = prng_chance(prng, 4000)
			      ? reference_stall(STR("CH"), stall, &reference)
			      : reference_charge(STR("CH"), stall, counter, &reference);
	} while (err.code != ERR_OK);
	return reference;
}

static struct memo
memo_of(const struct reference *reference, size_t n)
{
	return (struct memo){
		.text = str_from(reference->text),
		.reference = str_from(reference->text),
		.bank_bin = str_from(bins[n % (sizeof(bins) / sizeof(bins[0]))]),
		.account_no = STR("19990000001234"),
		.booked_at_ms = INT64_C(1785224000000),
	};
}

static void
mangled_notes_keep_their_reference(void **state)
{
	unsigned untouched = 0, wrapped = 0;
	struct prng prng;

	(void)state;
	prng_seed(&prng, 20, 0);
	for (size_t n = 0; n < NOTES; n++) {
		struct buf note CLEANUP(buf_fini) = {0};
		struct reference reference = some_reference(&prng);
		struct memo memo = memo_of(&reference, n);
		struct references found;

		memo_mangle(&note, &memo, &prng);
		reference_find(STR("CH"), buf_str(&note), &found);
		if (found.count != 1 || strcmp(found.items[0].text, reference.text) != 0)
			fail_msg(
				"note %zu: %s is not found in \"%s\"", n, reference.text, note.ptr);
		assert_true(str_is_utf8(buf_str(&note)));
		untouched += str_eq(buf_str(&note), memo.text);
		wrapped += note.len > 36 && note.ptr[35] == ' ';
	}
	/* One in five hundred may come out as it went in; more, and nothing is tested here. */
	assert_true(untouched < NOTES / 8);
	assert_true(wrapped > NOTES / 50);
}

static void
lost_notes_hold_no_reference(void **state)
{
	unsigned empty = 0;
	struct prng prng;

	(void)state;
	prng_seed(&prng, 21, 0);
	for (size_t n = 0; n < NOTES; n++) {
		struct buf note CLEANUP(buf_fini) = {0};
		struct reference reference = some_reference(&prng);
		struct memo memo = memo_of(&reference, n);
		struct references found;

		memo_lose(&note, &memo, &prng);
		reference_find(STR("CH"), buf_str(&note), &found);
		assert_int_equal(found.count, 0);
		empty += note.len == 0;
	}
	assert_true(empty > 0 && empty < NOTES / 2);
}

/* ---- fates and numbers --------------------------------------------------------------------- */

static void
a_purchase_is_drawn_the_same_each_time(void **state)
{
	const struct simulate_options options = {
		.seed = 9,
		.static_codes = 4000,
		.duplicates = 2000,
		.reorder = 2000,
		.delay = 2000,
		.delay_max_s = 3,
		.mangle = 5000,
		.no_reference = 1000,
		.amount_short = 2000,
		.amount_over = 2000,
		.forge = 2000,
		.out = 1000,
	};
	unsigned posters = 0, shorts = 0, overs = 0, forged = 0, twins = 0;

	(void)state;
	for (uint64_t n = 0; n < 5000; n++) {
		struct fate fate, again;

		fate_draw(&options, 340, n, &fate);
		fate_draw(&options, 340, n, &again);
		assert_memory_equal(&fate, &again, sizeof(fate));
		assert_true(fate.stand < 340);
		assert_in_range(fate.amount_dong, 5000, 500000);
		assert_int_equal(fate.amount_dong % 1000, 0);
		assert_true(fate.paid_dong > 0 && fate.delay_ms <= 3000);
		assert_false(fate.from_poster && fate.paid_dong != fate.amount_dong);
		posters += fate.from_poster;
		shorts += fate.paid_dong < fate.amount_dong;
		overs += fate.paid_dong > fate.amount_dong;
		forged += fate.forgery != PROOF_GENUINE;
		twins += fate.twin;
	}
	assert_in_range(posters, 1850, 2150);
	assert_in_range(shorts, 500, 700);
	assert_in_range(overs, 380, 580);
	assert_in_range(forged, 900, 1100);
	assert_in_range(twins, 560, 780);
}

static void
numbers_ascend_and_runs_keep_apart(void **state)
{
	struct numbers a = {.salt = 1}, b = {.salt = 2};
	int64_t now_ms = INT64_C(1785224000000), last = 0;

	(void)state;
	assert_true(numbers_next(&a, now_ms) != numbers_next(&b, now_ms));
	for (int i = 0; i < 20000; i++) { /* past some new bases */
		int64_t id = numbers_next(&a, now_ms + i / 8);

		assert_true(id > last && id < INT64_C(1) << 53);
		last = id;
	}
}

/* ---- SePay --------------------------------------------------------------------------------- */

static json_t *
read_fixture(const char *path)
{
	struct buf text CLEANUP(buf_fini) = {0};
	FILE *file = fopen(path, "rb");
	char block[4096];
	json_t *fixture;
	size_t got;

	assert_non_null(file);
	while ((got = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(&text, (struct str){block, got});
	assert_int_equal(fclose(file), 0);
	assert_int_equal(json_parse_strict(buf_str(&text), &fixture, NULL).code, ERR_OK);
	return fixture;
}

static struct crypt *
new_crypt(void)
{
	struct crypt *crypt;

	assert_int_equal(crypt_new(&crypt).code, ERR_OK);
	return crypt;
}

static void
signature_is_the_fixtures(void **state)
{
	json_t *fixture CLEANUP(json_cleanup) = read_fixture(
		"tests/fixtures/webhooks/sepay_hmac_ok.json");
	struct crypt *crypt CLEANUP(crypt_cleanup) = new_crypt();
	const json_t *headers = json_object_get(fixture, "headers");
	struct str body, secret, stamp, signature;
	struct buf lines[SEPAY_HEADERS_MAX] = {0};
	struct buf want CLEANUP(buf_fini) = {0};
	int64_t now_s;

	(void)state;
	assert_int_equal(json_member_str(fixture, "body_raw", &body).code, ERR_OK);
	assert_int_equal(json_member_i64(fixture, "now", &now_s).code, ERR_OK);
	assert_int_equal(
		json_member_str(json_object_get(fixture, "secret"), "value", &secret).code, ERR_OK);
	assert_int_equal(json_member_str(headers, "X-SePay-Timestamp", &stamp).code, ERR_OK);
	assert_int_equal(json_member_str(headers, "X-SePay-Signature", &signature).code, ERR_OK);

	const struct sepay_caller caller = {crypt, SIMULATE_HMAC, secret};

	assert_int_equal(
		sepay_headers(&caller, PROOF_GENUINE, now_s * MS_PER_SECOND, body, lines), 2);
	buf_addf(&want, "X-SePay-Timestamp: %.*s", STR_FMT(stamp));
	assert_string_equal(lines[0].ptr, want.ptr);
	buf_clear(&want);
	buf_addf(&want, "X-SePay-Signature: %.*s", STR_FMT(signature));
	assert_string_equal(lines[1].ptr, want.ptr);
	buf_fini(&lines[0]);
	buf_fini(&lines[1]);
}

static const struct bank_transaction transaction = {
	.id = 92704812,
	.bank_bin = {"970422", 6},
	.account_no = {"19990000001234", 14},
	.content = {"CHS00010GH- Ma GD ACSP/ ih100001", 32},
	.booked_at_ms = INT64_C(1785223845000),
	.amount_dong = 45000,
};

static void
body_is_sepays(void **state)
{
	struct buf body CLEANUP(buf_fini) = {0};

	(void)state;
	sepay_body(&body, &transaction);
	assert_string_equal(body.ptr,
		"{\"id\":92704812,\"gateway\":\"MBBank\",\"transactionDate\":\"2026-07-28 14:30:45\","
		"\"accountNumber\":\"19990000001234\",\"subAccount\":null,\"code\":null,"
		"\"content\":\"CHS00010GH- Ma GD ACSP/ ih100001\",\"transferType\":\"in\","
		"\"description\":\"BankAPINotify CHS00010GH- Ma GD ACSP/ ih100001\","
		"\"transferAmount\":45000,\"referenceCode\":\"FT26209092704812\",\"accumulated\":0}");
}

/* ---- SePay's own verifier on our proofs ---------------------------------------------------- */

struct sent {
	const struct buf *lines;
	size_t count;
};

static struct str
sent_header(void *arg, const char *name)
{
	const struct sent *sent = arg;
	size_t len = strlen(name);

	for (size_t i = 0; i < sent->count; i++) {
		struct str line = buf_str(&sent->lines[i]);

		if (str_eq_nocase(str_cut(line, 0, len), str_from(name)) && line.ptr[len] == ':')
			return str_cut(line, len + 2, line.len);
	}
	return (struct str){NULL, 0};
}

static void
only_the_genuine_proof_is_believed(void **state)
{
	static const struct {
		enum simulate_mode ours;
		enum feed_mode theirs;
	} modes[] = {{SIMULATE_HMAC, FEED_MODE_HMAC}, {SIMULATE_APIKEY, FEED_MODE_APIKEY}};
	struct crypt *crypt CLEANUP(crypt_cleanup) = new_crypt();
	struct buf body CLEANUP(buf_fini) = {0};
	const int64_t now_ms = INT64_C(1785224000000);

	(void)state;
	sepay_body(&body, &transaction);
	for (size_t i = 0; i < 2; i++) {
		const struct sepay_caller caller = {crypt, modes[i].ours, STR("a-secret-of-ours")};
		const struct feed_secret secret = {
			.mode = modes[i].theirs, .values = {STR("a-secret-of-ours")}};

		for (enum sepay_proof proof = PROOF_GENUINE; proof < SEPAY_PROOFS; proof++) {
			struct buf lines[SEPAY_HEADERS_MAX] = {0};
			struct sent sent = {lines,
				sepay_headers(&caller, proof, now_ms, buf_str(&body), lines)};
			const struct feed_message message = {
				.now_ms = now_ms,
				.body = buf_str(&body),
				.header = sent_header,
				.header_arg = &sent,
			};
			bool believed = feed_find(STR("sepay"))->verify(crypt, &secret, &message) ==
					FEED_OK;

			if (sepay_proof_applies(modes[i].ours, proof))
				assert_int_equal(believed, proof == PROOF_GENUINE);
			for (size_t n = 0; n < SEPAY_HEADERS_MAX; n++)
				buf_fini(&lines[n]);
		}
	}
}

/* ---- a buyer ------------------------------------------------------------------------------- */

static void
buyer_reads_a_picture(void **state)
{
	const struct vietqr shown = {
		.bank_bin = "970436",
		.account_no = "0011000123456",
		.amount_dong = 50000,
		.memo = "CHS00010GH",
	};
	struct picture *picture CLEANUP(picture_cleanup) = NULL;
	struct buf png CLEANUP(buf_fini) = {0};
	char text[VIETQR_TEXT_SIZE];
	struct vietqr seen;

	(void)state;
	assert_int_equal(vietqr_encode(&shown, text), VIETQR_OK);
	assert_int_equal(picture_new(str_from(text), &picture).code, ERR_OK);
	assert_int_equal(picture_png(picture, 8, &png).code, ERR_OK);
	assert_int_equal(buyer_read(buf_str(&png), &seen).code, ERR_OK);
	assert_string_equal(seen.bank_bin, shown.bank_bin);
	assert_string_equal(seen.account_no, shown.account_no);
	assert_string_equal(seen.memo, shown.memo);
	assert_true(seen.amount_dong == shown.amount_dong);
}

static void
buyer_says_that_there_is_no_code(void **state)
{
	struct picture *picture CLEANUP(picture_cleanup) = NULL;
	struct buf png CLEANUP(buf_fini) = {0};
	struct vietqr seen;

	(void)state;
	assert_int_equal(buyer_read(STR("not a picture"), &seen).code, ERR_INVALID);
	assert_int_equal(picture_new(STR("https://example.vn/not-money"), &picture).code, ERR_OK);
	assert_int_equal(picture_png(picture, 4, &png).code, ERR_OK);
	assert_int_equal(buyer_read(buf_str(&png), &seen).code, ERR_INVALID);
	assert_int_equal(buyer_read(str_cut(buf_str(&png), 0, 60), &seen).code, ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_draws_the_same_numbers),
		cmocka_unit_test(the_generator_is_xoshiro),
		cmocka_unit_test(below_is_even_and_below),
		cmocka_unit_test(mangled_notes_keep_their_reference),
		cmocka_unit_test(lost_notes_hold_no_reference),
		cmocka_unit_test(a_purchase_is_drawn_the_same_each_time),
		cmocka_unit_test(numbers_ascend_and_runs_keep_apart),
		cmocka_unit_test(signature_is_the_fixtures),
		cmocka_unit_test(body_is_sepays),
		cmocka_unit_test(only_the_genuine_proof_is_believed),
		cmocka_unit_test(buyer_reads_a_picture),
		cmocka_unit_test(buyer_says_that_there_is_no_code),
	};

	return cmocka_run_group_tests_name("simulate", tests, NULL, NULL);
}
