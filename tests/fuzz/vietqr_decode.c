/*
 * vietqr_decode.c - any bytes as a code: no crash, and what is accepted can be composed again.
 *
 * Each input is also tried with a right CRC behind it, or the CRC would shield all the rest.
 */
#include <stdlib.h>
#include <string.h>

#include "vietqr.h"

#include "../support/fuzz.h"

#define INPUT_MAX 4096

static bool
same(const struct vietqr *a, const struct vietqr *b)
{
	return strcmp(a->bank_bin, b->bank_bin) == 0 && strcmp(a->account_no, b->account_no) == 0 &&
	       a->amount_dong == b->amount_dong && strcmp(a->memo, b->memo) == 0 &&
	       a->service == b->service && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->city, b->city) == 0 && strcmp(a->mcc, b->mcc) == 0 &&
	       strcmp(a->bill, b->bill) == 0 && strcmp(a->store, b->store) == 0 &&
	       strcmp(a->terminal, b->terminal) == 0;
}

/* What we can compose of it says the same again, strictly. */
static void
compose_again(const struct vietqr_decoded *decoded)
{
	static struct vietqr_decoded again;
	struct vietqr code, seen;
	char text[VIETQR_TEXT_SIZE];

	if (vietqr_view(decoded, &code) != VIETQR_OK || vietqr_encode(&code, text) != VIETQR_OK)
		return;
	must(vietqr_decode(text, strlen(text), VIETQR_STRICT, &again) == VIETQR_OK);
	must(vietqr_view(&again, &seen) == VIETQR_OK && same(&code, &seen));
}

static void
check_findings(const struct vietqr_finding *finding, size_t size)
{
	must(strnlen(finding->code, VIETQR_CODE_SIZE) < VIETQR_CODE_SIZE && finding->code[0]);
	must(strnlen(finding->path, VIETQR_PATH_SIZE) < VIETQR_PATH_SIZE);
	must(finding->offset <= size);
}

static void
decode(const char *text, size_t size)
{
	static struct vietqr_decoded lenient, strict;
	bool accepted = vietqr_decode(text, size, VIETQR_LENIENT, &lenient) == VIETQR_OK;
	bool clean = vietqr_decode(text, size, VIETQR_STRICT, &strict) == VIETQR_OK;

	must(clean == (accepted && lenient.warning_count == 0));
	if (!clean)
		check_findings(&strict.error, size);
	if (!accepted) {
		check_findings(&lenient.error, size);
		must(lenient.field_count == 0 && lenient.warning_count == 0);
		return;
	}
	must(lenient.field_count <= VIETQR_FIELDS_MAX);
	must(lenient.warning_count <= VIETQR_WARNINGS_MAX);
	for (size_t i = 0; i < lenient.field_count; i++) {
		const struct vietqr_field *field = &lenient.fields[i];

		must(field->offset + field->length <= size);
		must(vietqr_find(&lenient, field->path) == field);
	}
	for (size_t i = 0; i < lenient.warning_count; i++)
		check_findings(&lenient.warnings[i], size);
	compose_again(&lenient);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char HEX[] = "0123456789ABCDEF";
	char *text;
	unsigned crc = 0xFFFF;

	if (size > INPUT_MAX)
		return 0;
	text = malloc(size + 8); /* of its own size, for the sanitizer */
	must(text != NULL);
	decode((const char *)bytes, size);

	if (size > 0)
		memcpy(text, bytes, size);
	memcpy(text + size, "6304", 4);
	for (size_t i = 0; i < size + 4; i++) {
		crc ^= (unsigned)(unsigned char)text[i] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xFFFF;
	}
	for (size_t i = 0; i < 4; i++)
		text[size + 4 + i] = HEX[crc >> (12 - 4 * i) & 15];
	decode(text, size + 8);
	free(text);
	return 0;
}
