/* report.h - the commands of `chopay report`, and what those about a report share. */
#ifndef CHOPAY_CLI_REPORT_H
#define CHOPAY_CLI_REPORT_H

#include "chopay/report_order.h"
#include "control.h"

int report_cai(int argc, char **argv);
int report_adoption(int argc, char **argv);
int report_rank(int argc, char **argv);
int report_work(int argc, char **argv);
int report_snapshot(int argc, char **argv);

/* The words of an order, as options. */
enum report_word {
	WORD_UNIT,
	WORD_MARKET,
	WORD_FORMER,
	WORD_PERIOD,
	WORD_CALENDAR,
	WORD_BOUNDARY,
	WORD_AUDIENCE,
	WORD_LEVEL,
	WORD_SNAPSHOT, /* not an option */
	WORD_FORMAT,
	WORD_LANG,
};
#define REPORT_WORDS 11
struct report_words {
	const char *of[REPORT_WORDS]; /* NULL: not said */
	const char *file;	      /* -o */
};
/* Rows of an option table. */
#define REPORT_WORD_OPTIONS(words)                                                          \
	{"unit", &(words).of[WORD_UNIT], NULL}, {"market", &(words).of[WORD_MARKET], NULL}, \
		{"former", &(words).of[WORD_FORMER], NULL},                                 \
		{"period", &(words).of[WORD_PERIOD], NULL},                                 \
		{"calendar", &(words).of[WORD_CALENDAR], NULL},                             \
		{"boundary", &(words).of[WORD_BOUNDARY], NULL},                             \
	{                                                                                   \
		"audience", &(words).of[WORD_AUDIENCE], NULL                                \
	}
#define REPORT_FORM_OPTIONS(words)                                                          \
	{"format", &(words).of[WORD_FORMAT], NULL}, {"lang", &(words).of[WORD_LANG], NULL}, \
	{                                                                                   \
		"o", &(words).file, NULL                                                    \
	}

/* Is it an order?  -1; or 64 after complaining. */
int report_check(const char *command, const struct report_words *words, enum order_what what,
	struct report_order *order);
/* The words as a query: "unit=23059&period=2026-06". */
void report_query(const struct report_words *words, struct buf *query);
/* GET `path`: the bytes into -o's file, or on stdout.  An exit status. */
int report_fetch(struct control *control, const char *command, const char *path,
	const struct report_words *words);
/* What is due up to that day is folded, turn by turn; how far it is stands on stderr. */
int report_fold(struct control *control, const char *command, int32_t to_day);

#endif
