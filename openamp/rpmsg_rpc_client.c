/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/errno.h>
#include <openamp/rpmsg_rpc_client_server.h>

#define ANSWER_HEADER (sizeof(uint32_t) + sizeof(int32_t))

static const struct rpmsg_rpc_client_services *find_service(const struct rpmsg_rpc_clt *rpc,
							    uint32_t id)
{
	for (unsigned int i = 0; i < rpc->n_services; i++) {
		if (rpc->services[i].id == id)
			return &rpc->services[i];
	}
	return NULL;
}

static int on_answer(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct rpmsg_rpc_clt *rpc = metal_container_of(ept, struct rpmsg_rpc_clt, ept);
	const struct rpmsg_rpc_client_services *service;
	_Alignas(8) struct rpmsg_rpc_answer answer;

	(void)src;
	(void)priv;
	if (len < ANSWER_HEADER || len > sizeof(answer))
		return -EINVAL;
	metal_copy_from_shared(&answer, data, len);
	service = find_service(rpc, answer.id);
	if (!service || !service->cb)
		return -EINVAL;
	service->cb(rpc, answer.status, answer.params, len - ANSWER_HEADER);
	return RPMSG_SUCCESS;
}

static void server_gone(struct rpmsg_endpoint *ept)
{
	struct rpmsg_rpc_clt *rpc = metal_container_of(ept, struct rpmsg_rpc_clt, ept);

	rpmsg_destroy_ept(ept);
	if (rpc->shutdown_cb)
		rpc->shutdown_cb(rpc);
}

int rpmsg_rpc_client_init(struct rpmsg_rpc_clt *rpc, struct rpmsg_device *rdev,
			  rpmsg_rpc_shutdown_cb shutdown_cb,
			  const struct rpmsg_rpc_client_services *services, int len)
{
	if (!rpc || !rdev || len < 0 || (!services && len))
		return -EINVAL;
	rpc->services = services;
	rpc->n_services = (unsigned int)len;
	rpc->shutdown_cb = shutdown_cb;
	return rpmsg_create_ept(&rpc->ept, rdev, RPMSG_RPC_SERVICE_NAME, RPMSG_ADDR_ANY,
				RPMSG_ADDR_ANY, on_answer, server_gone);
}

void rpmsg_rpc_client_release(struct rpmsg_rpc_clt *rpc)
{
	if (rpc)
		rpmsg_destroy_ept(&rpc->ept);
}

int rpmsg_rpc_client_send(struct rpmsg_rpc_clt *rpc, uint32_t rpc_id, void *request_param,
			  size_t req_param_size)
{
	unsigned char buf[MAX_BUF_LEN];

	if (!rpc || req_param_size > sizeof(buf) - MAX_FUNC_ID_LEN ||
	    (!request_param && req_param_size))
		return -EINVAL;
	memcpy(buf, &rpc_id, MAX_FUNC_ID_LEN);
	if (req_param_size)
		memcpy(buf + MAX_FUNC_ID_LEN, request_param, req_param_size);
	return rpmsg_send(&rpc->ept, buf, (int)(MAX_FUNC_ID_LEN + req_param_size));
}
