/* scheme.c - recognises a payment scheme by the identifier in its template. */
#include "decode.h"

#include "chars.h"

enum how {
	WHOLE, /* the identifier is this */
	START, /* ... or starts with it */
	HOLDS, /* ... or has this character in it */
};

/* In the order of preference: a code may carry several.  Compared without regard to case, for
 * reversed domains are written in either. */
static const struct {
	enum vietqr_scheme scheme;
	enum how how;
	const char *guid;
} GUIDS[] = {
	{VIETQR_SCHEME_VNPAY, WHOLE, "A000000775"},
	{VIETQR_SCHEME_PROMPTPAY, START, "A0000006770101"}, /* 11 transfer, 12 bill, 13, 14 */
	{VIETQR_SCHEME_QRIS, START, "ID."},		    /* ID.CO.QRIS.WWW, and its members' */
	{VIETQR_SCHEME_PIX, WHOLE, "BR.GOV.BCB.PIX"}, {VIETQR_SCHEME_QRPH, WHOLE, "COM.P2PQRPAY"},
	{VIETQR_SCHEME_QRPH, START, "PH.PPMI."}, {VIETQR_SCHEME_DUITNOW, WHOLE, "A0000006150001"},
	{VIETQR_SCHEME_SGQR, WHOLE, "SG.SGQR"}, {VIETQR_SCHEME_SGQR, WHOLE, "SG.PAYNOW"},
	{VIETQR_SCHEME_KHQR, HOLDS, "@"}, /* account@bank */
};

static bool
guid_is(const struct vietqr_field *field, enum how how, const char *guid)
{
	size_t n = 0;

	if (how == HOLDS) {
		while (n < field->length && field->value[n] != guid[0])
			n++;
		return n < field->length;
	}
	while (n < field->length && guid[n] && to_upper(field->value[n]) == guid[n])
		n++;
	return guid[n] == '\0' && (how == START || n == field->length);
}

/* "26.00" .. "51.00": the first object of a merchant account template. */
static bool
is_guid_path(const char *path)
{
	return path[2] == '.' && path[3] == '0' && path[4] == '0' && path[5] == '\0' &&
	       ((path[0] == '2' && path[1] >= '6') || path[0] == '3' || path[0] == '4' ||
		       (path[0] == '5' && path[1] <= '1'));
}

enum vietqr_scheme
vq_scheme_of(const struct vietqr_decoded *decoded)
{
	const struct vietqr_field *napas = vietqr_find(decoded, "38.00");

	if (napas && vq_equal(napas->value, napas->length, "A000000727"))
		return VIETQR_SCHEME_VIETQR;
	for (size_t g = 0; g < sizeof(GUIDS) / sizeof(GUIDS[0]); g++)
		for (size_t i = 0; i < decoded->field_count; i++)
			if (is_guid_path(decoded->fields[i].path) &&
				guid_is(&decoded->fields[i], GUIDS[g].how, GUIDS[g].guid))
				return GUIDS[g].scheme;
	return VIETQR_SCHEME_OTHER;
}

const char *
vietqr_scheme_name(enum vietqr_scheme scheme)
{
	switch (scheme) {
	case VIETQR_SCHEME_VIETQR:
		return "vietqr";
	case VIETQR_SCHEME_VNPAY:
		return "vnpay";
	case VIETQR_SCHEME_PROMPTPAY:
		return "promptpay";
	case VIETQR_SCHEME_QRIS:
		return "qris";
	case VIETQR_SCHEME_PIX:
		return "pix";
	case VIETQR_SCHEME_QRPH:
		return "qrph";
	case VIETQR_SCHEME_DUITNOW:
		return "duitnow";
	case VIETQR_SCHEME_SGQR:
		return "sgqr";
	case VIETQR_SCHEME_KHQR:
		return "khqr";
	case VIETQR_SCHEME_OTHER:
		break;
	}
	return "other";
}
