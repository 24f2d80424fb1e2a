/*
 * quick_picture.h - the picture behind a quick link:
 * /image/VCB-0011000123456-compact2.png?amount=...
 *
 * The words and templates of the hosted service that shops already use, so that only the name of
 * the host changes.  Anybody may ask for a code of any account: what a picture says is the asker's.
 * Its texts are drawn as they are, on one line each, cut where they do not fit; there is no markup.
 * Threads: any; Pango is one at a time (typeface.h).  Memory: texts are the caller's.
 */
#ifndef CHOPAY_QUICK_PICTURE_H
#define CHOPAY_QUICK_PICTURE_H

#include "chopay/compose.h"

#define QUICK_NAME_MAX 100 /* letters of an account's name */

enum quick_template {
	QUICK_COMPACT,	/* 540 x 540: the code and whose bank it is */
	QUICK_COMPACT2, /* 540 x 640: and account, name, amount, memo */
	QUICK_QR_ONLY,	/* 480 x 480 */
	QUICK_PRINT,	/* 600 x 776: to be printed; the code stands more dirt */
};

/* As asked; ptr NULL: not given.  An empty amount, and 0, leave it to the payer. */
struct quick_words {
	struct str path; /* "VCB-0011000123456-compact2": the bank by BIN or any name */
	struct str amount, memo, account_name;
};

struct quick_picture {
	enum quick_template template;
	const struct bank *bank;
	struct vietqr code;
	char text[VIETQR_TEXT_SIZE];
	struct str account_name;
};

/* False fills `refusal`; its field is a word of the link: "template", "bank", "addInfo", ... */
bool quick_read(const struct banks *banks, const struct quick_words *words,
	struct quick_picture *picture, struct compose_refusal *refusal);

/* The same picture has the same bytes.  ERR_SETUP: the font is not installed. */
MUST_CHECK struct err quick_png(const struct quick_picture *picture, struct buf *out);

#endif
