/* What may be a password: long, and none that everybody tries first.  No rules about characters:
 * they make passwords that people write down. */
#ifndef CHOPAY_API_PASSWORDS_H
#define CHOPAY_API_PASSWORDS_H

#include "chopay/str.h"

#define PASSWORD_CHARS_MIN 10
#define PASSWORD_BYTES_MAX 200

/* NULL, or the key of the text that says what is wrong with it. */
const char *password_fault(struct str login, struct str password);

#endif
