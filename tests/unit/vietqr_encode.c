/*
 * vietqr_encode.c - composing codes: known texts, one step outside each rule, a million round
 * trips.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "vietqr.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define INSTRUMENTED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(INSTRUMENTED)
#define ROUND_TRIPS 100000
#else
#define ROUND_TRIPS 1000000
#endif

#define BANK .bank_bin = "970436"
#define SHOP BANK, .account_no = "0011000123456"
#define LETTERS26 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LETTERS25 "ABCDEFGHIJKLMNOPQRSTUVWXY"

/* The texts of the public vectors, and of NAPAS' own examples where they are right. */
static const struct {
	const char *name;
	struct vietqr code;
	enum vietqr_status want;
	const char *text;
} cases[] = {
	{"open amount", {SHOP, .memo = "CHK7"}, VIETQR_OK,
		"00020101021138570010A00000072701270006970436011300110001234560208QRIBFTTA"
		"53037045802VN62080804CHK763044125"},
	{"amount", {BANK, .account_no = "0011223344556", .amount_dong = 1, .memo = "x"}, VIETQR_OK,
		"00020101021238570010A00000072701270006970436011300112233445560208QRIBFTTA"
		"5303704540115802VN62050801x6304F642"},
	{"no memo", {.bank_bin = "970422", .account_no = "0123456789"}, VIETQR_OK,
		"00020101021138540010A00000072701240006970422011001234567890208QRIBFTTA"
		"53037045802VN6304B1A7"},
	{"one digit", {BANK, .account_no = "1"}, VIETQR_OK,
		"00020101021138450010A00000072701150006970436010110208QRIBFTTA"
		"53037045802VN6304643B"},
	{"mixed case alias",
		{.bank_bin = "970422",
			.account_no = "VQRQADCPK1284",
			.amount_dong = 200000,
			.memo = "Nap 2500 coins"},
		VIETQR_OK,
		"00020101021238570010A000000727012700069704220113VQRQADCPK12840208QRIBFTTA"
		"530370454062000005802VN62180814Nap 2500 coins63040A9D"},
	{"card of 16 (NAPAS 6.1.2)",
		{.bank_bin = "970403", .account_no = "9704031101234567", .service = VIETQR_TO_CARD},
		VIETQR_OK,
		"00020101021138600010A00000072701300006970403011697040311012345670208QRIBFTTC"
		"53037045802VN63044F52"},
	{"card of 19",
		{.bank_bin = "970422",
			.account_no = "9704229200001234567",
			.service = VIETQR_TO_CARD},
		VIETQR_OK,
		"00020101021138630010A00000072701330006970422011997042292000012345670208QRIBFTTC"
		"53037045802VN63044101"},
	{"with a bill number (NAPAS 6.1.3)",
		{.bank_bin = "970403",
			.account_no = "0011012345678",
			.amount_dong = 180000,
			.memo = "thanh toan don hang",
			.bill = "NPS6869"},
		VIETQR_OK,
		"00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA"
		"530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E"},

	{"BIN of 5", {.bank_bin = "97043", .account_no = "1"}, VIETQR_BAD_BIN, ""},
	{"BIN of 7", {.bank_bin = {'9', '7', '0', '4', '3', '6', '1'}, .account_no = "1"},
		VIETQR_BAD_BIN, ""},
	{"BIN with a letter", {.bank_bin = "97043A", .account_no = "1"}, VIETQR_BAD_BIN, ""},
	{"no BIN", {.account_no = "1"}, VIETQR_BAD_BIN, ""},
	{"no account", {BANK}, VIETQR_BAD_ACCOUNT, ""},
	{"account of 19", {BANK, .account_no = "1234567890123456789"}, VIETQR_OK,
		"00020101021138630010A00000072701330006970436011912345678901234567890208QRIBFTTA"
		"53037045802VN6304205C"},
	{"account of 20",
		{BANK, .account_no = {'1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '1', '2',
			       '3', '4', '5', '6', '7', '8', '9', '0'}},
		VIETQR_BAD_ACCOUNT, ""},
	{"account with a blank", {BANK, .account_no = "001 100"}, VIETQR_BAD_ACCOUNT, ""},
	{"account with a hyphen", {BANK, .account_no = "001-100"}, VIETQR_BAD_ACCOUNT, ""},
	{"account not ASCII", {BANK, .account_no = "001\xC3\xA9"}, VIETQR_BAD_ACCOUNT, ""},
	{"card of 15", {BANK, .account_no = "123456789012345", .service = VIETQR_TO_CARD},
		VIETQR_BAD_ACCOUNT, ""},
	{"card of 17", {BANK, .account_no = "12345678901234567", .service = VIETQR_TO_CARD},
		VIETQR_BAD_ACCOUNT, ""},
	{"card of letters", {BANK, .account_no = "123456789012345X", .service = VIETQR_TO_CARD},
		VIETQR_BAD_ACCOUNT, ""},
	{"withdrawal", {SHOP, .service = VIETQR_CASH}, VIETQR_BAD_SERVICE, ""},
	{"negative amount", {SHOP, .amount_dong = -1, .memo = "CHK7"}, VIETQR_BAD_AMOUNT, ""},
	{"smallest number", {SHOP, .amount_dong = INT64_MIN}, VIETQR_BAD_AMOUNT, ""},
	{"amount of 14 digits", {SHOP, .amount_dong = VIETQR_AMOUNT_MAX + 1}, VIETQR_BAD_AMOUNT,
		""},
	{"memo of 26",
		{SHOP, .memo = {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm',
			       'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z'}},
		VIETQR_BAD_MEMO, ""},
	{"memo with a hyphen", {SHOP, .memo = "BOOKING-10"}, VIETQR_BAD_MEMO, ""},
	{"memo with a line end", {SHOP, .memo = "a\nb"}, VIETQR_BAD_MEMO, ""},
	{"memo not ASCII", {SHOP, .memo = "Ti\xE1\xBB\x81n"}, VIETQR_BAD_MEMO, ""},
	{"name not ASCII", {SHOP, .name = "C\xC3\xB4 Hai"}, VIETQR_BAD_NAME, ""},
	{"name with a tab", {SHOP, .name = "Co\tHai"}, VIETQR_BAD_NAME, ""},
	{"city with DEL", {SHOP, .city = "Hue\x7F"}, VIETQR_BAD_CITY, ""},
	{"MCC of 3", {SHOP, .mcc = "542"}, VIETQR_BAD_MCC, ""},
	{"MCC with a letter", {SHOP, .mcc = "542X"}, VIETQR_BAD_MCC, ""},
	{"bill with a line end", {SHOP, .bill = "1\n"}, VIETQR_BAD_BILL, ""},
	{"store not ASCII", {SHOP, .store = "s\xE1\xBA\xA1p"}, VIETQR_BAD_STORE, ""},
	{"terminal with a tab", {SHOP, .terminal = "\t"}, VIETQR_BAD_TERMINAL, ""},
	{"tag 62 of 100",
		{SHOP, .memo = LETTERS25, .bill = LETTERS25, .store = LETTERS25,
			.terminal = "12345678"
				    "9"},
		VIETQR_BAD_SUM, ""},
};

