/* rules.c - what a field's value may be: refusals for everyone, warnings for habits of real apps.
 */
#include "decode.h"

#include "chars.h"

#define AMOUNT_MAX 13
#define ACCOUNT_MAX 19

static bool
refuse_at(struct decoder *d, const char *code, const struct vietqr_field *field, size_t n)
{
	return vq_refuse(d, code, field->path, field->offset + n);
}

static void
warn_at(struct decoder *d, const char *code, const struct vietqr_field *field, size_t n)
{
	vq_warn(d, code, field->path, field->offset + n);
}

static bool
is(const struct vietqr_field *field, const char *want)
{
	return vq_equal(field->value, field->length, want);
}

/* Reading from the left, the first byte that keeps the value from being `count` characters of a
 * class: one outside the class, one too many, or the end of a value that is too short. */
static bool
is_exactly(const struct vietqr_field *field, size_t count, bool (*allowed)(char), size_t *fault)
{
	size_t n = 0;

	while (n < field->length && n < count && allowed(field->value[n]))
		n++;
	*fault = n;
	return n == count && field->length == count;
}

static unsigned
root_of(const struct vietqr_field *field)
{
	return (unsigned)(field->path[0] - '0') * 10 + (unsigned)(field->path[1] - '0');
}

static bool
is_root(const struct vietqr_field *field)
{
	return field->path[2] == '\0';
}

/* A control character (U+0000-1F, U+007F-9F) never belongs into a text for people. */
static bool
check_controls(struct decoder *d, const struct vietqr_field *field)
{
	for (size_t i = 0; i < field->length; i++) {
		unsigned char c = (unsigned char)field->value[i];

		if (c < 0x20 || c == 0x7F ||
			(c == 0xC2 && (unsigned char)field->value[i + 1] < 0xA0))
			return refuse_at(d, "control_character", field, i);
	}
	return true;
}

/* More than `max` characters: a warning at the first too many. */
static void
warn_too_long(struct decoder *d, const struct vietqr_field *field, size_t max, const char *code)
{
	size_t end = vq_chars_skip(field->value, 0, field->length, max);

	if (end < field->length)
		warn_at(d, code, field, end);
}

static bool
check_pfi(struct decoder *d, const struct vietqr_field *field)
{
	size_t fault;

	if (is(field, "01"))
		return true;
	/* Malaysia's DuitNow writes 02; a VietQR that is not 01 is of a version not yet written. */
	if (d->out->scheme == VIETQR_SCHEME_VIETQR || !is_exactly(field, 2, is_digit, &fault))
		return refuse_at(d, "pfi_unsupported", field, 0);
	warn_at(d, "pfi_not_01", field, 0);
	return true;
}

static bool
check_amount(struct decoder *d, const struct vietqr_field *field)
{
	const struct vietqr_field *currency = vietqr_find(d->out, "53");
	size_t whole = 0, n;
	bool zero = true;

	if (field->length == 0)
		return refuse_at(d, "amount_empty", field, 0);
	while (whole < field->length && is_digit(field->value[whole]))
		whole++;
	n = whole;
	if (whole > 0 && n < field->length && field->value[n] == '.')
		n++;
	while (n > whole && n < field->length && is_digit(field->value[n]))
		n++;
	if (n < field->length)
		return refuse_at(d, "amount_format", field, n);
	if (field->length > AMOUNT_MAX)
		return refuse_at(d, "amount_too_long", field, AMOUNT_MAX);

	for (size_t i = 0; i < field->length; i++)
		zero = zero && (field->value[i] == '0' || field->value[i] == '.');
	if (zero)
		return refuse_at(d, "amount_zero", field, 0);
	if (whole + 1 < field->length && currency && is(currency, "704"))
		return refuse_at(d, "amount_decimals_for_vnd", field, whole + 1);
	return true;
}

/* The root fields of fixed form. */
static bool
check_root(struct decoder *d, const struct vietqr_field *field)
{
	size_t fault;

	switch (root_of(field)) {
	case 0:
		return check_pfi(d, field);
	case 1:
		return is(field, "11") || is(field, "12") || refuse_at(d, "poi_invalid", field, 0);
	case 53:
		return is_exactly(field, 3, is_digit, &fault) ||
		       refuse_at(d, "currency_format", field, fault);
	case 54:
		return check_amount(d, field);
	case 58:
		return is_exactly(field, 2, is_letter, &fault) ||
		       refuse_at(d, "country_format", field, fault);
	default:
		return true;
	}
}

