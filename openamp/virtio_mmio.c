/* SPDX-License-Identifier: BSD-3-Clause */
/* Registers, life and interrupt of a virtio-mmio device; its queues are in virtio_mmio_queue.c. */
#include <metal/errno.h>
#include <metal/log.h>
#include <metal/utilities.h>
#include <openamp/virtio_mmio.h>

#include "virtio_mmio_internal.h"

#define GUEST_PAGE_SIZE 4096u

static uint8_t get_status(struct virtio_device *vdev)
{
	return (uint8_t)virtio_mmio_get(vdev, VIRTIO_MMIO_STATUS);
}

static void set_status(struct virtio_device *vdev, uint8_t status)
{
	virtio_mmio_put(vdev, VIRTIO_MMIO_STATUS, status);
}

static uint32_t device_features(struct virtio_device *vdev)
{
	virtio_mmio_put(vdev, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	return virtio_mmio_get(vdev, VIRTIO_MMIO_DEVICE_FEATURES);
}

static uint32_t get_features(struct virtio_device *vdev)
{
	return device_features(vdev) & (uint32_t)vdev->features;
}

static uint32_t negotiate_features(struct virtio_device *vdev, uint32_t features)
{
	features &= device_features(vdev);
	virtio_mmio_put(vdev, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	virtio_mmio_put(vdev, VIRTIO_MMIO_DRIVER_FEATURES, features);
	return features;
}

static void set_features(struct virtio_device *vdev, uint32_t features)
{
	vdev->features = negotiate_features(vdev, features);
}

static void read_config(struct virtio_device *vdev, uint32_t offset, void *dst, int length)
{
	struct virtio_mmio_device *vmdev = to_vmdev(vdev);
	uint8_t *to = dst;

	/* Outside the registers: 0. */
	for (int i = 0; i < length; i++)
		to[i] = (uint8_t)metal_io_read8(
			vmdev->cfg_io, VIRTIO_MMIO_CONFIG + (unsigned long)offset + (unsigned)i);
}

static void write_config(struct virtio_device *vdev, uint32_t offset, void *src, int length)
{
	struct virtio_mmio_device *vmdev = to_vmdev(vdev);
	const uint8_t *from = src;

	for (int i = 0; i < length; i++)
		metal_io_write8(vmdev->cfg_io,
				VIRTIO_MMIO_CONFIG + (unsigned long)offset + (unsigned)i, from[i]);
}

static void reset_device(struct virtio_device *vdev)
{
	set_status(vdev, VIRTIO_CONFIG_STATUS_RESET);
}

static const struct virtio_dispatch dispatch = {
	.create_virtqueues = virtio_mmio_create_virtqueues,
	.delete_virtqueues = virtio_mmio_delete_virtqueues,
	.get_status = get_status,
	.set_status = set_status,
	.get_features = get_features,
	.set_features = set_features,
	.negotiate_features = negotiate_features,
	.read_config = read_config,
	.write_config = write_config,
	.reset_device = reset_device,
	.notify = virtio_mmio_notify,
};

static int open_regions(struct virtio_mmio_device *vmdev, uintptr_t shm, uintptr_t cfg)
{
	struct metal_device *dev = &vmdev->shm_device, *opened;
	int ret;

	metal_io_init(&dev->regions[0], (void *)shm, (metal_phys_addr_t *)&vmdev->shm_mem.base,
		      vmdev->shm_mem.size, (unsigned int)-1, 0, NULL);
	metal_io_init(&dev->regions[1], (void *)cfg, (metal_phys_addr_t *)&vmdev->cfg_mem.base,
		      vmdev->cfg_mem.size, (unsigned int)-1, 0, NULL);
	dev->num_regions = 2;
	ret = metal_list_find_node(&_metal.common.generic_device_list, &dev->node)
		      ? 0
		      : metal_register_generic_device(dev);
	if (!ret)
		ret = metal_device_open("generic", dev->name, &opened);
	if (!ret && opened != dev)
		ret = -EBUSY; /* somebody else's name */
	if (ret) {
		metal_err("virtio-mmio: its memory cannot be opened: %d\n", ret);
		return ret;
	}
	vmdev->shm_io = metal_device_io_region(dev, 0);
	vmdev->cfg_io = metal_device_io_region(dev, 1);
	return 0;
}

int virtio_mmio_device_init(struct virtio_mmio_device *vmdev, uintptr_t virt_mem_ptr,
			    uintptr_t cfg_mem_ptr, void *user_data)
{
	struct virtio_device *vdev;
	uint32_t magic;
	int ret;

	if (!vmdev || !virt_mem_ptr || !cfg_mem_ptr || vmdev->cfg_mem.size < VIRTIO_MMIO_CONFIG)
		return -EINVAL;
	vdev = &vmdev->vdev;
	vdev->role = vmdev->device_mode;
	vdev->priv = vmdev;
	vdev->func = &dispatch;
	vmdev->user_data = user_data;
	ret = open_regions(vmdev, virt_mem_ptr, cfg_mem_ptr);
	if (ret)
		return ret;
	magic = virtio_mmio_get(vdev, VIRTIO_MMIO_MAGIC_VALUE);
	vdev->id.version = virtio_mmio_get(vdev, VIRTIO_MMIO_VERSION);
	vdev->id.device = virtio_mmio_get(vdev, VIRTIO_MMIO_DEVICE_ID);
	vdev->id.vendor = virtio_mmio_get(vdev, VIRTIO_MMIO_VENDOR_ID);
	if (magic != VIRTIO_MMIO_MAGIC_VALUE_STRING || vdev->id.version != 1) {
		metal_err("virtio-mmio: magic 0x%lx, version %lu: only version 1 is known\n",
			  (unsigned long)magic, (unsigned long)vdev->id.version);
		return -1;
	}
	if (!vdev->id.device)
		return -1; /* a place for one */
	set_status(vdev, VIRTIO_CONFIG_STATUS_ACK);
	virtio_mmio_put(vdev, VIRTIO_MMIO_GUEST_PAGE_SIZE, GUEST_PAGE_SIZE);
	return 0;
}

void virtio_mmio_isr(struct virtio_device *vdev)
{
	uint32_t status = virtio_mmio_get(vdev, VIRTIO_MMIO_INTERRUPT_STATUS);
	unsigned int i;

	for (i = 0; (status & VIRTIO_MMIO_INT_VRING) && i < vdev->vrings_num; i++) {
		struct virtqueue *vq = vdev->vrings_info[i].vq;

		if (vq && vq->callback && !virtqueue_is_broken(vq))
			((void (*)(void *))vq->callback)(vq->priv);
	}
	if (status & ~(uint32_t)VIRTIO_MMIO_INT_VRING)
		metal_warn("virtio-mmio: interrupt 0x%lx is not handled\n", (unsigned long)status);
	virtio_mmio_put(vdev, VIRTIO_MMIO_INTERRUPT_ACK, status);
}
