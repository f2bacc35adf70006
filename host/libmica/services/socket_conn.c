/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages between an endpoint and the application that is connected to its socket.
 *
 * Client to application: sent straight from the ring's buffer; the kernel makes the only copy. What
 * the socket does not take is held, privately and bounded, so that the ring's buffers go back at
 * once and no other endpoint suffers. With credit the client then waits and nothing is lost;
 * without, the ring may rest while the application keeps reading, and after that the oldest message
 * goes and is counted. Held messages stay for the next application.
 * Application to client: received straight into a buffer of the ring, and only when one can be
 * sent, so the application waits.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../client_priv.h"
#include "../link.h"
#include "socket.h"

/* As for terminals: a message taken buys that much patience, up to a limit. */
#define REST_ABOVE  (MICA_HELD_MAX / 4)
#define MESSAGE_MS  25
#define PATIENCE_MS 100

#define BURST 8u /* messages of one application in one go */

/* What one that does not read can have the kernel keep: some twenty messages of full length. The
 * socket has room again when most of that was read. At the end, all that is held fits. */
#define SEND_ROOM     (16 << 10)
#define SEND_ROOM_END (256 << 10)
#define UNREAD_MAX    4096u

_Static_assert(MICA_PAYLOAD_MAX == 496, "what is said of messages that are too long");

static void on_conn(uv_poll_t *poll, int status, int events);

static void watch(struct mica_socket *k, int events)
{
	if (events == k->watching || k->conn < 0)
		return;
	k->watching = events;
	if (events)
		uv_poll_start(k->conn_poll, events, on_conn);
	else
		uv_poll_stop(k->conn_poll);
}

/* Nobody is connected any more; the descriptor is the caller's. */
static int let_go(struct mica_socket *k)
{
	int fd = k->conn;

	watch(k, 0);
	mica_handle_free(k->service->link->client->host, k->conn_poll);
	k->conn_poll = NULL;
	k->conn = -1;
	k->deaf = false;
	return fd;
}

/* ---- client to application ---- */

static void trust(struct mica_socket *k, uint64_t ms)
{
	uint64_t now = uv_now(k->loop);

	if (k->patience < now)
		k->patience = now;
	k->patience += ms;
	if (k->patience > now + PATIENCE_MS)
		k->patience = now + PATIENCE_MS;
}

/* It may read long before the socket has room again. */
static void look_at_reader(struct mica_socket *k)
{
	int unread;

	if (k->conn < 0 || ioctl(k->conn, SIOCOUTQ, &unread))
		return;
	if (unread < k->unread)
		trust(k, PATIENCE_MS);
	k->unread = unread;
}

static void let_ring_rest(struct mica_socket *k)
{
	struct mica_service *s = k->service;
	bool rested = s->rest_until != 0;

	if (k->held.n > REST_ABOVE)
		look_at_reader(k);
	s->rest_until = k->held.n > REST_ABOVE ? k->patience : 0;
	if (rested && !s->rest_until)
		mica_link_again(s->link, 0);
}

