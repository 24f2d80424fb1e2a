/*
 * statement_mt940.c - MT940 messages that no bank wrote.
 *
 * Input: the file.
 */
#include "../support/fuzz.h"
#include "../support/statement_fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = {(const char *)data, size};
	statement_fuzz(&(struct statement_source){
		.format = STATEMENT_MT940,
		.bytes = bytes,
		.now_ms = INT64_C(1785290000000),
	});
	return 0;
}
