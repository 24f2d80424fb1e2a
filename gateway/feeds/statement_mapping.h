/*
 * statement_mapping.h - which column of a table says what.
 */
#ifndef FEEDS_STATEMENT_MAPPING_H
#define FEEDS_STATEMENT_MAPPING_H

#include "chopay/statement.h"

#include "statement_values.h"

enum statement_field {
	FIELD_DATE,
	FIELD_TIME,
	FIELD_AMOUNT,
	FIELD_SIGN,
	FIELD_CREDIT,
	FIELD_DEBIT,
	FIELD_REF,
	FIELD_NOTE,
	FIELD_BALANCE,
	FIELD_CURRENCY,
	FIELD_ACCOUNT,
	STATEMENT_FIELDS,
};
const char *statement_field_name(enum statement_field field);

struct statement_mapping {
	struct {
		struct str name; /* as written; {NULL, 0}: by number, or not there */
		size_t number;	 /* from 1; 0: by name, or not there */
	} columns[STATEMENT_FIELDS];
	enum statement_dates dates;
	bool has_direction, outgoing;
	char separator; /* 0: to be found out */
	bool windows_1258;
	bool ignore_balances;
};

/* NULL, or what is wrong with the text. */
struct str statement_mapping_parse(
	struct arena *arena, struct str text, struct statement_mapping *mapping);
struct str statement_mapping_text(struct arena *arena, const struct statement_mapping *mapping);

static inline bool
statement_mapping_has(const struct statement_mapping *mapping, enum statement_field field)
{
	return mapping->columns[field].number > 0 || mapping->columns[field].name.len > 0;
}

#endif
