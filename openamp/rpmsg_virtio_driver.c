/* SPDX-License-Identifier: BSD-3-Clause */
/* The driver's part of bringing an rpmsg link up: configuration, features, buffers. */
#include <metal/alloc.h>

#include "rpmsg_internal.h"

#define TRANSPORT_FEATURES (~0u << VIRTIO_TRANSPORT_F_START)

__attribute__((weak)) void *rpmsg_virtio_shm_pool_get_buffer(struct rpmsg_virtio_shm_pool *shpool,
							     size_t size)
{
	uint8_t *buf;

	if (!shpool || !size || shpool->avail < size)
		return NULL;
	buf = (uint8_t *)shpool->base + (shpool->size - shpool->avail);
	shpool->avail -= size;
	return buf;
}

void rpmsg_virtio_init_shm_pool(struct rpmsg_virtio_shm_pool *shpool, void *shbuf, size_t size)
{
	if (!shpool || !shbuf || !size)
		return;
	shpool->base = shbuf;
	shpool->size = size;
	shpool->avail = size;
}

const struct rpmsg_virtio_config rpmsg_virtio_defaults = {
	.h2r_buf_size = RPMSG_BUFFER_SIZE,
	.r2h_buf_size = RPMSG_BUFFER_SIZE,
};

int rpmsg_virtio_driver_config(struct rpmsg_virtio_device *rvdev,
			       struct rpmsg_virtio_shm_pool *shpool,
			       const struct rpmsg_virtio_config *config)
{
	if (!shpool || !config)
		return RPMSG_ERR_PARAM;
	rvdev->config = *config;
	if (rvdev->config.h2r_buf_size <= sizeof(struct rpmsg_hdr) ||
	    rvdev->config.r2h_buf_size <= sizeof(struct rpmsg_hdr) ||
	    rvdev->config.h2r_buf_size > INT32_MAX || rvdev->config.r2h_buf_size > INT32_MAX)
		return RPMSG_ERR_PARAM;
	rvdev->shpool = shpool + (config->split_shpool ? 1 : 0);
	return shpool->size && rvdev->shpool->size ? RPMSG_SUCCESS : RPMSG_ERR_NO_BUFF;
}

/*
 * The name service is always on. Of the transport's features only those that were agreed
 * upon with this peer are left standing, whatever the table said before. vdev->features is what
 * the queues go by.
 */
static void agree_on_features(struct rpmsg_virtio_device *rvdev)
{
	uint32_t old = rpmsg_virtio_get_features(rvdev);
	uint32_t wanted = rvdev->config.features & (uint32_t)VIRTIO_RING_F_EVENT_IDX;
	uint32_t agreed = 0;

	if (wanted && virtio_negotiate_features(rvdev->vdev, old | wanted, &agreed) == 0)
		agreed &= wanted;
	agreed |= (old & ~TRANSPORT_FEATURES) | 1u << VIRTIO_RPMSG_F_NS;
	rvdev->vdev->features = agreed;
	(void)virtio_set_features(rvdev->vdev, agreed);
}

static struct vq_desc_extra *alloc_slots(uint16_t count)
{
	size_t size = count * sizeof(struct vq_desc_extra);
	struct vq_desc_extra *slots = metal_allocate_memory((unsigned int)size);

	if (slots)
		memset(slots, 0, size);
	return slots;
}

int rpmsg_virtio_driver_slots(struct rpmsg_virtio_device *rvdev)
{
	rvdev->rx_slots = alloc_slots(rvdev->rvq->vq_nentries);
	rvdev->tx_slots = alloc_slots(rvdev->svq->vq_nentries);
	return rvdev->rx_slots && rvdev->tx_slots ? RPMSG_SUCCESS : RPMSG_ERR_NO_MEM;
}

void rpmsg_virtio_driver_free(struct rpmsg_virtio_device *rvdev)
{
	metal_free_memory(rvdev->rx_slots);
	metal_free_memory(rvdev->tx_slots);
	rvdev->rx_slots = NULL;
	rvdev->tx_slots = NULL;
}

/* Give the device all receive buffers. They come first in the pool. */
static int post_buffers(struct rpmsg_virtio_device *rvdev, struct rpmsg_virtio_shm_pool *pool)
{
	uint32_t size = rvdev->config.r2h_buf_size;
	struct virtqueue_buf buf = { NULL, (int)size };
	struct vq_desc_extra *slot;
	uint16_t i;

	for (i = 0; i < rvdev->rvq->vq_nentries; i++) {
		slot = &rvdev->rx_slots[i];
		buf.buf = rpmsg_virtio_shm_pool_get_buffer(pool, size);
		if (!buf.buf)
			return RPMSG_ERR_NO_BUFF;
		slot->addr = buf.buf;
		slot->len = size;
		/* Refuses a pool that is not wholly inside shm_io. */
		if (virtqueue_add_buffer(rvdev->rvq, &buf, 0, 1, slot) != VQUEUE_SUCCESS)
			return RPMSG_ERR_PARAM;
		metal_set_shared(buf.buf, 0, size);
		BUFFER_FLUSH(buf.buf, size);
		rvdev->rx_count++;
	}
	return RPMSG_SUCCESS;
}

int rpmsg_virtio_driver_up(struct rpmsg_virtio_device *rvdev, struct rpmsg_virtio_shm_pool *shpool,
			   const struct rpmsg_virtio_config *config)
{
	int ret = rpmsg_virtio_driver_config(rvdev, shpool, config);

	if (ret != RPMSG_SUCCESS)
		return ret;
	agree_on_features(rvdev);
	ret = rpmsg_virtio_set_up(rvdev, 0);
	if (ret == RPMSG_SUCCESS)
		ret = post_buffers(rvdev, shpool);
	if (ret != RPMSG_SUCCESS)
		return ret;
	/* The notification of the status stands for that of the buffers. */
	rvdev->rvq->vq_kicked_idx = rvdev->rvq->vq_prod_idx;
	(void)virtio_set_status(rvdev->vdev,
				rpmsg_virtio_get_status(rvdev) | VIRTIO_CONFIG_STATUS_DRIVER_OK);
	return RPMSG_SUCCESS;
}
