/* SPDX-License-Identifier: BSD-3-Clause */
/* Bulk messages: what is where in the window, and the notes to micad about it. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app.h"
#include "umt.h"

#define PIECE_MAX (256u * 1024u) /* of a message that is cut: the receiver starts early */

/* ---- notes ---- */

static int note(struct mica_umt *u, uint32_t kind, uint32_t flags, uint32_t offset, uint32_t len)
{
	const struct mica_umt_note n = {
		.kind = kind, .flags = flags, .offset = offset, .len = len
	};

	/* micad reads at once; it waits in there at most until micad had its turn. */
	while (send(u->fd, &n, sizeof(n), MSG_NOSIGNAL) < 0) {
		struct pollfd pfd = { .fd = u->fd, .events = POLLOUT };

		if (errno == EAGAIN)
			(void)poll(&pfd, 1, -1);
		else if (errno != EINTR)
			return errno = EPIPE, -1;
	}
	return 0;
}

static void come_back(struct mica_umt *u, uint32_t offset, uint32_t len)
{
	for (unsigned int i = 0; i < u->n_out; i++) {
		if (u->out[i].offset == offset && u->out[i].len == len) {
			u->out[i] = u->out[--u->n_out];
			return;
		}
	}
}

static void take_note(struct mica_umt *u, const struct mica_umt_note *n)
{
	switch (n->kind) {
	case MICA_UMT_NOTE_TAKEN:
		if (u->n_out < UMT_PIECES)
			u->out[u->n_out++] = (struct umt_place){ n->offset, n->len };
		break;
	case MICA_UMT_NOTE_RETURNED:
		come_back(u, n->offset, n->len);
		break;
	case MICA_UMT_NOTE_PIECE:
		if (n->offset > u->hello.to_host_len || n->len > u->hello.to_host_len - n->offset)
			break;
		/* fall through */
	case MICA_UMT_NOTE_ABORT:
		/* There is room: micad never tells of more before these were released. */
		if (u->n_in < UMT_NOTES)
			u->in[(u->head + u->n_in++) % UMT_NOTES] = *n;
		break;
	default:
		break;
	}
}

