/*
 * page.h - HTML pages: a template from gateway/web/ filled with data.
 *
 * The templates are a small part of mustache:
 *
 *	{{name}} {{a.b}} {{.}}      a value, always escaped for HTML text and quoted attributes
 *	{{#name}} ... {{/name}}     once for a true value, object or text; once per item of an array
 *	{{^name}} ... {{/name}}     when it is absent, null, false, "" or []
 *	{{@room.name}}              that text of the catalogue (words.h), in the page's language
 *	{{@*room.js.}}              all whose key starts so, for a script to read out of a
 *<template>: <i data-k="rest of the key">text</i>
 *	{{>folder/file.html}}       another template of gateway/web/, with the same data
 *	{{! ... }}                  a comment, not sent
 *
 * There is no way to write a value unescaped.  A name is looked for in the innermost section
 * first, then outwards; one that is nowhere is empty.  The language is English where "lang" is
 *"en", Vietnamese otherwise.  Texts, whole numbers and booleans can be written; anything else is
 *empty.  Escaping does not vet a URL: what stands in an href is composed by a handler, never taken
 *from a person.
 *
 * Threads: any.  Memory: `out` is the caller's.
 */
#ifndef CHOPAY_API_PAGE_H
#define CHOPAY_API_PAGE_H

#include "chopay/json.h"

#define PAGE_DEPTH_MAX 16 /* sections and partials inside one another */

/*
 * Append the page at `template_path` ("gateway/web/stall/stall.html") to `out`.
 * ERR_BROKEN: no such template or partial, a malformed tag, sections that do not nest, too deep;
 * `out` is then as it was.
 */
MUST_CHECK struct err page_render(struct buf *out, const char *template_path, const json_t *data);

/* The same for a template given as text. */
MUST_CHECK struct err page_render_text(struct buf *out, struct str text, const json_t *data);

#endif
