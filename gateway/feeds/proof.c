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
proof_is_issued(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	struct str header = message->header(message->header_arg, "Authorization");
	struct str token;
	bool valid = false;

	if (!proof_credentials(header, STR("Bearer"), &token))
		return false;
	for (size_t i = 0; i < secret->issued_count; i++) {
		bool equal = crypt_equal(crypt, token, secret->issued[i].token);

		valid |= equal && message->now_ms < secret->issued[i].expires_ms;
	}
	return valid;
}

bool
proof_is_user(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	struct str header = message->header(message->header_arg, "Authorization");
	struct buf text CLEANUP(buf_fini) = {0};
	struct str encoded, user, password;
	bool is_user, is_password;

	if (!proof_credentials(header, STR("Basic"), &encoded) ||
		base64_get(encoded, &text).code != ERR_OK)
		return false;
	password = buf_str(&text);
	if (!str_split(&password, ':', &user))
		return false;
	/* Both are always compared: a wrong user takes as long as a wrong password. */
	is_user = crypt_equal(crypt, user, secret->client_id) && secret->client_id.len > 0;
	is_password = proof_is_secret(crypt, secret, password);
	return is_user && is_password;
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
