/* What stands above and below every form of a report, and the names of places in it. */
#include "words.h"

#include "chopay/clock.h"
#include "chopay/plain.h"
#include "indicators.h"
#include "sentence.h"

/* How names of the register begin, and what they are in a sentence. */
static const struct {
	const char *head, *vi, *en, *level; /* level: of a name without its kind */
} kinds[] = {
	{"Thành phố ", "thành phố", "city", ""},
	{"Thị trấn ", "thị trấn", "township", ""},
	{"Đặc khu ", "đặc khu", "special zone", ""},
	{"Thị xã ", "thị xã", "town", ""},
	{"Phường ", "phường", "ward", ""},
	{"Quận ", "quận", "urban district", ""},
	{"Huyện ", "huyện", "district", "district"},
	{"Tỉnh ", "tỉnh", "province", "province"},
	{"Xã ", "xã", "commune", "commune"},
	{"Chợ đêm ", "chợ đêm", "night market", ""},
	{"Chợ ", "chợ", "market", "market"},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* KINDS: the name does not say. */
static size_t
kind_of(struct str name)
{
	size_t i = 0;

	while (i < KINDS && !str_starts(name, str_from(kinds[i].head)))
		i++;
	return i;
}

void
report_place_name(struct buf *out, struct str name, struct str level, enum language language)
{
	struct buf plain CLEANUP(buf_fini) = {0};
	size_t kind;

	plain_put(&plain, name);
	name = buf_str(&plain);
	kind = kind_of(name);

	if (kind < KINDS) {
		name = str_cut(name, str_from(kinds[kind].head).len, name.len);
	} else if (str_eq(level, STR("market"))) {
		kind = KINDS - 1;
	} else {
		buf_add(out, name);
		return;
	}
	if (language == VIETNAMESE)
		buf_addf(out, "%s %.*s", kinds[kind].vi, STR_FMT(name));
	else
		buf_addf(out, "%.*s %s", STR_FMT(name), kinds[kind].en);
}

void
put_bare_name(struct buf *out, struct str name)
{
	size_t kind = kind_of(name);

	buf_add(out, kind < KINDS ? str_cut(name, str_from(kinds[kind].head).len, name.len) : name);
}

void
report_place(struct buf *out, const struct report *report, enum language language)
{
	struct buf name CLEANUP(buf_fini) = {0};

	report_place_name(&name, report->name,
		report->scope == SCOPE_MARKET ? STR("market") : report->level, language);
	if (report->scope == SCOPE_FORMER)
		put_words(out, language, W_FORMER_PLACE, (struct str[]){buf_str(&name)});
	else
		buf_add(out, buf_str(&name));
}

void
put_whole(struct buf *out, const struct report *report, enum language language)
{
	struct str level = report->scope == SCOPE_MARKET ? STR("market") : report->level;
	size_t kind = kind_of(report->name);

	for (size_t i = 0; kind == KINDS && i < KINDS; i++)
		if (str_eq(level, str_from(kinds[i].level)) && level.len > 0)
			kind = i;
	if (report->scope == SCOPE_FORMER)
		buf_adds(out, word(W_WHOLE_AREA, language));
	else if (str_eq(level, STR("country")))
		buf_adds(out, word(W_WHOLE_COUNTRY, language));
	else if (kind == KINDS)
		buf_adds(out, word(W_WHOLE_AREA, language));
	else
		put_words(out, language, W_WHOLE,
			(struct str[]){str_from(
				language == VIETNAMESE ? kinds[kind].vi : kinds[kind].en)});
}

void
put_period(struct buf *out, const struct period *period, enum language language)
{
	(language == VIETNAMESE ? period_title_vi : period_title_en)(out, period);
}

void
put_day(struct buf *out, int32_t day, enum language language)
{
	(void)language; /* day before month in both: the State's order, and no one's doubt */
	day_format_vi(out, day);
}

struct str
kept(struct arena *arena, struct buf *text)
{
	struct str copy = arena_copy(arena, buf_str(text));

	buf_clear(text);
	return copy;
}

void
report_title(struct buf *out, const struct report *report, enum language language)
{
	struct buf place CLEANUP(buf_fini) = {0}, period CLEANUP(buf_fini) = {0};

	report_place(&place, report, language);
	put_period(&period, &report->period, language);
	put_words(out, language, report->scope == SCOPE_MARKET ? W_TITLE_MARKET : W_TITLE,
		(struct str[]){buf_str(&place), buf_str(&period)});
}

/* ---- words of the figures -------------------------------------------------------------------- */

const char *
report_status_word(enum report_status status, enum language language)
{
	static const enum word words[] = {
		[STATUS_PROVISIONAL] = W_STATUS_PROVISIONAL,
		[STATUS_OFFICIAL] = W_STATUS_OFFICIAL,
		[STATUS_UNMATCHED] = W_STATUS_UNMATCHED,
	};

	return word(words[status], language);
}

/* The class is the index's to give: here is only what it is called. */
const char *
report_class(const struct cai *cai, enum language language)
{
	struct str name = str_from(cai->known ? cai_class(cai->cai_x100) : NO_FIGURE);

	for (int i = W_CLASS_EXCELLENT; i <= W_CLASS_WEAK; i++)
		if (str_eq(name, str_from(word((enum word)i, VIETNAMESE))))
			return word((enum word)i, language);
	return name.ptr;
}

struct str
report_indicator(struct str code, enum language language)
{
	const struct indicator *indicator = indicator_find(code);

	return indicator != NULL ? str_from(word(indicator->name, language)) : code;
}

struct str
unranked_reason(const struct report_figures *figures, struct str told, enum language language)
{
	enum word why = W_UNRANKED_FEW;

	if (language == VIETNAMESE || told.len == 0)
		return told;
	if (!figures->cai.known)
		why = W_UNRANKED_NO_FIGURE;
	else if (figures->status == STATUS_UNMATCHED)
		why = W_UNRANKED_UNMATCHED;
	else if (figures->cai.cells >= CAI_RANKED_CELLS_MIN)
		return told;
	return str_from(word(why, language));
}

static const struct report_figures *
figures_of(const struct report *report, struct str code)
{
	if (str_eq(code, report->code))
		return &report->figures;
	for (size_t i = 0; i < report->row_count; i++)
		if (str_eq(code, report->rows[i].code))
			return &report->rows[i].figures;
	return NULL;
}

bool
target_told(const struct report *report, const struct report_target *target)
{
	const struct report_figures *figures = figures_of(report, target->unit_code);

	if (!target->known || figures == NULL)
		return target->known;
	if (str_eq(target->indicator, STR("V2")))
		return !figures->withheld;
	if (str_eq(target->indicator, STR("T")))
		return !figures->turnover_withheld;
	return !(str_eq(target->indicator, STR("F")) && figures->fees_withheld);
}

static bool
is_whole_year(const struct period *period)
{
	month_key first = month_of(period->to_day, period->calendar) / 12 * 12;

	return period->from_day <= month_first_day(first, period->calendar) &&
	       period->to_day >= month_last_day(first + 11, period->calendar);
}

enum word
target_verdict(const struct report *report, const struct report_target *target)
{
	bool adds_up = str_eq(target->indicator, STR("V1")) || str_eq(target->indicator, STR("V2"));

	if (target->met)
		return W_MET;
	return adds_up && !is_whole_year(&report->period) ? W_YEAR_RUNS : W_NOT_MET;
}

/* ---- header and footer ----------------------------------------------------------------------- */

bool
report_runs(const struct report *report)
{
	return report->period.to_day >= day_of(report->cut_at_ms, 0);
}

/* Of a period that runs: up to which day it tells. */
static void
put_as_of(struct buf *line, const struct report *report, enum language language)
{
	struct buf day CLEANUP(buf_fini) = {0};

	if (!report_runs(report))
		return;
	put_day(&day, day_of(report->cut_at_ms, 0), language);
	put_words(line, language, W_AS_OF, (struct str[]){buf_str(&day)});
}

static struct str
period_line(struct arena *arena, const struct report *report, enum language language)
{
	struct buf title CLEANUP(buf_fini) = {0}, from CLEANUP(buf_fini) = {0};
	struct buf to CLEANUP(buf_fini) = {0}, line CLEANUP(buf_fini) = {0};

	put_period(&title, &report->period, language);
	put_day(&from, report->period.from_day, language);
	put_day(&to, report->period.to_day, language);
	if (report->period.kind == PERIOD_RANGE)
		buf_add(&line, buf_str(&title));
	else
		put_words(&line, language, W_PERIOD_DATES,
			(struct str[]){buf_str(&title), buf_str(&from), buf_str(&to)});
	put_as_of(&line, report, language);
	return kept(arena, &line);
}

static struct str
cut_line(struct arena *arena, const struct report *report, enum language language)
{
	int32_t day = day_of(report->cut_at_ms, 0);
	int64_t minute = (report->cut_at_ms - day_start_ms(day, 0)) / (60 * MS_PER_SECOND);
	struct buf date CLEANUP(buf_fini) = {0}, line CLEANUP(buf_fini) = {0};

	put_day(&date, day, language);
	put_words(&line, language, W_CLOCK,
		(struct str[]){
			arena_printf(arena, "%02d:%02d", (int)(minute / 60), (int)(minute % 60)),
			buf_str(&date)});
	return kept(arena, &line);
}

static struct str
version_line(struct arena *arena, const struct report *report, enum language language)
{
	struct buf line CLEANUP(buf_fini) = {0};

	if (report->snapshot_id == 0)
		return str_from(word(W_NO_VERSION, language));
	put_words(&line, language, W_VERSION,
		(struct str[]){arena_printf(arena, "%lld", (long long)report->snapshot_id),
			arena_printf(arena, "%lld", (long long)report->revision)});
	return kept(arena, &line);
}

size_t
report_header(struct arena *arena, const struct report *report, enum language language,
	struct header_line lines[HEADER_LINES])
{
	struct buf place CLEANUP(buf_fini) = {0};
	const struct {
		enum word label;
		struct str value;
	} all[HEADER_LINES] = {
		{W_HEAD_PLACE, (report_place(&place, report, language), kept(arena, &place))},
		{W_HEAD_PERIOD, period_line(arena, report, language)},
		{W_HEAD_CALENDAR,
			str_from(word(report->period.calendar == CALENDAR_ND09 ? W_CALENDAR_ND09
									       : W_CALENDAR_SOLAR,
				language))},
		{W_HEAD_BOUNDARY,
			str_from(word(report->boundary == BOUNDARY_TODAY ? W_BOUNDARY_TODAY
									 : W_BOUNDARY_THEN,
				language))},
		{W_HEAD_STATUS, str_from(report_status_word(report->figures.status, language))},
		{W_HEAD_VERSION, version_line(arena, report, language)},
		{W_HEAD_CUT, cut_line(arena, report, language)},
		{W_HEAD_PARAMETERS, report->parameter_set},
		{W_HEAD_AUDIENCE,
			str_from(word(report->audience == AUDIENCE_BOARD ? W_AUDIENCE_BOARD
									 : W_AUDIENCE_OFFICIAL,
				language))},
	};

	for (size_t i = 0; i < HEADER_LINES; i++)
		lines[i] = (struct header_line){
			str_from(word(all[i].label, language)), all[i].value};
	return HEADER_LINES;
}

void
report_footer(struct buf *out, const struct report *report, enum language language)
{
	struct buf id CLEANUP(buf_fini) = {0}, revision CLEANUP(buf_fini) = {0};

	if (report->snapshot_id == 0) {
		buf_adds(out, word(W_NO_VERSION, language));
		return;
	}
	buf_addf(&id, "%lld", (long long)report->snapshot_id);
	buf_addf(&revision, "%lld", (long long)report->revision);
	put_words(out, language, W_FOOTER_VERSION,
		(struct str[]){buf_str(&id), buf_str(&revision), report->sha256});
}

void
put_last_line(struct buf *out, const struct report *report, enum language language)
{
	report_footer(out, report, language);
	buf_adds(out, ". ");
	put_words(out, language, W_PARAMETERS, (struct str[]){report->parameter_set});
}
