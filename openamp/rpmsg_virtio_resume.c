/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Taking a link over from an earlier process of the driver's side. What that process knew is in
 * the rings: which descriptor stands for which buffer, and which of them the device has.
 */
#include "rpmsg_internal.h"

/* Buffers of one direction: count of size bytes each, from base on. */
struct buffers {
	uint8_t *base;
	struct vq_desc_extra *slots;
	uint32_t size;
	uint16_t count;
};

static void *owner(void *arg, void *buf, uint32_t len)
{
	struct buffers *b = arg;
	uintptr_t offset = (uintptr_t)buf - (uintptr_t)b->base;
	struct vq_desc_extra *slot;

	if (offset / b->size >= b->count || offset % b->size || len != b->size)
		return NULL;
	slot = &b->slots[offset / b->size];
	if (slot->addr)
		return NULL;
	slot->addr = buf;
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
static void keep_rest(struct rpmsg_virtio_device *rvdev, const struct buffers *b)
{
	for (uint16_t i = 0; i < b->count; i++) {
		struct vq_desc_extra *slot = &b->slots[i];

		if (slot->addr)
			continue;
		slot->addr = b->base + (size_t)i * b->size;
		slot->len = b->size;
		rpmsg_virtio_unsent(rvdev, slot);
	}
}

static int resume_queues(struct rpmsg_virtio_device *rvdev)
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
	keep_rest(rvdev, &tx);
	rvdev->rx_count = rx.count;
	rvdev->tx_count = tx.count;
	return RPMSG_SUCCESS;
}

int rpmsg_resume_vdev(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
		      rpmsg_ns_bind_cb ns_bind_cb, struct metal_io_region *shm_io,
		      struct rpmsg_virtio_shm_pool *shpool)
{
	int ret;

	if (!rvdev || !vdev || !shm_io || !VIRTIO_ROLE_IS_DRIVER(vdev))
		return RPMSG_ERR_PARAM;
	rpmsg_virtio_init_device(rvdev, vdev, ns_bind_cb, shm_io);
	vdev->features = 1u << VIRTIO_RPMSG_F_NS;
	ret = rpmsg_virtio_driver_config(rvdev, shpool, &rpmsg_virtio_defaults);
	if (ret == RPMSG_SUCCESS)
		ret = rpmsg_virtio_set_up(rvdev, VIRTIO_CREATE_KEEP);
	if (ret == RPMSG_SUCCESS)
		ret = resume_queues(rvdev);
	if (ret != RPMSG_SUCCESS) {
		rpmsg_virtio_take_down(rvdev);
		return ret;
	}
	/* The earlier process may have ended while it was receiving. */
	(void)virtqueue_enable_cb(rvdev->rvq);
	return RPMSG_SUCCESS;
}

void rpmsg_virtio_rx_skip(struct rpmsg_virtio_device *rvdev)
{
	struct vq_desc_extra *slot;
	struct virtqueue_buf buf;
	uint32_t len;
	uint16_t idx;

	metal_mutex_acquire(&rvdev->rdev.lock);
	slot = virtqueue_get_buffer(rvdev->rvq, &len, &idx);
	if (slot) {
		buf = (struct virtqueue_buf){ slot->addr, (int)slot->len };
		(void)virtqueue_add_buffer(rvdev->rvq, &buf, 0, 1, slot);
	}
	metal_mutex_release(&rvdev->rdev.lock);
}
