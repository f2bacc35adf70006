/* SPDX-License-Identifier: BSD-3-Clause */
/* Keeping received buffers beyond their callback. Linked only into programs that do so. */
#include "rpmsg_internal.h"

void rpmsg_hold_rx_buffer(struct rpmsg_endpoint *ept, void *rxbuf)
{
	if (ept && ept->rdev && rxbuf && ept->rdev->ops.hold_rx_buffer)
		ept->rdev->ops.hold_rx_buffer(ept->rdev, rxbuf);
}

void rpmsg_release_rx_buffer(struct rpmsg_endpoint *ept, void *rxbuf)
{
	if (ept && ept->rdev && rxbuf && ept->rdev->ops.release_rx_buffer)
		ept->rdev->ops.release_rx_buffer(ept->rdev, rxbuf);
}

static struct vq_desc_extra *received_slot(struct rpmsg_virtio_device *rvdev, void *rxbuf)
{
	struct vq_desc_extra *slot;
	uint16_t i;

	/* In the device's role two descriptors may name one buffer: look for a live one. */
	for (i = 0; i < rvdev->rx_count; i++) {
		slot = &rvdev->rx_slots[i];
		if (slot->state == SLOT_RECEIVED &&
		    (uint8_t *)slot->addr + sizeof(struct rpmsg_hdr) == rxbuf)
			return slot;
	}
	return NULL;
}

void rpmsg_virtio_hold_rx_buffer(struct rpmsg_device *rdev, void *rxbuf)
{
	struct rpmsg_virtio_device *rvdev = to_rvdev(rdev);
	struct vq_desc_extra *slot;

	metal_mutex_acquire(&rdev->lock);
	slot = received_slot(rvdev, rxbuf);
	if (slot && slot->holds < VQ_HOLDS_MAX)
		slot->holds++;
	metal_mutex_release(&rdev->lock);
}

void rpmsg_virtio_release_rx_buffer(struct rpmsg_device *rdev, void *rxbuf)
{
	struct rpmsg_virtio_device *rvdev = to_rvdev(rdev);
	struct vq_desc_extra *slot;

	metal_mutex_acquire(&rdev->lock);
	slot = received_slot(rvdev, rxbuf);
	if (slot) {
		rpmsg_virtio_put_slot(rvdev, slot);
		virtqueue_kick(rvdev->rvq);
	}
	metal_mutex_release(&rdev->lock);
}
