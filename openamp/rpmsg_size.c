/* SPDX-License-Identifier: BSD-3-Clause */
/* How much one message holds. Linked only into programs that ask. */
#include "rpmsg_internal.h"

int rpmsg_get_tx_buffer_size(struct rpmsg_endpoint *ept)
{
	if (!ept || !ept->rdev)
		return RPMSG_ERR_PARAM;
	return ept->rdev->ops.get_tx_buffer_size ? ept->rdev->ops.get_tx_buffer_size(ept->rdev)
						 : RPMSG_ERR_PERM;
}

int rpmsg_get_rx_buffer_size(struct rpmsg_endpoint *ept)
{
	if (!ept || !ept->rdev)
		return RPMSG_ERR_PARAM;
	return ept->rdev->ops.get_rx_buffer_size ? ept->rdev->ops.get_rx_buffer_size(ept->rdev)
						 : RPMSG_ERR_PERM;
}

/* Payload of one buffer towards the other side (tx) or from it. */
static int payload_size(struct rpmsg_device *rdev, bool tx)
{
	struct rpmsg_virtio_device *rvdev;
	uint32_t size;

	if (!rdev)
		return RPMSG_ERR_PARAM;
	rvdev = to_rvdev(rdev);
	metal_mutex_acquire(&rdev->lock);
	if (VIRTIO_ROLE_IS_DRIVER(rvdev->vdev))
		size = tx ? rvdev->config.h2r_buf_size : rvdev->config.r2h_buf_size;
	else
		size = virtqueue_get_desc_size(tx ? rvdev->svq : rvdev->rvq);
	metal_mutex_release(&rdev->lock);
	if (size <= sizeof(struct rpmsg_hdr))
		return RPMSG_ERR_NO_BUFF;
	return size > INT32_MAX ? INT32_MAX : (int)(size - sizeof(struct rpmsg_hdr));
}

int rpmsg_virtio_get_tx_buffer_size(struct rpmsg_device *rdev)
{
	return payload_size(rdev, true);
}

int rpmsg_virtio_get_rx_buffer_size(struct rpmsg_device *rdev)
{
	return payload_size(rdev, false);
}
