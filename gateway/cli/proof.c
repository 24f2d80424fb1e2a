/* A signed proof of a reconciliation: is it what the gateway with that key has signed? */
#include "proof.h"

#include <stdio.h>
#include <sysexits.h>

#include "chopay/crypt.h"
#include "chopay/json.h"
#include "chopay/log.h"
#include "list.h"
#include "options.h"

#define PROOF_FILE_MAX (16 * 1024 * 1024)

struct signed_proof {
	json_t *file, *proof;
	struct str text; /* of the proof, as signed */
	struct buf signature, key;
};

static void
signed_proof_fini(struct signed_proof *signed_proof)
{
	json_decref(signed_proof->file);
	json_decref(signed_proof->proof);
	buf_fini(&signed_proof->signature);
	buf_fini(&signed_proof->key);
}

static int
read_proof(const char *command, const char *file, struct signed_proof *out)
{
	struct buf bytes CLEANUP(buf_fini) = {0};
	struct str signature, type;
	int status = read_file(command, file, PROOF_FILE_MAX, &bytes);

	if (status != 0)
		return status;
	if (json_parse_strict(str_trim(buf_str(&bytes)), &out->file, NULL).code != ERR_OK ||
		json_member_str(out->file, "proof", &out->text).code != ERR_OK ||
		json_member_str(out->file, "signature", &signature).code != ERR_OK ||
		base64_get(signature, &out->signature).code != ERR_OK ||
		json_parse_strict(out->text, &out->proof, NULL).code != ERR_OK ||
		json_member_str(out->proof, "type", &type).code != ERR_OK ||
		!str_eq(type, STR("chopay.reconciliation.v1"))) {
		complain("%s: %s holds no proof: it is a line of `chopay reconcile --json` or of"
			 " `chopay reconcile show`",
			command, file);
		return EX_DATAERR;
	}
	return 0;
}

int
proof_verify(const char *command, const char *file, struct str key)
{
	struct signed_proof made CLEANUP(signed_proof_fini) = {0};
	struct crypt *crypt CLEANUP(crypt_cleanup) = NULL;
	bool named = key.len == 0; /* only by the proof itself */
	int status = read_proof(command, file, &made);

	if (status != 0)
		return status;
	if (named)
		key = list_text(made.proof, "public_key");
	if (hex_get(key, &made.key).code != ERR_OK || made.key.len != ED25519_PUBLIC_SIZE) {
		complain("%s: the public key is not 64 hexadecimal digits", command);
		return EX_DATAERR;
	}
	if (crypt_new(&crypt).code != ERR_OK) {
		complain("%s: this OpenSSL cannot verify", command);
		return EX_UNAVAILABLE;
	}
	if (!crypt_ed25519_verify(crypt, buf_str(&made.key), made.text, buf_str(&made.signature))) {
		complain("%s: NOT what the holder of this key has signed", command);
		return EX_DATAERR;
	}
	printf("genuine: %.*s %.*s %.*s %.*s, made at %.*s\n",
		STR_FMT(list_text(made.proof, "day")), STR_FMT(list_text(made.proof, "account")),
		STR_FMT(list_text(made.proof, "source")), STR_FMT(list_text(made.proof, "state")),
		STR_FMT(list_text(made.proof, "made_at")));
	if (named)
		complain("%s: signed by the key %.*s, which the proof itself names; compare it with"
			 " `chopay reconcile key`",
			command, STR_FMT(key));
	return EX_OK;
}
