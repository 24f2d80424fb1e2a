/* output.h - the bytes of a file, into -o FILE or to standard output. */
#ifndef CHOPAY_CLI_OUTPUT_H
#define CHOPAY_CLI_OUTPUT_H

#include "chopay/str.h"

/* `file` NULL or "-": standard output.  A file is there whole or not at all.  0, or an exit status
 * after complaining. */
int output_write(const char *command, const char *file, struct str bytes);

#endif
