/* The lines of a report's CSV. */
#include "csv_lines.h"

#include "catalogue.h"
#include "chopay/csv.h"
#include "chopay/plain.h"

struct csv_number
csv_known(int64_t value)
{
	return (struct csv_number){true, value};
}

static void
put_number(struct buf *out, struct csv_number number)
{
	if (number.known)
		buf_addf(out, "%lld", (long long)number.value);
	buf_addc(out, ',');
}

/* Words of people on one line, and nothing that a spreadsheet would compute. */
static void
put_words_of(struct buf *out, struct str text)
{
	struct buf plain CLEANUP(buf_fini) = {0};

	plain_put(&plain, text);
	csv_put_text(out, buf_str(&plain), false);
}

void
csv_line(const struct csv_sheet *sheet, struct csv_line line)
{
	csv_put(sheet->out, str_from(sheet->section), false);
	put_words_of(sheet->out, sheet->code);
	put_words_of(sheet->out, sheet->name);
	put_words_of(sheet->out, line.stall);
	csv_put(sheet->out, str_from(line.indicator), false);
	put_number(sheet->out, line.num);
	put_number(sheet->out, line.den);
	put_number(sheet->out, line.value);
	csv_put(sheet->out, str_from(line.measure), false);
	put_words_of(sheet->out, line.text);
	buf_add(sheet->out, sheet->tail);
}

void
csv_count(const struct csv_sheet *sheet, const char *indicator, int64_t count)
{
	csv_line(
		sheet, (struct csv_line){indicator, .value = csv_known(count), .measure = "count"});
}

void
csv_note(const struct csv_sheet *sheet, const char *indicator, struct str text)
{
	csv_line(sheet, (struct csv_line){indicator, .measure = "", .text = text});
}

void
csv_points(const struct csv_sheet *sheet, const char *indicator, bool known, int64_t x100)
{
	csv_line(sheet, (struct csv_line){indicator, .value = known ? csv_known(x100) : CSV_NONE,
				.measure = "x100"});
}

void
csv_share(const struct csv_sheet *sheet, const char *indicator, struct share share)
{
	csv_line(sheet, (struct csv_line){indicator, .num = csv_known(share.num),
				.den = csv_known(share.den),
				.value = share.den > 0 ? csv_known(round_half_up_of(
								 10000, share.num, share.den))
						       : CSV_NONE,
				.measure = "bp"});
}

struct str
csv_withheld(const struct csv_sheet *sheet)
{
	return str_from(word(W_WITHHELD, sheet->language));
}

void
csv_money(const struct csv_sheet *sheet, const char *indicator, bool withheld, struct vnd amount)
{
	csv_line(sheet,
		(struct csv_line){indicator, .value = withheld ? CSV_NONE : csv_known(amount.dong),
			.measure = "dong", .text = withheld ? csv_withheld(sheet) : STR("")});
}

void
csv_money_share(
	const struct csv_sheet *sheet, const char *indicator, bool withheld, struct share share)
{
	if (withheld)
		csv_line(sheet,
			(struct csv_line){indicator, .measure = "bp", .text = csv_withheld(sheet)});
	else
		csv_share(sheet, indicator, share);
}

void
csv_rank(const struct csv_sheet *sheet, const char *indicator, size_t rank, size_t of)
{
	csv_line(sheet,
		(struct csv_line){indicator, .num = rank > 0 ? csv_known((int64_t)rank) : CSV_NONE,
			.den = of > 0 ? csv_known((int64_t)of) : CSV_NONE,
			.value = rank > 0 ? csv_known((int64_t)rank) : CSV_NONE,
			.measure = "rank"});
}
