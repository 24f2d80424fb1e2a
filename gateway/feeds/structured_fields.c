/*
 * structured_fields.c - keys, bare items, parameters, inner lists, dictionaries.
 */
#include "chopay/crypt.h"

#include "structured_fields.h"

#define INTEGER_DIGITS_MAX 15
#define DECIMAL_DIGITS_MAX 12
#define FRACTION_DIGITS_MAX 3

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_letter(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z');
}

/* A token's characters: tchar (RFC 9110), ":" and "/". */
static bool
is_token_char(char c)
{
	return is_letter(c) || is_digit(c) ||
	       (c != '\0' && str_find(STR("!#$%&'*+-.^_`|~:/"), (struct str){&c, 1}) >= 0);
}

static char
peek(struct str text)
{
	return text.len > 0 ? text.ptr[0] : '\0';
}

static struct str
take(struct str *rest, size_t count)
{
	struct str head = str_cut(*rest, 0, count);

	*rest = str_cut(*rest, count, rest->len);
	return head;
}

static bool
take_char(struct str *rest, char c)
{
	if (peek(*rest) != c || rest->len == 0)
		return false;
	take(rest, 1);
	return true;
}

static bool
take_key(struct str *rest, struct str *key)
{
	size_t len = 0;

	if (!is_lower(peek(*rest)) && peek(*rest) != '*')
		return false;
	while (len < rest->len) {
		char c = rest->ptr[len];

		if (!is_lower(c) && !is_digit(c) && c != '_' && c != '-' && c != '.' && c != '*')
			break;
		len++;
	}
	*key = take(rest, len);
	return true;
}

/* ---- bare items --------------------------------------------------------------------------- */

static size_t
count_digits(struct str text, size_t at)
{
	size_t count = 0;

	while (at + count < text.len && is_digit(text.ptr[at + count]))
		count++;
	return count;
}

static bool
take_number(struct str *rest, struct sf_item *item)
{
	size_t sign = peek(*rest) == '-' ? 1 : 0;
	size_t whole = count_digits(*rest, sign);
	size_t len = sign + whole;

	item->kind = SF_INTEGER;
	if (len < rest->len && rest->ptr[len] == '.') {
		size_t fraction = count_digits(*rest, len + 1);

		item->kind = SF_DECIMAL;
		if (whole > DECIMAL_DIGITS_MAX || fraction == 0 || fraction > FRACTION_DIGITS_MAX)
			return false;
		len += 1 + fraction;
	}
	if (whole == 0 || whole > INTEGER_DIGITS_MAX)
		return false;
	item->text = take(rest, len);
	return item->kind == SF_DECIMAL || str_to_i64(item->text, &item->integer).code == ERR_OK;
}

static bool
take_string(struct str *rest, struct sf_item *item)
{
	size_t len = 1;

	for (; len < rest->len && rest->ptr[len] != '"'; len++) {
		char c = rest->ptr[len];

		if (c < ' ' || c > '~')
			return false;
		if (c != '\\')
			continue;
		len++;
		if (len == rest->len || (rest->ptr[len] != '"' && rest->ptr[len] != '\\'))
			return false;
	}
	if (len >= rest->len)
		return false;
	item->kind = SF_STRING;
	item->text = str_cut(*rest, 1, len);
	take(rest, len + 1);
	return true;
}

static bool
take_bytes(struct str *rest, struct sf_item *item)
{
	struct buf bytes CLEANUP(buf_fini) = {0};

	take(rest, 1);
	item->kind = SF_BYTES;
	return str_split(rest, ':', &item->text) && base64_get(item->text, &bytes).code == ERR_OK;
}

static bool
take_token(struct str *rest, struct sf_item *item)
{
	size_t len = 0;

	while (len < rest->len && is_token_char(rest->ptr[len]))
		len++;
	item->kind = SF_TOKEN;
	item->text = take(rest, len);
	return true;
}

