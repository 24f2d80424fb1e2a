/*
 * banks.h - the banks that take VietQR transfers: by BIN, or by any name people call them.
 *
 * The table lives in the binary (merchants/data/banks.csv) and does not change while we run.
 * Threads: any, once loaded.  Memory: the table owns all texts; they live until banks_free.
 */
#ifndef CHOPAY_BANKS_H
#define CHOPAY_BANKS_H

#include "chopay/feeds.h"

struct bank {
	struct str bin;	       /* 6 digits */
	struct str code;       /* "VCB" */
	struct str short_name; /* "Vietcombank" */
	struct str name_vi;    /* "Ngân hàng TMCP Ngoại Thương Việt Nam" */
	struct str swift;      /* "BFTVVNVX", or empty */
	struct str app_id;     /* its app in deep links, or empty */
	bool vietqr_transfer;  /* takes transfers by VietQR */
	bool vietqr_lookup;    /* tells the account holder's name */
};

struct banks;

/* ERR_BROKEN when the table in the binary is not what we wrote there. */
MUST_CHECK struct err banks_load(struct banks **banks);
void banks_free(struct banks *banks);
void banks_cleanup(struct banks **banks); /* for CLEANUP */

/* In the order of the table, which is that of the BINs. */
size_t banks_count(const struct banks *banks);
const struct bank *banks_at(const struct banks *banks, size_t n);

const struct bank *banks_by_bin(const struct banks *banks, struct str bin); /* or NULL */

/*
 * By short name, code, app, SWIFT or full name; accents, letter case, blanks and punctuation
 * apart.  When several bear a name, one that takes VietQR transfers wins, then the nearer kind of
 * name, then the lower BIN.  NULL when nobody does.
 */
const struct bank *banks_by_name(const struct banks *banks, struct str name);

/* The BINs of the banks that the events name, in the arena; "" where none is known by that name. */
const struct str *banks_of_events(const struct banks *banks, struct arena *arena,
	const struct feed_event *events, size_t count);
/* The same of the payers' banks, which a feed may name by their BINs. */
const struct str *banks_of_payers(const struct banks *banks, struct arena *arena,
	const struct feed_event *events, size_t count);
/* One of them, in the table's memory or the name's own; "" where none is known. */
struct str banks_payer_bin(const struct banks *banks, struct str name);

/*
 * What a person typed for a bank, as a BIN: 6 digits stay as they are (a new bank's BIN is not in
 * our table yet), a name is looked up.  ERR_NOT_FOUND when nobody bears it.
 */
MUST_CHECK struct err banks_bin_of(const struct banks *banks, struct str name_or_bin, char bin[7]);

#endif
