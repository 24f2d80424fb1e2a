/* The URI of a PostgreSQL store, before anybody is called: can it be read? */
#include <string.h>

#include "postgres.h"

/* libpq's own complaint would quote the part that it stumbled over: of a password, perhaps. */
static struct err
refuse_uri(struct buf *why)
{
	buf_adds(why,
		"the store's URI cannot be read: it is postgresql://ROLE:PASSWORD@HOST/DATABASE, "
		"with %40 for @, %2F for /, %3A for :, %23 for # inside a password");
	return FAIL(ERR_SETUP, "the store's URI cannot be read");
}

/* A part of a password that was not encoded ends up in one of these. */
static bool
is_misread(const PQconninfoOption *option)
{
	if (option->val == NULL)
		return false;
	if (strcmp(option->keyword, "port") == 0)
		return option->val[strspn(option->val, "0123456789,")] != '\0';
	if (strcmp(option->keyword, "dbname") == 0)
		return strchr(option->val, '@') != NULL;
	return strcmp(option->keyword, "host") == 0 && option->val[0] != '@' &&
	       strchr(option->val, '@') != NULL;
}

static bool
is_known(struct str name)
{
	PQconninfoOption *options = PQconndefaults();
	bool known = str_eq(name, STR("ssl")); /* JDBC's; libpq takes it in a URI */

	for (const PQconninfoOption *option = options;
		option != NULL && option->keyword != NULL && !known; option++)
		known = str_eq(name, str_from(option->keyword));
	PQconninfoFree(options);
	return known;
}

/* It is named only where it cannot be the rest of a password: that is over at its @. */
static bool
find_unknown_option(const char *uri, struct str *name)
{
	const char *mark = strchr(uri, '?');
	struct str rest = str_from(mark == NULL ? "" : mark + 1), option;

	if (mark == NULL || strchr(mark, '@') != NULL)
		return false;
	for (bool more = rest.len > 0; more;) {
		more = str_split(&rest, '&', &option);
		if (!str_split(&option, '=', name))
			return false;
		if (!is_known(*name))
			return true;
	}
	return false;
}

static struct err
refuse_option(struct str name, struct buf *why)
{
	buf_addf(why,
		"the store's URI has an option \"%.*s\", which PostgreSQL's library does not know",
		STR_FMT(name));
	return FAIL(ERR_SETUP, "the store's URI has an unknown option");
}

struct err
store_check_uri(const char *uri, struct buf *why)
{
	char *complaint = NULL;
	PQconninfoOption *options = PQconninfoParse(uri, &complaint);
	bool misread = options == NULL;
	struct str name;

	for (const PQconninfoOption *option = options; option != NULL && option->keyword != NULL;
		option++)
		misread = misread || is_misread(option);
	PQconninfoFree(options);
	PQfreemem(complaint);
	if (misread && find_unknown_option(uri, &name))
		return refuse_option(name, why);
	return misread ? refuse_uri(why) : OK;
}

bool
store_uri_has_password(const char *uri)
{
	PQconninfoOption *options = PQconninfoParse(uri, NULL);
	bool has = false;

	for (const PQconninfoOption *option = options; option != NULL && option->keyword != NULL;
		option++)
		has = has || (strcmp(option->keyword, "password") == 0 && option->val != NULL &&
				     option->val[0] != '\0');
	PQconninfoFree(options);
	return has;
}
