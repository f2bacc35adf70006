/* SPDX-License-Identifier: BSD-3-Clause */
/* Configuration spaces, and that of a resource table entry. */
#include <metal/io.h>

#include "remoteproc_virtio_internal.h"

int virtio_read_config(struct virtio_device *vdev, uint32_t offset, void *dst, int len)
{
	if (!vdev || !dst)
		return -EINVAL;
	if (!vdev->func || !vdev->func->read_config)
		return -ENXIO;
	vdev->func->read_config(vdev, offset, dst, len);
	return 0;
}

int virtio_write_config(struct virtio_device *vdev, uint32_t offset, void *src, int len)
{
	if (!vdev || !src)
		return -EINVAL;
	if (!vdev->func || !vdev->func->write_config)
		return -ENXIO;
	vdev->func->write_config(vdev, offset, src, len);
	return 0;
}

/* ---- of a resource table entry, used in place ---- */

/* Address of the config space's bytes offset ... offset + length - 1, or NULL. */
static void *config_at(struct remoteproc_virtio *rpvdev, uint32_t offset, int length)
{
	size_t start = sizeof(struct fw_rsc_vdev) +
		       rpvdev->vdev.vrings_num * sizeof(struct fw_rsc_vdev_vring);

	if (length < 0 || offset > rpvdev->config_len ||
	    (uint32_t)length > rpvdev->config_len - offset)
		return NULL;
	return rproc_virtio_at(rpvdev, start + offset);
}

void rproc_virtio_read_config(struct virtio_device *vdev, uint32_t offset, void *dst, int length)
{
	void *src = config_at(to_rpvdev(vdev), offset, length);

	if (src) {
		RSC_TABLE_INVALIDATE(src, (unsigned int)length);
		metal_copy_from_shared(dst, src, (size_t)length);
	} else if (length > 0) {
		memset(dst, 0, (size_t)length);
	}
}

void rproc_virtio_write_config(struct virtio_device *vdev, uint32_t offset, void *src, int length)
{
	void *dst = config_at(to_rpvdev(vdev), offset, length);

	if (!dst)
		return;
	metal_copy_to_shared(dst, src, (size_t)length);
	RSC_TABLE_FLUSH(dst, (unsigned int)length);
}
