/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bulk messages, the application's side: the socket in the client's folder. One application at a
 * time, since what the client sends has one reader. It gets a descriptor for the window alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "socket.h"
#include "umt.h"

#define BACKLOG 4
#define PACKETS 8 /* taken in one turn: others come, too */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static struct mica_host *host_of(const struct umt *u)
{
	return u->s->link->client->host;
}

/* ---- to the application ---- */

void umt_hang_up(struct umt *u, const char *why)
{
	const struct mica_client *c = u->s->link->client;

	if (u->app_fd < 0)
		return;
	if (why)
		mica_log(c->host, LOG_WARNING, c->cfg.name,
			 "umt: the application spoke of %s: hung up", why);
	uv_poll_stop(u->app);
	mica_handle_free(c->host, u->app);
	u->app = NULL;
	close_fd(&u->app_fd);
	u->n_notes = 0;
	umt_reader_gone(u);
	umt_flush(u);
}

/* All that can wait for it fits its socket: who lets that fill up does not read. */
void umt_told(struct umt *u)
{
	size_t len = u->n_notes * sizeof(u->note[0]);

	u->n_notes = 0;
	if (!len || u->app_fd < 0)
		return;
	if (send(u->app_fd, u->note, len, MSG_NOSIGNAL) != (ssize_t)len)
		umt_hang_up(u, errno == EAGAIN ? "nothing, and reads nothing" : NULL);
}

void umt_tell(struct umt *u, uint32_t kind, uint32_t flags, uint32_t offset, uint32_t len)
{
	if (u->n_notes == MICA_UMT_NOTES_MAX)
		umt_told(u);
	if (u->app_fd < 0)
		return;
	u->note[u->n_notes++] = (struct mica_umt_note){
		.kind = kind, .flags = flags, .offset = offset, .len = len
	};
}

void umt_tell_waiting(struct umt *u)
{
	for (unsigned int i = 0; i < u->got.n && u->app_fd >= 0; i++) {
		struct mica_umt_piece *p = &u->got.at[i];
		bool more = p->flags & MICA_UMT_MORE;

		if (p->told)
			continue;
		p->told = true;
		u->getting = more;
		umt_tell(u, MICA_UMT_NOTE_PIECE, more ? MICA_UMT_NOTE_MORE : 0, p->offset, p->len);
	}
}

