/* Where a PostgreSQL store is, in words that a person may read: never its password. */
#include <ctype.h>
#include <string.h>

#include "postgres.h"

static void
put_encoded(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (isalnum((unsigned char)*text) || strchr("-._~/,:", *text) != NULL)
			buf_addc(out, *text);
		else
			buf_addf(out, "%%%02X", (unsigned char)*text);
	}
}

static const char *
value_of(const PQconninfoOption *options, const char *name)
{
	for (; options->keyword != NULL; options++) {
		if (strcmp(options->keyword, name) == 0)
			return options->val;
	}
	return NULL;
}

static void
put_database(const PQconninfoOption *options, struct buf *place)
{
	const char *name = value_of(options, "dbname");

	buf_adds(place, "postgresql:///");
	put_encoded(place, name == NULL ? "" : name);
}

void
store_place(const char *where, struct buf *place)
{
	/* What says which database it is, and as whom. */
	static const char *const names[] = {
		"host", "hostaddr", "port", "user", "service", "options"};
	PQconninfoOption *options = store_is_uri(where) ? PQconninfoParse(where, NULL) : NULL;
	char mark = '?';

	if (!store_is_uri(where)) {
		buf_adds(place, where);
		return;
	}
	if (options == NULL) { /* no URI: whoever connects to it hears why */
		buf_adds(place, "postgresql://...");
		return;
	}
	put_database(options, place);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = value_of(options, names[i]);

		if (value == NULL)
			continue;
		buf_addf(place, "%c%s=", mark, names[i]);
		put_encoded(place, value);
		mark = '&';
	}
	PQconninfoFree(options);
}
