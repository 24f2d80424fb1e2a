/* A VFS over SQLite's own: counts the calls that matter, fails them, remembers what is safe. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"

#define IMAGES_MAX 2 /* the database and its log */
#define SECTOR 512

/* One write since the last sync; `data.ptr` NULL: the file was cut to `offset`. */
struct pending {
	int64_t offset;
	struct buf data;
	bool truncation;
};

struct image {
	char path[512];
	struct buf durable;
	struct pending *pending;
	size_t count, capacity;
};

struct file {
	sqlite3_file base; /* first */
	struct image *image;
	sqlite3_file *real;
};

/* The one disk of the program: SQLite hands a VFS no other way to find it. */
static struct {
	pthread_mutex_t lock;
	sqlite3_vfs vfs, *under;
	struct image images[IMAGES_MAX];
	enum disk_fault fault;
	long calls_left; /* 0: nothing is planned */
	bool struck, dead, full;
} disk = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- images ------------------------------------------------------------------------------------
 */

static void
forget_pending(struct image *image)
{
	for (size_t i = 0; i < image->count; i++)
		buf_fini(&image->pending[i].data);
	image->count = 0;
}

static void
read_file(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "rb");
	char bytes[65536];
	size_t got;

	buf_clear(out);
	if (file == NULL)
		return;
	while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_add(out, (struct str){bytes, got});
	fclose(file);
}

static struct image *
image_of(const char *path)
{
	struct image *free_one = NULL;

	for (int i = 0; i < IMAGES_MAX; i++) {
		if (strcmp(disk.images[i].path, path) == 0)
			return &disk.images[i];
		if (disk.images[i].path[0] == '\0' && free_one == NULL)
			free_one = &disk.images[i];
	}
	if (free_one == NULL)
		abort(); /* a second store is open */
	snprintf(free_one->path, sizeof(free_one->path), "%s", path);
	read_file(path, &free_one->durable);
	return free_one;
}

static void
remember(struct image *image, struct pending one)
{
	if (image->count == image->capacity) {
		image->capacity = image->capacity == 0 ? 64 : image->capacity * 2;
		image->pending = mem_resize(
			image->pending, image->capacity * sizeof(*image->pending));
	}
	image->pending[image->count++] = one;
}

static void
put_bytes(struct buf *file, int64_t offset, struct str bytes)
{
	static const char zeros[4096];
	size_t size = (size_t)offset + bytes.len;

	while (file->len < size)
		buf_add(file,
			(struct str){zeros, size - file->len < sizeof(zeros) ? size - file->len
									     : sizeof(zeros)});
	memcpy(file->ptr + offset, bytes.ptr, bytes.len);
}

static void
cut(struct buf *file, int64_t size)
{
	if (file->len > (size_t)size)
		file->len = (size_t)size;
}

static void
make_safe(struct image *image)
{
	for (size_t i = 0; i < image->count; i++) {
		if (image->pending[i].truncation)
			cut(&image->durable, image->pending[i].offset);
		else
			put_bytes(&image->durable, image->pending[i].offset,
				buf_str(&image->pending[i].data));
	}
	forget_pending(image);
}

/* ---- faults ------------------------------------------------------------------------------------
 */

/* What a call that changes the disk must answer: SQLITE_OK, or an error. */
static int
change_allowed(int error)
{
	if (disk.calls_left > 0 && --disk.calls_left == 0) {
		disk.struck = true;
		disk.dead = disk.fault == DISK_DIES;
		disk.full = disk.fault == DISK_FULL;
		if (disk.fault == DISK_EIO)
			return error;
	}
	if (disk.dead)
		return error;
	return disk.full && error == SQLITE_IOERR_WRITE ? SQLITE_FULL : SQLITE_OK;
}

/* ---- a file ------------------------------------------------------------------------------------
 */

static sqlite3_file *
real(sqlite3_file *file)
{
	return ((struct file *)file)->real;
}

static int
file_close(sqlite3_file *file)
{
	int rc = real(file)->pMethods->xClose(real(file));

	free(real(file));
	return rc;
}

static int
file_read(sqlite3_file *file, void *data, int size, sqlite3_int64 offset)
{
	if (disk.dead)
		return SQLITE_IOERR_READ;
	return real(file)->pMethods->xRead(real(file), data, size, offset);
}

static int
file_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
	struct image *image = ((struct file *)file)->image;
	int rc;

	pthread_mutex_lock(&disk.lock);
	rc = change_allowed(SQLITE_IOERR_WRITE);
	if (rc == SQLITE_OK)
		rc = real(file)->pMethods->xWrite(real(file), data, size, offset);
	if (rc == SQLITE_OK && image != NULL) {
		struct pending one = {.offset = offset};

		buf_add(&one.data, (struct str){data, (size_t)size});
		remember(image, one);
	}
	pthread_mutex_unlock(&disk.lock);
	return rc;
}

static int
file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct image *image = ((struct file *)file)->image;
	int rc;

	pthread_mutex_lock(&disk.lock);
	rc = change_allowed(SQLITE_IOERR_TRUNCATE);
	if (rc == SQLITE_OK)
		rc = real(file)->pMethods->xTruncate(real(file), size);
	if (rc == SQLITE_OK && image != NULL)
		remember(image, (struct pending){.offset = size, .truncation = true});
	pthread_mutex_unlock(&disk.lock);
	return rc;
}

