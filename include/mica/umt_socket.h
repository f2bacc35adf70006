/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bulk messages between an application and micad: RUN_ROOT/clients/NAME/umt.sock, SOCK_SEQPACKET.
 * micad speaks first: one struct mica_umt_hello and, with error 0, a descriptor (SCM_RIGHTS) that
 * maps the window and nothing else. Then both send packets of 1 to MICA_UMT_NOTES_MAX notes.
 * Programs use libmica-app (include/mica/umt.h); docs/umt.md explains. Host byte order.
 */
#ifndef MICA_UMT_SOCKET_H
#define MICA_UMT_SOCKET_H

#include <stddef.h>
#include <stdint.h>

#define MICA_UMT_SOCKET	 "umt.sock"
#define MICA_UMT_MAGIC	 0x544d554du /* "MUMT" */
#define MICA_UMT_VERSION 1u

/* mica_umt_hello.features */
#define MICA_UMT_SEVERAL 0x1u /* several messages at once, of any length, cut into pieces */

struct mica_umt_hello {
	uint32_t magic;
	uint32_t version;
	int32_t error; /* errno, 0: connected; otherwise text says why and micad hangs up */
	uint32_t features;
	uint32_t pieces; /* most that may be outstanding each way */
	uint32_t align;	 /* pieces begin at multiples of it */
	/* Offsets in the descriptor's memory; everything between 0 and map_len may be mapped. */
	uint32_t map_len;
	uint32_t to_client, to_client_len;
	uint32_t to_host, to_host_len;
	uint32_t taken; /* so many TAKEN notes follow at once */
	char text[208]; /* one line, NUL-terminated */
};

/* From the application: */
#define MICA_UMT_NOTE_SEND    1u /* a piece for the client */
#define MICA_UMT_NOTE_RELEASE 2u /* a piece of the client was read */
#define MICA_UMT_NOTE_ABORT   3u /* the message begun with MORE ends here and is void; both ways */
#define MICA_UMT_NOTE_RESET   4u /* stop waiting for the answer of a client without SEVERAL */
/* To the application: */
#define MICA_UMT_NOTE_PIECE    5u /* from the client: read it, then RELEASE */
#define MICA_UMT_NOTE_RETURNED 6u /* the space of a piece that was sent is free again */
#define MICA_UMT_NOTE_TAKEN    7u /* left by an earlier application; RETURNED will follow */

#define MICA_UMT_NOTE_MORE 1u /* flags: the message goes on in the next piece */

#define MICA_UMT_NOTES_MAX 64u

struct mica_umt_note {
	uint32_t kind;
	uint32_t flags;
	uint32_t offset; /* from the start of the part: to_client for SEND, RETURNED, TAKEN */
	uint32_t len;
};

_Static_assert(sizeof(struct mica_umt_hello) == 256, "mica_umt_hello");
_Static_assert(offsetof(struct mica_umt_hello, text) == 48, "mica_umt_hello.text");
_Static_assert(sizeof(struct mica_umt_note) == 16, "mica_umt_note");

#endif /* MICA_UMT_SOCKET_H */
