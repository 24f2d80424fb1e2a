/*
 * feeds.h - the table of feeds: how each one proves itself, what its messages mean, what it
 * wants to hear back.  Pure: no I/O, no clock, no HTTP, no store.
 *
 * Source: FEEDS.md.  Memory: results live in the arena given.  Threads: any.
 */
#ifndef CHOPAY_FEEDS_H
#define CHOPAY_FEEDS_H

#include "chopay/arena.h"
#include "chopay/crypt.h"
#include "chopay/money.h"

#define FEED_EVENTS_MAX 1000 /* transfers in one message */

enum feed_mode { /* how the sender proves itself; the word on the command line in feed_modes */
	FEED_MODE_NONE,
	FEED_MODE_APIKEY,
	FEED_MODE_HMAC,
	FEED_MODE_OAUTH2,
	FEED_MODE_WHSEC,	    /* Standard Webhooks v1: shared secret */
	FEED_MODE_WHPK,		    /* Standard Webhooks v1a: their Ed25519 public key */
	FEED_MODE_SECURE_TOKEN,	    /* Casso v1: a header holds the secret */
	FEED_MODE_HMAC512,	    /* Casso v2 */
	FEED_MODE_CHECKSUM_KEY,	    /* payOS */
	FEED_MODE_VIETQR,	    /* VietQR.vn, MB: user and password, then our bearer token */
	FEED_MODE_VIETQR_SIGNATURE, /* VietQR.vn, the signed variant */
	FEED_MODE_RSA_PUBLIC_KEY,   /* VietinBank, BVBank: their key in PEM */
	FEED_MODE_BIDV,		    /* our bearer token, and an MD5 checksum with a shared secret */
	FEED_MODE_BEARER,	    /* Pay2S: a fixed bearer token */
	FEED_MODE_T_V1,		    /* "t=...,v1=..." over "t.body", HMAC-SHA256 in hex */
	FEED_MODE_RFC9421_HMAC,	    /* HTTP Message Signatures with Content-Digest */
};

/* Why a message was refused, or accepted without effect; the words of the fixtures. */
enum feed_reason {
	FEED_OK,
	FEED_BAD_AUTH,
	FEED_BAD_SIGNATURE,
	FEED_STALE_TIMESTAMP,
	FEED_BAD_PAYLOAD,
	FEED_TEST_CALL,
	FEED_NOT_SUCCESSFUL,
	FEED_ZERO_AMOUNT,
	FEED_PARTIAL,
	FEED_ID_CONFLICT,
	FEED_AMOUNT_MISMATCH,
	FEED_WEAK_SIGNATURE,
};
const char *feed_reason_name(enum feed_reason reason); /* "bad_auth", ...; "" for FEED_OK */
/* Authentic, and answered with success: its events (perhaps none) are to be booked. */
bool feed_accepts(enum feed_reason reason);
/* The plain HTTP status of a reason: 200 accepted, 400 not understood, 401 not believed. */
int feed_status(enum feed_reason reason);

/* What an endpoint was configured with.  Two secrets are valid during a roll. */
struct feed_secret {
	enum feed_mode mode;
	struct str values[2]; /* an unused one is {NULL, 0} */
	struct str client_id; /* oauth2: client id; vietqr: user name; bidv: service id; rfc9421:
				 key id */
	struct str header;    /* t_v1: the header's name; empty: Stripe-Signature */
	struct {	      /* bearer tokens that our token endpoint issued */
		struct str token;
		int64_t expires_ms;
	} issued[4];
	size_t issued_count;
};

/* All that a feed may know of a request. */
struct feed_message {
	int64_t now_ms;
	struct str method, path;
	struct str content_type;
	struct str body; /* the exact bytes */
	struct str (*header)(
		void *arg, const char *name); /* case-insensitive; {NULL,0} if absent */
	void *header_arg;
};

/* One bank transfer as the feed tells it. */
struct feed_event {
	struct str provider_txn_id;
	struct str bank_txn_id; /* {NULL,0}: not told */
	struct str bank;	/* the feed's name for the bank ("MBBank"); may be empty */
	struct str account;
	struct str virtual_account; /* may be empty */
	struct vnd amount;	    /* > 0; the sign is in `outgoing` */
	bool outgoing;
	struct str content;			    /* the memo, byte for byte; may hold NUL */
	struct str code_hint, order_code, terminal; /* as told; may be empty */
	/* Who paid, as told; empty: not told.  Kept as a keyed hash at most (ADOPTION section 8).
	 */
	struct str payer_account, payer_bank;
	int64_t time_ms; /* the bank's time, NO_TIME when not told */
};