static bool
take_boolean(struct str *rest, struct sf_item *item)
{
	item->kind = SF_BOOLEAN;
	item->text = take(rest, 2);
	return str_eq(item->text, STR("?0")) || str_eq(item->text, STR("?1"));
}

static bool
take_item(struct str *rest, struct sf_item *item)
{
	char c = peek(*rest);

	*item = (struct sf_item){0};
	if (c == '-' || is_digit(c))
		return take_number(rest, item);
	if (c == '"')
		return take_string(rest, item);
	if (c == ':')
		return take_bytes(rest, item);
	if (c == '?')
		return take_boolean(rest, item);
	return (is_letter(c) || c == '*') && take_token(rest, item);
}

/* ---- parameters, lists, members ----------------------------------------------------------- */

/* ";key" (true) or ";key=item", as many as there are. */
static bool
take_params(struct str *rest, struct sf_param params[SF_PARAMS_MAX], size_t *count)
{
	*count = 0;
	while (take_char(rest, ';')) {
		struct sf_param *param = &params[*count];

		if (*count == SF_PARAMS_MAX || !take_key(rest, &param->key))
			return false;
		param->value = (struct sf_item){.kind = SF_BOOLEAN, .text = STR("?1")};
		if (take_char(rest, '=') && !take_item(rest, &param->value))
			return false;
		for (size_t i = 0; i < *count; i++) {
			if (str_eq(params[i].key, param->key))
				return false;
		}
		++*count;
	}
	return true;
}

static bool
take_list(struct str *rest, struct sf_member *member)
{
	struct sf_param ignored[SF_PARAMS_MAX];
	size_t params;

	member->is_list = true;
	if (take_char(rest, ')'))
		return true;
	do {
		struct sf_item *item = &member->items[member->item_count];

		if (member->item_count == SF_ITEMS_MAX || !take_item(rest, item) ||
			!take_params(rest, ignored, &params))
			return false;
		item->with_params = params > 0;
		member->item_count++;
	} while (take_char(rest, ' '));
	return take_char(rest, ')');
}

static bool
take_member(struct str *rest, struct sf_member *member)
{
	struct str behind_key;

	member->is_list = false;
	member->item_count = 0;
	if (!take_key(rest, &member->key) || !take_char(rest, '='))
		return false; /* a key alone means true: no field that we read has one */
	behind_key = *rest;
	if (take_char(rest, '(')) {
		if (!take_list(rest, member))
			return false;
	} else {
		if (!take_item(rest, &member->items[0]))
			return false;
		member->item_count = 1;
	}
	if (!take_params(rest, member->params, &member->param_count))
		return false;
	member->text = str_cut(behind_key, 0, behind_key.len - rest->len);
	return true;
}

static void
skip_blanks(struct str *rest)
{
	while (take_char(rest, ' ') || take_char(rest, '\t'))
		;
}

bool
sf_read_dictionary(struct str header, struct sf_dictionary *dictionary)
{
	dictionary->count = 0;
	do {
		struct sf_member *member = &dictionary->members[dictionary->count];

		skip_blanks(&header);
		if (dictionary->count == SF_MEMBERS_MAX || !take_member(&header, member) ||
			sf_find(dictionary, member->key) != NULL)
			return false;
		dictionary->count++;
		skip_blanks(&header);
	} while (take_char(&header, ','));
	return header.len == 0;
}

const struct sf_member *
sf_find(const struct sf_dictionary *dictionary, struct str key)
{
	for (size_t i = 0; i < dictionary->count; i++) {
		if (str_eq(dictionary->members[i].key, key))
			return &dictionary->members[i];
	}
	return NULL;
}

const struct sf_item *
sf_param(const struct sf_member *member, const char *key)
{
	for (size_t i = 0; i < member->param_count; i++) {
		if (str_eq(member->params[i].key, str_from(key)))
			return &member->params[i].value;
	}
	return NULL;
}
