/*
 * statement.h - a bank's statement file: what it is, and the transfers it tells.
 *
 * CSV and XLSX need a mapping (which column says what); MT940 and camt.053 say it themselves.  A
 * file is read as a whole or refused as a whole, with the line of each fault.  Balances that it
 * names must agree with its lines.
 *
 * Pure: from memory to memory, so that kept bytes can be read again.  Memory: results live in the
 * arena given; about 400 bytes a line and the notes.  Threads: any.
 * Source: SWIFT MT940 (Category 9), ISO 20022 camt.053.001.02 and .08, ECMA-376 part 1.
 */
#ifndef CHOPAY_STATEMENT_H
#define CHOPAY_STATEMENT_H

#include "chopay/clock.h"
#include "chopay/feeds.h"

#define STATEMENT_BYTES_MAX (64u * 1024 * 1024)
#define STATEMENT_LINES_MAX 200000 /* of one file: two years of a busy account */
#define STATEMENT_ACCOUNTS_MAX 32  /* in one file */
#define STATEMENT_PROBLEMS_MAX 20  /* reported; the rest are counted */
#define STATEMENT_COLUMNS_MAX 64   /* of a CSV or XLSX row */
#define STATEMENT_MAPPING_MAX 1000 /* bytes */

enum statement_format {
	STATEMENT_UNKNOWN,
	STATEMENT_CSV,
	STATEMENT_XLSX,
	STATEMENT_MT940,
	STATEMENT_CAMT053,
};

/* "csv", "xlsx", "mt940", "camt053"; false: none of them. */
bool statement_format_parse(struct str word, enum statement_format *format);
const char *statement_format_name(enum statement_format format);
/* By its first bytes.  STATEMENT_UNKNOWN: `*what` says what it seems to be instead. */
enum statement_format statement_detect(struct str bytes, const char **what);

/*
 * Which column says what: "date=Ngày giao dịch,credit=Ghi có,debit=#5,dates=dmy".  A column is
 * named by its header, letter case and accents apart, or #N counted from 1; a name with a comma
 * stands in quotes.
 *   columns: date time amount sign credit debit ref note balance currency account
 *   dates=dmy|mdy|ymd      how its dates are written; dmy
 *   direction=in|out       every amount is a credit, or a debit
 *   sep=comma|semicolon|tab    of a CSV; found out when not said
 *   charset=utf-8|windows-1258 of a CSV; UTF-16 is known by its first bytes
 *   balances=ignore        do not compare them (a bank whose own do not agree)
 * Rewritten in one spelling.  ERR_INVALID: `*fault` says what is wrong with it.
 */
MUST_CHECK struct err statement_mapping_check(
	struct arena *arena, struct str text, struct str *canonical, struct str *fault);

/* The part of a mapping that ids are made of: read by other columns, a line gets another id. */
struct str statement_columns(struct arena *arena, struct str mapping);

struct statement_source {
	enum statement_format format; /* not STATEMENT_UNKNOWN */
	struct str bytes;
	struct str bank;    /* told with each transfer */
	struct str account; /* empty: as the file says; else what it says must be equal */
	struct str mapping; /* CSV and XLSX; empty: a mapping is proposed */
	int64_t now_ms;	    /* a line of a day after tomorrow is refused; NO_TIME: not looked at */
};

struct statement_problem {
	size_t line;	   /* of the file, from 1; 0: all of it */
	struct str column; /* "credit", ":61:", "Ntry"; empty: the whole line */
	struct str reason;
};

/* One kind of column that several columns could be. */
struct statement_ambiguity {
	const char *field;
	struct str columns[4];
	size_t column_count;
};

struct statement {
	struct feed_event *events; /* in the order of the file */
	size_t count;
	struct str accounts[STATEMENT_ACCOUNTS_MAX];
	size_t account_count;
	size_t left_out; /* lines that moved no money: zero, pending, totals */
	bool balanced;	 /* it names balances, and they agree with its lines */

	struct statement_problem problems[STATEMENT_PROBLEMS_MAX];
	size_t problem_count; /* all of them; the first ones are in `problems` */

	/* When a mapping was wanted: the header found (none: count 0) and what it may mean. */
	struct str header[STATEMENT_COLUMNS_MAX];
	size_t header_count;
	struct str proposal; /* a mapping; "" when there is no telling */
	struct statement_ambiguity ambiguities[8];
	size_t ambiguity_count;
};

/* ERR_INVALID: see `problems`.  ERR_NOT_FOUND: it needs a mapping; see `header`, `proposal`. */
MUST_CHECK struct err statement_read(
	struct arena *arena, const struct statement_source *source, struct statement *statement);

/* The feed that reads such a file again, and the content type that tells it how: bank, account
 * and mapping travel in its parameters, percent-encoded. */
const struct feed *statement_feed(enum statement_format format);
struct str statement_content_type(struct arena *arena, const struct statement_source *source);

#endif
