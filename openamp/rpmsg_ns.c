/* SPDX-License-Identifier: BSD-3-Clause */
/* Name service: what the peer announces. Nothing it says is trusted, least of all a NUL. */
#include "rpmsg_internal.h"

static void announced(struct rpmsg_device *rdev, const struct rpmsg_ns_msg *msg)
{
	struct rpmsg_endpoint *ept;
	rpmsg_ns_bind_cb bind = NULL;

	metal_mutex_acquire(&rdev->lock);
	ept = rpmsg_get_endpoint(rdev, msg->name, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY);
	if (ept)
		ept->dest_addr = msg->addr;
	else
		bind = rdev->ns_bind_cb;
	metal_mutex_release(&rdev->lock);
	if (bind)
		bind(rdev, msg->name, msg->addr);
}

static void gone(struct rpmsg_device *rdev, const struct rpmsg_ns_msg *msg)
{
	struct rpmsg_endpoint *ept;
	rpmsg_ns_unbind_cb unbind = NULL;

	metal_mutex_acquire(&rdev->lock);
	ept = rpmsg_get_endpoint(rdev, msg->name, RPMSG_ADDR_ANY, msg->addr);
	if (ept) {
		ept->dest_addr = RPMSG_ADDR_ANY;
		unbind = ept->ns_unbind_cb;
	}
	metal_mutex_release(&rdev->lock);
	if (unbind)
		unbind(ept);
	if (rdev->ns_unbind_cb)
		rdev->ns_unbind_cb(rdev, msg->name, msg->addr);
}

int rpmsg_ns_callback(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct rpmsg_virtio_device *rvdev = priv;
	struct rpmsg_ns_msg raw, msg;

	(void)ept;
	(void)src;
	if (len < sizeof(raw)) {
		rvdev->stats.rx_bad_ns++;
		return RPMSG_SUCCESS;
	}
	metal_copy_from_shared(&raw, data, sizeof(raw));
	rpmsg_copy_name(msg.name, raw.name);
	msg.addr = raw.addr;
	msg.flags = raw.flags;
	if (!msg.name[0] || msg.addr == RPMSG_ADDR_ANY) {
		rvdev->stats.rx_bad_ns++;
		return RPMSG_SUCCESS;
	}
	rvdev->ns_flags = msg.flags;
	if (msg.flags & RPMSG_NS_DESTROY)
		gone(&rvdev->rdev, &msg);
	else
		announced(&rvdev->rdev, &msg);
	return RPMSG_SUCCESS;
}
