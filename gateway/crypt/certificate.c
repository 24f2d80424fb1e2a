/*
 * certificate.c - which certificate is it, and until when?
 */
#include <limits.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "chopay/crypt.h"

#include "algorithms.h"

struct err
crypt_certificate_digest(struct str pem, unsigned char digest[SHA256_SIZE])
{
	BIO *text = pem.len > INT_MAX ? NULL : BIO_new_mem_buf(pem.ptr, (int)pem.len);
	X509 *cert = text == NULL ? NULL : PEM_read_bio_X509(text, NULL, NULL, NULL);
	unsigned size = 0;
	bool good = cert != NULL && X509_digest(cert, EVP_sha256(), digest, &size) == 1 &&
		    size == SHA256_SIZE;

	X509_free(cert);
	BIO_free(text);
	ERR_clear_error();
	return good ? OK
		    : FAIL(ERR_INVALID, "not a certificate in PEM (-----BEGIN CERTIFICATE-----)");
}

static bool
read_end(const X509 *cert, int64_t *until_ms)
{
	struct tm end;
	time_t seconds;

	if (ASN1_TIME_to_tm(X509_get0_notAfter(cert), &end) != 1)
		return false;
	seconds = timegm(&end);
	*until_ms = (int64_t)seconds * 1000;
	return true;
}

struct err
crypt_certificates_until(struct str pem, int64_t *until_ms)
{
	BIO *text = pem.len > INT_MAX ? NULL : BIO_new_mem_buf(pem.ptr, (int)pem.len);
	int64_t first = INT64_MAX, until;
	X509 *cert;

	while (text != NULL && (cert = PEM_read_bio_X509(text, NULL, NULL, NULL)) != NULL) {
		if (read_end(cert, &until) && until < first)
			first = until;
		X509_free(cert);
	}
	BIO_free(text);
	ERR_clear_error(); /* the end of the text is one, too */
	if (first == INT64_MAX)
		return FAIL(ERR_INVALID, "no certificate in PEM (-----BEGIN CERTIFICATE-----)");
	*until_ms = first;
	return OK;
}
