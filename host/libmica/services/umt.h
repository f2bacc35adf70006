/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Service "rpmsg-umt": between a client's endpoint (umt.c) and the one application that is
 * connected (umt_app.c). The data itself is never touched here: both write and read it in the
 * window, this only checks and passes on where it lies.
 */
#ifndef MICA_SERVICE_UMT_H
#define MICA_SERVICE_UMT_H

#include <uv.h>

#include "../client_priv.h"
#include "../link.h"
#include "../service.h"
#include "../umt_pieces.h"
#include "mica/umt_abi.h"
#include "mica/umt_socket.h"

/* Sends and returns of all pieces there can be, and an end for each message begun. */
#define UMT_QUEUE 128u

struct umt {
	struct mica_service *s;
	bool several;	  /* MICA_F_UMT was agreed */
	uint16_t session; /* of the first message sent last */
	struct mica_umt_first first;

	/* Pieces: of applications, until the client returns them; of the client, until they were
	 * read. */
	struct mica_umt_pieces sent, got;
	bool sending; /* the application has begun a message and not ended it */
	bool getting; /* so has the client */
	bool stale;   /* the answer that is due belongs to an application that is gone */
	bool closing;
	bool skipping; /* the rest of the client's message has lost its reader */
	struct mica_umt_message queue[UMT_QUEUE];
	unsigned int head, n_queued;
	struct mica_umt_note note[MICA_UMT_NOTES_MAX]; /* to the application, one packet */
	unsigned int n_notes;
	unsigned int n_wrong; /* entries of the client that made no sense */

	char path[PATH_MAX]; /* empty: no socket */
	int listen_fd, app_fd;
	uv_poll_t *listen, *app;
};

/* ---- umt.c ---- */

/* The client's window, if it has one or can have one now; MICA_E_BUSY and MICA_E_PLATFORM say why
 * not. */
int umt_window(struct umt *u, struct mica_error *err);
/* What an application asked for, checked. NULL, or what is wrong with it. */
const char *umt_send(struct umt *u, const struct mica_umt_note *note);
const char *umt_release(struct umt *u, const struct mica_umt_note *note);
void umt_abort(struct umt *u);
void umt_reset(struct umt *u);
/* What was said to the client leaves now, in as few messages as it fits; for the end of a turn. */
void umt_flush(struct umt *u);
/* The application is gone: what it had goes back. */
void umt_reader_gone(struct umt *u);

/* ---- umt_app.c ---- */

int umt_listen(struct umt *u, struct mica_error *err);
void umt_unlisten(struct umt *u);
/* To the application, if there is one; umt_told() sends it. */
void umt_tell(struct umt *u, uint32_t kind, uint32_t flags, uint32_t offset, uint32_t len);
/* One packet; for the end of a turn. The application is hung up on if it does not read. */
void umt_told(struct umt *u);
/* Pieces of the client that nobody was told of yet. */
void umt_tell_waiting(struct umt *u);
void umt_hang_up(struct umt *u, const char *why);

#endif /* MICA_SERVICE_UMT_H */
