/* The narrative: sentences that the figures bear out, and no others. */
#include "narrative.h"

#include <string.h>

#include "chopay/plain.h"
#include "indicators.h"

#define PARAGRAPHS_AT_FIRST 8
#define LOW_UNITS 3

static void (*const parts[])(struct narration *narration) = {
	[PART_RESULTS] = narrate_results,
	[PART_SHORTCOMINGS] = narrate_shortcomings,
	[PART_TASKS] = narrate_tasks,
};

void
report_narrative(struct arena *arena, const struct report *report, enum narrative_part part,
	enum language language, struct narrative *narrative)
{
	struct narration narration = {
		.report = report,
		.writing = {.arena = arena, .language = language},
	};

	parts[part](&narration);
	writing_fini(&narration.writing);
	*narrative = (struct narrative){narration.paragraphs, narration.count};
}

void
end_paragraph(struct narration *narration)
{
	struct writing *writing = &narration->writing;

	if (narration->count == narration->room) {
		size_t room = narration->room > 0 ? 2 * narration->room : PARAGRAPHS_AT_FIRST;
		struct narrative_paragraph *grown = arena_alloc(
			writing->arena, room * sizeof(*grown));

		if (narration->count > 0)
			memcpy(grown, narration->paragraphs, narration->count * sizeof(*grown));
		narration->paragraphs = grown;
		narration->room = room;
	}
	narration->paragraphs[narration->count++] = (struct narrative_paragraph){
		kept(writing->arena, &writing->text), writing->links, writing->link_count};
	writing->links = NULL;
	writing->link_count = writing->link_room = 0;
}

/* ", " before the second and later ones. */
static void
say_comma(struct narration *narration, size_t *listed)
{
	if ((*listed)++ > 0)
		SAY_WORDS(narration, W_N_COMMA);
}

struct part
part_component(const struct narration *narration, enum cai_component component)
{
	static const enum word names[CAI_COMPONENTS] = {
		[CAI_COVERAGE] = W_LOW_P,
		[CAI_ACTIVITY] = W_LOW_H,
		[CAI_RHYTHM] = W_LOW_N,
		[CAI_RETENTION] = W_LOW_D,
	};

	return part_text(str_from(word(names[component], narration->writing.language)));
}

struct part
part_plain(struct narration *narration, struct str text)
{
	struct buf plain CLEANUP(buf_fini) = {0};

	plain_put(&plain, text);
	return part_text(kept(narration->writing.arena, &plain));
}

struct part
part_place(struct narration *narration, struct str name)
{
	struct buf place CLEANUP(buf_fini) = {0};

	report_place_name(&place, name, STR(""), narration->writing.language);
	return part_text(kept(narration->writing.arena, &place));
}

struct part
part_target_name(struct narration *narration, const struct report_target *target)
{
	const struct indicator *indicator = indicator_find(target->indicator);
	enum language language = narration->writing.language;
	struct buf name CLEANUP(buf_fini) = {0}, place CLEANUP(buf_fini) = {0};
	struct str own = indicator != NULL ? str_from(word(indicator->low, language))
					   : target->indicator;

	if (target->unit_name.len == 0 || str_eq(target->unit_code, narration->report->code))
		return part_text(own);
	report_place_name(&place, target->unit_name, STR(""), language);
	put_words(&name, language, W_LOW_OF_UNIT, (struct str[]){own, buf_str(&place)});
	return part_text(kept(narration->writing.arena, &name));
}

const char *
target_code(const struct report_target *target)
{
	const struct indicator *indicator = indicator_find(target->indicator);

	return indicator != NULL ? indicator->code : "";
}

struct part
part_target(const struct report_target *target, int64_t value)
{
	static const enum link_kind as[] = {
		[MEASURE_POINTS] = LINK_POINTS,
		[MEASURE_PERCENT] = LINK_RATE,
		[MEASURE_PAYMENTS] = LINK_COUNT,
		[MEASURE_DONG] = LINK_MONEY,
	};

	return part_number(as[measure_of(target->indicator)], target_code(target), value, 10000);
}

/* ---- what several parts speak of ------------------------------------------------------------- */

bool
lowest_component(const struct cai *cai, enum cai_component *lowest)
{
	bool found = false;

	for (int i = 0; i < CAI_COMPONENTS; i++) {
		int64_t most = cai_component_max((enum cai_component)i);

		if (!cai->figures[i].known || cai->figures[i].pts_x100 == 100 * most)
			continue;
		if (!found || cai->figures[i].pts_x100 * cai_component_max(*lowest) <
				      cai->figures[*lowest].pts_x100 * most)
			*lowest = (enum cai_component)i;
		found = true;
	}
	return found;
}

static size_t
most_low(size_t ranked)
{
	return ranked / 2 < LOW_UNITS ? ranked / 2 : LOW_UNITS;
}

/* How many there are with those of `rank`; kept as far as there is room. */
static size_t
add_rank(const struct report *report, size_t rank, const struct report_row *low[LOW_UNITS],
	size_t count)
{
	for (size_t i = 0; i < report->row_count; i++) {
		if (report->rows[i].rank != rank)
			continue;
		if (count < LOW_UNITS)
			low[count] = &report->rows[i];
		count++;
	}
	return count;
}

/* Ranked rows from the bottom: at most three, not more than half of them, whole ranks. */
static size_t
low_units(const struct report *report, const struct report_row *low[LOW_UNITS], size_t *ranked)
{
	size_t worst = 0, count = 0;

	*ranked = 0;
	for (size_t i = 0; i < report->row_count; i++) {
		*ranked += report->rows[i].rank > 0;
		if (report->rows[i].rank > worst)
			worst = report->rows[i].rank;
	}
	/* From the last rank up, all of a rank or none of it. */
	for (size_t rank = worst; rank > 1; rank--) {
		size_t more = add_rank(report, rank, low, count);

		if (more > most_low(*ranked))
			break;
		count = more;
	}
	return count;
}

void
say_low_units(struct narration *narration, enum word head)
{
	const struct report_row *low[LOW_UNITS];
	size_t ranked, count = low_units(narration->report, low, &ranked), listed = 0;

	if (count == 0)
		return;
	SAY_WORDS(narration, head);
	for (size_t i = 0; i < count; i++) {
		say_comma(narration, &listed);
		SAY(narration, W_N_LOW_UNIT, part_place(narration, low[i]->name),
			part_number(LINK_POINTS, "CAI", low[i]->figures.cai.cai_x100, 10000),
			part_number(LINK_PART, "rank", (int64_t)low[i]->rank, (int64_t)ranked));
	}
	SAY_WORDS(narration, W_N_STOP);
	end_paragraph(narration);
}
