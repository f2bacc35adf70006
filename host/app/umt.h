/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of libmica-app: a connection to a client's window. */
#ifndef MICA_APP_UMT_PRIV_H
#define MICA_APP_UMT_PRIV_H

#include <stdint.h>

#include "mica/umt.h"
#include "mica/umt_socket.h"

#define UMT_PIECES 64u	/* more than micad lets be outstanding */
#define UMT_NOTES  128u /* pieces, and an end for each message begun */

struct umt_place {
	uint32_t offset, len; /* in the part */
};

struct mica_umt {
	int fd; /* -1: not connected */
	uint8_t *window;
	struct mica_umt_hello hello;
	struct umt_place out[UMT_PIECES]; /* allocated, or at the client */
	unsigned int n_out;
	struct mica_umt_note in[UMT_NOTES]; /* not received yet */
	unsigned int head, n_in;
	bool inside; /* a message was begun */
};

/* Until something came from micad. 0, or -1: EAGAIN, EPIPE. */
int umt_pump(struct mica_umt *u, int64_t deadline);

#endif /* MICA_APP_UMT_PRIV_H */
