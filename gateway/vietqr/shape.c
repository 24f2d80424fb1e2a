/* shape.c - is this text a code at all?  Its characters, its objects from end to end, its CRC. */
#include "decode.h"

#include "chars.h"
#include "crc16.h"
#include "tlv.h"

#define CRC_ID 63
#define CRC_OBJECT 8 /* "6304" and 4 digits */

static bool
check_characters(struct decoder *decoder)
{
	size_t at = 0, characters = 0;

	while (at < decoder->length) {
		size_t size = vq_char_size(decoder->text + at, decoder->length - at);

		if (size == 0)
			return vq_refuse(decoder, "invalid_utf8", "", at);
		if (characters == VIETQR_TEXT_MAX)
			return vq_refuse(decoder, "too_long", "", at);
		characters++;
		at += size;
	}
	return true;
}

static unsigned
hex_value(char c)
{
	return (unsigned)(is_digit(c) ? c - '0' : to_upper(c) - 'A' + 10);
}

/* The CRC in the four digits at `at` is that of every byte before them. */
static bool
crc_agrees(const struct decoder *decoder, size_t at)
{
	unsigned written = 0;

	for (size_t i = 0; i < 4; i++)
		written = written << 4 | hex_value(decoder->text[at + i]);
	return written == vq_crc16(decoder->text, at);
}

/* Only to explain a failure: does the text end the way a whole code does?  The CRC itself is
 * found by walking, for an account number may well contain "6304". */
static bool
ends_with_crc(const struct decoder *decoder)
{
	const char *tail;

	if (decoder->length < CRC_OBJECT)
		return false;
	tail = decoder->text + decoder->length - CRC_OBJECT;
	return vq_equal(tail, 4, "6304") && is_hex(tail[4]) && is_hex(tail[5]) && is_hex(tail[6]) &&
	       is_hex(tail[7]);
}

/* The walk stopped before the CRC.  A right CRC at the end says that the text is as its maker
 * wrote it, so one object is wrong; a wrong one says that anything may be. */
static bool
refuse_broken(
	struct decoder *decoder, enum tlv_step step, const struct tlv_object *object, size_t at)
{
	char path[VIETQR_PATH_SIZE] = "";

	if (object->id != TLV_NO_ID)
		vq_path(path, "", object->id);
	if (ends_with_crc(decoder)) {
		if (!crc_agrees(decoder, decoder->length - 4))
			return vq_refuse(decoder, "root_tlv_malformed", path, at);
	} else if (step == TLV_SHORT || step == TLV_PAST_END) {
		return vq_refuse(decoder, "truncated", path, decoder->length);
	}

	switch (step) {
	case TLV_BAD_ID:
		return vq_refuse(decoder, "tag_not_digits", "", at);
	case TLV_BAD_LENGTH:
		return vq_refuse(decoder, "length_not_digits", path, at);
	case TLV_PAST_END:
		return vq_refuse(decoder, "length_past_end", path, at);
	default:
		return vq_refuse(decoder, "root_tlv_malformed", path, at);
	}
}

static bool
check_crc(struct decoder *decoder, enum tlv_step step, const struct tlv_object *object)
{
	const char *digits = decoder->text + object->from;
	struct vietqr_decoded *out = decoder->out;

	if (step == TLV_SHORT)
		return vq_refuse(decoder, "crc_truncated", "63", decoder->length);
	if (!vq_equal(decoder->text + object->at + 2, 2, "04"))
		return vq_refuse(decoder, "crc_length_wrong", "63", object->at + 2);
	if (step == TLV_PAST_END)
		return vq_refuse(decoder, "crc_truncated", "63", decoder->length);
	for (size_t i = 0; i < 4; i++)
		if (!is_hex(digits[i])) /* stops before it could leave a shorter value */
			return vq_refuse(decoder, "crc_not_hex", "63", object->from + i);
	if (object->to != decoder->length)
		return vq_refuse(decoder, "trailing_garbage", "63", object->to);
	if (!crc_agrees(decoder, object->from))
		return vq_refuse(decoder, "crc_mismatch", "63", object->from);

	decoder->crc_at = object->at;
	for (size_t i = 0; i < 4; i++)
		out->crc[i] = to_upper(digits[i]);
	out->crc[4] = '\0';
	return true;
}

/* Walk to the CRC, wherever it is; it must be whole, right, and the last thing. */
static bool
check_objects(struct decoder *decoder)
{
	struct tlv_reader reader = {.text = decoder->text, .end = decoder->length};
	struct tlv_object object;
	enum tlv_step step;
	bool pfi = false;

	for (size_t count = 0;; count++) {
		step = vq_tlv_next(&reader, &object);
		/* A code starts with a whole object, and something stands before its CRC. */
		if (count == 0 && step != TLV_OBJECT)
			return vq_refuse(decoder, "not_emv", "", 0);
		if (count <= 1 && object.id == CRC_ID)
			return vq_refuse(decoder, "not_emv", "", 0);
		if (step != TLV_OBJECT || object.id == CRC_ID)
			break;
		pfi = pfi || object.id == 0;
	}

	if (object.id == CRC_ID && step != TLV_BAD_LENGTH)
		return check_crc(decoder, step, &object);
	if (!pfi) /* digits that happen to parse: a phone number, a goods barcode */
		return vq_refuse(decoder, "not_emv", "", 0);
	if (step == TLV_END)
		return vq_refuse(decoder, "crc_missing", "63", decoder->length);
	return refuse_broken(decoder, step, &object, reader.fault_at);
}

bool
vq_check_shape(struct decoder *decoder)
{
	if (!check_characters(decoder) || !check_objects(decoder))
		return false;
	return vq_equal(decoder->text, 2, "00") || vq_refuse(decoder, "pfi_not_first", "00", 0);
}
