/* The strict way in and short ways out, over jansson. */
#include <stdlib.h>
#include <string.h>

#include "chopay/clock.h"
#include "chopay/json.h"

void
json_use_memory(void)
{
	json_set_alloc_funcs(mem_alloc, free);
}

void
json_cleanup(json_t **value)
{
	json_decref(*value);
}

/* jansson's own bound on depth is 2048; ours is checked on the bytes, before it recurses. */
static bool
depth_ok(struct str text, size_t *offset)
{
	bool in_string = false;
	int depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_DEPTH_MAX_CHOPAY) {
				*offset = i;
				return false;
			}
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	return true;
}

struct err
json_parse_strict(struct str text, json_t **value, size_t *offset)
{
	json_error_t error;
	size_t ignored;
	const char *nul = text.len == 0 ? NULL : memchr(text.ptr, '\0', text.len);

	if (offset == NULL)
		offset = &ignored;
	if (nul != NULL) { /* jansson passes over one behind a number */
		*offset = (size_t)(nul - text.ptr);
		return FAIL(ERR_INVALID, "a NUL byte in JSON");
	}
	if (!depth_ok(text, offset))
		return FAIL(ERR_INVALID, "JSON nested deeper than 32 levels");
	*value = json_loadb(text.len == 0 ? "" : text.ptr, text.len,
		JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
	if (*value != NULL)
		return OK;
	*offset = error.position < 0 ? 0 : (size_t)error.position;
	switch (json_error_code(&error)) {
	case json_error_duplicate_key:
		return FAIL(ERR_INVALID, "JSON names a member twice");
	case json_error_premature_end_of_input:
		return FAIL(ERR_INVALID, "JSON is cut off");
	case json_error_invalid_utf8:
		return FAIL(ERR_INVALID, "JSON is not UTF-8");
	case json_error_end_of_input_expected:
		return FAIL(ERR_INVALID, "something stands behind the JSON");
	case json_error_numeric_overflow:
		return FAIL(ERR_INVALID, "a JSON number is out of range");
	default:
		return FAIL(ERR_INVALID, "not JSON");
	}
}

struct str
json_str(const json_t *string)
{
	return (struct str){json_string_value(string), json_string_length(string)};
}

struct err
json_member_str(const json_t *object, const char *name, struct str *text)
{
	const json_t *member = json_object_get(object, name);

	if (!json_is_string(member))
		return FAIL(ERR_INVALID, "a text member is missing or not a text");
	*text = json_str(member);
	return OK;
}

struct err
json_member_str_opt(const json_t *object, const char *name, struct str *text)
{
	const json_t *member = json_object_get(object, name);

	*text = (struct str){NULL, 0};
	if (member == NULL || json_is_null(member))
		return OK;
	return json_member_str(object, name, text);
}

struct err
json_member_i64(const json_t *object, const char *name, int64_t *value)
{
	const json_t *member = json_object_get(object, name);

	if (!json_is_integer(member))
		return FAIL(ERR_INVALID, "a number is missing or not a whole number");
	*value = json_integer_value(member);
	return OK;
}

json_t *
json_from_str(struct str text)
{
	return json_stringn_nocheck(text.len == 0 ? "" : text.ptr, text.len);
}

void
json_set_str(json_t *object, const char *name, struct str text)
{
	json_object_set_new_nocheck(object, name, json_from_str(text));
}

void
json_set_i64(json_t *object, const char *name, int64_t value)
{
	json_object_set_new_nocheck(object, name, json_integer(value));
}

void
json_set_id(json_t *object, const char *name, int64_t id)
{
	struct buf text CLEANUP(buf_fini) = {0};

	buf_addf(&text, "%lld", (long long)id);
	json_set_str(object, name, buf_str(&text));
}

void
json_set_time(json_t *object, const char *name, int64_t ms)
{
	struct buf text CLEANUP(buf_fini) = {0};

	if (ms == NO_TIME) {
		json_object_set_new_nocheck(object, name, json_null());
		return;
	}
	time_format_rfc3339(&text, ms);
	json_set_str(object, name, buf_str(&text));
}

void
json_set_str_or_null(json_t *object, const char *name, struct str text)
{
	json_object_set_new_nocheck(
		object, name, text.len == 0 ? json_null() : json_from_str(text));
}

void
json_set_id_or_null(json_t *object, const char *name, int64_t id)
{
	if (id == 0)
		json_object_set_new_nocheck(object, name, json_null());
	else
		json_set_id(object, name, id);
}

void
json_set_time_or_null(json_t *object, const char *name, int64_t ms)
{
	json_set_time(object, name, ms == 0 ? NO_TIME : ms);
}

static int
dump_chunk(const char *bytes, size_t size, void *out)
{
	buf_add(out, (struct str){bytes, size});
	return 0;
}

void
json_write(struct buf *out, const json_t *value)
{
	json_dump_callback(value, dump_chunk, out, JSON_COMPACT | JSON_ENCODE_ANY);
}

void
json_write_sorted(struct buf *out, const json_t *value)
{
	json_dump_callback(value, dump_chunk, out, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
}
