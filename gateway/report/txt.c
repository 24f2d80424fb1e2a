/*
 * What a commune's loudspeakers say of a report in a minute: numbers in words, few of them, and at
 * the end what was done with them; below a line the figures themselves, for who checks.
 */
#include "sentence.h"
#include "spoken.h"
#include "words.h"

#define PART_MAX 1000 /* larger fractions are said as a percentage alone */
#define LEADERS 2

struct talk {
	struct arena *arena;
	const struct report *report;
	enum language language;
	struct buf *out;
};

#define TELL(talk, which, ...) tell((talk), (which), (struct str[]){__VA_ARGS__})

/* A sentence and a line end: who reads aloud breathes there. */
static void
tell(struct talk *talk, enum word which, const struct str *parts)
{
	put_words(talk->out, talk->language, which, parts);
	buf_addc(talk->out, '\n');
}

static struct str
filled(struct talk *talk, enum word which, struct str part, struct str second)
{
	struct buf text CLEANUP(buf_fini) = {0};

	put_words(&text, talk->language, which, (struct str[]){part, second});
	return kept(talk->arena, &text);
}

/* ---- numbers --------------------------------------------------------------------------------- */

static struct str
spoken_count(struct talk *talk, int64_t count)
{
	struct buf text CLEANUP(buf_fini) = {0};

	speak_count(&text, talk->language, count);
	return kept(talk->arena, &text);
}

/* In "phần trăm", "điểm", ... */
static struct str
spoken_in(struct talk *talk, enum word unit, int64_t x100)
{
	struct buf text CLEANUP(buf_fini) = {0};

	speak_hundredths(&text, talk->language, x100);
	return filled(talk, unit, buf_str(&text), STR(""));
}

/* ", tăng mười hai phẩy hai mươi tám điểm so với cùng kỳ" */
static struct str
spoken_change(struct talk *talk, enum word unit, int64_t change_x100)
{
	int64_t size = change_x100 < 0 ? -change_x100 : change_x100;
	struct str said = str_from(word(W_T_SAME, talk->language));

	if (change_x100 != 0)
		said = filled(talk, change_x100 > 0 ? W_T_UP : W_T_DOWN,
			spoken_in(talk, unit, size), STR(""));
	return filled(talk, W_T_ON_YEAR, said, STR(""));
}

/* ---- sentences ------------------------------------------------------------------------------- */

static void
tell_greeting(struct talk *talk)
{
	struct buf place CLEANUP(buf_fini) = {0}, period CLEANUP(buf_fini) = {0};

	report_place(&place, talk->report, talk->language);
	put_period(&period, &talk->report->period, talk->language);
	TELL(talk, talk->report->scope == SCOPE_MARKET ? W_T_GREETING_MARKET : W_T_GREETING,
		buf_str(&place), buf_str(&period));
}

static void
tell_activity(struct talk *talk)
{
	const struct cai_figure *now = &talk->report->figures.cai.figures[CAI_ACTIVITY];
	struct buf whole CLEANUP(buf_fini) = {0};

	put_whole(&whole, talk->report, talk->language);
	if (!now->known && talk->report->figures.sums.open_days == 0)
		TELL(talk, W_T_NOTHING_OPEN, buf_str(&whole));
	if (!now->known)
		return;
	if (now->num == 0) {
		TELL(talk, W_T_NONE_ACTIVE, buf_str(&whole));
		return;
	}
	TELL(talk, now->den <= PART_MAX ? W_T_ACTIVE : W_T_ACTIVE_RATE, buf_str(&whole),
		filled(talk, W_T_PART, spoken_count(talk, now->num), spoken_count(talk, now->den)),
		spoken_in(talk, W_T_PERCENT, now->rate_bp));
}

static void
tell_payments(struct talk *talk)
{
	const struct report_figures *now = &talk->report->figures;
	const struct report_other *other = &talk->report->year_before;
	struct buf money CLEANUP(buf_fini) = {0};
	struct str change = STR(""), worth = STR("");
	int64_t growth_bp;

	if (now->payments == 0)
		return;
	if (other->known && figure_growth(now->payments, other->figures.payments, &growth_bp))
		change = spoken_change(talk, W_T_PERCENT, growth_bp);
	if (!now->withheld) {
		speak_money(&money, talk->language, now->value);
		worth = filled(talk, W_T_WORTH, buf_str(&money), STR(""));
	}
	TELL(talk, W_T_PAYMENTS, spoken_count(talk, now->payments), change, worth);
}

