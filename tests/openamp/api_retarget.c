/* SPDX-License-Identifier: BSD-3-Clause */
#include <openamp/rpmsg_retarget.h>

#include "api.h"

VALUE(OPEN_SYSCALL_ID, 1);
VALUE(CLOSE_SYSCALL_ID, 2);
VALUE(WRITE_SYSCALL_ID, 3);
VALUE(READ_SYSCALL_ID, 4);
VALUE(ACK_STATUS_ID, 5);
VALUE(TERM_SYSCALL_ID, 6);
VALUE(DEFAULT_PROXY_ENDPOINT, 0xff);
SIZE(struct rpmsg_rpc_syscall_header, 12);
SIZE(struct rpmsg_rpc_syscall, 16);
FIELD(struct rpmsg_rpc_syscall_header, int_field1, int32_t);
FIELD(struct rpmsg_rpc_syscall_header, int_field2, int32_t);
FIELD(struct rpmsg_rpc_syscall_header, data_len, uint32_t);
FIELD(struct rpmsg_rpc_syscall, id, uint32_t);
FIELD(struct rpmsg_rpc_data, ept, struct rpmsg_endpoint);
FIELD(struct rpmsg_rpc_data, ept_destroyed, int);
FIELD(struct rpmsg_rpc_data, nacked, atomic_flag);
FIELD(struct rpmsg_rpc_data, respbuf, void *);
FIELD(struct rpmsg_rpc_data, respbuf_len, size_t);
FIELD(struct rpmsg_rpc_data, poll, int (*)(void *));
FIELD(struct rpmsg_rpc_data, poll_arg, void *);
FIELD(struct rpmsg_rpc_data, shutdown_cb, void (*)(struct rpmsg_rpc_data *));
FIELD(struct rpmsg_rpc_data, lock, metal_mutex_t);
FIELD(struct rpmsg_rpc_data, buflock, struct metal_spinlock);

void api_retarget(void)
{
	FUNCTION(int, rpmsg_rpc_init, struct rpmsg_rpc_data *, struct rpmsg_device *, const char *,
		 uint32_t, uint32_t, void *, rpmsg_rpc_poll, rpmsg_rpc_shutdown_cb);
	FUNCTION(void, rpmsg_rpc_release, struct rpmsg_rpc_data *);
	FUNCTION(int, rpmsg_rpc_send, struct rpmsg_rpc_data *, void *, size_t, void *, size_t);
	FUNCTION(void, rpmsg_set_default_rpc, struct rpmsg_rpc_data *);
}
