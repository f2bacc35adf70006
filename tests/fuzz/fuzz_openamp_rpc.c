/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls by number: what a peer may send to a server, and to a client, of OpenAMP's rpc. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <metal/log.h>
#include <openamp/rpmsg_rpc_client_server.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rpmsg_device rdev;
static struct rpmsg_rpc_svr server;
static struct rpmsg_rpc_clt client;
static unsigned long sum;

static int send(struct rpmsg_device *dev, uint32_t src, uint32_t dst, const void *data, int len,
		int wait)
{
	(void)dev;
	(void)src;
	(void)dst;
	(void)wait;
	for (int i = 0; i < len; i++)
		sum += ((const uint8_t *)data)[i];
	return len;
}

/* Reads all a service may read. */
static int serve(void *data, struct rpmsg_rpc_svr *rpcs)
{
	struct rpmsg_rpc_request *request = data;

	for (size_t i = 0; i < MAX_BUF_LEN - sizeof(request->id); i++)
		sum += request->params[i];
	return rpmsg_rpc_server_send(rpcs, request->id, 0, request->params, request->params[0]) < 0;
}

static void answered(struct rpmsg_rpc_clt *rpc, int status, void *data, size_t len)
{
	(void)rpc;
	(void)status;
	if (len > MAX_BUF_LEN)
		abort();
	for (size_t i = 0; i < len; i++)
		sum += ((uint8_t *)data)[i];
}

static const struct rpmsg_rpc_services services[] = { { 0, serve }, { 1, serve }, { 0x31, serve } };
static const struct rpmsg_rpc_client_services answers[] = { { 0, answered }, { 0x31, answered } };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Its own block, so that a byte too far is noticed. */
	uint8_t *message = malloc(size ? size : 1);

	if (!rdev.ops.send_offchannel_raw) {
		metal_set_log_handler(NULL);
		metal_mutex_init(&rdev.lock);
		metal_list_init(&rdev.endpoints);
		rdev.ops.send_offchannel_raw = send;
		if (rpmsg_rpc_server_init(&server, &rdev, services, 3, NULL) ||
		    rpmsg_rpc_client_init(&client, &rdev, NULL, answers, 2))
			abort();
		server.ept.dest_addr = client.ept.addr;
	}
	if (!message)
		return 0;
	memcpy(message, data, size);
	(void)server.ept.cb(&server.ept, message, size, 1, NULL);
	(void)client.ept.cb(&client.ept, message, size, 1, NULL);
	free(message);
	return 0;
}
