/* decode.c - reads a code in four steps; each may refuse, none allocates. */
#include "decode.h"

#include "chars.h"

static void
fill(struct vietqr_finding *finding, const char *code, const char *path, size_t offset)
{
	size_t n = 0;

	/* The longest code with the longest path has 31 characters: no check needed here. */
	for (const char *c = code; *c; c++) {
		if (*c != '#') {
			finding->code[n++] = *c;
			continue;
		}
		for (const char *p = path; *p; p++)
			finding->code[n++] = *p;
	}
	finding->code[n] = '\0';

	for (n = 0; path[n]; n++)
		finding->path[n] = path[n];
	finding->path[n] = '\0';
	finding->offset = offset;
}

bool
vq_refuse(struct decoder *decoder, const char *code, const char *path, size_t offset)
{
	fill(&decoder->out->error, code, path, offset);
	return false;
}

void
vq_warn(struct decoder *decoder, const char *code, const char *path, size_t offset)
{
	struct vietqr_decoded *out = decoder->out;

	fill(&out->warnings[out->warning_count++], code, path, offset);
}

void
vq_path(char path[VIETQR_PATH_SIZE], const char *parent, unsigned id)
{
	size_t n = 0;

	for (; parent[n]; n++)
		path[n] = parent[n];
	if (n > 0)
		path[n++] = '.';
	path[n++] = (char)('0' + id / 10);
	path[n++] = (char)('0' + id % 10);
	path[n] = '\0';
}

static bool
decode(struct decoder *decoder, enum vietqr_mode mode)
{
	struct vietqr_decoded *out = decoder->out;

	if (!vq_check_shape(decoder) || !vq_list_fields(decoder))
		return false;
	out->scheme = vq_scheme_of(out);
	if (!vq_check_rules(decoder))
		return false;
	if (mode == VIETQR_STRICT && out->warning_count > 0) {
		out->error = out->warnings[0];
		return false;
	}
	return true;
}

enum vietqr_status
vietqr_decode(
	const char *text, size_t length, enum vietqr_mode mode, struct vietqr_decoded *decoded)
{
	struct decoder decoder = {.text = text, .length = length, .out = decoded};

	/* The two lists are not cleared: their counts say what is in them. */
	decoded->scheme = VIETQR_SCHEME_OTHER;
	decoded->field_count = 0;
	decoded->warning_count = 0;
	decoded->crc[0] = '\0';
	decoded->error = (struct vietqr_finding){.offset = 0};
	if (decode(&decoder, mode))
		return VIETQR_OK;

	/* Nothing of a refused text is handed on: half a payment is worse than none. */
	decoded->scheme = VIETQR_SCHEME_OTHER;
	decoded->field_count = 0;
	decoded->warning_count = 0;
	return VIETQR_BAD_TEXT;
}

const struct vietqr_field *
vietqr_find(const struct vietqr_decoded *decoded, const char *path)
{
	for (size_t i = 0; i < decoded->field_count; i++) {
		const char *have = decoded->fields[i].path;
		size_t n = 0;

		while (have[n] != '\0' && have[n] == path[n])
			n++;
		if (have[n] == path[n])
			return &decoded->fields[i];
	}
	return NULL;
}
