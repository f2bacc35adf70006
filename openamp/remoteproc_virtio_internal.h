/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef REMOTEPROC_VIRTIO_INTERNAL_H
#define REMOTEPROC_VIRTIO_INTERNAL_H

#include <metal/utilities.h>
#include <openamp/remoteproc.h>
#include <openamp/remoteproc_virtio.h>

/* How long a device waits for the driver, and how often it looks. */
#define RPROC_READY_TIMEOUT_US 15000000u
#define RPROC_READY_STEP_US    1000u

static inline struct remoteproc_virtio *to_rpvdev(struct virtio_device *vdev)
{
	return metal_container_of(vdev, struct remoteproc_virtio, vdev);
}

static inline void *rproc_virtio_at(struct remoteproc_virtio *rpvdev, size_t offset)
{
	return (uint8_t *)rpvdev->vdev_rsc + offset;
}

#define FIELD(rpvdev, name) rproc_virtio_at(rpvdev, offsetof(struct fw_rsc_vdev, name))

/* virtio_config.c; weak: only in programs that look at a configuration space. */
metal_weak void rproc_virtio_read_config(struct virtio_device *vdev, uint32_t offset, void *dst,
					 int length);
metal_weak void rproc_virtio_write_config(struct virtio_device *vdev, uint32_t offset, void *src,
					  int length);

#endif /* REMOTEPROC_VIRTIO_INTERNAL_H */
