/*
 * vietqr.h - the text behind a VietQR code: compose it, read it back.
 *
 * Stands alone: this header and libvietqr.a are all that another program needs (C99, C++11).
 * Threads: any.  Memory: the caller's; no allocation, I/O, clock, locale or libc.
 * Source:  EMVCo merchant-presented QR 1.1; NAPAS VietQR 1.0; NAPAS QR switching, part IV.
 */
#ifndef VIETQR_H
#define VIETQR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VIETQR_TEXT_MAX 512			 /* characters, by EMVCo */
#define VIETQR_TEXT_SIZE 513			 /* ... and a NUL */
#define VIETQR_AMOUNT_MAX INT64_C(9999999999999) /* tag 54 holds 13 characters */

/* What a composed or viewed code breaks.  The names of vietqr_status_name are "bad_bin", ... */
enum vietqr_status {
	VIETQR_OK = 0,
	VIETQR_BAD_BIN,	     /* not 6 digits */
	VIETQR_BAD_ACCOUNT,  /* not 1..19 letters or digits; for a card not 16 or 19 digits */
	VIETQR_BAD_SERVICE,  /* none that we compose */
	VIETQR_BAD_AMOUNT,   /* negative, or more than 13 digits */
	VIETQR_BAD_MEMO,     /* over 25, or other than [A-Za-z0-9 ] */
	VIETQR_BAD_NAME,     /* over 25, or other than printable ASCII */
	VIETQR_BAD_CITY,     /* over 15, or other than printable ASCII */
	VIETQR_BAD_MCC,	     /* not 4 digits */
	VIETQR_BAD_BILL,     /* over 25, or other than printable ASCII */
	VIETQR_BAD_STORE,    /* the same */
	VIETQR_BAD_TERMINAL, /* the same */
	VIETQR_BAD_SUM,	     /* memo, bill, store and terminal do not fit tag 62's 99 together */
	VIETQR_BAD_TEXT,     /* vietqr_decode: refused; see `error` */
	VIETQR_BAD_SCHEME,   /* vietqr_view: readable, but not a VietQR */
	VIETQR_BAD_CURRENCY, /* vietqr_view: not in dong */
};

/* Tag 38.02: what the bank app does with the code. */
enum vietqr_service {
	VIETQR_TO_ACCOUNT = 0, /* QRIBFTTA: transfer to an account */
	VIETQR_TO_CARD,	       /* QRIBFTTC: transfer to a card */
	VIETQR_PUSH,	       /* QRPUSH: pay a merchant */
	VIETQR_CASH,	       /* QRCASH: withdraw at a machine; viewed, never composed */
};

/* Text fields are NUL-terminated; "" leaves the tag out. */
struct vietqr {
	char bank_bin[7];    /* 38.01.00: 6 digits, as published by the interbank network */
	char account_no[20]; /* 38.01.01: 1..19 letters or digits; case and leading zeros count */
	int64_t amount_dong; /* 54: whole dong; 0 lets the payer type the amount */
	char memo[26];	     /* 62.08: what the bank app prefills; [A-Za-z0-9 ], at most 25 */
	enum vietqr_service service; /* 38.02 */
	char name[26];		     /* 59: who is paid; wanted for VIETQR_PUSH */
	char city[16];		     /* 60 */
	char mcc[5];		     /* 52: 4 digits of ISO 18245 */
	char bill[26];		     /* 62.01: bill number */
	char store[26];		     /* 62.03: store label */
	char terminal[26];	     /* 62.07: terminal label */
};

/*
 * Compose `code` into `text`, CRC included, in the order that every generator uses.
 * Returns VIETQR_OK, or the first rule that a field breaks; `text` is then "".
 */
enum vietqr_status vietqr_encode(const struct vietqr *code, char text[VIETQR_TEXT_SIZE]);

/* "bad_account", and the same as a sentence that says what to do; static text. */
const char *vietqr_status_name(enum vietqr_status status);
const char *vietqr_status_text(enum vietqr_status status);

/* Whose template the code carries, told by its identifier (GUID), not by its tag. */
enum vietqr_scheme {
	VIETQR_SCHEME_OTHER = 0,
	VIETQR_SCHEME_VIETQR, /* wins when a wallet's template stands beside the NAPAS one */
	VIETQR_SCHEME_VNPAY,
	VIETQR_SCHEME_PROMPTPAY,
	VIETQR_SCHEME_QRIS,
	VIETQR_SCHEME_PIX,
	VIETQR_SCHEME_QRPH,
	VIETQR_SCHEME_DUITNOW,
	VIETQR_SCHEME_SGQR,
	VIETQR_SCHEME_KHQR,
};

const char *vietqr_scheme_name(enum vietqr_scheme scheme); /* "vietqr", "promptpay", ... */

#define VIETQR_PATH_SIZE 9	/* "62.50.00" */
#define VIETQR_CODE_SIZE 32	/* "nested_tlv_malformed_38.01" */
#define VIETQR_FIELDS_MAX 128	/* 512 characters hold no more objects than that */
#define VIETQR_WARNINGS_MAX 256 /* a field breaks two habits at most */

