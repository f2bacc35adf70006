/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sockets, of the Internet families only: a Unix socket would name what lies outside of the
 * client's folder. Lengths in replies never exceed what the client has room for.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "handlers.h"
#include "handles.h"
#include "policy.h"

#define FD_AT	      12
#define FROM_ADDR_MAX 128 /* recvfrom: room for the address */
#define FROM_DATA_MAX 304

static int fd_of(const struct call *c)
{
	return fd_check(arg_s32(c, FD_AT));
}

void do_socket(struct call *c)
{
	int32_t domain = arg_s32(c, 12);

	if (!policy.network) {
		errno = EACCES;
		ret_s32(c, -1);
	} else if (domain != AF_INET && domain != AF_INET6) {
		errno = EAFNOSUPPORT;
		ret_s32(c, -1);
	} else {
		ret_s32(c, fd_give(socket(domain, arg_s32(c, 16), arg_s32(c, 20))));
	}
}

typedef int (*name_in)(int fd, const struct sockaddr *addr, socklen_t len);

static void with_address(struct call *c, name_in fn)
{
	uint32_t len = arg_u32(c, 16);
	const void *addr = arg_data(c, 20, len);
	int fd = addr ? fd_of(c) : -1;
	struct sockaddr_storage ss;

	if (len > sizeof(ss) && fd >= 0) {
		errno = EINVAL;
		fd = -1;
	}
	if (fd < 0) {
		ret_s32(c, -1);
		return;
	}
	memset(&ss, 0, sizeof(ss));
	memcpy(&ss, addr, len);
	ret_s32(c, fn(fd, (struct sockaddr *)&ss, len));
}

static int bind_fd(int fd, const struct sockaddr *addr, socklen_t len)
{
	return bind(fd, addr, len);
}

static int connect_fd(int fd, const struct sockaddr *addr, socklen_t len)
{
	return connect(fd, addr, len);
}

void do_bind(struct call *c)
{
	with_address(c, bind_fd);
}

void do_connect(struct call *c)
{
	with_address(c, connect_fd);
}

void do_listen(struct call *c)
{
	int fd = fd_of(c);

	ret_s32(c, fd < 0 ? -1 : listen(fd, arg_s32(c, 16)));
}

void do_shutdown(struct call *c)
{
	int fd = fd_of(c);

	ret_s32(c, fd < 0 ? -1 : shutdown(fd, arg_s32(c, 16)));
}

/* s32 ret, u32 addrlen, address: as much of it as the client has room for. */
static void ret_address(struct call *c, int32_t ret, const struct sockaddr_storage *ss,
			socklen_t len, uint32_t room)
{
	ret_s32(c, ret);
	if (ret < 0)
		return;
	if (len > room)
		len = room;
	if (len > sizeof(*ss))
		len = sizeof(*ss);
	reply_s32(c, 20, (int32_t)len);
	if (len)
		memcpy(reply_at(c, 24, len), ss, len);
}

static void accept_with(struct call *c, int flags, uint32_t room)
{
	int fd = fd_of(c);
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	memset(&ss, 0, sizeof(ss));
	ret_address(c, fd < 0 ? -1 : fd_give(accept4(fd, (struct sockaddr *)&ss, &len, flags)), &ss,
		    len, room);
}

void do_accept(struct call *c)
{
	accept_with(c, 0, arg_u32(c, 16));
}

void do_accept4(struct call *c)
{
	accept_with(c, arg_s32(c, 16), arg_u32(c, 20));
}

typedef int (*name_out)(int fd, struct sockaddr *addr, socklen_t *len);

static void ask_address(struct call *c, name_out fn)
{
	int fd = fd_of(c);
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	memset(&ss, 0, sizeof(ss));
	ret_address(c, fd < 0 ? -1 : fn(fd, (struct sockaddr *)&ss, &len), &ss, len,
		    arg_u32(c, 16));
}

static int sock_name(int fd, struct sockaddr *addr, socklen_t *len)
{
	return getsockname(fd, addr, len);
}

static int peer_name(int fd, struct sockaddr *addr, socklen_t *len)
{
	return getpeername(fd, addr, len);
}