static void
warn_root(struct decoder *d, const struct vietqr_field *field)
{
	unsigned id = root_of(field);
	size_t fault;

	if (id == 52 && !is_exactly(field, 4, is_digit, &fault))
		warn_at(d, "mcc_format", field, fault);
	if (id == 59)
		warn_too_long(d, field, 25, "merchant_name_too_long");
	if (id == 60)
		warn_too_long(d, field, 15, "merchant_city_too_long");
	if (id == 61)
		warn_too_long(d, field, 10, "postal_code_too_long");
	if ((id >= 26 && id <= 51) || id == 64 || id >= 80)
		warn_at(d, "template_#_not_tlv", field, 0); /* or it would have been opened */
}

/* Any Unicode is allowed in the language template and in what others define; in the rest a
 * scanner that guesses the wrong alphabet changes the text. */
static bool
must_be_ascii(const struct decoder *d, unsigned root)
{
	return root < 26 || (root >= 52 && root < 64) ||
	       (root <= 51 && d->out->scheme == VIETQR_SCHEME_VIETQR);
}

static void
warn_field(struct decoder *d, const struct vietqr_field *field)
{
	unsigned root = root_of(field);
	size_t n = 0;

	if (field->length == 0) {
		warn_at(d, "zero_length_#", field, 0);
		return;
	}
	if (is_root(field))
		warn_root(d, field);
	if (root == 62 && field->path[3] == '0' && field->path[4] >= '1' && field->path[4] <= '8' &&
		field->path[5] == '\0')
		warn_too_long(d, field, 25, "#_too_long");

	while (n < field->length && is_ascii(field->value[n]))
		n++;
	if (n < field->length && must_be_ascii(d, root))
		warn_at(d, "non_ascii_#", field, n);
}

static void
warn_crc_lowercase(struct decoder *d)
{
	for (size_t i = 0; i < 4; i++)
		if (d->text[d->crc_at + 4 + i] != d->out->crc[i]) {
			vq_warn(d, "crc_lowercase", "63", d->crc_at + 4);
			return;
		}
}

static bool
check_mandatory(struct decoder *d)
{
	bool merchant = false;

	if (!vietqr_find(d->out, "53"))
		return vq_refuse(d, "missing_mandatory_#", "53", d->crc_at);
	if (!vietqr_find(d->out, "58"))
		return vq_refuse(d, "missing_mandatory_#", "58", d->crc_at);
	for (size_t i = 0; i < d->out->field_count; i++) {
		unsigned root = root_of(&d->out->fields[i]);

		merchant = merchant || (root >= 2 && root <= 51);
	}
	return merchant || vq_refuse(d, "missing_merchant_account", "", d->crc_at);
}

static bool
check_account(struct decoder *d, const struct vietqr_field *field)
{
	if (field->length == 0)
		return refuse_at(d, "vietqr_account_empty", field, 0);
	for (size_t i = 0; i < field->length; i++) {
		if (i == ACCOUNT_MAX)
			return refuse_at(d, "vietqr_account_too_long", field, i);
		if (!is_printable(field->value[i]) || field->value[i] == ' ')
			return refuse_at(d, "vietqr_account_charset", field, i);
	}
	return true;
}

/* The NAPAS template: fields.c has seen to it that the bank and the account are there. */
static bool
check_vietqr(struct decoder *d)
{
	const struct vietqr_field *bin = vietqr_find(d->out, "38.01.00");
	const struct vietqr_field *account = vietqr_find(d->out, "38.01.01");
	const struct vietqr_field *service = vietqr_find(d->out, "38.02");
	size_t fault;

	if (!is_exactly(bin, 6, is_digit, &fault))
		return refuse_at(d, "vietqr_bin_invalid", bin, fault);
	if (!check_account(d, account))
		return false;
	if (service && !is(service, "QRIBFTTA") && !is(service, "QRIBFTTC") &&
		!is(service, "QRPUSH") && !is(service, "QRCASH"))
		return refuse_at(d, "vietqr_service_unknown", service, 0);
	if (!vietqr_find(d->out, "01"))
		vq_warn(d, "poi_absent", "01", d->crc_at);
	return true;
}

bool
vq_check_rules(struct decoder *d)
{
	const struct vietqr_field *fields = d->out->fields;
	size_t count = d->out->field_count;

	for (size_t i = 0; i < count; i++)
		if (!check_controls(d, &fields[i]))
			return false;
	if (!check_mandatory(d))
		return false;
	for (size_t i = 0; i < count; i++)
		if (is_root(&fields[i]) && !check_root(d, &fields[i]))
			return false;
	if (d->out->scheme == VIETQR_SCHEME_VIETQR && !check_vietqr(d))
		return false;

	for (size_t i = 0; i < count; i++)
		warn_field(d, &fields[i]);
	warn_crc_lowercase(d);
	return true;
}
