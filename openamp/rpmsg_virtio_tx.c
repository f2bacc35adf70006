/* SPDX-License-Identifier: BSD-3-Clause */
/* Sending. A buffer belongs to its sender from get to send or release; the record is private. */
#include <metal/sleep.h>

#include "rpmsg_internal.h"

#define WAIT_STEP_US 1000

/* Buffers we sent come back when we look for one; nobody waits for the notification. */
void rpmsg_virtio_tx_callback(struct virtqueue *vq)
{
	(void)vq;
}

/*
 * Driver: a buffer that is known to be back, a new one from the pool while there are descriptors,
 * or what a new look at the ring finds. So the device's index is looked at once a lap.
 */
static struct vq_desc_extra *driver_slot(struct rpmsg_virtio_device *rvdev)
{
	uint32_t size = rvdev->config.h2r_buf_size;
	struct virtqueue *vq = rvdev->svq;
	struct vq_desc_extra *slot;
	void *buf = NULL;

	if (!virtqueue_seen(vq) && rvdev->tx_count < vq->vq_nentries && !virtqueue_is_broken(vq))
		buf = rpmsg_virtio_shm_pool_get_buffer(rvdev->shpool, size);
	if (!buf)
		return virtqueue_get_buffer(vq, NULL, NULL);
	slot = &rvdev->tx_slots[rvdev->tx_count++];
	slot->addr = buf;
	slot->len = size;
	return slot;
}

static struct vq_desc_extra *take_slot(struct rpmsg_virtio_device *rvdev)
{
	struct vq_desc_extra *slot;

	if (rvdev->unsent) {
		slot = &rvdev->tx_slots[rvdev->unsent - 1];
		rvdev->unsent = slot->next;
		return slot;
	}
	slot = VIRTIO_ROLE_IS_DRIVER(rvdev->vdev) ? driver_slot(rvdev)
						  : rpmsg_virtio_device_slot(rvdev->svq);
	/* Buffers only come back if the peer knows of all that it has. */
	if (!METAL_IS_MINIMAL && !slot && rvdev->corked)
		virtqueue_kick(rvdev->svq);
	return slot;
}

struct vq_desc_extra *rpmsg_virtio_take_slot(struct rpmsg_virtio_device *rvdev)
{
	return take_slot(rvdev);
}

bool rpmsg_virtio_link_up(struct rpmsg_virtio_device *rvdev)
{
	uint8_t status;

	if (!rvdev->svq || virtqueue_is_broken(rvdev->svq) || virtqueue_is_broken(rvdev->rvq))
		return false;
	if (VIRTIO_ROLE_IS_DRIVER(rvdev->vdev))
		return true; /* the status word is ours; the peer's idea of it does not count */
	return virtio_get_status(rvdev->vdev, &status) == 0 &&
	       (status & VIRTIO_CONFIG_STATUS_DRIVER_OK);
}

uint32_t rpmsg_virtio_wait_steps(const struct rpmsg_virtio_device *rvdev)
{
	return rvdev->tx_timeout_us / WAIT_STEP_US;
}

static bool wait_step(struct rpmsg_virtio_device *rvdev)
{
	const struct virtio_vring_info *info;

	if (METAL_IS_MINIMAL || !rvdev->notify_wait_cb)
		return metal_sleep_usec(WAIT_STEP_US) == 0;
	info = &rvdev->vdev->vrings_info[rvdev->svq->vq_queue_index];
	switch (rvdev->notify_wait_cb(&rvdev->rdev, info->notifyid)) {
	case RPMSG_SUCCESS:
		return true;
	case RPMSG_EOPNOTSUPP:
		return metal_sleep_usec(WAIT_STEP_US) == 0;
	default:
		return false;
	}
}

bool rpmsg_virtio_wait_step(struct rpmsg_virtio_device *rvdev)
{
	return wait_step(rvdev);
}

static inline void unsent(struct rpmsg_virtio_device *rvdev, struct vq_desc_extra *slot)
{
	if (!METAL_IS_MINIMAL)
		slot->state = SLOT_IDLE;
	slot->next = rvdev->unsent;
	rvdev->unsent = (uint16_t)(slot - rvdev->tx_slots + 1);
}

void rpmsg_virtio_unsent(struct rpmsg_virtio_device *rvdev, struct vq_desc_extra *slot)
{
	unsent(rvdev, slot);
}

