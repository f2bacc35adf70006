/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/errno.h>
#include <metal/log.h>
#include <openamp/rpmsg_rpc_client_server.h>

static const struct rpmsg_rpc_services *find_service(const struct rpmsg_rpc_svr *rpcs, uint32_t id)
{
	for (unsigned int i = 0; i < rpcs->n_services; i++) {
		if (rpcs->services[i].id == id)
			return &rpcs->services[i];
	}
	return NULL;
}

static int on_request(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct rpmsg_rpc_svr *rpcs = metal_container_of(ept, struct rpmsg_rpc_svr, ept);
	const struct rpmsg_rpc_services *service;
	_Alignas(8) unsigned char buf[MAX_BUF_LEN] = { 0 };
	uint32_t id;

	(void)src;
	(void)priv;
	if (len < MAX_FUNC_ID_LEN || len > sizeof(buf))
		return -EINVAL;
	metal_copy_from_shared(buf, data, len);
	memcpy(&id, buf, sizeof(id));
	service = find_service(rpcs, id);
	if (!service || !service->cb_function) {
		metal_err("rpc: no service has number %lu\n", (unsigned long)id);
		(void)rpmsg_rpc_server_send(rpcs, id, RPMSG_RPC_INVALID_ID, NULL, 0);
	} else if (service->cb_function(buf, rpcs)) {
		metal_err("rpc: service %lu failed\n", (unsigned long)id);
	}
	return RPMSG_SUCCESS;
}

int rpmsg_rpc_server_init(struct rpmsg_rpc_svr *rpcs, struct rpmsg_device *rdev,
			  const struct rpmsg_rpc_services *services, int len,
			  rpmsg_ns_unbind_cb rpmsg_service_server_unbind)
{
	if (!rpcs || !rdev || len < 0 || (!services && len))
		return -EINVAL;
	rpcs->services = services;
	rpcs->n_services = (unsigned int)len;
	return rpmsg_create_ept(&rpcs->ept, rdev, RPMSG_RPC_SERVICE_NAME, RPMSG_ADDR_ANY,
				RPMSG_ADDR_ANY, on_request, rpmsg_service_server_unbind);
}

int rpmsg_rpc_server_send(struct rpmsg_rpc_svr *rpcs, uint32_t rpc_id, int status,
			  void *request_param, size_t param_size)
{
	struct rpmsg_rpc_answer msg = { .id = rpc_id, .status = status };

	if (!rpcs || param_size > MAX_BUF_LEN - sizeof(msg.status) ||
	    (!request_param && param_size))
		return -EINVAL;
	if (param_size)
		memcpy(msg.params, request_param, param_size);
	return rpmsg_send(&rpcs->ept, &msg,
			  (int)(offsetof(struct rpmsg_rpc_answer, params) + param_size));
}
