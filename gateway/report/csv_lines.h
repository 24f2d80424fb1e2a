/* csv_lines.h - the lines of a report's CSV: whose figure, which, of what, and how much. */
#ifndef REPORT_CSV_LINES_H
#define REPORT_CSV_LINES_H

#include "chopay/report.h"

#define CSV_HEADS                                                                            \
	"section,code,name,stall,indicator,num,den,value,measure,text,parameter_set,period," \
	"calendar,boundary,audience,status,snapshot,revision,sha256\n"

struct csv_sheet {
	struct buf *out;
	const struct report *report;
	enum language language;
	struct str tail; /* the same on each line */
	const char *section;
	struct str code, name; /* whose figures these are */
};

/* A number that there may be none of. */
struct csv_number {
	bool known;
	int64_t value;
};
#define CSV_NONE ((struct csv_number){0})
struct csv_number csv_known(int64_t value);

struct csv_line {
	const char *indicator;
	struct csv_number num, den, value;
	const char *measure; /* count bp x100 dong s rank */
	struct str stall, text;
};
void csv_line(const struct csv_sheet *sheet, struct csv_line line);

/* Lines of one kind. */
void csv_count(const struct csv_sheet *sheet, const char *indicator, int64_t count);
void csv_note(const struct csv_sheet *sheet, const char *indicator, struct str text);
void csv_points(const struct csv_sheet *sheet, const char *indicator, bool known, int64_t x100);
void csv_share(const struct csv_sheet *sheet, const char *indicator, struct share share);
void csv_money(
	const struct csv_sheet *sheet, const char *indicator, bool withheld, struct vnd amount);
void csv_money_share(
	const struct csv_sheet *sheet, const char *indicator, bool withheld, struct share share);
void csv_rank(const struct csv_sheet *sheet, const char *indicator, size_t rank, size_t of);
/* The word in the place of an amount. */
struct str csv_withheld(const struct csv_sheet *sheet);

#endif
