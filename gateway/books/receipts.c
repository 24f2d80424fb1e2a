/* The signed code of a receipt, by the key of proofs. */
#include "books.h"
#include "chopay/receipt.h"

void
books_sign_receipt(const struct books *books, struct receipt_code *code, struct buf *text)
{
	struct buf message CLEANUP(buf_fini) = {0}, signature CLEANUP(buf_fini) = {0};
	unsigned char bytes[ED25519_SIGNATURE_SIZE];

	receipt_put_message(&message, code);
	crypt_ed25519_sign(books->config.crypt, books->ledger_seed, buf_str(&message), bytes);
	base64url_put(&signature, (struct str){(const char *)bytes, sizeof(bytes)});
	code->signature = buf_str(&signature);
	receipt_put(text, code);
	code->signature = (struct str){NULL, 0};
}

/* What crypt.h reads is the other alphabet, padded. */
static bool
signature_bytes(struct str text, struct buf *bytes)
{
	struct buf plain CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '+' || c == '/' || c == '=')
			return false;
		buf_addc(&plain, (char)(c == '-' ? '+' : c == '_' ? '/' : c));
	}
	buf_adds(&plain, "==");
	return base64_get(buf_str(&plain), bytes).code == ERR_OK;
}

bool
books_signed_receipt(const struct books *books, const struct receipt_code *code)
{
	struct buf message CLEANUP(buf_fini) = {0}, bytes CLEANUP(buf_fini) = {0};

	receipt_put_message(&message, code);
	return signature_bytes(code->signature, &bytes) &&
	       crypt_ed25519_verify(books->config.crypt, books_ledger_key(books), buf_str(&message),
		       buf_str(&bytes));
}
