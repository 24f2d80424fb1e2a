/*
 * certificate.c - which certificate is it?  Its fingerprint.
 */
#include <limits.h>

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
