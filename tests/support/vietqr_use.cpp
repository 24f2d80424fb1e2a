// vietqr_use.cpp - a stranger's C++ program over vietqr.h: compose, read back, compare.
#include <cstring>
#include <string>

#include "vietqr.h"

int
main()
{
	vietqr code = {};
	char text[VIETQR_TEXT_SIZE];
	static vietqr_decoded decoded;
	vietqr seen;

	std::strcpy(code.bank_bin, "970436");
	std::strcpy(code.account_no, "0011000123456");
	std::strcpy(code.memo, "CHK7");
	if (vietqr_encode(&code, text) != VIETQR_OK)
		return 1;
	if (std::string(text) != "00020101021138570010A00000072701270006970436011300110001234560208"
				 "QRIBFTTA53037045802VN62080804CHK763044125")
		return 2;
	if (vietqr_decode(text, std::strlen(text), VIETQR_STRICT, &decoded) != VIETQR_OK)
		return 3;
	const vietqr_field *memo = vietqr_find(&decoded, "62.08");
	if (!memo || std::string(memo->value, memo->length) != "CHK7")
		return 4;
	if (vietqr_view(&decoded, &seen) != VIETQR_OK || seen.amount_dong != 0)
		return 5;
	return std::string(vietqr_scheme_name(decoded.scheme)) == "vietqr" ? 0 : 6;
}
