/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtio over a resource table entry. The entry is used in place and the peer writes to it: each
 * field is read once per question, and lengths are kept from the moment of creation.
 */
#include <metal/sleep.h>
#include <metal/utilities.h>
#include <openamp/remoteproc.h>
#include <openamp/remoteproc_virtio.h>

#include "remoteproc_virtio_internal.h"
#include "virtqueue_internal.h"

/* ---- operations ---- */

uint8_t rproc_virtio_get_status(struct virtio_device *vdev)
{
	uint8_t *status = FIELD(to_rpvdev(vdev), status);

	RSC_TABLE_INVALIDATE(status, sizeof(*status));
	return metal_shared_read8_acquire(status);
}

static void set_status(struct virtio_device *vdev, uint8_t status)
{
	struct remoteproc_virtio *rpvdev = to_rpvdev(vdev);

	/* Rings, buffers and features before the word that makes the peer look at them. */
	metal_shared_write8_release(FIELD(rpvdev, status), status);
	RSC_TABLE_FLUSH(FIELD(rpvdev, status), sizeof(status));
	if (rpvdev->notify)
		rpvdev->notify(rpvdev->priv, vdev->notifyid);
}

uint32_t rproc_virtio_get_features(struct virtio_device *vdev)
{
	struct remoteproc_virtio *rpvdev = to_rpvdev(vdev);

	RSC_TABLE_INVALIDATE(FIELD(rpvdev, dfeatures), 2 * sizeof(uint32_t));
	return metal_shared_read32(FIELD(rpvdev, dfeatures)) &
	       metal_shared_read32(FIELD(rpvdev, gfeatures));
}

static void set_features(struct virtio_device *vdev, uint32_t features)
{
	void *gfeatures = FIELD(to_rpvdev(vdev), gfeatures);

	metal_shared_write32(gfeatures, features);
	RSC_TABLE_FLUSH(gfeatures, sizeof(features));
}

static uint32_t negotiate_features(struct virtio_device *vdev, uint32_t features)
{
	void *dfeatures = FIELD(to_rpvdev(vdev), dfeatures);

	RSC_TABLE_INVALIDATE(dfeatures, sizeof(features));
	features &= metal_shared_read32(dfeatures);
	set_features(vdev, features);
	return features;
}

static void reset_device(struct virtio_device *vdev)
{
	if (VIRTIO_ROLE_IS_DRIVER(vdev))
		set_status(vdev, VIRTIO_CONFIG_STATUS_NEEDS_RESET);
}

void rproc_virtio_notify(struct virtqueue *vq)
{
	struct remoteproc_virtio *rpvdev = to_rpvdev(vq->vq_dev);

	if (METAL_IS_MINIMAL || rpvdev->notify)
		rpvdev->notify(rpvdev->priv, vq->vq_dev->vrings_info[vq->vq_queue_index].notifyid);
}

/* The memory of the queues stays with the device; they merely fall silent. */
void rproc_virtio_delete_virtqueues(struct virtio_device *vdev)
{
	unsigned int i;

	for (i = 0; i < vdev->vrings_num; i++) {
		if (vdev->vrings_info[i].vq)
			vdev->vrings_info[i].vq->callback = NULL;
	}
}

/* In a library without the driver's role nobody may do these. */
#define FOR_DRIVER(operation) (VIRTIO_ENABLED(VIRTIO_DRIVER_SUPPORT) ? (operation) : NULL)

static const struct virtio_dispatch dispatch = {
	.create_virtqueues = virtio_create_on_rings,
	.delete_virtqueues = rproc_virtio_delete_virtqueues,
	.get_status = rproc_virtio_get_status,
	.set_status = FOR_DRIVER(set_status),
	.get_features = rproc_virtio_get_features,
	.set_features = FOR_DRIVER(set_features),
	.negotiate_features = FOR_DRIVER(negotiate_features),
	.read_config = rproc_virtio_read_config,
	.write_config = rproc_virtio_write_config,
	.reset_device = FOR_DRIVER(reset_device),
	.notify = rproc_virtio_notify,
};

/* ---- life ---- */

