/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libmica-app: messages between an application of Linux and an endpoint of a client, through the
 * sockets that micad makes (docs/services.md). Needs nothing but libc. Functions that fail return
 * -1 or NULL and set errno.
 *
 *	struct mica_app *app = mica_app_open("zephyr", "my-echo", 0, 5000);
 *
 *	mica_app_send(app, "hello", 5, 1000);
 *	n = mica_app_recv(app, buf, sizeof(buf), 1000);
 *	mica_app_close(app);
 *
 * Threads: one may send while another receives, on the same handle; open and close are the caller's
 * to order. A handle opened with MICA_APP_RECONNECT belongs to one thread at a time. Different
 * handles have nothing in common. No function raises SIGPIPE.
 */
#ifndef MICA_APP_H
#define MICA_APP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Most bytes of one message. */
#define MICA_APP_MESSAGE 496u

/* When the connection ends, send and receive make a new one, within their time. A message that
 * the socket took and that was on its way then may be lost; none is sent twice. */
#define MICA_APP_RECONNECT 1u

struct mica_app;

/*
 * Connect to an endpoint, waiting until the client announces it. timeout_ms: -1 for ever, 0 not at
 * all. ENOENT: it was not there in that time; EBUSY: another application has it; EACCES: no right
 * to; EINVAL: no such name or flag can be; ENAMETOOLONG: the run-time folder's path leaves no room.
 */
struct mica_app *mica_app_open(const char *client, const char *endpoint, unsigned int flags,
			       int timeout_ms);
/* NULL is fine. Keeps errno. */
void mica_app_close(struct mica_app *app);

/*
 * One message of 0 to MICA_APP_MESSAGE bytes. 0: taken. EMSGSIZE: too long, nothing was sent;
 * EAGAIN: the client took nothing in that time; EPIPE: the endpoint is gone.
 */
int mica_app_send(struct mica_app *app, const void *data, size_t len, int timeout_ms);
/*
 * One message, its length, which may be 0. EAGAIN: none in that time; EPIPE: the endpoint is gone
 * and everything it sent was read; EMSGSIZE: longer than size, and lost (never with a size of
 * MICA_APP_MESSAGE).
 */
ssize_t mica_app_recv(struct mica_app *app, void *data, size_t size, int timeout_ms);
/*
 * For poll(), select(), epoll: readable when mica_app_recv() with a time-out of 0 is worth a call.
 * Stays the same through reconnections; not to be read or closed.
 */
int mica_app_fd(const struct mica_app *app);
/* How often it was connected again: a change says that messages may have been lost. */
unsigned int mica_app_reconnects(const struct mica_app *app);

/* The socket's path, for programs that do without this library: at most size bytes with the NUL,
 * sizeof(((struct sockaddr_un *)0)->sun_path) always suffice. 0 or -1 as above. */
int mica_app_path(const char *client, const char *endpoint, char *path, size_t size);

/*
 * A socket that has a name in the abstract name space that begins with this gets this answer as its
 * first packet; all others hold messages only.
 */
#define MICA_APP_NAME "mica-app."

struct mica_app_answer {
	int32_t error; /* 0, or EBUSY: the connection ends */
	uint32_t message_max;
};

#ifdef __cplusplus
}
#endif

#endif /* MICA_APP_H */
