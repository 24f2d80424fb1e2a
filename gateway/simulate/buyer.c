/* buyer.c - run zbarimg on a picture, and read its words as a bank's app does. */
#include "buyer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chopay/clock.h"

#define SCAN_MAX_MS 20000
#define SCAN_TEXT_MAX 4096
#define PICTURE_FD 3 /* where the scanner finds the picture */

extern char **environ;

struct photo {
	int fd;
	bool is_jpeg;
};

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* read from, or memory */
}

/* The picture as a file without a name: nothing to clean up, whatever happens. */
static struct err
put_picture(struct str png, int *fd)
{
	int memory CLEANUP(close_fd) = memfd_create("code", MFD_CLOEXEC);

	if (memory < 0)
		return FAIL(ERR_BROKEN, "no memory file for a picture");
	while (png.len > 0) {
		ssize_t put = write(memory, png.ptr, png.len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return FAIL(ERR_BROKEN, "a picture does not fit into memory");
		png = str_cut(png, (size_t)put, png.len);
	}
	if (lseek(memory, 0, SEEK_SET) != 0)
		return FAIL(ERR_BROKEN, "a picture cannot be read back");
	*fd = memory;
	memory = -1;
	return OK;
}

/* Only spawn itself can fail here: its out-of-memory cases end up in `result` too. */
static int
spawn_with(posix_spawn_file_actions_t *actions, const struct photo *photo, int out, pid_t *pid)
{
	/* A format and a number: policies forbid /dev/fd. */
	char png[] = "png:fd:3", jpeg[] = "jpeg:fd:3", *path = photo->is_jpeg ? jpeg : png;
	char *argv[] = {"zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", path, NULL};
	/* In this order: `out` may itself be number 3. */
	int result = posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);

	if (result == 0)
		result = posix_spawn_file_actions_adddup2(actions, photo->fd, PICTURE_FD);
	if (result == 0) /* it complains of things that are none of ours, such as a missing dbus */
		result = posix_spawn_file_actions_addopen(
			actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (result == 0)
		result = posix_spawnp(pid, argv[0], actions, NULL, argv, environ);
	return result;
}

static struct err
start_scanner(const struct photo *photo, int out, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int result;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return FAIL(ERR_BROKEN, "no memory to start the scanner");
	result = spawn_with(&actions, photo, out, pid);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (result == ENOENT)
		return FAIL(ERR_BROKEN, "zbarimg is missing: apt-get install zbar-tools");
	return result == 0 ? OK : FAIL(ERR_BROKEN, "the scanner (zbarimg) cannot be started");
}

/* All it says until it closes its output; false when that takes too long. */
static bool
listen_to(int in, struct buf *text)
{
	int64_t deadline_ms = clock_monotonic_ms() + SCAN_MAX_MS;
	char block[1024];

	while (text->len < SCAN_TEXT_MAX) {
		struct pollfd ready = {.fd = in, .events = POLLIN};
		int64_t left_ms = deadline_ms - clock_monotonic_ms();
		ssize_t got;

		if (left_ms <= 0)
			return false;
		if (poll(&ready, 1, (int)left_ms) <= 0)
			continue;
		got = read(in, block, sizeof(block));
		if (got == 0)
			return true;
		if (got > 0)
			buf_add(text, (struct str){block, (size_t)got});
		else if (errno != EINTR)
			return false;
	}
	return false;
}

/* Each code that is seen becomes a line of `text`. */
static struct err
scan(struct str picture, struct buf *text)
{
	int memory CLEANUP(close_fd) = -1, in CLEANUP(close_fd) = -1, out CLEANUP(close_fd) = -1;
	struct photo photo = {.is_jpeg = str_starts(picture, STR("\xff\xd8\xff"))};
	int ends[2];
	bool heard;
	pid_t pid;

	if (!photo.is_jpeg && !str_starts(picture, STR("\x89PNG\r\n")))
		return FAIL(ERR_INVALID, "neither a PNG nor a JPEG picture");
	TRY(put_picture(picture, &memory));
	photo.fd = memory;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return FAIL(ERR_BROKEN, "no pipe to the scanner");
	in = ends[0];
	out = ends[1];
	TRY(start_scanner(&photo, out, &pid));
	close_fd(&out);
	out = -1;
	heard = listen_to(in, text);
	if (!heard)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return heard ? OK : FAIL(ERR_BROKEN, "the scanner (zbarimg) does not come to an end");
}

/* A screen may show other codes beside the one to pay, but not two to choose from. */
struct err
buyer_read(struct str picture, struct vietqr *code)
{
	CLEANUP(mem_free) struct vietqr_decoded *decoded = mem_alloc(sizeof(*decoded));
	struct buf text CLEANUP(buf_fini) = {0};
	struct str rest, line, first = {NULL, 0};
	bool seen = false;

	TRY(scan(picture, &text));
	for (rest = str_trim(buf_str(&text)); rest.len > 0;) {
		struct vietqr view;

		str_split(&rest, '\n', &line);
		seen = true;
		if (vietqr_decode(line.ptr, line.len, VIETQR_LENIENT, decoded) != VIETQR_OK ||
			vietqr_view(decoded, &view) != VIETQR_OK)
			continue;
		if (first.len > 0 && !str_eq(first, line))
			return FAIL(ERR_INVALID,
				"the picture shows more than one VietQR: cut it to the one to pay");
		first = line;
		*code = view;
	}
	if (!seen)
		return FAIL(ERR_INVALID, "the scanner finds no code in the picture");
	return first.len > 0 ? OK : FAIL(ERR_INVALID, "the code in the picture is no VietQR");
}
