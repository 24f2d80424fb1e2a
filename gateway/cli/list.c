/* A /v1 list on stdout. */
#include <stdio.h>
#include <sysexits.h>

#include "list.h"

void
list_print_json(const json_t *item)
{
	struct buf line CLEANUP(buf_fini) = {0};

	json_write(&line, item);
	puts(line.ptr);
}

struct str
list_text(const json_t *item, const char *name)
{
	const json_t *member = json_object_get(item, name);

	return json_is_string(member) ? json_str(member) : STR("-");
}

int
list_print(struct control *control, const char *path, const char *query, const char *name,
	print_fn print, json_t **last)
{
	struct buf cursor CLEANUP(buf_fini) = {0};

	for (;;) {
		json_t *answer CLEANUP(json_cleanup) = NULL;
		struct buf target CLEANUP(buf_fini) = {0};
		const json_t *items, *next;
		int status;

		buf_addf(&target, "%s?limit=500%s", path, query);
		if (cursor.len > 0)
			buf_addf(&target, "&cursor=%s", cursor.ptr);
		status = control_json(control, "GET", target.ptr, NULL, &answer);
		if (status != 0)
			return status;
		items = json_object_get(answer, name);
		for (size_t i = 0; i < json_array_size(items); i++)
			print(json_array_get(items, i));
		next = json_object_get(answer, "next_cursor");
		if (!json_is_string(next)) {
			if (last != NULL)
				*last = json_incref(answer);
			return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
		}
		buf_clear(&cursor);
		buf_add(&cursor, json_str(next));
	}
}
