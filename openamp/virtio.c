/* SPDX-License-Identifier: BSD-3-Clause */
#include "virtqueue_internal.h"

static void clear_ring(const struct vring_alloc_info *ring)
{
	size_t size = (size_t)vring_size(ring->num_descs, ring->align);

	metal_set_shared(ring->vaddr, 0, size);
	VRING_FLUSH(ring->vaddr, (unsigned int)size);
}

int virtio_create_on_rings(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs,
			   const char *names[], vq_callback callbacks[], void *callback_args[])
{
	struct virtio_vring_info *info = vdev->vrings_info;
	unsigned int i;
	int ret;

	if (METAL_MISTAKE(!names || !callbacks || !info || nvqs > UINT16_MAX) ||
	    nvqs > vdev->vrings_num)
		return ERROR_VQUEUE_INVLD_PARAM;
	for (i = 0; i < nvqs; i++, info++) {
		if (!info->vq)
			return ERROR_VQUEUE_INVLD_PARAM;
		ret = virtqueue_create(vdev, (unsigned short)i, METAL_IS_MINIMAL ? NULL : names[i],
				       &info->info, callbacks[i], VIRTIO_CALL(vdev, notify),
				       info->vq);
		if (ret)
			return ret;
		if (callback_args)
			info->vq->priv = callback_args[i];
		if (VIRTIO_ROLE_IS_DRIVER(vdev) && !(flags & VIRTIO_CREATE_KEEP))
			clear_ring(&info->info);
	}
	return VQUEUE_SUCCESS;
}

int virtio_create_virtqueues(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs,
			     const char *names[], vq_callback callbacks[], void *callback_args[])
{
	if (METAL_MISTAKE(!vdev))
		return -EINVAL;
	if (METAL_IS_MINIMAL)
		return virtio_create_on_rings(vdev, flags, nvqs, names, callbacks, callback_args);
	if (!vdev->func)
		return -ENXIO;
	if (!vdev->func->create_virtqueues)
		return virtio_create_on_rings(vdev, flags, nvqs, names, callbacks, callback_args);
	return vdev->func->create_virtqueues(vdev, flags, nvqs, names, callbacks, callback_args);
}
