/* A file without a disk. */
#include "memory_file.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATH_SIZE 64
#define CHUNK 65536

static void
close_file(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static struct err
read_back(int fd, struct buf *out)
{
	char *chunk CLEANUP(mem_free) = mem_alloc(CHUNK);
	off_t at = 0;

	for (;;) {
		ssize_t got = pread(fd, chunk, CHUNK, at);

		if (got < 0)
			return FAIL(ERR_BROKEN, "a file in memory could not be read back");
		if (got == 0)
			return OK;
		buf_add(out, (struct str){chunk, (size_t)got});
		at += got;
	}
}

struct err
memory_file(struct err (*write)(void *arg, const char *path), void *arg, struct buf *out)
{
	char path[PATH_SIZE];
	int fd CLEANUP(close_file) = memfd_create("report", MFD_CLOEXEC);

	if (fd < 0)
		return FAIL(ERR_BROKEN, "no memory for a file");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	TRY(write(arg, path));
	return read_back(fd, out);
}