/* One hello, with the window's descriptor unless fd is -1. */
static int greet(int sock, const struct mica_umt_hello *hello, int fd)
{
	struct iovec iov = { .iov_base = (void *)hello, .iov_len = sizeof(*hello) };
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		struct cmsghdr *c = &control.align;

		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(sock, &msg, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* ---- from the application ---- */

static const char *obey(struct umt *u, const struct mica_umt_note *note)
{
	switch (note->kind) {
	case MICA_UMT_NOTE_SEND:
		return umt_send(u, note);
	case MICA_UMT_NOTE_RELEASE:
		return umt_release(u, note);
	case MICA_UMT_NOTE_ABORT:
		umt_abort(u);
		return NULL;
	case MICA_UMT_NOTE_RESET:
		umt_reset(u);
		return NULL;
	default:
		return "something unknown";
	}
}

typedef struct mica_umt_note packet[MICA_UMT_NOTES_MAX + 1]; /* one more: it was too long */

static void take_packet(struct umt *u, const struct mica_umt_note *notes, size_t len)
{
	const char *wrong = NULL;

	if (!len) { /* the end */
		umt_hang_up(u, NULL);
		return;
	}
	if (len % sizeof(notes[0]) || len > MICA_UMT_NOTES_MAX * sizeof(notes[0]))
		wrong = "something that is no list of notes";
	for (size_t i = 0; i < len / sizeof(notes[0]) && !wrong && u->app_fd >= 0; i++)
		wrong = obey(u, &notes[i]);
	if (wrong)
		umt_hang_up(u, wrong);
}

/* As many as wait; as recvmmsg(2). */
static int receive(int fd, packet packets[PACKETS], size_t len[PACKETS])
{
	struct mmsghdr msgs[PACKETS] = { 0 };
	struct iovec iov[PACKETS];
	int n;

	for (unsigned int i = 0; i < PACKETS; i++) {
		iov[i] = (struct iovec){ packets[i], sizeof(packets[i]) };
		msgs[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	n = recvmmsg(fd, msgs, PACKETS, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++)
		len[i] = msgs[i].msg_len;
	return n;
}

static void on_app(uv_poll_t *poll, int status, int events)
{
	struct umt *u = poll->data;
	packet packets[PACKETS];
	size_t len[PACKETS];
	int n;

	(void)events;
	n = status < 0 ? 0 : receive(u->app_fd, packets, len);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		umt_hang_up(u, NULL);
	for (int i = 0; i < n && u->app_fd >= 0; i++)
		take_packet(u, packets[i], len[i]);
	umt_told(u);
	umt_flush(u);
}

/* Its end may lie behind what it said last; both are seen before the next one is. */
static void see_the_end(struct umt *u)
{
	struct pollfd pfd = { .fd = u->app_fd, .events = POLLRDHUP };

	while (u->app_fd >= 0 && poll(&pfd, 1, 0) > 0)
		on_app(u->app, 0, UV_READABLE);
}

/* Who is there already. */
static int occupied(struct umt *u, char *text, size_t size)
{
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);

	see_the_end(u);
	if (u->app_fd < 0)
		return 0;
	getsockopt(u->app_fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
	snprintf(text, size, "umt of client '%.64s' is in use by process %d: end that one first",
		 u->s->link->client->cfg.name, (int)peer.pid);
	return EBUSY;
}

/* -1, or the window's descriptor; hello says why not, or what it is. */
static int window_for(struct umt *u, struct mica_umt_hello *hello)
{
	const struct mica_client *c = u->s->link->client;
	struct mica_error err;
	int fd = -1;

	hello->error = occupied(u, hello->text, sizeof(hello->text));
	if (hello->error)
		return -1;
	if (!umt_window(u, &err))
		fd = c->ops->share(c->ped, c->umt_da, 2 * MICA_UMT_WINDOW, &err);
	if (fd < 0) {
		hello->error = err.code == MICA_E_BUSY ? EBUSY : ENODEV;
		snprintf(hello->text, sizeof(hello->text), "%.*s", (int)sizeof(hello->text) - 1,
			 err.text);
	}
	return fd;
}

static int take(struct umt *u, int sock)
{
	uv_poll_t *poll = calloc(1, sizeof(*poll));

	if (!poll || uv_poll_init(host_of(u)->loop, poll, sock)) {
		free(poll);
		return -1;
	}
	poll->data = u;
	u->app = poll;
	u->app_fd = sock;
	uv_poll_start(poll, UV_READABLE, on_app);
	return 0;
}

static void tell_state(struct umt *u)
{
	/* A packet each. */
	for (unsigned int i = 0; i < u->sent.n && u->app_fd >= 0; i++) {
		umt_tell(u, MICA_UMT_NOTE_TAKEN, 0, u->sent.at[i].offset, u->sent.at[i].len);
		umt_told(u);
	}
	umt_tell_waiting(u);
	umt_told(u);
}

static void on_listen(uv_poll_t *poll, int status, int events)
{
	struct mica_umt_hello hello = {
		.magic = MICA_UMT_MAGIC,
		.version = MICA_UMT_VERSION,
		.align = MICA_UMT_ALIGN,
		.map_len = 2 * MICA_UMT_WINDOW,
		.to_client_len = MICA_UMT_WINDOW,
		.to_host = MICA_UMT_WINDOW,
		.to_host_len = MICA_UMT_WINDOW,
	};
	struct umt *u = poll->data;
	int sock, fd;

	(void)events;
	sock = status < 0 ? -1 : accept4(u->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (sock < 0)
		return;
	hello.features = u->several ? MICA_UMT_SEVERAL : 0;
	hello.pieces = u->several ? MICA_UMT_PIECES : 1;
	fd = window_for(u, &hello);
	hello.taken = u->sent.n;
	if (greet(sock, &hello, fd) || fd < 0 || take(u, sock))
		close(sock);
	else
		tell_state(u);
	close_fd(&fd);
}

/* ---- the socket ---- */

/* A path of any length: sun_path is short. */
static int bind_at(int sock, const char *dir, const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return -1;
	unlinkat(fd, name, 0); /* what a daemon that was killed left */
	snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d/%s", fd, name);
	rc = bind(sock, (struct sockaddr *)&addr, sizeof(addr));
	close(fd);
	return rc;
}

int umt_listen(struct umt *u, struct mica_error *err)
{
	const struct mica_client *c = u->s->link->client;

	if (!mica_socket_wanted(c, u->s->info.name))
		return 0;
	snprintf(u->path, sizeof(u->path), "%.*s/" MICA_UMT_SOCKET, PATH_MAX - 16, c->dir);
	u->listen = calloc(1, sizeof(*u->listen));
	u->listen_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* Nobody can connect before listen(). */
	if (!u->listen || u->listen_fd < 0 || bind_at(u->listen_fd, c->dir, MICA_UMT_SOCKET) ||
	    mica_socket_rights(c, u->path) || listen(u->listen_fd, BACKLOG) ||
	    uv_poll_init(c->host->loop, u->listen, u->listen_fd)) {
		mica_fail(err, MICA_E_FAILED, "cannot make %.300s: %s", u->path, strerror(errno));
		close_fd(&u->listen_fd);
		free(u->listen);
		u->listen = NULL;
		return -1;
	}
	u->listen->data = u;
	uv_poll_start(u->listen, UV_READABLE, on_listen);
	snprintf(u->s->info.device, sizeof(u->s->info.device), "%.*s",
		 (int)sizeof(u->s->info.device) - 1, u->path);
	return 0;
}

void umt_unlisten(struct umt *u)
{
	/* Whoever is hung up on and looks for a new socket must not find the old one. */
	if (u->listen_fd >= 0) {
		unlink(u->path);
		uv_poll_stop(u->listen);
		mica_handle_free(host_of(u), u->listen);
		u->listen = NULL;
		close_fd(&u->listen_fd);
		u->s->info.device[0] = '\0';
	}
	umt_hang_up(u, NULL);
}
