/*
 * statement_csv.c - CSV statements that no bank wrote.
 *
 * Input: a line that is the mapping (empty: one is proposed), the file.
 */
#include "../support/fuzz.h"
#include "../support/statement_fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = {(const char *)data, size};
	struct str mapping;

	str_split(&bytes, '\n', &mapping);
	statement_fuzz(&(struct statement_source){
		.format = STATEMENT_CSV,
		.bytes = bytes,
		.account = STR("19990002"),
		.mapping = mapping,
		.now_ms = INT64_C(1785290000000),
	});
	return 0;
}