/* What a message asks of us; the feed tells by its path or its shape. */
enum feed_call {
	FEED_CALL_TRANSFERS, /* book these, perhaps none */
	FEED_CALL_TOKEN,     /* a bearer token, please: verify() has checked user and password */
	FEED_CALL_BILL,	     /* what is to be paid on a bill?  (BIDV getbill) */
};

struct feed_events {
	struct feed_event *items;
	size_t count;
	enum feed_call call;
	struct str bill_id, customer_id; /* of FEED_CALL_BILL */
};

/* A bill as the books know it: the charge with that reference. */
struct feed_bill {
	bool found, open;
	struct str bill_id, customer_id; /* customer_id may be empty: not known, not compared */
	struct vnd due;			 /* what is left to pay */
};

struct signing_key; /* crypt.h */

/* All that an answer may be made of. */
struct feed_answer {
	enum feed_reason reason;
	const struct feed_message *message;
	const struct feed_events *events; /* empty when refused */
	const int64_t
		*transfer_ids; /* ours, of each event; NULL: not booked (refused, a fixture) */
	struct str token;      /* of FEED_CALL_TOKEN */
	int64_t token_s;       /* how long it is valid */
	const struct feed_bill *bill; /* of FEED_CALL_BILL; NULL otherwise */
	const struct crypt *crypt;
	const struct signing_key *signing_key; /* for feeds whose answers are signed; may be NULL */
};

struct feed {
	const char *name;	/* on the command line and in /webhooks/{feed}/... : "sepay" */
	const char *provider;	/* in fixtures: "sepay", "standard_webhooks" */
	const char *key_prefix; /* of de-duplication keys: "sepay", "std"; two feeds that number
				   transfers together (a webhook and its list) share it */
	/* How a message can prove itself.  None: not for webhooks (a list we pulled, a statement).
	 */
	const enum feed_mode *modes;
	size_t mode_count;
	/* No signature covers the account that is told: an id that comes with two accounts is for a
	 * person, or a recorded message with another account would count again. */
	bool account_unproved;

	/* Who sent it, unchanged and fresh?  Before any parsing. */
	enum feed_reason (*verify)(const struct crypt *crypt, const struct feed_secret *secret,
		const struct feed_message *message);
	/* What does it say?  Only after verify.  An accepted message may hold no event. */
	enum feed_reason (*parse)(struct arena *arena, const struct feed_message *message,
		struct feed_events *events);
	/* The answer it wants: HTTP status, and the JSON body ("" for none). */
	int (*reply)(struct arena *arena, const struct feed_answer *answer, struct str *body);
	/* NULL, or the feed asks before the buyer's money moves (bill payment): may this event be
	 * booked on this bill?  FEED_OK, FEED_AMOUNT_MISMATCH, FEED_NOT_SUCCESSFUL (paid
	 * already), FEED_BAD_PAYLOAD (no such bill).  A replay is never asked. */
	enum feed_reason (*check_bill)(
		const struct feed_event *event, const struct feed_bill *bill);
};

const struct feed *feed_find(struct str name); /* by name or provider; NULL: no such feed */
const struct feed *feed_find_provider(struct str provider); /* by the fixtures' name; webhooks */
const struct feed *feed_list(size_t n);			    /* the n-th row, NULL past the last */
bool feed_mode_parse(struct str word, enum feed_mode *mode);
const char *feed_mode_name(enum feed_mode mode);
bool feed_allows(const struct feed *feed, enum feed_mode mode);

/*
 * Our own notices (Standard Webhooks 1.0.0): append the value of webhook-signature, "v1," + base64,
 * for these values of webhook-id and webhook-timestamp.  In a secret roll, call it for each secret
 * and put a blank between.
 * ERR_INVALID, nothing appended: the secret is not whsec_ + base64, or the id is no webhook-id.
 */
MUST_CHECK struct err feed_sign_standard_webhook(const struct crypt *crypt, struct str secret,
	struct str id, int64_t unix_s, struct str body, struct buf *signature);

/* Is this secret strong and well-formed enough for the mode?  NULL, or what is wrong with it. */
const char *feed_secret_fault(enum feed_mode mode, struct str value);

#endif
