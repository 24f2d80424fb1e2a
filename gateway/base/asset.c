/* Files that live inside the binary; the table is written by the Makefile (build/assets.S). */
#include <string.h>

#include "chopay/asset.h"

struct asset {
	const char *path;
	const char *bytes;
	uint64_t size;
};

extern const struct asset asset_table[]; /* ends with a NULL path */

struct str
asset_find(const char *path)
{
	for (const struct asset *asset = asset_table; asset->path != NULL; asset++) {
		if (strcmp(asset->path, path) == 0)
			return (struct str){asset->bytes, asset->size};
	}
	return (struct str){NULL, 0};
}

bool
asset_list(const char *folder, size_t n, const char **path, struct str *bytes)
{
	size_t folder_len = strlen(folder);

	for (const struct asset *asset = asset_table; asset->path != NULL; asset++) {
		if (strncmp(asset->path, folder, folder_len) != 0 || n-- > 0)
			continue;
		*path = asset->path;
		*bytes = (struct str){asset->bytes, asset->size};
		return true;
	}
	return false;
}
