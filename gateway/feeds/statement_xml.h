/*
 * statement_xml.h - XML read in one pass, for files that a stranger may have made.
 *
 * A DOCTYPE is refused, and with it every entity; depth, texts and tokens are bounded; only local
 * names matter.  Over libexpat.
 */
#ifndef FEEDS_STATEMENT_XML_H
#define FEEDS_STATEMENT_XML_H

#include "chopay/str.h"

#define STATEMENT_XML_DEPTH_MAX 40

struct statement_xml {
	/* `name` without its namespace; `attributes`: name, value, ..., NULL. */
	void (*start)(struct statement_xml *xml, struct str name, const char **attributes);
	/* `text`: what stood between the last tag and this one; valid during the call. */
	void (*end)(struct statement_xml *xml, struct str name, struct str text);
	void *arg;
	struct str space; /* the namespace of the element that starts */

	/* private */
	void *parser;
	struct buf text;
	size_t depth, tokens, waiting;
	const char *fault;
};

void statement_xml_init(struct statement_xml *xml);
void statement_xml_fini(struct statement_xml *xml); /* for CLEANUP */
/* In pieces of any size, the last one marked; false: see statement_xml_fault. */
bool statement_xml_feed(struct statement_xml *xml, struct str bytes, bool last);
/* From a handler: no further. */
void statement_xml_stop(struct statement_xml *xml, const char *fault);

size_t statement_xml_line(const struct statement_xml *xml);
const char *statement_xml_fault(const struct statement_xml *xml);

/* The value of an attribute by its local name; {NULL, 0}: not there. */
struct str statement_xml_attribute(const char **attributes, const char *name);

#endif
