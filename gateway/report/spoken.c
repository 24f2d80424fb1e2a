/* Numbers as they are said. */
#include "spoken.h"

#include "chopay/cai.h"
#include "sentence.h"
#include "words.h"

#define THOUSAND INT64_C(1000)
#define MILLION INT64_C(1000000)
#define BILLION INT64_C(1000000000)

static const char *const digits[] = {
	"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"};

/* A blank before each word but the first. */
static void
say(struct buf *out, const char *said)
{
	if (out->len > 0)
		buf_addc(out, ' ');
	buf_adds(out, said);
}

/* The last digit behind "mươi": 21 hai mươi mốt, 24 hai mươi tư, 25 hai mươi lăm. */
static void
say_after_tens(struct buf *out, int64_t tens, int64_t digit)
{
	if (digit == 5)
		say(out, "lăm");
	else if (digit == 1 && tens > 1)
		say(out, "mốt");
	else if (digit == 4 && tens > 1)
		say(out, "tư");
	else if (digit > 0)
		say(out, digits[digit]);
}

/* 0..999; `inner`: something was said before it, so that its hundreds are said even if none. */
static void
say_group(struct buf *out, int64_t number, bool inner)
{
	int64_t hundreds = number / 100, tens = number / 10 % 10, digit = number % 10;

	if (hundreds > 0 || inner) {
		say(out, digits[hundreds]);
		say(out, "trăm");
	}
	if (tens > 1) {
		say(out, digits[tens]);
		say(out, "mươi");
	} else if (tens == 1) {
		say(out, "mười");
	} else if (digit > 0) {
		if (hundreds > 0 || inner)
			say(out, "linh");
		say(out, digits[digit]);
	}
	if (tens > 0)
		say_after_tens(out, tens, digit);
}

static void
say_number(struct buf *out, int64_t number, bool inner)
{
	static const struct {
		int64_t size;
		const char *name;
	} groups[] = {{MILLION, "triệu"}, {THOUSAND, "nghìn"}, {1, NULL}};

	if (number >= BILLION) {
		say_number(out, number / BILLION, inner);
		say(out, "tỷ");
		number %= BILLION;
		inner = true;
	}
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		int64_t group = number / groups[i].size % THOUSAND;

		if (group == 0)
			continue;
		say_group(out, group, inner);
		if (groups[i].name != NULL)
			say(out, groups[i].name);
		inner = true;
	}
}

static void
say_vietnamese(struct buf *out, int64_t number)
{
	struct buf said CLEANUP(buf_fini) = {0};

	if (number == 0)
		say(&said, digits[0]);
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
	buf_adds(out, " phẩy ");
	if (rest < 10)
		buf_adds(out, "không ");
	say_vietnamese(out, rest % 10 == 0 ? rest / 10 : rest);
}

void
speak_rank(struct buf *out, enum language language, int64_t rank)
{
	if (language == VIETNAMESE && rank == 1)
		buf_adds(out, "nhất");
	else if (language == VIETNAMESE && rank == 4)
		buf_adds(out, "tư");
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