/* False: nobody is there, or the socket has no room. data may lie in shared memory. */
static bool give(struct mica_socket *k, const void *data, size_t len)
{
	ssize_t n;

	if (k->conn < 0 || k->deaf)
		return false;
	do {
		n = send(k->conn, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n >= 0) {
		trust(k, MESSAGE_MS);
		return true;
	}
	if (errno == EPIPE || errno == ECONNRESET)
		k->deaf = true;
	return false;
}

static void drain(struct mica_socket *k)
{
	bool can_wait;
	const void *data;
	size_t len;

	while ((data = mica_held_peek(&k->held, &len)) && give(k, data, len))
		mica_held_take(&k->held);
	let_ring_rest(k);
	if (!k->held.n)
		mica_service_drained(k->service);
	can_wait = k->held.n && !k->deaf;
	watch(k, can_wait ? k->watching | UV_WRITABLE : k->watching & ~UV_WRITABLE);
}

void mica_socket_message(struct mica_service *s, const void *data, size_t len)
{
	struct mica_socket *k = s->priv;
	size_t lost;

	k->answered = true;
	mica_service_handed_over(s);
	if (!k->held.n && give(k, data, len)) {
		mica_service_drained(s);
		return;
	}
	if (mica_held_put(&k->held, data, len, &lost)) {
		s->info.dropped_messages++;
		s->info.dropped_bytes += lost;
	}
	let_ring_rest(k);
	if (!k->deaf)
		watch(k, k->watching | UV_WRITABLE);
}

/* ---- application to client ---- */

enum received { NOTHING, MESSAGE, TOO_LONG, END };

/* Straight into `room` bytes of shared memory. A message of no bytes comes with its sender's
 * credentials, for which there is no room, the end does not. */
static enum received receive(int fd, void *buf, size_t room, size_t *len)
{
	struct iovec iov = { .iov_base = buf, .iov_len = room };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	/* ECONNRESET: it left without reading all; it comes once, before what it sent. */
	do {
		n = recvmsg(fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n < 0)
		return errno == EAGAIN ? NOTHING : END;
	if (!n && !(msg.msg_flags & MSG_CTRUNC))
		return END;
	*len = (size_t)n;
	return msg.msg_flags & MSG_TRUNC ? TOO_LONG : MESSAGE;
}

static void complain(struct mica_socket *k, const char *what)
{
	const struct mica_service *s = k->service;

	if (k->told)
		return;
	k->told = true;
	mica_log(s->link->client->host, LOG_WARNING, s->link->client->cfg.name, "%s: %s", k->path,
		 what);
}

static void forget_first(struct mica_socket *k)
{
	close(k->leaving[0]);
	k->n_leaving--;
	memmove(&k->leaving[0], &k->leaving[1], k->n_leaving * sizeof(k->leaving[0]));
}

void mica_socket_forget(struct mica_socket *k)
{
	while (k->n_leaving)
		forget_first(k);
}

/* One message, first of those that have gone. False: not now, or not any more. */
static bool forward(struct mica_socket *k)
{
	int fd = k->n_leaving ? k->leaving[0] : k->conn;
	enum received what;
	size_t len, room;
	void *buf = mica_service_buffer(k->service, &room);

	if (!buf) {
		/* mica_socket_writable() goes on. */
		watch(k, k->watching & ~UV_READABLE);
		return false;
	}
	what = receive(fd, buf, room, &len);
	if (what == MESSAGE)
		return mica_service_send_buffer(k->service, buf, len) == 0;
	mica_service_release_buffer(k->service, buf);
	if (what == TOO_LONG)
		complain(k, "an application sent a message of more than 496 bytes: disconnected");
	if (k->n_leaving) {
		forget_first(k);
		return k->n_leaving || k->conn >= 0;
	}
	if (what != NOTHING)
		mica_socket_end(k);
	return false;
}

/* Up to n messages. False: no more now. */
static bool forward_some(struct mica_socket *k, unsigned int n)
{
	struct mica_link *link = k->service->link;
	bool more = true;

	mica_link_cork(link);
	while (more && n--)
		more = forward(k);
	mica_link_uncork(link);
	return more;
}

/* What those that have gone left; nobody adds to it, so this ends. */
static void forward_left(struct mica_socket *k)
{
	while (k->n_leaving && forward(k))
		;
}

void mica_socket_writable(struct mica_service *s)
{
	struct mica_socket *k = s->priv;

	forward_left(k);
	if (k->n_leaving)
		return;
	/* What waits goes at once; the kernel is asked to tell only when there is room for more. */
	if (k->conn >= 0)
		(void)forward_some(k, BURST);
	if (!s->want_send)
		watch(k, k->watching | UV_READABLE);
}

static void on_conn(uv_poll_t *poll, int status, int events)
{
	struct mica_socket *k = poll->data;
	socklen_t len = sizeof(status);
	unsigned int burst;

	if (status < 0) {
		/* It went without reading all, and libuv stopped: take the error away, go on. */
		k->watching = 0;
		k->deaf = true;
		getsockopt(k->conn, SOL_SOCKET, SO_ERROR, &status, &len);
		watch(k, UV_READABLE);
		return;
	}
	if (events & UV_WRITABLE)
		drain(k);
	if (!(events & UV_READABLE))
		return;
	/* One that waits for each answer has sent no more than one. */
	burst = k->answered ? 1 : BURST;
	k->answered = false;
	(void)forward_some(k, burst);
}

/* ---- life ---- */

int mica_socket_take(struct mica_socket *k, int fd)
{
	int on = 1, room = SEND_ROOM;

	k->conn_poll = calloc(1, sizeof(*k->conn_poll));
	if (!k->conn_poll || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)) ||
	    uv_poll_init(k->loop, k->conn_poll, fd)) {
		free(k->conn_poll);
		k->conn_poll = NULL;
		close(fd);
		return -1;
	}
	k->conn_poll->data = k;
	k->conn = fd;
	k->watching = 0;
	k->unread = 0;
	watch(k, UV_READABLE);
	drain(k);
	return 0;
}

bool mica_socket_busy(struct mica_socket *k)
{
	struct pollfd pfd = { .fd = k->conn };

	if (k->conn < 0)
		return false;
	if (poll(&pfd, 1, 0) <= 0 || !(pfd.revents & POLLHUP))
		return true;
	if (k->n_leaving == MICA_SOCKET_LEAVING) {
		complain(k, "applications come and go, and the client takes no messages: the "
			    "oldest ones are dropped");
		forget_first(k);
	}
	k->leaving[k->n_leaving++] = let_go(k);
	forward_left(k);
	return false;
}

/* What it sent and nobody reads any more: left there, it would make the application's next read
 * fail instead of giving it what it has not read yet. */
static void discard_unread(int fd)
{
	enum received what = MESSAGE;
	size_t len;
	char byte;

	shutdown(fd, SHUT_RD);
	for (unsigned int i = 0; i < UNREAD_MAX && (what == MESSAGE || what == TOO_LONG); i++)
		what = receive(fd, &byte, sizeof(byte), &len);
}

void mica_socket_end(struct mica_socket *k)
{
	int room = SEND_ROOM_END;

	if (k->conn < 0)
		return;
	if (k->held.n) {
		setsockopt(k->conn, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
		drain(k);
	}
	discard_unread(k->conn);
	close(let_go(k));
}
