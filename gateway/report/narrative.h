/* narrative.h - how paragraphs are put together; each part of the narrative is in its own file. */
#ifndef REPORT_NARRATIVE_H
#define REPORT_NARRATIVE_H

#include "sentence.h"
#include "words.h"

struct narration {
	const struct report *report;
	struct writing writing; /* the paragraph under way */
	struct narrative_paragraph *paragraphs;
	size_t count, room;
};

#define SAY(narration, which, ...) \
	write_sentence(&(narration)->writing, (which), (struct part[]){__VA_ARGS__})
#define SAY_WORDS(narration, which) write_sentence(&(narration)->writing, (which), NULL)
void end_paragraph(struct narration *narration);

/* "độ phủ mã QR (P)" */
struct part part_component(const struct narration *narration, enum cai_component component);
/* Words of people. */
struct part part_plain(struct narration *narration, struct str text);
struct part part_place(struct narration *narration, struct str name);
/* The component that got least of its most; false: none is known, or all have their most. */
bool lowest_component(const struct cai *cai, enum cai_component *lowest);
void say_low_units(struct narration *narration, enum word head);

/* "độ phủ mã QR (P)", and of which unit when it is not the report's own. */
struct part part_target_name(struct narration *narration, const struct report_target *target);
/* A target's value, as its indicator is counted. */
struct part part_target(const struct report_target *target, int64_t value);
const char *target_code(const struct report_target *target); /* "CAI", ...; static text */

void narrate_results(struct narration *narration);
void narrate_shortcomings(struct narration *narration);
void narrate_tasks(struct narration *narration);

#endif
