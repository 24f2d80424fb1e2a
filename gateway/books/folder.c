/* The data folder: made when missing, locked against a second process, with its keys. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "books.h"

#define MASTER "master.key"
#define LEDGER "ledger.key"

/* `*made`: it was not there. */
static struct err
make_folder(const char *path, bool *made, struct buf *why)
{
	struct stat st;

	*made = mkdir(path, 0700) == 0;
	if (*made)
		return OK;
	if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return OK;
	buf_addf(why, "cannot make the data folder %s: %s", path,
		errno == EEXIST ? "a file of that name is there" : strerror(errno));
	return FAIL(ERR_BROKEN, "cannot make the data folder");
}

struct err
books_folder_lock(const char *folder, int *fd, struct buf *why)
{
	struct buf path CLEANUP(buf_fini) = {0};

	buf_addf(&path, "%s/lock", folder);
	*fd = open(path.ptr, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0) {
		buf_addf(why, "cannot write in the data folder %s: %s", folder, strerror(errno));
		return FAIL(ERR_BROKEN, "cannot write in the data folder");
	}
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return OK;
	close(*fd);
	*fd = -1;
	buf_addf(why, "another chopay is running on the data folder %s; stop it first", folder);
	return FAIL(ERR_BUSY, "the data folder is in use");
}

/* Whole or not at all: half a key cannot be used, and nobody has it elsewhere. */
static bool
make_secret(const char *folder, const char *path, unsigned char *bytes, size_t size)
{
	struct buf fresh CLEANUP(buf_fini) = {0}, keys CLEANUP(buf_fini) = {0};
	bool whole;
	int fd;

	buf_addf(&fresh, "%s.new", path);
	buf_addf(&keys, "%s/keys", folder);
	unlink(fresh.ptr); /* of a start that ended here */
	fd = open(fresh.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (fd < 0)
		return false;
	crypt_random(bytes, size);
	whole = write(fd, bytes, size) == (ssize_t)size && fsync(fd) == 0;
	close(fd);
	if (!whole || rename(fresh.ptr, path) != 0) {
		unlink(fresh.ptr);
		return false;
	}
	fd = open(keys.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	whole = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return whole;
}

static bool
read_secret(int fd, unsigned char *bytes, size_t size)
{
	ssize_t done = read(fd, bytes, size);

	close(fd);
	return done == (ssize_t)size;
}

/* A secret of `size` random bytes, made once; the folder is locked. */
static struct err
load_secret(const char *folder, const char *name, unsigned char *bytes, size_t size, bool *made,
	struct buf *why)
{
	struct buf path CLEANUP(buf_fini) = {0};
	int fd;

	buf_addf(&path, "%s/keys/%s", folder, name);
	fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
	*made = fd < 0 && errno == ENOENT;
	if (*made ? make_secret(folder, path.ptr, bytes, size)
		  : fd >= 0 && read_secret(fd, bytes, size))
		return OK;
	buf_addf(why, "cannot use the key file %s; restore it from where you keep it", path.ptr);
	return FAIL(ERR_BROKEN, "cannot use the key file");
}

/* 4 bytes of id and 32 of key; without it no sealed secret can be opened. */
static struct err
load_master(const char *folder, struct sealing_key *key, bool *made, struct buf *why)
{
	unsigned char bytes[sizeof(key->id) + sizeof(key->key)];

	TRY(load_secret(folder, MASTER, bytes, sizeof(bytes), made, why));
	memcpy(key->id, bytes, sizeof(key->id));
	memcpy(key->key, bytes + sizeof(key->id), sizeof(key->key));
	explicit_bzero(bytes, sizeof(bytes));
	return OK;
}

struct err
books_folder_key(const char *folder, struct sealing_key *key, struct buf *why)
{
	struct buf path CLEANUP(buf_fini) = {0};
	bool made;

	buf_addf(&path, "%s/keys/" MASTER, folder);
	if (access(path.ptr, F_OK) == 0)
		return load_master(folder, key, &made, why);
	buf_addf(why, "there is no %s", path.ptr);
	return FAIL(ERR_NOT_FOUND, "the folder has no keys");
}

struct err
folder_open(const char *folder, int *lock_fd, struct sealing_key *key,
	unsigned char ledger_seed[ED25519_SEED_SIZE], struct folder_made *made, struct buf *why)
{
	struct buf keys CLEANUP(buf_fini) = {0};

	buf_addf(&keys, "%s/keys", folder);
	TRY(make_folder(folder, &made->folder, why));
	TRY(books_folder_lock(folder, lock_fd, why));
	TRY(make_folder(keys.ptr, &made->keys, why));
	TRY(load_master(folder, key, &made->master, why));
	return load_secret(folder, LEDGER, ledger_seed, ED25519_SEED_SIZE, &made->ledger, why);
}

static void
unmake(const char *folder, const char *name, bool made)
{
	struct buf path CLEANUP(buf_fini) = {0};

	buf_addf(&path, "%s%s", folder, name);
	if (made)
		(void)remove(path.ptr); /* what somebody put into a folder keeps it there */
}

void
folder_unmake(const char *folder, const struct folder_made *made)
{
	unmake(folder, "/keys/" LEDGER, made->ledger);
	unmake(folder, "/keys/" MASTER, made->master);
	unmake(folder, "/keys", made->keys);
	unmake(folder, "/lock", made->folder);
	unmake(folder, "", made->folder);
}
