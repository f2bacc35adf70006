/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bulk messages: endpoint rpmsg-umt, docs/umt.md. Data lies in a window that an application of
 * Linux has mapped too; it is written there once and read there. Offer MICA_F_UMT and
 * MICA_F_CREDIT in the vendor entry for messages of any length and several at once; hosts that do
 * not know the feature take one message of up to 1 MiB and answer it before the next.
 */
#ifndef MICA_UMT_CLIENT_H
#define MICA_UMT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mica_client.h"

/*
 * Session thread; a piece of a message has come: len bytes in the window, more: the message goes
 * on. True: done with it. False: it stays where it is until mica_umt_release(). data NULL: the
 * message that was begun ends here and is void, or the host begins afresh (whatever was not
 * released is void too); the return value does not matter.
 */
typedef bool (*mica_umt_cb)(const void *data, size_t len, bool more, void *arg);

/* Announce the endpoint. Session thread, once, after the session is ready. */
int mica_umt_open(mica_umt_cb cb, void *arg);
/* The host has said where the window is, and takes several messages at once. */
bool mica_umt_several(void);
/* Another number whenever the host begins afresh: pieces of before are void, not to be released. */
uint32_t mica_umt_age(void);
/* Any thread. data as the callback had it. */
void mica_umt_release(const void *data);

/*
 * Room for a piece of len bytes, up to 1 MiB, in the window; NULL when there is none within
 * timeout_ms or there is no host. Any thread but, unless timeout_ms is 0, the session's. Threads
 * that share the endpoint take turns by the message.
 */
void *mica_umt_alloc(size_t len, uint32_t timeout_ms);
/*
 * Send what mica_umt_alloc() gave, its first len bytes. more: the message goes on with the next
 * one. MICA_OK; otherwise it was not sent, its room is free, and the message begun is void.
 * MICA_LOST: the host's process is another one than at alloc.
 */
int mica_umt_send_piece(void *piece, size_t len, bool more, uint32_t timeout_ms);
/* The message whose last piece said more is void. Any thread but the session's. */
void mica_umt_abort(void);
/* A whole message, copied into the window. timeout_ms: without progress. Not in the session
 * thread. */
int mica_umt_send(const void *data, size_t len, uint32_t timeout_ms);

#endif /* MICA_UMT_CLIENT_H */
