/*
 * vietqr.c - reading codes: all public vectors, orders of tags, the view as a struct.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/csv.h"
#include "chopay/json.h"
#include "vietqr.h"

#define VECTORS "tests/fixtures/vietqr-vectors.csv"
#define VECTOR_COUNT 168
static struct vietqr_decoded decoded;

static enum vietqr_status
decode(struct str text, enum vietqr_mode mode)
{
	return vietqr_decode(text.ptr, text.len, mode, &decoded);
}

static void
read_file(const char *path, struct buf *out)
{
	char block[4096];
	size_t n;
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	while ((n = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(out, (struct str){block, n});
	fclose(file);
}

static void
check_fields(struct str id, struct str fields_json)
{
	CLEANUP(json_cleanup) json_t *want = NULL;
	struct str scheme;
	const char *name;
	json_t *value;

	assert_int_equal(json_parse_strict(fields_json, &want, NULL).code, ERR_OK);
	assert_int_equal(json_member_str(want, "scheme", &scheme).code, ERR_OK);
	assert_true(str_eq(scheme, str_from(vietqr_scheme_name(decoded.scheme))));
	if (decoded.field_count + 1 != json_object_size(want))
		fail_msg("%.*s: %zu fields", STR_FMT(id), decoded.field_count);
	json_object_foreach(want, name, value)
	{
		const struct vietqr_field *field = vietqr_find(&decoded, name);

		if (strcmp(name, "scheme") == 0)
			continue;
		if (!field)
			fail_msg("%.*s: no field %s", STR_FMT(id), name);
		if (!str_eq((struct str){field->value, field->length}, json_str(value)))
			fail_msg("%.*s: %s is %.*s", STR_FMT(id), name, (int)field->length,
				field->value);
	}
}

/* `quirks` is "a;b" or empty. */
static void
check_warnings(struct str id, struct str quirks)
{
	for (size_t i = 0; i < decoded.warning_count; i++) {
		struct str quirk;

		str_split(&quirks, ';', &quirk);
		if (!str_eq(quirk, str_from(decoded.warnings[i].code)))
			fail_msg("%.*s: warned %s", STR_FMT(id), decoded.warnings[i].code);
	}
	if (quirks.len > 0)
		fail_msg("%.*s: not warned %.*s", STR_FMT(id), STR_FMT(quirks));
}

static void
check_refused(struct str id, struct str text, enum vietqr_mode mode, struct str code)
{
	if (decode(text, mode) != VIETQR_BAD_TEXT)
		fail_msg("%.*s: accepted", STR_FMT(id));
	if (!str_eq(str_from(decoded.error.code), code))
		fail_msg("%.*s: %s", STR_FMT(id), decoded.error.code);
	assert_true(decoded.error.offset <= text.len);
	assert_int_equal(decoded.field_count, 0);
	assert_int_equal(decoded.warning_count, 0);
}

static void
check_vector(const struct str *row)
{
	struct str id = row[0], text = row[1], reason = row[4], quirk;
	bool quirky = str_starts(reason, STR("quirk:"));

	if (str_eq(row[2], STR("0"))) {
		check_refused(id, text, VIETQR_LENIENT, reason);
		check_refused(id, text, VIETQR_STRICT, reason);
		return;
	}
	reason = quirky ? str_cut(reason, 6, reason.len) : reason;
	if (decode(text, VIETQR_LENIENT) != VIETQR_OK)
		fail_msg("%.*s: %s", STR_FMT(id), decoded.error.code);
	assert_string_equal(decoded.error.code, "");
	check_fields(id, row[3]);
	check_warnings(id, reason);
	if (quirky) {
		str_split(&reason, ';', &quirk);
		check_refused(id, text, VIETQR_STRICT, quirk);
		return;
	}
	if (decode(text, VIETQR_STRICT) != VIETQR_OK)
		fail_msg("%.*s: strict: %s", STR_FMT(id), decoded.error.code);
	check_fields(id, row[3]);
}

