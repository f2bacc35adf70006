/* SPDX-License-Identifier: BSD-3-Clause */
/* Getting connected to a client's window. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app.h"
#include "umt.h"

#define AGAIN_MS 20

/* A path of any length: sun_path is short. */
static int connect_at(int sock, const char *dir)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), rc, error;

	if (fd < 0)
		return -1;
	snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d/" MICA_UMT_SOCKET, fd);
	rc = connect(sock, (struct sockaddr *)&addr, sizeof(addr));
	error = errno;
	close(fd);
	errno = error;
	return rc;
}

/* micad's first packet. *fd: the window, or -1. */
static int take_hello(struct mica_umt *u, int *fd, int64_t deadline)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = &u->hello, .iov_len = sizeof(u->hello) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.buf,
			      .msg_controllen = sizeof(control.buf) };
	struct cmsghdr *c;
	ssize_t n;

	*fd = -1;
	if (!app_wait(u->fd, POLLIN, deadline))
		return errno = ENOENT, -1;
	n = recvmsg(u->fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	if (n <= 0)
		return errno = EPIPE, -1;
	c = CMSG_FIRSTHDR(&msg);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	if (n != (ssize_t)sizeof(u->hello) || u->hello.magic != MICA_UMT_MAGIC ||
	    u->hello.version != MICA_UMT_VERSION)
		return errno = EPROTO, -1;
	u->hello.text[sizeof(u->hello.text) - 1] = '\0';
	if (u->hello.error)
		return errno = u->hello.error, -1;
	return *fd < 0 ? (errno = EPROTO, -1) : 0;
}

static bool makes_sense(const struct mica_umt_hello *h)
{
	return h->align && h->pieces && h->pieces <= UMT_PIECES && h->taken <= UMT_PIECES &&
	       h->to_client <= h->map_len && h->to_client_len <= h->map_len - h->to_client &&
	       h->to_host <= h->map_len && h->to_host_len <= h->map_len - h->to_host;
}

/* The window, and what an earlier application left in it. */
static int map_window(struct mica_umt *u, int fd, int64_t deadline)
{
	void *va;

	if (!makes_sense(&u->hello))
		return errno = EPROTO, -1;
	/* All pages at once: no message waits for them. */
	va = mmap(NULL, u->hello.map_len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (va == MAP_FAILED)
		return -1;
	u->window = va;
	(void)*(const volatile uint8_t *)u->window; /* mcs_km's come with the first touch */
	for (unsigned int i = 0; i < u->hello.taken; i++) {
		if (umt_pump(u, deadline))
			return -1;
	}
	return 0;
}

static int try_open(struct mica_umt *u, const char *dir, int64_t deadline)
{
	int window = -1, rc;

	u->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (u->fd < 0)
		return -1;
	rc = connect_at(u->fd, dir);
	if (!rc)
		rc = take_hello(u, &window, deadline);
	if (!rc)
		rc = map_window(u, window, deadline);
	if (rc) {
		int error = errno;

		close(u->fd);
		u->fd = -1;
		errno = error;
	}
	if (window >= 0) {
		int error = errno;

		close(window);
		errno = error;
	}
	return rc;
}

/* What may be different soon. ECONNREFUSED: left by a daemon that was killed. */
static bool worth_waiting(int error)
{
	return error == ENOENT || error == ECONNREFUSED || error == EPIPE || error == EAGAIN;
}

struct mica_umt *mica_umt_open(const char *client, int timeout_ms, char *why, size_t size)
{
	int64_t deadline = app_deadline(timeout_ms);
	struct mica_umt *u = calloc(1, sizeof(*u));
	char dir[PATH_MAX];

	if (why && size)
		why[0] = '\0';
	if (!u)
		return NULL;
	u->fd = -1;
	if (app_client_dir(client, dir, sizeof(dir)))
		goto fail;
	while (try_open(u, dir, deadline)) {
		if (!worth_waiting(errno))
			goto fail;
		if (!app_left(deadline)) {
			errno = ENOENT;
			goto fail;
		}
		poll(NULL, 0, AGAIN_MS);
	}
	return u;
fail:
	if (why && size && u->hello.error)
		snprintf(why, size, "%s", u->hello.text);
	mica_umt_close(u);
	return NULL;
}

void mica_umt_close(struct mica_umt *u)
{
	int error = errno;

	if (!u)
		return;
	if (u->fd >= 0)
		close(u->fd);
	if (u->window)
		munmap(u->window, u->hello.map_len);
	free(u);
	errno = error;
}
