/* fields.c - opens the templates and lists what is in them, flat, by dotted path. */
#include "decode.h"

#include "chars.h"
#include "tlv.h"

/* Every field costs the text a tag and a length, so the list cannot overflow. */
_Static_assert(VIETQR_FIELDS_MAX *TLV_HEAD >= VIETQR_TEXT_MAX, "too few fields");

/* Objects one after another: the root, or the inside of a template. */
struct level {
	const char *path; /* of the template; "" for the root */
	struct tlv_reader reader;
	bool seen[TLV_IDS];
};

static struct level
level_of(const struct decoder *decoder, const char *path, const struct tlv_object *object)
{
	return (struct level){
		.path = path,
		.reader = {.text = decoder->text, .at = object->from, .end = object->to},
	};
}

/* The next object of a level that parses, and its path; false at the end.  A tag that stood
 * here before is refused: one reader would take the first, another the last. */
static bool
level_next(struct decoder *decoder, struct level *level, struct tlv_object *object,
	char path[VIETQR_PATH_SIZE], bool *ok)
{
	if (vq_tlv_next(&level->reader, object) != TLV_OBJECT)
		return false;
	vq_path(path, level->path, object->id);
	if (level->seen[object->id]) {
		*ok = vq_refuse(decoder, level->path[0] ? "duplicate_subtag_#" : "duplicate_tag_#",
			path, object->at);
		return false;
	}
	level->seen[object->id] = true;
	return true;
}

static void
add_field(struct decoder *decoder, const char *path, const struct tlv_object *object)
{
	struct vietqr_decoded *out = decoder->out;
	struct vietqr_field *field = &out->fields[out->field_count++];
	size_t n = 0;

	for (; path[n]; n++)
		field->path[n] = path[n];
	field->path[n] = '\0';
	field->value = decoder->text + object->from;
	field->length = object->to - object->from;
	field->offset = object->from;
}

static bool
refuse_nested(struct decoder *decoder, const char *path, size_t fault_at)
{
	return vq_refuse(decoder, "nested_tlv_malformed_#", path, fault_at);
}

static bool
starts_with_guid(const struct decoder *decoder, const struct tlv_object *object)
{
	struct tlv_reader reader = {.text = decoder->text, .at = object->from, .end = object->to};
	struct tlv_object first;

	return vq_tlv_next(&reader, &first) == TLV_OBJECT && first.id == 0;
}

/* A template of texts: all its objects become fields. */
static bool
open_flat(struct decoder *decoder, const char *path, const struct tlv_object *object)
{
	struct level level = level_of(decoder, path, object);
	struct tlv_object sub;
	char sub_path[VIETQR_PATH_SIZE];
	bool ok = true;

	while (level_next(decoder, &level, &sub, sub_path, &ok))
		add_field(decoder, sub_path, &sub);
	return ok;
}

/* 26-51, 64, 80-99: whose inside we know only if it parses and names its owner first. */
static bool
open_guest(struct decoder *decoder, const char *path, const struct tlv_object *object)
{
	if (vq_tlv_parses(decoder->text, object->from, object->to, NULL) &&
		starts_with_guid(decoder, object))
		return open_flat(decoder, path, object);
	add_field(decoder, path, object);
	return true;
}

/* 62: texts, and from 50 on templates of payment systems. */
static bool
open_additional(struct decoder *decoder, const struct tlv_object *object)
{
	struct level level = level_of(decoder, "62", object);
	struct tlv_object sub;
	char path[VIETQR_PATH_SIZE];
	size_t fault_at;
	bool ok = true;

	if (!vq_tlv_parses(decoder->text, object->from, object->to, &fault_at))
		return refuse_nested(decoder, "62", fault_at);
	if (object->from == object->to)
		add_field(decoder, "62", object);
	while (ok && level_next(decoder, &level, &sub, path, &ok)) {
		if (sub.id >= 50 && sub.from < sub.to &&
			vq_tlv_parses(decoder->text, sub.from, sub.to, NULL))
			ok = open_flat(decoder, path, &sub);
		else
			add_field(decoder, path, &sub);
	}
	return ok;
}

static bool
refuse_no_beneficiary(struct decoder *decoder, const char *path, const struct tlv_object *in)
{
	return vq_refuse(decoder, "vietqr_beneficiary_missing", path, in->to);
}

/* 38.01: the bank and the account. */
static bool
open_beneficiary(struct decoder *decoder, const struct tlv_object *object)
{
	size_t fault_at;

	if (!vq_tlv_parses(decoder->text, object->from, object->to, &fault_at))
		return refuse_nested(decoder, "38.01", fault_at);
	if (!open_flat(decoder, "38.01", object))
		return false;
	if (!vietqr_find(decoder->out, "38.01.00"))
		return refuse_no_beneficiary(decoder, "38.01.00", object);
	if (!vietqr_find(decoder->out, "38.01.01"))
		return refuse_no_beneficiary(decoder, "38.01.01", object);
	return true;
}

static bool
open_napas(struct decoder *decoder, const struct tlv_object *object)
{
	struct level level = level_of(decoder, "38", object);
	struct tlv_object sub;
	char path[VIETQR_PATH_SIZE];
	bool ok = true;

	while (ok && level_next(decoder, &level, &sub, path, &ok)) {
		if (sub.id == 1)
			ok = open_beneficiary(decoder, &sub);
		else
			add_field(decoder, path, &sub);
	}
	if (ok && !level.seen[1])
		return refuse_no_beneficiary(decoder, "38.01", object);
	return ok;
}

/* Is there a NAPAS identifier among the objects?  Not only first: no order is promised. */
static bool
is_napas(const struct decoder *decoder, const struct tlv_object *object)
{
	struct tlv_reader reader = {.text = decoder->text, .at = object->from, .end = object->to};
	struct tlv_object sub;

	while (vq_tlv_next(&reader, &sub) == TLV_OBJECT)
		if (sub.id == 0 &&
			vq_equal(decoder->text + sub.from, sub.to - sub.from, "A000000727"))
			return true;
	return false;
}

static bool
open_38(struct decoder *decoder, const struct tlv_object *object)
{
	size_t fault_at;

	if (!vq_tlv_parses(decoder->text, object->from, object->to, &fault_at))
		return refuse_nested(decoder, "38", fault_at);
	if (is_napas(decoder, object))
		return open_napas(decoder, object);
	return open_guest(decoder, "38", object);
}

static bool
open_root(struct decoder *decoder, const char *path, const struct tlv_object *object)
{
	unsigned id = object->id;

	if (id == 38)
		return open_38(decoder, object);
	if (id == 62)
		return open_additional(decoder, object);
	if ((id >= 26 && id <= 51) || id == 64 || id >= 80)
		return open_guest(decoder, path, object);
	add_field(decoder, path, object);
	if (id == 63) /* handed out in upper case, as the papers write it */
		decoder->out->fields[decoder->out->field_count - 1].value = decoder->out->crc;
	return true;
}

bool
vq_list_fields(struct decoder *decoder)
{
	struct tlv_object all = {.from = 0, .to = decoder->length};
	struct level root = level_of(decoder, "", &all);
	struct tlv_object object;
	char path[VIETQR_PATH_SIZE];
	bool ok = true;

	while (ok && level_next(decoder, &root, &object, path, &ok))
		ok = open_root(decoder, path, &object);
	return ok;
}
