/* A ZIP made in memory. */
#include <stdlib.h>
#include <zip.h>

#include "zip_parts.h"

static void
must(bool holds)
{
	if (!holds)
		abort();
}

struct str
zip_parts(struct arena *arena, const struct zip_part *parts, size_t max, bool deflated)
{
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, NULL);
	zip_stat_t stat;
	char *bytes;

	must(zip != NULL);
	zip_source_keep(source);
	for (size_t i = 0; i < max && parts[i].path != NULL; i++) {
		zip_source_t *text = zip_source_buffer(
			zip, parts[i].text.ptr, parts[i].text.len, 0);
		zip_int64_t at = zip_file_add(zip, parts[i].path, text, ZIP_FL_ENC_UTF_8);

		must(at >= 0);
		must(zip_set_file_compression(zip, (zip_uint64_t)at,
			     deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0) == 0);
	}
	must(zip_close(zip) == 0);
	must(zip_source_stat(source, &stat) == 0);
	bytes = arena_alloc(arena, (size_t)stat.size + 1);
	must(zip_source_open(source) == 0);
	must(zip_source_read(source, bytes, stat.size) == (zip_int64_t)stat.size);
	zip_source_close(source);
	zip_source_free(source);
	return (struct str){bytes, (size_t)stat.size};
}
