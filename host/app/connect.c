/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Getting connected. The socket's file appears when the client announces the endpoint; until then
 * inotify tells of every change on the way to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "app.h"

#define CHANGES (IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF)

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t app_deadline(int timeout_ms)
{
	return timeout_ms < 0 ? INT64_MAX : now_ms() + timeout_ms;
}

int app_left(int64_t deadline)
{
	int64_t left;

	if (deadline == INT64_MAX)
		return -1;
	left = deadline - now_ms();
	if (left < 0)
		return 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}

bool app_wait(int fd, short events, int64_t deadline)
{
	struct pollfd pfd = { .fd = fd, .events = events };
	int n;

	do {
		n = poll(&pfd, 1, app_left(deadline));
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

static void show(struct mica_app *app, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN };

	epoll_ctl(app->handle, EPOLL_CTL_ADD, fd, &ev);
}

/* A watch at the last folder on the way that exists; its own end is a change too. */
static int watch(struct mica_app *app)
{
	char part[sizeof(app->path)];

	if (app->watch < 0) {
		app->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
		if (app->watch < 0)
			return -1;
		show(app, app->watch);
	}
	memcpy(part, app->path, sizeof(part));
	for (char *slash; (slash = strrchr(part, '/')) && slash != part;) {
		*slash = '\0';
		if (inotify_add_watch(app->watch, part, CHANGES | IN_ONLYDIR) >= 0)
			return 0;
		if (errno != ENOENT && errno != ENOTDIR)
			return -1;
	}
	errno = ENOENT;
	return -1;
}

static void unwatch(struct mica_app *app)
{
	if (app->watch >= 0)
		close(app->watch);
	app->watch = -1;
}

static void take_events(int fd)
{
	char buf[4096];

	while (read(fd, buf, sizeof(buf)) > 0)
		;
}

void app_disconnect(struct mica_app *app)
{
	if (app->fd >= 0)
		close(app->fd);
	app->fd = -1;
}

/* A name of our own, by which the daemon knows that we expect its answer. */
static int take_name(int fd)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	uint64_t number;
	int rc, n;

	do {
		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			return -1;
		n = snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1, MICA_APP_NAME "%016llx",
			     (unsigned long long)number);
		rc = bind(fd, (struct sockaddr *)&addr,
			  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n));
	} while (rc && errno == EADDRINUSE);
	return rc;
}

/* 0: the endpoint is ours. EPIPE: the daemon ended meanwhile. */
static int take_answer(struct mica_app *app, int64_t deadline)
{
	struct mica_app_answer answer;
	ssize_t n;

	if (!app_wait(app->fd, POLLIN, deadline)) {
		errno = ENOENT;
		return -1;
	}
	n = recv(app->fd, &answer, sizeof(answer), MSG_DONTWAIT);
	if (n != sizeof(answer)) {
		errno = EPIPE;
		return -1;
	}
	if (answer.error) {
		errno = answer.error;
		return -1;
	}
	app->message_max = answer.message_max;
	return 0;
}

static int try_connect(struct mica_app *app, int64_t deadline)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int on = 1, error;

	app->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (app->fd < 0)
		return -1;
	memcpy(addr.sun_path, app->path, sizeof(addr.sun_path));
	/* With credentials a message of no bytes differs from the end. */
	if (!take_name(app->fd) && !connect(app->fd, (struct sockaddr *)&addr, sizeof(addr)) &&
	    !take_answer(app, deadline) &&
	    !setsockopt(app->fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) &&
	    !fcntl(app->fd, F_SETFL, 0)) {
		app->patience = -1;
		show(app, app->fd);
		app->connections++;
		return 0;
	}
	error = errno;
	app_disconnect(app);
	errno = error;
	return -1;
}

/* What may be different soon. ECONNREFUSED: left by a daemon that was killed; EAGAIN: many wait. */
static bool worth_waiting(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ECONNREFUSED || error == EPIPE ||
	       error == ECONNRESET || error == EAGAIN;
}

int app_connect(struct mica_app *app, int64_t deadline)
{
	for (;;) {
		int error;

		/* Before the look: what changes after it wakes us. */
		if (watch(app))
			return -1;
		take_events(app->watch);
		if (watch(app))
			return -1;
		if (!try_connect(app, deadline)) {
			unwatch(app);
			return 0;
		}
		error = errno;
		if (!worth_waiting(error)) {
			errno = error;
			return -1;
		}
		if (error == EAGAIN && app_left(deadline)) {
			poll(NULL, 0, 10);
			continue;
		}
		if (!app_wait(app->watch, POLLIN, deadline)) {
			errno = ENOENT;
			return -1;
		}
	}
}