static void
known_texts_and_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[VIETQR_TEXT_SIZE];
		enum vietqr_status status;

		memset(text, '?', sizeof(text));
		status = vietqr_encode(&cases[i].code, text);
		if (status != cases[i].want)
			fail_msg("%s: %s", cases[i].name, vietqr_status_name(status));
		if (strcmp(text, cases[i].text) != 0)
			fail_msg("%s: %s", cases[i].name, text);
	}
}

/* Every field at its longest that fits together: the sum in encode.c's comment holds. */
static void
longest(void **state)
{
	static const struct vietqr code = {
		BANK,
		.account_no = "1234567890123456789",
		.amount_dong = VIETQR_AMOUNT_MAX,
		.memo = LETTERS25,
		.name = LETTERS25,
		.city = "ABCDEFGHIJKLMNO",
		.mcc = "5422",
		.bill = LETTERS25,
		.store = LETTERS25,
		.terminal = "12345678",
	};
	static struct vietqr_decoded decoded;
	char text[VIETQR_TEXT_SIZE];
	struct vietqr seen;

	(void)state;
	assert_int_equal(vietqr_encode(&code, text), VIETQR_OK);
	assert_int_equal(vietqr_decode(text, strlen(text), VIETQR_STRICT, &decoded), VIETQR_OK);
	assert_int_equal(vietqr_find(&decoded, "62.07")->length, 8);
	assert_int_equal(vietqr_view(&decoded, &seen), VIETQR_OK);
	assert_string_equal(seen.name, LETTERS25);
}

