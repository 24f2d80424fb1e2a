/* Files of exports: written beside their name, then renamed, so that none is half there. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "books.h"
#include "chopay/report_commands.h"

#define EXPORTS_FOLDER "exports"

static void
put_path(const struct books *books, int64_t id, struct buf *path)
{
	buf_addf(path, "%s/" EXPORTS_FOLDER "/%lld", books->config.folder, (long long)id);
}

static void
close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

struct err
export_file_read(const struct books *books, int64_t id, struct buf *bytes)
{
	struct buf path CLEANUP(buf_fini) = {0};
	int fd CLEANUP(close_fd) = -1;
	char part[65536];
	ssize_t got;

	put_path(books, id, &path);
	fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? FAIL(ERR_NOT_FOUND, "the export's file is not here")
				       : FAIL(ERR_BUSY, "the export's file cannot be opened");
	while ((got = read(fd, part, sizeof(part))) > 0)
		buf_add(bytes, (struct str){part, (size_t)got});
	return got == 0 ? OK : FAIL(ERR_BUSY, "the export's file cannot be read");
}

static bool
write_whole(int fd, struct str bytes)
{
	while (bytes.len > 0) {
		ssize_t done = write(fd, bytes.ptr, bytes.len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes = str_cut(bytes, (size_t)done, bytes.len);
	}
	return fsync(fd) == 0;
}

static bool
write_beside(const char *file, struct str bytes)
{
	int fd CLEANUP(close_fd) = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	return fd >= 0 && write_whole(fd, bytes);
}

static bool
sync_folder(const char *folder)
{
	int fd CLEANUP(close_fd) = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && fsync(fd) == 0;
}

struct err
export_file_write(const struct books *books, int64_t id, struct str bytes)
{
	struct buf path CLEANUP(buf_fini) = {0}, beside CLEANUP(buf_fini) = {0};
	struct buf folder CLEANUP(buf_fini) = {0};

	if ((int64_t)bytes.len > EXPORT_BYTES_MAX)
		return FAIL(ERR_INVALID, "the export is too large: ask for a smaller unit");
	buf_addf(&folder, "%s/" EXPORTS_FOLDER, books->config.folder);
	if (mkdir(folder.ptr, 0700) != 0 && errno != EEXIST)
		return FAIL(ERR_BROKEN, "the folder of exports cannot be made");
	put_path(books, id, &path);
	buf_addf(&beside, "%s.new", path.ptr);
	if (write_beside(beside.ptr, bytes) && rename(beside.ptr, path.ptr) == 0 &&
		sync_folder(folder.ptr))
		return OK;
	unlink(beside.ptr);
	return FAIL(ERR_BROKEN, "the export cannot be written: is the disk full?");
}

void
export_file_remove(const struct books *books, int64_t id)
{
	struct buf path CLEANUP(buf_fini) = {0};

	put_path(books, id, &path);
	unlink(path.ptr);
	buf_adds(&path, ".new"); /* of a process that was killed */
	unlink(path.ptr);
}
