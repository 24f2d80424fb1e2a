/*
 * disk.c - a disk that fails, under the real binary (LD_PRELOAD): power cuts and errors.
 *
 * Only the database and its write-ahead log are watched.  DISK_SHADOW=FOLDER keeps, for each of
 * them, NAME.durable (what a sync has made safe) and NAME.pending (what was written since, as
 * records): after a SIGKILL the test puts together what a power cut would have left.  With
 * DISK_LIES=1 a sync says that it succeeded and makes nothing safe.
 * DISK_FAIL=FILE names a file that, once it exists, holds the fault: "fdatasync EIO",
 * "pwrite64 ENOSPC", ... ; with a number, only from that call on ("pwrite64 EIO 3").
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FDS_MAX 4096
#define CHUNK 65536

/* A record of NAME.pending: `size` bytes follow; size -1: the file was cut to `offset`. */
struct record {
	int64_t offset, size;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *names[FDS_MAX]; /* of watched descriptors */
static int64_t fault_calls;

static void *
real(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

static int
real_open(const char *path, int flags, mode_t mode)
{
	int (*next)(const char *, int, ...);

	*(void **)&next = real("open64");
	return next(path, flags, mode);
}

static ssize_t
real_pwrite(int fd, const void *data, size_t size, off_t offset)
{
	ssize_t (*next)(int, const void *, size_t, off_t);

	*(void **)&next = real("pwrite64");
	return next(fd, data, size, offset);
}

static const char *
watched_name(const char *path)
{
	const char *base = strrchr(path, '/');

	base = base == NULL ? path : base + 1;
	if (strcmp(base, "chopay.db") == 0)
		return "chopay.db";
	return strcmp(base, "chopay.db-wal") == 0 ? "chopay.db-wal" : NULL;
}

static const char *
name_of(int fd)
{
	return fd >= 0 && fd < FDS_MAX ? names[fd] : NULL;
}

/* ---- the shadow ------------------------------------------------------------------------------ */

static int
shadow_open(const char *name, const char *suffix, int flags)
{
	const char *folder = getenv("DISK_SHADOW");
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s.%s", folder, name, suffix);
	fd = real_open(path, flags | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		abort(); /* the test's own folder */
	return fd;
}

/* What was on the disk before this process is safe. */
static void
shadow_begin(const char *name, const char *path)
{
	char bytes[CHUNK];
	ssize_t got;
	int from = real_open(path, O_RDONLY, 0), to;

	to = shadow_open(name, "durable", O_WRONLY | O_TRUNC);
	for (off_t at = 0; from >= 0 && (got = pread(from, bytes, sizeof(bytes), at)) > 0;
		at += got)
		if (real_pwrite(to, bytes, (size_t)got, at) != got)
			abort();
	close(to);
	if (from >= 0)
		close(from);
	close(shadow_open(name, "pending", O_WRONLY | O_TRUNC));
}

static void
shadow_note(const char *name, struct record record, const void *data)
{
	int fd = shadow_open(name, "pending", O_WRONLY | O_APPEND);

	if (write(fd, &record, sizeof(record)) != (ssize_t)sizeof(record) ||
		(record.size > 0 && write(fd, data, (size_t)record.size) != (ssize_t)record.size))
		abort();
	close(fd);
}

/* A sync: what was pending is safe now. */
static void
shadow_sync(const char *name)
{
	int pending = shadow_open(name, "pending", O_RDWR);
	int durable = shadow_open(name, "durable", O_WRONLY);
	struct record record;

	while (read(pending, &record, sizeof(record)) == (ssize_t)sizeof(record)) {
		char *data;

		if (record.size < 0) {
			if (ftruncate(durable, record.offset) != 0)
				abort();
			continue;
		}
		data = malloc((size_t)record.size + 1);
		if (data == NULL || read(pending, data, (size_t)record.size) != record.size ||
			real_pwrite(durable, data, (size_t)record.size, record.offset) !=
				record.size)
			abort();
		free(data);
	}
	close(durable);
	close(pending);
	close(shadow_open(name, "pending", O_WRONLY | O_TRUNC));
}

/* ---- faults -----------------------------------------------------------------------------------
 */

/* The errno this call must fail with, or 0. */
static int
fault_of(const char *call)
{
	const char *file = getenv("DISK_FAIL");
	char text[64] = "", wanted[32], error[32];
	int64_t from = 1;
	int fd;

	if (file == NULL || (fd = real_open(file, O_RDONLY, 0)) < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	if (sscanf(text, "%31s %31s %ld", wanted, error, &from) < 2 || strcmp(wanted, call) != 0)
		return 0;
	if (++fault_calls < from)
		return 0;
	return strcmp(error, "ENOSPC") == 0 ? ENOSPC : EIO;
}

/* ---- the calls that SQLite makes ----------------------------------------------------------------
 */

int
open64(const char *path, int flags, ...)
{
	const char *name = watched_name(path);
	mode_t mode = 0;
	va_list args;
	int fd;

	va_start(args, flags);
	if ((flags & O_CREAT) != 0)
		mode = va_arg(args, mode_t);
	va_end(args);
	pthread_mutex_lock(&lock);
	if (name != NULL && getenv("DISK_SHADOW") != NULL) {
		bool first = true;

		for (int i = 0; i < FDS_MAX; i++)
			first = first && (names[i] == NULL || strcmp(names[i], name) != 0);
		if (first)
			shadow_begin(name, path);
	}
	fd = real_open(path, flags, mode);
	if (fd >= 0 && fd < FDS_MAX)
		names[fd] = name;
	pthread_mutex_unlock(&lock);
	return fd;
}

int
close(int fd)
{
	int (*next)(int);

	*(void **)&next = real("close");
	if (name_of(fd) != NULL)
		names[fd] = NULL;
	return next(fd);
}

ssize_t
pwrite64(int fd, const void *data, size_t size, off_t offset)
{
	const char *name = name_of(fd);
	ssize_t done;
	int fault;

	if (name == NULL)
		return real_pwrite(fd, data, size, offset);
	pthread_mutex_lock(&lock);
	fault = fault_of("pwrite64");
	done = fault != 0 ? -1 : real_pwrite(fd, data, size, offset);
	if (done > 0 && getenv("DISK_SHADOW") != NULL)
		shadow_note(name, (struct record){offset, done}, data);
	pthread_mutex_unlock(&lock);
	if (fault != 0)
		errno = fault;
	return done;
}

int
ftruncate64(int fd, off_t size)
{
	const char *name = name_of(fd);
	int (*next)(int, off_t);
	int rc;

	*(void **)&next = real("ftruncate64");
	if (name == NULL)
		return next(fd, size);
	pthread_mutex_lock(&lock);
	rc = next(fd, size);
	if (rc == 0 && getenv("DISK_SHADOW") != NULL)
		shadow_note(name, (struct record){size, -1}, NULL);
	pthread_mutex_unlock(&lock);
	return rc;
}

static int
sync_watched(int fd, const char *call)
{
	const char *name = name_of(fd);
	int (*next)(int);
	int rc, fault;

	*(void **)&next = real(call);
	if (name == NULL)
		return next(fd);
	pthread_mutex_lock(&lock);
	fault = fault_of(call);
	rc = fault != 0 ? -1 : next(fd);
	if (rc == 0 && getenv("DISK_SHADOW") != NULL && getenv("DISK_LIES") == NULL)
		shadow_sync(name);
	pthread_mutex_unlock(&lock);
	if (fault != 0)
		errno = fault;
	return rc;
}

int
fdatasync(int fd)
{
	return sync_watched(fd, "fdatasync");
}

int
fsync(int fd)
{
	return sync_watched(fd, "fsync");
}
