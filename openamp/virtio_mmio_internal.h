/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef VIRTIO_MMIO_INTERNAL_H
#define VIRTIO_MMIO_INTERNAL_H

#include <metal/utilities.h>
#include <openamp/virtio_mmio.h>

static inline struct virtio_mmio_device *to_vmdev(struct virtio_device *vdev)
{
	return metal_container_of(vdev, struct virtio_mmio_device, vdev);
}

static inline uint32_t virtio_mmio_get(struct virtio_device *vdev, unsigned long reg)
{
	return (uint32_t)metal_io_read32(to_vmdev(vdev)->cfg_io, reg);
}

static inline void virtio_mmio_put(struct virtio_device *vdev, unsigned long reg, uint32_t value)
{
	metal_io_write32(to_vmdev(vdev)->cfg_io, reg, value);
}

/* virtio_mmio_queue.c: operations of the transport. */
int virtio_mmio_create_virtqueues(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs,
				  const char *names[], vq_callback callbacks[],
				  void *callback_args[]);
void virtio_mmio_delete_virtqueues(struct virtio_device *vdev);
void virtio_mmio_notify(struct virtqueue *vq);

#endif /* VIRTIO_MMIO_INTERNAL_H */
