/* SPDX-License-Identifier: BSD-3-Clause */
/* Replies of calls that failed, in the layout of each call. Used by libmica and by micarpc. */
#ifndef MICA_RPC_REPLY_H
#define MICA_RPC_REPLY_H

#include "mica/rpc.h"

/*
 * A whole reply: the call with that id failed with errnum. Returns its length, 0 for a call
 * without reply. An id that no client accepts is answered under one that every client does.
 */
size_t mica_rpc_fail(uint32_t id, uint32_t trace_id, int errnum, uint8_t reply[MICA_RPC_MESSAGE]);

/* Length of the shortest reply to that call; 0: none. */
size_t mica_rpc_reply_min(uint32_t id);

#endif /* MICA_RPC_REPLY_H */
