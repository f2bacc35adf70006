/* SPDX-License-Identifier: BSD-3-Clause */
/* Name service: what the peer announces. Nothing it says is trusted, least of all a NUL. */
#include "rpmsg_internal.h"

/* Both kinds: the endpoint of that name learns its peer, or that it has none any more. */
static void obey(struct rpmsg_device *rdev, const struct rpmsg_ns_msg *msg)
{
	bool gone = msg->flags & RPMSG_NS_DESTROY;
	rpmsg_ns_bind_cb tell = gone ? rdev->ns_unbind_cb : rdev->ns_bind_cb;
	rpmsg_ns_unbind_cb unbind = NULL;
	struct rpmsg_endpoint *ept;

	metal_mutex_acquire(&rdev->lock);
	ept = rpmsg_get_ept_from_name(rdev, msg->name,
				      gone || METAL_IS_MINIMAL || !to_rvdev(rdev)->tell_again
					      ? msg->addr
					      : RPMSG_ADDR_ANY);
	if (gone && ept && ept->dest_addr != msg->addr)
		ept = NULL; /* it waits for another */
	if (ept && gone) {
		ept->dest_addr = RPMSG_ADDR_ANY;
		unbind = ept->ns_unbind_cb;
	} else if (ept) {
		ept->dest_addr = msg->addr;
		tell = NULL; /* somebody waited for it, or knows it */
	}
	metal_mutex_release(&rdev->lock);
	if (unbind)
		unbind(ept);
	if (tell)
		tell(rdev, msg->name, msg->addr);
}

int rpmsg_ns_callback(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct rpmsg_virtio_device *rvdev = priv;
	struct rpmsg_ns_msg msg;

	(void)ept;
	(void)src;
	if (len < sizeof(msg))
		goto bad;
	metal_copy_from_shared(&msg, data, sizeof(msg));
	msg.name[RPMSG_NAME_SIZE - 1] = '\0';
	if (!msg.name[0] || msg.addr == RPMSG_ADDR_ANY)
		goto bad;
	rvdev->ns_flags = msg.flags;
	obey(&rvdev->rdev, &msg);
	return RPMSG_SUCCESS;
bad:
	RPMSG_COUNT(rvdev, rx_bad_ns);
	return RPMSG_SUCCESS;
}
