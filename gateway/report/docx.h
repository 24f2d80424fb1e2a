/*
 * docx.h - a document in WordprocessingML as it grows: paragraphs and tables, each of a style.
 *
 * The styles, by their ids, stand in docx_styles.c.  Lengths are twentieths of a point ("twips").
 * Source: ECMA-376 part 1, section 17; Decree 30/2020/ND-CP, annex I.
 */
#ifndef REPORT_DOCX_H
#define REPORT_DOCX_H

#include "chopay/arena.h"
#include "chopay/report.h"

#define DOCX_A4_SHORT 11906
#define DOCX_A4_LONG 16838
#define DOCX_TOP 1134  /* 20 mm, and bottom */
#define DOCX_LEFT 1701 /* 30 mm */
#define DOCX_RIGHT 850 /* 15 mm */
#define DOCX_INNER (DOCX_A4_SHORT - DOCX_LEFT - DOCX_RIGHT)
#define DOCX_INNER_LANDSCAPE (DOCX_A4_LONG - DOCX_LEFT - DOCX_RIGHT)

struct docx {
	struct buf xml; /* of the body; owned */
	struct arena *arena;
	const struct report *report;
	enum language language;
	bool landscape; /* of the section under way */
	bool later;	/* it is not the first */
};

void docx_styles(struct buf *out); /* word/styles.xml */

void docx_paragraph(struct docx *docx, const char *style, struct str text);
/* Ends the section: what follows stands on pages of its own, lengthwise or across. */
void docx_turn(struct docx *docx, bool landscape);

/* All of it, between <w:body> and </w:body>. */
void docx_body(struct docx *docx);

/* A table of the annex with its title, on pages that are wide enough. */
void docx_table(struct docx *docx, const struct table *table);

#endif
