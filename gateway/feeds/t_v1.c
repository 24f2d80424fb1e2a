/*
 * t_v1.c - read "t=...,v1=...", and compare its signatures.
 */
#include "t_v1.h"
#include "proof.h"

static bool
read_item(struct str item, struct t_v1 *read)
{
	struct str name;

	item = str_trim(item);
	if (!str_split(&item, '=', &name))
		return false;
	if (str_eq(name, STR("t"))) {
		if (read->time.len > 0)
			return false;
		read->time = item;
		return proof_timestamp(item, &read->time_value);
	}
	if (str_eq(name, STR("v1"))) {
		if (read->signature_count == T_V1_SIGNATURES_MAX)
			return false;
		read->signatures[read->signature_count++] = item;
	}
	return true;
}

bool
t_v1_read(struct str header, struct t_v1 *read)
{
	struct str item;
	bool more = true;

	*read = (struct t_v1){0};
	while (more) {
		more = str_split(&header, ',', &item);
		if (!read_item(item, read))
			return false;
	}
	return read->time.len > 0 && read->signature_count > 0;
}

bool
t_v1_holds(const struct crypt *crypt, const struct t_v1 *read, struct str mac)
{
	struct buf want CLEANUP(buf_fini) = {0};
	bool match = false;

	hex_put(&want, mac);
	for (size_t i = 0; i < read->signature_count; i++)
		match |= crypt_equal(crypt, read->signatures[i], buf_str(&want));
	return match;
}
