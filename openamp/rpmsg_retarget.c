/* SPDX-License-Identifier: BSD-3-Clause */
/* One call at a time: a request, and the answer into the caller's buffer. */
#include <metal/errno.h>
#include <metal/sleep.h>
#include <metal/utilities.h>
#include <openamp/rpmsg_retarget.h>

#define POLL_STEP_US 1000u

static struct rpmsg_rpc_data *to_rpc(struct rpmsg_endpoint *ept)
{
	return metal_container_of(ept, struct rpmsg_rpc_data, ept);
}

static bool is_gone(struct rpmsg_rpc_data *rpc)
{
	return __atomic_load_n(&rpc->ept_destroyed, __ATOMIC_ACQUIRE) != 0;
}

static void end(struct rpmsg_rpc_data *rpc)
{
	__atomic_store_n(&rpc->ept_destroyed, 1, __ATOMIC_RELEASE);
	rpmsg_destroy_ept(&rpc->ept);
	atomic_flag_clear(&rpc->nacked);
}

static int on_message(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct rpmsg_rpc_data *rpc = to_rpc(ept);
	uint32_t id;

	(void)src;
	(void)priv;
	if (len >= sizeof(id)) {
		metal_copy_from_shared(&id, data, sizeof(id));
		if (id == TERM_SYSCALL_ID) {
			end(rpc);
			return RPMSG_SUCCESS;
		}
	}
	metal_spinlock_acquire(&rpc->buflock);
	if (rpc->respbuf)
		metal_copy_from_shared(rpc->respbuf, data, metal_min(len, rpc->respbuf_len));
	rpc->respbuf = NULL;
	atomic_flag_clear(&rpc->nacked);
	metal_spinlock_release(&rpc->buflock);
	return RPMSG_SUCCESS;
}

static void proxy_gone(struct rpmsg_endpoint *ept)
{
	struct rpmsg_rpc_data *rpc = to_rpc(ept);

	end(rpc);
	if (rpc->shutdown_cb)
		rpc->shutdown_cb(rpc);
}

static void wait_step(struct rpmsg_rpc_data *rpc)
{
	if (rpc->poll)
		(void)rpc->poll(rpc->poll_arg);
	else
		(void)metal_sleep_usec(POLL_STEP_US);
}

int rpmsg_rpc_init(struct rpmsg_rpc_data *rpc, struct rpmsg_device *rdev, const char *ept_name,
		   uint32_t ept_addr, uint32_t ept_raddr, void *poll_arg, rpmsg_rpc_poll poll,
		   rpmsg_rpc_shutdown_cb shutdown_cb)
{
	if (!rpc || !rdev)
		return -EINVAL;
	metal_spinlock_init(&rpc->buflock);
	metal_mutex_init(&rpc->lock);
	rpc->shutdown_cb = shutdown_cb;
	rpc->poll_arg = poll_arg;
	rpc->poll = poll;
	rpc->ept_destroyed = 0;
	rpc->respbuf = NULL;
	rpc->respbuf_len = 0;
	(void)atomic_flag_test_and_set(&rpc->nacked);
	if (rpmsg_create_ept(&rpc->ept, rdev, ept_name, ept_addr, ept_raddr, on_message,
			     proxy_gone) != RPMSG_SUCCESS) {
		metal_mutex_deinit(&rpc->lock);
		return -EINVAL;
	}
	while (!is_gone(rpc) && !is_rpmsg_ept_ready(&rpc->ept))
		wait_step(rpc);
	return is_gone(rpc) ? -EINVAL : 0;
}

static void set_buffer(struct rpmsg_rpc_data *rpc, void *resp, size_t len)
{
	metal_spinlock_acquire(&rpc->buflock);
	rpc->respbuf = resp;
	rpc->respbuf_len = len;
	(void)atomic_flag_test_and_set(&rpc->nacked);
	metal_spinlock_release(&rpc->buflock);
}

void rpmsg_rpc_release(struct rpmsg_rpc_data *rpc)
{
	if (!rpc)
		return;
	if (!is_gone(rpc))
		end(rpc);
	metal_mutex_acquire(&rpc->lock);
	set_buffer(rpc, NULL, 0);
	metal_mutex_release(&rpc->lock);
	metal_mutex_deinit(&rpc->lock);
}

/* With rpc->lock held. */
static int call(struct rpmsg_rpc_data *rpc, const void *req, int len, void *resp, size_t resp_len)
{
	int ret;

	set_buffer(rpc, resp, resp_len);
	ret = is_gone(rpc) ? -EINVAL : rpmsg_send(&rpc->ept, req, len);
	while (ret >= 0 && resp && atomic_flag_test_and_set(&rpc->nacked)) {
		if (is_gone(rpc))
			break;
		wait_step(rpc);
	}
	/* Nobody writes to the caller's buffer after this. */
	set_buffer(rpc, NULL, 0);
	return ret < 0 || (resp && is_gone(rpc)) ? -EINVAL : ret;
}

int rpmsg_rpc_send(struct rpmsg_rpc_data *rpc, void *req, size_t len, void *resp, size_t resp_len)
{
	int ret;

	if (!rpc || len > INT32_MAX || (!req && len))
		return -EINVAL;
	metal_mutex_acquire(&rpc->lock);
	ret = call(rpc, req, (int)len, resp, resp_len);
	metal_mutex_release(&rpc->lock);
	return ret;
}
