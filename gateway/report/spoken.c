/* Numbers as they are said. */
#include "spoken.h"

#include "chopay/cai.h"
#include "sentence.h"
#include "words.h"

#define THOUSAND INT64_C(1000)
#define MILLION INT64_C(1000000)
#define BILLION INT64_C(1000000000)

/* A blank before each word but the first. */
static void
say(struct buf *out, enum word said)
{
	if (out->len > 0)
		buf_addc(out, ' ');
	buf_adds(out, word(said, VIETNAMESE));
}

static enum word
digit_word(int64_t digit)
{
	return (enum word)(W_SAY_0 + digit);
}

/* The last digit behind "mươi": 21 hai mươi mốt, 24 hai mươi tư, 25 hai mươi lăm. */
static void
say_after_tens(struct buf *out, int64_t tens, int64_t digit)
{
	if (digit == 5)
		say(out, W_SAY_FIVE_BEHIND);
	else if (digit == 1 && tens > 1)
		say(out, W_SAY_ONE_BEHIND);
	else if (digit == 4 && tens > 1)
		say(out, W_SAY_FOUR_BEHIND);
	else if (digit > 0)
		say(out, digit_word(digit));
}

/* 0..999; `inner`: something was said before it, so that its hundreds are said even if none. */
static void
say_group(struct buf *out, int64_t number, bool inner)
{
	int64_t hundreds = number / 100, tens = number / 10 % 10, digit = number % 10;

	if (hundreds > 0 || inner) {
		say(out, digit_word(hundreds));
		say(out, W_SAY_HUNDRED);
	}
	if (tens > 1) {
		say(out, digit_word(tens));
		say(out, W_SAY_TENS);
	} else if (tens == 1) {
		say(out, W_SAY_TEN);
	} else if (digit > 0) {
		if (hundreds > 0 || inner)
			say(out, W_SAY_ODD);
		say(out, digit_word(digit));
	}
	if (tens > 0)
		say_after_tens(out, tens, digit);
}

static void
say_number(struct buf *out, int64_t number, bool inner)
{
	static const struct {
		int64_t size;
		enum word name;
	} groups[] = {{MILLION, W_SAY_MILLION}, {THOUSAND, W_SAY_THOUSAND}, {1, WORDS}};

	if (number >= BILLION) {
		say_number(out, number / BILLION, inner);
		say(out, W_SAY_BILLION);
		number %= BILLION;
		inner = true;
	}
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		int64_t group = number / groups[i].size % THOUSAND;

		if (group == 0)
			continue;
		say_group(out, group, inner);
		if (groups[i].name != WORDS)
			say(out, groups[i].name);
		inner = true;
	}
}

static void
say_vietnamese(struct buf *out, int64_t number)
{
	struct buf said CLEANUP(buf_fini) = {0};

	if (number == 0)
		say(&said, digit_word(0));
	say_number(&said, number, false);
	buf_add(out, buf_str(&said));
}

void
speak_count(struct buf *out, enum language language, int64_t count)
{
	if (language == VIETNAMESE)
		say_vietnamese(out, count);
	else
		figure_count(out, language, count);
}

void
speak_hundredths(struct buf *out, enum language language, int64_t x100)
{
	int64_t rest = x100 % 100;

	if (language != VIETNAMESE) {
		figure_hundredths(out, language, x100);
		return;
	}
	say_vietnamese(out, x100 / 100);
	if (rest == 0)
		return;
	buf_addf(out, " %s ", word(W_SAY_POINT, language));
	if (rest < 10)
		buf_addf(out, "%s ", word(W_SAY_0, language));
	say_vietnamese(out, rest % 10 == 0 ? rest / 10 : rest);
}

void
speak_rank(struct buf *out, enum language language, int64_t rank)
{
	if (language == VIETNAMESE && rank == 1)
		buf_adds(out, word(W_SAY_FIRST, language));
	else if (language == VIETNAMESE && rank == 4)
		buf_adds(out, word(W_SAY_FOURTH, language));
	else
		speak_count(out, language, rank);
}

/* Whole dong are too long for the ear; below a million they are not. */
void
speak_money(struct buf *out, enum language language, struct vnd amount)
{
	struct buf number CLEANUP(buf_fini) = {0};
	enum word unit = W_T_DONG;

	if (amount.dong >= BILLION) {
		unit = W_T_BILLIONS;
		speak_hundredths(&number, language, round_half_up(amount.dong, BILLION / 100));
	} else if (amount.dong >= MILLION) {
		unit = W_T_MILLIONS;
		speak_hundredths(&number, language, round_half_up(amount.dong, MILLION / 100));
	} else {
		speak_count(&number, language, amount.dong);
	}
	put_words(out, language, unit, (struct str[]){buf_str(&number)});
}
