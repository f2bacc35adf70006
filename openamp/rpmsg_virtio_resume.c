/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Taking a link over from an earlier process of the driver's side. What that process knew is in
 * the rings: which descriptor stands for which buffer, and which of them the device has.
 */
#include "rpmsg_internal.h"

/* Buffers of one direction: count of size bytes each, from base on. */
struct buffers {
	uint8_t *base;
	struct rpmsg_virtio_slot *slots;
	uint32_t size;
	uint16_t count;
};

static void *owner(void *arg, void *buf, uint32_t len)
{
	struct buffers *b = arg;
	uintptr_t offset = (uintptr_t)buf - (uintptr_t)b->base;
	struct rpmsg_virtio_slot *slot;

	if (offset / b->size >= b->count || offset % b->size || len != b->size)
		return NULL;
	slot = &b->slots[offset / b->size];
	if (slot->buf)
		return NULL;
	slot->buf = buf;
	slot->len = b->size;
	return slot;
}

static int take_buffers(struct rpmsg_virtio_shm_pool *pool, struct buffers *b)
{
	for (uint16_t i = 0; i < b->count; i++) {
		uint8_t *buf = rpmsg_virtio_shm_pool_get_buffer(pool, b->size);

		if (!buf)
			return RPMSG_ERR_NO_MEM;
		if (!i)
			b->base = buf;
	}
	return RPMSG_SUCCESS;
}

/* Those the device does not have are ready for the next messages. */
static void reclaim_rest(struct rpmsg_virtio_device *rvdev, const struct buffers *b)
{
	for (uint16_t i = 0; i < b->count; i++) {
		struct rpmsg_virtio_slot *slot = &b->slots[i];

		if (slot->buf)
			continue;
		slot->buf = b->base + (size_t)i * b->size;
		slot->len = b->size;
		slot->state = SLOT_RECLAIMED;
		metal_list_add_tail(&rvdev->reclaimer, &slot->node);
	}
}

int rpmsg_virtio_resume_queues(struct rpmsg_virtio_device *rvdev)
{
	struct buffers rx = { .slots = rvdev->rx_slots,
			      .size = rvdev->config.r2h_buf_size,
			      .count = rvdev->rvq->vq_nentries };
	struct buffers tx = { .slots = rvdev->tx_slots,
			      .size = rvdev->config.h2r_buf_size,
			      .count = rvdev->svq->vq_nentries };

	if (take_buffers(rvdev->shpool, &rx) || take_buffers(rvdev->shpool, &tx))
		return RPMSG_ERR_NO_MEM;
	if (virtqueue_resume(rvdev->rvq, true, owner, &rx) ||
	    virtqueue_resume(rvdev->svq, false, owner, &tx))
		return RPMSG_ERR_INIT;
	reclaim_rest(rvdev, &tx);
	rvdev->rx_count = rx.count;
	rvdev->tx_count = tx.count;
	return RPMSG_SUCCESS;
}

void rpmsg_virtio_rx_skip(struct rpmsg_virtio_device *rvdev)
{
	struct rpmsg_virtio_slot *slot;
	struct virtqueue_buf buf;
	uint32_t len;
	uint16_t idx;

	metal_mutex_acquire(&rvdev->rdev.lock);
	slot = virtqueue_get_buffer(rvdev->rvq, &len, &idx);
	if (slot) {
		buf = (struct virtqueue_buf){ slot->buf, (int)slot->len };
		(void)virtqueue_add_buffer(rvdev->rvq, &buf, 0, 1, slot);
	}
	metal_mutex_release(&rvdev->rdev.lock);
}
