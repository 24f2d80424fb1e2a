/* Cards: who can have one, which serial it bears, what its code says; files of any size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/cards.h"
#include "vietqr.h"

#define TODAY 20000
#define STALLS 40

static struct crypt *crypt;

static struct stall
a_stall(void)
{
	return (struct stall){
		.code = STR("A01"),
		.reference = STR("CHSZ6MYM63"),
		.name = STR("Rau củ dì Nga"),
		.market_name = STR("Chợ Ma Lâm"),
		.close_day = TODAY + 1,
		.bank_bin = STR("970405"),
		.bank_short_name = STR("Agribank"),
		.account_no = STR("4990205744425"),
		.account_holder = STR("LE THI NGA"),
	};
}

/* By another program: printf 'chopay card\nCHSZ6MYM63\n970405\n4990205744425\n1' | sha256sum */
static void
serials(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct stall stall = a_stall();

	(void)state;
	assert_string_equal(card_serial(crypt, arena, &stall, 1).ptr, "2M4Z9EF0-1");
	assert_string_not_equal(card_serial(crypt, arena, &stall, 2).ptr, "2M4Z9EF0-2");
	stall.account_no = STR("4990205744426");
	assert_string_not_equal(card_serial(crypt, arena, &stall, 1).ptr, "2M4Z9EF0-1");
}

static void
faults(void **state)
{
	static const struct {
		const char *name;
		int32_t close_day;
		struct str bin, account, holder;
		enum card_fault want;
	} rows[] = {
		{"all there", TODAY + 1, {"970405", 6}, {"1", 1}, {"A", 1}, CARD_FITS},
		{"closes today", TODAY, {"970405", 6}, {"1", 1}, {"A", 1}, CARD_CLOSED},
		{"no account", TODAY + 1, {"", 0}, {"", 0}, {"", 0}, CARD_NO_ACCOUNT},
		{"no name", TODAY + 1, {"970405", 6}, {"1", 1}, {" ", 1}, CARD_NO_HOLDER},
		{"a sign in it", TODAY + 1, {"970405", 6}, {"1_2", 3}, {"A", 1}, CARD_NO_CODE},
		{"no BIN", TODAY + 1, {"97040", 5}, {"1", 1}, {"A", 1}, CARD_NO_CODE},
		{"20 characters", TODAY + 1, {"970405", 6}, {"12345678901234567890", 20}, {"A", 1},
			CARD_NO_CODE},
	};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct stall stall = a_stall();
		struct card card;

		print_message("%s\n", rows[i].name);
		stall.close_day = rows[i].close_day;
		stall.bank_bin = rows[i].bin;
		stall.account_no = rows[i].account;
		stall.account_holder = rows[i].holder;
		assert_int_equal(
			card_of_stall(crypt, arena, &stall, 1, TODAY, &card), rows[i].want);
		assert_true(str_eq(card.code, stall.code));
		assert_int_equal(
			card_fault_name(rows[i].want)[0] == '\0', rows[i].want == CARD_FITS);
	}
}

static void
a_code_is_the_stalls_own(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	const struct vietqr code = {
		.bank_bin = "970405", .account_no = "4990205744425", .memo = "CHSZ6MYM63"};
	struct stall stall = a_stall();
	char want[VIETQR_TEXT_SIZE];
	struct card card;
	struct str text;

	(void)state;
	assert_int_equal(card_of_stall(crypt, arena, &stall, 1, TODAY, &card), CARD_FITS);
	assert_int_equal(card_payload(arena, &card, &text).code, ERR_OK);
	assert_int_equal(vietqr_encode(&code, want), VIETQR_OK);
	assert_string_equal(text.ptr, want);
}

/* ---- files ------------------------------------------------------------------------------------
 */

struct watch {
	size_t calls, last;
};

static void
drawn(void *arg, size_t count)
{
	struct watch *watch = arg;

	assert_true(count > watch->last);
	watch->calls++;
	watch->last = count;
}

/* Texts that a register may hold, also ones that are no text. */
static void
make_cards(struct arena *arena, struct card cards[STALLS])
{
	static const struct str names[] = {{"", 0}, {"Rau", 3}, {"\xFF\xFE", 2}, {"a\0b\nc", 5},
		{"\xE2\x80\xAE"
		 "abc",
			6}};
	struct stall stall = a_stall();

	for (size_t i = 0; i < STALLS; i++) {
		stall.name = stall.market_name = names[i % 5];
		stall.code = i % 7 == 0 ? names[(i + 1) % 5] : STR("A01");
		assert_int_equal(
			card_of_stall(crypt, arena, &stall, 1, TODAY, &cards[i]), CARD_FITS);
	}
}

static void
files(void **state)
{
	static const size_t pages[] = {
		[CARD_A6] = STALLS, [CARD_A5] = STALLS, [CARD_A4] = STALLS / 4};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct card cards[STALLS];
	struct buf first CLEANUP(buf_fini) = {0};
	struct cards_print print = {.cards = cards, .count = STALLS, .drawn = drawn};

	(void)state;
	make_cards(arena, cards);
	for (print.size = CARD_A6; print.size <= CARD_A4; print.size++) {
		struct watch watch = {0, 0};

		print.arg = &watch;
		buf_clear(&first);
		assert_int_equal(cards_pdf(&print, &first).code, ERR_OK);
		assert_true(str_starts(buf_str(&first), STR("%PDF-")));
		assert_int_equal(watch.calls, pages[print.size]);
		assert_int_equal(watch.last, STALLS);
	}
}

static void
the_same_cards_give_the_same_bytes(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct card cards[STALLS];
	struct cards_print print = {.cards = cards, .count = STALLS, .size = CARD_A4};

	(void)state;
	make_cards(arena, cards);
	for (int list = 0; list <= 1; list++) {
		struct err (*pdf)(const struct cards_print *, struct buf *) = list ? cards_list_pdf
										   : cards_pdf;
		struct buf first CLEANUP(buf_fini) = {0}, again CLEANUP(buf_fini) = {0};

		assert_int_equal(pdf(&print, &first).code, ERR_OK);
		assert_int_equal(pdf(&print, &again).code, ERR_OK);
		assert_true(str_eq(buf_str(&first), buf_str(&again)));
		print.made_ms += 60000;
		buf_clear(&again);
		assert_int_equal(pdf(&print, &again).code, ERR_OK);
		assert_false(str_eq(buf_str(&first), buf_str(&again)));
	}
	print.count = 0;
	for (int list = 0; list <= 1; list++) {
		struct buf none CLEANUP(buf_fini) = {0};

		assert_int_equal(
			(list ? cards_list_pdf : cards_pdf)(&print, &none).code, ERR_INVALID);
	}
}

static int
start(void **state)
{
	(void)state;
	return crypt_new(&crypt).code == ERR_OK ? 0 : -1;
}

static int
stop(void **state)
{
	(void)state;
	crypt_free(crypt);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(serials),
		cmocka_unit_test(faults),
		cmocka_unit_test(a_code_is_the_stalls_own),
		cmocka_unit_test(files),
		cmocka_unit_test(the_same_cards_give_the_same_bytes),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
