/* SPDX-License-Identifier: BSD-3-Clause */
#include <openamp/rpmsg_rpc_client_server.h>

#include "api.h"

VALUE(RPMSG_RPC_OK, 0);
VALUE(RPMSG_RPC_INVALID_ID, -1);
VALUE(MAX_BUF_LEN, 488);
VALUE(MAX_FUNC_ID_LEN, 4);
VALUE(sizeof(RPMSG_RPC_SERVICE_NAME), sizeof("rpmsg-rpc"));
SIZE(struct rpmsg_rpc_request, 492);
SIZE(struct rpmsg_rpc_answer, 496);
FIELD(struct rpmsg_rpc_services, id, uint32_t);
FIELD(struct rpmsg_rpc_services, cb_function, int (*)(void *, struct rpmsg_rpc_svr *));
FIELD(struct rpmsg_rpc_client_services, id, uint32_t);
FIELD(struct rpmsg_rpc_client_services, cb, void (*)(struct rpmsg_rpc_clt *, int, void *, size_t));
FIELD(struct rpmsg_rpc_svr, ept, struct rpmsg_endpoint);
FIELD(struct rpmsg_rpc_svr, services, const struct rpmsg_rpc_services *);
FIELD(struct rpmsg_rpc_svr, n_services, unsigned int);
FIELD(struct rpmsg_rpc_clt, ept, struct rpmsg_endpoint);
FIELD(struct rpmsg_rpc_clt, shutdown_cb, void (*)(struct rpmsg_rpc_clt *));
FIELD(struct rpmsg_rpc_clt, services, const struct rpmsg_rpc_client_services *);
FIELD(struct rpmsg_rpc_clt, n_services, unsigned int);

void api_rpc(void)
{
	FUNCTION(int, rpmsg_rpc_client_init, struct rpmsg_rpc_clt *, struct rpmsg_device *,
		 rpmsg_rpc_shutdown_cb, const struct rpmsg_rpc_client_services *, int);
	FUNCTION(void, rpmsg_rpc_client_release, struct rpmsg_rpc_clt *);
	FUNCTION(int, rpmsg_rpc_client_send, struct rpmsg_rpc_clt *, uint32_t, void *, size_t);
	FUNCTION(int, rpmsg_rpc_server_init, struct rpmsg_rpc_svr *, struct rpmsg_device *,
		 const struct rpmsg_rpc_services *, int, rpmsg_ns_unbind_cb);
	FUNCTION(int, rpmsg_rpc_server_send, struct rpmsg_rpc_svr *, uint32_t, int, void *, size_t);
}
