/* The words of a quick link, read and checked. */
#include <string.h>

#include "chopay/plain.h"
#include "chopay/quick_picture.h"

static bool
refuse(struct compose_refusal *refusal, const char *field, const char *text)
{
	*refusal = (struct compose_refusal){"bad_link", field, text};
	return false;
}

static bool
read_template(struct str word, enum quick_template *template)
{
	static const char *const words[] = {
		[QUICK_COMPACT] = "compact",
		[QUICK_COMPACT2] = "compact2",
		[QUICK_QR_ONLY] = "qr_only",
		[QUICK_PRINT] = "print",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq_nocase(word, str_from(words[i]))) {
			*template = (enum quick_template)i;
			return true;
		}
	return false;
}

/* What follows the last `-`; false when there is none. */
static bool
split_last(struct str *text, struct str *last)
{
	size_t at = text->len;

	while (at > 0 && text->ptr[at - 1] != '-')
		at--;
	if (at == 0)
		return false;
	*last = str_cut(*text, at, text->len);
	text->len = at - 1;
	return true;
}

/* From its end: a bank's name may hold a `-`, an account and a template do not. */
static bool
read_path(struct str path, struct compose_words *words, enum quick_template *template,
	struct compose_refusal *refusal)
{
	struct str word;

	if (!split_last(&path, &word) || !read_template(word, template))
		return refuse(refusal, "template",
			"the path is BANK-ACCOUNT-TEMPLATE.png, its template compact, compact2,"
			" qr_only or print");
	if (!split_last(&path, &words->account) || path.len == 0)
		return refuse(refusal, "bank",
			"the path is BANK-ACCOUNT-TEMPLATE.png, its bank a BIN or a name such as"
			" VCB");
	words->bank = path;
	return true;
}

/* The field in the words of the link. */
static const char *
link_word(const char *field)
{
	return strcmp(field, "memo") == 0 ? "addInfo" : field;
}

static bool
is_open_amount(struct str amount)
{
	return amount.len == 0 || str_eq(amount, STR("0"));
}

bool
quick_read(const struct banks *banks, const struct quick_words *words,
	struct quick_picture *picture, struct compose_refusal *refusal)
{
	struct compose_words of = {.memo = words->memo, .service = VIETQR_TO_ACCOUNT};

	*picture = (struct quick_picture){.account_name = words->account_name};
	if (!read_path(words->path, &of, &picture->template, refusal))
		return false;
	if (!is_open_amount(words->amount))
		of.amount = words->amount;
	if (!compose(banks, &of, &picture->code, picture->text, refusal)) {
		refusal->field = link_word(refusal->field);
		return false;
	}
	picture->bank = banks_by_bin(banks, str_from(picture->code.bank_bin));
	if (picture->bank == NULL)
		return refuse(refusal, "bank", "no bank has this BIN");
	if (!str_is_utf8(words->account_name) ||
		plain_letters(words->account_name) > QUICK_NAME_MAX)
		return refuse(refusal, "accountName", "it must be UTF-8, at most 100 letters");
	return true;
}