struct virtio_device *rproc_virtio_create_vdev(unsigned int role, unsigned int notifyid, void *rsc,
					       struct metal_io_region *rsc_io, void *priv,
					       rpvdev_notify_func notify,
					       virtio_dev_reset_cb rst_cb)
{
	struct remoteproc_virtio *rpvdev;
	struct virtio_vring_info *rings;
	unsigned int num;

	if (METAL_MISTAKE(!rsc || (uintptr_t)rsc % 4) ||
	    (rsc_io && metal_io_virt_to_offset(rsc_io, rsc) == METAL_BAD_OFFSET))
		return NULL;
	if ((!VIRTIO_ENABLED(VIRTIO_DRIVER_SUPPORT) && role != VIRTIO_DEV_DEVICE) ||
	    (METAL_IS_MINIMAL && rst_cb))
		return NULL;
	num = metal_shared_read8((uint8_t *)rsc + offsetof(struct fw_rsc_vdev, num_of_vrings));
	if (num > RSC_MAX_VRINGS)
		return NULL;
	rpvdev = metal_allocate_memory((unsigned int)(sizeof(*rpvdev) + num * sizeof(*rings)));
	if (!rpvdev)
		return NULL;
	if (!METAL_IS_MINIMAL) /* there it is used for the first time */
		memset(rpvdev, 0, sizeof(*rpvdev) + num * sizeof(*rings));
	rings = (void *)(rpvdev + 1);
	rpvdev->priv = priv;
	rpvdev->vdev_rsc = rsc;
	rpvdev->vdev_rsc_io = rsc_io;
	rpvdev->notify = notify;
	if (!METAL_IS_MINIMAL)
		metal_list_init(&rpvdev->node);
	rpvdev->config_len = metal_shared_read32(FIELD(rpvdev, config_len));
	rpvdev->vdev.notifyid = notifyid;
	rpvdev->vdev.id.device = metal_shared_read32(FIELD(rpvdev, id));
	rpvdev->vdev.role = role;
	rpvdev->vdev.reset_cb = rst_cb;
	if (!METAL_IS_MINIMAL)
		rpvdev->vdev.func = &dispatch;
	rpvdev->vdev.vrings_num = num;
	rpvdev->vdev.vrings_info = rings;
	return &rpvdev->vdev;
}

void rproc_virtio_remove_vdev(struct virtio_device *vdev)
{
	unsigned int i;

	if (!vdev)
		return;
	for (i = 0; i < vdev->vrings_num; i++)
		virtqueue_free(vdev->vrings_info[i].vq);
	metal_free_memory(to_rpvdev(vdev));
}

static bool ring_fits(void *va, struct metal_io_region *io, unsigned int num, unsigned int align)
{
	unsigned long offset;

	if (!va || !num || num > VQ_RING_MAX_NUM || (num & (num - 1)) || align < 4 ||
	    (align & (align - 1)) || align > 0x10000 || (uintptr_t)va % 4)
		return false;
	if (!io)
		return true;
	offset = metal_io_virt_to_offset(io, va);
	return offset != METAL_BAD_OFFSET &&
	       metal_io_range_ok(io, offset, (size_t)vring_size(num, align));
}

int rproc_virtio_init_vring(struct virtio_device *vdev, unsigned int index, unsigned int notifyid,
			    void *va, struct metal_io_region *io, unsigned int num_descs,
			    unsigned int align)
{
	struct virtio_vring_info *info;

	if (METAL_MISTAKE(!vdev) || index >= vdev->vrings_num)
		return -RPROC_EINVAL;
	/* A device does not use io, and many name that of the resource table. In a minimal client
	 * it is where the peer may place rings. */
	if (!ring_fits(va, METAL_IS_MINIMAL || VIRTIO_ROLE_IS_DRIVER(vdev) ? io : NULL, num_descs,
		       align))
		return -RPROC_EINVAL;
	info = &vdev->vrings_info[index];
	if (info->vq && info->info.num_descs != num_descs) {
		if (METAL_IS_MINIMAL) /* its memory would not come back */
			return -RPROC_EINVAL;
		virtqueue_free(info->vq);
		info->vq = NULL;
	}
	info->notifyid = notifyid;
	info->io = io;
	info->info.vaddr = va;
	info->info.num_descs = (uint16_t)num_descs;
	info->info.align = align;
	if (!info->vq)
		info->vq = virtqueue_allocate(num_descs);
	return info->vq ? 0 : -RPROC_ENOMEM;
}

int rproc_virtio_notified(struct virtio_device *vdev, uint32_t notifyid)
{
	const struct virtio_vring_info *info;
	unsigned int i;

	if (METAL_MISTAKE(!vdev))
		return -RPROC_EINVAL;
	if (!METAL_IS_MINIMAL && VIRTIO_ROLE_IS_DEVICE(vdev) && vdev->reset_cb &&
	    (rproc_virtio_get_status(vdev) & VIRTIO_CONFIG_STATUS_NEEDS_RESET)) {
		vdev->reset_cb(vdev);
		return 0;
	}
	for (i = 0, info = vdev->vrings_info; i < vdev->vrings_num; i++, info++) {
		if (notifyid == RSC_NOTIFY_ID_ANY || notifyid == info->notifyid)
			virtqueue_notification(info->vq);
	}
	return 0;
}

void rproc_virtio_wait_remote_ready(struct virtio_device *vdev)
{
	uint32_t steps = RPROC_READY_TIMEOUT_US / RPROC_READY_STEP_US;

	if (!vdev || VIRTIO_ROLE_IS_DRIVER(vdev))
		return;
	while (!(rproc_virtio_get_status(vdev) & VIRTIO_CONFIG_STATUS_DRIVER_OK) && steps--)
		(void)metal_sleep_usec(RPROC_READY_STEP_US);
}
