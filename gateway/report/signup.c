/* The sheet a stallholder signs. */
#include "chopay/signup.h"
#include "chopay/arena.h"
#include "sheet.h"

static const struct sheet_style title = {.size = 15, .bold = true, .align = ALIGN_CENTRE},
				centre = {.size = 12, .align = ALIGN_CENTRE},
				head = {.size = 12, .bold = true}, plain = {.size = 11.5},
				small = {.size = 10.5, .italic = true};

/* The parts that say what the program does, to whom it concerns: each is the lines of the catalogue
 * that begin so, its head first.  A promise changes there and in its test. */
static const char *const promises[] = {"signup.2.", "signup.3.", "signup.4.", "signup.5."};

static struct str
or_blank(struct str text)
{
	return text.len > 0 ? text : STR("................................");
}

/* A line of the catalogue with its places filled. */
static void
put_line(struct sheet *sheet, enum language language, struct str key, const struct str *values,
	size_t count)
{
	struct buf line CLEANUP(buf_fini) = {0};

	words_fill(&line, words_find(language, key), values, count);
	sheet_text(sheet, plain, buf_str(&line));
}

static void
put_stall(struct sheet *sheet, const struct stall *stall, enum language language)
{
	const struct str seller[] = {stall->code, stall->name, or_blank(stall->goods)};
	const struct str holder[] = {stall->merchant_name, or_blank(stall->phone)};
	const struct str account[] = {or_blank(stall->bank_name), or_blank(stall->account_no),
		or_blank(stall->account_holder)};

	sheet_text(sheet, head, words_find(language, STR("signup.stall")));
	put_line(sheet, language, STR("signup.stall_line"), seller, 3);
	put_line(sheet, language, STR("signup.holder_line"), holder, 2);
	put_line(sheet, language, STR("signup.account_line"), account, 3);
	put_line(sheet, language, STR("signup.reference_line"), &stall->reference, 1);
}

static void
put_promise(struct sheet *sheet, const char *prefix, enum language language)
{
	struct str key, text;

	sheet_space(sheet, 8);
	for (size_t n = 0; words_list(language, str_from(prefix), n, &key, &text); n++)
		sheet_text(sheet, n == 0 ? head : plain, text);
}

static void
put_signatures(struct sheet *sheet, enum language language)
{
	static const struct sheet_column halves[] = {{235, ALIGN_CENTRE}, {235, ALIGN_CENTRE}};
	const struct str sign = words_find(language, STR("signup.sign"));

	sheet_space(sheet, 10);
	sheet_text(sheet, plain, words_find(language, STR("signup.agreed")));
	sheet_space(sheet, 10);
	sheet_beside(sheet, small, halves,
		(struct str[]){STR(""), words_find(language, STR("signup.date"))}, 2);
	sheet_beside(sheet, head, halves,
		(struct str[]){words_find(language, STR("signup.helper")),
			words_find(language, STR("signup.holder"))},
		2);
	sheet_beside(sheet, small, halves, (struct str[]){sign, sign}, 2);
}

struct err
signup_pdf(const struct stall *stall, struct str unit_name, int32_t day, enum language language,
	struct buf *out)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str name = words_find(language, STR("signup.title"));
	struct sheet *sheet CLEANUP(sheet_cleanup) = NULL;

	TRY(sheet_new(name, day, &sheet));
	sheet_text(sheet, title, name);
	sheet_text(sheet, centre,
		arena_printf(arena, "%.*s%s%.*s", STR_FMT(stall->market_name),
			unit_name.len > 0 ? ", " : "", STR_FMT(unit_name)));
	sheet_space(sheet, 10);
	put_stall(sheet, stall, language);
	for (size_t i = 0; i < sizeof(promises) / sizeof(promises[0]); i++)
		put_promise(sheet, promises[i], language);
	put_signatures(sheet, language);
	return sheet_finish(sheet, out);
}
