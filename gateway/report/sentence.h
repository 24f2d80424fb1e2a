/*
 * sentence.h - a text of the catalogue with its %1 .. %9 filled in, and links to the numbers.
 */
#ifndef REPORT_SENTENCE_H
#define REPORT_SENTENCE_H

#include "catalogue.h"
#include "chopay/arena.h"
#include "chopay/report.h"

/* What stands for a %n.  `as` says how it is printed and read back (report.h). */
struct part {
	bool linked; /* a number; otherwise `text` */
	struct str text;
	enum link_kind as;
	struct share of;
	const char *code;
};

/* A paragraph as it grows. */
struct writing {
	struct arena *arena;
	enum language language;
	struct buf text; /* owned: writing_fini */
	struct narrative_link *links;
	size_t link_count, link_room;
};
void writing_fini(struct writing *writing);

/* Adds the text of `which`; `parts` has what its %n ask for. */
void write_sentence(struct writing *writing, enum word which, const struct part *parts);

/* The same for plain words, into `out`. */
void put_words(struct buf *out, enum language language, enum word which, const struct str *parts);

struct part part_text(struct str text);
struct part part_number(enum link_kind as, const char *code, int64_t num, int64_t den);

#endif