static void
tell_index(struct talk *talk)
{
	const struct report *report = talk->report;
	const struct cai *now = &report->figures.cai, *then = &report->year_before.figures.cai;
	struct buf points CLEANUP(buf_fini) = {0}, rank CLEANUP(buf_fini) = {0};
	struct str change = STR(""), ranked = STR("");

	if (!now->known)
		return;
	speak_hundredths(&points, talk->language, now->cai_x100);
	if (report->year_before.known && then->known)
		change = spoken_change(talk, W_T_POINTS, now->cai_x100 - then->cai_x100);
	if (report->rank > 0 && report->of > 1) {
		speak_rank(&rank, talk->language, (int64_t)report->rank);
		ranked = filled(talk, report->scope == SCOPE_MARKET ? W_T_RANK_MARKET : W_T_RANK,
			buf_str(&rank), spoken_count(talk, (int64_t)report->of));
	}
	TELL(talk, W_T_INDEX, buf_str(&points), str_from(report_class(now, talk->language)), change,
		ranked);
}

static void
tell_leaders(struct talk *talk)
{
	const struct report *report = talk->report;
	struct buf names CLEANUP(buf_fini) = {0};
	size_t leaders = 0, ranked = 0;

	for (size_t i = 0; i < report->row_count; i++) {
		ranked += report->rows[i].rank > 0;
		if (report->rows[i].rank != 1 || leaders++ >= LEADERS)
			continue;
		if (leaders > 1)
			buf_adds(&names, ", ");
		report_place_name(&names, report->rows[i].name, STR(""), talk->language);
	}
	if (ranked > 1 && leaders > 0 && leaders <= LEADERS)
		TELL(talk, W_T_LEADING, buf_str(&names));
}

static void
tell_work(struct talk *talk)
{
	const struct report *report = talk->report;
	int64_t no_code = 0, dropped = 0;

	for (size_t i = 0; i < report->work_count; i++) {
		no_code += report->work[i].reason == WORK_NO_CODE;
		dropped += report->work[i].reason == WORK_DROPPED;
	}
	if (no_code > 0)
		TELL(talk, W_T_NO_CODE, spoken_count(talk, no_code));
	if (dropped > 0)
		TELL(talk, W_T_DROPPED, spoken_count(talk, dropped));
	if (no_code > 0 || dropped > 0)
		TELL(talk, W_T_INVITATION, STR(""));
}

/* What the spoken figures are, to the digit, and from which report. */
static void
tell_below(struct talk *talk)
{
	struct header_line lines[HEADER_LINES];
	size_t count = report_header(talk->arena, talk->report, talk->language, lines);
	struct narrative narrative;

	buf_adds(talk->out, "\n---\n");
	TELL(talk, W_T_BELOW, STR(""));
	report_narrative(talk->arena, talk->report, PART_RESULTS, talk->language, &narrative);
	buf_add(talk->out, narrative.paragraphs[0].text);
	buf_addc(talk->out, '\n');
	for (size_t i = 0; i < count; i++)
		buf_addf(talk->out, "%.*s: %.*s\n", STR_FMT(lines[i].label),
			STR_FMT(lines[i].value));
	report_footer(talk->out, talk->report, talk->language);
	buf_addc(talk->out, '\n');
}

struct err
report_txt(const struct report *report, enum language language, struct buf *out)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct talk talk = {arena, report, language, out};

	TELL(&talk, W_T_HEAD, STR(""));
	buf_addc(out, '\n');
	tell_greeting(&talk);
	tell_activity(&talk);
	tell_payments(&talk);
	tell_index(&talk);
	tell_leaders(&talk);
	tell_work(&talk);
	if (report->figures.status != STATUS_OFFICIAL)
		TELL(&talk, W_T_STATUS,
			str_from(report_status_word(report->figures.status, language)));
	TELL(&talk, W_T_PRIVACY, STR(""));
	TELL(&talk, W_T_THANKS, STR(""));
	tell_below(&talk);
	return OK;
}
