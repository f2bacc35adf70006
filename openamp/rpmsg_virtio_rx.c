/* SPDX-License-Identifier: BSD-3-Clause */
/* Receiving: at most two rings of messages per notification; headers copied once and checked. */
#include "rpmsg_internal.h"

#define FLOOD_MIN 8u /* messages in one direction only */

/* Next received buffer, or NULL. With the lock held. */
static struct vq_desc_extra *next_slot(struct rpmsg_virtio_device *rvdev)
{
	struct vq_desc_extra *slot;
	uint32_t len;

	if (VIRTIO_ROLE_IS_DRIVER(rvdev->vdev))
		slot = virtqueue_get_buffer(rvdev->rvq, &len, NULL);
	else
		slot = rpmsg_virtio_device_slot(rvdev->rvq);
	if (METAL_IS_MINIMAL || !slot)
		return slot;
	slot->state = SLOT_RECEIVED;
	slot->holds = 1;
	return slot;
}

static inline void put_slot(struct rpmsg_virtio_device *rvdev, struct vq_desc_extra *slot)
{
	if (!METAL_IS_MINIMAL) {
		if (--slot->holds)
			return;
		slot->state = SLOT_IDLE;
	}
	/* Fails only on a broken queue, which takes nothing any more. */
	if (VIRTIO_ROLE_IS_DRIVER(rvdev->vdev))
		(void)virtqueue_push_buffer(rvdev->rvq, slot->addr, slot->len, true, slot);
	else
		(void)vq_give(rvdev->rvq, slot, slot->len);
}

void rpmsg_virtio_put_slot(struct rpmsg_virtio_device *rvdev, struct vq_desc_extra *slot)
{
	put_slot(rvdev, slot);
}

/* Take a message off the ring, its header copied and checked. With the lock held. */
static struct vq_desc_extra *next_message(struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr *hdr)
{
	struct vq_desc_extra *slot = next_slot(rvdev);

	if (!slot)
		return NULL;
	BUFFER_INVALIDATE(slot->addr, slot->len);
	rpmsg_read_hdr(slot->addr, hdr);
	if (hdr->len <= slot->len - sizeof(*hdr))
		return slot;
	vq_break(rvdev->rvq, VQ_BREACH_MSG_LEN, hdr->len);
	if (METAL_IS_MINIMAL)
		return NULL;
	slot->holds = 0;
	slot->state = SLOT_IDLE;
	return NULL;
}

/*
 * One message. With the lock held, which is let go of meanwhile. *more: others had come with it.
 * False: there is none; or a callback has taken the whole device down, then the lock is not held
 * any more and rvq is gone.
 */
static bool receive_one(struct rpmsg_virtio_device *rvdev, bool *more)
{
	struct rpmsg_device *rdev = &rvdev->rdev;
	struct virtqueue *vq = rvdev->rvq;
	struct vq_desc_extra *slot;
	rpmsg_ept_release_cb release;
	struct rpmsg_delivery d;
	struct rpmsg_hdr hdr;

	slot = next_message(rvdev, &hdr);
	if (!slot)
		return false;
	*more = vq_seen(vq);
	rpmsg_delivery_find(rvdev, hdr.src, hdr.dst, &d);
	metal_mutex_release(&rdev->lock);
	rpmsg_deliver(rvdev, &d, (uint8_t *)slot->addr + sizeof(hdr), hdr.len, hdr.src);
	if (rvdev->rvq != vq)
		return false;
	metal_mutex_acquire(&rdev->lock);
	put_slot(rvdev, slot);
	release = METAL_IS_MINIMAL ? NULL : rpmsg_delivery_done(&d);
	if (!release)
		return true;
	metal_mutex_release(&rdev->lock);
	release(d.ept);
	if (rvdev->rvq != vq)
		return false;
	metal_mutex_acquire(&rdev->lock);
	return true;
}

bool rpmsg_virtio_let_gather(struct rpmsg_virtio_device *rvdev)
{
	if (METAL_IS_MINIMAL)
		return false;
	if (rvdev->stats.tx_messages != rvdev->flood_tx) {
		rvdev->flood_tx = rvdev->stats.tx_messages;
		rvdev->flood_rx = rvdev->stats.rx_messages;
	}
	if (rvdev->stats.rx_messages - rvdev->flood_rx < FLOOD_MIN)
		return false;
	metal_mutex_release(&rvdev->rdev.lock);
	rpmsg_virtio_pause();
	metal_mutex_acquire(&rvdev->rdev.lock);
	return true;
}

/*
 * Up to a ring of messages. With the lock held. The driver need not see each buffer that comes back
 * by itself: a quarter of the ring at once. Where several messages come at once no doorbell is
 * needed for a while: *quiet says that none is asked for; NULL: they are. False: see above.
 */
static bool receive_ring(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, bool *quiet)
{
	unsigned int left = vq->vq_nentries;
	bool more = false;

	while (left) {
		if (!receive_one(rvdev, &more)) {
			if (rvdev->rvq != vq)
				return false;
			if (!rpmsg_virtio_let_gather(rvdev) || !virtqueue_pending(vq))
				return true;
			continue;
		}
		left--;
		if (METAL_IS_MINIMAL || rvdev->show_each || !more ||
		    (uint16_t)(vq->vq_prod_idx - vq->vq_public_idx) > vq->vq_nentries / 4)
			virtqueue_publish(vq);
		if (!METAL_IS_MINIMAL && more && quiet && vq->vq_cb_enabled) {
			virtqueue_disable_cb(vq);
			*quiet = true;
		}
	}
	return rvdev->rvq == vq;
}

void rpmsg_virtio_rx_callback(struct virtqueue *vq)
{
	struct rpmsg_virtio_device *rvdev = vq->vq_dev->priv;
	bool quiet = false;

	/* Only this context takes from the queue: whether it is empty needs no lock. */
	if (rvdev->rvq != vq || (!METAL_IS_MINIMAL && !virtqueue_pending(vq)))
		return;
	metal_mutex_acquire(&rvdev->rdev.lock);
	if (!receive_ring(rvdev, vq, &quiet))
		return;
	/* Nobody rang for what came meanwhile. */
	if (!METAL_IS_MINIMAL && quiet && virtqueue_enable_cb(vq) && !receive_ring(rvdev, vq, NULL))
		return;
	virtqueue_kick(vq);
	metal_mutex_release(&rvdev->rdev.lock);
}
