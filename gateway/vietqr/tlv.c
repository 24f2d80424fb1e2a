/* tlv.c - walks objects without trusting one byte of them. */
#include "tlv.h"

#include "chars.h"

static enum tlv_step
stop(struct tlv_reader *reader, enum tlv_step step, size_t at)
{
	reader->fault_at = at;
	return step;
}

/* Of the two characters at `at`, the first that is no digit; `at + 2` when both are. */
static size_t
digits_end(const struct tlv_reader *reader, size_t at)
{
	size_t i = at;

	while (i < at + 2 && i < reader->end && is_digit(reader->text[i]))
		i++;
	return i;
}

static unsigned
number(const char *digits)
{
	return (unsigned)(digits[0] - '0') * 10 + (unsigned)(digits[1] - '0');
}

enum tlv_step
vq_tlv_next(struct tlv_reader *reader, struct tlv_object *object)
{
	size_t at = reader->at, digit;

	*object = (struct tlv_object){.id = TLV_NO_ID, .at = at, .from = at, .to = at};
	if (at == reader->end)
		return TLV_END;

	digit = digits_end(reader, at);
	if (digit < at + 2)
		return digit == reader->end ? stop(reader, TLV_SHORT, at)
					    : stop(reader, TLV_BAD_ID, digit);
	object->id = number(reader->text + at);

	digit = digits_end(reader, at + 2);
	if (digit < at + TLV_HEAD)
		return digit == reader->end ? stop(reader, TLV_SHORT, at)
					    : stop(reader, TLV_BAD_LENGTH, digit);
	object->from = at + TLV_HEAD;
	object->to = vq_chars_skip(
		reader->text, object->from, reader->end, number(reader->text + at + 2));
	if (object->to > reader->end)
		return stop(reader, TLV_PAST_END, at + 2);

	reader->at = object->to;
	return TLV_OBJECT;
}

bool
vq_tlv_parses(const char *text, size_t from, size_t to, size_t *fault_at)
{
	struct tlv_reader reader = {.text = text, .at = from, .end = to};
	struct tlv_object object;
	enum tlv_step step;

	do
		step = vq_tlv_next(&reader, &object);
	while (step == TLV_OBJECT);
	if (step != TLV_END && fault_at)
		*fault_at = reader.fault_at;
	return step == TLV_END;
}
