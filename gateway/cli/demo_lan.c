/* chopay demo --lan: HTTPS on the machine's own address, for a phone beside it. */
#include "demo_lan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "chopay/asset.h"
#include "chopay/log.h"
#include "chopay/picture.h"
#include "options.h"

#define CA_FOLDER "dev-ca"
#define CA_SCRIPT "certs/make-dev-ca.sh"
#define CA_PEM_MAX 65536
#define ANYWHERE \
	"192.0.2.1" /* RFC 5737: documentation; a datagram socket that connects sends none */

extern char **environ;

/* ---- which address ------------------------------------------------------------------------- */

static bool
routed_address(char *text, socklen_t size)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)}, from = {0};
	socklen_t len = sizeof(from);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool found;

	inet_pton(AF_INET, ANYWHERE, &to.sin_addr);
	found = fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
		getsockname(fd, (struct sockaddr *)&from, &len) == 0 &&
		inet_ntop(AF_INET, &from.sin_addr, text, size) != NULL;
	if (fd >= 0)
		close(fd);
	return found;
}

/* Without a way to the world: the first address that is up, as of a hot spot on this machine. */
static bool
own_address(char *text, socklen_t size)
{
	struct ifaddrs *all, *one;
	bool found = false;

	if (getifaddrs(&all) != 0)
		return false;
	for (one = all; one != NULL && !found; one = one->ifa_next) {
		if (one->ifa_addr == NULL || one->ifa_addr->sa_family != AF_INET ||
			(one->ifa_flags & IFF_UP) == 0 || (one->ifa_flags & IFF_LOOPBACK) != 0)
			continue;
		found = inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)one->ifa_addr)->sin_addr,
				text, size) != NULL;
	}
	freeifaddrs(all);
	return found;
}

/* The one asked for, or the machine's.  A host name has no place in the certificate. */
static int
choose_address(const char *listen, char *text, socklen_t size)
{
	struct in_addr parsed;

	if (listen != NULL) {
		struct str rest = str_from(listen), host;

		str_split(&rest, ':', &host);
		snprintf(text, size, "%.*s", STR_FMT(host));
		if (inet_pton(AF_INET, text, &parsed) == 1)
			return 0;
		complain("demo: --lan takes --listen IPV4:PORT, an address of this machine: %s",
			listen);
		return EX_USAGE;
	}
	if (routed_address(text, size) || own_address(text, size))
		return 0;
	complain("demo: this machine has no address in a network; connect it to the phone's Wi-Fi,"
		 " or leave --lan out");
	return EX_UNAVAILABLE;
}

/* ---- the certificate ------------------------------------------------------------------------- */

static int
write_script(const char *path)
{
	struct str script = asset_find(CA_SCRIPT);
	FILE *file = fopen(path, "we");

	if (file == NULL || fwrite(script.ptr, 1, script.len, file) != script.len ||
		fclose(file) != 0) {
		complain("demo: cannot write %s: %s", path, strerror(errno));
		return EX_IOERR;
	}
	return 0;
}

static int
run_script(char *script, char *folder, char *address)
{
	char *argv[] = {"sh", script, folder, address, NULL};
	posix_spawn_file_actions_t files;
	int how = -1;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawn(&pid, "/bin/sh", &files, NULL, argv, environ) == 0) {
		while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
			;
	}
	posix_spawn_file_actions_destroy(&files);
	if (how == 0)
		return 0;
	complain("demo: the development certificate could not be made (see above); it takes the"
		 " `openssl` command");
	return EX_UNAVAILABLE;
}

static int
read_ca(const char *path, char **pem)
{
	FILE *file = fopen(path, "re");
	char text[CA_PEM_MAX];
	size_t len = file == NULL ? 0 : fread(text, 1, sizeof(text), file);

	if (file != NULL)
		fclose(file);
	if (len == 0 || len == sizeof(text)) {
		complain("demo: cannot read %s", path);
		return EX_IOERR;
	}
	*pem = mem_copy_str((struct str){text, len});
	return 0;
}

static char *
file_in(const struct buf *folder, const char *name)
{
	struct buf path CLEANUP(buf_fini) = {0};

	buf_addf(&path, "%s/%s", folder->ptr, name);
	return mem_copy_str(buf_str(&path));
}

int
demo_lan_prepare(
	struct app_config *config, const char *listen, struct buf *host, struct buf *ca_file)
{
	struct buf folder CLEANUP(buf_fini) = {0}, script CLEANUP(buf_fini) = {0};
	struct buf option CLEANUP(buf_fini) = {0};
	char address[INET_ADDRSTRLEN];
	int status = choose_address(listen, address, sizeof(address));

	if (status != 0)
		return status;
	buf_addf(&folder, "%s/" CA_FOLDER, config->data);
	if (mkdir(config->data, 0700) != 0 && errno != EEXIST) {
		complain("demo: cannot make %s: %s", config->data, strerror(errno));
		return EX_IOERR;
	}
	buf_addf(&script, "%s/make-dev-ca.sh", config->data);
	buf_addf(&option, "--address=%s", address);
	status = write_script(script.ptr);
	if (status == 0)
		status = run_script(script.ptr, folder.ptr, option.ptr);
	unlink(script.ptr);
	if (status != 0)
		return status;
	config->tls_cert = file_in(&folder, "server.pem");
	config->tls_key = file_in(&folder, "server.key");
	buf_adds(host, address);
	buf_addf(ca_file, "%s/ca.pem", folder.ptr);
	return read_ca(ca_file->ptr, &config->dev_ca);
}

/* ---- what is printed ------------------------------------------------------------------------- */

void
demo_lan_print(struct str url, struct str invite_path)
{
	struct picture *picture CLEANUP(picture_cleanup) = NULL;
	struct buf link CLEANUP(buf_fini) = {0}, code CLEANUP(buf_fini) = {0};

	buf_addf(&link, "%.*s%.*s", STR_FMT(url), STR_FMT(invite_path));
	if (picture_new(buf_str(&link), &picture).code != ERR_OK)
		return;
	picture_text(picture, false, &code);
	printf("  Quét bằng điện thoại cùng mạng Wi-Fi (scan with a phone in the same network):\n\n"
	       "%s\n"
	       "  Điện thoại sẽ hỏi về chứng chỉ: đây là chứng chỉ thử của riêng máy này. Chọn tiếp tục, hoặc\n"
	       "  mở %.*s/dev-ca.crt để cài (nhờ đó trang chạy cả khi mất mạng); thử xong thì gỡ ra.\n"
	       "  (The phone will ask about the certificate: it is a throwaway one of this machine.  Go on,\n"
	       "  or open that address to install it, which offline use needs, and remove it afterwards.)\n\n",
		code.ptr, STR_FMT(url));
}
