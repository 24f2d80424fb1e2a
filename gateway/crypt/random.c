/*
 * random.c - bytes nobody can guess, from the kernel.
 */
#include <errno.h>

#include <sys/random.h>

#include "chopay/crypt.h"

#include "algorithms.h"

void
crypt_random(void *out, size_t size)
{
	unsigned char *at = out;

	while (size > 0) {
		ssize_t got = getrandom(at, size, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			crypt_die("the system gives no random bytes");
		at += got;
		size -= (size_t)got;
	}
}