/* Everything that waits. 0, or -1: EAGAIN nothing did, EPIPE. */
static int pump(struct mica_umt *u)
{
	struct mica_umt_note notes[MICA_UMT_NOTES_MAX];
	ssize_t n = recv(u->fd, notes, sizeof(notes), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return errno = EAGAIN, -1;
	if (n <= 0)
		return errno = EPIPE, -1;
	for (size_t i = 0; i < (size_t)n / sizeof(notes[0]); i++)
		take_note(u, &notes[i]);
	return 0;
}

/* Until something came. EAGAIN: nothing did in that time. */
static int wait_for(struct mica_umt *u, int64_t deadline)
{
	if (!pump(u))
		return 0;
	if (errno != EAGAIN)
		return -1;
	if (!app_left(deadline) || !app_wait(u->fd, POLLIN, deadline))
		return errno = EAGAIN, -1;
	return pump(u) && errno != EAGAIN ? -1 : 0;
}

/* ---- send ---- */

/* First fit. */
static bool place(const struct mica_umt *u, uint32_t len, uint32_t *at)
{
	bool moved = true;

	if (u->n_out >= u->hello.pieces || u->n_out == UMT_PIECES)
		return false;
	*at = 0;
	while (moved) {
		moved = false;
		for (unsigned int i = 0; i < u->n_out; i++) {
			const struct umt_place *p = &u->out[i];

			if (*at < p->offset + p->len && p->offset < *at + len) {
				*at = p->offset + p->len + u->hello.align - 1;
				*at -= *at % u->hello.align;
				moved = true;
			}
		}
	}
	return *at <= u->hello.to_client_len && len <= u->hello.to_client_len - *at;
}

void *mica_umt_alloc(struct mica_umt *u, size_t len, int timeout_ms)
{
	int64_t deadline = app_deadline(timeout_ms);
	uint32_t at;

	if (!len || len > u->hello.to_client_len)
		return errno = EMSGSIZE, NULL;
	while (!place(u, (uint32_t)len, &at)) {
		if (wait_for(u, deadline))
			return NULL;
	}
	u->out[u->n_out++] = (struct umt_place){ at, (uint32_t)len };
	return u->window + u->hello.to_client + at;
}

static struct umt_place *place_of(struct mica_umt *u, const void *piece)
{
	size_t at = (size_t)((const uint8_t *)piece - (u->window + u->hello.to_client));

	for (unsigned int i = 0; i < u->n_out; i++) {
		if (u->out[i].offset == at)
			return &u->out[i];
	}
	return NULL;
}

int mica_umt_send_piece(struct mica_umt *u, void *piece, size_t len, bool more)
{
	struct umt_place *p = place_of(u, piece);

	if (!p || !len || len > p->len || (more && !mica_umt_several(u)))
		return errno = EINVAL, -1;
	p->len = (uint32_t)len;
	u->inside = more;
	/* What was written is there before the client hears of it. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return note(u, MICA_UMT_NOTE_SEND, more ? MICA_UMT_NOTE_MORE : 0, p->offset, p->len);
}

void mica_umt_discard(struct mica_umt *u, void *piece)
{
	struct umt_place *p = place_of(u, piece);

	if (p)
		*p = u->out[--u->n_out];
}

int mica_umt_abort(struct mica_umt *u)
{
	if (!u->inside)
		return 0;
	u->inside = false;
	return note(u, MICA_UMT_NOTE_ABORT, 0, 0, 0);
}

int mica_umt_give_up(struct mica_umt *u)
{
	return note(u, MICA_UMT_NOTE_RESET, 0, 0, 0);
}

int mica_umt_send(struct mica_umt *u, const void *data, size_t len, int timeout_ms)
{
	size_t piece = len <= u->hello.to_client_len ? len : PIECE_MAX, done = 0;

	if (!len || (piece != len && !mica_umt_several(u)))
		return errno = EMSGSIZE, -1;
	while (done < len) {
		size_t n = len - done < piece ? len - done : piece;
		void *to = mica_umt_alloc(u, n, timeout_ms);

		if (!to) {
			int error = errno;

			mica_umt_abort(u);
			return errno = error, -1;
		}
		memcpy(to, (const uint8_t *)data + done, n);
		done += n;
		if (mica_umt_send_piece(u, to, n, done < len))
			return -1;
	}
	return 0;
}

/* ---- receive ---- */

int mica_umt_recv(struct mica_umt *u, struct mica_umt_data *in, int timeout_ms)
{
	int64_t deadline = app_deadline(timeout_ms);
	struct mica_umt_note n;

	while (!u->n_in) {
		if (wait_for(u, deadline))
			return -1;
	}
	n = u->in[u->head];
	u->head = (u->head + 1) % UMT_NOTES;
	u->n_in--;
	*in = (struct mica_umt_data){ 0 };
	if (n.kind == MICA_UMT_NOTE_PIECE) {
		in->data = u->window + u->hello.to_host + n.offset;
		in->len = n.len;
		in->more = n.flags & MICA_UMT_NOTE_MORE;
	}
	return 0;
}

int mica_umt_release(struct mica_umt *u, const struct mica_umt_data *in)
{
	if (!in->data)
		return 0;
	return note(u, MICA_UMT_NOTE_RELEASE, 0,
		    (uint32_t)((const uint8_t *)in->data - (u->window + u->hello.to_host)),
		    (uint32_t)in->len);
}

int mica_umt_fd(const struct mica_umt *u)
{
	return u->fd;
}

bool mica_umt_several(const struct mica_umt *u)
{
	return u->hello.features & MICA_UMT_SEVERAL;
}

int umt_pump(struct mica_umt *u, int64_t deadline)
{
	return wait_for(u, deadline);
}
