/*
 * proof.c - credentials in a header, either of two secrets, and the time window.
 */
#include "chopay/clock.h"

#include "proof.h"

#define DRIFT_MAX_S 300
#define TIMESTAMP_DIGITS_MAX 18 /* far beyond any date, and differences cannot overflow */

bool
proof_credentials(struct str header, struct str scheme, struct str *credentials)
{
	struct str word;

	header = str_trim(header);
	if (!str_split(&header, ' ', &word) || !str_eq_nocase(word, scheme))
		return false;
	*credentials = str_trim(header);
	return credentials->len > 0;
}

bool
proof_is_secret(const struct crypt *crypt, const struct feed_secret *secret, struct str text)
{
	bool match = false;

	/* Both are always compared: the time taken does not tell which one is in use. */
	for (size_t i = 0; i < 2; i++) {
		bool equal = crypt_equal(crypt, text, secret->values[i]);

		match |= equal && secret->values[i].len > 0;
	}
	return match;
}

bool
proof_timestamp(struct str text, int64_t *seconds)
{
	if (text.len == 0 || text.len > TIMESTAMP_DIGITS_MAX || text.ptr[0] == '-')
		return false;
	return str_to_i64(text, seconds).code == ERR_OK;
}

bool
proof_is_fresh(int64_t now_ms, int64_t seconds)
{
	int64_t drift = now_ms / MS_PER_SECOND - seconds;

	return drift >= -DRIFT_MAX_S && drift <= DRIFT_MAX_S;
}

bool
proof_is_fresh_ms(int64_t now_ms, int64_t ms)
{
	int64_t drift_ms = now_ms - ms;

	return drift_ms >= -DRIFT_MAX_S * MS_PER_SECOND && drift_ms <= DRIFT_MAX_S * MS_PER_SECOND;
}
