/* proof.h - a signed proof of a reconciliation, checked without any store. */
#ifndef CHOPAY_CLI_PROOF_H
#define CHOPAY_CLI_PROOF_H

#include "chopay/str.h"

/* The file holds {"proof": "...", "signature": "..."} as `reconcile show` prints it.  `key` is the
 * public key in hex; empty: the one that the proof names, which is then printed to be compared.
 * An exit status, after complaining. */
int proof_verify(const char *command, const char *file, struct str key);

#endif
