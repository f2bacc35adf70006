/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One call: the request as it came, the reply as it goes. The request is hostile; it lies in
 * private memory. A handler reads its arguments, acts, and sets a result; nothing is done before
 * every argument was found inside of what was received.
 */
#ifndef MICARPC_CALL_H
#define MICARPC_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mica/rpc.h"

struct call {
	uint32_t id;
	uint32_t trace;
	size_t len; /* bytes of req that were received */
	size_t reply_len;
	int errnum; /* 0: success */
	_Alignas(8) uint8_t req[MICA_RPC_MESSAGE];
	_Alignas(8) uint8_t reply[MICA_RPC_MESSAGE];
};

/* What may keep a call from returning at once; such calls get a thread of their own. */
enum pace {
	PACE_QUICK,
	PACE_SLOW,
	PACE_FD,     /* slow unless the descriptor at offset 12 is a file or folder */
	PACE_STREAM, /* slow unless the stream is one of a file */
	PACE_OPEN,   /* slow if the path is there and is no file or folder */
	PACE_TIMED,  /* poll, select: slow unless they are not to wait */
};

/* Reads the request: fills in id and trace. False: too short to be one, or none of ours. */
bool call_begin(struct call *c, size_t len);
/* Will it return at once? */
bool call_is_quick(const struct call *c);
/* Executes it; afterwards reply holds reply_len bytes (0: no reply). */
void call_run(struct call *c);

/* Arguments. Fixed fields: call_run() has checked that they were received. */
int32_t arg_s32(const struct call *c, size_t at);
uint32_t arg_u32(const struct call *c, size_t at);
uint64_t arg_u64(const struct call *c, size_t at);
/* A string of at most max bytes with its NUL. NULL with errno ENAMETOOLONG: it does not end. */
const char *arg_str(const struct call *c, size_t at, size_t max);
/* n bytes. NULL with errno EINVAL: more than a field holds or than was received. */
const void *arg_data(const struct call *c, size_t at, uint64_t n);

/* Results; -1 (NULL, EOF) takes errno along. */
void ret_s32(struct call *c, int32_t value);
void ret_s64(struct call *c, int64_t value);
void ret_handle(struct call *c, uint32_t handle);
/* Room for n bytes of the reply from `at` on; n is within the message. */
void *reply_at(struct call *c, size_t at, size_t n);
void reply_s32(struct call *c, size_t at, int32_t value);
void reply_s64(struct call *c, size_t at, int64_t value);
/* The whole reply becomes the failure of its call. */
void ret_fail(struct call *c, int errnum);

#endif /* MICARPC_CALL_H */
