/* SPDX-License-Identifier: BSD-3-Clause */
/* Bringing an rpmsg link up and down: what both roles do, and the device's part. */
#include <metal/sleep.h>

#include "rpmsg_internal.h"

#define RX_QUEUE(rvdev) (VIRTIO_ROLE_IS_DRIVER((rvdev)->vdev) ? 0 : 1)

#define TX_TIMEOUT_US	 15000000u
#define READY_TIMEOUT_US 15000000u
#define READY_STEP_US	 1000u

bool rpmsg_virtio_rx_pending(struct rpmsg_virtio_device *rvdev)
{
	if (!METAL_IS_MINIMAL && rvdev->lanes)
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
	uint32_t steps = METAL_IS_MINIMAL ? 0 : READY_TIMEOUT_US / READY_STEP_US;
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

static int create_queues(struct rpmsg_virtio_device *rvdev, unsigned int flags)
{
	const char *names[2];
	vq_callback callbacks[2];
	struct virtqueue *rvq, *svq;
	int rx = RX_QUEUE(rvdev);

	if (METAL_MISTAKE(rvdev->vdev->vrings_num < 2 || !rvdev->vdev->vrings_info))
		return RPMSG_ERR_PARAM;
	names[rx] = METAL_IS_MINIMAL ? NULL : "rx_vq";
	callbacks[rx] = rpmsg_virtio_rx_callback;
	names[!rx] = METAL_IS_MINIMAL ? NULL : "tx_vq";
	callbacks[!rx] = METAL_IS_MINIMAL ? NULL : rpmsg_virtio_tx_callback;
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

/* A device has the state of buffers with their descriptors; it may look at all of them. */
static void device_slots(struct rpmsg_virtio_device *rvdev)
{
	rvdev->tx_slots = rvdev->svq->vq_descx;
	if (METAL_IS_MINIMAL)
		return;
	rvdev->rx_slots = rvdev->rvq->vq_descx;
	rvdev->rx_count = rvdev->rvq->vq_nentries;
	rvdev->tx_count = rvdev->svq->vq_nentries;
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

void rpmsg_virtio_init_device(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
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
	rdev->ext_next = RPMSG_RESERVED_ADDRESSES + (METAL_IS_MINIMAL ? 0 : RPMSG_ADDR_BMP_SIZE);
	rdev->ns_bind_cb = ns_bind_cb;
	if (!METAL_IS_MINIMAL)
		memcpy(&rdev->ops, &operations, sizeof(rdev->ops));
	vdev->priv = rvdev;
}

int rpmsg_virtio_set_up(struct rpmsg_virtio_device *rvdev, unsigned int flags)
{
	struct rpmsg_device *rdev = &rvdev->rdev;
	int ret;

	rdev->support_ns = (rvdev->vdev->features >> VIRTIO_RPMSG_F_NS) & 1;
	ret = create_queues(rvdev, flags);
	if (ret == RPMSG_SUCCESS && VIRTIO_ROLE_IS_DRIVER(rvdev->vdev))
		ret = rpmsg_virtio_driver_slots(rvdev);
	else if (ret == RPMSG_SUCCESS)
		device_slots(rvdev);
	if (ret != RPMSG_SUCCESS)
		return ret;
	if (rdev->support_ns) {
		rdev->ns_ept.priv = rvdev;
		rpmsg_register_endpoint(rdev, &rdev->ns_ept, RPMSG_NS_EPT_ADDR, RPMSG_NS_EPT_ADDR,
					rpmsg_ns_callback, NULL);
	}
	/* Whoever waits for a buffer looks for it; no doorbell is needed for each one. */
	virtqueue_disable_cb(rvdev->svq);
	return RPMSG_SUCCESS;
}

static int bring_up_device(struct rpmsg_virtio_device *rvdev)
{
	int ret = wait_driver(rvdev);

	if (ret != RPMSG_SUCCESS)
		return ret;
	(void)rpmsg_virtio_get_features(rvdev);
	return rpmsg_virtio_set_up(rvdev, 0);
}

void rpmsg_virtio_take_down(struct rpmsg_virtio_device *rvdev)
{
	if (!METAL_IS_MINIMAL && rvdev->lanes)
		rvdev->lanes->drop(rvdev);
	rvdev->rvq = NULL;
	rvdev->svq = NULL;
	rvdev->rx_count = 0;
	rvdev->tx_count = 0;
	virtio_delete_virtqueues(rvdev->vdev);
	if (VIRTIO_ROLE_IS_DRIVER(rvdev->vdev))
		rpmsg_virtio_driver_free(rvdev);
	metal_mutex_deinit(&rvdev->rdev.lock);
}

int rpmsg_init_vdev_with_config(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
				rpmsg_ns_bind_cb ns_bind_cb, struct metal_io_region *shm_io,
				struct rpmsg_virtio_shm_pool *shpool,
				const struct rpmsg_virtio_config *config)
{
	int ret;

	if (METAL_MISTAKE(!rvdev || !vdev || !shm_io))
		return RPMSG_ERR_PARAM;
	rpmsg_virtio_init_device(rvdev, vdev, ns_bind_cb, shm_io);
	if (VIRTIO_ROLE_IS_DRIVER(vdev))
		ret = rpmsg_virtio_driver_up(rvdev, shpool, config);
	else
		ret = bring_up_device(rvdev);
	if (ret != RPMSG_SUCCESS)
		rpmsg_virtio_take_down(rvdev);
	return ret;
}

int rpmsg_init_vdev(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
		    rpmsg_ns_bind_cb ns_bind_cb, struct metal_io_region *shm_io,
		    struct rpmsg_virtio_shm_pool *shpool)
{
	return rpmsg_init_vdev_with_config(
		rvdev, vdev, ns_bind_cb, shm_io, shpool,
		VIRTIO_ENABLED(VIRTIO_DRIVER_SUPPORT) ? &rpmsg_virtio_defaults : NULL);
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
	rpmsg_virtio_take_down(rvdev);
}
