/* SPDX-License-Identifier: BSD-3-Clause */
/* Bringing an rpmsg link up and down, in either role. */
#include <metal/sleep.h>

#include "rpmsg_internal.h"

#define RX_QUEUE(rvdev) (VIRTIO_ROLE_IS_DRIVER((rvdev)->vdev) ? 0 : 1)

#define TX_TIMEOUT_US	 15000000u
#define READY_TIMEOUT_US 15000000u
#define READY_STEP_US	 1000u

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

bool rpmsg_virtio_rx_pending(struct rpmsg_virtio_device *rvdev)
{
	if (rvdev->lanes)
		return rvdev->lanes->pending(rvdev);
	return rvdev->rvq && virtqueue_pending(rvdev->rvq);
}

struct virtqueue *rpmsg_virtio_broken(struct rpmsg_virtio_device *rvdev)
{
	if (rvdev->rvq && virtqueue_is_broken(rvdev->rvq))
		return rvdev->rvq;
	if (rvdev->svq && virtqueue_is_broken(rvdev->svq))
		return rvdev->svq;
	return NULL;
}

/* ---- up ---- */

static int wait_driver(struct rpmsg_virtio_device *rvdev)
{
	uint32_t steps = READY_TIMEOUT_US / READY_STEP_US;
	uint8_t status;

	for (;;) {
		if (virtio_get_status(rvdev->vdev, &status))
			return RPMSG_ERR_DEV_STATE;
		/* Older drivers write 4 alone, newer ones 1, 3, 7: one bit matters. */
		if (status & VIRTIO_CONFIG_STATUS_DRIVER_OK)
			return RPMSG_SUCCESS;
		if (!steps--)
			return RPMSG_ERR_DEV_STATE;
		(void)metal_sleep_usec(READY_STEP_US);
	}
}

/*
 * Driver: the name service is always on. Of the transport's features only those that were agreed
 * upon with this peer are left standing, whatever the table said before. vdev->features is what
 * the queues go by.
 */
static void driver_features(struct rpmsg_virtio_device *rvdev)
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

static int create_queues(struct rpmsg_virtio_device *rvdev, unsigned int flags)
{
	const char *names[2];
	vq_callback callbacks[2];
	struct virtqueue *rvq, *svq;
	int rx = RX_QUEUE(rvdev);

	if (rvdev->vdev->vrings_num < 2 || !rvdev->vdev->vrings_info)
		return RPMSG_ERR_PARAM;
	names[rx] = "rx_vq";
	callbacks[rx] = rpmsg_virtio_rx_callback;
	names[!rx] = "tx_vq";
	callbacks[!rx] = rpmsg_virtio_tx_callback;
	if (virtio_create_virtqueues(rvdev->vdev, flags, 2, names, callbacks, NULL))
		return RPMSG_ERR_INIT;
	rvq = rvdev->vdev->vrings_info[rx].vq;
	svq = rvdev->vdev->vrings_info[!rx].vq;
	if (!rvq || !svq)
		return RPMSG_ERR_INIT;
	virtqueue_set_shmem_io(rvq, rvdev->shbuf_io);
	virtqueue_set_shmem_io(svq, rvdev->shbuf_io);
	rvdev->rvq = rvq;
	rvdev->svq = svq;
	return RPMSG_SUCCESS;
}

static struct rpmsg_virtio_slot *alloc_slots(uint16_t count)
{
	size_t size = count * sizeof(struct rpmsg_virtio_slot);
	struct rpmsg_virtio_slot *slots = metal_allocate_memory((unsigned int)size);

	if (slots)
		memset(slots, 0, size);
	return slots;
}

static int create_slots(struct rpmsg_virtio_device *rvdev)
{
	rvdev->rx_slots = alloc_slots(rvdev->rvq->vq_nentries);
	rvdev->tx_slots = alloc_slots(rvdev->svq->vq_nentries);
	if (!rvdev->rx_slots || !rvdev->tx_slots)
		return RPMSG_ERR_NO_MEM;
	if (VIRTIO_ROLE_IS_DEVICE(rvdev->vdev)) {
		/* Slots stand for descriptors; all of them may be looked at. */
		rvdev->rx_count = rvdev->rvq->vq_nentries;
		rvdev->tx_count = rvdev->svq->vq_nentries;
	}
	return RPMSG_SUCCESS;
}

