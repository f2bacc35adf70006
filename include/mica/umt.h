/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libmica-app: bulk messages between an application of Linux and a client (docs/umt.md). Data is
 * written once, into a window that both have mapped, and read there. Needs nothing but libc.
 * Functions that fail return -1 or NULL and set errno.
 *
 *	struct mica_umt *umt = mica_umt_open("camera", 5000, NULL, 0);
 *	struct mica_umt_data in;
 *
 *	mica_umt_send(umt, picture, size, 1000);
 *	while (mica_umt_recv(umt, &in, 1000) == 0) {
 *		use(in.data, in.len);
 *		mica_umt_release(umt, &in);
 *		if (!in.more)
 *			break;
 *	}
 *	mica_umt_close(umt);
 *
 * One application a client at a time; a handle belongs to one thread at a time. When the client or
 * micad ends, calls fail with EPIPE: close and open again. No function raises SIGPIPE.
 */
#ifndef MICA_UMT_H
#define MICA_UMT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mica_umt;

/*
 * Waits until the client has announced its endpoint. timeout_ms: -1 for ever, 0 not at all.
 * ENOENT: it was not there in that time; EBUSY: another application, or another client, has the
 * window; ENODEV: this machine has no room for one; EACCES: no right to; EPROTO: micad speaks
 * another version. why (or NULL): size bytes for one line about it, empty if there is nothing to
 * add to errno.
 */
struct mica_umt *mica_umt_open(const char *client, int timeout_ms, char *why, size_t size);
/* What was not released goes back, a message that was begun is void. NULL is fine. Keeps errno. */
void mica_umt_close(struct mica_umt *umt);

/* For poll(): readable when something came, data or room. Not to be read or closed. */
int mica_umt_fd(const struct mica_umt *umt);
/*
 * True: messages of any length, several at once. False, with images that know no better: one
 * message of up to 1 MiB, then its answer, which is where the next one's will be.
 */
bool mica_umt_several(const struct mica_umt *umt);

/* ---- send ---- */

/* A whole message, copied into the window once. timeout_ms: without progress. EAGAIN: no room in
 * that time, the client got nothing of it; EMSGSIZE: longer than the client takes, or empty. */
int mica_umt_send(struct mica_umt *umt, const void *data, size_t len, int timeout_ms);
/* Or room for one of up to 1 MiB, to be filled in place ... */
void *mica_umt_alloc(struct mica_umt *umt, size_t len, int timeout_ms);
/* ... and sent, its first len bytes (at least 1). more: the message goes on with the next piece. */
int mica_umt_send_piece(struct mica_umt *umt, void *piece, size_t len, bool more);
/* ... or not sent after all. */
void mica_umt_discard(struct mica_umt *umt, void *piece);
/* The message whose last piece said more is void. */
int mica_umt_abort(struct mica_umt *umt);
/* Without several: the answer will not come, the window may be written again. */
int mica_umt_give_up(struct mica_umt *umt);

/* ---- receive ---- */

struct mica_umt_data {
	const void *data; /* in the window; NULL: the message that was begun is void */
	size_t len;
	bool more; /* the message goes on with the next piece */
};

/* The next piece. The client may overwrite it at any time if it is malicious: copy what is checked
 * and then used. EAGAIN: none in that time. */
int mica_umt_recv(struct mica_umt *umt, struct mica_umt_data *in, int timeout_ms);
/* Read: its space goes back to the client. */
int mica_umt_release(struct mica_umt *umt, const struct mica_umt_data *in);

#ifdef __cplusplus
}
#endif

#endif /* MICA_UMT_H */
