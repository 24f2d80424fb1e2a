/* TLS 1.2 and 1.3 with OpenSSL: one immutable context that all loops share. */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "chopay/log.h"
#include "tls.h"

/* TLS 1.2: forward secrecy and authenticated encryption only; 1.3 has nothing else. */
#define CIPHERS_TLS12 "ECDHE+AESGCM:ECDHE+CHACHA20"

#define EXPIRY_WARNING_DAYS 14
#define SESSION_ID_CONTEXT "chopay"

struct tls {
	SSL_CTX *ctx;
	atomic_int refs;
};

struct tls *
tls_ref(struct tls *tls)
{
	if (tls != NULL)
		atomic_fetch_add_explicit(&tls->refs, 1, memory_order_relaxed);
	return tls;
}

void
tls_unref(struct tls *tls)
{
	if (tls == NULL || atomic_fetch_sub_explicit(&tls->refs, 1, memory_order_acq_rel) > 1)
		return;
	SSL_CTX_free(tls->ctx); /* connections that still use it hold references of their own */
	free(tls);
}

/* "http/1.1" or nothing: a client that insists on another protocol is told so. */
static int
alpn_choose(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *in,
	unsigned in_len, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, out_len, ours, sizeof(ours) - 1, in, in_len) !=
		OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* The last word of OpenSSL's error queue is the useful one: "No such file", "key values mismatch".
 */
static struct err
load_failed(struct buf *why, const char *doing, const char *file)
{
	unsigned long code = ERR_peek_error();
	const char *reason = ERR_GET_LIB(code) == ERR_LIB_SYS ? strerror(ERR_GET_REASON(code))
							      : ERR_reason_error_string(code);

	buf_addf(why, "%s %s: %s", doing, file, reason != NULL ? reason : "unknown fault");
	ERR_clear_error();
	return FAIL(ERR_INVALID, "TLS certificate or key cannot be used");
}

/* Only a warning: a gateway that restarts with yesterday's certificate still serves the clients
 * that reach it otherwise, and says why the others stay away. */
static void
warn_of_expiry(SSL_CTX *ctx, const char *cert_file)
{
	const ASN1_TIME *end = X509_get0_notAfter(SSL_CTX_get0_certificate(ctx));
	int days, seconds;

	if (ASN1_TIME_diff(&days, &seconds, NULL, end) != 1)
		return;
	if (days < 0 || seconds < 0)
		log_error("tls_certificate_expired", "file=%s", cert_file);
	else if (days < EXPIRY_WARNING_DAYS)
		log_warn("tls_certificate_expires", "file=%s days=%d", cert_file, days);
}

static struct err
context_load(SSL_CTX *ctx, const char *cert_file, const char *key_file, const char *client_ca_file,
	struct buf *why)
{
	if (SSL_CTX_use_certificate_chain_file(ctx, cert_file) != 1)
		return load_failed(why, "cannot read the certificate chain", cert_file);
	if (SSL_CTX_use_PrivateKey_file(ctx, key_file, SSL_FILETYPE_PEM) != 1)
		return load_failed(why, "cannot use the private key", key_file);
	if (SSL_CTX_check_private_key(ctx) != 1)
		return load_failed(why, "the private key does not fit the certificate", cert_file);
	warn_of_expiry(ctx, cert_file);
	if (client_ca_file == NULL)
		return OK;
	if (SSL_CTX_load_verify_file(ctx, client_ca_file) != 1)
		return load_failed(why, "cannot read the client CA", client_ca_file);
	SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(client_ca_file));
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL); /* asked for; a feed decides who must */
	return OK;
}

static void
context_set(SSL_CTX *ctx)
{
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION);
	SSL_CTX_set_cipher_list(ctx, CIPHERS_TLS12);
	/* A peer that closes without close_notify is an ordinary end: HTTP knows its lengths. */
	SSL_CTX_set_options(ctx,
		SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF |
			SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	/* An idle connection then keeps no 16 KiB record buffers. */
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	/* Tickets instead of a cache: nothing to lock.  The keys are the context's own, so all
	 * loops share them, they live in memory only, and each reload brings new ones. */
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(ctx, 1);
	SSL_CTX_set_session_id_context(
		ctx, (const unsigned char *)SESSION_ID_CONTEXT, sizeof(SESSION_ID_CONTEXT) - 1);
	SSL_CTX_set_alpn_select_cb(ctx, alpn_choose, NULL);
}

struct err
tls_load(const char *cert_file, const char *key_file, const char *client_ca_file, struct tls **tls,
	struct buf *why)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	struct err e;

	if (ctx == NULL)
		return load_failed(why, "cannot start", "TLS");
	context_set(ctx);
	e = context_load(ctx, cert_file, key_file, client_ca_file, why);
	if (e.code != ERR_OK) {
		SSL_CTX_free(ctx);
		return e;
	}
	*tls = mem_alloc_zero(1, sizeof(**tls));
	(*tls)->ctx = ctx;
	atomic_init(&(*tls)->refs, 1);
	return OK;
}

/* ---- one connection ----------------------------------------------------------------------- */

struct bufferevent *
tls_accept(struct tls *tls, struct event_base *base, int fd)
{
	SSL *ssl = SSL_new(tls->ctx);
	struct bufferevent *bev;

	if (ssl == NULL)
		return NULL;
	/* Deferred: a callback that closes the connection must not run inside SSL_read. */
	bev = bufferevent_openssl_socket_new(base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
		BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	if (bev == NULL) {
		SSL_free(ssl);
		return NULL;
	}
	bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	return bev;
}

void
tls_say_goodbye(struct bufferevent *bev)
{
	SSL *ssl = bufferevent_openssl_get_ssl(bev);

	if (SSL_is_init_finished(ssl))
		SSL_shutdown(ssl);
	ERR_clear_error();
}

/* NULL: none was shown.  One that no client CA vouches for ended the handshake. */
static X509 *
client_certificate(struct bufferevent *bev)
{
	SSL *ssl = bufferevent_openssl_get_ssl(bev);

	return SSL_get_verify_result(ssl) == X509_V_OK ? SSL_get0_peer_certificate(ssl) : NULL;
}

bool
tls_client_digest(struct bufferevent *bev, unsigned char digest[TLS_DIGEST_SIZE])
{
	X509 *cert = client_certificate(bev);
	unsigned size = 0;

	return cert != NULL && X509_digest(cert, EVP_sha256(), digest, &size) == 1 &&
	       size == TLS_DIGEST_SIZE;
}