static void
public_vectors(void **state)
{
	CLEANUP(buf_fini) struct buf file = {0};
	CLEANUP(arena_cleanup) struct arena *arena = arena_new();
	struct str row[CSV_FIELDS_MAX];
	struct csv csv;
	size_t columns, count = 0;

	(void)state;
	read_file(VECTORS, &file);
	csv_init(&csv, buf_str(&file));
	assert_int_equal(csv_next(&csv, arena, row, &columns).code, ERR_OK);
	assert_true(str_eq(row[4], STR("reason")));
	while (csv_next(&csv, arena, row, &columns).code == ERR_OK) {
		assert_int_equal(columns, 6);
		check_vector(row);
		count++;
	}
	assert_null(csv.fault);
	assert_int_equal(count, VECTOR_COUNT);
}

/* Only 00 and 63 have a place; the maker of a decoder is tempted to think that all have. */
static void
any_order(void **state)
{
	static const char text[] =
		"0002015802VN62080804CHK75303704"
		"38570208QRIBFTTA01270113001100012345600069704360010A0000007270102116304262B";
	struct vietqr code;

	(void)state;
	assert_int_equal(decode(str_from(text), VIETQR_STRICT), VIETQR_OK);
	assert_int_equal(vietqr_view(&decoded, &code), VIETQR_OK);
	assert_string_equal(code.bank_bin, "970436");
	assert_string_equal(code.account_no, "0011000123456");
	assert_string_equal(code.memo, "CHK7");
}

/* What a view gives is what was composed; what does not fit is refused, never cut. */
static void
view(void **state)
{
	static const struct vietqr full = {
		.bank_bin = "970436",
		.account_no = "VQRQ0001aBcD",
		.amount_dong = VIETQR_AMOUNT_MAX,
		.memo = "CHS0042XK7",
		.service = VIETQR_PUSH,
		.name = "Co Hai & Con, ca - tom",
		.city = "PHAN THIET",
		.mcc = "5422",
		.bill = "HD-1",
		.store = "QUAY 12",
		.terminal = "T#1",
	};
	char text[VIETQR_TEXT_SIZE];
	struct vietqr seen;

	(void)state;
	assert_int_equal(vietqr_encode(&full, text), VIETQR_OK);
	assert_int_equal(decode(str_from(text), VIETQR_STRICT), VIETQR_OK);
	assert_int_equal(vietqr_view(&decoded, &seen), VIETQR_OK);
	assert_string_equal(seen.bank_bin, full.bank_bin);
	assert_string_equal(seen.account_no, full.account_no);
	assert_int_equal(seen.amount_dong, full.amount_dong);
	assert_string_equal(seen.memo, full.memo);
	assert_int_equal(seen.service, full.service);
	assert_string_equal(seen.name, full.name);
	assert_string_equal(seen.city, full.city);
	assert_string_equal(seen.mcc, full.mcc);
	assert_string_equal(seen.bill, full.bill);
	assert_string_equal(seen.store, full.store);
	assert_string_equal(seen.terminal, full.terminal);
}

static const struct {
	enum vietqr_status want;
	const char *text; /* of the public vectors */
} refused_views[] = {
	{VIETQR_BAD_SCHEME,
		"00020101021129390016A000000677010111031514000080111111153037645802TH63047C0F"},
	{VIETQR_BAD_CURRENCY,
		"00020101021138450010A00000072701150006970436010110208QRIBFTTA53038405802VN6304F9FA"},
	{VIETQR_BAD_MEMO, /* one too many */
		"00020101021138450010A00000072701150006970436010110208QRIBFTTA53037045802VN6230"
		"0826abcdefghijklmnopqrstuvwxyz63046AB9"},
	{VIETQR_BAD_MEMO,
		"00020101021138540010A00000072701240006970422011095635514040208QRIBFTTA5303704"
		"540420005802VN62370833VQR72a6888148 VQR thanh toan test63049FCE"},
	{VIETQR_BAD_MEMO,
		"00020101021238570010A00000072701270006970436011300112233445560208QRIBFTTA"
		"53037045405450005802VN62260822Tiền rau chợ Đồng Xuân6304341E"},
};

static void
views_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused_views) / sizeof(refused_views[0]); i++) {
		struct vietqr code;

		assert_int_equal(
			decode(str_from(refused_views[i].text), VIETQR_LENIENT), VIETQR_OK);
		assert_int_equal(vietqr_view(&decoded, &code), refused_views[i].want);
		assert_int_equal(code.bank_bin[0], '\0');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_vectors),
		cmocka_unit_test(any_order),
		cmocka_unit_test(view),
		cmocka_unit_test(views_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
