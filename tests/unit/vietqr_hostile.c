/*
 * vietqr_hostile.c - texts that mean harm: every truncation, every byte of a code replaced by every
 * other, and as many objects as fit.  Each text stands in memory of its own size, so that the
 * sanitizers see one byte read too far.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/str.h"
#include "vietqr.h"

static const char *const codes[] = {
	/* account with memo, lower-case CRC and two templates, raw tag, foreign, not ASCII */
	"00020101021138570010A00000072701270006970436011300110001234560208QRIBFTTA"
	"53037045802VN62080804CHK763044125",
	"00020101021226110007vn.momo38630010A000000727013300069710250119PMC26111000000000660208QRIBFTTA"
	"53037045408150300005802VN62490515MMTfLW654lGX0QR070100821Thanh toan don hang 963045d76",
	"00020101021138620010A00000072701320006970454011899MM24011M348750800208QRIBFTTA53037045802VN"
	"62190515MOMOW2W3487508080030466304EBC8",
	"00020101021126590014BR.GOV.BCB.PIX0111168021888300222Teste QR Code Estatico5204000053039865802BR"
	"5925PMD Marcws Odriano Mi Sil6009SAO PAULO62600522jTdCUfBqTfOAFjuB9GnnLQ50300017BR.GOV.BCB.BRCODE"
	"01051.0.063048E06",
	"00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN"
	"5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.72530315655020162330304123406"
	"03***0708A60086670902ME91320016A0112233449988770708123456786304A13A",
};

#define CODE_COUNT (sizeof(codes) / sizeof(codes[0]))

/* What must hold of any text. */
static void
check(struct str text, enum vietqr_mode mode, struct vietqr_decoded *decoded)
{
	enum vietqr_status status = vietqr_decode(text.ptr, text.len, mode, decoded);

	if (status != VIETQR_OK) {
		assert_int_equal(status, VIETQR_BAD_TEXT);
		assert_true(decoded->error.code[0] != '\0');
		assert_true(decoded->error.offset <= text.len);
		assert_int_equal(decoded->field_count, 0);
		return;
	}
	assert_true(mode == VIETQR_LENIENT || decoded->warning_count == 0);
	assert_in_range(decoded->field_count, 4, VIETQR_FIELDS_MAX);
	for (size_t i = 0; i < decoded->field_count; i++) {
		const struct vietqr_field *field = &decoded->fields[i];

		assert_ptr_equal(vietqr_find(decoded, field->path), field);
		assert_true(field->offset + field->length <= text.len);
		if (strcmp(field->path, "63") != 0)
			assert_ptr_equal(field->value, text.ptr + field->offset);
	}
}

static void
check_both(struct str text, struct vietqr_decoded *decoded)
{
	check(text, VIETQR_STRICT, decoded);
	check(text, VIETQR_LENIENT, decoded);
}

static void
every_truncation(void **state)
{
	CLEANUP(mem_free) struct vietqr_decoded *decoded = mem_alloc(sizeof(*decoded));

	(void)state;
	for (size_t i = 0; i < CODE_COUNT; i++)
		for (size_t length = 0; length < strlen(codes[i]); length++) {
			CLEANUP(mem_free) char *text = mem_alloc(length ? length : 1);

			memcpy(text, codes[i], length);
			check_both((struct str){text, length}, decoded);
			assert_int_equal(decoded->field_count, 0); /* never half a payment */
		}
}

static void
every_byte_replaced(void **state)
{
	CLEANUP(mem_free) struct vietqr_decoded *decoded = mem_alloc(sizeof(*decoded));

	(void)state;
	for (size_t i = 0; i < CODE_COUNT; i++) {
		size_t length = strlen(codes[i]);
		CLEANUP(mem_free) char *text = mem_alloc(length);

		memcpy(text, codes[i], length);
		for (size_t at = 0; at < length; at++) {
			for (int byte = 0; byte < 256; byte++) {
				text[at] = (char)byte;
				check_both((struct str){text, length}, decoded);
				/* CRC-16 sees every change within 16 bits; only the case of
				 * its own digits is free. */
				if (at < length - 4 && text[at] != codes[i][at])
					assert_int_equal(decoded->field_count, 0);
			}
			text[at] = codes[i][at];
		}
	}
}

/* The CRC, the slow way. */
static void
add_crc(struct buf *text)
{
	unsigned crc = 0xFFFF;

	buf_adds(text, "6304");
	for (size_t i = 0; i < text->len; i++)
		for (int bit = 7; bit >= 0; bit--) {
			unsigned in = (unsigned)(unsigned char)text->ptr[i] >> bit & 1;

			crc = ((crc << 1) ^ (((crc >> 15) ^ in) & 1 ? 0x1021 : 0)) & 0xFFFF;
		}
	buf_addf(text, "%04X", crc);
}

/* 122 objects without a value in 512 characters, each with its warning. */
static void
as_many_objects_as_fit(void **state)
{
	CLEANUP(mem_free) struct vietqr_decoded *decoded = mem_alloc(sizeof(*decoded));
	CLEANUP(buf_fini) struct buf text = {0};

	(void)state;
	buf_adds(&text, "00020153037045802VN");
	for (unsigned id = 2; id < 100 && text.len < VIETQR_TEXT_MAX - 116; id++)
		if (id != 53 && id != 54 && id != 58 && id != 62 && id != 63)
			buf_addf(&text, "%02u00", id);
	buf_adds(&text, "6296");
	for (unsigned id = 10; id < 34; id++)
		buf_addf(&text, "%02u00", id);
	add_crc(&text);
	assert_true(text.len <= VIETQR_TEXT_MAX);
	check_both(buf_str(&text), decoded);
	assert_in_range(decoded->field_count, 115, VIETQR_FIELDS_MAX);
	assert_int_equal(decoded->warning_count, decoded->field_count - 4);
}

static void
nothing_at_all(void **state)
{
	CLEANUP(mem_free) struct vietqr_decoded *decoded = mem_alloc(sizeof(*decoded));

	(void)state;
	check_both((struct str){NULL, 0}, decoded);
	assert_string_equal(decoded->error.code, "not_emv");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_truncation),
		cmocka_unit_test(every_byte_replaced),
		cmocka_unit_test(as_many_objects_as_fit),
		cmocka_unit_test(nothing_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
