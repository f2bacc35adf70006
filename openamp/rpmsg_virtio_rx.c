/* SPDX-License-Identifier: BSD-3-Clause */
/* Receiving: at most one ring of messages per notification; headers copied once and checked. */
#include "rpmsg_internal.h"

/* Next received buffer, or NULL. With the lock held. */
static struct rpmsg_virtio_slot *next_slot(struct rpmsg_virtio_device *rvdev)
{
	struct rpmsg_virtio_slot *slot;
	uint32_t len;
	uint16_t idx;
	void *buf;

	if (VIRTIO_ROLE_IS_DRIVER(rvdev->vdev)) {
		slot = virtqueue_get_buffer(rvdev->rvq, &len, &idx);
		if (!slot)
			return NULL;
	} else {
		buf = virtqueue_get_available_buffer(rvdev->rvq, &idx, &len);
		if (!buf)
			return NULL;
		if (len < sizeof(struct rpmsg_hdr)) {
			virtqueue_set_broken(rvdev->rvq, VQ_BREACH_DESC_LEN, len);
			return NULL;
		}
		slot = &rvdev->rx_slots[idx];
		slot->buf = buf;
		slot->len = len;
		slot->idx = idx;
	}
	slot->state = SLOT_RECEIVED;
	slot->holds = 1;
	return slot;
}

/* One user less; the last one gives the buffer back. With the lock held. */
static void put_slot(struct rpmsg_virtio_device *rvdev, struct rpmsg_virtio_slot *slot)
{
	struct virtqueue_buf buf = { slot->buf, (int)slot->len };

	if (--slot->holds)
		return;
	slot->state = SLOT_IDLE;
	/* Fails only on a broken queue, which takes nothing any more. */
	if (VIRTIO_ROLE_IS_DRIVER(rvdev->vdev))
		(void)virtqueue_add_buffer(rvdev->rvq, &buf, 0, 1, slot);
	else
		(void)virtqueue_add_consumed_buffer(rvdev->rvq, slot->idx, slot->len);
}

/* Take a message off the ring, its header copied and checked. With the lock held. */
static struct rpmsg_virtio_slot *next_message(struct rpmsg_virtio_device *rvdev,
					      struct rpmsg_hdr *hdr)
{
	struct rpmsg_virtio_slot *slot = next_slot(rvdev);

	if (!slot)
		return NULL;
	BUFFER_INVALIDATE(slot->buf, slot->len);
	metal_copy_from_shared(hdr, slot->buf, sizeof(*hdr));
	if (hdr->len <= slot->len - sizeof(*hdr))
		return slot;
	virtqueue_set_broken(rvdev->rvq, VQ_BREACH_MSG_LEN, hdr->len);
	slot->holds = 0;
	slot->state = SLOT_IDLE;
	return NULL;
}

void rpmsg_virtio_rx_callback(struct virtqueue *vq)
{
	struct rpmsg_virtio_device *rvdev = vq->vq_dev->priv;
	struct rpmsg_device *rdev = &rvdev->rdev;
	unsigned int budget = vq->vq_nentries;
	struct rpmsg_virtio_slot *slot;
	rpmsg_ept_release_cb release;
	struct rpmsg_delivery d;
	struct rpmsg_hdr hdr;

	if (rvdev->lanes) {
		rpmsg_virtio_lanes_receive(rvdev);
		return;
	}
	/* A callback may take the whole device down: then rvq is gone. */
	while (budget-- && rvdev->rvq == vq) {
		metal_mutex_acquire(&rdev->lock);
		slot = next_message(rvdev, &hdr);
		if (slot)
			rpmsg_delivery_find(rvdev, hdr.src, hdr.dst, &d);
		metal_mutex_release(&rdev->lock);
		if (!slot)
			break;
		rpmsg_deliver(rvdev, &d, (uint8_t *)slot->buf + sizeof(hdr), hdr.len, hdr.src);
		if (rvdev->rvq != vq)
			return;
		metal_mutex_acquire(&rdev->lock);
		put_slot(rvdev, slot);
		release = rpmsg_delivery_done(&d);
		metal_mutex_release(&rdev->lock);
		if (release)
			release(d.ept);
	}
	metal_mutex_acquire(&rdev->lock);
	virtqueue_kick(vq);
	metal_mutex_release(&rdev->lock);
}

static struct rpmsg_virtio_slot *received_slot(struct rpmsg_virtio_device *rvdev, void *rxbuf)
{
	struct rpmsg_virtio_slot *slot;
	uint16_t i;

	/* In the device's role two descriptors may name one buffer: look for a live one. */
	for (i = 0; i < rvdev->rx_count; i++) {
		slot = &rvdev->rx_slots[i];
		if (slot->state == SLOT_RECEIVED &&
		    (uint8_t *)slot->buf + sizeof(struct rpmsg_hdr) == rxbuf)
			return slot;
	}
	return NULL;
}

void rpmsg_virtio_hold_rx_buffer(struct rpmsg_device *rdev, void *rxbuf)
{
	struct rpmsg_virtio_device *rvdev =
		metal_container_of(rdev, struct rpmsg_virtio_device, rdev);
	struct rpmsg_virtio_slot *slot;

	metal_mutex_acquire(&rdev->lock);
	slot = received_slot(rvdev, rxbuf);
	if (slot && slot->holds < UINT16_MAX)
		slot->holds++;
	metal_mutex_release(&rdev->lock);
}

void rpmsg_virtio_release_rx_buffer(struct rpmsg_device *rdev, void *rxbuf)
{
	struct rpmsg_virtio_device *rvdev =
		metal_container_of(rdev, struct rpmsg_virtio_device, rdev);
	struct rpmsg_virtio_slot *slot;

	metal_mutex_acquire(&rdev->lock);
	slot = received_slot(rvdev, rxbuf);
	if (slot) {
		put_slot(rvdev, slot);
		virtqueue_kick(rvdev->rvq);
	}
	metal_mutex_release(&rdev->lock);
}
