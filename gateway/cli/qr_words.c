/* qr_words.c - from a reading to JSON. */
#include <string.h>

#include "qr.h"

/* A value of a decoded code: well-formed UTF-8 without control characters, so that only two
 * characters need an escape.  Not jansson: a batch writes 15 strings a line. */
static void
put_string(struct buf *out, const char *text, size_t length)
{
	size_t from = 0;

	buf_addc(out, '"');
	for (size_t i = 0; i < length; i++)
		if (text[i] == '"' || text[i] == '\\') {
			buf_add(out, (struct str){text + from, i - from});
			buf_addc(out, '\\');
			from = i;
		}
	buf_add(out, (struct str){text + from, length - from});
	buf_addc(out, '"');
}

static void
put_name(struct buf *out, const char *name)
{
	put_string(out, name, strlen(name));
}

void
qr_put_json(struct buf *out, enum vietqr_status status, const struct vietqr_decoded *decoded)
{
	if (status != VIETQR_OK) {
		buf_addf(out,
			"{\"valid\":false,\"error\":{\"code\":\"%s\",\"path\":\"%s\",\"offset\":%zu}}",
			decoded->error.code, decoded->error.path, decoded->error.offset);
		return;
	}
	buf_adds(out, "{\"valid\":true,\"scheme\":");
	put_name(out, vietqr_scheme_name(decoded->scheme));
	buf_adds(out, ",\"fields\":{");
	for (size_t i = 0; i < decoded->field_count; i++) {
		const struct vietqr_field *field = &decoded->fields[i];

		if (i > 0)
			buf_addc(out, ',');
		put_name(out, field->path);
		buf_addc(out, ':');
		put_string(out, field->value, field->length);
	}
	buf_adds(out, "},\"warnings\":[");
	for (size_t i = 0; i < decoded->warning_count; i++) {
		if (i > 0)
			buf_addc(out, ',');
		put_name(out, decoded->warnings[i].code);
	}
	buf_adds(out, "]}");
}