struct vietqr_field {
	char path[VIETQR_PATH_SIZE];
	const char *value; /* in the caller's text; that of "63" in the struct (upper-cased) */
	size_t length;	   /* bytes; no NUL behind them */
	size_t offset;	   /* of the value in the text */
};

/*
 * What is wrong and where.  `offset` is the first byte that cannot stand, reading from the left:
 *
 *   code                         path      offset: the byte ...
 *   not_emv                      ""        0
 *   too_long                     ""        of the 513th character
 *   invalid_utf8                 ""        that is no UTF-8
 *   truncated                    tag or "" behind the last one: the text ends inside an object
 *   tag_not_digits               ""        that should be a digit
 *   length_not_digits            tag       that should be a digit
 *   length_past_end              tag       of the length's two digits
 *   root_tlv_malformed           tag or "" where the objects stop making sense (the CRC is wrong
 *                                          too, so an altered text, not one wrong length)
 *   crc_missing, crc_truncated   63        behind the last one
 *   crc_length_wrong             63        of the length's two digits
 *   crc_not_hex                  63        that is no hexadecimal digit
 *   crc_mismatch                 63        of the CRC's four digits
 *   trailing_garbage             63        behind the CRC
 *   pfi_not_first                00        0
 *   pfi_unsupported, poi_invalid 00, 01    of the value
 *   duplicate_tag_62             62        of the second tag
 *   duplicate_subtag_38.01.01    its path  of the second tag
 *   nested_tlv_malformed_38.01   its path  as for a tag or a length above, or of what is left over
 *   missing_mandatory_53         53, 58    of the tag 63, where the search ended
 *   missing_merchant_account     ""        of the tag 63
 *   control_character            its path  of the character
 *   currency_format              53        that should be a digit, or where a 3rd is missing
 *   country_format               58        that should be a letter, or where a 2nd is missing
 *   amount_empty, amount_zero    54        of the value
 *   amount_format                54        that does not fit [0-9]+(.[0-9]*)?
 *   amount_too_long              54        of the 14th character
 *   amount_decimals_for_vnd      54        of the first decimal
 *   vietqr_beneficiary_missing   its path  behind the template that should hold 38.01[.00|.01]
 *   vietqr_bin_invalid           38.01.00  that should be a digit, is a 7th, or is missing
 *   vietqr_account_empty         38.01.01  of the value
 *   vietqr_account_too_long      38.01.01  of the 20th character
 *   vietqr_account_charset       38.01.01  of the blank or non-ASCII character
 *   vietqr_service_unknown       38.02     of the value
 *
 * Habits of real apps that break the paper: warnings when lenient, errors when strict.
 *
 *   crc_lowercase 63 · poi_absent 01 (VietQR; offset of the tag 63) · pfi_not_01 00 (not VietQR)
 *   zero_length_83 · template_80_not_tlv · mcc_format 52 · postal_code_too_long 61
 *   merchant_name_too_long 59 · merchant_city_too_long 60 · 62.08_too_long · non_ascii_62.08
 *   Offset: the value; "too long": the first character too many; "non ASCII": that character.
 */
struct vietqr_finding {
	char code[VIETQR_CODE_SIZE];
	char path[VIETQR_PATH_SIZE];
	size_t offset;
};

/* About 20 KB.  Not to be copied: the value of "63" points into it. */
struct vietqr_decoded {
	enum vietqr_scheme scheme;
	size_t field_count; /* 0 when refused */
	size_t warning_count;
	struct vietqr_finding error; /* code "" when not refused */
	char crc[5];
	struct vietqr_field fields[VIETQR_FIELDS_MAX]; /* in the order of the text */
	struct vietqr_finding warnings[VIETQR_WARNINGS_MAX];
};

enum vietqr_mode {
	VIETQR_LENIENT = 0, /* what real apps accept, with warnings */
	VIETQR_STRICT,	    /* what the papers say */
};

/*
 * Read any merchant-presented code (EMVCo), VietQR or foreign, flat: path and value.
 * `text` may hold any bytes; it must outlive `decoded`.
 * Returns VIETQR_OK, or VIETQR_BAD_TEXT with `error` filled.
 */
enum vietqr_status vietqr_decode(
	const char *text, size_t length, enum vietqr_mode mode, struct vietqr_decoded *decoded);

/* The field at `path` ("38.01.01"), or NULL. */
const struct vietqr_field *vietqr_find(const struct vietqr_decoded *decoded, const char *path);

/*
 * What a decoded VietQR asks for.  VIETQR_BAD_SCHEME or VIETQR_BAD_CURRENCY when it is another
 * thing; VIETQR_BAD_MEMO, _NAME, ... when a text does not fit its field or is not ASCII (it is
 * never cut: vietqr_find has it whole).  `code` is all zero then.
 */
enum vietqr_status vietqr_view(const struct vietqr_decoded *decoded, struct vietqr *code);

#ifdef __cplusplus
}
#endif

#endif
