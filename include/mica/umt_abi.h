/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bulk messages (endpoint rpmsg-umt): what client and host say to each other about data that lies
 * in the window both see. Freestanding; used by libmica and by the client SDK. All fields
 * little-endian. The document is docs/umt.md.
 */
#ifndef MICA_UMT_ABI_H
#define MICA_UMT_ABI_H

#include "mica/abi.h"

#define MICA_UMT_ENDPOINT "rpmsg-umt"

/*
 * One entry. Without MICA_F_UMT a message is one of these with flags and session 0 (older images
 * call the last four bytes padding): phy_addr 0 only binds; some clients answer with their s32
 * data_len alone. With MICA_F_UMT a message is an array of 1 to MICA_UMT_ENTRIES of them.
 */
struct mica_umt_message {
	uint64_t phy_addr; /* device address inside the sender's part of the window */
	int32_t data_len;
	uint16_t flags;	  /* MICA_UMT_* */
	uint16_t session; /* of the host's first message; entries of another one are void */
};

#define MICA_UMT_MORE	0x1u /* the message goes on in the next piece */
#define MICA_UMT_RETURN 0x2u /* a piece of the receiver of this entry: its space is free again */
#define MICA_UMT_ABORT	0x4u /* the message begun with MORE ends here and is void; no data */
#define MICA_UMT_FIRST	0x8u /* head of struct mica_umt_first */

/* Pieces a sender may have outstanding: sent, and not returned. */
#define MICA_UMT_PIECES 32u
/* Entries that fit one message. */
#define MICA_UMT_ENTRIES 31u
/* Pieces begin at multiples of it. */
#define MICA_UMT_ALIGN 64u

/* The host's first message with MICA_F_UMT, and again whenever it begins afresh: everything that
 * was outstanding before it is void. */
struct mica_umt_first {
	struct mica_umt_message head; /* phy_addr 0, data_len 0, flags FIRST */
	uint64_t to_client;	      /* device address of the part that the host writes */
	uint64_t to_host;	      /* of the part that the client writes */
	uint32_t to_client_len;
	uint32_t to_host_len;
	uint32_t reserved[4]; /* 0 */
};

MICA_ABI_ASSERT(sizeof(struct mica_umt_message) == 16);
MICA_ABI_ASSERT(offsetof(struct mica_umt_message, flags) == 12);
MICA_ABI_ASSERT(sizeof(struct mica_umt_first) == 56);
MICA_ABI_ASSERT(offsetof(struct mica_umt_first, to_client_len) == 32);
MICA_ABI_ASSERT(MICA_UMT_ENTRIES * sizeof(struct mica_umt_message) <= MICA_BUFFER_SIZE - 16);

#endif /* MICA_UMT_ABI_H */
