/*
 * fields.c - choose the reader of a body, and read one field of the list it gives.
 */
#include "chopay/clock.h"
#include "chopay/json.h"

#include "fields.h"

#define AMOUNT_MAX INT64_C(1000000000000000) /* as vnd_parse */

/* "multipart/form-data; boundary=x" -> "multipart/form-data" */
static bool
media_type_is(struct str content_type, struct str media_type)
{
	struct str head;

	str_split(&content_type, ';', &head);
	return str_eq_nocase(str_trim(head), media_type);
}

struct err
fields_parse_json(struct str body, json_t **value)
{
	if (str_find(body, STR("\0")) >= 0)
		return FAIL(ERR_INVALID, "JSON with a raw NUL byte");
	return json_parse_strict(body, value, NULL);
}

static struct err
fields_from_json(struct arena *arena, struct str body, struct fields *fields)
{
	json_t *value CLEANUP(json_cleanup) = NULL;

	TRY(fields_parse_json(body, &value));
	return fields_from_object(arena, value, fields);
}

struct err
fields_read(struct arena *arena, struct str content_type, struct str body, struct fields *fields)
{
	if (media_type_is(content_type, STR("application/x-www-form-urlencoded")))
		return fields_from_form(arena, body, fields);
	if (media_type_is(content_type, STR("multipart/form-data")))
		return fields_from_multipart(arena, content_type, body, fields);
	return fields_from_json(arena, body, fields);
}

static const struct field *
find(const struct fields *fields, struct str name)
{
	for (size_t i = 0; i < fields->count; i++) {
		if (str_eq(fields->items[i].name, name))
			return &fields->items[i];
	}
	return NULL;
}

struct err
fields_add(struct arena *arena, struct fields *fields, struct str name, struct str text)
{
	if (fields->items == NULL)
		fields->items = arena_alloc(arena, FIELDS_MAX * sizeof(*fields->items));
	if (fields->count == FIELDS_MAX)
		return FAIL(ERR_INVALID, "a form with too many fields");
	if (name.len == 0)
		return FAIL(ERR_INVALID, "a form field without a name");
	if (find(fields, name) != NULL)
		return FAIL(ERR_INVALID, "a form names a field twice");
	if (!str_is_utf8(name) || !str_is_utf8(text))
		return FAIL(ERR_INVALID, "a form field is not UTF-8");
	fields->items[fields->count++] = (struct field){
		.name = name, .kind = FIELD_TEXT, .text = text};
	return OK;
}

struct err
fields_from_object(struct arena *arena, const json_t *object, struct fields *fields)
{
	/* jansson's iterator does not change the object; its signature says it may. */
	json_t *members = (json_t *)(uintptr_t)object;
	const char *name;
	json_t *value;

	if (!json_is_object(object) || json_object_size(object) > FIELDS_MAX)
		return FAIL(ERR_INVALID, "not a JSON object of a sensible size");
	*fields = (struct fields){
		arena_alloc(arena, (json_object_size(object) + 1) * sizeof(struct field)), 0};
	json_object_foreach(members, name, value)
	{
		struct field *field = &fields->items[fields->count];

		if (json_is_null(value))
			continue;
		field->name = arena_copy(arena, str_from(name));
		field->kind = FIELD_OTHER;
		if (json_is_string(value)) {
			field->kind = FIELD_TEXT;
			field->text = arena_copy(arena, json_str(value));
		} else if (json_is_integer(value)) {
			field->kind = FIELD_INTEGER;
			field->integer = json_integer_value(value);
		}
		fields->count++;
	}
	return OK;
}

struct err
fields_text(const struct fields *fields, const char *name, struct str *text)
{
	const struct field *field = find(fields, str_from(name));

	*text = (struct str){NULL, 0};
	if (field == NULL)
		return OK;
	if (field->kind != FIELD_TEXT)
		return FAIL(ERR_INVALID, "a field that should be text is not");
	if (field->text.len > 0)
		*text = field->text;
	return OK;
}

struct err
fields_token(struct arena *arena, const struct fields *fields, const char *name, struct str *token)
{
	const struct field *field = find(fields, str_from(name));

	if (field != NULL && field->kind == FIELD_INTEGER) {
		*token = arena_printf(arena, "%lld", (long long)field->integer);
		return OK;
	}
	TRY(fields_text(fields, name, token));
	if (token->len > FIELD_TOKEN_MAX)
		return FAIL(ERR_INVALID, "an identifier that is too long");
	for (size_t i = 0; i < token->len; i++) {
		unsigned char c = (unsigned char)token->ptr[i];

		if (c < 0x20 || c == 0x7f)
			return FAIL(ERR_INVALID, "an identifier with a control character");
	}
	return OK;
}

struct err
fields_id(struct arena *arena, const struct fields *fields, const char *name, struct str *id)
{
	TRY(fields_token(arena, fields, name, id));
	if (id->len == 0 || str_eq(*id, STR("0")) || str_starts(*id, STR("-")))
		return FAIL(ERR_INVALID, "the transaction has no id");
	for (size_t i = 0; i < id->len; i++) {
		if (id->ptr[i] <= ' ' || id->ptr[i] > '~')
			return FAIL(ERR_INVALID, "the transaction's id is malformed");
	}
	return OK;
}

struct err
fields_token_either(struct arena *arena, const struct fields *fields, const char *name,
	const char *other_name, struct str *token)
{
	struct str other;

	TRY(fields_token(arena, fields, name, token));
	TRY(fields_token(arena, fields, other_name, &other));
	if (token->len == 0)
		*token = other;
	else if (other.len > 0 && !str_eq(*token, other))
		return FAIL(ERR_INVALID, "one field in two spellings that differ");
	return OK;
}

struct err
fields_compact_time(const struct fields *fields, const char *name, int64_t *time_ms)
{
	struct buf local CLEANUP(buf_fini) = {0};
	struct str text;

	TRY(fields_text(fields, name, &text));
	if (text.len != 14)
		return FAIL(ERR_INVALID, "a time is yyyyMMddHHmmss");
	buf_addf(&local, "%.4s-%.2s-%.2s %.2s:%.2s:%.2s", text.ptr, text.ptr + 4, text.ptr + 6,
		text.ptr + 8, text.ptr + 10, text.ptr + 12);
	return time_parse_local(buf_str(&local), time_ms);
}

struct err
fields_signed_amount(
	const struct fields *fields, const char *name, struct vnd *amount, bool *outgoing)
{
	const struct field *field = find(fields, str_from(name));
	int64_t dong;

	if (field == NULL || field->kind == FIELD_OTHER)
		return FAIL(ERR_INVALID, "the amount is missing or not a whole number");
	dong = field->integer;
	if (field->kind == FIELD_TEXT)
		TRY(str_to_i64(field->text, &dong));
	if (dong < -AMOUNT_MAX || dong > AMOUNT_MAX)
		return FAIL(ERR_INVALID, "the amount is out of range");
	*outgoing = dong < 0;
	amount->dong = dong < 0 ? -dong : dong;
	return OK;
}

struct err
fields_amount(const struct fields *fields, const char *name, struct vnd *amount)
{
	const struct field *field = find(fields, str_from(name));
	bool outgoing;

	TRY(fields_signed_amount(fields, name, amount, &outgoing));
	/* str_to_i64 takes "-0"; an amount has no sign. */
	if (outgoing || (field->kind == FIELD_TEXT && str_starts(field->text, STR("-"))))
		return FAIL(ERR_INVALID, "the amount has a sign");
	return OK;
}