/* xorshift64*: the same numbers from the same seed, anywhere. */
static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * UINT64_C(2685821657736338717);
}

/* `least` to `most` characters of `set`; "6304" now and then, which a search would take for the
 * CRC. */
static void
random_text(uint64_t *seed, const char *set, size_t least, size_t most, char *text)
{
	size_t length = least + (size_t)(next_random(seed) % (most - least + 1));
	size_t letters = strlen(set);

	memset(text, 0, most + 1);
	for (size_t i = 0; i < length; i++)
		text[i] = set[(next_random(seed) >> 32) * letters >> 32];
	if (length >= 4 && next_random(seed) % 8 == 0)
		memcpy(text + next_random(seed) % (length - 3), "6304", 4);
}

static const char DIGITS[] = "0123456789";
static const char ALPHANUMERIC[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char MEMO[] = " 0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char PRINTABLE[] =
	" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
	"abcdefghijklmnopqrstuvwxyz{|}~";

static struct vietqr
random_payment(uint64_t *seed)
{
	static const uint64_t SCALES[] = {10, 1000, 1000000, 1000000000, VIETQR_AMOUNT_MAX};
	struct vietqr code = {.service = (enum vietqr_service)(next_random(seed) % 3)};

	random_text(seed, DIGITS, 6, 6, code.bank_bin);
	if (code.service == VIETQR_TO_CARD) {
		size_t length = next_random(seed) % 2 ? 16 : 19;

		random_text(seed, DIGITS, length, length, code.account_no);
	} else {
		random_text(seed, ALPHANUMERIC, 1, 19, code.account_no);
	}
	if (next_random(seed) % 4)
		code.amount_dong = (int64_t)(next_random(seed) % SCALES[next_random(seed) % 5]) + 1;
	random_text(seed, MEMO, 0, 25, code.memo);
	if (next_random(seed) % 2) {
		random_text(seed, PRINTABLE, 0, 25, code.name);
		random_text(seed, PRINTABLE, 0, 15, code.city);
		random_text(seed, DIGITS, 4, 4, code.mcc);
		random_text(seed, PRINTABLE, 0, 20, code.bill);
		random_text(seed, PRINTABLE, 0, 20, code.store);
		random_text(seed, PRINTABLE, 0, 15, code.terminal);
	}
	return code;
}

static bool
same(const struct vietqr *a, const struct vietqr *b)
{
	return strcmp(a->bank_bin, b->bank_bin) == 0 && strcmp(a->account_no, b->account_no) == 0 &&
	       a->amount_dong == b->amount_dong && strcmp(a->memo, b->memo) == 0 &&
	       a->service == b->service && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->city, b->city) == 0 && strcmp(a->mcc, b->mcc) == 0 &&
	       strcmp(a->bill, b->bill) == 0 && strcmp(a->store, b->store) == 0 &&
	       strcmp(a->terminal, b->terminal) == 0;
}

static void
round_trips(void **state)
{
	static struct vietqr_decoded decoded;
	const char *given = getenv("CHOPAY_SEED");
	uint64_t start = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	uint64_t seed = start * 2 + 1; /* never 0 */

	(void)state;
	for (int i = 0; i < ROUND_TRIPS; i++) {
		struct vietqr code = random_payment(&seed), seen;
		char text[VIETQR_TEXT_SIZE];

		if (vietqr_encode(&code, text) != VIETQR_OK ||
			vietqr_decode(text, strlen(text), VIETQR_STRICT, &decoded) != VIETQR_OK ||
			vietqr_view(&decoded, &seen) != VIETQR_OK || !same(&code, &seen))
			fail_msg("CHOPAY_SEED=%ju, payment %d: %s", (uintmax_t)start, i, text);
	}
}

/* The names are on the command line's output: each status has its own. */
static void
statuses_are_named(void **state)
{
	(void)state;
	for (int i = 0; i <= VIETQR_BAD_CURRENCY; i++)
		for (int j = 0; j < i; j++)
			assert_string_not_equal(vietqr_status_name((enum vietqr_status)i),
				vietqr_status_name((enum vietqr_status)j));
	assert_string_equal(vietqr_status_name((enum vietqr_status)99), "bad_text");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_texts_and_refusals),
		cmocka_unit_test(longest),
		cmocka_unit_test(round_trips),
		cmocka_unit_test(statuses_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