static int
file_sync(sqlite3_file *file, int flags)
{
	struct image *image = ((struct file *)file)->image;
	int rc;

	(void)flags; /* the machine's own sync would prove nothing and cost everything */
	pthread_mutex_lock(&disk.lock);
	rc = change_allowed(SQLITE_IOERR_FSYNC);
	if (rc == SQLITE_OK && image != NULL)
		make_safe(image);
	pthread_mutex_unlock(&disk.lock);
	return rc;
}

static int
file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return disk.dead ? SQLITE_IOERR_FSTAT : real(file)->pMethods->xFileSize(real(file), size);
}

static int
file_lock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xLock(real(file), level);
}

static int
file_unlock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xUnlock(real(file), level);
}

static int
file_check_lock(sqlite3_file *file, int *held)
{
	return real(file)->pMethods->xCheckReservedLock(real(file), held);
}

static int
file_control(sqlite3_file *file, int what, void *arg)
{
	return real(file)->pMethods->xFileControl(real(file), what, arg);
}

static int
file_sector_size(sqlite3_file *file)
{
	(void)file;
	return SECTOR;
}

static int
file_features(sqlite3_file *file)
{
	(void)file;
	return 0; /* promises nothing: no atomic write, no order, no power-safe overwrite */
}

static int
file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **at)
{
	return real(file)->pMethods->xShmMap(real(file), page, size, extend, at);
}

static int
file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

static void
file_shm_barrier(sqlite3_file *file)
{
	real(file)->pMethods->xShmBarrier(real(file));
}

static int
file_shm_unmap(sqlite3_file *file, int remove_it)
{
	return real(file)->pMethods->xShmUnmap(real(file), remove_it);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_check_lock,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_features,
	.xShmMap = file_shm_map,
	.xShmLock = file_shm_lock,
	.xShmBarrier = file_shm_barrier,
	.xShmUnmap = file_shm_unmap,
};

/* ---- the VFS
 * -------------------------------------------------------------------------------------
 */

static int
vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out_flags)
{
	struct file *made = (struct file *)file;
	int rc;

	(void)vfs;
	*made = (struct file){.real = mem_alloc_zero(1, (size_t)disk.under->szOsFile)};
	pthread_mutex_lock(&disk.lock);
	if (path != NULL && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0)
		made->image = image_of(path);
	pthread_mutex_unlock(&disk.lock);
	rc = disk.under->xOpen(disk.under, path, made->real, flags, out_flags);
	if (rc != SQLITE_OK) {
		free(made->real);
		return rc;
	}
	made->base.pMethods = &methods;
	return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
	(void)vfs;
	if (disk.dead)
		return SQLITE_IOERR_DELETE;
	pthread_mutex_lock(&disk.lock);
	for (int i = 0; i < IMAGES_MAX; i++) {
		if (strcmp(disk.images[i].path, path) != 0)
			continue;
		forget_pending(&disk.images[i]);
		buf_clear(&disk.images[i].durable);
	}
	pthread_mutex_unlock(&disk.lock);
	return disk.under->xDelete(disk.under, path, sync_folder);
}

void
disk_install(void)
{
	disk.under = sqlite3_vfs_find(NULL);
	disk.vfs = *disk.under;
	disk.vfs.zName = "simulated";
	disk.vfs.pNext = NULL;
	disk.vfs.szOsFile = sizeof(struct file);
	disk.vfs.xOpen = vfs_open;
	disk.vfs.xDelete = vfs_delete;
	if (sqlite3_vfs_register(&disk.vfs, 1) != SQLITE_OK)
		abort();
}

void
disk_plan(enum disk_fault fault, long calls)
{
	pthread_mutex_lock(&disk.lock);
	disk.fault = fault;
	disk.calls_left = calls;
	disk.struck = false;
	pthread_mutex_unlock(&disk.lock);
}

void
disk_heal(void)
{
	pthread_mutex_lock(&disk.lock);
	disk.calls_left = 0;
	disk.struck = disk.dead = disk.full = false;
	pthread_mutex_unlock(&disk.lock);
}

bool
disk_has_struck(void)
{
	bool struck;

	pthread_mutex_lock(&disk.lock);
	struck = disk.struck;
	pthread_mutex_unlock(&disk.lock);
	return struck;
}

/* Of what was written after the last sync, each sector is there or not. */
static void
leave_by_chance(struct image *image, struct prng *prng)
{
	for (size_t i = 0; i < image->count; i++) {
		const struct pending *one = &image->pending[i];

		if (one->truncation) {
			if (prng_chance(prng, 5000))
				cut(&image->durable, one->offset);
			continue;
		}
		for (size_t at = 0; at < one->data.len; at += SECTOR) {
			size_t size = one->data.len - at < SECTOR ? one->data.len - at : SECTOR;

			if (prng_chance(prng, 5000))
				put_bytes(&image->durable, one->offset + (int64_t)at,
					(struct str){one->data.ptr + at, size});
		}
	}
	forget_pending(image);
}

void
disk_cut_power(struct prng *prng)
{
	for (int i = 0; i < IMAGES_MAX; i++) {
		struct image *image = &disk.images[i];
		FILE *file;

		if (image->path[0] == '\0')
			continue;
		leave_by_chance(image, prng);
		file = fopen(image->path, "wb");
		if (file == NULL ||
			(image->durable.len > 0 && fwrite(image->durable.ptr, 1, image->durable.len,
							   file) != image->durable.len) ||
			fclose(file) != 0)
			abort();
	}
}

void
disk_forget(void)
{
	for (int i = 0; i < IMAGES_MAX; i++) {
		forget_pending(&disk.images[i]);
		buf_fini(&disk.images[i].durable);
		free(disk.images[i].pending);
		disk.images[i] = (struct image){0};
	}
	disk_heal();
}
