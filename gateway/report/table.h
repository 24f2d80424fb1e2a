/* table.h - how the tables of a report are put together: columns, then cells from left to right. */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "catalogue.h"
#include "chopay/arena.h"
#include "chopay/report.h"

struct column {
	enum word head;
	enum cell_type type;
	int width; /* characters */
};

struct tabling {
	struct arena *arena;
	const struct report *report;
	enum language language;
	struct table *table;
	struct table_cell *cells;
	size_t used, room;
};

/* Room for `rows` of these columns: what the table functions below begin with. */
void table_begin(struct tabling *to, const struct column *columns, size_t count, size_t rows);
void add_cell(struct tabling *to, struct table_cell cell);
void add_words(struct tabling *to, enum word which);

/* Room to write in by hand: letters nobody sees, as wide as a short sentence. */
#define WRITING_ROOM "                                        "

struct table_cell cell_text(struct str text);
struct table_cell cell_none(void);
struct table_cell cell_of(enum cell_type type, int64_t value);
struct table_cell cell_rate(int64_t num, int64_t den); /* none when there is nothing to divide by */
struct table_cell cell_points(bool known, int64_t x100);
/* Money of `figures`: the word for it when it is withheld. */
struct table_cell cell_money(const struct tabling *to, bool withheld, struct vnd amount);
/* Ranks: 0 is none. */
struct table_cell cell_rank(size_t rank);

/* The name of the whole scope, as a row of totals has it. */
struct str total_name(const struct tabling *to);
struct str place_name(const struct tabling *to, struct str name);

void table_units(struct tabling *to);
void table_ranking(struct tabling *to);
void table_targets(struct tabling *to);
void table_quality(struct tabling *to);
void table_beside(struct tabling *to);
void table_work(struct tabling *to);

/* The work list in the order of a walk: market by market, stall by stall. */
const struct work_item **work_in_order(struct arena *arena, const struct report *report);
enum word work_reason_word(enum work_reason reason);
struct table_cell cell_detail(const struct tabling *to, const struct work_item *item);

#endif
