/* What changed from one revision to another: figure by figure, of the whole and of each row. */
#include "chopay/report_difference.h"

#include <string.h>

#include "catalogue.h"

#define FIGURES_MAX 40 /* of one place */

struct place {
	struct str code, name;
	const struct report_figures *figures; /* NULL: it is not there */
	size_t rank;
};

struct listing {
	struct arena *arena;
	enum language language;
	struct difference *items;
	size_t count;
};

/* ---- one side of a figure -----------------------------------------------------------------------
 */

static struct str
kept(const struct listing *listing, struct buf *text)
{
	struct str copy = arena_copy(listing->arena, buf_str(text));

	buf_fini(text);
	return copy;
}

static struct difference_side
no_side(void)
{
	return (struct difference_side){.text = STR(NO_FIGURE)};
}

static struct difference_side
count_side(const struct listing *listing, int64_t count)
{
	struct buf text = {0};

	figure_count(&text, listing->language, count);
	return (struct difference_side){true, {count, 0}, kept(listing, &text)};
}

static struct difference_side
money_side(const struct listing *listing, bool withheld, struct vnd amount)
{
	struct buf text = {0};

	if (withheld)
		return no_side();
	figure_money(&text, listing->language, amount);
	return (struct difference_side){true, {amount.dong, 0}, kept(listing, &text)};
}

static struct difference_side
points_side(const struct listing *listing, const struct cai *cai)
{
	struct buf text = {0};

	if (!cai->known)
		return no_side();
	figure_hundredths(&text, listing->language, cai->cai_x100);
	return (struct difference_side){true, {cai->cai_x100, 0}, kept(listing, &text)};
}

static struct difference_side
share_side(const struct listing *listing, bool withheld, struct share share)
{
	struct buf text = {0};

	if (withheld || share.den == 0)
		return no_side();
	figure_part(&text, listing->language, share.num, share.den);
	return (struct difference_side){true, share, kept(listing, &text)};
}

static struct difference_side
word_side(const char *word)
{
	return (struct difference_side){true, {0, 0}, str_from(word)};
}

/* ---- all of a place -----------------------------------------------------------------------------
 */

struct named_side {
	const char *indicator;
	struct difference_side side;
};

static size_t
volume_sides(const struct listing *listing, const struct report_figures *figures,
	struct named_side *sides)
{
	bool withheld = figures->withheld;
	size_t count = 0;

	sides[count++] = (struct named_side){"V1", count_side(listing, figures->payments)};
	sides[count++] = (struct named_side){"V2", money_side(listing, withheld, figures->value)};
	sides[count++] = (struct named_side){"T", share_side(listing, withheld, figures->turnover)};
	sides[count++] = (struct named_side){"K", share_side(listing, false, figures->declared)};
	sides[count++] = (struct named_side){"F", share_side(listing, withheld, figures->fees)};
	sides[count++] = (struct named_side){"X", count_side(listing, figures->dropped)};
	sides[count++] = (struct named_side){"stalls", count_side(listing, figures->stalls)};
	sides[count++] = (struct named_side){
		"removed_days", count_side(listing, figures->removed_days)};
	sides[count++] = (struct named_side){
		"status", word_side(report_status_word(figures->status, listing->language))};
	for (int rule = RULE_NONE + 1; rule < ADOPTION_RULES; rule++)
		sides[count++] = (struct named_side){adoption_rule_code((enum adoption_rule)rule),
			count_side(listing, figures->removed[rule].payments)};
	return count;
}

/* In the same order whatever the figures are. */
static size_t
sides_of(const struct listing *listing, const struct place *place, struct named_side *sides)
{
	const struct report_figures *figures = place->figures;
	size_t count = 0;

	sides[count++] = (struct named_side){"CAI", points_side(listing, &figures->cai)};
	for (int i = 0; i < CAI_COMPONENTS; i++) {
		const struct cai_figure *one = &figures->cai.figures[i];

		sides[count++] = (struct named_side){cai_component_code((enum cai_component)i),
			share_side(listing, false, (struct share){one->num, one->den})};
	}
	sides[count++] = (struct named_side){
		"rank", place->rank == 0 ? no_side() : count_side(listing, (int64_t)place->rank)};
	return count + volume_sides(listing, figures, sides + count);
}

static void
compare(struct listing *listing, const struct place *before, const struct place *after)
{
	static const struct report_figures nothing = {0};
	const struct place *named = after->figures != NULL ? after : before;
	const struct place empty = {.figures = &nothing};
	struct named_side one[FIGURES_MAX], other[FIGURES_MAX];
	size_t count = sides_of(listing, before->figures != NULL ? before : &empty, one);

	(void)sides_of(listing, after->figures != NULL ? after : &empty, other);
	for (size_t i = 0; i < count; i++) {
		struct difference *item = &listing->items[listing->count];

		if (before->figures == NULL)
			one[i].side = no_side();
		if (after->figures == NULL)
			other[i].side = no_side();
		/* A share may be another one and print the same: 1/2 and 2/4 do not. */
		if (str_eq(one[i].side.text, other[i].side.text))
			continue;
		*item = (struct difference){named->code, named->name, str_from(one[i].indicator),
			one[i].side, other[i].side};
		listing->count++;
	}
}

/* ---- the whole and its rows ---------------------------------------------------------------------
 */

static struct place
place_of_row(const struct report *report, struct str code)
{
	for (size_t i = 0; i < report->row_count; i++) {
		const struct report_row *row = &report->rows[i];

		if (str_eq(row->code, code))
			return (struct place){row->code, row->name, &row->figures, row->rank};
	}
	return (struct place){.code = code};
}

static struct place
place_of_whole(const struct report *report)
{
	return (struct place){report->code, report->name, &report->figures, report->rank};
}

void
report_difference(struct arena *arena, const struct report *before, const struct report *after,
	enum language language, struct difference **differences, size_t *count)
{
	size_t places = 1 + before->row_count + after->row_count;
	struct listing listing = {.arena = arena, .language = language};
	struct place one = place_of_whole(before), other = place_of_whole(after);

	listing.items = arena_alloc(arena, places * FIGURES_MAX * sizeof(*listing.items));
	compare(&listing, &one, &other);
	for (size_t i = 0; i < after->row_count; i++) {
		other = (struct place){after->rows[i].code, after->rows[i].name,
			&after->rows[i].figures, after->rows[i].rank};
		one = place_of_row(before, other.code);
		compare(&listing, &one, &other);
	}
	for (size_t i = 0; i < before->row_count; i++) {
		other = place_of_row(after, before->rows[i].code);
		if (other.figures != NULL)
			continue; /* compared above */
		one = place_of_row(before, before->rows[i].code);
		compare(&listing, &one, &other);
	}
	*differences = listing.items;
	*count = listing.count;
}

struct str
report_difference_name(struct str indicator, enum language language)
{
	static const struct {
		const char *code;
		enum word name;
	} others[] = {{"rank", W_RANK}, {"K", W_NAME_K}, {"X", W_NAME_X}, {"stalls", W_STALLS},
		{"removed_days", W_REMOVED_DAYS}, {"status", W_HEAD_STATUS},
		{"refunded", W_REMOVED_REFUNDED}, {"R1", W_REMOVED_R1}, {"R2", W_REMOVED_R2},
		{"R3", W_REMOVED_R3}, {"R4", W_REMOVED_R4}, {"R7", W_REMOVED_R7}};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (str_eq(indicator, str_from(others[i].code)))
			return str_from(word(others[i].name, language));
	}
	return report_indicator(indicator, language);
}
