/*
 * cards.h - what is printed for the stalls of a market: cards with their codes, and the list that
 * an inspector walks with.
 *
 * PDF with real text in embedded fonts and codes as shapes, black on white: it survives a bad
 * printer and a photocopier.  The same cards and time give the same bytes.
 * Threads: any; Pango is one at a time (typeface.h), and others have their turn at each page's end.
 */
#ifndef CHOPAY_CARDS_H
#define CHOPAY_CARDS_H

#include "chopay/crypt.h"
#include "chopay/store.h"
#include "chopay/words.h"

#define CARD_ISSUE_MAX 99
#define CARDS_MAX 5000 /* of one file */

/* What stands on a card; texts are the caller's. */
struct card {
	struct str code, name, market;
	struct str bank_bin, bank_name, account_no, holder;
	struct str reference;
	struct str serial;
};

/* Why a stall can have none. */
enum card_fault {
	CARD_FITS = 0,
	CARD_CLOSED,	 /* the stall is */
	CARD_NO_ACCOUNT, /* in the register */
	CARD_NO_HOLDER,	 /* the name that guards against a swapped card */
	CARD_NO_CODE,	 /* the account makes no valid VietQR */
	CARD_FAULTS
};
const char *card_fault_name(enum card_fault fault); /* "no-account" */
const char *card_fault_text(enum card_fault fault); /* the same as a sentence: what to do */

/*
 * A card's serial, "7K3MPX4D-1": what a photograph of a card is compared with.
 *
 * 8 letters of 0-9 A-Z without I L O U: the first 40 bits of SHA-256 over "chopay card\n", the
 * stall's reference, "\n", its bank's BIN, "\n", its account number, "\n" and the issue in decimal;
 * then "-" and the issue.  Another account or a new issue (a card that was lost or copied) has
 * another serial.  Nothing in it is secret: it tells cards apart, the code itself is what is
 * scanned and compared.
 */
struct str card_serial(
	const struct crypt *crypt, struct arena *arena, const struct stall *stall, int issue);

/* Fills `card` whatever it returns; a stall without an account has no serial. */
enum card_fault card_of_stall(const struct crypt *crypt, struct arena *arena,
	const struct stall *stall, int issue, int32_t today, struct card *card);

/* The text of its code: what a scan must give.  ERR_INVALID: the account makes none. */
MUST_CHECK struct err card_payload(struct arena *arena, const struct card *card, struct str *text);

/* One card a page of A6 or A5, or four of A6 on a page of A4 with marks to cut along. */
enum card_size { CARD_A6, CARD_A5, CARD_A4 };
bool card_size_of(struct str word, enum card_size *size); /* "A6", in any letter case */

struct cards_print {
	const struct card *cards;
	size_t count;
	enum card_size size; /* of cards */
	enum language lang;  /* of a list; cards speak both */
	int64_t made_ms;
	void (*drawn)(void *arg, size_t count); /* after each page; or NULL */
	void *arg;
};
/* ERR_SETUP: the font is not installed. */
MUST_CHECK struct err cards_pdf(const struct cards_print *print, struct buf *out);
/* A row for each stall, with boxes for what an inspector finds: the right code, a wrong one, none.
 * Of an account only the last four characters. */
MUST_CHECK struct err cards_list_pdf(const struct cards_print *print, struct buf *out);

#endif
