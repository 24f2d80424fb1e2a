/* What it takes to listen: addresses as people write them, and sockets nobody else has. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/util.h>

#include "chopay/log.h"
#include "peers.h"

#define BACKLOG 1024
#define PORT_MAX 65535

/* ---- TCP ---------------------------------------------------------------------------------- */

/* "127.0.0.1:8080", "[::1]:0", "localhost:8080". */
static struct err
parse_address(struct str text, struct sockaddr_storage *address, socklen_t *length)
{
	const struct err bad = FAIL(
		ERR_INVALID, "not an address like 127.0.0.1:8080 or [::1]:8080");
	const char *colon = text.len == 0 ? NULL : memrchr(text.ptr, ':', text.len);
	struct sockaddr_in *in = (struct sockaddr_in *)address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
	char host[ADDRESS_TEXT_SIZE] = "";
	struct str name;
	int64_t port;

	memset(address, 0, sizeof(*address));
	if (colon == NULL)
		return bad;
	name = str_cut(text, 0, (size_t)(colon - text.ptr));
	if (str_to_i64(str_cut(text, name.len + 1, text.len), &port).code != ERR_OK || port < 0 ||
		port > PORT_MAX)
		return bad;
	if (str_eq(name, STR("localhost")))
		name = STR("127.0.0.1");
	if (str_starts(name, STR("[")) && str_ends(name, STR("]"))) {
		name = str_cut(name, 1, name.len - 1);
		address->ss_family = AF_INET6;
	} else {
		address->ss_family = AF_INET;
	}
	if (name.len == 0 || name.len >= sizeof(host))
		return bad;
	memcpy(host, name.ptr, name.len);
	if (address->ss_family == AF_INET) {
		in->sin_port = htons((uint16_t)port);
		*length = sizeof(*in);
		return inet_pton(AF_INET, host, &in->sin_addr) == 1 ? OK : bad;
	}
	in6->sin6_port = htons((uint16_t)port);
	*length = sizeof(*in6);
	return inet_pton(AF_INET6, host, &in6->sin6_addr) == 1 ? OK : bad;
}

static struct err
listen_errno(void)
{
	switch (errno) {
	case EADDRINUSE:
		return FAIL(ERR_CONFLICT, "the address is in use by another program");
	case EACCES:
	case EPERM:
		return FAIL(ERR_DENIED, "not allowed to listen there (a port below 1024?)");
	case EADDRNOTAVAIL:
	case EAFNOSUPPORT:
		return FAIL(ERR_INVALID, "this machine does not have that address");
	default:
		return FAIL(ERR_BROKEN, "cannot listen");
	}
}

static struct err
open_listener(const struct sockaddr_storage *address, socklen_t length, bool shared, int *fd)
{
	const int on = 1, off = 0;
	struct err e;

	*fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return listen_errno();
	setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (shared)
		setsockopt(*fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	if (address->ss_family == AF_INET6) /* [::] is every address, IPv4 too */
		setsockopt(*fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(*fd, (const struct sockaddr *)address, length) == 0 && listen(*fd, BACKLOG) == 0)
		return OK;
	e = listen_errno();
	close(*fd);
	return e;
}

static void
format_bound(int fd, struct buf *bound)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);
	char host[ADDRESS_TEXT_SIZE] = "";

	memset(&address, 0, sizeof(address));
	if (getsockname(fd, (struct sockaddr *)&address, &length) != 0)
		return;
	if (address.ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)&address;

		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		buf_addf(bound, "%s:%d", host, ntohs(in->sin_port));
	} else {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address;

		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		buf_addf(bound, "[%s]:%d", host, ntohs(in6->sin6_port));
	}
}

/* Is it an address, and one that may be served without TLS? */
static struct err
check_address(struct str text, bool tls, struct sockaddr_storage *where, socklen_t *length)
{
	struct address who;

	TRY(parse_address(text, where, length));
	who = address_from(where);
	if (!tls && !address_is_loopback(&who))
		return FAIL(ERR_DENIED,
			"plain HTTP is served on loopback only: give a certificate, "
			"or listen on 127.0.0.1 behind a proxy");
	return OK;
}

struct err
http_address_check(struct str address, bool tls)
{
	struct sockaddr_storage where;
	socklen_t length;

	return check_address(address, tls, &where, &length);
}

struct err
http_server_listen(struct http_server *server, struct str address, struct tls *tls, bool shared,
	struct buf *bound)
{
	struct sockaddr_storage where;
	socklen_t length;
	int fd;

	TRY(check_address(address, tls != NULL, &where, &length));
	TRY(open_listener(&where, length, shared, &fd));
	if (bound != NULL)
		format_bound(fd, bound);
	listener_add(server, fd, tls, NULL);
	return OK;
}

struct err
http_address_free(struct str address)
{
	struct sockaddr_storage where;
	socklen_t length;
	int fd;

	TRY(parse_address(address, &where, &length));
	TRY(open_listener(&where, length, false, &fd));
	close(fd);
	return OK;
}

/* ---- the control socket -------------------------------------------------------------------- */

static struct err
unix_address(const char *path, struct sockaddr_un *address)
{
	struct str text = str_from(path);

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (text.len == 0 || text.len >= sizeof(address->sun_path))
		return FAIL(ERR_INVALID, "the control socket's path is longer than 107 bytes");
	memcpy(address->sun_path, text.ptr, text.len);
	return OK;
}

/* A socket file that its gateway left behind when it was killed: nobody answers there. */
static struct err
remove_stale(const struct sockaddr_un *address)
{
	const struct err taken = FAIL(
		ERR_CONFLICT, "another gateway listens on the control socket");
	struct stat file;
	int fd;
	bool answered;

	if (lstat(address->sun_path, &file) != 0)
		return errno == ENOENT ? OK : FAIL(ERR_BROKEN, "cannot look at the control socket");
	if (!S_ISSOCK(file.st_mode))
		return FAIL(ERR_CONFLICT, "a file that is no socket has the control socket's path");
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return FAIL(ERR_BROKEN, "cannot make a socket");
	answered = connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
		   errno != ECONNREFUSED;
	close(fd);
	if (answered)
		return taken;
	return unlink(address->sun_path) == 0 ? OK
					      : FAIL(ERR_BROKEN, "cannot remove the old socket");
}

struct err
http_server_listen_local(struct http_server *server, const char *path)
{
	struct sockaddr_un address;
	mode_t mask;
	int fd, bound;

	TRY(unix_address(path, &address));
	TRY(remove_stale(&address));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return FAIL(ERR_BROKEN, "cannot make a socket");
	mask = umask(0177); /* born 0600: at no moment may another user connect */
	bound = bind(fd, (const struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (bound != 0 || listen(fd, BACKLOG) != 0) {
		close(fd);
		return FAIL(
			ERR_BROKEN, "cannot listen on the control socket: is its folder there?");
	}
	listener_add(server, fd, NULL, path);
	return OK;
}
