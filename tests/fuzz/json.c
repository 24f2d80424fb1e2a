/*
 * json.c - the strict JSON reader on bytes that nobody sent.
 *
 * What it takes, written and read again, is the same value; what it refuses, it places.
 */
#include "chopay/json.h"

#include "../support/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *value CLEANUP(json_cleanup) = NULL;
	json_t *again CLEANUP(json_cleanup) = NULL;
	struct buf text CLEANUP(buf_fini) = {0};
	size_t offset = 0;
	struct err err = json_parse_strict((struct str){(const char *)data, size}, &value, &offset);

	if (err.code != ERR_OK) {
		must(err.code == ERR_INVALID && offset <= size && value == NULL);
		return 0;
	}
	if (!json_is_object(value) && !json_is_array(value))
		return 0;
	json_write(&text, value);
	must(json_parse_strict(buf_str(&text), &again, NULL).code == ERR_OK);
	must(json_equal(value, again));
	return 0;
}