/* Driver: give the device all receive buffers. They come first in the pool. */
static int post_buffers(struct rpmsg_virtio_device *rvdev, struct rpmsg_virtio_shm_pool *pool)
{
	uint32_t size = rvdev->config.r2h_buf_size;
	struct virtqueue_buf buf = { NULL, (int)size };
	struct rpmsg_virtio_slot *slot;
	uint16_t i;

	for (i = 0; i < rvdev->rvq->vq_nentries; i++) {
		slot = &rvdev->rx_slots[i];
		buf.buf = rpmsg_virtio_shm_pool_get_buffer(pool, size);
		if (!buf.buf)
			return RPMSG_ERR_NO_MEM;
		slot->buf = buf.buf;
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

static int set_config(struct rpmsg_virtio_device *rvdev, struct rpmsg_virtio_shm_pool *shpool,
		      const struct rpmsg_virtio_config *config)
{
	static const struct rpmsg_virtio_config defaults = {
		.h2r_buf_size = RPMSG_BUFFER_SIZE,
		.r2h_buf_size = RPMSG_BUFFER_SIZE,
	};

	if (!VIRTIO_ROLE_IS_DRIVER(rvdev->vdev))
		return RPMSG_SUCCESS;
	rvdev->config = config ? *config : defaults;
	if (!shpool || rvdev->config.h2r_buf_size <= sizeof(struct rpmsg_hdr) ||
	    rvdev->config.r2h_buf_size <= sizeof(struct rpmsg_hdr) ||
	    rvdev->config.h2r_buf_size > INT32_MAX || rvdev->config.r2h_buf_size > INT32_MAX)
		return RPMSG_ERR_PARAM;
	rvdev->shpool = shpool;
	return RPMSG_SUCCESS;
}

static const struct rpmsg_device_ops operations = {
	.send_offchannel_raw = rpmsg_virtio_send_raw,
	.hold_rx_buffer = rpmsg_virtio_hold_rx_buffer,
	.release_rx_buffer = rpmsg_virtio_release_rx_buffer,
	.get_tx_payload_buffer = rpmsg_virtio_get_tx_payload_buffer,
	.send_offchannel_nocopy = rpmsg_virtio_send_nocopy,
	.release_tx_buffer = rpmsg_virtio_release_tx_buffer,
	.get_rx_buffer_size = rpmsg_virtio_get_rx_buffer_size,
	.get_tx_buffer_size = rpmsg_virtio_get_tx_buffer_size,
};

static void init_device(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
			rpmsg_ns_bind_cb ns_bind_cb, struct metal_io_region *shm_io)
{
	struct rpmsg_device *rdev = &rvdev->rdev;

	memset(rvdev, 0, sizeof(*rvdev));
	rvdev->vdev = vdev;
	rvdev->shbuf_io = shm_io;
	rvdev->tx_timeout_us = TX_TIMEOUT_US;
	metal_list_init(&rvdev->reclaimer);
	metal_list_init(&rdev->endpoints);
	metal_mutex_init(&rdev->lock);
	rdev->ext_next = RPMSG_RESERVED_ADDRESSES + RPMSG_ADDR_BMP_SIZE;
	rdev->ns_bind_cb = ns_bind_cb;
	rdev->ops = operations;
	vdev->priv = rvdev;
}

/* Queues, slots, name service: all that needs nothing of the peer. */
static int set_up(struct rpmsg_virtio_device *rvdev, unsigned int flags)
{
	struct rpmsg_device *rdev = &rvdev->rdev;
	int ret;

	rdev->support_ns = (rvdev->vdev->features >> VIRTIO_RPMSG_F_NS) & 1;
	ret = create_queues(rvdev, flags);
	if (ret == RPMSG_SUCCESS)
		ret = create_slots(rvdev);
	if (ret != RPMSG_SUCCESS)
		return ret;
	if (rdev->support_ns) {
		rdev->ns_ept.priv = rvdev;
		rpmsg_register_endpoint(rdev, &rdev->ns_ept, "", RPMSG_NS_EPT_ADDR,
					RPMSG_NS_EPT_ADDR, rpmsg_ns_callback, NULL);
	}
	return RPMSG_SUCCESS;
}

static int bring_up(struct rpmsg_virtio_device *rvdev, const struct rpmsg_virtio_config *config)
{
	bool driver = VIRTIO_ROLE_IS_DRIVER(rvdev->vdev);
	bool split = config && config->split_shpool;
	int ret;

	if (driver) {
		driver_features(rvdev);
	} else {
		ret = wait_driver(rvdev);
		if (ret)
			return ret;
		(void)rpmsg_virtio_get_features(rvdev);
	}
	ret = set_up(rvdev, 0);
	if (ret)
		return ret;
	/* Whoever waits for a buffer looks for it; no doorbell is needed for each one. */
	virtqueue_disable_cb(rvdev->svq);
	if (!driver)
		return RPMSG_SUCCESS;
	ret = post_buffers(rvdev, rvdev->shpool + (split ? 1 : 0));
	if (ret)
		return ret;
	/* The notification of the status stands for that of the buffers. */
	rvdev->rvq->vq_kicked_idx = rvdev->rvq->vq_prod_idx;
	(void)virtio_set_status(rvdev->vdev,
				rpmsg_virtio_get_status(rvdev) | VIRTIO_CONFIG_STATUS_DRIVER_OK);
	return RPMSG_SUCCESS;
}

static void take_down(struct rpmsg_virtio_device *rvdev)
{
	if (rvdev->lanes)
		rvdev->lanes->drop(rvdev);
	rvdev->rvq = NULL;
	rvdev->svq = NULL;
	rvdev->rx_count = 0;
	rvdev->tx_count = 0;
	virtio_delete_virtqueues(rvdev->vdev);
	metal_free_memory(rvdev->rx_slots);
	metal_free_memory(rvdev->tx_slots);
	rvdev->rx_slots = NULL;
	rvdev->tx_slots = NULL;
	metal_mutex_deinit(&rvdev->rdev.lock);
}

int rpmsg_init_vdev_with_config(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
				rpmsg_ns_bind_cb ns_bind_cb, struct metal_io_region *shm_io,
				struct rpmsg_virtio_shm_pool *shpool,
				const struct rpmsg_virtio_config *config)
{
	int ret;

	if (!rvdev || !vdev || !shm_io)
		return RPMSG_ERR_PARAM;
	init_device(rvdev, vdev, ns_bind_cb, shm_io);
	ret = set_config(rvdev, shpool, config);
	if (ret == RPMSG_SUCCESS)
		ret = bring_up(rvdev, config);
	if (ret != RPMSG_SUCCESS)
		take_down(rvdev);
	return ret;
}

int rpmsg_init_vdev(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
		    rpmsg_ns_bind_cb ns_bind_cb, struct metal_io_region *shm_io,
		    struct rpmsg_virtio_shm_pool *shpool)
{
	return rpmsg_init_vdev_with_config(rvdev, vdev, ns_bind_cb, shm_io, shpool, NULL);
}

int rpmsg_resume_vdev(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
		      rpmsg_ns_bind_cb ns_bind_cb, struct metal_io_region *shm_io,
		      struct rpmsg_virtio_shm_pool *shpool)
{
	int ret;

	if (!rvdev || !vdev || !shm_io || !VIRTIO_ROLE_IS_DRIVER(vdev))
		return RPMSG_ERR_PARAM;
	init_device(rvdev, vdev, ns_bind_cb, shm_io);
	vdev->features = 1u << VIRTIO_RPMSG_F_NS;
	ret = set_config(rvdev, shpool, NULL);
	if (ret == RPMSG_SUCCESS)
		ret = set_up(rvdev, VIRTIO_CREATE_KEEP);
	if (ret == RPMSG_SUCCESS)
		ret = rpmsg_virtio_resume_queues(rvdev);
	if (ret != RPMSG_SUCCESS) {
		take_down(rvdev);
		return ret;
	}
	virtqueue_disable_cb(rvdev->svq);
	/* The earlier process may have ended while it was receiving. */
	(void)virtqueue_enable_cb(rvdev->rvq);
	return RPMSG_SUCCESS;
}

void rpmsg_deinit_vdev(struct rpmsg_virtio_device *rvdev)
{
	struct metal_list *node;

	if (!rvdev || !rvdev->rvq)
		return;
	rvdev->tx_timeout_us = 0;
	while ((node = metal_list_first(&rvdev->rdev.endpoints)) != NULL)
		rpmsg_destroy_ept(metal_container_of(node, struct rpmsg_endpoint, node));
	if (VIRTIO_ROLE_IS_DRIVER(rvdev->vdev))
		(void)virtio_set_status(rvdev->vdev, VIRTIO_CONFIG_STATUS_RESET);
	take_down(rvdev);
}
