/* list.h - a /v1 list on stdout: every page of it, one line per item. */
#ifndef CHOPAY_CLI_LIST_H
#define CHOPAY_CLI_LIST_H

#include "control.h"

typedef void (*print_fn)(const json_t *item);

/* `query` continues the first one: "" or "&since=...".  `last` (may be NULL) keeps the last page,
 * for what stands beside the items; the caller's.  An exit status, after complaining. */
int list_print(struct control *control, const char *path, const char *query, const char *name,
	print_fn print, json_t **last);

void list_print_json(const json_t *item);		    /* as one JSON line */
struct str list_text(const json_t *item, const char *name); /* "-" when it is no text */

#endif