static int submit(struct rpmsg_virtio_device *rvdev, struct vq_desc_extra *slot, uint32_t src,
		  uint32_t dst, int len)
{
	uint32_t used = (uint32_t)len + sizeof(struct rpmsg_hdr);
	struct virtqueue *vq = rvdev->svq;
	int ret;

	rpmsg_write_hdr(slot->addr, src, dst, (uint16_t)len);
	BUFFER_FLUSH(slot->addr, used);
	if (VIRTIO_ROLE_IS_DRIVER(rvdev->vdev))
		ret = virtqueue_push_buffer(vq, slot->addr, slot->len, false, slot);
	else
		ret = vq_give(vq, slot, rvdev->full_used_len ? slot->len : used);
	if (ret != VQUEUE_SUCCESS)
		return RPMSG_ERR_DEV_STATE;
	if (!METAL_IS_MINIMAL)
		slot->state = SLOT_IDLE;
	RPMSG_COUNT(rvdev, tx_messages);
	/* Corked: half a ring is as much as a peer that sleeps is left without. */
	if (METAL_IS_MINIMAL || !rvdev->corked ||
	    (uint16_t)(vq->vq_prod_idx - vq->vq_kicked_idx) >= vq->vq_nentries / 2)
		virtqueue_kick(vq);
	else if ((uint16_t)(vq->vq_prod_idx - vq->vq_public_idx) >= vq->vq_nentries / 4)
		virtqueue_publish(vq);
	return len;
}

int rpmsg_virtio_submit(struct rpmsg_virtio_device *rvdev, struct vq_desc_extra *slot, uint32_t src,
			uint32_t dst, int len)
{
	return submit(rvdev, slot, src, dst, len);
}

/* The peer had all these cache lines. They come at the same time, not one after the other as they
 * are written. */
static void expect(const uint8_t *buf, uint32_t len)
{
	for (uint32_t at = RPMSG_LANE_LINE; at < len; at += RPMSG_LANE_LINE)
		__builtin_prefetch(buf + at, 1);
}

/* One lock for all of it: a message is short, and taking the lock twice costs more than copying. */
static int try_send(struct rpmsg_virtio_device *rvdev, uint32_t src, uint32_t dst, const void *data,
		    int len)
{
	struct vq_desc_extra *slot;
	int ret = RPMSG_ERR_NO_BUFF;

	metal_mutex_acquire(&rvdev->rdev.lock);
	slot = take_slot(rvdev);
	if (slot && (uint32_t)len > slot->len - sizeof(struct rpmsg_hdr)) {
		ret = RPMSG_ERR_BUFF_SIZE;
	} else if (slot) {
		if (!METAL_IS_MINIMAL)
			expect(slot->addr, (uint32_t)len + sizeof(struct rpmsg_hdr));
		if (METAL_IS_MINIMAL || len)
			metal_copy_to_shared((uint8_t *)slot->addr + sizeof(struct rpmsg_hdr), data,
					     (size_t)len);
		ret = submit(rvdev, slot, src, dst, len);
	}
	if (slot && ret < 0)
		unsent(rvdev, slot);
	metal_mutex_release(&rvdev->rdev.lock);
	return ret;
}

int rpmsg_virtio_send_raw(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data,
			  int len, int wait)
{
	struct rpmsg_virtio_device *rvdev = to_rvdev(rdev);
	uint32_t steps = wait ? rpmsg_virtio_wait_steps(rvdev) : 0;
	bool last = false;
	int ret;

	if (len > UINT16_MAX ||
	    (VIRTIO_ROLE_IS_DRIVER(rvdev->vdev) &&
	     (uint32_t)len + sizeof(struct rpmsg_hdr) > rvdev->config.h2r_buf_size))
		return RPMSG_ERR_BUFF_SIZE;
	for (;;) {
		if (!rpmsg_virtio_link_up(rvdev))
			return RPMSG_ERR_DEV_STATE;
		if (last)
			return RPMSG_ERR_NO_BUFF;
		ret = try_send(rvdev, src, dst, data, len);
		if (ret != RPMSG_ERR_NO_BUFF)
			return ret;
		if (!METAL_IS_MINIMAL)
			rpmsg_virtio_pause();
		last = !steps-- || !wait_step(rvdev);
	}
}
