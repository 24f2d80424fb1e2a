/*
 * clock.c - a wall clock that somebody sets, under the real binary (LD_PRELOAD).
 *
 * CLOCK_OFFSET=FILE names a file with a number of seconds to add to CLOCK_REALTIME, from the moment
 * it exists.  The monotonic clock is left alone, as a real jump leaves it.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	int (*next)(clockid_t, struct timespec *);
	const char *path = getenv("CLOCK_OFFSET");
	char text[32] = "";
	int rc, fd;

	*(void **)&next = dlsym(RTLD_NEXT, "clock_gettime");
	rc = next(clock, now);
	if (rc != 0 || clock != CLOCK_REALTIME || path == NULL || (fd = open(path, O_RDONLY)) < 0)
		return rc;
	if (read(fd, text, sizeof(text) - 1) > 0)
		now->tv_sec += strtol(text, NULL, 10);
	close(fd);
	return rc;
}
