/*
 * table.c - the feeds that this gateway understands, and the words for their modes and reasons.
 */
#include "rows.h"

static const struct feed *const feeds[] = {
	&feed_sepay,
	&feed_casso_v1,
	&feed_casso_v2,
	&feed_payos,
	&feed_pay2s,
	&feed_generic_t_v1,
	&feed_rfc9421,
	&feed_standard_webhooks,
	&feed_vietqr_vn,
	&feed_mb,
	&feed_vietinbank,
	&feed_bvbank,
	&feed_bidv,

	/* lists, which we pull */
	&feed_sepay_list_v1,
	&feed_sepay_list_v2,
	&feed_casso_list,

	/* statement files, which a person brings */
	&feed_statement_csv,
	&feed_statement_xlsx,
	&feed_statement_mt940,
	&feed_statement_camt053,
};

static const struct {
	const char *name;
	bool accepted;
} reasons[] = {
	[FEED_OK] = {"", true},
	[FEED_BAD_AUTH] = {"bad_auth", false},
	[FEED_BAD_SIGNATURE] = {"bad_signature", false},
	[FEED_STALE_TIMESTAMP] = {"stale_timestamp", false},
	[FEED_BAD_PAYLOAD] = {"bad_payload", false},
	[FEED_TEST_CALL] = {"test_call", true},
	[FEED_NOT_SUCCESSFUL] = {"not_successful", true},
	[FEED_ZERO_AMOUNT] = {"zero_amount", true},
	[FEED_PARTIAL] = {"partial", true},
	[FEED_ID_CONFLICT] = {"id_conflict", true},
	[FEED_AMOUNT_MISMATCH] = {"amount_mismatch", false},
	[FEED_WEAK_SIGNATURE] = {"weak_signature", false},
};

static const char *const modes[] = {
	[FEED_MODE_NONE] = "none",
	[FEED_MODE_APIKEY] = "apikey",
	[FEED_MODE_HMAC] = "hmac",
	[FEED_MODE_OAUTH2] = "oauth2",
	[FEED_MODE_WHSEC] = "whsec",
	[FEED_MODE_WHPK] = "whpk",
	[FEED_MODE_SECURE_TOKEN] = "secure_token",
	[FEED_MODE_HMAC512] = "hmac512",
	[FEED_MODE_CHECKSUM_KEY] = "checksum_key",
	[FEED_MODE_VIETQR] = "vietqr",
	[FEED_MODE_VIETQR_SIGNATURE] = "vietqr_signature",
	[FEED_MODE_RSA_PUBLIC_KEY] = "rsa_public_key",
	[FEED_MODE_BIDV] = "bidv",
	[FEED_MODE_BEARER] = "bearer",
	[FEED_MODE_T_V1] = "t_v1_hmac_sha256_hex",
	[FEED_MODE_RFC9421_HMAC] = "rfc9421_hmac",
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

const struct feed *
feed_list(size_t n)
{
	return n < COUNT(feeds) ? feeds[n] : NULL;
}

const struct feed *
feed_find(struct str name)
{
	for (size_t i = 0; i < COUNT(feeds); i++) {
		if (str_eq(str_from(feeds[i]->name), name))
			return feeds[i];
	}
	return feed_find_provider(name);
}

const struct feed *
feed_find_provider(struct str provider)
{
	for (size_t i = 0; i < COUNT(feeds); i++) {
		if (feeds[i]->mode_count > 0 && str_eq(str_from(feeds[i]->provider), provider))
			return feeds[i];
	}
	return NULL;
}

bool
feed_mode_parse(struct str word, enum feed_mode *mode)
{
	for (size_t i = 0; i < COUNT(modes); i++) {
		if (str_eq(str_from(modes[i]), word)) {
			*mode = (enum feed_mode)i;
			return true;
		}
	}
	return false;
}

const char *
feed_mode_name(enum feed_mode mode)
{
	return modes[mode];
}

bool
feed_allows(const struct feed *feed, enum feed_mode mode)
{
	for (size_t i = 0; i < feed->mode_count; i++) {
		if (feed->modes[i] == mode)
			return true;
	}
	return false;
}

const char *
feed_reason_name(enum feed_reason reason)
{
	return reasons[reason].name;
}

bool
feed_accepts(enum feed_reason reason)
{
	return reasons[reason].accepted;
}

int
feed_status(enum feed_reason reason)
{
	if (feed_accepts(reason))
		return 200;
	return reason == FEED_BAD_PAYLOAD ? 400 : 401;
}
