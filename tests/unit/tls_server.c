/* HTTPS: versions, resumption, reload, client certificates, and peers that leave without a word. */
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "http_harness.h"

/* The folder of the test's certificates: dev CA, server and client, and another CA's client. */
static char folder[] = "/tmp/chopay-tls-XXXXXX";

static const char *
file(const char *name)
{
	static char paths[4][128];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static PRINTF_LIKE(1, 2) void run(const char *fmt, ...)
{
	struct buf command CLEANUP(buf_fini) = {0};
	va_list args;

	va_start(args, fmt);
	buf_vaddf(&command, fmt, args);
	va_end(args);
	assert_int_equal(system(command.ptr), 0);
}

static int
make_certificates(void **state)
{
	static const char *const authorities[] = {"a", "b"};

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (int i = 0; i < 2; i++) {
		const char *ca = authorities[i];

		run("sh certs/make-dev-ca.sh %s/%s >%s/log", folder, ca, folder);
		run("cd %s/%s && openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
		    "-nodes -keyout client.key -subj /O=Bank/CN=feed -out client.csr 2>log",
			folder, ca);
		run("cd %s/%s && openssl x509 -req -in client.csr -CA ca.pem -CAkey ca.key "
		    "-set_serial 7 -days 1 -out client.pem 2>log",
			folder, ca);
	}
	return 0;
}

static int
remove_certificates(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static struct tls *
load(const char *ca, const char *client_ca)
{
	struct buf why CLEANUP(buf_fini) = {0};
	char cert[128], key[128], trusted[128];
	struct tls *tls = NULL;
	struct err e;

	snprintf(cert, sizeof(cert), "%s/%s/server.pem", folder, ca);
	snprintf(key, sizeof(key), "%s/%s/server.key", folder, ca);
	snprintf(trusted, sizeof(trusted), "%s/%s/ca.pem", folder,
		client_ca == NULL ? "" : client_ca);
	e = tls_load(cert, key, client_ca == NULL ? NULL : trusted, &tls, &why);
	if (e.code != ERR_OK)
		fail_msg("%s: %s", e.what, why.ptr);
	return tls;
}

static struct harness *
start(const struct http_limits *limits, const char *client_ca)
{
	struct tls *tls = load("a", client_ca);
	struct harness *h = harness_start(limits, tls);

	tls_unref(tls); /* the listener has its own reference */
	return h;
}

/* ---- a TLS client --------------------------------------------------------------------------- */

struct client {
	SSL_CTX *ctx;
	SSL *ssl;
	int fd;
	SSL_SESSION *session; /* the newest ticket */
};

static int
keep_session(SSL *ssl, SSL_SESSION *session)
{
	struct client *client = SSL_get_app_data(ssl);

	SSL_SESSION_free(client->session);
	client->session = session;
	return 1;
}

static struct client
client_new(struct harness *h, int version)
{
	struct client client = {.ctx = SSL_CTX_new(TLS_client_method())};

	SSL_CTX_set_min_proto_version(client.ctx, version);
	SSL_CTX_set_max_proto_version(client.ctx, version);
	SSL_CTX_set_session_cache_mode(
		client.ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(client.ctx, keep_session);
	client.ssl = SSL_new(client.ctx);
	client.fd = client_connect(h);
	SSL_set_fd(client.ssl, client.fd);
	return client;
}

static bool
shake(struct client *client)
{
	SSL_set_app_data(client->ssl, client);
	return SSL_connect(client->ssl) == 1;
}

static void
client_end(struct client *client, bool politely)
{
	if (politely)
		SSL_shutdown(client->ssl);
	SSL_free(client->ssl);
	SSL_CTX_free(client->ctx);
	SSL_SESSION_free(client->session);
	close(client->fd);
	ERR_clear_error();
}

static void
put(struct client *client, struct str bytes)
{
	assert_int_equal(SSL_write(client->ssl, bytes.ptr, (int)bytes.len), bytes.len);
}

/* One answer; false: the connection has ended. */
static bool
get(struct client *client, struct answer *answer)
{
	const char *length;
	char piece[16384];
	size_t at = 0, want;

	buf_clear(&answer->body);
	while (at < 4 || memcmp(answer->head + at - 4, "\r\n\r\n", 4) != 0) {
		if (SSL_read(client->ssl, answer->head + at, 1) != 1)
			return false;
		assert_true(++at < sizeof(answer->head) - 1);
	}
	answer->head[at] = '\0';
	answer->status = (int)strtol(answer->head + 9, NULL, 10);
	length = strstr(answer->head, "Content-Length: ");
	want = length == NULL ? 0 : (size_t)strtol(length + 16, NULL, 10);
	while (answer->body.len < want) {
		size_t left = want - answer->body.len;
		int n = SSL_read(
			client->ssl, piece, (int)(left < sizeof(piece) ? left : sizeof(piece)));

		assert_true(n > 0);
		buf_add(&answer->body, (struct str){piece, (size_t)n});
	}
	return true;
}

static void
want(struct client *client, int status, const char *body)
{
	struct answer answer = {0};

	assert_true(get(client, &answer));
	assert_int_equal(answer.status, status);
	if (body != NULL)
		assert_string_equal(answer.body.len == 0 ? "" : answer.body.ptr, body);
	buf_fini(&answer.body);
}

#define HELLO STR("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
#define EACH_VERSION(v) (size_t v = 0; v < 2; v++)

/* ---- tests --------------------------------------------------------------------------------- */

static void
serves_both_versions(void **state)
{
	struct harness *h = start(&HTTP_LIMITS_DEFAULT, NULL);
	struct answer answer = {0};

	(void)state;
	for
		EACH_VERSION(v)
		{
			struct client client = client_new(h, versions[v]);
			const unsigned char *alpn;
			unsigned alpn_len;

			SSL_CTX_load_verify_file(client.ctx, file("a/ca.pem"));
			SSL_set_verify(client.ssl, SSL_VERIFY_PEER, NULL);
			SSL_set1_host(client.ssl, "localhost");
			SSL_set_alpn_protos(
				client.ssl, (const unsigned char *)"\x02h2\x08http/1.1", 12);
			/* The client's context was read before the CA was: this SSL shares its
			 * store. */
			assert_true(shake(&client));
			assert_int_equal(SSL_version(client.ssl), versions[v]);
			SSL_get0_alpn_selected(client.ssl, &alpn, &alpn_len);
			assert_int_equal(alpn_len, 8);
			assert_memory_equal(alpn, "http/1.1", 8);
			for (int i = 0; i < 50; i++) {
				put(&client, HELLO);
				want(&client, 200, "hello");
			}
			put(&client, STR("GET /info/x HTTP/1.1\r\nHost: x\r\n\r\n"));
			assert_true(get(&client, &answer));
			assert_non_null(
				strstr(answer.head, "\r\nStrict-Transport-Security: max-age="));
			assert_non_null(strstr(answer.body.ptr, "secure=1"));
			client_end(&client, true);
		}
	buf_fini(&answer.body);
	harness_end(h);
}

static void
refuses_old_versions_and_other_protocols(void **state)
{
	struct harness *h = start(&HTTP_LIMITS_DEFAULT, NULL);
	struct client old = client_new(h, TLS1_1_VERSION), h2 = client_new(h, TLS1_3_VERSION);
	struct answer answer;
	int plain = client_connect(h);

	(void)state;
	SSL_set_security_level(old.ssl, 0);
	SSL_set_cipher_list(old.ssl, "ALL:@SECLEVEL=0");
	assert_false(shake(&old));
	client_end(&old, false);
	SSL_set_alpn_protos(h2.ssl, (const unsigned char *)"\x02h2", 3);
	assert_false(shake(&h2));
	client_end(&h2, false);
	client_send(plain, HELLO);
	assert_false(client_read_head(plain, &answer) && answer.status == 200);
	close(plain);
	assert_int_equal(atomic_load(&h->handled), 0);
	harness_end(h);
}

static void
refuses_renegotiation(void **state)
{
	struct harness *h = start(&HTTP_LIMITS_DEFAULT, NULL);
	struct client client = client_new(h, TLS1_2_VERSION);
	char byte;

	(void)state;
	assert_true(shake(&client));
	put(&client, HELLO);
	want(&client, 200, "hello");
	assert_int_equal(SSL_renegotiate(client.ssl), 1);
	/* The client offers; the server answers with the alert no_renegotiation. */
	assert_false(SSL_do_handshake(client.ssl) == 1 && SSL_read(client.ssl, &byte, 1) > 0 &&
		     SSL_num_renegotiations(client.ssl) > 0 &&
		     !SSL_renegotiate_pending(client.ssl));
	assert_int_equal(ERR_GET_REASON(ERR_peek_last_error()), SSL_R_NO_RENEGOTIATION);
	client_end(&client, false);
	harness_end(h);
}

static void
resumes_sessions(void **state)
{
	struct harness *h = start(&HTTP_LIMITS_DEFAULT, NULL);

	(void)state;
	for
		EACH_VERSION(v)
		{
			struct client first = client_new(h, versions[v]);
			struct client second = client_new(h, versions[v]);

			assert_true(shake(&first));
			assert_false(SSL_session_reused(first.ssl));
			put(&first, HELLO);
			want(&first, 200, "hello"); /* the ticket has come by now */
			assert_non_null(first.session);
			SSL_set_session(second.ssl, first.session);
			assert_true(shake(&second));
			assert_true(SSL_session_reused(second.ssl));
			put(&second, HELLO);
			want(&second, 200, "hello");
			client_end(&first, true);
			client_end(&second, true);
		}
	harness_end(h);
}

static void
reload_b(struct harness *h, void *arg)
{
	http_server_set_tls(h->server, arg);
}

static bool
has_certificate_of(struct client *client, const char *ca)
{
	char path[128];
	FILE *pem;
	X509 *expected, *got = SSL_get1_peer_certificate(client->ssl);
	bool same;

	snprintf(path, sizeof(path), "%s/%s/server.pem", folder, ca);
	pem = fopen(path, "r");
	expected = PEM_read_X509(pem, NULL, NULL, NULL);
	fclose(pem);
	same = X509_cmp(expected, got) == 0;
	X509_free(expected);
	X509_free(got);
	return same;
}

static void
reloads_for_new_connections(void **state)
{
	struct harness *h = start(&HTTP_LIMITS_DEFAULT, NULL);
	struct client before = client_new(h, TLS1_3_VERSION), after;
	struct tls *b = load("b", NULL);

	(void)state;
	assert_true(shake(&before));
	assert_true(has_certificate_of(&before, "a"));
	harness_do(h, reload_b, b);
	tls_unref(b);
	put(&before, HELLO);
	want(&before, 200, "hello");
	after = client_new(h, TLS1_3_VERSION);
	assert_true(shake(&after));
	assert_true(has_certificate_of(&after, "b"));
	put(&after, HELLO);
	want(&after, 200, "hello");
	client_end(&before, true);
	client_end(&after, true);
	harness_end(h);
}

static void
says_close_notify(void **state)
{
	struct harness *h = start(&HTTP_LIMITS_DEFAULT, NULL);
	char byte;

	(void)state;
	for
		EACH_VERSION(v)
		{
			struct client client = client_new(h, versions[v]);

			assert_true(shake(&client));
			put(&client,
				STR("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
			want(&client, 200, "hello");
			assert_int_equal(SSL_get_error(client.ssl, SSL_read(client.ssl, &byte, 1)),
				SSL_ERROR_ZERO_RETURN);
			client_end(&client, true);
		}
	harness_end(h);
}

/* Politely or not, in the handshake, while held, in the middle of an answer. */
static void
clients_may_leave_at_any_moment(void **state)
{
	struct harness *h = start(&HTTP_LIMITS_DEFAULT, NULL);
	struct client client;

	(void)state;
	for (int i = 0; i < 12; i++) {
		int fd = client_connect(h);

		client_send(fd, STR("\x16\x03\x01\x02"));
		close(fd);
		client = client_new(h, versions[i % 2]);
		assert_true(shake(&client));
		put(&client,
			STR("POST /hook/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"));
		await_count(&h->held_now, i + 1);
		client_end(&client, i % 3 == 0);
		client = client_new(h, versions[i % 2]);
		assert_true(shake(&client));
		put(&client, STR("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"));
		if (i % 2 == 0) {
			char byte;

			assert_int_equal(SSL_read(client.ssl, &byte, 1), 1);
		}
		client_end(&client, i % 3 == 0);
	}
	for (int i = 0; i < 6; i++)
		harness_do(h, release_one, NULL);
	client = client_new(h, TLS1_3_VERSION);
	assert_true(shake(&client));
	put(&client, HELLO);
	want(&client, 200, "hello");
	client_end(&client, true);
	harness_end(h);
}

static void
large_bodies_and_pipelines(void **state)
{
	struct harness *h = start(&HTTP_LIMITS_DEFAULT, NULL);
	struct client client = client_new(h, TLS1_3_VERSION);
	struct buf bytes CLEANUP(buf_fini) = {0};
	struct answer answer = {0};

	(void)state;
	assert_true(shake(&client));
	buf_adds(&bytes, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n");
	for (int i = 0; i < 1024 * 1024; i++)
		buf_addc(&bytes, (char)('a' + i % 26));
	put(&client, buf_str(&bytes));
	assert_true(get(&client, &answer));
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.body.len, 1024 * 1024);
	assert_memory_equal(
		answer.body.ptr, bytes.ptr + bytes.len - answer.body.len, answer.body.len);
	buf_clear(&bytes);
	for (int i = 0; i < 1000; i++)
		buf_addf(&bytes, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n%06d",
			i);
	put(&client, buf_str(&bytes));
	for (int i = 0; i < 1000; i++) {
		char number[8];

		snprintf(number, sizeof(number), "%06d", i);
		want(&client, 200, number);
	}
	put(&client, STR("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"));
	assert_true(get(&client, &answer));
	assert_int_equal(answer.body.len, 8 * 1024 * 1024);
	client_end(&client, true);
	buf_fini(&answer.body);
	harness_end(h);
}

static void
lingers_after_a_refused_upload(void **state)
{
	struct harness *h = start(&HTTP_LIMITS_DEFAULT, NULL);
	struct client client = client_new(h, TLS1_3_VERSION);
	static char piece[16384];

	(void)state;
	memset(piece, 'x', sizeof(piece));
	assert_true(shake(&client));
	put(&client, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n"));
	for (int i = 0; i < 64; i++)
		put(&client, (struct str){piece, sizeof(piece)});
	want(&client, 413, NULL);
	client_end(&client, true);
	harness_end(h);
}

static void
streams_events(void **state)
{
	struct harness *h = start(&HTTP_LIMITS_DEFAULT, NULL);
	struct client client = client_new(h, TLS1_3_VERSION);
	struct answer answer = {0};
	char text[32] = "";

	(void)state;
	assert_true(shake(&client));
	put(&client, STR("GET /stream HTTP/1.0\r\n\r\n"));
	assert_true(get(&client, &answer));
	assert_int_equal(answer.status, 200);
	assert_int_equal(SSL_read(client.ssl, text, 13), 13);
	assert_string_equal(text, "retry: 2000\n\n");
	client_end(&client, false);
	await_count(&h->streams_closed, 1);
	buf_fini(&answer.body);
	harness_end(h);
}

static void
a_silent_client_is_let_go(void **state)
{
	struct http_limits limits = HTTP_LIMITS_DEFAULT;
	struct client client;
	struct harness *h;
	char byte;
	int fd;

	(void)state;
	limits.head_timeout_ms = 300;
	h = start(&limits, NULL);
	fd = client_connect(h);
	client_send(fd, STR("\x16\x03\x01\x02"));
	client_expect_end(fd); /* in the middle of its handshake */
	close(fd);
	client = client_new(h, TLS1_3_VERSION);
	assert_true(shake(&client));
	assert_true(SSL_read(client.ssl, &byte, 1) <= 0); /* behind its handshake */
	client_end(&client, false);
	harness_end(h);
}

static bool
info_with_certificate(struct harness *h, int version, const char *ca, struct answer *answer)
{
	struct client client = client_new(h, version);
	char cert[128], key[128];
	bool served;

	snprintf(cert, sizeof(cert), "%s/%s/client.pem", folder, ca == NULL ? "" : ca);
	snprintf(key, sizeof(key), "%s/%s/client.key", folder, ca == NULL ? "" : ca);
	if (ca != NULL) {
		assert_int_equal(SSL_use_certificate_file(client.ssl, cert, SSL_FILETYPE_PEM), 1);
		assert_int_equal(SSL_use_PrivateKey_file(client.ssl, key, SSL_FILETYPE_PEM), 1);
	}
	/* In 1.3 the client learns of a refusal only when it reads. */
	served = shake(&client) &&
		 SSL_write(client.ssl, "GET /info/x HTTP/1.1\r\nHost: x\r\n\r\n", 34) == 34 &&
		 get(&client, answer);
	client_end(&client, false);
	return served;
}

/* " digest=..." of a client's certificate, or " digest=" alone. */
static bool
shows_digest(const struct answer *answer, const char *ca)
{
	struct buf want CLEANUP(buf_fini) = {0};
	unsigned char digest[SHA256_SIZE];
	char pem[4096], name[32];
	FILE *in;
	size_t size;

	buf_adds(&want, " digest=");
	if (ca != NULL) {
		snprintf(name, sizeof(name), "%s/client.pem", ca);
		in = fopen(file(name), "r");
		size = fread(pem, 1, sizeof(pem), in);
		fclose(in);
		assert_int_equal(
			crypt_certificate_digest((struct str){pem, size}, digest).code, ERR_OK);
		hex_put(&want, (struct str){(const char *)digest, sizeof(digest)});
	}
	return str_ends(buf_str(&answer->body), buf_str(&want));
}

/* A ticket stands for the certificate that was shown when it was given. */
static void
keeps_the_certificate_of_a_session(void **state)
{
	struct harness *h = start(&HTTP_LIMITS_DEFAULT, "a");
	struct answer answer = {0};

	(void)state;
	for
		EACH_VERSION(v)
		{
			struct client first = client_new(h, versions[v]);
			struct client second = client_new(h, versions[v]);

			SSL_use_certificate_file(first.ssl, file("a/client.pem"), SSL_FILETYPE_PEM);
			SSL_use_PrivateKey_file(first.ssl, file("a/client.key"), SSL_FILETYPE_PEM);
			assert_true(shake(&first));
			put(&first, HELLO);
			want(&first, 200, "hello");
			SSL_set_session(second.ssl, first.session);
			assert_true(shake(&second));
			assert_true(SSL_session_reused(second.ssl));
			put(&second, STR("GET /info/x HTTP/1.1\r\nHost: x\r\n\r\n"));
			assert_true(get(&second, &answer));
			assert_true(shows_digest(&answer, "a"));
			client_end(&first, true);
			client_end(&second, true);
		}
	buf_fini(&answer.body);
	harness_end(h);
}

static void
verifies_client_certificates(void **state)
{
	struct harness *h = start(&HTTP_LIMITS_DEFAULT, "a");
	struct answer answer = {0};

	(void)state;
	for
		EACH_VERSION(v)
		{
			assert_true(info_with_certificate(h, versions[v], "a", &answer));
			assert_true(shows_digest(&answer, "a"));
			assert_true(info_with_certificate(h, versions[v], NULL, &answer));
			assert_true(shows_digest(&answer, NULL));
			assert_false(info_with_certificate(h, versions[v], "b", &answer));
		}
	buf_fini(&answer.body);
	harness_end(h);
}

static void
says_why_it_cannot_load(void **state)
{
	static const struct {
		const char *cert, *key, *ca, *says;
	} cases[] = {
		{"none.pem", "a/server.key", NULL, "none.pem: No such file"},
		{"a/server.pem", "none.key", NULL, "none.key: No such file"},
		{"a/server.pem", "b/server.key", NULL, "key values mismatch"},
		{"a/server.key", "a/server.key", NULL, "a/server.key: no start line"},
		{"a/server.pem", "a/server.pem", NULL, "cannot use the private key"},
		{"a/server.pem", "a/server.key", "none.pem", "none.pem: No such file"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf why = {0};
		struct tls *tls = NULL;
		struct err e = tls_load(file(cases[i].cert), file(cases[i].key),
			cases[i].ca == NULL ? NULL : file(cases[i].ca), &tls, &why);

		assert_int_equal(e.code, ERR_INVALID);
		assert_null(tls);
		if (strstr(why.ptr, cases[i].says) == NULL)
			fail_msg("row %zu: \"%s\", not \"%s\"", i, why.ptr, cases[i].says);
		buf_fini(&why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(serves_both_versions),
		cmocka_unit_test(refuses_old_versions_and_other_protocols),
		cmocka_unit_test(refuses_renegotiation),
		cmocka_unit_test(resumes_sessions),
		cmocka_unit_test(reloads_for_new_connections),
		cmocka_unit_test(says_close_notify),
		cmocka_unit_test(clients_may_leave_at_any_moment),
		cmocka_unit_test(large_bodies_and_pipelines),
		cmocka_unit_test(lingers_after_a_refused_upload),
		cmocka_unit_test(streams_events),
		cmocka_unit_test(a_silent_client_is_let_go),
		cmocka_unit_test(verifies_client_certificates),
		cmocka_unit_test(keeps_the_certificate_of_a_session),
		cmocka_unit_test(says_why_it_cannot_load),
	};

	return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
