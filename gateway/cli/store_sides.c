/* The two stores of a copy: where they are, their locks and their keys. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "chopay/books.h"
#include "chopay/log.h"
#include "options.h"
#include "store_sides.h"
#include "where.h"

#define TRIES 50 /* of a lock: a gateway looks at it for a moment */
#define TRY_EVERY_MS 20
#define KEY_FILE_MAX 16384

static const char *const key_files[SIDE_KEYS] = {"master.key", "ledger.key", "reply-signing.pem"};

static void
sleep_ms(int ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

void
side_init(struct side *side, const char *command, const char *word)
{
	char *real = store_is_uri(word) ? NULL : realpath(word, NULL);

	*side = (struct side){.command = command, .lock_fd = -1, .copy_fd = -1};
	if (!store_is_uri(word))
		side->folder = word;
	if (side->folder == NULL) {
		buf_adds(&side->where, word);
		store_place(word, &side->place);
	} else {
		buf_addf(&side->where, "%s/chopay.db", word);
		buf_addf(&side->place, "%s/chopay.db", real == NULL ? word : real);
	}
	free(real);
}

void
side_fini(struct side *side)
{
	if (side->lock_fd >= 0)
		close(side->lock_fd);
	side_unlock_copy(side);
	if (side->where.ptr != NULL)
		explicit_bzero(side->where.ptr, side->where.len); /* a password may be in it */
	buf_fini(&side->where);
	buf_fini(&side->place);
}

void
side_unlock_copy(struct side *side)
{
	if (side->copy_fd >= 0)
		close(side->copy_fd);
	side->copy_fd = -1;
}

int
side_check(const struct side *side)
{
	struct buf why CLEANUP(buf_fini) = {0};

	if (side->folder != NULL || store_check_uri(side->where.ptr, &why).code == ERR_OK)
		return 0;
	complain("%s: %s", side->command, why.ptr);
	return EX_CONFIG;
}

/* ---- the source --------------------------------------------------------------------------------
 */

static int
say_that_we_copy(struct side *from)
{
	struct buf path CLEANUP(buf_fini) = {0};

	buf_addf(&path, "%s/%s", from->folder, BOOKS_COPY_LOCK);
	from->copy_fd = open(path.ptr, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (from->copy_fd < 0) {
		complain(
			"%s: cannot write in %s: %s", from->command, from->folder, strerror(errno));
		return EX_CANTCREAT;
	}
	for (int i = 0; i < TRIES; i++) {
		if (flock(from->copy_fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		sleep_ms(TRY_EVERY_MS);
	}
	complain("%s: another copy from %s is under way", from->command, from->folder);
	return EX_UNAVAILABLE;
}

int
side_lock_source(struct side *from, bool *served)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct err err;
	int status;

	*served = false;
	if (from->folder == NULL)
		return 0;
	if (access(from->where.ptr, F_OK) != 0) {
		complain("%s: there is no store in %s", from->command, from->folder);
		return EX_NO_STORE;
	}
	status = say_that_we_copy(from);
	if (status != 0)
		return status;
	err = books_folder_lock(from->folder, &from->lock_fd, &why);
	*served = err.code == ERR_BUSY;
	if (err.code == ERR_OK || *served)
		return 0;
	complain("%s: %s", from->command, why.ptr);
	return EX_IOERR;
}

/* ---- the target --------------------------------------------------------------------------------
 */

static int
write_key(const char *command, const char *file, struct str bytes)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	bool whole = fd >= 0 && write(fd, bytes.ptr, bytes.len) == (ssize_t)bytes.len &&
		     fsync(fd) == 0;

	if (!whole)
		complain("%s: cannot write %s: %s", command, file, strerror(errno));
	if (fd >= 0)
		close(fd);
	return whole ? 0 : EX_CANTCREAT;
}

/* One that is there already must be the same. */
static int
carry_key(struct side *side, const char *from_folder, int key)
{
	const char *name = key_files[key];
	struct buf from CLEANUP(buf_fini) = {0}, to CLEANUP(buf_fini) = {0};
	struct buf bytes CLEANUP(buf_fini) = {0}, kept CLEANUP(buf_fini) = {0};
	int status;

	buf_addf(&from, "%s/keys/%s", from_folder, name);
	buf_addf(&to, "%s/keys/%s", side->folder, name);
	if (access(from.ptr, F_OK) != 0)
		return 0; /* made when it is needed */
	status = read_file(side->command, from.ptr, KEY_FILE_MAX, &bytes);
	if (status == 0 && access(to.ptr, F_OK) != 0) {
		side->made_key[key] = true;
		status = write_key(side->command, to.ptr, buf_str(&bytes));
	}
	if (status == 0)
		status = read_file(side->command, to.ptr, KEY_FILE_MAX, &kept);
	if (status == 0 && !str_eq(buf_str(&bytes), buf_str(&kept))) {
		complain("%s: %s is another key than %s: name an empty folder", side->command,
			to.ptr, from.ptr);
		status = EX_DATAERR;
	}
	if (bytes.ptr != NULL)
		explicit_bzero(bytes.ptr, bytes.len);
	if (kept.ptr != NULL)
		explicit_bzero(kept.ptr, kept.len);
	return status;
}

static int
make_folder(const char *command, const char *path, bool *made)
{
	*made = mkdir(path, 0700) == 0;
	if (*made || errno == EEXIST)
		return 0;
	complain("%s: cannot make %s: %s", command, path, strerror(errno));
	return EX_CANTCREAT;
}

int
side_make_target(struct side *to, const char *keys)
{
	struct buf folder CLEANUP(buf_fini) = {0}, why CLEANUP(buf_fini) = {0};
	int status = make_folder(to->command, to->folder, &to->made_folder);

	buf_addf(&folder, "%s/keys", to->folder);
	if (status == 0)
		status = make_folder(to->command, folder.ptr, &to->made_keys);
	for (int i = 0; i < SIDE_KEYS && status == 0; i++)
		status = carry_key(to, keys, i);
	if (status == 0 && books_folder_lock(to->folder, &to->lock_fd, &why).code != ERR_OK) {
		complain("%s: %s", to->command, why.ptr);
		status = EX_UNAVAILABLE;
	}
	return status;
}

static void
unmake(const struct side *side, const char *name, bool made)
{
	struct buf path CLEANUP(buf_fini) = {0};

	buf_addf(&path, "%s/%s", side->folder, name);
	if (made)
		(void)remove(path.ptr); /* what somebody put into a folder keeps it there */
}

void
side_unmake_target(struct side *to)
{
	struct buf key CLEANUP(buf_fini) = {0};

	for (int i = 0; i < SIDE_KEYS; i++) {
		buf_clear(&key);
		buf_addf(&key, "keys/%s", key_files[i]);
		unmake(to, key.ptr, to->made_key[i]);
	}
	unmake(to, "keys", to->made_keys);
	unmake(to, "lock", to->made_folder);
	unmake(to, "", to->made_folder);
}

/* ---- both --------------------------------------------------------------------------------------
 */

int
side_open(const struct side *side, enum store_mode mode, struct db **db)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct err err = store_open(side->where.ptr, mode, db, &why);

	if (err.code == ERR_OK)
		return 0;
	complain("%s: %.*s: %s", side->command, STR_FMT(buf_str(&side->place)),
		why.len > 0 ? why.ptr : err.what);
	return err_exit_status(err.code);
}
