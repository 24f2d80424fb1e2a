/* The registers of the index: which of them a file is for, and reading it. */
#ifndef MERCHANTS_REGISTERS_H
#define MERCHANTS_REGISTERS_H

#include "chopay/csv.h"
#include "chopay/registry.h"

/* The register whose header these fields are; NULL: none's. */
const struct csv_register *register_of_header(const struct str *fields, size_t count);
/* The name of that register, for whoever does not read it. */
const char *register_name(const struct csv_register *which);
/* Names the column in which the fields leave the header they are nearest to, if that is one of
 * these registers'; false: it is not. */
bool register_near_header(
	struct registry_import *import, const struct str *fields, size_t count, size_t line);
/* The rows behind the header.  ERR_INVALID: see the problems. */
MUST_CHECK struct err register_import(struct db *db, struct registry_import *import,
	const struct csv_register *which, const struct str *header, size_t columns,
	struct csv *csv);

#endif
