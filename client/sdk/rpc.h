/* SPDX-License-Identifier: BSD-3-Clause */
/* One call of rpc: request and reply are the same buffer of the caller. */
#ifndef SDK_RPC_H
#define SDK_RPC_H

#include <mica/rpc.h>

#define RPC_ENOENT    2
#define RPC_EIO	      5
#define RPC_EINVAL    22
#define RPC_ENAME     36
#define RPC_EMSGSIZE  90
#define RPC_ETIMEDOUT 110
#define RPC_ENOTCONN  107

struct rpc_call {
	_Alignas(8) uint8_t bytes[MICA_RPC_MESSAGE];
	size_t len; /* of the request, then of the reply; what is behind it is zero */
};

/* Empty request of an id. */
void rpc_begin(struct rpc_call *c, uint32_t id);
void rpc_s32(struct rpc_call *c, size_t at, int32_t v);
void rpc_u64(struct rpc_call *c, size_t at, uint64_t v);
/* With its NUL, in a field of `field` bytes. The request ends there. False: too long. */
bool rpc_text(struct rpc_call *c, size_t at, const char *text, size_t field);
void rpc_bytes(struct rpc_call *c, size_t at, const void *data, size_t len);
/* The request is at least that long. */
void rpc_length(struct rpc_call *c, size_t len);

/* Send, wait. 0 with the reply in c, or -errno when there is none. extra_ms: beyond the limit. */
int rpc_do(struct rpc_call *c, uint32_t extra_ms);
/* Send only: calls without reply. */
int rpc_post(struct rpc_call *c);

static inline int32_t rpc_get_s32(const struct rpc_call *c, size_t at)
{
	return (int32_t)mica_rpc_get32(c->bytes, at);
}

static inline int64_t rpc_get_s64(const struct rpc_call *c, size_t at)
{
	return (int64_t)mica_rpc_get64(c->bytes, at);
}

/* rpc_do(), then the result at 16: -errno if it is -1. */
int rpc_result32(struct rpc_call *c);
int64_t rpc_result64(struct rpc_call *c);
/* errno of a reply whose call has failed; never 0. */
int rpc_error(const struct rpc_call *c);

#endif /* SDK_RPC_H */
