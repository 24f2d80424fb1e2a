/*
 * gateway_client.h - what the simulation asks of a gateway over its routes.
 *
 * Without an API key in the options only the public routes answer.
 *
 * Errors: ERR_BUSY nobody answers, or 429 or 5xx that may pass: ask again; ERR_DENIED the key is
 * not good (enough); any other: the gateway refused.  gateway_fault() has the sentence.
 * Threads: one at a time.
 */
#ifndef CHOPAY_SIMULATE_GATEWAY_CLIENT_H
#define CHOPAY_SIMULATE_GATEWAY_CLIENT_H

#include "chopay/reference.h"
#include "chopay/simulate.h"
#include "vietqr.h"

struct gateway;

MUST_CHECK struct err gateway_new(const struct simulate_options *options, struct gateway **gateway);
void gateway_free(struct gateway *gateway);
const char *gateway_fault(const struct gateway *gateway);

/* An open stall of the register. */
struct stand {
	struct str market, code, reference, bank_bin, account_no; /* in the market's arena */
	bool shared;  /* other stalls receive on the same account */
	bool scanned; /* `poster` is what its static code says */
	struct vietqr poster;
};

struct market {
	struct arena *arena;
	struct stand *stands; /* in the order of the register */
	size_t count;
};
MUST_CHECK struct err gateway_market(struct gateway *gateway, struct market *market);
void market_fini(struct market *market);

/* Ask a stall's buyer for `amount_dong`; the same key again gives the same charge. */
MUST_CHECK struct err gateway_charge(struct gateway *gateway, const struct stand *stand,
	int64_t amount_dong, const char *key, struct reference *reference);

/* The picture behind a reference, as the gateway sends it. */
MUST_CHECK struct err gateway_picture(
	struct gateway *gateway, struct str reference, struct buf *png);

/* Tell the endpoint of a transaction, once; `lines` are the headers that prove it.  ERR_CONFLICT
 * also when the answer is none that would stop the bank. */
MUST_CHECK struct err gateway_tell(
	struct gateway *gateway, struct str body, const struct buf *lines, size_t line_count);

/* A row of the gateway's books that a SePay transaction led to. */
struct booked {
	int64_t provider_id;
	int64_t amount_dong;
	/* of payments; empty for a credit in suspense */
	struct str stall_reference, charge, state;
};
typedef void gateway_booked(void *arg, const struct booked *booked);
MUST_CHECK struct err gateway_payments(
	struct gateway *gateway, int64_t since_ms, gateway_booked *booked, void *arg);
MUST_CHECK struct err gateway_suspense(struct gateway *gateway, gateway_booked *booked, void *arg);

#endif