void do_getsockname(struct call *c)
{
	ask_address(c, sock_name);
}

void do_getpeername(struct call *c)
{
	ask_address(c, peer_name);
}

void do_getsockopt(struct call *c)
{
	socklen_t len = arg_u32(c, 16);
	int fd = fd_of(c), rc;

	if (len > MICA_RPC_DATA) {
		c->errnum = EINVAL;
		reply_s32(c, 16, MICA_RPC_TOO_LONG);
		return;
	}
	rc = fd < 0 ? -1 : getsockopt(fd, arg_s32(c, 20), arg_s32(c, 24), c->reply + 24, &len);
	ret_s32(c, rc);
	if (rc)
		return;
	reply_s32(c, 20, (int32_t)len);
	reply_at(c, 24, len);
}

void do_setsockopt(struct call *c)
{
	uint32_t len = arg_u32(c, 24);
	const void *value = arg_data(c, 28, len);
	int fd = value ? fd_of(c) : -1;

	ret_s32(c, fd < 0 ? -1 : setsockopt(fd, arg_s32(c, 16), arg_s32(c, 20), value, len));
}

void do_send(struct call *c)
{
	uint64_t len = arg_u64(c, 16);
	const void *data = arg_data(c, 28, len);
	int fd = data ? fd_of(c) : -1;

	ret_s64(c, fd < 0 ? -1 : send(fd, data, len, arg_s32(c, 24) | MSG_NOSIGNAL));
}

void do_sendto(struct call *c)
{
	uint64_t len = arg_u64(c, 16);
	uint32_t addr_len = arg_u32(c, 28);
	const void *addr = arg_data(c, 32, addr_len);
	const void *data = addr ? arg_data(c, 32 + (size_t)addr_len, len) : NULL;
	int fd = data ? fd_of(c) : -1;
	struct sockaddr_storage ss;

	if (addr_len > sizeof(ss) && fd >= 0) {
		errno = EINVAL;
		fd = -1;
	}
	if (fd < 0) {
		ret_s64(c, -1);
		return;
	}
	memset(&ss, 0, sizeof(ss));
	memcpy(&ss, addr, addr_len);
	ret_s64(c, sendto(fd, data, len, arg_s32(c, 24) | MSG_NOSIGNAL,
			  addr_len ? (struct sockaddr *)&ss : NULL, addr_len));
}

/* Without MSG_TRUNC in the flags a result never exceeds what was asked for. */
static ssize_t receive(int fd, void *data, size_t len, int flags, struct sockaddr_storage *ss,
		       socklen_t *ss_len)
{
	if (fd < 0)
		return -1;
	return recvfrom(fd, data, len, flags & ~MSG_TRUNC, (struct sockaddr *)ss, ss_len);
}

void do_recv(struct call *c)
{
	uint64_t len = arg_u64(c, 24);
	ssize_t n;

	if (len > MICA_RPC_DATA)
		len = MICA_RPC_DATA;
	n = receive(fd_of(c), c->reply + 24, (size_t)len, arg_s32(c, 16), NULL, NULL);
	if (n > 0)
		reply_at(c, 24, (size_t)n);
	ret_s64(c, n);
}

void do_recvfrom(struct call *c)
{
	uint32_t room = arg_u32(c, 20);
	uint64_t len = arg_u64(c, 24);
	struct sockaddr_storage ss;
	socklen_t got = sizeof(ss);
	ssize_t n;

	if (room > FROM_ADDR_MAX) {
		c->errnum = EINVAL;
		reply_s64(c, 24, MICA_RPC_TOO_LONG);
		return;
	}
	if (len > FROM_DATA_MAX)
		len = FROM_DATA_MAX;
	memset(&ss, 0, sizeof(ss));
	n = receive(fd_of(c), c->reply + 160, (size_t)len, arg_s32(c, 16), &ss, &got);
	c->errnum = n < 0 ? errno : 0;
	reply_s64(c, 24, n);
	if (n < 0)
		return;
	if (got > room)
		got = room;
	reply_s32(c, 16, (int32_t)got);
	memcpy(c->reply + 32, &ss, got);
	reply_at(c, 160, (size_t)n);
}
