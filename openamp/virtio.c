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
	struct virtio_vring_info *info;
	unsigned int i;
	int ret;

	if (!names || !callbacks || !vdev->vrings_info || nvqs > vdev->vrings_num ||
	    nvqs > UINT16_MAX)
		return ERROR_VQUEUE_INVLD_PARAM;
	for (i = 0; i < nvqs; i++) {
		info = &vdev->vrings_info[i];
		ret = virtqueue_create(vdev, (unsigned short)i, names[i], &info->info, callbacks[i],
				       vdev->func->notify, info->vq);
		if (ret)
			return ret;
		info->vq->priv = callback_args ? callback_args[i] : NULL;
		if (VIRTIO_ROLE_IS_DRIVER(vdev) && !(flags & VIRTIO_CREATE_KEEP))
			clear_ring(&info->info);
	}
	return VQUEUE_SUCCESS;
}

int virtio_create_virtqueues(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs,
			     const char *names[], vq_callback callbacks[], void *callback_args[])
{
	if (!vdev)
		return -EINVAL;
	if (!vdev->func)
		return -ENXIO;
	if (!vdev->func->create_virtqueues)
		return virtio_create_on_rings(vdev, flags, nvqs, names, callbacks, callback_args);
	return vdev->func->create_virtqueues(vdev, flags, nvqs, names, callbacks, callback_args);
}
