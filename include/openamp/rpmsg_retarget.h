/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The files of a program that runs on the far side: open, close, read and write as messages to a
 * proxy on the host, under OpenAMP's names. Not together with openamp/rpmsg_rpc_client_server.h.
 *
 * On the wire: struct rpmsg_rpc_syscall, followed by data_len bytes. In requests int_field1 is
 * flags or the descriptor, int_field2 mode or a length; in answers int_field1 is the result.
 */
#ifndef OPENAMP_RPMSG_RETARGET_H
#define OPENAMP_RPMSG_RETARGET_H

#include <stdint.h>
#include <metal/atomic.h>
#include <metal/compiler.h>
#include <metal/mutex.h>
#include <metal/spinlock.h>
#include <openamp/open_amp.h>

METAL_C_BEGIN

#define OPEN_SYSCALL_ID	 0x1UL
#define CLOSE_SYSCALL_ID 0x2UL
#define WRITE_SYSCALL_ID 0x3UL
#define READ_SYSCALL_ID	 0x4UL
#define ACK_STATUS_ID	 0x5UL
#define TERM_SYSCALL_ID	 0x6UL

#define DEFAULT_PROXY_ENDPOINT 0xFFUL

struct rpmsg_rpc_data;

/* Let messages in; may sleep until there is one. */
typedef int (*rpmsg_rpc_poll)(void *arg);
typedef void (*rpmsg_rpc_shutdown_cb)(struct rpmsg_rpc_data *rpc);

struct rpmsg_rpc_syscall_header {
	int32_t int_field1;
	int32_t int_field2;
	uint32_t data_len;
};

struct rpmsg_rpc_syscall {
	uint32_t id;
	struct rpmsg_rpc_syscall_header args;
};

struct rpmsg_rpc_data {
	struct rpmsg_endpoint ept;
	int ept_destroyed;
	atomic_flag nacked;
	void *respbuf;
	size_t respbuf_len;
	rpmsg_rpc_poll poll;
	void *poll_arg;
	rpmsg_rpc_shutdown_cb shutdown_cb;
	metal_mutex_t lock; /* one call at a time */
	struct metal_spinlock buflock;
};

/*
 * Open the endpoint and wait, without limit, until the proxy is there. Without a poll function the
 * wait sleeps in steps of a millisecond. shutdown_cb (may be NULL): the proxy went; the endpoint is
 * destroyed by then. 0, or -EINVAL: bad argument, no endpoint, proxy gone while waiting.
 */
int rpmsg_rpc_init(struct rpmsg_rpc_data *rpc, struct rpmsg_device *rdev, const char *ept_name,
		   uint32_t ept_addr, uint32_t ept_raddr, void *poll_arg, rpmsg_rpc_poll poll,
		   rpmsg_rpc_shutdown_cb shutdown_cb);
void rpmsg_rpc_release(struct rpmsg_rpc_data *rpc);

/*
 * Send, and wait, without limit, for the next message, of which resp takes as much as it holds;
 * resp NULL: do not wait. Bytes sent, or -EINVAL: bad argument, not sent, or the proxy went. Calls
 * by several threads wait for each other.
 */
int rpmsg_rpc_send(struct rpmsg_rpc_data *rpc, void *req, size_t len, void *resp, size_t resp_len);

/* Where the four below go. NULL: nothing changes. */
void rpmsg_set_default_rpc(struct rpmsg_rpc_data *rpc);

/*
 * What C libraries for small systems (newlib) call. The proxy's result, or -EINVAL: no default, bad
 * argument, too long for one message (480 bytes; one less for writes to descriptor 1, which end
 * with a NUL of their own), or an answer that is none.
 */
int _open(const char *filename, int flags, int mode);
int _read(int fd, char *buffer, int buflen);
int _write(int fd, const char *ptr, int len);
int _close(int fd);

METAL_C_END

#endif /* OPENAMP_RPMSG_RETARGET_H */
