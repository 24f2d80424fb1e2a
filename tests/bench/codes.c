/* Codes a second: our encode + PNG beside libqrencode's own symbol of the same text, in one run. */
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chopay/clock.h"
#include "chopay/picture.h"
#include "vietqr.h"

#define ROUNDS 5
#define CODES 2000

static int
compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static void
make_code(int n, struct vietqr *code)
{
	*code = (struct vietqr){.bank_bin = "970436", .account_no = "0071000123456"};
	code->amount_dong = 1000 + n;
	snprintf(code->memo, sizeof(code->memo), "CHC%011d", n);
}

static double
ours(void)
{
	int64_t start = clock_monotonic_ms();

	for (int n = 0; n < CODES; n++) {
		struct picture *picture CLEANUP(picture_cleanup) = NULL;
		struct buf png CLEANUP(buf_fini) = {0};
		char text[VIETQR_TEXT_SIZE];
		struct vietqr code;

		make_code(n, &code);
		if (vietqr_encode(&code, text) != VIETQR_OK ||
			picture_new(str_from(text), &picture).code != ERR_OK ||
			picture_png(picture, 8, &png).code != ERR_OK)
			abort();
	}
	return CODES * 1000.0 / (double)(clock_monotonic_ms() - start);
}

static double
theirs(void)
{
	int64_t start = clock_monotonic_ms();

	for (int n = 0; n < CODES; n++) {
		char text[VIETQR_TEXT_SIZE];
		struct vietqr code;
		QRcode *symbol;

		make_code(n, &code);
		if (vietqr_encode(&code, text) != VIETQR_OK)
			abort();
		symbol = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
		if (symbol == NULL)
			abort();
		QRcode_free(symbol);
	}
	return CODES * 1000.0 / (double)(clock_monotonic_ms() - start);
}

int
main(void)
{
	double a[ROUNDS], b[ROUNDS], ratio[ROUNDS];

	ours();
	for (int i = 0; i < ROUNDS; i++) {
		a[i] = ours();
		b[i] = theirs();
		ratio[i] = a[i] / b[i];
	}
	qsort(a, ROUNDS, sizeof(a[0]), compare);
	qsort(b, ROUNDS, sizeof(b[0]), compare);
	qsort(ratio, ROUNDS, sizeof(ratio[0]), compare);
	printf("codes: encode + PNG %.0f/s, libqrencode alone %.0f/s, ratio %.2f (medians of %d)\n",
		a[ROUNDS / 2], b[ROUNDS / 2], ratio[ROUNDS / 2], ROUNDS);
	return 0;
}
