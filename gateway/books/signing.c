/* Our RSA key for answers that a bank wants signed: made when the first one wants it, kept beside
 * the master key, never written anywhere else.  Nodes that share a store answer with one key: there
 * it lies in the store, sealed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "books.h"

#define KEY_FILE "reply-signing.pem"
#define PEM_MAX 16384
#define SHARED_NAME "reply-signing"

static void
key_path(const struct books *books, struct buf *path)
{
	buf_addf(path, "%s/keys/%s", books->config.folder, KEY_FILE);
}

static void
wipe(struct buf *pem)
{
	if (pem->ptr != NULL)
		explicit_bzero(pem->ptr, pem->cap);
	buf_fini(pem);
}

static struct err
write_all(int fd, struct str text)
{
	while (text.len > 0) {
		ssize_t done = write(fd, text.ptr, text.len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return FAIL(ERR_BROKEN, "cannot write the key for signed answers");
		text = str_cut(text, (size_t)done, text.len);
	}
	return fsync(fd) == 0 ? OK : FAIL(ERR_BROKEN, "cannot write the key for signed answers");
}

/* Whole or not at all: a bank trusts the public half, so the private one must not get lost. */
static struct err
store_key(const struct books *books, const struct signing_key *key)
{
	struct buf pem CLEANUP(wipe) = {0};
	struct buf path CLEANUP(buf_fini) = {0}, fresh CLEANUP(buf_fini) = {0};
	struct buf folder CLEANUP(buf_fini) = {0};
	struct err err;
	int fd;

	key_path(books, &path);
	buf_addf(&fresh, "%s.new", path.ptr);
	buf_addf(&folder, "%s/keys", books->config.folder);
	unlink(fresh.ptr); /* of a start that ended here */
	fd = open(fresh.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (fd < 0)
		return FAIL(ERR_BROKEN, "cannot make the key for signed answers");
	signing_key_write(key, &pem);
	err = write_all(fd, buf_str(&pem));
	close(fd);
	TRY(err);
	fd = open(folder.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || rename(fresh.ptr, path.ptr) != 0 || fsync(fd) != 0)
		err = FAIL(ERR_BROKEN, "cannot keep the key for signed answers");
	if (fd >= 0)
		close(fd);
	return err;
}

/* `*key` stays NULL when there is none yet. */
static struct err
load_key(const struct books *books, struct signing_key **key)
{
	struct buf path CLEANUP(buf_fini) = {0};
	char pem[PEM_MAX];
	struct err err;
	ssize_t size;
	int fd;

	key_path(books, &path);
	fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return OK;
	size = fd < 0 ? -1 : read(fd, pem, sizeof(pem));
	if (fd >= 0)
		close(fd);
	if (size < 0)
		return FAIL(ERR_BROKEN, "cannot read the key for signed answers");
	err = signing_key_load((struct str){pem, (size_t)size}, key);
	explicit_bzero(pem, sizeof(pem));
	return err;
}

struct err
signing_open(struct books *books, struct buf *why)
{
	struct signing_key *key = NULL;
	struct err err = load_key(books, &key);

	if (err.code != ERR_OK)
		buf_addf(why, "%s/keys/%s: %s; restore it from where you keep it",
			books->config.folder, KEY_FILE, err.what);
	atomic_store(&books->signing_key, key);
	return err;
}

/* ---- one of several nodes ----------------------------------------------------------------------
 */

static struct err
seal_key(struct books *books, struct db *db, const struct signing_key *key)
{
	struct buf pem CLEANUP(wipe) = {0}, sealed CLEANUP(buf_fini) = {0};

	signing_key_write(key, &pem);
	crypt_seal(
		books->config.crypt, &books->sealing_key, STR(SHARED_NAME), buf_str(&pem), &sealed);
	return shared_secrets_put(db, STR(SHARED_NAME), buf_str(&sealed));
}

/* `*key` stays NULL when there is none yet. */
static struct err
open_shared(struct books *books, struct db *db, struct signing_key **key)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf pem CLEANUP(wipe) = {0};
	struct str sealed;
	struct err err = shared_secrets_get(db, arena, STR(SHARED_NAME), &sealed);

	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	TRY(crypt_open(books->config.crypt, &books->sealing_key, STR(SHARED_NAME), sealed, &pem));
	return signing_key_load(buf_str(&pem), key);
}

struct err
signing_share(struct books *books, struct db *db)
{
	struct signing_key *ours = atomic_load(&books->signing_key), *theirs = NULL;

	if (ours != NULL)
		TRY(seal_key(books, db, ours)); /* unless there is one */
	TRY(open_shared(books, db, &theirs));
	if (theirs != NULL)
		atomic_store(&books->signing_key, theirs);
	if (theirs != NULL)
		signing_key_free(ours);
	return OK;
}

/* Two nodes may make one at the same time: the first stays. */
static struct err
make_shared(struct books *books, const struct signing_key *made, struct signing_key **key)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct db *db = NULL;
	struct err err;

	TRY(store_open(books->config.store, STORE_WRITE, &db, &why));
	err = seal_key(books, db, made);
	if (err.code == ERR_OK)
		err = open_shared(books, db, key);
	store_close(db);
	return err;
}

void
signing_close(struct books *books)
{
	signing_key_free(atomic_load(&books->signing_key));
	pthread_mutex_destroy(&books->signing_making);
}

const struct signing_key *
books_signing_key(const struct books *books)
{
	return atomic_load(&books->signing_key);
}

static struct err
make_key(struct books *books)
{
	struct signing_key *made CLEANUP(signing_key_cleanup) = NULL;
	struct signing_key *key = NULL;

	TRY(signing_key_new(&made));
	if (books->shared) {
		TRY(make_shared(books, made, &key));
	} else {
		TRY(store_key(books, made));
		key = made;
		made = NULL;
	}
	log_warn("signing_key", "made; `chopay endpoint public-key` prints its public half");
	atomic_store(&books->signing_key, key);
	return OK;
}

struct err
books_need_signing_key(struct books *books)
{
	struct err err = OK;

	pthread_mutex_lock(&books->signing_making);
	if (books_signing_key(books) == NULL)
		err = make_key(books);
	pthread_mutex_unlock(&books->signing_making);
	return err;
}
