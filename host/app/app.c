/* SPDX-License-Identifier: BSD-3-Clause */
/* Open, send, receive, close. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "app.h"

struct mica_app *mica_app_open(const char *client, const char *endpoint, unsigned int flags,
			       int timeout_ms)
{
	struct mica_app *app;

	if (flags & ~MICA_APP_RECONNECT) {
		errno = EINVAL;
		return NULL;
	}
	app = calloc(1, sizeof(*app));
	if (!app)
		return NULL;
	app->flags = flags;
	app->fd = app->watch = app->handle = -1;
	if (mica_app_path(client, endpoint, app->path, sizeof(app->path)))
		goto fail;
	app->handle = epoll_create1(EPOLL_CLOEXEC);
	if (app->handle < 0 || app_connect(app, app_deadline(timeout_ms)))
		goto fail;
	return app;
fail:
	mica_app_close(app);
	return NULL;
}

void mica_app_close(struct mica_app *app)
{
	int error = errno;

	if (!app)
		return;
	if (app->fd >= 0)
		close(app->fd);
	if (app->watch >= 0)
		close(app->watch);
	if (app->handle >= 0)
		close(app->handle);
	free(app);
	errno = error;
}

/* The connection ended. 0: there is a new one. */
static int renew(struct mica_app *app, int64_t deadline)
{
	if (!(app->flags & MICA_APP_RECONNECT)) {
		errno = EPIPE;
		return -1;
	}
	app_disconnect(app);
	if (!app_connect(app, deadline))
		return 0;
	if (errno == ENOENT)
		errno = EAGAIN;
	return -1;
}

int mica_app_send(struct mica_app *app, const void *data, size_t len, int timeout_ms)
{
	int64_t deadline = app_deadline(timeout_ms);

	if (len > MICA_APP_MESSAGE || (app->fd >= 0 && len > app->message_max)) {
		errno = EMSGSIZE;
		return -1;
	}
	for (;;) {
		if (app->fd < 0 && renew(app, deadline))
			return -1;
		if (send(app->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == ENOBUFS) {
			if (!app_left(deadline) || !app_wait(app->fd, POLLOUT, deadline)) {
				errno = EAGAIN;
				return -1;
			}
			continue;
		}
		if (errno != EPIPE && errno != ECONNRESET && errno != ENOTCONN)
			return -1;
		/* It was refused: to send it once more is no second time. */
		if (renew(app, deadline))
			return -1;
	}
}

/* The kernel waits, so that a message costs one system call; it is told how long when that changes.
 */
static int set_patience(struct mica_app *app, int left)
{
	struct timeval tv = { 0 };

	if (!left || app->patience == left)
		return 0;
	if (left >= 0) {
		tv.tv_sec = left / 1000;
		tv.tv_usec = left % 1000 * 1000;
	}
	if (setsockopt(app->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)))
		return -1;
	app->patience = left;
	return 0;
}

/* left: 0 not at all. -1 with errno EAGAIN or EPIPE (the end) or another one. */
static ssize_t receive(struct mica_app *app, void *data, size_t size, int left)
{
	struct iovec iov = { .iov_base = data, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (set_patience(app, left))
		return -1;
	n = recvmsg(app->fd, &msg, MSG_CMSG_CLOEXEC | (left ? 0 : MSG_DONTWAIT));

	if (n < 0) {
		if (errno == ECONNRESET)
			errno = EPIPE;
		return -1;
	}
	/* Every message has its sender's credentials with it, for which there is no room; the end
	 * has not. */
	if (!n && !(msg.msg_flags & MSG_CTRUNC)) {
		errno = EPIPE;
		return -1;
	}
	if (msg.msg_flags & MSG_TRUNC) {
		errno = EMSGSIZE;
		return -1;
	}
	return n;
}

ssize_t mica_app_recv(struct mica_app *app, void *data, size_t size, int timeout_ms)
{
	int64_t deadline = app_deadline(timeout_ms);
	int left = timeout_ms < 0 ? -1 : timeout_ms;

	for (;; left = app_left(deadline)) {
		ssize_t n;

		if (app->fd < 0 && renew(app, deadline))
			return -1;
		n = receive(app, data, size, left);
		if (n >= 0)
			return n;
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN) {
			if (left && app_left(deadline))
				continue;
			errno = EAGAIN;
			return -1;
		}
		if (errno != EPIPE || renew(app, deadline))
			return -1;
	}
}

int mica_app_fd(const struct mica_app *app)
{
	return app->handle;
}

unsigned int mica_app_reconnects(const struct mica_app *app)
{
	return app->connections - 1;
}
