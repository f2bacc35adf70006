/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls by number over rpmsg, under OpenAMP's names: a server with a table of services, clients
 * that ask and get their answers by callback. Not together with openamp/rpmsg_retarget.h, which
 * has an rpmsg_rpc_shutdown_cb of its own.
 *
 * On the wire, little endian: request = id (4), parameters; answer = id (4), status (4),
 * parameters. Messages that are shorter than their header or longer than MAX_BUF_LEN are refused
 * with -EINVAL, which counts as an error of the callback. Callbacks get private copies, aligned
 * to 8.
 */
#ifndef OPENAMP_RPMSG_RPC_CLIENT_SERVER_H
#define OPENAMP_RPMSG_RPC_CLIENT_SERVER_H

#include <metal/compiler.h>
#include <openamp/open_amp.h>

METAL_C_BEGIN

#define RPMSG_RPC_OK	       0
#define RPMSG_RPC_INVALID_ID   (-1L)
#define RPMSG_RPC_SERVICE_NAME "rpmsg-rpc"

/* A buffer of 512 bytes without its header, a multiple of 8. */
#define MAX_BUF_LEN	488UL
#define MAX_FUNC_ID_LEN sizeof(uint32_t)

struct rpmsg_rpc_clt;
struct rpmsg_rpc_svr;

typedef void (*rpmsg_rpc_shutdown_cb)(struct rpmsg_rpc_clt *rpc);
/* len: bytes of data, what follows the status. */
typedef void (*app_cb)(struct rpmsg_rpc_clt *rpc, int status, void *data, size_t len);
/* data: the request from its id on, MAX_BUF_LEN bytes, zero behind its end. Not 0: logged. */
typedef int (*rpmsg_rpc_syscall_cb)(void *data, struct rpmsg_rpc_svr *rpcs);

struct rpmsg_rpc_request {
	uint32_t id;
	unsigned char params[MAX_BUF_LEN];
};

METAL_PACKED_BEGIN
struct rpmsg_rpc_answer {
	uint32_t id;
	int32_t status;
	unsigned char params[MAX_BUF_LEN];
} METAL_PACKED_END;

struct rpmsg_rpc_services {
	uint32_t id;
	rpmsg_rpc_syscall_cb cb_function;
};

struct rpmsg_rpc_client_services {
	uint32_t id;
	app_cb cb;
};

struct rpmsg_rpc_svr {
	struct rpmsg_endpoint ept;
	const struct rpmsg_rpc_services *services;
	unsigned int n_services;
};

struct rpmsg_rpc_clt {
	struct rpmsg_endpoint ept;
	rpmsg_rpc_shutdown_cb shutdown_cb;
	const struct rpmsg_rpc_client_services *services;
	unsigned int n_services;
};

/*
 * Open the endpoint. services[len] stays the caller's. shutdown_cb (may be NULL): the server went;
 * the endpoint is destroyed by then. 0, -EINVAL, or the error of rpmsg_create_ept().
 */
int rpmsg_rpc_client_init(struct rpmsg_rpc_clt *rpc, struct rpmsg_device *rdev,
			  rpmsg_rpc_shutdown_cb shutdown_cb,
			  const struct rpmsg_rpc_client_services *services, int len);
void rpmsg_rpc_client_release(struct rpmsg_rpc_clt *rpc);

int rpmsg_rpc_server_init(struct rpmsg_rpc_svr *rpcs, struct rpmsg_device *rdev,
			  const struct rpmsg_rpc_services *services, int len,
			  rpmsg_ns_unbind_cb rpmsg_service_server_unbind);

/* Bytes sent, -EINVAL (more than MAX_BUF_LEN - MAX_FUNC_ID_LEN), or the error of rpmsg_send(). */
int rpmsg_rpc_client_send(struct rpmsg_rpc_clt *rpc, uint32_t rpc_id, void *request_param,
			  size_t req_param_size);
/* The same; at most MAX_BUF_LEN - sizeof(int32_t) bytes. All of them are sent. */
int rpmsg_rpc_server_send(struct rpmsg_rpc_svr *rpcs, uint32_t rpc_id, int status,
			  void *request_param, size_t param_size);

METAL_C_END

#endif /* OPENAMP_RPMSG_RPC_CLIENT_SERVER_H */
